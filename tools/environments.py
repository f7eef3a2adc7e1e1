"""What measurements and checks run on: the processor, environments of their own."""

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = "Scripts" if os.name == "nt" else "bin"


def processor():
    """Return the name of this machine's processor, as its maker gives it."""
    told = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", told.read_text() if told.exists() else "")
    return found[1] if found else platform.processor() or platform.machine()


def python_of(folder):
    """Return the path of the Python in a virtual environment."""
    return Path(folder) / BIN / "python"


def install(folder, *arguments):
    """Have pip install into a virtual environment.

    Returns
    -------
    None or str
        The last line of pip's complaints, if it failed.
    """
    pip = [python_of(folder), "-m", "pip", "install", "--quiet"]
    run = subprocess.run(
        [*pip, "--disable-pip-version-check", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    if run.returncode == 0:
        return None
    return (run.stderr.strip().splitlines() or ["pip failed"])[-1]


def environment(folder, *arguments, python=sys.executable):
    """Make a virtual environment with some packages, unless it is there already.

    Parameters
    ----------
    folder : pathlib.Path
        Where it is, or will be.
    *arguments : str
        What pip is to install; files among them count with their contents.
    python : str or path-like
        The Python to make it with.

    Returns
    -------
    None or str
        What failed, if something did.
    """
    files = [ROOT / name for name in arguments if name.endswith(".txt")]
    wanted = "\n".join(
        [str(folder), str(python), *arguments, *(file.read_text() for file in files)]
    )
    done = folder / "installed.txt"
    if done.exists() and done.read_text() == wanted:
        return None
    print(f"Setting up {folder.relative_to(ROOT)}", file=sys.stderr)
    made = subprocess.run(
        [python, "-m", "venv", "--clear", folder], capture_output=True, text=True
    )
    if made.returncode:
        return f"no virtual environment: {(made.stdout + made.stderr).strip()}"
    failure = install(folder, *arguments)
    if failure is None:
        done.write_text(wanted)
    return failure
