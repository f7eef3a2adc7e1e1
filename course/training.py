"""What the questions about training loops have in common: Questions 18, 20 and 26."""

import numpy as np

from checks.asking import Extra, Mistake
from course.inputs import update

# A network of two inputs, two hidden units and two classes, with three samples.
X = np.array([[0.5, -1.0, 0.25], [1.0, 0.5, -0.75]])
D = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
NET = (
    np.array([[0.5, -0.25], [1.0, 0.75]]),
    np.array([[0.1], [-0.2]]),
    np.array([[0.3, -0.6], [0.2, 0.9]]),
    np.array([[0.0], [0.1]]),
)


def loop_extras(function, *B):
    """Return what is nice to have in a training loop."""
    return [
        Extra(
            "prints more or fewer lines than one for each step or epoch",
            "lines",
            function,
            (X, D, NET, 3, *B),
            value=3,
        ),
        Extra("does not refuse T = 0", "refuses", function, (X, D, NET, 0)),
        Extra(
            "does not refuse gamma = -1",
            "refuses",
            function,
            (X, D, NET, 1),
            {"gamma": -1.0},
        ),
        Extra(
            "does not refuse a `d` with more rows than the network has outputs",
            "refuses",
            function,
            (X, np.vstack([D, D]), NET, 1),
        ),
    ]


def refuses_no_batch(function):
    """Return the extra that minibatches of no samples are refused."""
    return Extra("does not refuse B = 0", "refuses", function, (X, D, NET, 1, 0))


def follows_rng(function):
    """Return the extra that all that is drawn comes from `rng`."""
    return Extra(
        "does not draw its order from `rng`: one generator for all epochs, and by "
        "default a new one at each call",
        "follows_rng",
        function,
        (X, D, NET, 3, 1, 0.5),
    )


def in_order(right, x, d, net, T, B, gamma):
    """Return the network after T epochs on the samples in the order of `x`."""
    for start in [*range(0, x.shape[1], B)] * T:
        batch = slice(start, start + B)
        net = update(right, x[:, batch], d[:, batch], net, gamma)
    return net


# Mistakes of all the loops, each with the short name of a loop in front of its own.


def silent(loop, when="after each epoch"):
    """Return the mistake of a loop that prints nothing."""
    return Mistake(
        f"{loop}-silent",
        "It trains as it should, but prints nothing. The question asks for the loss "
        f"and the percentage of errors {when}.",
        ("print(", "str("),
    )


def no_return(loop):
    """Return the mistake of a loop that keeps the network for itself."""
    return Mistake(
        f"{loop}-no-return",
        "It trains, but does not return the trained network.",
        ("    return net\n", ""),
    )


ONE_STEP = (
    "What you return has made a single step. Does each step start from what the last "
    "one returned, and does `return` come after the loop, not inside it?"
)


def from_the_start(loop, hint=ONE_STEP):
    """Return the mistake that every update starts from the given network."""
    return Mistake(
        f"{loop}-from-the-start",
        hint,
        ("net = update", "new = update"),
        ("(x, net)\n        loss", "(x, new)\n        loss"),
        ("return net", "return new"),
    )


def wrong_gamma(loop, number, count):
    """Return the mistakes of a loop that does not pass `gamma` on as it is."""
    return [
        Mistake(
            f"{loop}-gamma-not-passed-on",
            "The steps do not depend on your `gamma`: it is not passed on to the "
            "update.",
            (", net, gamma)\n        y", ", net)\n        y"),
        ),
        Mistake(
            f"{loop}-gamma-divided-twice",
            f"You divide gamma by {number}, and the update does so again.",
            ("net, gamma)\n        y", f"net, gamma / {count})\n        y"),
        ),
    ]
