"""Question 3: range and type."""

reading = 2

steps = """
The range goes from the darkest pixel of all the images to the brightest one. Arrays
have a method for the smallest of their values and one for the largest; their names are
what you would guess.

"Type" has two sides: what `xtrain` is as a whole, which Python's function `type` tells
you, and what each of its numbers is, which the attribute `dtype` of the array tells
you.

Does your answer make sense? Ask how many different values fit into one byte, and look
at the picture of Question 2: which end of the range is the background, and which one is
the ink?
"""
