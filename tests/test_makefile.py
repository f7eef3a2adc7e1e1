"""The Makefiles: what `make clean` removes, and on how many threads all runs."""

import os
import shutil

import pytest
from processes import ROOT, run

MADE = [
    ".venv/ready",
    "build/html/index.html",
    "mnist_from_scratch.egg-info/PKG-INFO",
    ".pytest_cache/README.md",
    ".ruff_cache/CACHEDIR.TAG",
    "__pycache__/shallow.cpython-311.pyc",
    "tests/__pycache__/test_lab.cpython-311.pyc",
    "notebooks/.ipynb_checkpoints/01_data-checkpoint.ipynb",
]
OWN = ["shallow.py", "notebooks/mine.ipynb", "notebooks/build/drawing.png"]
OWN += ["data/train-images-idx3-ubyte.gz", "my.venv/ready"]


pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
OUTSIDE = {  # of the `make` that runs these tests
    name: value
    for name, value in os.environ.items()
    if name not in ("MAKEFLAGS", "OMP_NUM_THREADS", "BROWSER")
}


def test_clean_removes_what_was_made_and_nothing_else(tmp_path):
    for name in MADE + OWN:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    shutil.copy(ROOT / "Makefile", tmp_path)
    run("make", "clean", cwd=tmp_path, env=OUTSIDE, check=True)
    left = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {tmp_path / name for name in [*OWN, "Makefile"]}


def test_trainings_do_not_wait_for_each_others_threads(tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho threads: $OMP_NUM_THREADS\n")
    python.chmod(0o755)
    for makefile, *targets in [
        ("Makefile", "run", "test", "lab", "record"),
        ("grading/handout/Makefile", "lab"),
    ]:
        shutil.copy(ROOT / makefile, tmp_path)
        for target in targets:
            # As if .venv were there, and the number of threads were Python's work.
            words = ["--silent", "-o", ".venv/ready", target, f"python={python}"]
            for environment, threads in [({}, "1"), ({"OMP_NUM_THREADS": "3"}, "3")]:
                done = run("make", *words, cwd=tmp_path, env=OUTSIDE | environment)
                assert done.stdout == f"threads: {threads}\n", target


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such links")
def test_the_environment_of_another_project_is_not_emptied(tmp_path):
    other = tmp_path / "other" / ".venv" / "pyvenv.cfg"
    other.parent.mkdir(parents=True)
    other.write_text("theirs")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / ".venv").symlink_to(other.parent)
    done = run("sh", ROOT / "tools" / "setup.sh", cwd=tmp_path / "mine", env=OUTSIDE)
    assert done.returncode == 1 and "remove the link (rm .venv)" in done.stderr
    assert other.read_text() == "theirs"
