"""Question 13: initial weights."""

reading = 2

steps = """
Imagine scores that are a hundred times too large before any training. What does softmax
make of them? And imagine 64 hidden units that all start with the same weights. What
would tell them apart later on?

Take one hidden unit, a = sum_j w_j x_j + b, and keep the image fixed. Only the weights
and the bias are random, and they are independent. What is the variance of a single term
w_j x_j, and what does independence allow you to do with a sum?

The bias acts as the weight of one more input, which is always 1. The mean square of a
pixel is close to 1, too. So how large is the variance of `a`, roughly, in terms of v
and the number of inputs? What is v for standard normal numbers that were divided by a
scale s?

Now ReLU. The values of `a1` are positive as often as negative, and equally large on
both sides. What share of their mean square remains when the negative ones become 0?
Compare that with the 2 in the scale of `W1`, and ask why the scale of `W2` has none.

Check it with numbers: compute `a1` for the first 1,000 images, and compare the mean
squares of `x`, `a1` and `relu(a1)`. One network is only one sample, so average over
some twenty seeds.
"""
