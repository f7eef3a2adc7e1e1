"""Tests of MNISTtools: the real data, and every fault by a real file in a folder."""

import bz2
import contextlib
import gzip
import hashlib
import io
import lzma
import os
import pydoc
import re
import struct
import zipfile
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

import MNISTtools  # noqa: E402
from MNISTtools import load, show  # noqa: E402

DATA = Path(MNISTtools.__file__).with_name("data")
IMAGES = "train-images-idx3-ubyte"
LABELS = "train-labels-idx1-ubyte"

# Four images of 3 rows and 2 columns, all bytes different.
SMALL = np.arange(100, 124, dtype=np.uint8).reshape(4, 3, 2)
SMALL_LABELS = np.array([3, 0, 255, 9], np.uint8)


def idx(array, kind=8):
    """Return an array as the bytes of an IDX file."""
    head = bytes([0, 0, kind, array.ndim]) + struct.pack(
        f">{array.ndim}I", *array.shape
    )
    return head + array.tobytes()


images, labels = idx(SMALL), idx(SMALL_LABELS)


def write(folder, *files):
    """Write a data set of these images and labels, or of these files."""
    for name, content in files or [(IMAGES, images), (LABELS, labels)]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def assert_small(x, lbl):
    """Assert that the data is that of SMALL and SMALL_LABELS."""
    np.testing.assert_array_equal(x, SMALL.reshape(4, 6).T)
    np.testing.assert_array_equal(lbl, SMALL_LABELS)
    assert (x.dtype, lbl.dtype) == (np.uint8, np.int64)
    assert x.T.flags.c_contiguous
    assert x.flags.writeable
    assert lbl.flags.writeable


@contextlib.contextmanager
def fails(kind, *words):
    """Expect an error of exactly this kind, without a chain, that has all the words.

    A word counts only outside of the paths, which hold the name of the test.
    """
    with pytest.raises(kind) as caught:
        yield
    assert caught.type is kind
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    text = str(caught.value)
    for path in (word for word in words if isinstance(word, Path)):
        assert str(path) in text
        text = text.replace(str(path), "")
    for word in (word for word in words if not isinstance(word, Path)):
        assert word in text


# --- the real data -----------------------------------------------------------


def test_shipped_files_are_the_originals():
    readme = (DATA / "README.md").read_text("utf-8")
    sums = re.findall(r"^ +([0-9a-f]{64})  (\S+)$", readme, re.M)
    assert {f"{name}.gz" for _, name in sums} == {f.name for f in DATA.glob("*.gz")}
    for digest, name in sums:
        original = gzip.decompress((DATA / f"{name}.gz").read_bytes())
        assert hashlib.sha256(original).hexdigest() == digest
    starts = [digest[:8] for digest, _ in sums]  # as published in 1998
    assert starts == ["ba891046", "65a50cbb", "0fa7898d", "ff7bcfd4"]


@pytest.mark.parametrize(
    ("dataset", "part", "count"),
    [("training", "train", 60000), ("testing", "t10k", 10000)],
)
def test_all_bytes_in_file_order(dataset, part, count):
    x, lbl = load(dataset, DATA)
    pixels = gzip.decompress((DATA / f"{part}-images-idx3-ubyte.gz").read_bytes())
    digits = gzip.decompress((DATA / f"{part}-labels-idx1-ubyte.gz").read_bytes())
    assert (x.shape, lbl.shape) == ((784, count), (count,))
    assert x.T.tobytes() == pixels[16:]
    assert lbl.tolist() == list(digits[8:])
    assert x.T.flags.c_contiguous
    x[0, 0] = 1  # it may be changed, and that changes no other
    assert load(dataset, DATA)[0][0, 0] == 0


def test_image_42_is_a_7():
    x, lbl = load("training", DATA)
    assert lbl[42] == 7
    # A 7: a bar at the top, and nothing at the lower left nor at the lower right.
    image = x[:, 42].reshape(28, 28)
    rows = np.flatnonzero(image.any(axis=1))
    assert np.count_nonzero(image[rows[:10]].any(axis=0)) > 10
    assert np.count_nonzero(image[rows[-3:]].any(axis=0)) < 6


