"""Question 19: the testing set."""

reading = 2
