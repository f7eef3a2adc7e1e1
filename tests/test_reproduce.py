"""What is recorded holds elsewhere: the check when recording, and `make reproduce`."""

import sys

import nbformat

from tools import environments
from tools.execute import execute
from tools.reproduce import compare, probe
from tools.rounding import next_to_boundary

NEXT_TO_ONE = [
    (0.12344999999999, "9.4f"),
    (0.123450000001, ".2%"),
    (4.985000000001e-7, ".2e"),
    (1234500.0001, ".4g"),
    (1e-17, ".4f"),  # elsewhere it may be -1e-17, and print -0.0000
]
FAR_FROM_ONE = [
    *[(0.123449, ".4f"), (0.0, ".4f"), (2.5, ".0f"), (float("nan"), ".4f")],
    *[(0.1, ""), (7, "d"), ("text", ">9"), (None, "")],
]


def test_a_number_next_to_a_rounding_boundary_is_known():
    for value, spec in NEXT_TO_ONE:
        assert next_to_boundary(value, spec) and next_to_boundary(-value, spec), value
    for value, spec in FAR_FROM_ONE:
        assert not next_to_boundary(value, spec), value
    # 45 of 600 are 7.5 %: on a boundary of .0f, but no processor disagrees about it.
    for k in range(0, 60_001, 7):
        assert not next_to_boundary(100 * (k / 60_000), "5.2f")


def run(*sources, recording):
    """Execute cells as `make run` or `make record`; return the failure and outputs."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    failure = execute(notebook, recording=recording)
    return failure, [output for cell in notebook.cells for output in cell.outputs]


def test_recording_refuses_a_number_next_to_a_boundary_also_of_a_module():
    start = "import numpy as np\nimport shallow\nprint(f'{0.1234:.4f}')"
    own = 'print(f"{0.12345000000001:.4f}")'
    theirs = """shallow.eval_loss = lambda y, d: 0.12345000000001
x, d, net = np.ones((2, 1)), np.eye(2)[:, :1], shallow.init_shallow(2, 2, 2)
shallow.backprop_shallow(x, d, net, T=1)"""
    for cell in (own, theirs):
        failure, _ = run(start, cell, recording=True)
        assert failure.startswith(f"cell [2] ({cell[:20]}")
        assert "0.12345000000001 with the format '.4f'" in failure


def test_recording_changes_neither_what_is_printed_nor_what_is_shown():
    cells = [
        "import inspect\nimport numpy as np\nimport shallow",
        'w = 9\nprint(f"{np.float64(1) / 3:{w}.4f}|{2 / 3!r:>20}|{7:2}|{w=:.1f}")',
        'def answer():\n    return f"{1 / 3:.2f}"',
        "print(inspect.getsource(answer) + inspect.getsource(shallow.relu))",
    ]
    plain, recorded = run(*cells, recording=False), run(*cells, recording=True)
    assert plain == recorded
    assert plain[1][0].text == "   0.3333|  0.6666666666666666| 7|w=9.0\n"


def test_what_cannot_run_or_be_made_is_told(monkeypatch, tmp_path):
    assert probe(sys.executable)["kernel"]
    assert probe(sys.executable, PYTHONHOME="/nowhere") is None
    monkeypatch.setattr(environments, "UV", sys.executable)  # it knows no "venv"
    monkeypatch.setattr(environments, "ROOT", tmp_path)
    failure = environments.environment(tmp_path / "new", "3.12", ["numpy"])
    assert "venv" in failure and "\n" not in failure


def test_a_cell_holds_if_it_prints_what_is_recorded(tmp_path):
    cells = []
    for recorded in ("0.3333", "0.3334", "0.3333"):
        outputs = [nbformat.v4.new_output("stream", text=f"{recorded}\n")]
        more = {"outputs": outputs, "execution_count": 1}
        cells.append(nbformat.v4.new_code_cell('print(f"{1 / 3:.4f}")', **more))
    path = tmp_path / "notebook.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    held, of, failing = compare(sys.executable, {}, [str(path)], tmp_path / "r.xml")[:3]
    assert (held, of, len(failing)) == (2, 3, 1)
