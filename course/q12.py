"""Question 12: ReLU."""

import numpy as np

from checks.asking import Case, Extra, Mistake
from course import OVERWRITES
from course.inputs import numbers

functions = ("relu", "relup")
points = 5

SHEET = np.array([[1], [2], [-3]])


def cases(rng, right):
    scores, slopes = numbers(rng, 5, 4), numbers(rng, 5, 4)
    scores[0, 0] = -abs(scores[0, 0])  # np.vectorize takes the type from the first one
    several = "random scores{} of shape (5, 4)"
    return [
        Case("relu", (SHEET,)),
        Case("relu", (scores,), several.format("")),
        Case("relu", (np.array([[1e4, -1e4], [20.0, -20.0]]),)),
        Case("relup", (SHEET.astype(float), np.array([[5.0], [-6.0], [7.0]]))),
        Case("relup", (scores, slopes), several.format(" and upstream gradients")),
    ]


extras = [
    Extra(
        "lets the gradient pass `relup` at 0, where ReLU has its corner",
        "gives",
        "relup",
        (np.array([[0.0]]), np.array([[2.0]])),
        value=[[0.0]],
    ),
]

CHANGES = (
    "changes an array that it was given. Whoever called it still needs that array: "
    "compute a new one."
)
ONE_NUMBER = (
    "uses `max`, `if` or `while` of Python, which can only ask about one number. `a` "
    "is a whole array: look for what NumPy does entry by entry."
)
# Other activation functions: what they are called, their values and their slopes.
OTHERS = {
    f"leaky-{part}": (
        "leaky ReLU, which keeps a small part of the negative numbers",
        f"np.where(a > 0, a, {part} * a)",
        f"np.where(a > 0, 1, {part})",
    )
    for part in (0.01, 0.1, 0.2)
} | {
    "sigmoid": (
        "sigmoid function",
        "1 / (1 + np.exp(-a))",
        "np.exp(-a) / (1 + np.exp(-a)) ** 2",
    ),
    "tanh": ("hyperbolic tangent", "np.tanh(a)", "1 - np.tanh(a) ** 2"),
}


def instead_of_relu(name, called, value, slope):
    """Return the mistakes of another activation function: in one function, or both."""
    relu, relup = {"relu": f"return {value}"}, {"relup": f"return e * ({slope})"}
    asked = "The question asks for ReLU itself."
    return [
        Mistake(f"relu-{name}", f"`relu` is the {called}. {asked}", **relu),
        Mistake(
            f"relup-{name}",
            f"`relup` has the slope of the {called}. {asked}",
            **relup,
        ),
        Mistake(
            f"both-{name}",
            f"`relu` and `relup` are made for the {called}. {asked}",
            **relu,
            **relup,
        ),
    ]


mistakes = [
    *(m for name, other in OTHERS.items() for m in instead_of_relu(name, *other)),
    Mistake(
        "relup-is-relu",
        "`relup` returns ReLU of `a`. The question asks what the upstream gradient `e` "
        "becomes on its way back through ReLU.",
        relup="return np.maximum(a, 0)",
    ),
    Mistake(
        "relup-no-direction",
        "`relup` returns the slope alone, without `e`. The question asks what the "
        "upstream gradient `e` becomes on its way back through ReLU. If you wrote "
        "`a > 0 * e`: there `0 * e` is computed first, so put the comparison in "
        "brackets.",
        ("e * (np.asarray(a) > 0)", "(a > 0) * 1.0"),
    ),
    Mistake(
        "relup-relu-of-direction",
        "`relup` cuts off `e` where `e` is negative. What decides is the sign of `a`.",
        relup="return np.maximum(e, 0)",
    ),
    Mistake(
        "relup-relu-for-slope",
        "`relup` multiplies `e` by ReLU itself. It should be multiplied by ReLU's "
        "slope.",
        relup="return np.maximum(a, 0) * e",
    ),
    Mistake(
        "relup-other-side",
        "`relup` lets `e` through where ReLU is flat, and stops it where ReLU has a "
        "slope.",
        ("> 0", "< 0"),
    ),
    Mistake(
        "relup-overwrites",
        f"`relup` {CHANGES}",
        relup="e[a <= 0] = 0\nreturn e",
        share=OVERWRITES,
    ),
    Mistake(
        "relu-absolute",
        "`relu` takes the absolute value: negative numbers should become 0.",
        relu="return np.abs(a)",
    ),
    Mistake(
        "relu-step",
        "`relu` returns 0 or 1. Positive numbers should stay what they are.",
        relu="return (a > 0) * 1.0",
    ),
    Mistake(
        "relu-clipped",
        "`relu` is capped. Positive numbers should stay what they are, however large.",
        ("np.maximum(a, 0)", "np.clip(a, 0, 1)"),
    ),
    Mistake(
        "relu-clipped-at-6",
        "`relu` is capped. Positive numbers should stay what they are, however large.",
        ("np.maximum(a, 0)", "np.clip(a, 0, 6)"),
    ),
    Mistake(
        "relu-largest-of-columns",
        "`np.max(a, 0)` is the largest number of each column: the 0 is the axis. You "
        "want to compare every number with 0, and NumPy has another function for that.",
        ("np.maximum", "np.max"),
    ),
    Mistake("relu-one-number", f"`relu` {ONE_NUMBER}", relu="return max(a, 0)"),
    Mistake(
        "relup-one-number",
        f"`relup` {ONE_NUMBER}",
        relup="return e if a > 0 else 0",
    ),
    Mistake(
        "relu-negative-part",
        "`relu` keeps the negative numbers and drops the positive ones.",
        ("maximum", "minimum"),
    ),
    Mistake(
        "relu-overwrites",
        f"`relu` {CHANGES}",
        relu="a[a < 0] = 0\nreturn a",
        share=OVERWRITES,
    ),
]

earned = (
    "Your hidden units now have their activation function, and error signals find "
    "their way back through it."
)
steps = """
Draw max(t, 0) for t from -3 to 3. What is its slope to the left of 0, and what is it to
the right? You need no more calculus than that.

Each output of ReLU depends on a single input. So where in the Jacobian are the entries
that are not zero, and what are they? Multiply it by e on paper, for a = (1, 2, -3) and
e = (5, 6, 7): what passes, and what is stopped?

For `relu`, look up `np.maximum`: it compares two arrays entry by entry and keeps the
larger of the two. A single number will do as one of them. (`np.max` is another
function: it looks for the largest entry of one array.)

For `relup`, look at what you found on paper: which of the two arrays decided, and which
one was passed on or stopped?

In code, if you compare an array with a number, you get True or False for each entry,
and in a product these count as 1 and 0. Or look up `np.where`, which picks one of two
values for each entry.

For the numerical check, do as in Question 11, with `relu` in the place of `softmax`.
Which entries of `a` could a step of eps times `e` carry across the corner? Replace
those before you begin: an array can be indexed with a condition, and you can assign to
what that picks.
"""
