"""The autograder for Gradescope, run in a bare folder as Gradescope runs it."""

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from checks.given import CODED
from checks.runner import read_source
from grading import gradescope
from grading.proof import REFERENCE

# https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
FORMATS = ["text", "html", "simple_format", "md", "ansi"]
SEEN = ["hidden", "after_due_date", "after_published", "visible"]
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["tests", "score", "execution_time"],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number", "maximum": 120},
        "output": {"type": "string"},
        "output_format": {"enum": FORMATS},
        "visibility": {"enum": SEEN},
        "stdout_visibility": {"enum": SEEN},
        "tests": {
            "type": "array",
            "minItems": len(CODED),
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["score", "max_score", "status", "name", "number"],
                "properties": {
                    "score": {"type": "number", "minimum": 0},
                    "max_score": {"type": "number", "minimum": 0},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": {"enum": FORMATS},
                    "visibility": {"enum": SEEN},
                },
            },
        },
    },
}
USER = os.getuid() if os.name == "posix" else -1
SPY = f"""

def softmax(a):
    import os
    seen = []
    for place in ["source/shallow.py", "source/checks/seed1.json", "results"]:
        path = os.path.join("AUTOGRADER", place)
        for see in (os.listdir, open):
            try:
                see(path)
                seen.append(place)
            except OSError:
                pass
    try:
        open(os.path.join("AUTOGRADER", "results", "results.json"), "w")
        seen.append("written")
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


def graded(archive, tmp_path, source, level):
    """Lay out the folders as Gradescope does, run, and return the results."""
    root = tmp_path / "autograder"
    for folder in ("source", "submission", "results"):
        (root / folder).mkdir(parents=True)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(root / "source")
    shutil.copy(root / "source" / "run_autograder", root)
    source = source.replace("AUTOGRADER", str(root))
    (root / "submission" / "shallow.py").write_text(source, encoding="utf-8")
    for folder in [*root.parents, root]:  # pytest's own folders are closed to others
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o755)
    path = "/usr/bin:/bin" if level == "bubblewrap" else str(tmp_path / "bin")
    if level == "user":  # where there is no bubblewrap
        (tmp_path / "bin").mkdir()
        for command in ("bash", "mkdir", "chmod"):
            (tmp_path / "bin" / command).symlink_to(shutil.which(command))
    done = subprocess.run(
        ["bash", root / "run_autograder"],
        env={
            "AUTOGRADER": str(root),
            "PATH": path,
            "PYTHON": python() if level == "user" else sys.executable,
            "PYTHONPATH": str(Path(np.__file__).parents[1]),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((root / "results" / "results.json").read_text())
    jsonschema.validate(found, SCHEMA)
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
@pytest.mark.parametrize("name", ["setup.sh", "run_autograder"])
def test_the_scripts_are_bash(name):
    subprocess.run(["bash", "-n", gradescope.HERE / name], check=True)


@pytest.mark.skipif(
    not shutil.which("bwrap", path="/usr/bin:/bin"), reason="there is no bubblewrap"
)
def test_right_answers_have_all_points_with_bubblewrap(archive, tmp_path):
    found = graded(archive, tmp_path, read_source(REFERENCE), "bubblewrap")
    assert found["score"] == 60
    assert {test["status"] for test in found["tests"]} == {"passed"}
    assert "Sandbox: bubblewrap." in found["output"]


@pytest.mark.skipif(
    USER != 0 or not python(),
    reason="only root becomes another user, and that user needs a Python",
)
def test_without_bubblewrap_another_user_sees_and_writes_nothing(archive, tmp_path):
    found = graded(archive, tmp_path, read_source(REFERENCE) + SPY, "user")
    by_number = {test["number"]: test for test in found["tests"]}
    assert found["score"] == 55
    assert by_number["7"]["status"] == "failed"
    assert "user other, saw []" in by_number["7"]["output"]
    assert "Sandbox: user." in found["output"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("shallow.py", "the submission cannot be kept from the judge's files"),
        ("hw.pdf", "no code was found in what you handed in (there is no shallow.py"),
    ],
)
def test_what_cannot_be_judged_has_no_score(name, reason, tmp_path, monkeypatch):
    monkeypatch.setattr(gradescope.sandbox, "candidates", lambda level: [])
    for folder in ("submission", "results"):
        (tmp_path / folder).mkdir()
    (tmp_path / "submission" / name).write_text("def relu(a): return a")
    gradescope.run(tmp_path)
    found = json.loads((tmp_path / "results" / "results.json").read_text())
    assert {*found} == {"output", "execution_time"}
    said = f"This was not judged, which is no zero: {reason}"
    assert found["output"].startswith(said)
