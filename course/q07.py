"""Question 7: softmax."""

import numpy as np

from checks.asking import Case, Extra

functions = ("softmax",)
points = 5


def cases(rng, right):
    def case(a, says, sums=None):
        return Case("softmax", (a,), says, sums=sums)

    logs = np.log(np.arange(1.0, 11))[:, None]
    return [
        case(np.round(3 * rng.standard_normal((10, 7)), 3), random((10, 7)), 1),
        case(logs, "the scores log 1, log 2, ... log 10 as a column", 1),
        case(np.round(3 * rng.standard_normal((10, 10)), 3), random((10, 10))),
        case(ten([[1000, -2000], [999, 2000]]), "scores up to 2000"),
        case(ten([[0, -2000], [1, -2001]]), "a column around 0, the next at -2000"),
        case(ten([[-1000], [-1001]]), "scores around -1000"),
        case(ten([[1e5, -1e5, 1 - 1e5], [-1e5, 1e5, -1e5]]), "scores up to 1e5"),
        case(np.where(np.arange(10) == 9, 712.0, 711.0)[:, None], "scores around 711"),
        case(np.where(np.arange(10) == 9, 402.0, 401.0)[:, None], "scores around 401"),
        case(np.arange(20).reshape(10, 2) % 7, "whole numbers as scores"),
    ]


def random(shape):
    return f"random scores of shape {shape}"


def ten(rows):
    """Return scores for ten classes: two rows as given, the others like the first."""
    first, second = np.array(rows, dtype=float)
    return np.stack([first - 1, second, *[first - 1] * 7, first])


extras = [
    Extra(
        "does not take one column alone, as a vector",
        "gives",
        "softmax",
        (np.log([1.0, 2.0, 3.0]),),
        value=[1 / 6, 2 / 6, 3 / 6],
    )
]

waypoints = {
    "a": "",
    "np.log(y.sum(axis=0)), a.max(axis=0) + np.log(y.sum(axis=0))": "",
    "1 / y.sum(axis=0)": "",
    "np.exp(a), np.exp(a).sum(axis=0)": "is right for small scores only. "
    "Take the second formula of the question, which begins with the largest score of "
    "each column.",
    "a.max()": "is the largest score of all, and each column needs its own.",
    "a.max(axis=0), a.max(axis=0, keepdims=True)": "is right: it is the largest score "
    "of each column. Go on with the exponents. No variable holds these yet.",
    "a - a.max(axis=0)": "is right: these are the exponents. Go on with the "
    "exponentials. No variable holds these yet.",
    "y": "is right: these are the exponentials. Go on with the sum of each column. No "
    "variable holds that yet.",
    "y.sum(axis=0), y.sum(axis=0, keepdims=True)": "is right: it is the sum of each "
    "column. What is left is the quotient. No variable holds that yet.",
}