# --- which folder ------------------------------------------------------------


@pytest.mark.parametrize("kind", [str, Path])
def test_working_folder_goes_first(tmp_path, monkeypatch, kind):
    assert_small(*load("training", kind(write(tmp_path))))
    monkeypatch.chdir(tmp_path)
    assert_small(*load())
    assert_small(*load(path=kind(".")))
    # The training set of one data set never goes with the testing set of another.
    with fails(FileNotFoundError, tmp_path, "t10k-images-idx3", "t10k-labels-idx1"):
        load("testing")


def test_shipped_data_from_any_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(write(tmp_path, ("notes.txt", b"not data")))
    for arguments in ({}, {"path": "."}, {"path": Path(".")}):
        assert load("testing", **arguments)[1][:3].tolist() == [7, 2, 1]
    # No fallback from a folder that was named.
    with fails(FileNotFoundError, tmp_path, IMAGES, LABELS, ".gz"):
        load(path=tmp_path)
    monkeypatch.setattr(MNISTtools, "__file__", str(tmp_path / "gone" / "M.py"))
    with fails(FileNotFoundError, tmp_path, IMAGES):
        load()


def test_what_is_missing_is_told(tmp_path):
    for kept, missing in [(IMAGES, LABELS), (LABELS, IMAGES)]:
        (write(tmp_path) / missing).unlink()
        with fails(FileNotFoundError, tmp_path, f"no {missing} in"):
            load(path=tmp_path)
        with pytest.raises(FileNotFoundError, match=f"^(?!.*no {kept})"):
            load(path=tmp_path)
    for path in (tmp_path / "nowhere", write(tmp_path) / IMAGES):
        with fails(FileNotFoundError, path, "not a folder"):
            load(path=path)
    for dataset in ["train", "Training", None, []]:
        with fails(ValueError, "'training'", "'testing'", repr(dataset)):
            load(dataset)


# --- real life ---------------------------------------------------------------


def test_names(tmp_path):
    # What is in the files counts and not their names: browsers inflate a .gz file.
    names = ["{}", "{}.gz", "{}.txt", "{} (1).gz", "{}(1).gz", "{} 2.gz"]
    names += ["{} - Copy.gz", "Copy of {}.gz"]
    names += ["{0}/{0}", "MNIST/raw/{}"]  # of Kaggle, of PyTorch
    pairs = [(name, sign) for name in names for sign in "-."]
    for k, (name, sign) in enumerate(pairs):
        one, two = (
            name.format(part.replace("-idx", f"{sign}idx")) for part in (IMAGES, LABELS)
        )
        folder = tmp_path / str(k)
        assert_small(
            *load(path=write(folder, (one, images), (two, gzip.compress(labels))))
        )
    for part in ["test", "t10k", "T10K"]:
        names = [file.replace("train", part) for file in (IMAGES, LABELS)]
        folder = tmp_path / part / "x"  # apart where the case of letters is none
        assert_small(
            *load("testing", write(folder, *zip(names, (images, labels), strict=True)))
        )


def test_what_lies_beside(tmp_path):
    for beside in ["{}.gz", "._{}", "{} (1)", "{}.part", "{}.crdownload", "re{}"]:
        for name in (IMAGES, LABELS):
            write(tmp_path, (beside.format(name), b"another"))
    assert_small(*load(path=write(tmp_path)))
    # Some archives of Kaggle unpack to a folder as well.
    kaggle = tmp_path / "kaggle"
    write(kaggle, (f"{IMAGES}/x", b""), (f"{LABELS}/{LABELS}", b"another"))
    names = ["train-images.idx3-ubyte", "train-labels.idx1-ubyte"]
    assert_small(*load(path=write(kaggle, *zip(names, (images, labels), strict=True))))


