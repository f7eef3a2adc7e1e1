"""Question 12: ReLU."""

import numpy as np

from checks.asking import Case, Extra
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
        # At 0 any slope from 0 to 1 will do, so that nothing comes in there.
        Case("relup", (np.array([[0.0], [2.0]]), np.array([[0.0], [3.0]]))),
    ]


extras = [
    Extra(
        "lets the gradient pass `relup` at 0, where ReLU has its corner",
        "gives",
        "relup",
        (np.array([[0.0]]), np.array([[2.0]])),
        value=[[0.0]],
    )
]

LEAKY = "leaky ReLU, which keeps a small part of the negative numbers"
OTHERS = [  # activation functions: what they are called, their values and their slopes
    ("leaky-0.01", LEAKY, "np.where(a > 0, a, 0.01 * a)", "np.where(a > 0, 1, 0.01)"),
    ("leaky-0.1", LEAKY, "np.where(a > 0, a, 0.1 * a)", "np.where(a > 0, 1, 0.1)"),
    ("leaky-0.2", LEAKY, "np.where(a > 0, a, 0.2 * a)", "np.where(a > 0, 1, 0.2)"),
    (
        "sigmoid",
        "sigmoid function",
        "1 / (1 + np.exp(-a))",
        "np.exp(-a) / (1 + np.exp(-a)) ** 2",
    ),
    ("tanh", "hyperbolic tangent", "np.tanh(a)", "1 - np.tanh(a) ** 2"),
]
mistakes = "".join(
    f"""
`relu` is the {called}. The question asks for ReLU itself.
    relu-{name}: np.maximum(a, 0) -> {value}

`relup` has the slope of the {called}. The question asks for ReLU itself.
    relup-{name}: np.asarray(a) > 0 -> {slope}

`relu` and `relup` are made for the {called}. The question asks for ReLU itself.
    both-{name}:
        np.maximum(a, 0) -> {value}
        np.asarray(a) > 0 -> {slope}
"""
    for name, called, value, slope in OTHERS
)
mistakes += """
`relup` returns ReLU of `a`. The question asks what the upstream gradient `e` becomes on
its way back through ReLU.
    relup-is-relu: e * (np.asarray(a) > 0) -> np.maximum(a, 0)

`relup` asks whether the product of `e` and `a` is positive, as `e * a > 0` does: put
the comparison in brackets, so that it comes first.
    relup-compares-product: e * (np.asarray(a) > 0) -> (e * a > 0) * 1.0

`relup` lets `e` through only where `e` itself is positive, too. What decides is the
sign of `a` alone.
    relup-both-positive: e * -> np.maximum(e, 0) *

`relup` returns the slope alone, without `e`. The question asks what the upstream
gradient `e` becomes on its way back through ReLU.
    relup-no-direction: e * (np.asarray(a) > 0) -> (a > 0) * 1.0

`relup` cuts off `e` where `e` is negative. What decides is the sign of `a`.
    relup-relu-of-direction: e * (np.asarray(a) > 0) -> np.maximum(e, 0)

`relup` multiplies `e` by ReLU itself. It should be multiplied by ReLU's slope.
    relup-relu-for-slope: e * (np.asarray(a) > 0) -> np.maximum(a, 0) * e

`relup` lets `e` through with its sign turned round where `a` is negative. ReLU is flat
there: its slope is 0, and not -1.
    relup-sign: e * (np.asarray(a) > 0) -> e * np.sign(a)

`relup` divides by `a`, and 0 / 0 is nan: a single pixel or hidden unit that is 0 would
spoil the whole network. Ask only whether `a` is positive.
    relup-divides: e * (np.asarray(a) > 0) -> e * np.maximum(a, 0) / a

In `relup` the two arrays are in each other's place: the sign of `a` decides, and `e` is
what passes or is stopped.
    relup-turned-round: e * (np.asarray(a) > 0) -> a * (e > 0)

`relup` uses the matrix product `@` (or `np.dot`). Each entry of `e` passes or is
stopped by itself: multiply entry by entry, with `*`, and transpose nothing.
    relup-matrix-product: e * (np.asarray(a) > 0) -> (np.asarray(a) > 0) @ e
    relup-matrix-product-transposed: e * (np.asarray(a) > 0) -> (a > 0).T @ e

`relup` keeps only the entries where `a` is positive, in a vector. The others should be
0 and stay in their places: multiply, or look up `np.where`.
    relup-picks: e * (np.asarray(a) > 0) -> e[np.asarray(a) > 0]

`relu` keeps only the positive entries, in a vector. The others should be 0 and stay in
their places.
    relu-picks: np.maximum(a, 0) -> a[a > 0]

`relup` lets `e` through where ReLU is flat, and stops it where ReLU has a slope.
    relup-other-side: > 0 -> < 0

`relu` takes the absolute value: negative numbers should become 0.
    relu-absolute: np.maximum(a, 0) -> np.abs(a)

`relu` returns 0 or 1. Positive numbers should stay what they are.
    relu-step: np.maximum(a, 0) -> (a > 0) * 1.0

`relu` is capped. Positive numbers should stay what they are, however large.
    relu-clipped: np.maximum(a, 0) -> np.clip(a, 0, 1)
    relu-clipped-at-6: np.maximum(a, 0) -> np.clip(a, 0, 6)

`np.max(a, 0)` is the largest number of each column: the 0 is the axis. You want to
compare every number with 0, and NumPy has another function for that.
    relu-largest-of-columns: np.maximum -> np.max

`relu` keeps the negative numbers and drops the positive ones.
    relu-negative-part: maximum -> minimum

    relu-overwrites (share 0.8): return -> a[a < 0] = 0; return
    relup-overwrites (share 0.8):
        return e * (np.asarray(a) > 0) -> e[a <= 0] = 0; return e
"""

earned = """Your hidden units now have their activation function, and error signals find
their way back through it."""
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
