"""Run one of the project's commands, for which those wait who call it."""

import subprocess
import sys
import tempfile

from benchmarks.worker import seconds

COMPETITORS = ["python -m checks", "python -m grading.student --to new"]


def measure(name, repetition):
    """Time the command; what it writes is thrown away."""
    command = [sys.executable, *name.split()[1:]]
    with tempfile.TemporaryDirectory() as folder:
        settings = {"cwd": folder, "check": True, "stdout": subprocess.DEVNULL}
        return {"seconds": seconds(subprocess.run, command, **settings)}
