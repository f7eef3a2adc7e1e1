"""What the questions about training loops have in common: Questions 18, 20 and 26."""

import numpy as np

from checks.asking import Case, Extra
from course.inputs import (
    half_right,
    names,
    needs_order,
    path,
    problem,
    refuses,
    seen,
    tries,
    update,
)

# A network of two inputs, two hidden units and two classes, with three samples.
X = np.array([[0.5, -1.0, 0.25], [1.0, 0.5, -0.75]])
D = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
NET = (
    np.array([[0.5, -0.25], [1.0, 0.75]]),
    np.array([[0.1], [-0.2]]),
    np.array([[0.3, -0.6], [0.2, 0.9]]),
    np.array([[0.0], [0.1]]),
)


def loop_extras(function):
    """Return what is nice to have in a training loop: that it refuses nonsense."""
    two_labels = X, np.vstack([D, D]), NET, 1
    return [
        refuses(function, "T = 0", X, D, NET, 0),
        refuses(function, "gamma = -1", X, D, NET, 1, gamma=-1.0),
        refuses(
            function, "a `d` with more rows than the network has outputs", *two_labels
        ),
    ]


def epoch_extras(function):
    """Return what is nice to have in a training loop on minibatches."""
    return [
        Extra(
            "does not take the samples in the orders that the question gives to "
            "everybody with the same `rng`, such as 1: make one generator, "
            "`np.random.default_rng(rng)`, before the loop, draw `permutation(N)` from "
            "it in each epoch, and pick by it from the `x` that was given, not from "
            "one that is shuffled already. (By default, each call draws different "
            "ones.)",
            "follows_rng",
            function,
            (X, D, NET, 3, 1, 0.5),
        ),
        Extra(
            "prints more or fewer lines than one for each epoch (after each minibatch "
            "it would print 600 lines in an epoch of MNIST)",
            "lines",
            function,
            (X, D, NET, 3, 2),
            value=3,
        ),
        *loop_extras(function),
    ]


def seen_whole(rng, right, function, *sizes):
    """Return the case that looks at what a training in minibatches returns and prints.

    The others look at how it comes about.
    """
    for _ in tries():
        x, _, net = problem(rng, 80, *sizes)
        d = half_right(rng, right, x, [net])
        nets = path(right, x, d, net, 2, 0.05)
        shown = seen(right, x, d, nets[1:], nets)
        if shown and needs_order(right, x, d, nets[1:]):
            break
    says = "80 samples, T = 2, B and gamma left out"
    return Case(function, (x, d, net, 2), says, parts=names(net), **shown)


def in_order(right, x, d, net, T, B, gamma):
    """Return the network after T epochs on the samples in the order of `x`."""
    for start in [*range(0, x.shape[1], B)] * T:
        batch = slice(start, start + B)
        net = update(right, x[:, batch], d[:, batch], net, gamma)
    return net
