"""Question 11: a numerical check."""

reading = 3
