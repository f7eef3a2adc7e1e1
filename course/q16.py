"""Question 16: the percentage of errors."""

import numpy as np

from checks.asking import Case
from course.inputs import labels, predictions
from course.mistakes import one_entry

functions = ("eval_perfs",)
points, reading = 5, 1  # the interpretation


def cases(rng, right):
    def case(lbl, wrong, says):
        return Case("eval_perfs", (predictions(rng, lbl, wrong), lbl), says)

    eight = np.array([7, 7, 7, 1, 7, 4, 1, 9])  # unequal classes, errors in one
    some = "predictions for 10 classes and {} samples, {} wrong"
    return [
        case(eight, 3, some.format(8, 3)),
        case(labels(rng, 4), 1, some.format(4, 1)),
        case(labels(rng, 10), 7, some.format(10, 7)),
        # The largest entry of all is that of class 0, and stands in column 1.
        case(np.array([1, 0, 2]), 0, "predictions that are all right"),
    ]


waypoints = {
    "y, lbl, y.max(axis=0)": "",
    "np.argmax(y, axis=0)": "is right: these are the classes that the network "
    "predicts. Go on with the comparison. No variable holds that yet.",
    "np.argmax(y, axis=0) != lbl, np.argmax(y, axis=0) == lbl, "
    "np.argmax(y, axis=0) - lbl, lbl - np.argmax(y, axis=0)": "is right: it compares "
    "the answers with the labels. Go on with the share of the errors. No variable "
    "holds that yet.",
    "np.mean(np.argmax(y, axis=0) != lbl)": "is right: it is the share of the errors. "
    "What is left is to make a percentage of it.",
}

mistakes = """
You have a fraction between 0 and 1. The question asks for a percentage.
    perfs-fraction: 100 * ->

You have the percentage that is right. The question asks for the percentage of errors.
    perfs-share-right: != -> ==

You have the fraction that is right. The question asks for the percentage of errors.
    perfs-fraction-right:
        100 * ->
        != -> ==

You subtract the share that is right from the whole, and one of the two is a percentage
while the other is a fraction. Make a percentage of both.
    perfs-fraction-from-100:
        100 * -> 100 -
        != -> ==
    perfs-percentage-from-1:
        100 * -> 1 - 100 *
        != -> ==

You averaged over the entries of the one-hot matrix, not over the samples: count the
columns that are wrong, and divide by their number.
    perfs-over-entries:
        onehot2label(y) -> np.eye(len(y))[:, onehot2label(y)]
        != lbl -> != np.eye(len(y))[:, lbl]

Your result is a tenth of the percentage: divide the number of errors by the number of
samples, which is not that of the entries of `y`, and multiply by a hundred.
    perfs-divided-by-entries:
        np.mean(onehot2label(y) != lbl) -> np.sum(onehot2label(y) != lbl) / y.size

You divided by the number of rows of `y`, that is of classes, which `len` gives. Divide
by the number of samples, which are its columns.
    perfs-divided-by-classes:
        np.mean(onehot2label(y) != lbl) -> np.sum(onehot2label(y) != lbl) / len(y)
    perfs-fraction-divided-by-classes:
        100 * np.mean(onehot2label(y) != lbl) -> np.sum(onehot2label(y) != lbl) / len(y)

You divide by 60,000, whatever `lbl` holds. Divide by the number of its labels.
    perfs-divided-by-60000:
        np.mean(onehot2label(y) != lbl) -> np.sum(onehot2label(y) != lbl) / 60000

You have the number of errors. The question asks for a percentage: it does not grow with
the number of samples.
    perfs-count: 100 * np.mean -> np.sum

You counted each error twice: a wrong column has two wrong entries, the 1 that is
missing and the one that should not be there.
    perfs-counted-twice:
        100 * -> 100 / len(lbl) *
        np.mean(onehot2label(y) -> np.sum(np.eye(len(y))[:, onehot2label(y)]
        != lbl -> != np.eye(len(y))[:, lbl]

You looked for the largest entry of each row. A sample is a column.
    perfs-along-rows: onehot2label(y) -> np.argmax(y, axis=1)
    perfs-row-by-row: onehot2label(y) -> np.argmax(y, axis=1)[: len(lbl)]

Every sample counts as wrong, whatever the predictions are. What do you compare the
labels with? It should be the class that has the largest probability.
    perfs-largest-value: onehot2label(y) -> np.max(y, axis=0)

You count a class only where its probability is above one half. The most probable class
may have less: look for the largest of each column.
    perfs-rounded:
        d = np.eye(len(y))[:, lbl]
        return 100 * np.mean(np.any(np.round(y) != d, axis=0))

`lbl` holds labels already, and `onehot2label` takes one-hot columns or predictions:
only `y` needs it.
    perfs-labels-of-labels: != lbl -> != onehot2label(lbl)

`np.argmax` without an axis gives a single place in the whole matrix. You need the most
probable class of each column.
    perfs-place-in-all: onehot2label(y) -> np.argmax(y)

You compare `y` entry by entry with one-hot columns, and `label2onehot` makes no more
rows than the largest label needs. Bring `y` to the form of `lbl`: a label for each
sample.
    perfs-rounded-entries: onehot2label(y) != lbl -> np.round(y) != label2onehot(lbl)
    perfs-entries: onehot2label(y) != lbl -> y != label2onehot(lbl)

You cut off or round the decimals of the percentage. It should keep them: from epoch to
epoch it may change by less than one percentage point.
    perfs-whole-numbers (share 0.8): return float( -> return int(
    perfs-rounded-percentage (share 0.8): return float( -> return round(

    perfs-overwrites (share 0.8):
        largest = y.max(axis=0)
        y[y < largest] = 0
        return 100 * np.mean(np.argmax(y, axis=0) != lbl)
"""
mistakes += one_entry("perfs", "percentage")

earned = "You can now count the mistakes of your network, and watch them become fewer."
steps = """
Count by hand. A network says 3, 1, 4, 1 and the labels are 3, 1, 4, 0. How many samples
are misclassified, and what percentage is that?

`y` holds probabilities, and `lbl` holds labels, so bring them to the same form first.
You have already written a function that finds the most probable class of each column.

Compare the two arrays of labels: you get True or False for each sample. These count as
1 and 0 when you compute with them. What is the sum of such an array, and what is its
mean?

A percentage is a hundred times a share, and here it is the share of the samples that
counts. Check it: `eval_perfs(dtrain, ltrain)` should be 0. If `netinit` seems to have
about 9 % of errors, you have divided by the number of entries of `y`. To interpret the
right figure, ask how often someone is wrong who guesses one of ten digits.
"""