def test_compressed_twice_and_filled_with_zeros(tmp_path):
    again = gzip.compress(gzip.compress(images) + bytes(512))
    assert_small(*load(path=write(tmp_path, (IMAGES, again), (LABELS, labels))))


archive, npz = io.BytesIO(), io.BytesIO()
with zipfile.ZipFile(archive, "w") as opened:
    opened.writestr(IMAGES, images)
np.savez(npz, x_train=SMALL, y_train=SMALL_LABELS)
page = b"\n <!DOCTYPE html>\n<html>404 Not Found"
xml = b'\n<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'
lfs = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9912422\n"
qmnist = idx(np.arange(32, dtype=">i4").reshape(4, 8), 12)
# The file, what is in it, and words of the error.
FAULTS = {
    "web page": (IMAGES, page, ["a web page", "try again"]),
    "compressed web page": (LABELS, gzip.compress(b"<html>"), ["a web page"]),
    "XML of a cloud": (IMAGES, xml, ["XML", "try again"]),
    "JSON of a cloud": (LABELS, b'{"error":"forbidden"}', ["JSON", "try again"]),
    "Git LFS": (IMAGES, lfs, ["Git LFS", "git lfs pull"]),
    "zip": (IMAGES, archive.getvalue(), ["zip archive", "Unpack"]),
    "npz": (LABELS, npz.getvalue(), [".npz", "np.load"]),
    "bzip2": (IMAGES, bz2.compress(images), ["bzip2", "Unpack"]),
    "xz": (IMAGES, lzma.compress(images), ["xz", "Unpack"]),
    "swapped images": (IMAGES, labels, ["found labels", "swapped"]),
    "swapped labels": (LABELS, images, ["found images", "swapped"]),
    "QMNIST": (LABELS, qmnist, ["QMNIST", "those of MNIST"]),
    "another type": (IMAGES, idx(SMALL.astype(">i2"), 11), ["another type", "Convert"]),
    "dimensions": (IMAGES, idx(SMALL[0]), ["dimensions", "Convert"]),
    "reversed bytes": (IMAGES, images[3::-1] + images[4:], ["40 bytes: b'\\x03"]),
    "empty": (IMAGES, b"", ["0 bytes"]),
    "empty after all": (LABELS, gzip.compress(b""), ["0 bytes"]),
    "cut off": (IMAGES, images[:-1], ["damaged", "4 x 3 x 2 bytes", "found 23"]),
    "labels cut off": (LABELS, labels[:-1], ["damaged", "4 bytes", "found 3."]),
    "header cut off": (IMAGES, images[:15], ["damaged", "found 0"]),
    "no images": (IMAGES, idx(SMALL[:0]), ["0 x 3 x 2 bytes", "found 0"]),
    "text mode": (IMAGES, images + b"\r", ["found 25", "binary mode"]),
    "absurd": (IMAGES, images[:4] + b"\xff" * 99, ["4294967295 x 4294967295"]),
    "number": (LABELS, idx(SMALL_LABELS[:3]), ["4 images", "3 labels"]),
}


@pytest.mark.parametrize("case", FAULTS)
def test_faults(tmp_path, case):
    name, content, words = FAULTS[case]
    (write(tmp_path) / name).write_bytes(content)
    with fails(ValueError, tmp_path / name, *words):
        load(path=tmp_path)


def test_names_of_what_is_there_instead(tmp_path):
    write(tmp_path, ("mnist.npz", npz.getvalue()), (f"qmnist-{IMAGES}", images))
    with fails(FileNotFoundError, tmp_path, "mnist.npz, qmnist-train", "np.load"):
        load(path=tmp_path)


def test_damaged_gzip(tmp_path):
    # Stored without compression: nothing but the checksum tells of a changed pixel.
    good = gzip.compress(images, compresslevel=0)
    write(tmp_path, (IMAGES, good), (LABELS, labels))
    assert_small(*load(path=tmp_path))
    changed = good.replace(b"\x70", b"\x71")
    for bad in [changed, *(good[:cut] for cut in range(2, len(good), 5))]:
        (tmp_path / IMAGES).write_bytes(bad)
        with fails(ValueError, tmp_path / IMAGES, "damaged .gz", "again"):
            load(path=tmp_path)


