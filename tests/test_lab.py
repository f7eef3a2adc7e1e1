"""`make lab`: JupyterLab as a student uses it, in a real browser.

One window on one edition serves these tests, in their order.
"""

import nbformat
import numpy as np
import pytest
from nbformat import v4
from test_pad import DRAWINGS, Pad, probabilities

from checks.judge import NOT_ANSWERED, RIGHT
from grading.student import write_edition
from shallow import init_shallow

NOTEBOOK = "notebooks/02_activations.ipynb"


@pytest.fixture(scope="module")
def folder(files, tmp_path_factory):
    """Write what a student gets, with a notebook that draws a pad."""
    folder = tmp_path_factory.mktemp("lab") / "my work"
    write_edition(files, folder)
    source = "from pad import show_pad\nfrom shallow import init_shallow\n"
    source += "show_pad(init_shallow(784, 8, 10, rng=1))"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source)], metadata=kernel)
    nbformat.write(notebook, folder / "pad.ipynb")
    return folder


@pytest.fixture
def window(lab, folder):
    return lab(folder)


def test_a_notebook_and_the_answers_are_open_side_by_side(window):
    page = window.page
    page.locator(".jp-NotebookPanel:visible .jp-CodeCell").first.wait_for()
    page.locator(".jp-FileEditor:visible .cm-line").first.wait_for()
    left, right = [
        page.locator(f"{kind}:visible").bounding_box()
        for kind in (".jp-NotebookPanel", ".jp-FileEditor")
    ]
    assert left["x"] + left["width"] <= right["x"] + 1
    assert min(left["width"], right["width"]) > 350


def test_a_saved_answer_is_judged_and_used_by_the_next_cell(window):
    stub = '    raise NotImplementedError("Question 7: write softmax")'
    mistake = "    return np.exp(a - a.max()) / np.exp(a - a.max()).sum(axis=0)"
    right = "    y = shifted(a)\n    return y / y.sum(axis=0)\n\n\ndef shifted(a):\n"
    right += "    return np.exp(a - a.max(axis=0))"

    window.open_notebook(NOTEBOOK)
    window.run_cell("%load_ext autoreload")
    assert NOT_ANSWERED in window.run_cell("check(7)")
    window.edit("shallow.py", stub, mistake)
    window.open(NOTEBOOK)
    said = window.run_cell("check(7)")
    assert "wrong" in said and "You subtract the maximum of all of" in said
    window.edit("shallow.py", mistake, right)
    window.open(NOTEBOOK)
    said = window.run_cell("check(7)")
    assert said.startswith(f"Question 7 (softmax): {RIGHT}")
    assert "0.1667 0.3333 0.5000" in window.run_cell("equal scores")
    assert "y = shifted(a)" in window.run_cell("show_source(softmax)")
    saved = window.save_notebook(NOTEBOOK)
    outputs = [cell.outputs for cell in saved.cells if cell.source == "check(7)"]
    assert RIGHT in outputs[0][0].data["text/plain"]


def test_the_pad_reads_what_is_drawn(window):
    window.open_notebook("pad.ipynb")
    window.run_all()
    one = Pad(window.page)
    one.draw(DRAWINGS[0][1])
    expected = probabilities(one.drawing(), init_shallow(784, 8, 10, rng=1))
    np.testing.assert_allclose(one.evaluate("result.y"), expected, atol=1e-3)
    window.page.keyboard.press("Escape")
    assert one.drawing() == []


def test_no_news_popped_up_meanwhile(window):
    popped = window.page.locator(".jp-Notification, .Toastify__toast, .jp-Dialog")
    assert popped.count() == 0
