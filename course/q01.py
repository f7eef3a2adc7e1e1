"""Question 1: shapes and sizes."""

reading = 2
