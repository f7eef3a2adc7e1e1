"""Question 19: the testing set."""

reading = 2

steps = """
`help(MNISTtools.load)` says how to ask for the other data set. Then it is Question 1
once more: which number of which shape counts the images?

"As the training set was" means on the same scale. Does your function of Question 4 look
at what is in the collection? To evaluate means to predict, and then to compute the loss
and the errors, as you did for the training set.

Put the two results side by side: loss and errors on the images that the network learned
from, and on those that it has never seen. How large is the difference, and in which
direction? Has the network learned to read, or only to recognise what it has seen?
"""
