"""Do one thing with the 60,000 training images at once."""

import numpy as np

import shallow
from benchmarks.worker import images, timed


def pixels():
    """Return the images as `MNISTtools.load` does: bytes, one image per column."""
    return [np.asarray((images("train", "float32")[0] + 1) * 127.5, np.uint8).T]


def network():
    """Return images, one-hot labels and a network."""
    x, labels = images("train", float)
    return x.T, shallow.label2onehot(labels), shallow.init_shallow(784, 64, 10, rng=1)


def hidden():
    """Return images, the weights of a network and its hidden units."""
    x, _, (W1, _, W2, _) = network()
    return x, W1, W2, W1 @ x


def update_products(x, W1, W2, h1):
    """Make the five matrix products of a step, and nothing else."""
    delta1, delta2 = h1, W2 @ h1
    return W1 @ x, W2.T @ delta2, delta1 @ x.T, delta2 @ h1.T


# What is made ready, and what is timed with it. What comes after this project's own
# function, in bold, is compared with it.
COMPETITORS = {
    "normalize": (
        "**`normalize_MNIST_images`**",
        pixels,
        shallow.normalize_MNIST_images,
    ),
    "astype": ("bare `astype`, bytes to float64", pixels, lambda x: x.astype(float)),
    "copy": ("bare copy of the result", network, lambda x, *_: x.copy(order="K")),
    "forward": (
        "**`forwardprop_shallow`**",
        network,
        lambda x, d, net: shallow.forwardprop_shallow(x, net),
    ),
    "forward_products": (
        "limit: its matrix products alone",
        hidden,
        lambda x, W1, W2, h1: (W1 @ x, W2 @ h1),
    ),
    "update": ("**`update_shallow`**, full batch", network, shallow.update_shallow),
    "update_products": ("limit: its matrix products alone", hidden, update_products),
}


def measure(name, repetition):
    """Time one of these."""
    _, prepare, function = COMPETITORS[name]
    arguments = prepare()
    return timed(lambda: function(*arguments))
