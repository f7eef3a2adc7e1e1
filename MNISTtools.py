"""The data of the assignment: ``load`` reads images and labels, ``show`` draws one.

The files are in the IDX format: two zero bytes, one byte for the type of the elements
(8 = unsigned byte), one for the number of dimensions, the size of each dimension as a
big-endian 32-bit integer, and then the data, the last dimension fastest.
"""

import gzip
import math
import os
import re
import struct
import zlib
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

# "train-images-idx3-ubyte" and the like; a data set may put its own name in front of
# it, as in "emnist-letters-train-images-idx3-ubyte.gz".
_USUAL_NAME = re.compile(
    r"(?P<prefix>[^.].*-)?(?P<part>train|t10k|test)-"
    r"(?P<kind>images(?=[-.]idx3)|labels(?=[-.]idx1))[-.]idx\d-ubyte(\.gz)?"
)
_PARTS = {"training": ("train",), "testing": ("t10k", "test")}
_TYPES = {
    0x08: "unsigned bytes",
    0x09: "signed bytes",
    0x0B: "16-bit integers",
    0x0C: "32-bit integers",
    0x0D: "32-bit floats",
    0x0E: "64-bit floats",
}
_CHUNK = 2**18  # bytes inflated at a time: few calls, and they stay in the cache


def load(dataset="training", path="."):
    """Load images and their labels: MNIST, or any data set stored like it.

    Parameters
    ----------
    dataset : {'training', 'testing'}
        Which part to load. MNIST has 60000 images for training, 10000 for testing.
    path : str or path-like
        Folder with the two files, for example ``train-images-idx3-ubyte.gz`` and
        ``train-labels-idx1-ubyte.gz`` (compressed or not). Left at ``'.'``, a working
        folder without any such file stands for the ``data`` folder beside this module.

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

    Examples
    --------
    >>> x, lbl = load("testing")
    >>> x.shape, lbl.shape
    ((784, 10000), (10000,))
    """
    if dataset not in list(_PARTS):
        raise ValueError(f"dataset must be 'training' or 'testing', not {dataset!r}")
    image_file, label_file = _find(dataset, Path(path))
    _, labels = _read_idx(label_file, 1)
    shape, pixels = _read_idx(image_file, 3)
    if shape[0] != len(labels):
        raise ValueError(
            f"{image_file} holds {shape[0]} images, but {label_file} {len(labels)} "
            "labels: expected as many. Take both files from the same data set."
        )
    return pixels.reshape(shape[0], -1).T, labels.astype(np.int64)


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
    image = image.astype(float)
    if not np.isfinite(image).all():
        raise ValueError("image must be finite: it has NaN or infinite values")
    # Grey levels depend on proportions alone. Within [-1, 1] they cannot overflow.
    image /= np.abs(image).max() or 1
    _, ax = plt.subplots(figsize=(2, 2))
    ax.imshow(image.reshape(side, side), cmap="gray", interpolation="nearest")
    ax.axis("off")
    plt.show()


def _find(dataset, folder):
    """Find the files of the images and of the labels in a folder."""
    searched = os.path.abspath(folder)
    found = _data_sets(folder)
    shipped = Path(__file__).with_name("data")
    if not found and folder == Path(".") and shipped.is_dir():
        searched = f"{searched} and {shipped}"
        found = _data_sets(shipped)
    if len(found) > 1 and "" not in found:
        raise ValueError(
            f"several data sets in {searched}: {', '.join(sorted(found))}. Expected "
            "one: move the files that you want to a folder of their own."
        )
    # Plain names go first. Never take the images of one set and the labels of another.
    prefix = "" if "" in found or not found else next(iter(found))
    files = found.get(prefix, {})
    parts = _PARTS[dataset]
    part = next((part for part, _ in files if part in parts), parts[0])
    missing = [kind for kind in ("images", "labels") if (part, kind) not in files]
    if missing:
        idx = {"images": "idx3", "labels": "idx1"}
        names = [f"{prefix}{part}-{kind}-{idx[kind]}-ubyte" for kind in missing]
        raise FileNotFoundError(
            f"no {dataset} {' and '.join(missing)} in {searched}: looked for "
            f"{' and '.join(names)}, with or without .gz, also with a dot before idx. "
            "Expected as path: the folder that holds the images and the labels."
        )
    return files[part, "images"], files[part, "labels"]


