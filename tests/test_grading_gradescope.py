"""The autograder for Gradescope, run in a bare folder as Gradescope runs it."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from handed_in import forget_mistakes

from checks.given import ASSIGNMENT
from checks.runner import read_source
from grading import gradescope, sandbox
from grading.invented_class import as_notebook
from grading.proof import REFERENCE, VARIANTS

# https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
SHOWN = {"score", "output", "output_format", "visibility"}
OF_ALL = SHOWN | {"tests", "execution_time", "stdout_visibility"}
OF_A_TEST = SHOWN | {"max_score", "status", "name", "number"}
USER = os.getuid() if os.name == "posix" else -1
SPY = f"""

def softmax(a):
    import os
    seen = []
    for place in ["source/shallow.py", "source/course", "results"]:
        path = os.path.join("AUTOGRADER", place)
        for see in (os.listdir, open, lambda path: open(f"{{path}}/results.json", "w")):
            try:
                see(path)
                seen.append(place)
            except OSError:
                pass
    raise ValueError(f"user {{'other' if os.getuid() != {USER} else 'same'}}, "
                     f"saw {{seen}}")
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return gradescope.build(tmp_path_factory.mktemp("zip") / "autograder.zip")


def python():
    """Return a Python that any user can run, with the packages of this one."""
    own = Path(sys.executable).resolve()
    system = shutil.which(f"python3.{sys.version_info[1]}", path="/usr/bin")
    for path in filter(None, [own, system and Path(system)]):
        if all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents):
            return str(path)
    return None


@pytest.fixture
def root():
    """Lay out the folders as Gradescope does; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        for name in ("source", "submission", "results"):
            (root / name).mkdir()
        yield root


def results(root):
    """Return what Gradescope shows, which has only what Gradescope knows."""
    found = json.loads((root / "results" / "results.json").read_text("utf-8"))
    assert {*found} <= OF_ALL and found["execution_time"] >= 0
    for test in found.get("tests", []):
        assert {*test} == OF_A_TEST
        assert test["score"] >= 0 and test["status"] in ("passed", "failed")
        assert (test["output_format"], test["visibility"]) == ("text", "visible")
    return found


def test_the_zip_is_small_complete_and_always_the_same(archive, tmp_path):
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
        modes = {m.filename: m.external_attr >> 16 for m in packed.infolist()}
        pins = packed.read("requirements.txt").decode()
    assert {"setup.sh", "run_autograder", "checks/judge.py"} <= set(names)
    assert modes["run_autograder"] == modes["setup.sh"] == 0o755
    assert not any("notebooks" in name or "tests" in name for name in names)
    assert pins.startswith("matplotlib==") and "\nnumpy==" in pins
    again = gradescope.build(tmp_path / "again.zip")
    assert again.read_bytes() == archive.read_bytes()


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_the_script_that_sets_it_up_is_bash():
    subprocess.run(["bash", "-n", gradescope.HERE / "setup.sh"], check=True)


def test_a_submission_sees_and_writes_nothing_of_the_autograder(archive, root):
    """Only root becomes another user; bubblewrap is tried where that cannot be done."""
    level = "user" if USER == 0 and python() else "bubblewrap"
    if level == "bubblewrap" and not shutil.which("bwrap"):
        pytest.skip("there is neither bubblewrap nor another user")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(root / "source")
    forget_mistakes(root / "source" / "course")
    source = (read_source(REFERENCE) + SPY).replace("AUTOGRADER", str(root))
    (root / "submission" / "shallow.py").write_text(source, encoding="utf-8")
    (root / "bin").mkdir()
    for command in ("bash", "mkdir", "chmod", "bwrap"):
        if command != "bwrap" or level == "bubblewrap":
            (root / "bin" / command).symlink_to(shutil.which(command))
    environment = {
        "AUTOGRADER": str(root),
        "PATH": str(root / "bin"),
        "PYTHON": python() if level == "user" else sys.executable,
        "PYTHONPATH": str(Path(np.__file__).parents[1]),
    }
    command = ["bash", root / "source" / "run_autograder"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = results(root)
    by_number = {test["number"]: test for test in found["tests"]}
    assert found["score"] == 55
    assert by_number["7"]["status"] == "failed"
    assert "user other, saw []" in by_number["7"]["output"]
    assert f"Sandbox: {level}." in found["output"]


def test_right_answers_in_another_style_have_all_points_with_bubblewrap(
    root, monkeypatch
):
    if not shutil.which("bwrap"):
        pytest.skip("there is no bubblewrap")
    monkeypatch.setattr("grading.judging.compile_course", lambda *a, **k: ASSIGNMENT)
    work = as_notebook(read_source(VARIANTS[0]))
    (root / "submission" / "work.ipynb").write_text(work, encoding="utf-8")
    gradescope.run(root)
    found = results(root)
    assert found["score"] == 65  # with the bonus
    assert {test["status"] for test in found["tests"]} == {"passed"}
    assert "Sandbox: bubblewrap." in found["output"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("shallow.py", "the submission cannot be kept from the judge's files"),
        ("hw.pdf", "no code was found in what you handed in (there is no shallow.py"),
    ],
)
def test_what_cannot_be_judged_has_no_score(name, reason, root, monkeypatch):
    monkeypatch.setattr(sandbox, "candidates", lambda level: [])
    (root / "submission" / name).write_text("def relu(a): return a")
    gradescope.run(root)
    assert not {"score", "tests"} & {*results(root)}
    said = f"This was not judged, which is no zero: {reason}"
    assert results(root)["output"].startswith(said)
