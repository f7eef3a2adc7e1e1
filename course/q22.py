"""Question 22: the number of hidden units."""

reading = 2

steps = """
Read the table row by row first: which step size is best for each number of units? What
would you have concluded if all of them had been trained with the same one?

Look at three things as the number of units grows: the training errors, the validation
errors, and the gap between the two. Do they all move in the same direction? What does
it mean when the gap grows although the validation errors fall?

Before you call one network better than another, ask how large a difference would be by
chance: Question 21 has the standard deviation, and three seeds of one setting. Count
also what the units cost: how many parameters are there with 16, 64 and 256 of them?
"""
