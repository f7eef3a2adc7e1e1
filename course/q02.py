"""Question 2: one image and its label."""

reading = 1
