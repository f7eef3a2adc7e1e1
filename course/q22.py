"""Question 22: the number of hidden units."""

reading = 2
