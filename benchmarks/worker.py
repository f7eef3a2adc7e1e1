"""One measurement, in a process of its own; and what the measurements share.

    python -m benchmarks.worker KIND NAME REPETITION

Each KIND of measurement is a module with its COMPETITORS, by name, and a function
`measure`, which says how one of them is timed. The variable BENCH_IMAGES says how many
images there are, for a quick try.
"""

import importlib
import json
import os
import re
import sys
import time
from pathlib import Path

import numpy as np

import shallow

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "bench"
RAW = WORK / "raw"  # the data set's files, inflated
COUNT = int(os.environ.get("BENCH_IMAGES", 60_000))


def module(kind):
    """Return the module of a kind of measurements."""
    return importlib.import_module(f"benchmarks.{kind}")


def pixels(part="train", count=COUNT):
    """Return images as bytes, one per row."""
    data = np.fromfile(RAW / f"{part}-images-idx3-ubyte", np.uint8)
    return data[16:].reshape(-1, 784)[:count]


def images(part="train", dtype=float, count=COUNT):
    """Return images in [-1, 1], one per row and each contiguous, and their labels."""
    x = np.divide(pixels(part, count), 127.5, dtype=dtype)
    x -= 1
    labels = np.fromfile(RAW / f"{part}-labels-idx1-ubyte", np.uint8)[8:]
    return x, labels[:count].astype(np.int64)


def initial(seed=1, dtype=float, Nh=64):
    """Return the same initial weights for everybody."""
    net = shallow.init_shallow(784, Nh, 10, rng=seed)
    return [weights.astype(dtype) for weights in net]


def problem(seed=1, dtype=float, Nh=64, N=COUNT):
    """Return images and one-hot labels, one per column, and an initial network."""
    x, labels = images("train", dtype, N)
    return x.T, shallow.label2onehot(labels, 10, dtype=dtype), initial(seed, dtype, Nh)


def updates(x, d, net, batches):
    """Make an update on each minibatch, given by its columns; return the network."""
    for batch in batches:
        net = shallow.update_shallow(x[:, batch], d[:, batch], net)
    return net


def products(x, net, batches):
    """Make the five matrix products of each minibatch's update, and nothing else."""
    W1, _, W2, _ = net
    for batch in batches:
        inputs = x[:, batch]
        a1 = W1 @ inputs
        a2 = W2 @ a1
        W2.T @ a2
        a1 @ inputs.T  # a1 and a2 have the shapes of the gradients
        a2 @ a1.T


def seconds(function, *arguments, **settings):
    """Return how long a call takes."""
    start = time.perf_counter()
    function(*arguments, **settings)
    return time.perf_counter() - start


def peak_memory():
    """Return the most memory, in MB, that this process has had; None but on Linux."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s*(\d+)", status.read_text() if status.exists() else "")
    return int(found[1]) / 1000 if found else None


def main():
    """Measure, and print the result for the process that started this one."""
    kind, name, repetition = sys.argv[1:]
    found = module(kind).measure(name, int(repetition))
    print(json.dumps({**found, "peak_MB": peak_memory()}))


if __name__ == "__main__":
    main()
