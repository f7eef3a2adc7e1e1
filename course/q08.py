"""Question 8: the derivative with respect to its own score."""

reading = 3
