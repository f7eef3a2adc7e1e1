"""Question 13: initial weights."""

reading = 2
