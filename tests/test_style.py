"""The style of all code, also in the notebooks, and the soundness of the workflows."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = [
    "ruff check --quiet .",
    "ruff format --check --quiet .",
    "zizmor --offline --strict-collection --quiet --no-progress .github",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_linters_find_nothing(command):
    name, *options = command.split()
    linter = shutil.which(name, path=sysconfig.get_path("scripts"))
    run = subprocess.run(
        [linter, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, f"\n{run.stdout}{run.stderr}"
