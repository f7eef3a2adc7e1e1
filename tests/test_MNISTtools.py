"""Tests of MNISTtools: the real data, and every fault by a real file in a folder."""

import contextlib
import gzip
import hashlib
import os
import pydoc
import re
import struct
import sys
import tracemalloc
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

import MNISTtools  # noqa: E402
from MNISTtools import load, show  # noqa: E402

DATA = Path(MNISTtools.__file__).with_name("data")
SHA256 = {
    "train-images-idx3-ubyte": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    ),
    "train-labels-idx1-ubyte": (
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
    ),
    "t10k-images-idx3-ubyte": (
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
    ),
    "t10k-labels-idx1-ubyte": (
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
    ),
}
IMAGES = "train-images-idx3-ubyte"
LABELS = "train-labels-idx1-ubyte"
PARTS = [("training", "train"), ("testing", "t10k")]

# Four images of 3 rows and 2 columns, all bytes different.
SMALL = np.arange(100, 124, dtype=np.uint8).reshape(4, 3, 2)
SMALL_LABELS = np.array([3, 0, 255, 9], np.uint8)


def idx(array, magic=None):
    """Return an array of unsigned bytes as the bytes of an IDX file."""
    magic = magic or bytes([0, 0, 8, array.ndim])
    return magic + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write(folder, images=None, labels=None, names=(IMAGES, LABELS)):
    """Write a data set, compressing what goes under a name with .gz."""
    images = idx(SMALL) if images is None else images
    labels = idx(SMALL_LABELS) if labels is None else labels
    for name, content in zip(names, (images, labels), strict=True):
        packed = gzip.compress(content) if name.endswith(".gz") else content
        (folder / name).write_bytes(packed)
    return folder


def assert_small(x, lbl):
    """Assert that the data is that of SMALL and SMALL_LABELS."""
    np.testing.assert_array_equal(x, SMALL.reshape(4, 6).T)
    np.testing.assert_array_equal(lbl, SMALL_LABELS)


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


