"""Question 21: full batch against minibatches."""

reading = 3

steps = """
What is one pass over the data? Count the updates: how many has the full batch made
after five passes, and how many have the minibatches made, with 60,000 images and B =
100?

Compare loss and errors after the same number of passes, and then turn the question
round: does the full batch, in all its hundred passes, ever reach what the minibatches
have after one? For the testing errors, say also how far chance alone may move them.

Say why it comes out like this. One step with all the images is exact, and one with a
hundred of them is rough. But what do 600 rough steps cost, compared with one exact one?
"""
