"""Call a function once: read the training set, or do one thing with all its images."""

import gzip
import zlib
from statistics import median

import numpy as np

import shallow
from benchmarks.worker import RAW, ROOT, pixels, problem, products, seconds

FILES = [RAW / f"train-{name}-ubyte" for name in ["images-idx3", "labels-idx1"]]
PACKED = [ROOT / "data" / f"{file.name}.gz" for file in FILES]


def load(path):
    """Read with `MNISTtools.load`."""
    import MNISTtools

    MNISTtools.load(path=path)


def idx2numpy(files, opened):
    """Read with idx2numpy."""
    from idx2numpy import convert_from_file

    for file in files:
        convert_from_file(opened(file))


def raw():
    """Return the images alone, as `MNISTtools.load` does: bytes, one per column."""
    return [pixels().T]


# A label, a function and, if need be, what makes its arguments ready. What comes
# after this project's own function, in bold, is compared with it.
READING = {
    "load_gz": ("**`MNISTtools.load`**, .gz", lambda: load(ROOT / "data")),
    "inflate": (
        "bare `zlib.decompress`",
        lambda *packed: [zlib.decompress(data, wbits=31) for data in packed],
        lambda: [path.read_bytes() for path in PACKED],
    ),
    "gunzip": (
        "`gzip.open(...).read()`",
        lambda: [gzip.open(path).read() for path in PACKED],
    ),
    "idx2numpy_gz": ("idx2numpy, .gz", lambda: idx2numpy(PACKED, gzip.open)),
    "load_raw": ("**`MNISTtools.load`**, raw", lambda: load(RAW)),
    "fromfile": (
        "bare `numpy.fromfile`",
        lambda: [np.fromfile(file, np.uint8) for file in FILES],
    ),
    "idx2numpy_raw": ("idx2numpy, raw", lambda: idx2numpy(FILES, str)),
}
STEPS = {
    "normalize": ("**`normalize_MNIST_images`**", shallow.normalize_MNIST_images, raw),
    "astype": ("bare `astype`, bytes to float64", lambda x: x.astype(float), raw),
    "copy": ("bare copy of the result", lambda x, d, net: x.copy(order="K"), problem),
    "forward": (
        "**`forwardprop_shallow`**",
        lambda x, d, net: shallow.forwardprop_shallow(x, net),
        problem,
    ),
    "forward_products": (
        "limit: its matrix products alone",
        lambda x, d, net: net[2] @ (net[0] @ x),
        problem,
    ),
    "update": ("**`update_shallow`**, full batch", shallow.update_shallow, problem),
    "update_products": (
        "limit: its matrix products alone",
        lambda x, d, net: products(x, net, [slice(None)]),
        problem,
    ),
}
COMPETITORS = READING | STEPS


def measure(name, repetition):
    """Time one of these: the median of three calls, after a first one."""
    _, function, *prepare = COMPETITORS[name]
    arguments = prepare[0]() if prepare else []
    function(*arguments)
    return {"seconds": median(seconds(function, *arguments) for _ in range(3))}
