"""Read the 60,000 training images and their labels, with one reader.

python -m benchmarks.reading NAME
"""

import argparse
import gzip
import statistics
import zlib
from pathlib import Path

import numpy as np

from benchmarks.worker import RAW, ROOT, report, seconds

NAMES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"]
CALLS = 3


def load_gz():
    """Read with `MNISTtools.load`, from the .gz files."""
    from MNISTtools import load

    return lambda: load(path=ROOT / "data")


def load_raw():
    """Read with `MNISTtools.load`, from the raw files."""
    from MNISTtools import load

    return lambda: load(path=RAW)


def inflate():
    """Inflate the bytes of the .gz files: a limit."""
    packed = [Path(ROOT / "data" / f"{name}.gz").read_bytes() for name in NAMES]
    return lambda: [zlib.decompress(data, wbits=31) for data in packed]


def gunzip():
    """Read the .gz files with `gzip.open`, as one does."""
    return lambda: [gzip.open(ROOT / "data" / f"{name}.gz").read() for name in NAMES]


def fromfile():
    """Read the raw files with `numpy.fromfile`: a limit."""
    return lambda: [np.fromfile(RAW / name, np.uint8) for name in NAMES]


def idx2numpy_raw():
    """Read the raw files with idx2numpy."""
    from idx2numpy import convert_from_file

    return lambda: [convert_from_file(str(RAW / name)) for name in NAMES]


def idx2numpy_gz():
    """Read the .gz files with idx2numpy."""
    from idx2numpy import convert_from_file

    def read():
        for name in NAMES:
            with gzip.open(ROOT / "data" / f"{name}.gz") as file:
                convert_from_file(file)

    return read


def torchvision_raw():
    """Read the raw files with torchvision."""
    from torchvision.datasets.mnist import read_image_file, read_label_file

    return lambda: [read_image_file(RAW / NAMES[0]), read_label_file(RAW / NAMES[1])]


COMPETITORS = [
    load_gz,
    inflate,
    gunzip,
    idx2numpy_gz,
    load_raw,
    fromfile,
    idx2numpy_raw,
    torchvision_raw,
]


def main():
    """Read with one competitor and report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=[function.__name__ for function in COMPETITORS])
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    read = globals()[arguments.name]()
    read()
    report(seconds=statistics.median(seconds(read) for _ in range(CALLS)))


if __name__ == "__main__":
    main()
