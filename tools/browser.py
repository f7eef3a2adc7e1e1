"""Chromium, Chrome or Edge, as it is installed already: found, and told to print."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

COMMANDS = (
    "chromium chromium-browser google-chrome google-chrome-stable chrome "
    "microsoft-edge msedge"
).split()
APPLICATIONS = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
    r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
]
MISSING = """No Chromium, Chrome or Edge was found, and the PDF needs one. Get one:
    Debian, Ubuntu   sudo apt install chromium
    Fedora           sudo dnf install chromium
    macOS            brew install --cask google-chrome
    others           https://www.google.com/chrome/
If it is in an unusual place, say where: make CHROME=/path/to/chrome ..."""
FAILED = """{} has printed nothing: {}
It must be version 131 or newer. To use another: make CHROME=/path/to/chrome ..."""
OPTIONS = [
    "--headless=new",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--generate-pdf-document-outline",
    "--no-pdf-header-footer",
]
TIMEOUT = 300  # seconds


class BrowserError(OSError):
    """There is no browser, or it has printed nothing."""


def find_browser():
    """Return the command of an installed browser, None if there is none.

    The variable CHROME of the environment goes first.
    """
    for command in [os.environ.get("CHROME"), *COMMANDS]:
        found = command and shutil.which(command)
        if found:
            return found
    paths = [os.path.expandvars(path) for path in APPLICATIONS]
    return next((path for path in paths if os.path.isfile(path)), None)


def print_pdf(html, target):
    """Print a page into a file, with an outline of its headings.

    The browser runs without a window and with an empty profile of its own. A file that
    is there already is replaced once the new one is whole. It is an OSError if that
    fails; a `BrowserError` says what to do.
    """
    executable = find_browser()
    if executable is None:
        raise BrowserError(MISSING)
    target.parent.mkdir(parents=True, exist_ok=True)
    place = {"dir": target.parent, "ignore_cleanup_errors": True}
    with tempfile.TemporaryDirectory(**place) as folder:
        source, printed = Path(folder, "print.html"), Path(folder, "print.pdf")
        log = Path(folder, "log")
        source.write_text(html, encoding="utf-8", newline="\n")
        command = [
            executable,
            *OPTIONS,
            f"--user-data-dir={Path(folder, 'profile')}",
            f"--print-to-pdf={printed}",
            source.as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # it refuses to start as root otherwise
        with open(log, "wb") as told:  # a pipe would stay open with what it leaves
            try:
                subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=told,
                    stderr=told,
                    timeout=TIMEOUT,
                )
            except subprocess.TimeoutExpired:
                told.write(f"stopped after {TIMEOUT} seconds".encode())
        if not printed.exists():  # the browser's return code is 0 all the same
            said = log.read_text(encoding="utf-8", errors="replace").strip()
            raise BrowserError(FAILED.format(executable, said.rpartition("\n")[2]))
        printed.replace(target)
