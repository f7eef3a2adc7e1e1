"""Question 3: range and type."""

reading = 2
