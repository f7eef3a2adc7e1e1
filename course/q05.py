"""Question 5: labels as one-hot columns."""

import numpy as np

from checks.asking import Case, Extra
from course.inputs import labels, refuses

functions = ("label2onehot",)
points = 5


def cases(rng, right):
    def case(lbl, says):
        return Case("label2onehot", (lbl,), says, counts=True)

    gap = rng.permutation([0, 9, 1, 8, 2, 7, 7])
    return [
        case(labels(rng, 13), "13 labels from 0 to 9"),
        case(labels(rng, 10), "each label from 0 to 9 once"),
        case(gap, "labels of which some do not occur"),
    ]


extras = [
    Extra(
        "does not take the number of rows from an optional argument `num_classes`",
        "gives",
        "label2onehot",
        (np.array([0, 1]),),
        {"num_classes": 5},
        np.eye(5)[:, :2],
    ),
    Extra(
        "does not take the number of rows from the largest label, where `num_classes` "
        "is left out",
        "gives",
        "label2onehot",
        (np.array([0, 1]),),
        value=np.eye(2),
    ),
    refuses("label2onehot", "negative labels", np.array([9, 3, -1])),
    refuses(
        "label2onehot",
        "a label of `num_classes` or more",
        np.array([3, 10]),
        num_classes=10,
    ),
    refuses("label2onehot", "labels that are not integers", np.array([1.0, 9.0])),
]

waypoints = {
    "np.zeros_like(d).T": "has a row for each sample, and the question asks for a "
    "column for each.",
    "np.zeros_like(d)": "is right so far: it has a row for each class and a column for "
    "each sample. Go on with the ones.",
}

mistakes = """
The shape is right, but `reshape` does not swap rows and columns: it pours the numbers
into the new shape in the order in which they come. You want to transpose.
    onehot-reshaped: return d -> return d.T.copy().reshape(d.shape)

You set whole rows to 1. A slice, or no second index, means all columns: give one row
and one column for each entry that you set.
    onehot-whole-rows: d[lbl, np.arange(lbl.size)] -> d[lbl]

You count the labels from 1. The label 0 belongs to the first row, which has the index
0.
    onehot-from-1: d[lbl, -> d[lbl - 1,

You set the entries on the diagonal, so that sample 0 has class 0, sample 1 has class 1
and so on, whatever the labels are. The row of each 1 should be the label: where does
`lbl` come in?
    onehot-diagonal: d[lbl, -> d[np.arange(lbl.size),

You use the label for the column, too. The row of each 1 is the label, and its column is
the number of the sample, counted from 0.
    onehot-labels-for-columns: d[lbl, np.arange(lbl.size)] -> d[lbl, lbl]

Rows and columns are swapped: the row of `d` is the class, the column the sample.
    onehot-indices-swapped: d[lbl, np.arange(lbl.size)] -> d[np.arange(lbl.size), lbl]

There is no row for the largest label: labels from 0 to 9 need ten rows.
    onehot-a-row-short: int(lbl.max()) + 1 -> int(lbl.max())

The places are right, but you put the label there. One-hot columns have a 1 there.
    onehot-labels-for-ones: = 1 -> = lbl

Zeros and ones are swapped: the one place of the label should have the 1.
    onehot-zeros-for-ones:
        np.zeros -> np.ones
        = 1 -> = 0

The places are right, but they hold True and False. The question asks for 1 and 0, and
NumPy refuses to compute `-d`, for example, from truth values. Make numbers of them with
`astype`.
    onehot-booleans (share 0.8): return np.arange(lbl.max() + 1)[:, None] == lbl

`np.zeros` takes the whole shape as its first argument, a tuple in parentheses of its
own. A second argument would be the type.
    onehot-shape-in-two:
        d = np.zeros(lbl.max() + 1, lbl.size)
        d[lbl, np.arange(lbl.size)] = 1
        return d

Right where every label from 0 to the largest occurs. But a class that does not occur
needs its row, too, and what `len(set(lbl))` or `np.unique` count are the classes that
occur. Take the number of rows from the largest label: it is one more than that.
    onehot-counts-classes (however): int(lbl.max()) + 1 -> len(set(lbl.tolist()))

You use `num_classes`, which is None unless somebody gives a number for it. Take the
number of rows from the largest label, at least where it is None.
    onehot-num-classes-none: if num_classes is None -> if False
    onehot-num-classes-none-in-arange:
        return 1.0 * (np.arange(num_classes)[:, None] == lbl)
"""

earned = "The labels now have the form in which the network will answer."
steps = """
Do it by hand first. There are three classes and three samples, with the labels 2, 0 and
1. Draw the matrix, one column per sample. In which row is the 1 of each column?

For every sample you know where its 1 belongs: the row is the label, and the column is
the number of the sample, counted from 0. So begin with a matrix full of zeros, and then
set one entry in each column.

Integer array indexing sets many entries at once. Run `m = np.zeros((3, 4))` and `m[[0,
2, 1], [1, 1, 3]] = 5`, and print `m`. Which entries have changed? How did NumPy pair
the numbers of the two lists?

`np.zeros` makes the matrix; give it the shape as a tuple of rows and columns. There is
a row for every class, from 0 to the largest label, even for a class that does not
occur. `np.arange` counts 0, 1, 2 and so on, as far as you tell it. (The arguments
`num_classes` and `dtype` may wait.)

Now put your matrix in the place of `m`. The first of the two lists in the example says
in which rows the ones go: you were given these numbers as an argument. The second says
in which columns: one after the other, as many as there are labels. Leave the line with
`_check_labels` where it is.
"""
