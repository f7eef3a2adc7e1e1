"""Tests of MNISTtools: the real data, and every fault by a real file in a folder."""

import gzip
import hashlib
import io
import os
import re
import struct
import zipfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from processes import ROOT

from MNISTtools import load, show

DATA = ROOT / "data"
IMAGES = "train-images-idx3-ubyte"
LABELS = "train-labels-idx1-ubyte"

# Four images of 3 rows and 2 columns, all bytes different.
SMALL = np.arange(100, 124, dtype=np.uint8).reshape(4, 3, 2)
SMALL_LABELS = np.array([3, 0, 255, 9], np.uint8)


def idx(array, kind=8):
    """Return an array as the bytes of an IDX file."""
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, kind, array.ndim]) + sizes + array.tobytes()


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
    assert x.flags.writeable and lbl.flags.writeable


def refused(kind, *words, path):
    """Assert that `load` fails with one error, which has all the words."""
    with pytest.raises(kind) as caught:
        load(path=path)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    assert all(str(word) in str(caught.value) for word in words), caught.value


# The real data


def test_load_returns_all_bytes_of_the_original_files():
    readme = (DATA / "README.md").read_text("utf-8")
    sums = re.findall(r"^ +([0-9a-f]{64})  (\S+)$", readme, re.M)
    starts = [digest[:8] for digest, _ in sums]  # as published in 1998
    assert starts == ["ba891046", "65a50cbb", "0fa7898d", "ff7bcfd4"]
    assert {f"{name}.gz" for _, name in sums} == {f.name for f in DATA.glob("*.gz")}
    files = {}
    for digest, name in sums:
        files[name] = gzip.decompress((DATA / f"{name}.gz").read_bytes())
        assert hashlib.sha256(files[name]).hexdigest() == digest
    for dataset, part, count in [
        ("training", "train", 60000),
        ("testing", "t10k", 10000),
    ]:
        x, lbl = load(dataset, DATA)
        assert (x.shape, lbl.shape) == ((784, count), (count,))
        assert x.T.tobytes() == files[f"{part}-images-idx3-ubyte"][16:]
        assert lbl.tolist() == list(files[f"{part}-labels-idx1-ubyte"][8:])
        assert x.T.flags.c_contiguous


# Which folder, and which files


def test_the_working_folder_goes_before_the_shipped_data(tmp_path, monkeypatch):
    assert_small(*load("training", str(write(tmp_path))))
    monkeypatch.chdir(tmp_path)
    assert_small(*load())
    # The training set of one data set never goes with the testing set of another.
    with pytest.raises(FileNotFoundError, match="no t10k-images.* and no t10k-labels"):
        load("testing")
    other = write(tmp_path / "other", ("notes.txt", b"not data"))
    monkeypatch.chdir(other)
    for arguments in ({}, {"path": "."}, {"path": Path(".")}):
        assert load("testing", **arguments)[1][:3].tolist() == [7, 2, 1]
    # No fallback from a folder that was named.
    refused(FileNotFoundError, other, IMAGES, LABELS, ".gz", path=other)


def test_what_is_missing_is_told(tmp_path):
    (write(tmp_path) / LABELS).unlink()
    refused(FileNotFoundError, f"no {LABELS} in {tmp_path}", path=tmp_path)
    for path in (tmp_path / "nowhere", tmp_path / IMAGES):
        refused(FileNotFoundError, f"{path} is not a folder", path=path)
    with pytest.raises(ValueError, match="'training' or 'testing', not"):
        load("train")
    other = write(tmp_path / "other", ("mnist.npz", b""), (f"qmnist-{IMAGES}", images))
    refused(FileNotFoundError, "mnist.npz, qmnist-train", "np.load", path=other)


def test_files_are_found_as_browsers_and_others_name_them(tmp_path):
    # What is in the files counts and not their names: browsers inflate a .gz file.
    names = ["{}", "{}.gz", "{}.txt", "{} (1).gz", "{} - Copy.gz", "Copy of {}.gz"]
    names += ["{0}/{0}", "MNIST/raw/{}"]  # of Kaggle, of PyTorch
    for k, (name, sign) in enumerate((name, sign) for name in names for sign in "-."):
        one, two = (
            name.format(part.replace("-idx", f"{sign}idx")) for part in (IMAGES, LABELS)
        )
        files = (one, images), (two, gzip.compress(labels))
        assert_small(*load(path=write(tmp_path / str(k), *files)))
    # What lies beside them does not matter.
    for beside in ["{}.gz", "._{}", "{} (1)", "{}.part", "{}.crdownload", "re{}"]:
        for name in (IMAGES, LABELS):
            write(tmp_path, (beside.format(name), b"another"))
    assert_small(*load(path=write(tmp_path)))
    for part in ["test", "T10K"]:
        files = [(IMAGES.replace("train", part), images)]
        files += [(LABELS.replace("train", part), labels)]
        assert_small(*load("testing", write(tmp_path / part, *files)))


