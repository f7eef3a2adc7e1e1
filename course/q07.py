"""Question 7: softmax."""

import numpy as np

from checks.asking import Case, Extra, Mistake
from course import OVERWRITES

functions = ("softmax",)
points = 5


def cases(rng, right):
    def case(a, says, sums=None):
        return Case("softmax", (a,), says, sums=sums)

    logs = np.log(np.arange(1.0, 11))[:, None]
    return [
        case(logs, "the scores log 1, log 2, ... log 10 as a column", 1),
        case(np.round(3 * rng.standard_normal((10, 7)), 3), random((10, 7)), 1),
        case(np.round(3 * rng.standard_normal((10, 10)), 3), random((10, 10))),
        case(ten([[1000, -2000], [999, 2000]]), "scores up to 2000"),
        case(ten([[0, -2000], [1, -2001]]), "a column around 0, the next at -2000"),
        case(ten([[-1000], [-1001]]), "scores around -1000"),
        case(ten([[1e5, -1e5, 1 - 1e5], [-1e5, 1e5, -1e5]]), "scores up to 1e5"),
        case(np.where(np.arange(10) == 9, 712.0, 711.0)[:, None], "scores around 711"),
        case(np.where(np.arange(10) == 9, 402.0, 401.0)[:, None], "scores around 401"),
    ]


def random(shape):
    return f"random scores of shape {shape}"


def ten(rows):
    """Return scores for ten classes: two rows as given, the others like the first."""
    first, second = np.array(rows, dtype=float)
    return np.stack([first - 1, second, *[first - 1] * 7, first])


extras = [
    Extra(
        "does not take one column alone, as a vector, which some cells of the "
        "notebook hand over",
        "gives",
        "softmax",
        (np.log([1.0, 2.0, 3.0]),),
        value=[1 / 6, 2 / 6, 3 / 6],
    ),
]

