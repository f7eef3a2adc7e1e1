"""`make run` and `make record` on small notebooks: what they write and tell."""

import os
import shutil
import sys

import nbformat
import pytest
from processes import ROOT, python

from tools import execute


@pytest.fixture
def run(tmp_path):
    """Return a function that executes notebooks, given by the source of their cell."""
    for name in ("execute", "files", "rounding"):
        (tmp_path / "tools").mkdir(exist_ok=True)
        shutil.copy(ROOT / "tools" / f"{name}.py", tmp_path / "tools")
    (tmp_path / "notebooks").mkdir()

    def run(*arguments, **sources):
        for name, source in sources.items():
            cells = [nbformat.v4.new_code_cell(source)]
            notebook = nbformat.v4.new_notebook(cells=cells)
            nbformat.write(notebook, tmp_path / "notebooks" / f"{name[1:]}.ipynb")
        return python(
            *("-m", "tools.execute", *arguments),
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            timeout=50,  # less than a notebook sleeps
        )

    return run


def outputs(path):
    [cell] = nbformat.read(path, as_version=4).cells
    return cell.outputs


def test_they_are_executed_and_the_final_testing_error_is_told(run, tmp_path):
    done = run(_01="1 + 1", _02="print('Final testing error: 5 %')")
    lines = done.stdout.splitlines()
    told = [line.partition(" ... ")[0] for line in lines[:2]]
    assert told == ["01.ipynb", "02.ipynb"]
    assert lines[2:] == [
        "Executed notebooks and HTML pages: build/",
        "Final testing error: 5 %",
    ]
    assert done.returncode == 0, done.stderr  # a kernel that ends may say something
    assert outputs(tmp_path / "build" / "01.ipynb")[0].data["text/plain"] == "2"
    assert "<html" in (tmp_path / "build" / "01.html").read_text("utf-8")
    assert outputs(tmp_path / "notebooks" / "01.ipynb") == []


def test_a_name_that_no_notebook_has_is_told(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["execute", "--in-place", "7"])
    with pytest.raises(SystemExit, match=r"has such a name: \['7'\]"):
        execute.main()


def test_some_are_recorded_in_place_and_a_failure_is_told_and_ends_the_others(
    run, tmp_path
):
    sleep = "import time\ntime.sleep(60)"
    sources = {"_01": "1 + 1", "_02": "1 / 0", "_03": sleep, "_04": "1 + 2"}
    done = run("--in-place", "01", "02", "03", **sources)
    assert done.returncode == 1
    assert "02.ipynb failed in cell [1] (1 / 0)\n    ZeroDivisionError" in done.stderr
    assert "Executed so far: build/02.ipynb" in done.stderr
    assert [path.name for path in tmp_path.glob("build/*")] == ["02.ipynb"]
    assert outputs(tmp_path / "build" / "02.ipynb")[0].ename == "ZeroDivisionError"
    recorded = [outputs(path) for path in sorted(tmp_path.glob("notebooks/*"))]
    assert recorded[0][0].data["text/plain"] == "2"
    assert recorded[1:] == [[], [], []]
