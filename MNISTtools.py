"""The data of the assignment: ``load`` reads images and labels, ``show`` draws one.

The files are in the IDX format: two zero bytes, one byte for the type of the elements
(8 = unsigned byte), one for the number of dimensions, the size of each dimension as a
big-endian 32-bit integer, and then the data, the last dimension fastest.
"""

import math
import re
import zlib
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

# "train-images-idx3-ubyte.gz", and also "Copy of t10k-labels.idx1-ubyte (1).gz".
_NAME = re.compile(r"(.* )?(train|t10k|test)-(images|labels)[-.]idx\d", re.IGNORECASE)
_DIMENSIONS = {"images": 3, "labels": 1}
_AGAIN = "Fetch the file again, in binary mode."
_FAILED = "The download failed: try again later, or from another address."
# How other files begin that go under these names, what they are, and what to do.
_OTHERS = {
    b"<": ("a web page or a message (HTML or XML)", _FAILED),
    b"{": ("a message (JSON)", _FAILED),
    b"version https://git-lfs": ("a pointer of Git LFS", "Run `git lfs pull`."),
    b"PK": ("a zip archive, or an .npz file", "Unpack it; np.load reads an .npz."),
    b"BZh": ("a bzip2 archive", "Unpack it."),
    b"\xfd7zXZ": ("an xz archive", "Unpack it."),
    b"\0\0\x08\3": ("images", "Are the files swapped?"),
    b"\0\0\x08\1": ("labels", "Are the files swapped?"),
    b"\0\0\x0c\2": ("the labels of QMNIST", "Take those of MNIST."),
    b"\0\0": ("elements of another type, or other dimensions", "Convert them."),
}


def load(dataset="training", path="."):
    """Load images and their labels: MNIST, or any data set stored like it.

    Parameters
    ----------
    dataset : {'training', 'testing'}
        Which part to load. MNIST has 60000 images for training, 10000 for testing.
    path : str or path-like, optional
        Folder with the two files; by default that of the assignment.

    Returns
    -------
    x : (784, N) array of uint8
        One image per column: 28 rows of 28 pixels, one row after the other, each pixel
        from 0 (background) to 255 (ink). Other image sizes give rows * columns.
    lbl : (N,) array of int64
        The labels: ``lbl[i]`` says what ``x[:, i]`` shows.

    Raises
    ------
    ValueError, OSError
        When `dataset` is unknown, or a file is missing (FileNotFoundError), unreadable
        or damaged. The message says which file, what is wrong and what to do.

    Notes
    -----
    The files are called ``train-images-idx3-ubyte.gz``, ``train-labels-idx1-ubyte.gz``
    and so on, compressed or not. Without `path`, those in the working folder are loaded
    if there are any, and else those in the folder ``data`` beside this module.

    Examples
    --------
    >>> x, lbl = load("testing")
    >>> x.shape, lbl.shape
    ((784, 10000), (10000,))
    """
    if dataset not in ("training", "testing"):
        raise ValueError(f"dataset must be 'training' or 'testing', not {dataset!r}")
    image_file, label_file = _find(dataset, Path(path))
    images, labels = _read(image_file, "images"), _read(label_file, "labels")
    if len(images) != len(labels):
        raise ValueError(
            f"{image_file} holds {len(images)} images, but {label_file} {len(labels)} "
            "labels: expected as many. Take both files from the same data set."
        )
    return images.reshape(len(images), -1).T, labels.astype(np.int64)


