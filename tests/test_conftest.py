"""The markers of the questions and the table by question, on small notebooks."""

import re
import shutil
from pathlib import Path

import pytest
from nbformat import v4, write

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


def verdicts(result):
    """Return the table: title, cells, tests and verdict of each question."""
    rows = {}
    for line in result.outlines:
        match = re.fullmatch(
            r"([ \d]\d)  (.{40})  (.{7})  (.{7})  (\w+(?: \w+)?)", line
        )
        if match:
            number, *columns = (column.strip() for column in match.groups())
            rows[int(number)] = tuple(columns)
    return rows


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


def test_the_source_of_an_own_answer_is_told_but_not_judged(run):
    cells = [*CELLS, code("print(y)", "4\n", ["q2"])]
    cells[6] = code("print('own')", "recorded\n", ["source", "q2"])
    result = run("--nbval", cells=cells)
    result.assert_outcomes(passed=4, xfailed=1)
    assert result.ret == 0
    assert verdicts(result)[2] == ("four", "2/2", "-", "passed")
    result.stdout.fnmatch_lines(["Own answers, shown but not compared: 2"])
    result.stdout.no_fnmatch_line("Failing questions*")

    cells[-1] = code("print(y)", "5\n", ["q2"])
    result = run("--nbval", cells=cells)
    assert verdicts(result)[2] == ("four", "1/2", "-", "FAILED")
    result.stdout.fnmatch_lines(["Failing questions: 2"])

    cells[6] = code("1 / 0", "recorded\n", ["source", "q2"])
    result = run("--nbval", cells=cells)
    assert verdicts(result)[2] == ("four", "1/3", "-", "FAILED")
    result.stdout.no_fnmatch_line("Own answers*")


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_what_was_not_compared_with_the_record_is_told(run, pytester):
    def git(*arguments):
        name = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=no"]
        assert pytester.run("git", *name, *arguments).ret == 0

    alone, saved = "These are the cells alone*", "notebooks/01_small.ipynb was saved*"
    tests = "def test_z(): pass\n"
    run("--nbval", cells=CELLS, tests=tests).stdout.no_fnmatch_line(alone)
    git("init")
    git("add", ".")
    git("commit", "-m", "recorded")
    result = run("--nbval", "notebooks", cells=[*CELLS, text("My answer.")])
    result.stdout.fnmatch_lines([alone])
    result.stdout.no_fnmatch_line(saved)
    wrong = [*CELLS[:3], code("print(x + 1)", "4\n", ["q1"]), *CELLS[4:]]
    run("--nbval", cells=wrong, tests=tests).stdout.fnmatch_lines([saved])


def test_all_pass(run):
    tests = "@pytest.mark.question(2)\ndef test_y(): pass\ndef test_z(): pass\n"
    result = run("--nbval", cells=CELLS, tests=tests)
    result.assert_outcomes(passed=6)
    rows = verdicts(result)
    assert list(rows) == list(range(1, 26))
    assert rows[1] == ("three", "1/1", "-", "passed")
    assert rows[2] == ("four", "2/2", "1/1", "passed")
    assert rows[3] == ("why four?", "-", "-", "no code")
    assert rows[25] == ("", "-", "-", "no code")
    result.stdout.no_fnmatch_line("*Failing*")


def test_a_wrong_output_names_the_question(run):
    cells = [*CELLS[:3], code("print(x + 1)", "3\n", ["q1"]), *CELLS[4:]]
    result = run("--nbval", cells=cells)
    result.assert_outcomes(passed=3, failed=1)
    rows = verdicts(result)
    assert rows[1] == ("three", "0/1", "-", "FAILED")
    assert rows[2][-1] == "passed"
    result.stdout.fnmatch_lines(["Failing questions: 1"])
    result.stdout.no_fnmatch_line("Failing outside*")


def test_a_failing_test_names_its_questions(run):
    tests = "@pytest.mark.question(2, 3)\ndef test_y(): assert 0\n"
    result = run("-q", cells=CELLS, tests=tests)
    result.assert_outcomes(failed=1)
    rows = verdicts(result)
    assert rows[1] == ("three", "-", "-", "not run")
    assert rows[2] == ("four", "-", "0/1", "FAILED")
    assert rows[3] == ("why four?", "-", "0/1", "FAILED")
    result.stdout.fnmatch_lines(["Failing questions: 2, 3"])


