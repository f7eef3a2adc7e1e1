"""Question 1: shapes and sizes."""

reading = 2

steps = """
An array knows its own shape. Which attribute of `xtrain` holds it? If you do not know,
type `xtrain.` in a cell and press Tab: JupyterLab lists what there is.

A shape has one number for each axis, the rows first. Each sample is a column here. So
which of the two numbers of `xtrain` counts the samples, and which one counts the values
in a single sample?

Check yourself: an image has 28 by 28 pixels. One of your numbers should be exactly that
product, and the other one should be the length of `ltrain`.
"""