@contextlib.contextmanager
def memory_below(limit):
    """Expect the peak of the memory allocated inside to stay below a limit."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < limit


@pytest.fixture(scope="module")
def training():
    """Return the real training set."""
    return load("training", DATA)


# --- the real data -----------------------------------------------------------


def test_shapes(training):
    x, lbl = training
    assert x.shape == (784, 60000)
    assert lbl.shape == (60000,)
    x, lbl = load("testing", DATA)
    assert x.shape == (784, 10000)
    assert lbl.shape == (10000,)


def test_image_42_is_a_7(training):
    x, lbl = training
    assert lbl[42] == 7
    # A 7: a bar at the top, and nothing at the lower left nor at the lower right.
    image = x[:, 42].reshape(28, 28)
    rows = np.flatnonzero(image.any(axis=1))
    assert np.count_nonzero(image[rows[:10]].any(axis=0)) > 10
    assert np.count_nonzero(image[rows[-3:]].any(axis=0)) < 6


def test_range_and_type(training):
    x, lbl = training
    assert type(x) is np.ndarray
    assert x.dtype == np.uint8
    assert (x.min(), x.max()) == (0, 255)
    assert lbl.dtype == np.int64
    assert (lbl.min(), lbl.max()) == (0, 9)


@pytest.mark.parametrize("name", SHA256)
def test_shipped_files_are_the_originals(name):
    original = gzip.decompress((DATA / f"{name}.gz").read_bytes())
    assert hashlib.sha256(original).hexdigest() == SHA256[name]
    assert f"{SHA256[name]}  {name}" in (DATA / "README.md").read_text("utf-8")


@pytest.mark.parametrize(("dataset", "part"), PARTS)
def test_all_bytes_in_file_order(dataset, part):
    x, lbl = load(dataset, DATA)
    images = gzip.decompress((DATA / f"{part}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((DATA / f"{part}-labels-idx1-ubyte.gz").read_bytes())
    assert x.T.tobytes() == images[16:]
    assert lbl.tolist() == list(labels[8:])


def test_columns_are_contiguous_and_writable():
    x, lbl = load("testing", DATA)
    assert x.T.flags.c_contiguous
    assert x[:, 42].flags.c_contiguous
    assert x.flags.writeable
    assert lbl.flags.writeable
    # A view of an array of NumPy's own that holds the images, and nothing besides.
    assert not x.flags.owndata
    assert x.base.flags.owndata
    assert x.base.nbytes == x.nbytes
    x[0, 0] = 1
    assert load("testing", DATA)[0][0, 0] == 0


@pytest.mark.parametrize("packed", [True, False])
def test_no_second_copy_in_memory(tmp_path, packed):
    images = np.zeros((8000, 28, 28), np.uint8)
    names = [IMAGES + ".gz" * packed, LABELS + ".gz" * packed]
    write(tmp_path, idx(images), idx(np.zeros(8000, np.uint8)), names)
    with memory_below(1.2 * images.nbytes):
        x, _ = load(path=tmp_path)
    assert x.shape == (784, 8000)


# --- which files -------------------------------------------------------------


@pytest.mark.parametrize("label_end", ["-idx1-ubyte", ".idx1-ubyte.gz"])
@pytest.mark.parametrize(
    "image_end", ["-idx3-ubyte", "-idx3-ubyte.gz", ".idx3-ubyte", ".idx3-ubyte.gz"]
)
@pytest.mark.parametrize(("dataset", "part"), PARTS)
def test_usual_names(tmp_path, dataset, part, image_end, label_end):
    names = [f"{part}-images{image_end}", f"{part}-labels{label_end}"]
    write(tmp_path, names=names)
    assert_small(*load(dataset, tmp_path))


def test_path_is_a_string_or_path_like(tmp_path):
    class Folder:
        def __fspath__(self):
            return str(tmp_path)

    write(tmp_path)
    for path in (str(tmp_path), tmp_path, Folder()):
        assert_small(*load("training", path))
        assert_small(*load(path=path))


def test_working_folder_goes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(write(tmp_path))
    assert_small(*load())
    assert_small(*load(path="."))


@pytest.mark.parametrize("arguments", [{}, {"path": "."}, {"path": Path(".")}])
def test_shipped_data_from_any_working_folder(tmp_path, monkeypatch, arguments):
    (tmp_path / "notes.txt").write_text("not data")
    monkeypatch.chdir(tmp_path)
    x, lbl = load("testing", **arguments)
    assert x.shape == (784, 10000)
    assert lbl[:3].tolist() == [7, 2, 1]


def test_no_fallback_from_a_named_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with fails(FileNotFoundError, tmp_path, IMAGES, LABELS, ".gz", "dot"):
        load(path=tmp_path)
    with fails(FileNotFoundError, "t10k-images-idx3", "t10k-labels-idx1"):
        load("testing", path=os.getcwd())


def test_no_fallback_from_half_a_data_set(tmp_path, monkeypatch):
    # The training set of one data set never goes with the testing set of another.
    monkeypatch.chdir(write(tmp_path))
    with fails(FileNotFoundError, "t10k-images-idx3", tmp_path.name):
        load("testing")


@pytest.mark.parametrize(("kept", "missing"), [(IMAGES, LABELS), (LABELS, IMAGES)])
def test_one_file_missing(tmp_path, monkeypatch, kept, missing):
    write(tmp_path)
    (tmp_path / missing).unlink()
    monkeypatch.chdir(tmp_path)
    for arguments in ({}, {"path": tmp_path}):
        with fails(FileNotFoundError, tmp_path.name, missing):
            load(**arguments)
        with pytest.raises(FileNotFoundError, match=f"^(?!.*{kept})"):
            load(**arguments)


def test_no_shipped_data(tmp_path, monkeypatch):
    monkeypatch.setattr(MNISTtools, "__file__", str(tmp_path / "gone" / "M.py"))
    monkeypatch.chdir(tmp_path)
    with fails(FileNotFoundError, IMAGES, tmp_path.name):
        load()


def test_no_such_folder(tmp_path):
    with fails(FileNotFoundError, tmp_path / "nowhere", "folder"):
        load(path=tmp_path / "nowhere")


def test_path_is_a_file(tmp_path):
    write(tmp_path)
    with fails(NotADirectoryError, tmp_path / IMAGES, "folder"):
        load(path=tmp_path / IMAGES)


@pytest.mark.parametrize("dataset", ["train", "test", "Training", "", None, 0, []])
def test_unknown_dataset(dataset):
    with fails(ValueError, "'training'", "'testing'", repr(dataset)):
        load(dataset)


def test_names_with_a_prefix(tmp_path):
    # As EMNIST has them; its letters have the labels 1 to 26.
    letters = np.array([1, 26, 13, 2], np.uint8)
    stem = "emnist-letters"
    for part in ("train", "test"):
        names = [
            f"{stem}-{part}-images-idx3-ubyte.gz",
            f"{stem}-{part}-labels-idx1-ubyte",
        ]
        write(tmp_path, labels=idx(letters), names=names)
    for dataset in ("training", "testing"):
        x, lbl = load(dataset, tmp_path)
        assert x.shape == (6, 4)
        assert lbl.tolist() == [1, 26, 13, 2]


def test_several_data_sets(tmp_path):
    for stem in ("emnist-digits", "emnist-letters"):
        write(tmp_path, names=[f"{stem}-{IMAGES}", f"{stem}-{LABELS}"])
    with fails(ValueError, tmp_path, "emnist-digits", "emnist-letters", "folder"):
        load(path=tmp_path)
    # Plain names are unambiguous.
    write(tmp_path, idx(SMALL[:, :2, :]))
    assert load(path=tmp_path)[0].shape == (4, 4)


def test_never_a_mixture(tmp_path):
    write(tmp_path, names=[IMAGES, f"other-{LABELS}"])
    with fails(FileNotFoundError, LABELS):
        load(path=tmp_path)
    names = ["t10k-images-idx3-ubyte", "test-labels-idx1-ubyte"]
    write(tmp_path, names=names)
    with fails(FileNotFoundError, "t10k-labels-idx1"):
        load("testing", tmp_path)


@pytest.mark.parametrize("stem", ["", "emnist-letters-"])
def test_other_names_are_left_alone(tmp_path, stem):
    write(tmp_path, names=[stem + IMAGES, stem + LABELS])
    for name in (
        f"._{stem}{IMAGES}",  # macOS leaves such files on other disks
        f"{stem}{IMAGES} (1)",
        f"{stem}{IMAGES}.part",
        f"re{IMAGES}",
        f"{stem}train-images-idx1-ubyte",
    ):
        (tmp_path / name).write_text("something else")
    assert_small(*load(path=tmp_path))


def test_raw_goes_before_gzip(tmp_path):
    write(tmp_path, idx(SMALL + 1), names=[f"{IMAGES}.gz", f"{LABELS}.gz"])
    write(tmp_path)
    assert_small(*load(path=tmp_path))


def test_a_file_goes_before_a_folder(tmp_path):
    # Some archives unpack to a folder with one name and a file with the other.
    (tmp_path / IMAGES).mkdir()
    write(tmp_path, names=["train-images.idx3-ubyte", LABELS])
    assert_small(*load(path=tmp_path))


# --- what is in the files ----------------------------------------------------


def test_other_sizes_row_by_row(tmp_path):
    x, _ = load(path=write(tmp_path))
    assert x.shape == (6, 4)
    np.testing.assert_array_equal(x[:, 1].reshape(3, 2), SMALL[1])
    one = write(tmp_path, idx(SMALL[:1]), idx(SMALL_LABELS[:1]))
    assert load(path=one)[0].shape == (6, 1)


def test_labels_never_wrap_around(tmp_path):
    _, lbl = load(path=write(tmp_path))
    assert lbl.dtype == np.int64
    assert (lbl - 1).tolist() == [2, -1, 254, 8]


def test_content_counts_and_not_the_name(tmp_path):
    # Browsers inflate a .gz file and keep its name, or the other way round.
    (tmp_path / f"{IMAGES}.gz").write_bytes(idx(SMALL))
    (tmp_path / LABELS).write_bytes(gzip.compress(idx(SMALL_LABELS)))
    assert_small(*load(path=tmp_path))


def test_gzip_in_several_parts(tmp_path):
    content = idx(SMALL)
    write(tmp_path)
    parts = gzip.compress(content[:9]) + gzip.compress(content[9:])
    (tmp_path / IMAGES).write_bytes(parts)
    assert_small(*load(path=tmp_path))


def test_images_and_labels_of_different_number(tmp_path):
    write(tmp_path, labels=idx(SMALL_LABELS[:3]))
    with fails(
        ValueError, tmp_path / IMAGES, "4 images", tmp_path / LABELS, "3 labels"
    ):
        load(path=tmp_path)


def int16(array):
    """Return the bytes of an IDX file of 16-bit integers."""
    return idx(array.astype(">i2"), bytes([0, 0, 0x0B, array.ndim]))


page = b"\n <!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n"
huge = bytes([0, 0, 8, 3]) + b"\xff" * 12 + bytes(100)
huge_labels = bytes([0, 0, 8, 1]) + b"\xff" * 4 + bytes(100)
images, labels = idx(SMALL), idx(SMALL_LABELS)
FAULTS = {
    "swapped images": (IMAGES, labels + bytes(9), ["00 00 08 03", "swapped"]),
    "swapped labels": (LABELS, images, ["00 00 08 01", "00 00 08 03", "swapped"]),
    "image type": (
        IMAGES,
        int16(SMALL),
        ["unsigned bytes", "16-bit integers", "Convert"],
    ),
    "label type": (
        LABELS,
        int16(SMALL_LABELS),
        ["unsigned bytes", "16-bit integers", "Convert"],
    ),
    "dimensions": (IMAGES, idx(SMALL[0]), ["3 dimensions", "2 dimensions"]),
    "not IDX": (IMAGES, b"PK\x03\x04" + bytes(99), ["IDX", "50 4b 03 04"]),
    "not IDX labels": (LABELS, b"version 1", ["IDX", "76 65 72 73"]),
    "two bytes": (IMAGES, b"\0\0", ["IDX", "00 00"]),
    "cut off images": (IMAGES, images[:-1], ["cut off", "4 x 3 x 2 = 24", "23"]),
    "cut off labels": (LABELS, labels[:-1], ["cut off", "4 = 4", "3"]),
    "most pixels gone": (IMAGES, images[:20], ["cut off", "4 x 3 x 2 = 24", "than 4."]),
    "header alone": (IMAGES, images[:16], ["cut off", "24"]),
    "header cut off": (IMAGES, images[:15], ["end of the file", "header"]),
    "label header": (LABELS, labels[:7], ["end of the file", "header"]),
    "bytes left over": (IMAGES, images + b"\0", ["left over", "4 x 3 x 2 = 24"]),
    "labels left over": (LABELS, labels + b"\0", ["left over", "4 = 4"]),
    "absurd images": (IMAGES, huge, ["4294967295 x 4294967295 x 4294967295"]),
    "absurd labels": (LABELS, huge_labels, ["4294967295"]),
    "no images": (IMAGES, idx(SMALL[:0]), ["0 x 3 x 2", "no data"]),
    "no pixels": (IMAGES, idx(SMALL[:, :, :0]), ["4 x 3 x 0", "no data"]),
    "no labels": (LABELS, idx(SMALL_LABELS[:0]), ["sizes 0", "no data"]),
    "web page": (IMAGES, page, ["web page (HTML)"]),
    "short web page": (LABELS, b"<html>", ["web page (HTML)"]),
    "empty images": (IMAGES, b"", ["empty file"]),
    "empty labels": (LABELS, b"", ["empty file"]),
}


@pytest.mark.parametrize("end", ["", ".gz", "inflated.gz"])
@pytest.mark.parametrize("fault", FAULTS)
def test_damaged_file(tmp_path, fault, end):
    bad, content, words = FAULTS[fault]
    end, inflated = end.removeprefix("inflated"), end.startswith("inflated")
    names = [IMAGES + end, LABELS + end]
    write(tmp_path, names=names)
    assert_small(*load(path=tmp_path))
    packed = end == ".gz" and not inflated
    (tmp_path / (bad + end)).write_bytes(gzip.compress(content) if packed else content)
    # What a compressed file could hold is known only roughly before it is read.
    words = [word for word in words if not (packed and word == "than 4.")]
    with memory_below(2e6), fails(ValueError, tmp_path / (bad + end), *words):
        load(path=tmp_path)


@pytest.mark.parametrize("bad", [IMAGES, LABELS])
def test_broken_gzip(tmp_path, bad):
    names = [f"{IMAGES}.gz", f"{LABELS}.gz"]
    write(tmp_path, names=names)
    file = tmp_path / f"{bad}.gz"
    good = file.read_bytes()
    for cut in range(2, len(good)):
        file.write_bytes(good[:cut])
        with fails(ValueError, file, "gzip", "Fetch"):
            load(path=tmp_path)
    for broken in (good[:10] + b"\xff" + good[11:], good + b"<!-- -->"):
        file.write_bytes(broken)
        with fails(ValueError, file, "gzip", "Fetch"):
            load(path=tmp_path)


def test_checksum_of_gzip(tmp_path):
    # Uncompressed inside, so that nothing but the checksum tells of a changed pixel.
    stored = bytearray(gzip.compress(idx(SMALL), compresslevel=0))
    write(tmp_path)
    (tmp_path / IMAGES).write_bytes(stored)
    assert_small(*load(path=tmp_path))
    stored[stored.index(SMALL.tobytes()) + 5] ^= 1
    (tmp_path / IMAGES).write_bytes(stored)
    with fails(ValueError, tmp_path / IMAGES, "gzip", "CRC"):
        load(path=tmp_path)


@pytest.mark.parametrize("bad", [IMAGES, LABELS])
def test_gzip_that_inflates_without_end(tmp_path, bad):
    content = (images if bad == IMAGES else labels) + bytes(50_000_000)
    write(tmp_path)
    (tmp_path / bad).write_bytes(gzip.compress(content))
    with memory_below(2e6), fails(ValueError, tmp_path / bad, "left over"):
        load(path=tmp_path)


def test_gzip_that_holds_less_than_it_might(tmp_path):
    # Few enough bytes to be possible, so they are read; only then is it clear.
    content = bytes([0, 0, 8, 3]) + struct.pack(">3I", 4, 30, 30) + bytes(3599)
    write(tmp_path)
    (tmp_path / IMAGES).write_bytes(gzip.compress(content))
    with fails(ValueError, tmp_path / IMAGES, "4 x 30 x 30 = 3600", "3599"):
        load(path=tmp_path)


def test_no_memory(tmp_path, monkeypatch):
    def empty(*args):
        raise MemoryError

    monkeypatch.setattr(np, "empty", empty)
    with fails(MemoryError, tmp_path / LABELS, "4 bytes"):
        load(path=write(tmp_path))


# --- what is no file ---------------------------------------------------------


@pytest.mark.parametrize("bad", [IMAGES, LABELS])
def test_folder_in_place_of_a_file(tmp_path, bad):
    write(tmp_path)
    (tmp_path / bad).unlink()
    (tmp_path / bad).mkdir()
    with fails(IsADirectoryError, tmp_path / bad, "folder", "expected a file"):
        load(path=tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_pipe_in_place_of_a_file(tmp_path):
    write(tmp_path)
    (tmp_path / IMAGES).unlink()
    os.mkfifo(tmp_path / IMAGES)
    # Something to read, so that a reader fails rather than waits.
    reader = os.open(tmp_path / IMAGES, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(tmp_path / IMAGES, os.O_WRONLY)
    try:
        os.write(writer, idx(SMALL))
        with fails(ValueError, tmp_path / IMAGES, "pipe", "expected a file"):
            load(path=tmp_path)
    finally:
        os.close(reader)
        os.close(writer)


@pytest.mark.skipif(sys.platform == "win32", reason="no such device on Windows")
def test_device_in_place_of_a_file(tmp_path):
    write(tmp_path)
    (tmp_path / LABELS).unlink()
    (tmp_path / LABELS).symlink_to("/dev/zero")
    with fails(ValueError, tmp_path / LABELS, "device", "expected a file"):
        load(path=tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_link_to_nothing(tmp_path):
    write(tmp_path)
    (tmp_path / LABELS).unlink()
    (tmp_path / LABELS).symlink_to(tmp_path / "gone")
    with fails(FileNotFoundError, tmp_path / LABELS, "cannot read"):
        load(path=tmp_path)


@pytest.mark.parametrize("bad", [IMAGES, LABELS, ""])
def test_no_permission(tmp_path, bad):
    write(tmp_path)
    mode = (tmp_path / bad).stat().st_mode
    (tmp_path / bad).chmod(0)
    try:
        if os.access(tmp_path / bad, os.R_OK):
            pytest.skip("this user (root?) or system (Windows) may read every file")
        with fails(PermissionError, tmp_path / bad, "Permission denied", "xpected"):
            load(path=tmp_path)
    finally:
        (tmp_path / bad).chmod(mode)


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


def test_show_draws_the_image(training, shown):
    x, _ = training
    for image in (x[:, 42], x[:, [42]], x[:, 42:43]):
        before = image.copy()
        values, grey = picture(image, shown)
        np.testing.assert_allclose(values, before.reshape(28, 28) / before.max())
        np.testing.assert_allclose(grey * 255, before.reshape(28, 28), atol=1)
        np.testing.assert_array_equal(image, before)
    floats = np.array([0.0, 2.0, 4.0, 2.0])
    picture(floats, shown)
    assert floats.tolist() == [0, 2, 4, 2]
    # A small figure of its own for each.
    assert len(plt.get_fignums()) == 4
    assert max(plt.gcf().get_size_inches()) <= 4


@pytest.mark.parametrize(
    "image",
    [
        [False, True, True, False],
        np.array([-128, 127, 127, -128], np.int8),
        np.array([-(2**63), 2**63 - 1, 2**63 - 1, -(2**63)]),
        np.array([0, 2**64 - 1, 2**64 - 1, 0], np.uint64),
        np.array([-1, 1, 1, -1], np.float16),
        np.array([-1e-30, 1e-30, 1e-30, -1e-30], np.float32),
        [-1.5e308, 1.5e308, 1.5e308, -1.5e308],
        [0, 5e-324, 5e-324, 0],
    ],
)
def test_show_any_range(image, shown):
    _, grey = picture(image, shown)
    np.testing.assert_array_equal(grey, [[0, 1], [1, 0]])


@pytest.mark.parametrize("value", [0, 255, -3.5])
@pytest.mark.parametrize("shape", [(1,), (1, 1), (9,), (784, 1)])
def test_show_constant_image(value, shape, shown):
    _, grey = picture(np.full(shape, value), shown)
    assert np.unique(grey).size == 1


@pytest.mark.parametrize(
    "shape",
    [(), (0,), (0, 1), (783,), (2, 1), (1, 784), (784, 2), (28, 28), (784, 1, 1)],
)
def test_show_wrong_shape(shape, shown):
    with fails(ValueError, "(784,)", "(784, 1)", f"not {shape}", "x[:, 42]"):
        show(np.zeros(shape))
    assert not shown
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("image", "word"),
    [
        (np.full(4, "1"), "real numbers"),
        (np.full(4, b"1"), "real numbers"),
        (np.full(4, 1j), "real numbers"),
        (np.full(4, None), "real numbers"),
        (np.zeros(4, "M8[s]"), "real numbers"),
        ("7", "one square image"),
        (None, "one square image"),
        ([0, 1, np.nan, 0], "finite"),
        ([0, 1, np.inf, 0], "finite"),
        ([-np.inf, 1, 0, 0], "finite"),
        ([np.nan] * 4, "finite"),
    ],
)
def test_show_wrong_values(image, word, shown):
    with fails(ValueError, word):
        show(image)
    assert not shown
    assert not plt.get_fignums()


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
