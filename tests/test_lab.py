"""`make lab`: JupyterLab as a student uses it, in a real browser.

It works on a copy of the project, so the recorded notebooks stay as they are. A picture
of each window is left in pytest's folder for temporary files, to look at.
"""

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
from base64 import b64decode
from pathlib import Path

import matplotlib.image
import nbformat
import pytest
from browser import Browser, find_browser

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PATIENCE = 600  # seconds: for the longest notebook on a slow computer
CELLS = "[...document.querySelectorAll('.jp-Notebook .jp-CodeCell')]"
ALL_FINISHED = rf"""{CELLS}.length && {CELLS}.every(cell =>
    /^\[\d+\]:$/.test(cell.querySelector('.jp-InputPrompt').textContent))"""

pytestmark = pytest.mark.skipif(
    find_browser() is None, reason="no Chromium, Chrome or Edge is installed"
)


def lab_options():
    """Return the options that `make lab` gives to JupyterLab."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    [options] = re.findall(r"^\t@\$\(python\) -m jupyterlab (.*)", makefile, re.M)
    return shlex.split(options)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture
def project(tmp_path):
    """Copy what a student works with; the notebooks without their outputs."""
    folder = tmp_path / "project"
    (folder / "notebooks").mkdir(parents=True)
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        for cell in code_cells(notebook):
            cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / "notebooks" / path.name)
    shutil.copytree(ROOT / "data", folder / "data")
    for module in ROOT.glob("*.py"):
        shutil.copy(module, folder)
    return folder


@pytest.fixture
def server(project):
    """Start JupyterLab with the dark theme and with none of the user's own settings."""
    private = project.parent
    theme = (
        private / "settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    )
    theme.parent.mkdir(parents=True)
    theme.write_text(json.dumps({"theme": "JupyterLab Dark"}))
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(private / "config"),
        "JUPYTER_DATA_DIR": str(private / "data"),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(private / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces"),
        "IPYTHONDIR": str(private / "ipython"),
        "PYTHONPATH": str(project),  # the modules of the copy, not those of .venv
    }
    environment.pop("MPLBACKEND", None)
    options = [*lab_options(), "--no-browser", "--ServerApp.port=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    with open(private / "log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=project,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        yield wait_for_server(process, private)
    finally:
        process.terminate()
        process.wait(timeout=60)


def wait_for_server(process, private):
    """Return the address and the token of the server once it answers."""
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        for path in (private / "runtime").glob("jpserver-*.json"):
            try:
                told = json.loads(path.read_text("utf-8"))
                with urllib.request.urlopen(told["url"] + "api", timeout=10):
                    return told
            except (ValueError, OSError):
                pass  # not yet written, not yet listening
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{(private / 'log').read_text('utf-8')}")


@pytest.fixture
def browser():
    with Browser(find_browser()) as browser:
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            width=1300,
            height=1000,
            deviceScaleFactor=1,
            mobile=False,
        )
        yield browser


def open_notebook(browser, server, name):
    """Open a notebook and wait until its kernel is there."""
    browser.open(f"{server['url']}lab/tree/notebooks/{name}?token={server['token']}")
    browser.wait_for(f"{CELLS}.length", timeout=120)
    browser.click(
        ".jp-Notebook .jp-CodeCell .cm-line"
    )  # the status bar tells of it now
    browser.wait_for("document.body.innerText.includes('| Idle')", timeout=120)


def choose(browser, menu, item):
    """Choose an item of a menu, with the mouse."""
    browser.click(".lm-MenuBar-item", menu)
    browser.click(".lm-Menu-item", item)


def save(browser, path):
    """Save the notebook, and read what is on the disk then."""
    before = path.stat().st_mtime_ns
    choose(browser, "File", "Save Notebook")
    end = time.monotonic() + 60
    while path.stat().st_mtime_ns == before and time.monotonic() < end:
        time.sleep(0.2)
    return nbformat.read(path, as_version=4)


def words(cell):
    """Return what a cell says, in the order in which it says it."""
    printed = "".join(out.text for out in cell.outputs if out.output_type == "stream")
    data = [out.data for out in cell.outputs if "data" in out]
    return printed, [one.get("text/markdown", "") for one in data]


@pytest.mark.parametrize("name", [path.name for path in NOTEBOOKS])
def test_run_all_cells(server, project, browser, name):
    open_notebook(browser, server, name)
    choose(browser, "Run", "Run All Cells")
    browser.wait_for(ALL_FINISHED, timeout=PATIENCE)
    notebook = save(browser, project / "notebooks" / name)
    browser.evaluate(
        "[...document.querySelectorAll('.jp-Notebook img')].at(-1)"
        ".scrollIntoView({block: 'center'})"
    )
    browser.screenshot(project.parent / f"{name}.png")

    recorded = nbformat.read(ROOT / "notebooks" / name, as_version=4)
    cells, expected = code_cells(notebook), code_cells(recorded)
    assert [cell.execution_count for cell in cells] == [*range(1, len(expected) + 1)]
    for cell, then in zip(cells, expected, strict=True):
        for output in cell.outputs:
            assert output.output_type != "error", output
            assert output.get("name") != "stderr", output
        assert words(cell) == words(then), cell.source


def test_an_edited_answer_is_used_by_the_next_cell(server, project, browser):
    whole = nbformat.read(NOTEBOOKS[1], as_version=4)
    first = code_cells(whole)[0]
    whole.cells = [first, nbformat.v4.new_code_cell("print(relu(np.array([-3, 2])))")]
    path = project / "notebooks" / "edited.ipynb"
    nbformat.write(whole, path)
    open_notebook(browser, server, path.name)
    choose(browser, "Run", "Run All Cells")
    browser.wait_for(ALL_FINISHED)
    assert save(browser, path).cells[1].outputs[0].text == "[0 2]\n"

    answers = project / "shallow.py"
    source = answers.read_text("utf-8")
    answers.write_text(
        source.replace(
            "def relu(a):", "def relu(a):\n    return 7 * a\n\n\ndef old(a):"
        ),
        "utf-8",
    )
    browser.click(".jp-Notebook .jp-CodeCell .cm-line", "print(relu")
    choose(browser, "Run", "Run Selected Cell")
    browser.wait_for(f"{CELLS}[1].textContent.includes('[3]:')")
    browser.screenshot(project.parent / "edited.png")
    assert save(browser, path).cells[1].outputs[0].text == "[-21  14]\n"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_pictures_bring_their_background(path):
    # A transparent one would have black letters on the dark theme's black.
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            if png := output.get("data", {}).get("image/png"):
                pixels = matplotlib.image.imread(io.BytesIO(b64decode(png)))
                assert pixels.shape[2] == 3 or (pixels[..., 3] == 1).all(), cell.source
