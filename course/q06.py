"""Question 6: and back to labels."""

import numpy as np

from checks.asking import Case, Extra
from course.inputs import labels, one_hot, predictions

functions = ("onehot2label",)
points = 5


def cases(rng, right):
    def case(lbl, says):
        return Case("onehot2label", (one_hot(lbl),), says)

    lbl, says = rng.permutation([7, 7, 1, 4, 9]), "5 predictions for 10 classes"
    return [
        case([2, 0, 1], "10 classes; labels 2, 0, 1"),
        case(labels(rng, 10), "one-hot columns for 0 to 9, mixed"),
        case(labels(rng, 13), "13 one-hot columns"),
        Case("onehot2label", (predictions(rng, lbl, 0),), says),
    ]


extras = [
    Extra(
        "returns labels that are floats, such as 3.0, which cannot be an index",
        "whole",
        "onehot2label",
        (np.eye(10),),
    )
]

mistakes = """
Right for one-hot columns. But the function should serve for predictions, too. In a
column such as 4/10, 3/10 and 3/10 no entry is 1, none is 0, and none is above one half.
Look for the largest entry of each column.
    label-of-one-hot-columns-alone (however, share 0.8):
        return np.array([np.where(c == 1)[0][0] for c in d.T])

You looked along each row and so have one answer per class. A sample is a column: look
for the largest entry along the other axis.
    label-along-rows: axis=0 -> axis=1

You have one number for the whole matrix. The question asks for one label for each
column.
    label-of-everything: , axis=0 ->

You have a 1 for every column, which is the value that stands there. The question asks
for the place where it stands.
    label-largest-value: np.argmax -> np.max

All labels are there, but sorted: NumPy lists the ones row by row. You need them column
by column.
    label-in-order-of-rows: return np.where(d == 1)[0]
    label-not-0-in-order-of-rows: return np.nonzero(d)[0]

You have the columns in which the ones stand, that is the numbers of the samples. The
question asks for the rows, column by column.
    label-sample-numbers: return np.where(d == 1)[1]
    label-sample-numbers-not-0: return np.nonzero(d)[1]

You return both arrays that NumPy finds, the rows and the columns of the ones. Labels
are the rows, in the order of the columns.
    label-rows-and-columns: return np.where(d == 1)
    label-columns-and-rows: return np.nonzero(d.T)

You look for the smallest entry of each column. The label is the place of the largest.
    label-smallest: np.argmax -> np.argmin

You return a matrix of one row, of shape (1, N), as `keepdims` makes it. The question
asks for a vector: a loop over a matrix meets that one row, and not the labels.
    label-row-matrix (share 0.8): axis=0) -> axis=0)[None]

You return a column, of shape (N, 1). Compared with `ltrain`, a column of labels gives a
whole square of results, and not one for each sample. Return a vector.
    label-column-vector: axis=0) -> axis=0)[:, None]
"""

earned = "You can now read digits off the network's answers."
steps = """
Draw the one-hot matrix of three samples with the labels 2, 0 and 1, and read it
backwards. What do you look for in a column, and what do you then write down: a value or
a place?

The label of a column is the number of the row in which its largest entry stands. That
works for a one-hot column, and also for a prediction such as 1/10, 7/10, 2/10, where no
entry is 1.

`np.argmax` finds the place of the largest entry. Without more arguments it takes the
whole matrix as one long row. Read about its argument `axis` and try 0 and 1 for it on a
matrix of 3 rows and 4 columns: you want four answers, one for each column.

The function is a single line. To try it, send the labels 2, 0 and 1 through
`label2onehot` and back. You should get the same three numbers, as an array of shape
(3,).
"""
