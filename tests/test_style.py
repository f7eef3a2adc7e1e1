"""The style of all code, also in the notebooks, and the soundness of the workflows."""

import shutil
import sysconfig

import pytest
from processes import run

COMMANDS = [
    "ruff check --quiet .",
    "ruff format --check --quiet .",
    "zizmor --offline --strict-collection --quiet --no-progress .github",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_linters_find_nothing(command):
    name, *options = command.split()
    done = run(shutil.which(name, path=sysconfig.get_path("scripts")), *options)
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"
