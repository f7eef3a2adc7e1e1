"""Question 25: the number of epochs."""

reading = 4

steps = """
Overfitting shows where two curves part. Which of the curves keeps falling with the
epochs, and which one stops falling or turns? Look at the losses and at the errors
separately: they need not agree.

How can the validation loss rise while the errors hardly change? Look at the curve of
Question 15: what does an image cost that is misread with great certainty, and how much
does it count among the errors? Then look at what the bent images change, and say why.

To find your best network, change one thing at a time and write the validation error of
each attempt into a table: the step size, a step size that falls towards the end, the
number of units, the number of epochs, bent images. When you have decided, and not
before, use the testing set. Say how far chance alone may move your result.
"""
