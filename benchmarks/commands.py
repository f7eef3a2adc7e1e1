"""Run one of the project's commands, for which those wait who call it."""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.worker import ROOT, seconds

COMPETITORS = {
    "check": ("`python -m checks`", "checks"),
    "student": ("`python -m grading.student --to new`", "grading.student", "--to"),
}


def measure(name, repetition):
    """Time the command; what it writes is thrown away."""
    _, *arguments = COMPETITORS[name]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", *arguments]
        if arguments[-1] == "--to":
            command.append(Path(folder, "new"))
        settings = {"cwd": ROOT, "check": True, "stdout": subprocess.DEVNULL}
        return {"seconds": seconds(subprocess.run, command, **settings)}
