"""What pytest does here beyond its own: it knows the questions of the assignment.

The cells of a notebook tagged ``q7`` belong to question 7 and get the marker ``q7``, so
that ``pytest --nbval -m q7`` runs one question. A table at the end shows for each
question how many of its cells hold, and beside it the judge's verdict on the answer.
"""

import os

import matplotlib.font_manager  # lists the fonts now: in a kernel, it would tell
import pytest
from nbval.plugin import IPyNbCell, NbCellError

from checks.given import ASSIGNMENT, QUESTIONS
from checks.judge import NOT_ANSWERED, RIGHT, WRONG, judge_file
from checks.report import sentence

matplotlib.use("agg")  # no window in a test
os.environ.pop("MPLBACKEND", None)  # and in a kernel the pictures go into the notebook


# The longest go first, so that at the end no process works while the others wait.
FIRST = [
    "04_training.ipynb",
    "05_deeper.ipynb",
    "test_grading_hostile.py",
    "test_checks.py",
    "test_student.py",
    "test_course.py",
    "test_lab.py",
    "test_grading_class.py",
    "test_intake.py",
    "06_curvature.ipynb",
    "test_pages.py",
    "test_pad.py",
    "03_backprop.ipynb",
    "test_grading_gradescope.py",
    "test_execute.py",
]


def pytest_configure(config):
    """Declare the markers and start the table."""
    for n in QUESTIONS:
        config.addinivalue_line("markers", f"q{n}: the cells of question {n}")
    config.pluginmanager.register(QuestionTable())


def pytest_collection_modifyitems(items):
    """Put the files that take long in front; `make test` hands them out in order."""
    items.sort(key=lambda item: (FIRST + [item.path.name]).index(item.path.name))


def questions_of(cell):
    """Return the numbers of the questions that a cell belongs to."""
    tags = cell.cell.metadata.get("tags", [])
    return [n for n in QUESTIONS if f"q{n}" in tags]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item):
    """Run the cells above a selected cell, which has need of them, if nothing has."""
    if not isinstance(item, IPyNbCell):
        return
    notebook = item.parent
    cells = [cell for cell in notebook.nb.cells if cell.cell_type == "code"]
    first = getattr(notebook, "cells_done", 0)
    notebook.cells_done = item.cell_num + 1
    for number in range(first, item.cell_num):
        reply = notebook.kernel.kc.execute_interactive(
            cells[number].source,
            store_history=False,
            allow_stdin=False,
            stop_on_error=False,
            timeout=item.config.option.nbval_cell_timeout,
            output_hook=lambda message: None,
        )["content"]
        if reply["status"] != "ok":
            raise NbCellError(
                number,
                f"Not selected, but run for {item.name}: it raised an exception",
                cells[number].source,
                "\n".join(reply.get("traceback", [])),
            )


class QuestionTable:
    """The table at the end of a run: a row for each question."""

    def __init__(self):
        self.cells = {}  # the cells of each question, by their node ids
        self.outcomes = {}  # of what ran: "passed", "failed" or "skipped"

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        """Mark the cells, before pytest deselects some by these marks."""
        for item in items:
            for n in questions_of(item) if isinstance(item, IPyNbCell) else ():
                self.cells.setdefault(n, []).append(item.nodeid)
                item.add_marker(f"q{n}")

    def pytest_sessionfinish(self, session):
        """Among several processes (``-n 2``), tell the one that prints the table."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["cells"] = self.cells

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        """Hear what a process collected, each of them the same."""
        self.cells.update(getattr(node, "workeroutput", {}).get("cells", {}))

    def pytest_runtest_logreport(self, report):
        """Remember how a cell or a test ended; a failed set-up is a failure too."""
        if report.when == "call" or not report.passed:
            if self.outcomes.get(report.nodeid) != "failed":
                self.outcomes[report.nodeid] = report.outcome

    def outcomes_of(self, n):
        """Return how the cells of a question ended."""
        return [self.outcomes.get(cell) for cell in self.cells.get(n, [])]

    def pytest_terminal_summary(self, terminalreporter, config):
        """Print the table."""
        if config.option.collectonly or not config.option.nbval:
            return
        write = terminalreporter.write_line
        terminalreporter.section("questions")
        selected = "deselected" in terminalreporter.stats
        shown = [n for n in QUESTIONS if not selected or any(self.outcomes_of(n))]
        try:
            path = config.rootpath / ASSIGNMENT.files[0]
            verdicts, problems = judge_file(path, shown)
        except (OSError, ValueError) as error:
            verdicts, problems = {}, [f"not judged: {error}"]
        write(f"{'':2}  {'question':48}  {'cells':>7}  answer")
        for n in shown:
            outcomes = self.outcomes_of(n)
            cells = f"{outcomes.count('passed')}/{len(outcomes)}" if outcomes else "-"
            said = verdicts[n].verdict if n in verdicts else "-"
            write(
                f"{n:2}  {QUESTIONS[n].title:48.48}  {cells:>7}  {said}",
                red=said in (WRONG, NOT_ANSWERED) or "failed" in outcomes,
                green=said == RIGHT and set(outcomes) <= {"passed"},
            )
            if n in verdicts and verdicts[n].hint:
                write(f"    {sentence(verdicts[n].hint)}")
        for problem in problems:
            write(problem, red=True)
        failed = [n for n in sorted(self.cells) if "failed" in self.outcomes_of(n)]
        bad = [n for n, v in verdicts.items() if v.verdict in (WRONG, NOT_ANSWERED)]
        if failed:
            write(f"Cells differ in questions: {', '.join(map(str, failed))}", red=True)
        if bad and any(n not in bad and n > min(bad) for n in failed):
            earlier = ", ".join(map(str, bad))
            write(f"    (cells also run earlier answers; not right: {earlier})")
        if all(".ipynb::" in item for item in self.outcomes):
            write("These are the cells alone; `pytest --nbval` runs the tests too.")
