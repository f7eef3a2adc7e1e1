"""Question 23: the step size."""

reading = 3
