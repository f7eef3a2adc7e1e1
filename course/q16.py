"""Question 16: the percentage of errors."""

import numpy as np

from checks.asking import Case, Mistake
from course import OVERWRITES
from course.inputs import labels, one_entry, predictions

functions = ("eval_perfs",)
points, reading = 5, 1  # the interpretation


def cases(rng, right):
    def case(lbl, wrong, says):
        return Case("eval_perfs", (predictions(rng, lbl, wrong), lbl), says)

    eight = np.array([7, 7, 7, 1, 7, 4, 1, 9])  # unequal classes, errors in one
    some = "predictions for 10 classes and {} samples, {} wrong"
    return [
        case(labels(rng, 4), 1, some.format(4, 1)),
        case(eight, 3, some.format(8, 3)),
        case(labels(rng, 10), 7, some.format(10, 7)),
        case(labels(rng, 4), 0, "predictions that are all right"),
    ]


mistakes = [
    Mistake(
        "perfs-fraction",
        "You have a fraction between 0 and 1. The question asks for a percentage.",
        ("100 * ", ""),
    ),
    *one_entry("perfs", "float(100 * np.mean(onehot2label(y) != lbl))", "percentage"),
    Mistake(
        "perfs-share-right",
        "You have the percentage that is right. The question asks for the "
        "percentage of errors.",
        ("!=", "=="),
    ),
    Mistake(
        "perfs-fraction-right",
        "You have the fraction that is right. The question asks for the "
        "percentage of errors.",
        ("100 * ", ""),
        ("!=", "=="),
    ),
    *(
        Mistake(
            f"perfs-{name}",
            "You subtract the share that is right from the whole, and one of the two "
            "is a percentage while the other is a fraction. Make a percentage of both.",
            ("100 * np.mean(onehot2label(y) != lbl)", result),
        )
        for name, result in [
            ("fraction-from-100", "100 - np.mean(onehot2label(y) == lbl)"),
            ("percentage-from-1", "1 - 100 * np.mean(onehot2label(y) == lbl)"),
        ]
    ),
    Mistake(
        "perfs-over-entries",
        "You averaged over the entries of the one-hot matrix, not over the "
        "samples: count the columns that are wrong, and divide by their number.",
        ("onehot2label(y)", "np.eye(len(y))[:, onehot2label(y)]"),
        ("!= lbl", "!= np.eye(len(y))[:, lbl]"),
    ),
    Mistake(
        "perfs-divided-by-entries",
        "Your result is a tenth of the percentage: divide the number of errors "
        "by the number of samples, which is not that of the entries of `y`, and "
        "multiply by a hundred.",
        ("np.mean(onehot2label(y) != lbl)", "np.sum(onehot2label(y) != lbl) / y.size"),
    ),
    Mistake(
        "perfs-divided-by-classes",
        "You divided by the number of rows of `y`, that is of classes, which `len` "
        "gives. Divide by the number of samples, which are its columns.",
        (
            "np.mean(onehot2label(y) != lbl)",
            "np.sum(onehot2label(y) != lbl) / len(y)",
        ),
    ),
    Mistake(
        "perfs-fraction-divided-by-classes",
        "You divided by the number of rows of `y`, that is of classes, which `len` "
        "gives. Divide by the number of samples, which are its columns, and make a "
        "percentage of it.",
        (
            "100 * np.mean(onehot2label(y) != lbl)",
            "np.sum(onehot2label(y) != lbl) / len(y)",
        ),
    ),
    Mistake(
        "perfs-count",
        "You have the number of errors. The question asks for a percentage: it "
        "does not grow with the number of samples.",
        ("100 * np.mean", "np.sum"),
    ),
    Mistake(
        "perfs-counted-twice",
        "You counted each error twice: a wrong column has two wrong entries, "
        "the 1 that is missing and the one that should not be there.",
        ("100 *", "100 / len(lbl) *"),
        ("np.mean(onehot2label(y)", "np.sum(np.eye(len(y))[:, onehot2label(y)]"),
        ("!= lbl", "!= np.eye(len(y))[:, lbl]"),
    ),
    Mistake(
        "perfs-along-rows",
        "You looked for the largest entry of each row. A sample is a column.",
        ("onehot2label(y)", "np.argmax(y, axis=1)"),
    ),
    Mistake(
        "perfs-largest-value",
        "Every sample counts as wrong, whatever the predictions are. What do "
        "you compare the labels with? It should be the class that has the "
        "largest probability.",
        ("onehot2label(y)", "np.max(y, axis=0)"),
    ),
    Mistake(
        "perfs-rounded",
        "You count a class only where its probability is above one half. The "
        "most probable class may have less: look for the largest of each "
        "column.",
        eval_perfs="""
d = np.eye(len(y))[:, lbl]
return 100 * np.mean(np.any(np.round(y) != d, axis=0))
""",
    ),
    Mistake(
        "perfs-overwrites",
        "Your function changes the array that it was given. Whoever called it "
        "still needs that array: compute a new one.",
        eval_perfs="""
largest = y.max(axis=0)
y[y < largest] = 0
return 100 * np.mean(np.argmax(y, axis=0) != lbl)
""",
        share=OVERWRITES,
    ),
]

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
