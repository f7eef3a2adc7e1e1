"""Question 15: the loss."""

import numpy as np

from checks.asking import Case, Extra, Mistake
from course.inputs import labels, one_entry, one_hot, predictions

functions = ("eval_loss",)
points = 5


def cases(rng, right):
    half = np.where(np.arange(10) == 3, 0.5, 0.5 / 9)[:, None]
    poor = np.where(np.arange(10) == 3, 0.002, 0.998 / 9)[:, None]
    lbl = np.array([7, 7, 7, 1, 7, 4, 1, 9])  # unequal classes, errors in one
    few = one_hot(labels(rng, 4))
    tenth = "every entry of y is 1/10; 10 classes, 4 samples"
    one = "{} for the right one of 10 classes, 1 sample"
    eight = "predictions for 10 classes and 8 samples"
    return [
        Case("eval_loss", (np.full((10, 4), 0.1), few), tenth),
        Case("eval_loss", (half, one_hot([3])), one.format("1/2")),
        Case("eval_loss", (poor, one_hot([3])), one.format("0.002")),
        Case("eval_loss", (predictions(rng, lbl, 2), one_hot(lbl)), eight),
    ]


def facts(right):
    tenth = right.eval_loss(np.full((10, 10), 0.1), np.eye(10))
    return {"tenth": tenth, "log4": np.log(4)}


extras = [
    Extra(
        "is not 0 for a perfect prediction (0 * log(0) should count as 0)",
        "gives",
        "eval_loss",
        (np.eye(3), np.eye(3)),
        value=0.0,
    ),
    Extra(
        "is not infinite where the true class was predicted with probability 0",
        "gives",
        "eval_loss",
        (np.eye(2)[:, :1], np.eye(2)[:, 1:]),
        value=np.inf,
    ),
]

mistakes = [
    Mistake(
        "loss-sum",
        "You have the sum. The question asks for the average, over the samples "
        "and the 10 classes: where every class has probability 1/10, it is "
        "{tenth:.4f}.",
        (" / d.size", ""),
    ),
    Mistake(
        "loss-over-samples-alone",
        "You averaged over the samples alone, and so have ten times what is "
        "asked: the assignment averages over the 10 classes, too.",
        ("d.size", "d.shape[1]"),
    ),
    Mistake(
        "loss-over-classes-alone",
        "You averaged over the classes alone: your loss grows with the number "
        "of samples.",
        ("d.size", "len(d)"),
        relies_on=(("eval_loss", "/ d.size"),),
    ),
    Mistake(
        "loss-per-sample",
        "You have one loss for each sample. The question asks for one number, "
        "the average.",
        eval_loss="return -np.mean(d * np.log(y), axis=0)",
    ),
    *one_entry("loss", "float(-np.sum(d[right] * np.log(y[right])) / d.size)", "loss"),
    Mistake(
        "loss-sign",
        "The sign is wrong: the logarithm of a probability is negative, a loss is not.",
        ("-np.sum", "np.sum"),
    ),
    Mistake(
        "loss-no-logarithm",
        "There is no logarithm in your loss.",
        ("np.log(y[right])", "y[right]"),
    ),
    Mistake(
        "loss-base-10",
        "Your logarithm has the base 10. Use the natural logarithm.",
        ("np.log(", "np.log10("),
    ),
    Mistake(
        "loss-base-2",
        "Your logarithm has the base 2. Use the natural logarithm.",
        ("np.log(", "np.log2("),
    ),
    Mistake(
        "loss-squares",
        "You have the mean squared difference. The question asks for the cross-"
        "entropy.",
        eval_loss="return np.mean((y - d) ** 2)",
    ),
    Mistake(
        "loss-two-terms",
        "You added the term for the wrong classes, as one does with a single "
        "yes-or-no output. The formula of the question has one term.",
        eval_loss="return -np.mean(d * np.log(y) + (1 - d) * np.log(1 - y))",
    ),
    Mistake(
        "loss-swapped",
        "Your loss is infinite: there is a logarithm of 0 in it. What do you "
        "take the logarithm of? `d` is mostly 0, and so is all that is "
        "multiplied by it.",
        eval_loss="return -np.mean(y * np.log(d))",
    ),
    *(
        Mistake(
            f"loss-matrix-product-{k}",
            "The matrix product of `d.T` and the logarithms pairs the label of every "
            "sample with the predictions for all of them. In the loss each label meets "
            "the prediction for its own sample: that is `*`, entry by entry.",
            eval_loss=f"return {loss}",
        )
        for k, loss in enumerate(
            [
                "-np.sum(d.T @ np.log(y)) / d.size",
                "-np.mean(d.T @ np.log(y))",
                "-d.T @ np.log(y) / d.size",
                "-d.T @ np.log(y)",
            ]
        )
    ),
    Mistake(
        "loss-matrix-product-without-transpose",
        "`@` is the matrix product. In the loss each entry of `d` meets the logarithm "
        "in the same place: that is `*`, entry by entry.",
        eval_loss="return -np.sum(d @ np.log(y)) / d.size",
    ),
    Mistake(
        "loss-no-labels",
        "`d` does not select anything in your loss: every class counts, and not "
        "just the right one.",
        eval_loss="return -np.mean(np.log(y))",
    ),
]

earned = "One number now says how wrong your network is. Training will make it smaller."
steps = """
Compute one sample by hand. There are three classes, the prediction is (1/2, 1/4, 1/4)
and the label is class 1, so d = (0, 1, 0). Which of the three terms of the sum are
zero? The loss of this sample should be log 4, that is {log4:.3f}.

Now a matrix of samples. `np.log` and `*` both work entry by entry. In the product of
`d` with the logarithms, only one entry of each column counts. Which one, and what is
still to be done to get a single number out of the matrix?

The sum is divided by the number of samples and also by the number of classes. How many
is that together for a `d` of shape (10, 60000)? What else in `d` can you count that
gives the same number?

Check it: if every probability is 1/10, the result should be {tenth:.4f}. If you get ten
times that, you have averaged over the samples alone. If you get a negative number, look
for the minus sign at the beginning of the formula.

A last refinement, for an extra: if a probability is exactly 0, its logarithm is minus
infinity, and 0 times infinity is not a number. Only the entries where `d` is 1 matter,
so pick these before you take the logarithm. Look up boolean indexing.
"""