UNSAFE = 0.6  # right for small scores, while the question asks for a safe one
ALL = (
    "You divide by the sum of the whole matrix, so that all probabilities together sum "
    "to 1. Each column should do so by itself."
)
ROWS = (
    "You divide by the sums of the rows. The probabilities of one sample, a column, "
    "should sum to 1."
)
FIRST = "And first subtract the maximum of each column: exp(1000) is infinite."
mistakes = [
    Mistake(
        "softmax-max-over-all",
        "You subtract the maximum of all of `a`. A column whose scores are all "
        "far below it becomes 0 / 0. Each column has a maximum of its own.",
        ("a.max(axis=0)", "a.max()"),
        share=UNSAFE,
    ),
    Mistake(
        "softmax-max-of-rows",
        "You subtract the maximum of each row, so the scores of one column are "
        "shifted by different numbers, and the result changes. Which axis runs "
        "over the classes?",
        ("a.max(axis=0)", "a.max(axis=1, keepdims=True)"),
    ),
    Mistake(
        "softmax-max-of-rows-as-a-vector",
        "You take the maximum of each row. NumPy then matches these maxima with the "
        "columns, where they fit at all. Which axis runs over the classes?",
        ("a.max(axis=0)", "a.max(axis=1)"),
    ),
    Mistake(
        "softmax-no-max",
        "Right for small scores, but the exponential of 1000 is infinite. Use "
        "the second formula of the question, which is numerically safe.",
        ("a - a.max(axis=0)", "a"),
        share=UNSAFE,
    ),
    Mistake(
        "softmax-unsafe",
        "Right for small scores, but not for all that are large or far below 0. In "
        "the second formula of the question no exponent is positive, and one in each "
        "column is 0: that is safe for all scores.",
        softmax="""
y = np.exp(a)
y[abs(a) > 400] = np.nan
return y / y.sum(axis=0)
""",
        however=True,
        share=UNSAFE,
    ),
    Mistake(
        "softmax-plus-max",
        "You add the maximum, and so the exponents become twice as large. Which sign "
        "does M have in the second formula?",
        ("a - a.max(axis=0)", "a + a.max(axis=0)"),
        share=UNSAFE,
    ),
    Mistake(
        "softmax-exponents-turned-round",
        "Your exponents have the wrong sign, so that the largest score becomes the "
        "least probable. Look at the order of a_i and M in the second formula.",
        ("a - a.max(axis=0)", "a.max(axis=0) - a"),
    ),
    Mistake(
        "softmax-max-behind-exponential",
        "You subtract the maximum from the exponentials. It belongs to the exponent: "
        "subtract it from the scores, inside the brackets of `np.exp`.",
        ("np.exp(a - a.max(axis=0))", "np.exp(a) - a.max(axis=0)"),
    ),
    Mistake(
        "softmax-place-of-max",
        "You subtract the position of the largest score, which `np.argmax` finds, so "
        "the exponential of 1000 is infinite. Subtract the largest score itself.",
        ("a.max(axis=0)", "np.argmax(a, axis=0)"),
        share=UNSAFE,
    ),
    Mistake(
        "softmax-python-max",
        "Python's `max` compares whole rows of `a`, and NumPy does not say which of "
        "two rows is larger. The method `max` of an array takes the maximum of each "
        "column, if you tell it the axis.",
        ("a.max(axis=0)", "max(a)"),
    ),
    Mistake(
        "softmax-smallest",
        "Some exponents are still large and positive, and overflow. Look again "
        "at M in the question: with it, no exponent is positive.",
        ("a.max(axis=0)", "a.min(axis=0)"),
        share=UNSAFE,
    ),
    Mistake(
        "softmax-rows",
        "Your rows sum to 1. The predictions for a sample are a column, so the "
        "columns should.",
        ("axis=0", "axis=1, keepdims=True"),
    ),
    Mistake(
        "softmax-sum-of-rows",
        ROWS,
        ("y.sum(axis=0)", "y.sum(axis=1, keepdims=True)"),
    ),
    Mistake(
        "softmax-sum-over-all",
        ALL,
        ("y.sum(axis=0)", "y.sum()"),
    ),
    Mistake(
        "softmax-max-and-sum-over-all",
        "Maximum and sum run over the whole matrix, so that all probabilities together "
        "sum to 1. Each column should do so by itself, with a maximum of its own.",
        ("axis=0", ""),
    ),
    Mistake(
        "softmax-no-max-sum-over-all",
        f"{ALL} {FIRST}",
        ("a - a.max(axis=0)", "a"),
        ("y.sum(axis=0)", "y.sum()"),
    ),
    Mistake(
        "softmax-no-max-sum-of-rows",
        f"{ROWS} {FIRST}",
        ("a - a.max(axis=0)", "a"),
        ("y.sum(axis=0)", "y.sum(axis=1, keepdims=True)"),
    ),
    *(
        Mistake(
            f"softmax-sum-of-rows-as-a-vector-{k}",
            f"{ROWS} Which axis runs over the classes?",
            ("a - a.max(axis=0)", exponent),
            ("y.sum(axis=0)", "y.sum(axis=1)"),
        )
        for k, exponent in enumerate(["a", "a - a.max()", "a - a.max(axis=0)"])
    ),
    Mistake(
        "softmax-rows-as-vectors",
        f"{ROWS} The same goes for their maximum. Which axis runs over the classes?",
        ("axis=0", "axis=1"),
    ),
    Mistake(
        "softmax-numerator",
        "You have the exponentials, but have not divided by their sum.",
        ("return y / y.sum(axis=0)", "return y"),
    ),
    Mistake(
        "softmax-two-exponents",
        "The maximum is subtracted in one of numerator and denominator, and not "
        "in the other. They must be treated alike, or the factor does not "
        "cancel.",
        ("y.sum(axis=0)", "np.exp(a).sum(axis=0)"),
    ),
    Mistake(
        "softmax-divides-by-max",
        "You divide the scores by their maximum. Only a subtraction cancels in "
        "the quotient.",
        ("a - a.max(axis=0)", "a / a.max(axis=0)"),
    ),
    Mistake(
        "softmax-logarithm",
        "You return the logarithms of the probabilities.",
        softmax="""
a = a - a.max(axis=0)
return a - np.log(np.exp(a).sum(axis=0))
""",
    ),
    Mistake(
        "softmax-no-exponential",
        "You divide the scores themselves by their sum. Scores may be negative: "
        "the formula takes their exponentials first.",
        ("y = np.exp(a - a.max(axis=0))", "y = a"),
    ),
    Mistake(
        "softmax-overwrites",
        "Your function changes the array that it was given. Whoever called it "
        "still needs that array: compute a new one.",
        (
            "    y = np.exp(a - a.max(axis=0))",
            "    a -= a.max(axis=0)\n    y = np.exp(a)",
        ),
        share=OVERWRITES,
    ),
]

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
