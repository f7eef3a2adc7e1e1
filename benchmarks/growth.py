"""Time an epoch and its matrix products alone, in turn, at one size.

The products are made twice: on contiguous slices of the data in their original order,
a limit that no training can pass; and on the minibatches that an epoch has, columns
picked in a random order, which is the least that an epoch with shuffling must do.
"""

import numpy as np

import shallow
from benchmarks.worker import problem, products, seconds, updates

ROUNDS = 5
IN_TURN = {  # what is timed: a key of the results, and what a table calls it
    "seconds": "this project, updates only, float64",
    "products": "its matrix products alone, in their original order",
    "shuffled": "its matrix products alone, on the shuffled minibatches of an epoch",
}
BASE = "60000 64 100"
SERIES = {  # N, Nh, B: one of them grows at a time
    "images N": [f"{N} 64 100" for N in (6_000, 15_000, 30_000, 60_000)],
    "hidden units Nh": [f"60000 {Nh} 100" for Nh in (16, 64, 256, 1024)],
    "batch size B": [f"60000 64 {B}" for B in (10, 30, 100, 300, 1000)],
}
COMPETITORS = list(dict.fromkeys(sum(SERIES.values(), [])))


def measure(name, repetition):
    """Time all three in turn; return every round."""
    N, Nh, B = map(int, name.split())
    x, d, net = problem(Nh=Nh, N=N)
    rng = np.random.default_rng(1)
    slices = [slice(first, first + B) for first in range(0, N, B)]
    shallow.forwardprop_shallow(x, net)  # see training.py
    updates(x, d, net, slices[:1])
    functions = [
        lambda: updates(x, d, net, rng.permutation(N).reshape(-1, B)),
        lambda: products(x, net, slices),
        lambda: products(x, net, rng.permutation(N).reshape(-1, B)),
    ]
    rounds = [[seconds(function) for function in functions] for _ in range(ROUNDS)]
    return dict(zip(IN_TURN, zip(*rounds, strict=True), strict=True))
