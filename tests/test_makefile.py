"""The Makefiles: what `make clean` removes, and what they hand on to Python."""

import os
import shutil

import pytest
from processes import ROOT, run

MADE = [".venv/ready", "build/html/index.html", "mnist_from_scratch.egg-info/PKG-INFO"]
MADE += [".pytest_cache/README.md", ".ruff_cache/CACHEDIR.TAG"]
MADE += ["__pycache__/shallow.cpython-311.pyc", "tests/__pycache__/test_lab.pyc"]
MADE += ["notebooks/.ipynb_checkpoints/01_data-checkpoint.ipynb"]
OWN = ["shallow.py", "notebooks/mine.ipynb", "notebooks/build/drawing.png"]
OWN += ["data/train-images-idx3-ubyte.gz", "my.venv/ready"]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
needs_a_shell = pytest.mark.skipif(
    os.name == "nt", reason="the stand-in for Python is a shell script"
)
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


@pytest.fixture
def say(tmp_path):
    """Return a function that runs `make` with a shell script in the place of Python."""

    def say(script, *words, makefile="Makefile", **environment):
        shutil.copy(ROOT / makefile, tmp_path)
        python = tmp_path / "python"
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)
        # As if .venv were there, and the number of threads were Python's work.
        command = "make", "--silent", "-o", ".venv/ready", *words, f"python={python}"
        return run(*command, cwd=tmp_path, env=OUTSIDE | environment).stdout

    return say


@needs_a_shell
def test_trainings_do_not_wait_for_each_others_threads(say):
    handout = "grading/handout/Makefile"
    for makefile, targets in [("Makefile", "run test lab record"), (handout, "lab")]:
        for target in targets.split():
            for environment, threads in [({}, "1"), ({"OMP_NUM_THREADS": "3"}, "3")]:
                words = "echo $OMP_NUM_THREADS", target
                said = say(*words, makefile=makefile, **environment)
                assert said == f"{threads}\n", target


@needs_a_shell
def test_options_are_passed_on(say):
    script = 'printf "%s|%s" "$STUDENT_NAME" "$STUDENT_ID"'
    for name in ["", "a $(b) ${c} `d` \\ ; e 'f' \"g\" ü"]:
        told = "pdf", "ID=A-1#2 'x'", *[f"NAME={name}"] * bool(name)
        assert say(script, *told, NAME="of-this-computer") == f"{name}|A-1#2 'x'"
    options = "SUBMISSIONS=my class", "JOBS=3", "CANVAS=a b.csv"
    said = say('printf "%s|" "$@"', "grade", *options)
    assert said.startswith("-m|grading.grade|my class|")
    assert "|--jobs|3|" in said and "|--canvas|a b.csv|" in said


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
