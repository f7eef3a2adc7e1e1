"""Question 25: the number of epochs."""

reading = 4