def test_no_permission(tmp_path):
    (write(tmp_path) / LABELS).chmod(0)
    if os.access(tmp_path / LABELS, os.R_OK):
        pytest.skip("this user (root?) or system (Windows) may read every file")
    with fails(PermissionError, tmp_path / LABELS):
        load(path=tmp_path)


# --- show --------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch):
    """Count the calls of plt.show, and close the figures in the end."""
    calls = []
    monkeypatch.setattr(plt, "show", lambda: calls.append(plt.gcf()))
    yield calls
    plt.close("all")


def picture(image, shown):
    """Show an image; return the values of the picture and what was drawn, as grey."""
    assert show(image) is None
    (figure,) = shown
    (ax,) = figure.axes
    (drawn,) = ax.images
    assert not ax.axison
    assert drawn.get_cmap().name == "gray"
    assert drawn.get_interpolation() in ("none", "nearest")
    values = drawn.get_array()
    grey = drawn.to_rgba(values)
    assert np.array_equal(grey[..., 0], grey[..., 1])
    assert np.array_equal(grey[..., 0], grey[..., 2])
    figure.canvas.draw()
    shown.clear()
    return np.asarray(values), grey[..., 0]


def test_show_draws_the_image(shown):
    x, _ = load("testing", DATA)
    for image in (x[:, 42], x[:, [42]], x[:, 42:43]):
        before = image.copy()
        values, grey = picture(image, shown)
        np.testing.assert_allclose(values, before.reshape(28, 28))
        np.testing.assert_allclose(grey * 255, before.reshape(28, 28), atol=1)
        np.testing.assert_array_equal(image, before)
    floats = np.array([0.0, 2.0, 4.0, 2.0])
    picture(floats, shown)
    assert floats.tolist() == [0, 2, 4, 2]
    # A small figure of its own for each.
    assert len(plt.get_fignums()) == 4
    assert max(plt.gcf().get_size_inches()) <= 4


def test_show_any_range(shown):
    for image in [
        [False, True, True, False],
        np.array([-128, 127, 127, -128], np.int8),
        np.array([-(2**63), 2**63 - 1, 2**63 - 1, -(2**63)]),
        np.array([-1, 1, 1, -1], np.float16),
        np.array([-1e-30, 1e-30, 1e-30, -1e-30], np.float32),
    ]:
        _, grey = picture(image, shown)
        np.testing.assert_array_equal(grey, [[0, 1], [1, 0]])
    for value in [0, 255, -3.5]:
        for shape in [(1,), (784, 1)]:
            assert np.unique(picture(np.full(shape, value), shown)[1]).size == 1


def test_show_refuses_what_is_no_image(shown):
    for shape in [(), (0,), (783,), (1, 784), (784, 2), (28, 28), (784, 1, 1)]:
        with fails(ValueError, "(784,)", "(784, 1)", f"not {shape}", "x[:, 42]"):
            show(np.zeros(shape))
    for image, word in [
        (np.full(4, "1"), "real numbers"),
        (np.full(4, 1j), "real numbers"),
        (np.full(4, None), "real numbers"),
        ("7", "one square image"),
        ([0, 1, np.nan, 0], "finite"),
        ([0, 1, np.inf, 0], "finite"),
    ]:
        with fails(ValueError, word):
            show(image)
    assert not shown and not plt.get_fignums()


# --- help --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "signature"),
    [(load, "load(dataset='training', path='.')"), (show, "show(image)")],
)
def test_help_fits_on_a_screen(function, signature):
    text = pydoc.render_doc(function, renderer=pydoc.plaintext)
    assert signature in text
    assert "(784, " in text
    assert ">>> " in text
    assert len(text.splitlines()) <= 40
    assert max(map(len, text.splitlines())) <= 88
    assert not re.search(r" at 0x|site-packages", text)
