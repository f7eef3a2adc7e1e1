"""`make lab`: JupyterLab as a student uses it, in a real browser.

One window on one copy of the project serves these tests, in their order; the recorded
notebooks stay as they are. Pictures are left in pytest's folder, to look at.
"""

import io
import shutil
from base64 import b64decode
from pathlib import Path

import matplotlib.image
import nbformat
import numpy as np
import pytest
from test_pad import DRAWINGS, Pad, probabilities

from deep import init_deep

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Copy what a student works with; the notebooks without their outputs."""
    folder = tmp_path_factory.mktemp("lab") / "project"
    (folder / "notebooks").mkdir(parents=True)
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        for cell in code_cells(notebook):
            cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / "notebooks" / path.name)
    for given in ["checks", "data", "tools"]:
        shutil.copytree(ROOT / given, folder / given)
    for module in [*ROOT.glob("*.py"), ROOT / "Makefile"]:
        shutil.copy(module, folder)
    return folder


def words(cell):
    """Return what a cell says, in the order in which it says it."""
    printed = "".join(out.text for out in cell.outputs if out.output_type == "stream")
    data = [out.data for out in cell.outputs if "data" in out]
    return printed, [one.get("text/markdown", "") for one in data]


def test_a_notebook_and_the_answers_are_open_side_by_side(lab, project):
    page = lab(project).page
    page.locator(".jp-NotebookPanel:visible .jp-CodeCell").first.wait_for()
    page.locator(".jp-FileEditor:visible .cm-line").first.wait_for()
    page.wait_for_timeout(3000)  # a pop-up would come late
    page.screenshot(path=project.parent / "opened.png")
    boxes = [
        page.locator(f"{kind}:visible").bounding_box()
        for kind in (".jp-NotebookPanel", ".jp-FileEditor")
    ]
    left, right = boxes
    assert left["x"] + left["width"] <= right["x"] + 1
    assert min(left["width"], right["width"]) > 350
    assert page.locator(".jp-Notification, .Toastify__toast, .jp-Dialog").count() == 0


def test_run_all_cells(lab, project):
    name = "02_activations.ipynb"  # one will do: pytest executes all of them anyway
    lab = lab(project)
    lab.open_notebook(f"notebooks/{name}")
    lab.run_all()
    notebook = lab.save_notebook(f"notebooks/{name}")
    lab.page.locator(".jp-Notebook img").last.scroll_into_view_if_needed()
    lab.page.screenshot(path=project.parent / f"{name}.png")

    recorded = nbformat.read(ROOT / "notebooks" / name, as_version=4)
    cells, expected = code_cells(notebook), code_cells(recorded)
    assert [cell.execution_count for cell in cells] == [*range(1, len(expected) + 1)]
    for cell, then in zip(cells, expected, strict=True):
        for output in cell.outputs:
            assert output.output_type != "error", output
            assert output.get("name") != "stderr", output
        assert words(cell) == words(then), cell.source


def test_the_pad_reads_what_is_drawn(lab, project):
    net = "from deep import init_deep\nfrom pad import show_pad\n"
    cell = nbformat.v4.new_code_cell(f"{net}show_pad(init_deep([784, 8, 10], rng=1))")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=kernel)
    nbformat.write(notebook, project / "pad.ipynb")
    lab = lab(project)
    lab.open_notebook("pad.ipynb")
    lab.run_all()
    one = Pad(lab.page)
    one.draw(DRAWINGS[0][1])
    expected = probabilities(one.drawing(), init_deep([784, 8, 10], rng=1))
    np.testing.assert_allclose(one.evaluate("result.y"), expected, atol=1e-3)
    lab.page.screenshot(path=project.parent / "pad.png")
    lab.page.keyboard.press("Escape")
    assert one.drawing() == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_pictures_bring_their_background(path):
    # A transparent one would have black letters on the dark theme's black.
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            if png := output.get("data", {}).get("image/png"):
                pixels = matplotlib.image.imread(io.BytesIO(b64decode(png)))
                assert pixels.shape[2] == 3 or (pixels[..., 3] == 1).all(), cell.source


def test_an_edited_answer_is_used_by_the_next_cell(lab, project):
    whole = nbformat.read(NOTEBOOKS[1], as_version=4)
    first = code_cells(whole)[0]
    whole.cells = [first, nbformat.v4.new_code_cell("print(relu(np.array([-3, 2])))")]
    nbformat.write(whole, project / "notebooks" / "edited.ipynb")
    lab = lab(project)
    lab.open_notebook("notebooks/edited.ipynb")
    lab.run_all()
    assert lab.run_cell("print(relu") == "[0 2]"

    lab.edit("shallow.py", "    return np.maximum(a, 0)", "    b = 7\n    return b * a")
    lab.page.screenshot(path=project.parent / "editor.png")
    lab.open_notebook("notebooks/edited.ipynb")
    assert lab.run_cell("print(relu") == "[-21  14]"
    lab.page.screenshot(path=project.parent / "edited.png")
    saved = lab.save_notebook("notebooks/edited.ipynb")
    assert saved.cells[1].outputs[0].text == "[-21  14]\n"
