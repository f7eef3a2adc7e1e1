"""The markers of the questions and the table at the end, on small notebooks."""

import re
from pathlib import Path

import pytest
from nbformat import v4, write

from checks.given import QUESTIONS
from grading.compiling import Course

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).resolve().parent.parent / "conftest.py"
ALONE = "These are the cells alone*"


def code(source, printed="", *tags):
    """Return a code cell and what is recorded of it."""
    cell = v4.new_code_cell(source, execution_count=1, metadata={"tags": tags})
    if printed:
        cell.outputs = [v4.new_output("stream", name="stdout", text=printed)]
    return cell


@pytest.fixture
def run(pytester):
    """Return a function that runs pytest on cells and a test that fails."""
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makeini("[pytest]\ntestpaths = tests notebooks\n")
    pytester.mkdir("notebooks")
    pytester.mkdir("tests").joinpath("test_small.py").write_text("def test_z(): 1 / 0")

    def run(*options, cells):
        notebook = v4.new_notebook(cells=cells)
        write(notebook, pytester.path / "notebooks" / "01_small.ipynb")
        return pytester.runpytest("--nbval-current-env", "--color=no", *options)

    return run


def table(result):
    """Return the table: the cells and the judge's verdict of each question."""
    rows = {}
    for line in result.outlines:
        match = re.fullmatch(r"([ \d]\d)  .{48}  (.{7})  (\S.*)", line)
        if match:
            number, cells, verdict = (column.strip() for column in match.groups())
            rows[int(number)] = (cells, verdict)
    return rows


CELLS = [
    code("x = 3"),
    code("y = x + 1", "", "q2"),
    v4.new_markdown_cell("### Question 2: four"),
    code("print(y)", "4\n", "source", "q2"),
    code("print(5)", "no\n", "q5"),
]


def test_one_question_runs_with_the_cells_above_it(run):
    result = run("--nbval", "-m", "q2", cells=CELLS)
    result.assert_outcomes(passed=2, deselected=3)
    assert table(result) == {2: ("2/2", "-")}
    result.stdout.fnmatch_lines(["not judged: cannot read *", ALONE])
    result.stdout.no_fnmatch_line("Cells differ*")
    assert not table(run("--nbval", "--collect-only", cells=CELLS))


def test_the_table_has_the_judges_verdicts_and_names_what_failed(run, pytester):
    answers = "import numpy as np\ndef softmax(a):\n    return np.exp(a)\n"
    answers += "\n".join(Course().answer(12).values())
    (pytester.path / "shallow.py").write_text(answers)
    (pytester.path / "notebooks" / "02_broken.ipynb").write_text("no notebook")
    cells = [
        code("x = 1 / 0"),
        code("print(7)", "7\n", "q7"),
        code("print(8)", "no\n", "q8"),
        code("print(12)", "no\n", "q12"),
        code("print(14)", "14\n", "q14"),
    ]
    result = run("--nbval", "--continue-on-collection-errors", cells=cells)
    rows = table(result)
    assert list(rows) == list(QUESTIONS)
    assert rows[3] == ("-", "to be read")
    assert rows[7] == ("1/1", "wrong")
    assert rows[8] == ("0/1", "to be read")
    assert rows[12] == ("0/1", "right")
    assert rows[14] == ("1/1", "not answered")
    result.stdout.fnmatch_lines(
        [
            "    *every column of the result should sum to 1*",
            "Cells differ in questions: 8, 12",
            "    (cells also run earlier answers; not right: *7*14*)",
            "FAILED tests/test_small.py::test_z*",
            "FAILED notebooks/01_small.ipynb::Cell 0*",
        ]
    )
    result.stdout.no_fnmatch_line(ALONE)


def test_cells_run_once_and_in_order_and_an_exception_above_is_told(run):
    source = "try: n.append({0})\nexcept NameError: n = [{0}]\nprint(n)"
    cells = [code(source.format(i), "", f"q{i}") for i in range(1, 6)]
    cells[1] = code(source.format(2), "[1, 2]\n", "q2")
    cells[2].source = "# NBVAL_SKIP\n1 / 0"
    cells[4] = code(source.format(5), "[1, 2, 4, 5]\n", "q5")
    cells += [code("x = 1 / 0"), code("print(7)", "7\n", "q7")]
    result = run("--nbval", "-m", "q2 or q3 or q5 or q7", cells=cells)
    result.assert_outcomes(passed=2, skipped=1, failed=1, deselected=4)
    assert [table(result)[n][0] for n in (2, 3, 5, 7)] == ["1/1", "0/1", "1/1", "0/1"]
    result.stdout.fnmatch_lines(
        [
            "*Cell 5: Not selected, but run for Cell 6*",
            "x = 1 / 0",
            "*ZeroDivisionError*",
        ]
    )
