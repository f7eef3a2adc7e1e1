"""Read the 60,000 training images and their labels, with one reader."""

import functools
import gzip
import zlib

import numpy as np

from benchmarks.worker import RAW, ROOT, timed

FILES = [RAW / f"train-{name}-ubyte" for name in ["images-idx3", "labels-idx1"]]
PACKED = [ROOT / "data" / f"{file.name}.gz" for file in FILES]


def load(path):
    """Read with `MNISTtools.load`."""
    import MNISTtools

    MNISTtools.load(path=path)


@functools.cache
def packed():
    """Return the bytes of the .gz files."""
    return [path.read_bytes() for path in PACKED]


def idx2numpy_raw():
    """Read the raw files with idx2numpy."""
    from idx2numpy import convert_from_file

    return [convert_from_file(str(file)) for file in FILES]


def idx2numpy_gz():
    """Read the .gz files with idx2numpy."""
    from idx2numpy import convert_from_file

    for path in PACKED:
        with gzip.open(path) as file:
            convert_from_file(file)


def torchvision_raw():
    """Read the raw files with torchvision."""
    from torchvision.datasets.mnist import read_image_file, read_label_file

    return read_image_file(FILES[0]), read_label_file(FILES[1])


# What comes after this project's own function, in bold, is compared with it.
COMPETITORS = {
    "load_gz": ("**`MNISTtools.load`**, .gz", lambda: load(ROOT / "data")),
    "inflate": (
        "bare `zlib.decompress`",
        lambda: [zlib.decompress(data, wbits=31) for data in packed()],
    ),
    "gunzip": (
        "`gzip.open(...).read()`",
        lambda: [gzip.open(path).read() for path in PACKED],
    ),
    "idx2numpy_gz": ("idx2numpy, .gz", idx2numpy_gz),
    "load_raw": ("**`MNISTtools.load`**, raw", lambda: load(RAW)),
    "fromfile": (
        "bare `numpy.fromfile`",
        lambda: [np.fromfile(file, np.uint8) for file in FILES],
    ),
    "idx2numpy_raw": ("idx2numpy, raw", idx2numpy_raw),
    "torchvision_raw": ("torchvision, raw", torchvision_raw),
}


def measure(name, repetition):
    """Time one of these."""
    return timed(COMPETITORS[name][1])
