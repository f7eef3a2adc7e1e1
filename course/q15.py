"""Question 15: the loss."""

import numpy as np

from checks.asking import Case, Extra
from course.inputs import labels, one_hot, predictions
from course.mistakes import one_entry

functions = ("eval_loss",)
points = 5


def cases(rng, right):
    half = np.where(np.arange(10) == 3, 0.5, 0.5 / 9)[:, None]
    poor = np.where(np.arange(10) == 3, 0.002, 0.998 / 9)[:, None]
    lbl = np.array([7, 7, 7, 1, 7, 4, 1, 9])  # unequal classes, errors in one
    few, three = one_hot(labels(rng, 4)), labels(rng, 5, 3)
    tenth = "every entry of y is 1/10; 10 classes, 4 samples"
    one = "{} for the right one of 10 classes, 1 sample"
    eight = "predictions for 10 classes and 8 samples"
    other = "predictions for 3 classes and 5 samples"
    return [
        Case("eval_loss", (predictions(rng, lbl, 2), one_hot(lbl)), eight),
        Case("eval_loss", (np.full((10, 4), 0.1), few), tenth),
        Case("eval_loss", (half, one_hot([3])), one.format("1/2")),
        Case("eval_loss", (poor, one_hot([3])), one.format("0.002")),
        Case("eval_loss", (predictions(rng, three, 2, 3), one_hot(three, 3)), other),
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

waypoints = {
    "y, d, d > 0": "",
    ", ".join(f"np.log(y * d + {eps})" for eps in (1e-8, 1e-10, 1e-12, 1e-15)): "",
    "np.log(y), -np.log(y)": "is right so far: these are the logarithms. Go on with "
    "what `d` picks of them. No variable holds that yet.",
    "y[d > 0], y * d, (y * d).sum(axis=0), y**d": "is right so far: these are the "
    "probabilities of the right classes. Go on with their logarithms. No variable "
    "holds these yet.",
    "d * np.log(y), -d * np.log(y), np.log(y[d > 0]), -np.log(y[d > 0]), "
    "(d * np.log(y)).sum(axis=0), -(d * np.log(y)).sum(axis=0)": "is right so far: "
    "only the right classes count in it. Go on with the average. No variable holds "
    "that yet.",
    "np.sum(d * np.log(y)), -np.sum(d * np.log(y))": "is right so far: it is the sum. "
    "What is left is what it is divided by, and the sign.",
}

mistakes = """
You have the sum. The question asks for the average, over the samples and the 10
classes: where every class has probability 1/10, it is {tenth:.4f}.
    loss-sum: / d.size ->

You averaged over the samples alone, and so have ten times what is asked: the assignment
averages over the 10 classes, too.
    loss-over-samples-alone: d.size -> d.shape[1]

Right for ten classes. But you divide by 10 however many classes there are: take their
number from `y` or `d`, which have a row for each.
    loss-always-10-classes (share 0.8): d.size -> (10 * d.shape[1])

You take the largest probability of each column: that of the class which the network
answers. The loss asks for the probability of the right class, and `d` says which.
    loss-of-the-answer: return -np.mean(np.log(y.max(axis=0))) / len(y)
    loss-of-the-answer-by-10: return -np.mean(np.log(y.max(axis=0))) / 10
    loss-of-the-answer-by-samples: return -np.mean(np.log(y.max(axis=0)))

You averaged over the classes alone: your loss grows with the number of samples.
    loss-over-classes-alone: d.size -> len(d)

You have one loss for each sample. The question asks for one number, the average.
    loss-per-sample: return -np.mean(d * np.log(y), axis=0)

The sign is wrong: the logarithm of a probability is negative, a loss is not.
    loss-sign: -np.sum -> np.sum

You multiply by the number of classes. An average over them is divided by it.
    loss-times-classes: d.size -> d.shape[1] * len(d)

You add up first and take one logarithm at the end. Each probability has a logarithm of
its own, and these are added up.
    loss-logarithm-of-sum: return -np.log(np.sum(d * y)) / d.size
    loss-logarithm-of-mean: return -np.log(np.mean(d * y))

You divide by a fixed number. Divide by what `d` has: its samples times its classes.
    loss-divided-by-600000: d.size -> 600000

There is no logarithm in your loss.
    loss-no-logarithm: np.log(y[right]) -> y[right]

Your logarithm has another base, such as 10 or 2. Use the natural logarithm.
    loss-base-10: np.log( -> np.log10(
    loss-base-2: np.log( -> np.log2(

You have the mean squared difference. The question asks for the cross-entropy.
    loss-squares: return np.mean((y - d) ** 2)

You added the term for the wrong classes, as one does with a single yes-or-no output.
The formula of the question has one term.
    loss-two-terms: return -np.mean(d * np.log(y) + (1 - d) * np.log(1 - y))

Your loss is infinite: there is a logarithm of 0 in it. What do you take the logarithm
of? `d` is mostly 0, and so is all that is multiplied by it.
    loss-swapped: return -np.mean(y * np.log(d))

Your loss pairs the label of every sample with the predictions for all of them, as the
matrix product `d.T @ ...` does, or a single index, which picks whole rows of `y`. Each
label should meet the prediction for its own sample: that is `*`, entry by entry.
    loss-matrix-product-0: return -np.sum(d.T @ np.log(y)) / d.size
    loss-matrix-product-1: return -np.mean(d.T @ np.log(y))
    loss-matrix-product-2: return -d.T @ np.log(y) / d.size
    loss-matrix-product-3: return -d.T @ np.log(y)

`@` is the matrix product. In the loss each entry of `d` meets the logarithm in the same
place: that is `*`, entry by entry.
    loss-matrix-product-of-classes-1: return -np.mean(d @ np.log(y).T)
    loss-matrix-product-of-classes-2: return -d @ np.log(y).T / d.size
    loss-matrix-product-of-classes-3: return -d @ np.log(y).T
    loss-matrix-product-without-transpose: return -np.sum(d @ np.log(y)) / d.size

`1 - d` picks the wrong classes: it is 1 where `d` is 0. The loss asks for the
probability of the right class.
    loss-of-wrong-classes: return -np.mean((1 - d) * np.log(y))

Every class counts in your loss, and not just the right one: `d` selects nothing. (That
is so in the sum of a matrix product such as `d @ ...`, too; `*` goes entry by entry.)
    loss-no-labels: return -np.mean(np.log(y))
    loss-matrix-product-of-classes-0: return -np.sum(d @ np.log(y).T) / d.size
"""
mistakes += one_entry("loss", "loss")

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
