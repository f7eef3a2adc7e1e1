"""Question 24: the size of the minibatches."""

reading = 2
