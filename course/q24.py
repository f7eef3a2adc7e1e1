"""Question 24: the size of the minibatches."""

reading = 2

steps = """
The number of epochs is the same for all three. Is the number of steps the same, too?
Work it out for B = 50, 100 and 200, with as many images as you train on.

Two things change with B at the same time: how many steps there are, and how rough the
gradient of each step is. Which of the two should help the small batches, and which one
the large ones?

To tell causes apart, hold one of them fixed. Train with small and with large batches
for the same number of steps, some 600, and compare again. Which way does it come out
now, and what does that say about the comparison with equal epochs?
"""
