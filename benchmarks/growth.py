"""Time an epoch and its matrix products alone, in turn, at one size.

python -m benchmarks.growth N NH B [--quick]

The products are made twice: on contiguous slices of the data in their original order,
a limit that no training can pass; and on the minibatches that an epoch has, columns
picked in a random order, which is the least that an epoch with shuffling must do.
"""

import argparse
import statistics

import numpy as np

from benchmarks.worker import images, products, report, seconds

ROUNDS = 5


def main():
    """Time all three in turn; report the medians and every round."""
    from shallow import (
        forwardprop_shallow,
        init_shallow,
        label2onehot,
        update_shallow,
    )

    parser = argparse.ArgumentParser()
    for name in ["N", "Nh", "B"]:
        parser.add_argument(name, type=int)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    N, Nh, B = arguments.N, arguments.Nh, arguments.B

    x, labels = images("train", float, N)
    x, d = x.T, label2onehot(labels, 10)
    rng = np.random.default_rng(1)
    net = init_shallow(784, Nh, 10, rng=rng)

    def epoch():
        nonlocal net
        order = rng.permutation(N)
        for first in range(0, N, B):
            batch = order[first : first + B]
            net = update_shallow(x[:, batch], d[:, batch], net)

    def in_order():
        products(x, net, B)

    def shuffled():
        products(x, net, B, rng.permutation(N))

    forwardprop_shallow(x, net)  # see training.py
    update_shallow(x[:, :B], d[:, :B], net)
    functions = [epoch, in_order, shuffled]
    rounds = [[seconds(function) for function in functions] for _ in range(ROUNDS)]
    medians = map(statistics.median, zip(*rounds, strict=True))
    report(
        **dict(zip(["seconds", "products", "shuffled"], medians, strict=True)),
        rounds=rounds,
        data_MB=x.nbytes / 1e6,
    )


if __name__ == "__main__":
    main()