# Damaged files, and others than they seem to be

archive, npz = io.BytesIO(), io.BytesIO()
with zipfile.ZipFile(archive, "w") as opened:
    opened.writestr(IMAGES, images)
np.savez(npz, x_train=SMALL, y_train=SMALL_LABELS)
page = gzip.compress(b"\n <!DOCTYPE html>\n<html>404 Not Found")
lfs = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9912422\n"
FAULTS = [  # the file, what is in it, and words of the error
    (IMAGES, page, "a web page", "try again"),
    (IMAGES, lfs, "Git LFS", "git lfs pull"),
    (IMAGES, archive.getvalue(), "zip archive", "Unpack"),
    (LABELS, npz.getvalue(), ".npz", "np.load"),
    (IMAGES, labels, "found labels", "swapped"),
    (IMAGES, idx(SMALL.astype(">i2"), 11), "another type", "Convert"),
    (IMAGES, b"", "0 bytes"),
    (IMAGES, images[:-1], "damaged", "4 x 3 x 2 bytes", "found 23"),
    (IMAGES, images[:15], "damaged", "found 0"),
    (IMAGES, idx(SMALL[:0]), "0 x 3 x 2 bytes", "found 0"),
    (IMAGES, images + b"\r", "found 25", "binary mode"),
    (IMAGES, images[:4] + b"\xff" * 99, "4294967295 x 4294967295"),
    (LABELS, idx(SMALL_LABELS[:3]), "4 images", "3 labels"),
]


def test_a_fault_is_told_with_the_file_and_what_to_do(tmp_path):
    for name, content, *words in FAULTS:
        (write(tmp_path) / name).write_bytes(content)
        refused(ValueError, tmp_path / name, *words, path=tmp_path)


def test_a_damaged_gzip_is_known_by_its_checksum_too(tmp_path):
    # Stored without compression: nothing but the checksum tells of a changed pixel.
    good = gzip.compress(images, compresslevel=0)
    assert_small(*load(path=write(tmp_path, (IMAGES, good), (LABELS, labels))))
    for bad in [good.replace(b"\x70", b"\x71"), good[:-1], good[:12]]:
        (tmp_path / IMAGES).write_bytes(bad)
        refused(ValueError, tmp_path / IMAGES, "damaged .gz", "again", path=tmp_path)


def test_a_file_that_may_not_be_read_is_no_damaged_one(tmp_path):
    (write(tmp_path) / LABELS).chmod(0)
    if os.access(tmp_path / LABELS, os.R_OK):
        pytest.skip("this user (root?) or system (Windows) may read every file")
    refused(PermissionError, tmp_path / LABELS, path=tmp_path)


# Showing an image


@pytest.fixture
def shown(monkeypatch):
    """Collect what plt.show shows, and close the figures in the end."""
    plt.switch_backend("Agg")
    figures = []
    monkeypatch.setattr(plt, "show", lambda: figures.append(plt.gcf()))
    yield figures
    plt.close("all")


def grey_of(image, shown):
    """Show an image and return the grey levels that are drawn, from 0 to 1."""
    assert show(image) is None
    (ax,) = shown.pop().axes
    (drawn,) = ax.images
    assert not ax.axison and drawn.get_interpolation() == "nearest"
    assert max(ax.figure.get_size_inches()) <= 4
    grey = drawn.to_rgba(drawn.get_array())
    assert np.array_equal(grey[..., 0], grey[..., 1])
    assert np.array_equal(grey[..., 0], grey[..., 2])
    return grey[..., 0]


def test_show_draws_an_image_of_any_range(shown):
    x, _ = load("testing", DATA)
    for image in (x[:, 42], x[:, [42]]):
        grey = grey_of(image, shown)
        np.testing.assert_allclose(grey * 255, image.reshape(28, 28), atol=1)
    for image in [
        [False, True, True, False],
        np.array([-128, 127, 127, -128], np.int8),
        np.array([-1e-30, 1e-30, 1e-30, -1e-30], np.float32),
    ]:
        before = np.copy(image)
        np.testing.assert_array_equal(grey_of(image, shown), [[0, 1], [1, 0]])
        np.testing.assert_array_equal(image, before)
    assert np.unique(grey_of(np.full((784, 1), -3.5), shown)).size == 1


def test_show_refuses_what_is_no_image(shown):
    for image, said in [
        *[(np.zeros(shape), r"\(784,\)") for shape in [(), (0,), (783,), (28, 28)]],
        (np.zeros((784, 2)), r"not \(784, 2\)\. One image of x is x\[:, 42\]"),
        (np.full(4, "1"), "real numbers"),
        (np.full(4, 1j), "real numbers"),
        ([0, 1, np.nan, 0], "finite"),
    ]:
        with pytest.raises(ValueError, match=said):
            show(image)
    assert not shown and not plt.get_fignums()
