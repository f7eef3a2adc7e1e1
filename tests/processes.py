"""Other programs, as the tests start them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*command, cwd=ROOT, **options):
    """Run a program to its end; return its exit status and what it printed as text."""
    words = [str(word) for word in command]
    options = {"capture_output": True, "encoding": "utf-8", **options}
    return subprocess.run(words, cwd=cwd, **options)


def python(*arguments, **options):
    """Run this Python."""
    return run(sys.executable, *arguments, **options)
