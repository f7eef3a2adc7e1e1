"""`make lab`: JupyterLab as a student uses it, in a real browser.

One window on one edition serves these tests, in their order.
"""

import numpy as np
import pytest
from test_pad import DRAWINGS, Pad, networks, probabilities, recorded_pads

from checks.judge import NOT_ANSWERED, RIGHT
from grading.student import write_edition

NOTEBOOK = "notebooks/02_activations.ipynb"


@pytest.fixture(scope="module")
def folder(files, tmp_path_factory):
    """Write what a student gets."""
    folder = tmp_path_factory.mktemp("lab") / "my work"
    write_edition(files, folder)
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


def test_the_pad_on_the_first_page_reads_what_is_drawn_before_anything_runs(window):
    one = Pad(window.page)
    one.draw(DRAWINGS[0][1])
    [net] = networks(recorded_pads()[0][0])
    expected = probabilities(one.drawing(), net)
    np.testing.assert_allclose(one.evaluate("result.y"), expected, atol=1e-3)
    window.page.keyboard.press("Escape")
    assert one.drawing() == []


def test_figures_do_not_glare_in_the_dark(window):
    window.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    figure = window.page.locator(".jp-RenderedImage img").first
    assert figure.evaluate("it => getComputedStyle(it).filter") == "brightness(0.78)"
    window.page.evaluate("document.body.dataset.jpThemeLight = 'true'")


def test_a_saved_answer_is_judged_and_used_by_the_next_cell(window):
    stub = '    raise NotImplementedError("Question 7: write softmax")'
    mistake = "    return np.exp(a - a.max()) / np.exp(a - a.max()).sum(axis=0)"
    right = "    y = shifted(a)\n    return y / y.sum(axis=0)\n\n\ndef shifted(a):\n"
    right += "    return np.exp(a - a.max(axis=0))"

    window.open_notebook(NOTEBOOK)
    assert "Run the cell with the imports" in window.run_cell("check(7)")
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


def test_no_news_popped_up_meanwhile(window):
    popped = window.page.locator(".jp-Notification, .Toastify__toast, .jp-Dialog")
    assert popped.count() == 0
