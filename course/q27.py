"""Question 27: several hidden layers in place of one."""

reading = 5
bonus = True

steps = """
What is held fixed here, and what changes? The number of parameters is about the same,
so what has to shrink when the depth grows? If two things change from one curve to the
next, what may you conclude, and what not?

To be fair, give every depth its own best step size, found on validation images, and try
more than one seed. Is the lead of one depth over another larger than the scatter
between its seeds?

For a remedy, ask first what is wrong: do the signals, or the gradients, get lost on the
way (Question 26), or are the steps too long (Question 23)? Some words to look up:
shorter steps at the beginning, images without their mean (centring), momentum, and
residual connections, which add what entered a layer to what comes out of it. Change
only one thing, and compare with the same network without it.
"""
