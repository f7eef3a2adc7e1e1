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


def signatures(loop, right, needed, *by_name):
    """Return the mistakes of parameters that are not as the question has them.

    `right` is what the first line of the function says, `needed` what it says without
    defaults, and each of `by_name` what it says with a star too early.
    """
    no_default = (
        "Your function insists on an argument for which the question has a default. "
        "Write the default into the line that begins with `def`, so that whoever calls "
        "your function can leave the argument out."
    )
    star = (
        "Because of the `*` in its first line, your function takes an argument by name "
        "alone. In the question it also has a place among the others, where its value "
        "will do without the name."
    )
    found = [("no-default", no_default, needed)]
    found += [(f"star-{k}", star, text) for k, text in enumerate(by_name, 1)]
    return [
        Mistake(f"{loop}-{name}", hint, (right, text), share=0.8)
        for name, hint, text in found
    ]


def printing(loop, when="after each epoch"):
    """Return the mistakes of a loop that trains as it should, and prints too little."""
    no_errors = (
        "It trains as it should and prints the loss. The percentage of errors is "
        "missing: of the wrong answers (neither a fraction nor their number), on all "
        "of `x`, with at least two digits. If you do print one: `eval_perfs` needs "
        "labels, such as 3, and `d` has one-hot columns."
    )
    no_loss = "The loss is missing: that of Question 15, on all of `x`, with at least "
    no_loss += "two digits."
    accuracy = (
        "{} the percentage that it prints is that of the right answers: the question "
        "asks for that of the wrong ones."
    )
    loss, error = ("loss {loss:.4f}, ", ""), (", errors {errors:5.2f} %", "")
    of_right = ("eval_perfs(y, lbl)", "100 - eval_perfs(y, lbl)")
    asked = f"the loss and the percentage of errors {when}"
    return [
        Mistake(f"{loop}-{name}", hint, *changes, share=0.8)
        for name, hint, *changes in [
            (
                "silent",
                "It trains as it should, but printed nothing when it was tried. The "
                f"question asks for {asked}.",
                ("print(", "str("),
            ),
            ("no-errors", no_errors, error),
            ("errors-of-one-hot", no_errors, ("(y, lbl)", "(y, d)")),
            (
                "accuracy",
                accuracy.format("It trains as it should and prints the loss. But"),
                of_right,
            ),
            (
                "accuracy-alone",
                f"{accuracy.format('It trains as it should. But')} {no_loss}",
                of_right,
                loss,
            ),
            (
                "no-loss",
                f"It trains as it should and prints the errors. {no_loss}",
                loss,
            ),
            ("neither", "", ("loss {loss:.4f}, errors {errors:5.2f} %", "")),
        ]
    ]


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