mistakes = """
You subtract the maximum of all of `a`. A column whose scores are all far below it
becomes 0 / 0. Each column has a maximum of its own.
    softmax-max-over-all (share 0.6): a.max(axis=0) -> a.max()

You subtract the maximum of each row, so the scores of one column are shifted by
different numbers, and the result changes. Which axis runs over the classes?
    softmax-max-of-rows: a.max(axis=0) -> a.max(axis=1, keepdims=True)

You take the maximum of each row. NumPy then matches these maxima with the columns,
where they fit at all. Which axis runs over the classes?
    softmax-max-of-rows-as-a-vector: a.max(axis=0) -> a.max(axis=1)

Right for small scores, but the exponential of 1000 is infinite. Use the second formula
of the question, which is numerically safe.
    softmax-no-max (share 0.6): a - a.max(axis=0) -> a

Right for small scores, but not for all that are large or far below 0. In the second
formula of the question no exponent is positive, and one in each column is 0: that is
safe for all scores.
    softmax-unsafe (however, share 0.6):
        y = np.exp(a)
        y[abs(a) > 400] = np.nan
        return y / y.sum(axis=0)

You add the maximum, and so the exponents become twice as large. Which sign does M have
in the second formula?
    softmax-plus-max (share 0.6): a - a.max(axis=0) -> a + a.max(axis=0)

Your exponents have the wrong sign, so that the largest score becomes the least
probable. Look at the order of a_i and M in the second formula.
    softmax-exponents-turned-round: a - a.max(axis=0) -> a.max(axis=0) - a

You subtract the maximum from the exponentials. It belongs to the exponent: subtract it
from the scores, inside the brackets of `np.exp`.
    softmax-max-behind-exponential:
        np.exp(a - a.max(axis=0)) -> np.exp(a) - a.max(axis=0)

You subtract the position of the largest score, which `np.argmax` finds, so the
exponential of 1000 is infinite. Subtract the largest score itself.
    softmax-place-of-max (share 0.6): a.max(axis=0) -> np.argmax(a, axis=0)

Python's `max` compares whole rows of `a`, and NumPy does not say which of two rows is
larger. The method `max` of an array takes the maximum of each column, if you tell it
the axis.
    softmax-python-max: a.max(axis=0) -> max(a)

Some exponents are still large and positive, and overflow. Look again at M in the
question: with it, no exponent is positive.
    softmax-smallest (share 0.6): a.max(axis=0) -> a.min(axis=0)

Your rows sum to 1. The predictions for a sample are a column, so the columns should.
    softmax-rows: axis=0 -> axis=1, keepdims=True

You divide by the sum of the whole matrix, so that all probabilities together sum to 1.
Each column should do so by itself.
    softmax-sum-over-all: y.sum(axis=0) -> y.sum()
    softmax-max-and-sum-over-all: axis=0 ->

You divide by the sum of the whole matrix, so that all probabilities together sum to 1.
Each column should do so by itself. And first subtract the maximum of each column:
exp(1000) is infinite.
    softmax-no-max-sum-over-all:
        a - a.max(axis=0) -> a
        y.sum(axis=0) -> y.sum()

You divide by the sums of the rows. The probabilities of one sample, a column, should
sum to 1. And first subtract the maximum of each column: exp(1000) is infinite.
    softmax-no-max-sum-of-rows:
        a - a.max(axis=0) -> a
        y.sum(axis=0) -> y.sum(axis=1, keepdims=True)

You divide by the sums of the rows. The probabilities of one sample, a column, should
sum to 1. Which axis runs over the classes?
    softmax-sum-of-rows: y.sum(axis=0) -> y.sum(axis=1, keepdims=True)
    softmax-rows-as-vectors: axis=0 -> axis=1
    softmax-sum-of-rows-as-a-vector-0:
        a - a.max(axis=0) -> a
        y.sum(axis=0) -> y.sum(axis=1)
    softmax-sum-of-rows-as-a-vector-1:
        a - a.max(axis=0) -> a - a.max()
        y.sum(axis=0) -> y.sum(axis=1)
    softmax-sum-of-rows-as-a-vector-2: y.sum(axis=0) -> y.sum(axis=1)

You have the exponentials, but have not divided by their sum.
    softmax-numerator: return y / y.sum(axis=0) -> return y

The maximum is subtracted in one of numerator and denominator, and not in the other.
They must be treated alike, or the factor does not cancel.
    softmax-two-exponents: y.sum(axis=0) -> np.exp(a).sum(axis=0)

Your quotient is upside down: divide each exponential by the sum of its column.
    softmax-upside-down: return y / y.sum(axis=0) -> return y.sum(axis=0) / y

You divide the scores by their maximum. Only a subtraction cancels in the quotient.
    softmax-divides-by-max: a - a.max(axis=0) -> a / a.max(axis=0)

You return the logarithms of the probabilities.
    softmax-logarithm:
        a = a - a.max(axis=0)
        return a - np.log(np.exp(a).sum(axis=0))

You divide the scores themselves by their sum. Scores may be negative: the formula takes
their exponentials first.
    softmax-no-exponential: y = np.exp(a - a.max(axis=0)) -> y = a

Scores may be whole numbers, and the result is one of floats. An array that is made from
whole numbers, as by `np.zeros_like(a)`, `a.copy()` or a difference, has their type,
too. It cuts off the fractions that you put into it, or refuses them (after `/=` or
`out=`): give it the type float.
    softmax-whole-numbers (however, share 0.8):
        return y / y.sum(axis=0) -> z = np.zeros_like(k); z[:] = y / y.sum(0); return z
        a = np.asarray(a) -> k = a = np.asarray(a)

    softmax-overwrites (share 0.8):
        y = np.exp(a - a.max(axis=0)) -> a -= a.max(axis=0); y = np.exp(a)
"""

earned = "Scores now become probabilities: this is the last layer of your network."
steps = """
Compute one column on paper: the scores log 1, log 2 and log 3. What are their
exponentials, and what does each become when you divide it by their sum? Then add the
same number to all three scores, and do it again.

To see why the two formulas are equal, write exp(a_i - M) as a product of two factors.
One of them is the same in every term, both above and below the fraction line.

In code there are three things to do for each column by itself: find the largest score,
take exponentials, and add them up. `np.exp` works entry by entry. The methods `max` and
`sum` of an array take an argument `axis`, the direction in which they run. Which
direction runs over the classes?

Look at the shapes. If `a` has shape (10, 200), there should be one maximum for each
column, that is 200 of them. NumPy compares shapes from the right, so an array of shape
(200,) can be subtracted from one of shape (10, 200), and each column gets its own
number.

Subtract the maximum before you take exponentials, and give the exponentials a name: you
need them twice, once as they are and once added up. Try `np.log([[1, 1], [2, 1], [3,
2]])`: the columns should become 1/6, 2/6, 3/6 and 1/4, 1/4, 2/4. Then add 1000 to all
the scores: apart from rounding, nothing should change.
"""
