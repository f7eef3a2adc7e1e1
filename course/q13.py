"""Question 13: initial weights."""

reading = 2

steps = """
What should the scales achieve? Each layer should hand on about the mean square that it
gets, so that signals neither die out nor explode. And why random? Imagine 64 hidden
units that all start with the same weights. What would tell them apart later on?

Imagine scores that are a hundred times too large before any training. What does softmax
make of them? How sure is the network then, and of what?

Take one hidden unit, a = sum_j w_j x_j + b, and keep the image fixed. Only the weights
and the bias are random, and they are independent. What is the variance of a single term
w_j x_j, and what does independence allow you to do with a sum?

The bias acts as the weight of one more input, which is always 1. The mean square of a
pixel is close to 1, too. So how large is the variance of `a`, roughly, in terms of v
and the number of inputs? What is v for standard normal numbers that were divided by a
scale s?

Now ReLU. Over the random weights, `a1` is symmetric around 0: the values t and -t are
equally likely. What share of its mean square remains when the negative values become 0?
Compare that with the 2 in the scale of `W1`, and ask why the scale of `W2` has none.

Check it with numbers: compute `a1` for the first 1,000 images, and compare the mean
squares of `x`, `a1` and `relu(a1)`. One network is only one sample, so average over
some twenty seeds.
"""
