"""Question 2: one image and its label."""

reading = 1

steps = """
Which part of `xtrain` is one image: a row or a column? Practise on `m =
np.arange(6).reshape(2, 3)`: print `m`, and then find out how to get its last column
alone. In an index, a colon stands for everything along an axis.

`help(MNISTtools.show)` says what `show` wants: one image, as a column of 784 values.
The label of an image stands in `ltrain` at the index of its column.

If `show` complains about 60000 values, you have taken a row, which holds the same pixel
of all the images. Once you see a digit, say in a sentence which one it is and what
`ltrain` says.
"""
