"""Time an epoch and its matrix products alone, in turn, at one size.

The products are made twice: on contiguous slices of the data in their original order,
a limit that no training can pass; and on the minibatches that an epoch has, columns
picked in a random order, which is the least that an epoch with shuffling must do.
"""

import statistics

import numpy as np

import shallow
from benchmarks.worker import images, products, seconds

ROUNDS = 5
BASE = "60000 64 100"
COMPETITORS = [BASE]  # N, Nh, B: one of them grows at a time
COMPETITORS += [f"{N} 64 100" for N in (6_000, 15_000, 30_000)]
COMPETITORS += [f"60000 {Nh} 100" for Nh in (16, 256, 1024)]
COMPETITORS += [f"60000 64 {B}" for B in (10, 30, 300, 1000)]


def measure(name, repetition):
    """Time all three in turn; return the medians and every round."""
    N, Nh, B = map(int, name.split())
    x, labels = images("train", float, N)
    x, d = x.T, shallow.label2onehot(labels, 10)
    rng = np.random.default_rng(1)
    net = shallow.init_shallow(784, Nh, 10, rng=rng)

    def epoch():
        nonlocal net
        order = rng.permutation(N)
        for first in range(0, N, B):
            batch = order[first : first + B]
            net = shallow.update_shallow(x[:, batch], d[:, batch], net)

    shallow.forwardprop_shallow(x, net)  # see training.py
    shallow.update_shallow(x[:, :B], d[:, :B], net)
    functions = [
        epoch,
        lambda: products(x, net, B),
        lambda: products(x, net, B, rng.permutation(N)),
    ]
    rounds = [[seconds(function) for function in functions] for _ in range(ROUNDS)]
    medians = map(statistics.median, zip(*rounds, strict=True))
    names = ["seconds", "products", "shuffled"]
    return {
        **dict(zip(names, medians, strict=True)),
        "rounds": rounds,
        "data_MB": x.nbytes / 1e6,
    }
