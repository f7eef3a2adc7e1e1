"""What measurements and checks run on: the processor, and environments made by uv."""

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = "Scripts" if os.name == "nt" else "bin"
UV = ROOT / "build" / "uv" / BIN / "uv"  # `make` installs it there
PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))


def processor():
    """Return the name of this machine's processor, as its maker gives it."""
    told = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", told.read_text() if told.exists() else "")
    return found[1] if found else platform.processor() or platform.machine()


def python_of(folder):
    """Return the path of the Python in a virtual environment."""
    return Path(folder) / BIN / "python"


def uv(*arguments):
    """Run uv, in the project's root; return why it failed, in one line, if it did.

    It sees every installed Python, those of pyenv too, and downloads none. Packages
    come from where pip's variables say, if uv's own say nothing.
    """
    environ = {
        f"UV_{name}": os.environ[f"PIP_{name}"]
        for name in ["INDEX_URL", "EXTRA_INDEX_URL", "FIND_LINKS"]
        if f"PIP_{name}" in os.environ
    }
    environ |= os.environ
    environ["PATH"] = os.pathsep.join(
        [os.environ["PATH"], *map(str, PYENV.glob("versions/*/bin"))]
    )
    run = subprocess.run(
        [UV, *arguments, "--quiet", "--no-python-downloads"],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env=environ,
    )
    if run.returncode == 0:
        return None
    reason = re.search(r"(error:|×).*", run.stderr, re.S)
    return " ".join((reason[0] if reason else run.stderr).split()) or "uv failed"


def environment(folder, python, *steps):
    """Make a virtual environment anew; return what failed, if something did.

    The Python is a path, or a version such as 3.12. The steps are what to install, as
    arguments of ``uv pip install``; a later one may replace what an earlier one has
    installed.
    """
    print(f"Setting up {folder.relative_to(ROOT)}", file=sys.stderr)
    failure = uv("venv", "--clear", "--python", python, folder)
    for step in steps:
        failure = failure or install(folder, *step)
    return failure


def install(folder, *arguments):
    """Install into a virtual environment; return what failed, as `environment` does."""
    return uv("pip", "install", "--python", python_of(folder), *arguments)
