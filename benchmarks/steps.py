"""Do one thing with the 60,000 training images at once.

python -m benchmarks.steps NAME [--quick]
"""

import argparse
import statistics

import numpy as np

from benchmarks.worker import images, report, seconds

CALLS, COUNT = 3, None


def pixels():
    """Return the images as `MNISTtools.load` does: bytes, one image per column."""
    return np.asarray((images("train", "float32", COUNT)[0] + 1) * 127.5, np.uint8).T


def network():
    """Return images, one-hot labels and a network."""
    from shallow import init_shallow, label2onehot

    x, labels = images("train", float, COUNT)
    return x.T, label2onehot(labels), init_shallow(784, 64, 10, rng=1)


def normalize():
    """Map grey levels to [-1, 1] with `normalize_MNIST_images`."""
    from shallow import normalize_MNIST_images

    x = pixels()
    return lambda: normalize_MNIST_images(x)


def astype():
    """Convert the bytes to float64, and nothing else: a limit."""
    x = pixels()
    return lambda: x.astype(float)


def copy():
    """Copy the images in float64: a limit."""
    x, _, _ = network()
    return lambda: x.copy(order="K")


def forward():
    """Predict with `forwardprop_shallow`."""
    from shallow import forwardprop_shallow

    x, _, net = network()
    return lambda: forwardprop_shallow(x, net)


def forward_products():
    """Make the two matrix products of the prediction, and nothing else: a limit."""
    x, _, (W1, _, W2, _) = network()
    h1 = W1 @ x
    return lambda: (W1 @ x, W2 @ h1)


def update():
    """Make one step on the full batch with `update_shallow`."""
    from shallow import update_shallow

    x, d, net = network()
    return lambda: update_shallow(x, d, net)


def update_products():
    """Make the five matrix products of the step, and nothing else: a limit."""
    x, d, (W1, _, W2, _) = network()
    h1, delta1 = W1 @ x, W1 @ x
    delta2 = W2 @ h1
    return lambda: (W1 @ x, W2 @ h1, W2.T @ delta2, delta1 @ x.T, delta2 @ h1.T)


COMPETITORS = [
    normalize,
    astype,
    copy,
    forward,
    forward_products,
    update,
    update_products,
]


def main():
    """Do one of these and report."""
    global COUNT
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=[function.__name__ for function in COMPETITORS])
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if arguments.quick:
        COUNT = 2000
    call = globals()[arguments.name]()
    call()
    report(seconds=statistics.median(seconds(call) for _ in range(CALLS)))


if __name__ == "__main__":
    main()