def show(image):
    """Draw one image in grey levels.

    Parameters
    ----------
    image : (784,) or (784, 1) array of numbers
        A column of `x` as `load` returns it, or any other square image in that form.
        Its smallest value is drawn black and its largest white, whatever they are.

    Raises
    ------
    ValueError
        When `image` is anything else, or not finite.

    Examples
    --------
    >>> x, lbl = load("testing")
    >>> show(x[:, 42])
    """
    image = np.asarray(image)
    side = math.isqrt(image.size)
    if image.shape not in [(side**2,), (side**2, 1)] or side == 0:
        raise ValueError(
            "image must be one square image as a column, of shape (784,) or (784, 1), "
            f"not {image.shape}. One image of x is x[:, 42]; a 28 x 28 array becomes a "
            "column by image.reshape(-1)."
        )
    if image.dtype.kind not in "biuf":
        raise ValueError(f"image must hold real numbers, not {image.dtype}")
    if not np.isfinite(image).all():
        raise ValueError("image must be finite: it has NaN or infinite values")
    _, ax = plt.subplots(figsize=(2, 2))
    picture = image.reshape(side, side).astype(float)
    ax.imshow(picture, cmap="gray", interpolation="nearest")
    ax.axis("off")
    plt.show()


def _find(dataset, folder):
    """Find the files of the images and of the labels in a folder."""
    hint = "Expected as path: the folder that holds the images and the labels."
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not a folder. {hint}")
    files = _list(folder)
    if not files and folder == Path("."):
        files = _list(Path(__file__).with_name("data"))
    part = "train" if dataset == "training" else "t10k"
    missing = [kind for kind in _DIMENSIONS if (part, kind) not in files]
    if missing:
        looked_for = [f"{part}-{kind}-idx{_DIMENSIONS[kind]}-ubyte" for kind in missing]
        files = {*folder.glob("*mnist*"), *folder.glob("*ubyte*")}
        similar = sorted(file.name for file in files)
        raise FileNotFoundError(
            f"no {' and no '.join(looked_for)} in {folder.resolve()}, with or without "
            f".gz. {hint} Similar names there: {', '.join(similar) or 'none'}. "
            "Unpack a .zip; np.load reads an .npz."
        )
    return files[part, "images"], files[part, "labels"]


def _list(folder):
    """List the files of a data set in a folder, as {(part, kind): file}."""
    for pattern in ("*", "*-ubyte/*", "MNIST/raw/*"):  # Kaggle and PyTorch have folders
        found = {}
        # The shortest name goes first: not compressed, not a second download.
        for file in sorted(folder.glob(pattern), key=lambda file: len(file.name)):
            match = _NAME.match(file.name)
            if match and file.is_file():
                part = match[2].lower().replace("test", "t10k")
                found.setdefault((part, match[3].lower()), file)
        if found:
            return found
    return {}


def _read(path, kind):
    """Read the images or the labels in a file."""
    content = np.fromfile(path, np.uint8)
    # Judge by the first bytes, not by the name: browsers inflate .gz files.
    while content[:2].tobytes() == b"\x1f\x8b":
        try:
            content = np.frombuffer(zlib.decompress(content, wbits=31), np.uint8).copy()
        except zlib.error as error:
            raise ValueError(f"{path} is a damaged .gz ({error}). {_AGAIN}") from None
    ndim = _DIMENSIONS[kind]
    magic = bytes([0, 0, 8, ndim])
    if content[:4].tobytes() != magic:
        start = content[:40].tobytes().lstrip()
        known = (answer for begin, answer in _OTHERS.items() if start.startswith(begin))
        found, remedy = next(known, (f"{content.size} bytes: {start}...", _AGAIN))
        raise ValueError(
            f"{path}: expected {kind} as an IDX file of unsigned bytes "
            f"({magic.hex(' ')}), found {found}. {remedy}"
        )
    sizes, data = content[4 : 4 + 4 * ndim], content[4 + 4 * ndim :]
    shape = [int.from_bytes(sizes[i : i + 4]) for i in range(0, 4 * ndim, 4)]
    if data.size != math.prod(shape) or data.size == 0:
        raise ValueError(
            f"{path} is damaged: its header announces {' x '.join(map(str, shape))} "
            f"bytes, found {data.size}. {_AGAIN}"
        )
    return data.reshape(shape)