def test_a_failing_setup_or_teardown_is_a_failure(run):
    tests = """
@pytest.fixture
def before(): assert 0
@pytest.fixture
def after():
    yield
    assert 0
@pytest.mark.question(1)
def test_x(before): pass
@pytest.mark.question(2)
def test_y(after): pass
"""
    rows = verdicts(run(tests=tests))
    assert rows[1][-1] == rows[2][-1] == "FAILED"


def test_failures_outside_the_questions(run):
    cells = [CELLS[0], code("x = 1 / 0"), *CELLS[2:]]
    result = run("--nbval", cells=cells, tests="def test_z(): assert 0")
    rows = verdicts(result)
    assert rows[1][-1] == rows[2][-1] == "FAILED"
    result.stdout.fnmatch_lines(
        [
            "Failing outside the questions: tests/test_small.py::test_z, "
            "notebooks/01_small.ipynb::Cell 0",
            "Failing questions: 1, 2",
        ]
    )


@pytest.mark.parametrize("select", ["-m", "-k"])
def test_one_question_runs_with_the_cells_above_it(run, select):
    tests = "@pytest.mark.question(2)\ndef test_y(): pass\ndef test_z(): assert 0\n"
    result = run("--nbval", select, "q2", cells=CELLS, tests=tests)
    result.assert_outcomes(passed=3, deselected=3)
    rows = verdicts(result)
    assert rows == {2: ("four", "2/2", "1/1", "passed")}


def test_cells_run_once_and_in_order(run):
    source = "try: n.append({})\nexcept NameError: n = [{}]\nprint(n)"
    cells = [code(source.format(i, i), tags=[f"q{i}"]) for i in range(1, 6)]
    cells[2].source = "# NBVAL_SKIP\n1 / 0"
    for cell, printed in [(cells[1], "[1, 2]\n"), (cells[4], "[1, 2, 4, 5]\n")]:
        cell.outputs = [v4.new_output("stream", name="stdout", text=printed)]
    result = run("--nbval", "-m", "q2 or q3 or q5", cells=cells)
    result.assert_outcomes(passed=2, skipped=1, deselected=2)
    assert verdicts(result)[3] == ("", "0/1", "-", "not run")


def test_an_exception_above_the_selected_cell_is_told(run):
    cells = [CELLS[0], code("x = 1 / 0"), *CELLS[2:]]
    result = run("--nbval", "-m", "q1", cells=cells)
    result.assert_outcomes(failed=1, deselected=3)
    assert verdicts(result)[1][-1] == "FAILED"
    result.stdout.fnmatch_lines(
        [
            "*Cell 0: Not selected, but run for Cell 1*",
            "x = 1 / 0",
            "*ZeroDivisionError*",
        ]
    )


def test_what_was_not_reached_has_not_passed(run):
    cells = [*CELLS[:6], code("1 / 0", tags=["q4"]), *CELLS[6:]]
    result = run("--nbval", "-x", cells=cells)
    rows = verdicts(result)
    assert rows[1][-1] == "passed"
    assert rows[2] == ("four", "1/2", "-", "incomplete")
    assert rows[4][-1] == "FAILED"


def test_skipped_and_expected_failures_have_not_passed(run):
    tests = """
@pytest.mark.question(1)
@pytest.mark.skip
def test_w(): pass
@pytest.mark.question(2)
@pytest.mark.xfail
def test_x(): assert 0
@pytest.mark.question(3)
@pytest.mark.skip
def test_y(): pass
@pytest.mark.question(3)
def test_z(): pass
"""
    rows = verdicts(run(tests=tests))
    assert rows[1][-1] == rows[2][-1] == "not run"
    assert rows[3] == ("", "-", "1/2", "incomplete")


def test_files_that_cannot_be_read_are_named(run, pytester):
    broken = pytester.path / "notebooks" / "02_broken.ipynb"
    broken.write_text("no notebook")
    result = run(
        "--nbval",
        "--continue-on-collection-errors",
        cells=CELLS,
        tests="import nowhere",
    )
    assert result.ret != 0
    assert verdicts(result)[1][-1] == "passed"
    result.stdout.fnmatch_lines(
        ["Could not be read: tests/test_small.py, notebooks/02_broken.ipynb"]
    )


def test_no_table_where_no_question_is_asked(run):
    assert not verdicts(run(cells=CELLS, tests="def test_z(): pass"))
    assert not verdicts(run("--nbval", "--collect-only", cells=CELLS))


def test_an_unknown_question_is_refused(run):
    result = run(tests="@pytest.mark.question(26)\ndef test_z(): pass")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*test_z: there is no question*26*"])
