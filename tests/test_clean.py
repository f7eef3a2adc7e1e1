"""`make clean` removes what the targets make, and nothing else."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MADE = [
    ".venv/ready",
    "build/html/index.html",
    "build/bench/results.json",
    "mnist_from_scratch.egg-info/PKG-INFO",
    ".pytest_cache/README.md",
    ".ruff_cache/CACHEDIR.TAG",
    "__pycache__/shallow.cpython-311.pyc",
    "tests/__pycache__/test_clean.cpython-311.pyc",
    "tools/__pycache__/pages.cpython-311.pyc",
    ".ipynb_checkpoints/README-checkpoint.md",
    "notebooks/.ipynb_checkpoints/01_data-checkpoint.ipynb",
]
OWN = [
    "shallow.py",
    "deep.py",
    "notes.txt",
    "notebooks/01_data.ipynb",
    "notebooks/mine.ipynb",
    "notebooks/build/drawing.png",
    "data/train-images-idx3-ubyte.gz",
    "my.venv/ready",
]


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_clean_removes_what_was_made_and_nothing_else(tmp_path):
    for name in MADE + OWN:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    shutil.copy(ROOT / "Makefile", tmp_path)
    environment = {k: v for k, v in os.environ.items() if k != "MAKEFLAGS"}
    subprocess.run(
        ["make", "clean"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
    )
    left = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {tmp_path / name for name in [*OWN, "Makefile"]}
