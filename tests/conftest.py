"""What tests share: the students' edition, a real browser, and JupyterLab in it.

A test in the browser has the marker ``browser``, and is skipped where the browser or
Playwright is missing.
"""

import functools
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from grading.student import EditionError, make_edition
from tools.browser import find_browser

# Where JupyterLab has settings of its own, and leaves the user's alone.
PRIVATE = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"]
PRIVATE += ["JUPYTERLAB_SETTINGS_DIR", "IPYTHONDIR"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the tests that need a browser, before pytest deselects some by marks."""
    for item in items:
        if "executable" in getattr(item, "fixturenames", []):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def made():
    """Make the students' edition; return its files, or why there can be none."""
    try:
        return make_edition()
    except EditionError as error:
        return error


@pytest.fixture(scope="session")
def files(made):
    """Return the edition's files; where there is none, one test alone fails."""
    if isinstance(made, EditionError):
        pytest.skip(f"there is no edition: {made}")
    return made


@pytest.fixture(scope="session")
def executable():
    """Return the command of the installed browser."""
    return find_browser() or pytest.skip("no Chromium, Chrome or Edge is installed")


@pytest.fixture(scope="module")
def chromium(executable):
    """Start the browser, for Playwright; for one file: other tests need its thread."""
    reason = "Playwright is not installed: make test BROWSER=1"
    api = pytest.importorskip("playwright.sync_api", reason=reason)
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """Open an empty page, with no cookies and no storage."""
    page = chromium.new_page(viewport={"width": 1300, "height": 1000})
    yield page
    page.close()


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """Return a function that opens JupyterLab on a folder, once, and returns a `Lab`.

    It is started as by `make lab` in that folder, with none of the user's own settings.
    """
    processes = []

    @functools.cache
    def open_lab(folder):
        private = tmp_path_factory.mktemp("jupyter")
        processes.append(start_server(folder, private))
        told = wait_for_server(processes[-1], private)
        page = chromium.new_page(viewport={"width": 1300, "height": 1000})
        page.set_default_timeout(60_000)
        page.goto(f"{told['url']}lab?token={told['token']}")
        return Lab(page, folder)

    yield open_lab
    for process in processes:
        process.terminate()
        process.wait(timeout=60)


def start_server(folder, private):
    """Start JupyterLab as the Makefile of the folder does."""
    makefile = (folder / "Makefile").read_text("utf-8")
    assert "\t@$(python) -m tools.lab\n" in makefile
    command = [sys.executable, "-m", "tools.lab"]
    command += ["--no-browser", "--ServerApp.port=0"]
    environment = os.environ | {name: str(private / name) for name in PRIVATE}
    environment["PYTHONPATH"] = str(folder)  # its own modules, not those of .venv
    environment.pop("MPLBACKEND", None)
    with open(private / "log", "wb") as log:
        return subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log
        )


def wait_for_server(process, private):
    """Return the address and the token of the server once it answers."""
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        for path in (private / "JUPYTER_RUNTIME_DIR").glob("jpserver-*.json"):
            try:
                told = json.loads(path.read_text("utf-8"))
                with urllib.request.urlopen(told["url"] + "api", timeout=10):
                    return told
            except (ValueError, OSError):
                pass  # not yet written, not yet listening
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{(private / 'log').read_text('utf-8')}")


class Lab:
    """JupyterLab in a page, used as a student uses it: with mouse and keyboard.

    Attributes
    ----------
    page : playwright.sync_api.Page
        The page, to look for more and to take a screenshot.
    folder : Path
        The folder that is open.
    """

    def __init__(self, page, folder):
        self.page = page
        self.folder = folder

    @property
    def cells(self):
        """The code cells of the notebook in front."""
        return self.page.locator(".jp-NotebookPanel:visible .jp-CodeCell")

    def choose(self, menu, item):
        """Choose an item of a menu."""
        self.page.locator(".lm-MenuBar-item", has_text=menu).click()
        self.page.locator(".lm-Menu-item", has_text=item).first.click()

    def open(self, path):
        """Open a file, by its path in the folder, or bring it to the front."""
        self.choose("File", "Open from Path")
        self.page.locator(".jp-Dialog input").fill(path)
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        name = Path(path).name
        tab = self.page.locator(".lm-TabBar-tab.jp-mod-current", has_text=name)
        tab.wait_for()

    def open_notebook(self, path):
        """Open a notebook, and wait until its kernel is there."""
        self.open(path)
        self.cells.first.wait_for()
        self.page.locator("#jp-main-statusbar", has_text="| Idle").wait_for()

    def run_cell(self, text):
        """Run the first cell with this text in it, and return what it then says."""
        cell = self.cells.filter(has_text=text).first
        cell.locator(".cm-line").first.click()
        number = cell.locator(".jp-InputPrompt")
        before = number.inner_text()
        self.choose("Run", "Run Selected Cell")
        end = time.monotonic() + 60
        while number.inner_text() in [before, "[*]:"]:
            assert time.monotonic() < end, f"not run in a minute: {text}"
            self.page.wait_for_timeout(100)
        said = cell.locator(".jp-OutputArea-output").all_inner_texts()
        return "\n".join(said).strip()

    def edit(self, path, old, new):
        """Open a text file, put a new line in the place of an old one, and save it."""
        text = (self.folder / path).read_text("utf-8")
        self.open(path)
        self.page.locator(".jp-FileEditor:visible .cm-line").first.click()
        self.choose("Edit", "Go to Line")
        number = self.page.locator(".jp-FileEditor:visible .cm-panel input")
        number.fill(str(text.splitlines().index(old) + 1))
        number.press("Enter")
        # Twice each: the first stops at the end of a row, where a line is wrapped.
        for key in ["Home", "Home", "Shift+End", "Shift+End"]:
            self.page.keyboard.press(key)
        assert self.page.evaluate("getSelection().toString()") == old
        self.page.keyboard.insert_text(new)
        self.save(path)
        assert (self.folder / path).read_text("utf-8") == text.replace(old, new, 1)

    def save(self, path):
        """Save the file in front, and wait until it is on the disk."""
        file = self.folder / path
        before = file.stat().st_mtime_ns
        self.page.keyboard.press("ControlOrMeta+s")
        end = time.monotonic() + 60
        while file.stat().st_mtime_ns == before:
            assert time.monotonic() < end, f"not saved: {path}"
            self.page.wait_for_timeout(100)
        # It has changed; it is whole once JupyterLab has been told so.
        self.page.locator(".jp-mod-current.jp-mod-dirty").wait_for(state="detached")

    def save_notebook(self, path):
        """Save the notebook in front, and return what is on the disk then."""
        self.save(path)
        return nbformat.read(self.folder / path, as_version=4)
