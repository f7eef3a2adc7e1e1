"""One measurement, in a process of its own; and what the measurements share.

    python -m benchmarks.worker KIND NAME REPETITION

Each KIND of measurement is a module with its COMPETITORS, by name, and a function
`measure`, which says how one of them is timed. The variable BENCH_IMAGES says how many
images there are, for a quick try.
"""

import importlib
import json
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "bench"
RAW = WORK / "raw"  # the data set's files, inflated
COUNT = int(os.environ.get("BENCH_IMAGES", 60_000))


def images(part, dtype, count=COUNT):
    """Return images in [-1, 1], one per row and each contiguous, and their labels."""
    pixels = np.fromfile(RAW / f"{part}-images-idx3-ubyte", np.uint8)[16:]
    pixels = pixels.reshape(-1, 784)[:count]
    x = np.divide(pixels, 127.5, dtype=dtype)
    x -= 1
    labels = np.fromfile(RAW / f"{part}-labels-idx1-ubyte", np.uint8)[8:]
    return x, labels[:count].astype(np.int64)


def seconds(function, *arguments, **settings):
    """Return how long a call takes."""
    start = time.perf_counter()
    function(*arguments, **settings)
    return time.perf_counter() - start


def timed(call):
    """Return the median time of three calls, after a first one."""
    call()
    return {"seconds": statistics.median(seconds(call) for _ in range(3))}


def products(x, net, B, order=None):
    """Make the five matrix products of each update of an epoch, and nothing else.

    On the minibatches of `x` in the given order of its columns; without one, on
    contiguous slices: nothing is gathered then, a limit that no training can pass.
    """
    W1, _, W2, _ = net
    a1, a2 = W1 @ x[:, :B], W2 @ W1 @ x[:, :B]  # of the shapes that the products have
    for first in range(0, x.shape[1], B):
        batch = slice(first, first + B)
        batch = x[:, batch if order is None else order[batch]]
        h1 = delta1 = a1[:, : batch.shape[1]]
        delta2 = a2[:, : batch.shape[1]]
        W1 @ batch
        W2 @ h1
        W2.T @ delta2
        delta1 @ batch.T
        delta2 @ h1.T


def peak_memory():
    """Return the most memory, in MB, that this process has had so far."""
    # On Linux the figure of getrusage may be that of the process that started this one.
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [s for s in status.read_text().splitlines() if s.startswith("VmHWM")]
        return int(line.split()[1]) / 1000
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main():
    """Measure, and print the result for the process that started this one."""
    kind, name, repetition = sys.argv[1:]
    found = importlib.import_module(f"benchmarks.{kind}").measure(name, int(repetition))
    print(json.dumps({**found, "peak_MB": peak_memory()}))


if __name__ == "__main__":
    main()