def _data_sets(folder):
    """List the data sets in a folder, as {prefix: {(part, kind): file}}."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise type(error)(
            f"cannot list {os.path.abspath(folder)} ({error.strerror}). Expected as "
            "path: the folder that holds the images and the labels."
        ) from None
    found = {}
    for match in filter(None, map(_USUAL_NAME.fullmatch, names)):
        files = found.setdefault(match["prefix"] or "", {})
        key = match["part"], match["kind"]
        # Of several names the first counts, but a file goes before a folder: some
        # archives unpack to both.
        if key not in files or not os.path.isfile(files[key]):
            files[key] = folder / match[0]
    return found


def _read_idx(path, ndim):
    """Read an IDX file of unsigned bytes: the size of each dimension and the data."""
    with _open(path) as file:
        # Judge by the first bytes, not by the name: browsers inflate .gz files.
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream = gzip.GzipFile(fileobj=file) if packed else file
        try:
            shape = _read_header(stream, path, ndim)
            size = math.prod(shape)
            announced = f"{' x '.join(map(str, shape))} = {size} bytes"
            # Make no array for more than the file can hold. One byte of a gzip file
            # inflates to 1032 at most.
            room = os.path.getsize(path)
            room = room * 1032 if packed else room - file.tell()
            if size <= room:
                data = np.empty(size, np.uint8)
                room = _fill(data, stream)
            if size > room:
                raise ValueError(
                    f"{path} is cut off or damaged: its header announces {announced}, "
                    f"found no more than {room}. Fetch the file again."
                )
            if stream.read(1):  # at the end, this has gzip verify its checksum, too
                raise ValueError(
                    f"{path} has bytes left over: its header announces {announced}, "
                    "found more. Fetch the file again."
                )
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(
                f"{path} is broken: expected a complete gzip file, found an error "
                f"({error}). Fetch the file again."
            ) from None
        except MemoryError:
            raise MemoryError(f"{path}: no memory for {announced}") from None
    return shape, data


def _open(path):
    """Open a file that is a file, and not a folder or a pipe that never ends."""
    if os.path.isdir(path):
        raise IsADirectoryError(
            f"{path} is a folder, expected a file. If the file is inside, move it here."
        )
    if os.path.exists(path) and not os.path.isfile(path):
        raise ValueError(
            f"{path} is a pipe, a device or the like, expected a file. Put a copy of "
            "the data there."
        )
    try:
        return open(path, "rb")
    except OSError as error:
        raise type(error)(
            f"cannot read {path} ({error.strerror}). Expected a file that you may "
            "read: see to its permissions, or fetch it again."
        ) from None


def _read_header(stream, path, ndim):
    """Read the header of an IDX file: the size of each dimension, none of them zero."""
    magic = bytes([0, 0, 0x08, ndim])
    head = stream.read(4 + 4 * ndim)
    remedy = "Fetch the file again."
    if head[:4] == magic and len(head) == 4 + 4 * ndim:
        shape = struct.unpack(f">{ndim}I", head[4:])
        if all(shape):
            return shape
        found = f"sizes {' x '.join(map(str, shape))}, so no data at all"
    elif head[:4] == magic:
        found = "the end of the file within the header"
    elif not head:
        found = "an empty file"
    elif (head + stream.read(100)).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        found = "a web page (HTML)"
        remedy = "The download failed: fetch the file from another address."
    elif len(head) >= 4 and head[:2] == b"\0\0" and head[2] in _TYPES:
        found = f"{_TYPES[head[2]]} in {head[3]} dimensions ({head[:4].hex(' ')})"
        if head[2] != 0x08:
            remedy = "Convert the elements to unsigned bytes."
        elif head[3] in (1, 3):
            remedy = "Are the images and the labels swapped?"
    else:
        found = f"a file that begins with {head[:4].hex(' ')}"
    raise ValueError(
        f"{path}: expected an IDX file of unsigned bytes in {ndim} dimensions "
        f"({magic.hex(' ')}), found {found}. {remedy}"
    )


def _fill(data, stream):
    """Read from a stream straight into an array; return how many bytes there were."""
    view = memoryview(data)
    count = 0
    while n := stream.readinto(view[count : count + _CHUNK]):
        count += n
    return count
