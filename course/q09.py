"""Question 9: the derivatives with respect to the other scores."""

reading = 3
