"""The markers of the questions and the table at the end, on small notebooks."""

import re
from pathlib import Path

import pytest
from nbformat import v4, write

from checks.given import QUESTIONS
from grading.compiling import Course

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).resolve().parent.parent / "conftest.py"


def code(source, printed="", tags=()):
    """Return a code cell and what is recorded of it."""
    cell = v4.new_code_cell(source, execution_count=1, metadata={"tags": list(tags)})
    if printed:
        cell.outputs = [v4.new_output("stream", name="stdout", text=printed)]
    return cell


def text(source):
    return v4.new_markdown_cell(source)


@pytest.fixture
def run(pytester):
    """Return a function that runs pytest on cells and tests, and what it printed."""
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makeini("[pytest]\ntestpaths = tests notebooks\n")
    pytester.mkdir("notebooks")
    pytester.mkdir("tests")

    def run(*options, cells=(), tests=""):
        notebook = v4.new_notebook(cells=list(cells))
        write(notebook, pytester.path / "notebooks" / "01_small.ipynb")
        (pytester.path / "tests" / "test_small.py").write_text(
            f"import pytest\n{tests}"
        )
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


ALONE = "These are the cells alone*"
CELLS = [
    text("# Numbers"),
    code("x = 3"),
    text("### Question 1: three"),
    code("print(x)", "3\n", ["q1"]),
    text("### Question 2: four"),
    code("y = x + 1", tags=["q2"]),
    code("print(y)", "4\n", ["source", "q2"]),
    text("### Question 3: why four?"),
    text("Because."),
]


def test_all_pass(run):
    result = run("--nbval", cells=CELLS, tests="def test_z(): pass\n")
    result.assert_outcomes(passed=5)
    rows = table(result)
    assert list(rows) == list(QUESTIONS)
    assert [rows[n] for n in (1, 2, 3)] == [("1/1", "-"), ("2/2", "-"), ("-", "-")]
    result.stdout.fnmatch_lines(["not judged: cannot read *"])
    result.stdout.no_fnmatch_line("Cells differ*")


def test_the_verdict_is_the_judges_and_not_that_of_the_cells(run, pytester):
    answers = "import numpy as np\ndef softmax(a):\n    return np.exp(a)\n"
    course = Course()
    answers += "\n".join(course.answer(12).values())
    (pytester.path / "shallow.py").write_text(answers)
    cells = [
        code("print(7)", "7\n", ["q7"]),
        code("print(8)", "no\n", ["q8"]),
        code("print(12)", "no\n", ["q12"]),
        code("print(14)", "14\n", ["q14"]),
    ]
    result = run("--nbval", cells=cells)
    rows = table(result)
    assert rows[7] == ("1/1", "wrong")
    assert rows[8] == ("0/1", "to be read")
    assert rows[12] == ("0/1", "right")
    assert rows[14] == ("1/1", "not answered")
    result.stdout.fnmatch_lines(
        [
            "    *every column of the result should sum to 1*",
            "Cells differ in questions: 8, 12",
            "    (cells also run earlier answers; not right: *7*14*)",
        ]
    )


def test_failures_outside_the_questions_are_named(run, pytester):
    (pytester.path / "notebooks" / "02_broken.ipynb").write_text("no notebook")
    cells = [CELLS[0], code("x = 1 / 0"), *CELLS[2:]]
    options = "--nbval", "--continue-on-collection-errors"
    result = run(*options, cells=cells, tests="def test_z(): assert 0")
    assert result.ret != 0
    result.stdout.fnmatch_lines(
        [
            "Cells differ in questions: 1, 2",
            "FAILED tests/test_small.py::test_z*",
            "FAILED notebooks/01_small.ipynb::Cell 0*",
        ]
    )


def test_one_question_runs_with_the_cells_above_it(run):
    tests = "def test_z(): assert 0\n"
    result = run("--nbval", "-m", "q2", cells=CELLS, tests=tests)
    result.assert_outcomes(passed=2, deselected=3)
    assert table(result) == {2: ("2/2", "-")}
    result.stdout.fnmatch_lines([ALONE])


def test_cells_run_once_and_in_order(run):
    source = "try: n.append({})\nexcept NameError: n = [{}]\nprint(n)"
    cells = [code(source.format(i, i), tags=[f"q{i}"]) for i in range(1, 6)]
    cells[2].source = "# NBVAL_SKIP\n1 / 0"
    for cell, printed in [(cells[1], "[1, 2]\n"), (cells[4], "[1, 2, 4, 5]\n")]:
        cell.outputs = [v4.new_output("stream", name="stdout", text=printed)]
    result = run("--nbval", "-m", "q2 or q3 or q5", cells=cells)
    result.assert_outcomes(passed=2, skipped=1, deselected=2)
    assert table(result)[3][0] == "0/1"


def test_an_exception_above_the_selected_cell_is_told(run):
    cells = [CELLS[0], code("x = 1 / 0"), *CELLS[2:]]
    result = run("--nbval", "-m", "q1", cells=cells)
    result.assert_outcomes(failed=1, deselected=3)
    assert table(result)[1][0] == "0/1"
    result.stdout.fnmatch_lines(
        [
            "*Cell 0: Not selected, but run for Cell 1*",
            "x = 1 / 0",
            "*ZeroDivisionError*",
        ]
    )


def test_no_table_where_no_cell_is_run(run):
    assert not table(run("--nbval", "--collect-only", cells=CELLS))
