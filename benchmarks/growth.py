"""Time an epoch, and its matrix products alone, at one size.

python -m benchmarks.growth N NH B
"""

import argparse
import statistics

import numpy as np

from benchmarks.worker import images, report, seconds


def main():
    """Time both in turn and report the medians."""
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
    W1, _, W2, _ = net
    h1, delta1 = rng.standard_normal((2, Nh, B))
    delta2 = rng.standard_normal((10, B))

    def epoch():
        nonlocal net
        order = rng.permutation(N)
        for first in range(0, N, B):
            batch = order[first : first + B]
            net = update_shallow(x[:, batch], d[:, batch], net)

    def products():
        for first in range(0, N - N % B, B):
            batch = x[:, first : first + B]
            W1 @ batch
            W2 @ h1
            W2.T @ delta2
            delta1 @ batch.T
            delta2 @ h1.T

    forwardprop_shallow(x, net)  # see training.py
    update_shallow(x[:, :B], d[:, :B], net)
    times = [(seconds(epoch), seconds(products)) for _ in range(3)]
    own, limit = map(statistics.median, zip(*times, strict=True))
    report(seconds=own, products=limit, data_MB=x.nbytes / 1e6)


if __name__ == "__main__":
    main()
