"""What pytest does here beyond its own: it knows the questions of the assignment.

The cells of a notebook tagged ``q7`` and the tests marked ``@pytest.mark.question(7)``
belong to question 7. They all get the marker ``q7``, so that ``pytest --nbval -m q7``
runs one question, and a table at the end says which questions passed. A cell tagged
``source`` shows an answer: another answer than the recorded one is not a failure there.
(That the recorded ones are up to date is a test of its own, in test_notebooks.py.)
"""

import json
import os
import re
import subprocess

import matplotlib.font_manager  # lists the fonts now: in a kernel, it would tell
import pytest
from nbval.plugin import IPyNbCell, NbCellError

QUESTIONS = range(1, 26)
OWN_ANSWER = "another answer than the recorded one"

matplotlib.use("agg")  # no window in a test
os.environ.pop("MPLBACKEND", None)  # and in a kernel the pictures go into the notebook


def pytest_configure(config):
    """Declare the markers and start the table."""
    config.addinivalue_line("markers", "question(n, ...): belongs to question n")
    for n in QUESTIONS:
        config.addinivalue_line("markers", f"q{n}: the same, set by conftest.py")
    config.pluginmanager.register(QuestionTable(config))


def questions_of(item):
    """Return the numbers of the questions that a cell or a test belongs to."""
    if isinstance(item, IPyNbCell):
        tags = item.cell.metadata.get("tags", [])
        return [n for n in QUESTIONS if f"q{n}" in tags]
    marked = {n for mark in item.iter_markers("question") for n in mark.args}
    if not marked <= set(QUESTIONS):
        raise pytest.UsageError(f"{item.nodeid}: there is no question {marked}")
    return sorted(marked)


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let a student's own answer differ from the recorded one where it is shown."""
    report = yield
    if call.excinfo and isinstance(item, IPyNbCell):
        differs = str(call.excinfo.value) == "Cell outputs differ"
        if differs and "source" in item.cell.metadata.get("tags", []):
            report.outcome = "skipped"
            report.wasxfail = OWN_ANSWER
    return report


class QuestionTable:
    """The table at the end of a run: a row for each question."""

    def __init__(self, config):
        self.titles, self.with_code = read_questions(config.rootpath / "notebooks")
        self.questions = {}  # of each cell or test, by its node id
        self.cells = set()  # those that are cells
        self.outcomes = {}  # of those that ran: "passed", "failed", "skipped" or "own"
        self.unreadable = []  # files that could not be collected

    def pytest_collectreport(self, report):
        """Remember the files that cannot be imported or parsed."""
        if report.failed:
            self.unreadable.append(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        """Mark the items, before pytest deselects some by these marks."""
        for item in items:
            self.questions[item.nodeid] = questions_of(item)
            if isinstance(item, IPyNbCell):
                self.cells.add(item.nodeid)
                for n in self.questions[item.nodeid]:
                    item.add_marker(pytest.mark.question(n))
            for n in self.questions[item.nodeid]:
                item.add_marker(f"q{n}")

    def pytest_runtest_logreport(self, report):
        """Remember how a cell or a test ended; a failed set-up is a failure too."""
        if report.when == "call" or not report.passed:
            if self.outcomes.get(report.nodeid) != "failed":
                own = getattr(report, "wasxfail", "") == OWN_ANSWER
                self.outcomes[report.nodeid] = "own" if own else report.outcome

    def count(self, items):
        """Return "passed/all" of some items."""
        passed = sum(self.outcomes.get(item) == "passed" for item in items)
        return f"{passed}/{len(items)}" if items else "-"

    def verdict(self, n, items):
        """Sum up question n: skipped or deselected is never passed."""
        outcomes = [self.outcomes.get(item) for item in items]
        if "failed" in outcomes:
            return "FAILED"
        if "passed" not in outcomes:
            return "not run" if items or n in self.with_code else "no code"
        return "passed" if set(outcomes) == {"passed"} else "incomplete"

    def pytest_terminal_summary(self, terminalreporter, config):
        """Print the table."""
        if config.option.collectonly:
            return
        if not config.option.nbval and not any(self.questions.values()):
            return
        write = terminalreporter.write_line
        terminalreporter.section("questions")
        write(f"{'':2}  {'question':40}  {'cells':>7}  {'tests':>7}  verdict")
        failing, own = [], []
        selected = "deselected" in terminalreporter.stats
        for n in QUESTIONS:
            items = {item for item, numbers in self.questions.items() if n in numbers}
            shown = {item for item in items if self.outcomes.get(item) == "own"}
            if shown:
                own.append(str(n))
            items -= shown  # they are neither right nor wrong
            cells, tests = items & self.cells, items - self.cells
            verdict = self.verdict(n, items)
            title = self.titles.get(n, "")
            if selected and not items & self.outcomes.keys():
                continue
            if verdict == "FAILED":
                failing.append(str(n))
            write(
                f"{n:2}  {title:40.40}  {self.count(cells):>7}  {self.count(tests):>7}"
                f"  {verdict}",
                red=verdict == "FAILED",
                green=verdict == "passed",
            )
        elsewhere = [
            item
            for item, outcome in self.outcomes.items()
            if outcome == "failed" and not self.questions.get(item)
        ]
        if elsewhere:
            more = f" and {len(elsewhere) - 3} more" if len(elsewhere) > 3 else ""
            names = ", ".join(elsewhere[:3])
            write(f"Failing outside the questions: {names}{more}", red=True)
        if self.unreadable:
            write(f"Could not be read: {', '.join(self.unreadable)}", red=True)
        if own:
            write(f"Own answers, shown but not compared: {', '.join(own)}")
        if config.option.nbval and not self.questions.keys() - self.cells:
            write("These are the cells alone; `pytest --nbval` runs the tests too.")
        for path in changed_outputs(config.rootpath) if config.option.nbval else []:
            write(f"{path} was saved with other outputs, and those count here")
            write(f"    (git restore {path} brings the recorded ones back)")
        if failing:
            write(f"Failing questions: {', '.join(failing)}", red=True)


def read_questions(folder):
    """Return the titles of the questions and the numbers of those with a code cell."""
    titles, with_code = {}, set()
    for path in sorted(folder.glob("*.ipynb")):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (ValueError, KeyError):
            continue  # the collection of this notebook says what is wrong
        for cell in cells:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                for n, title in re.findall(r"^### Question (\d+): (.+)", source, re.M):
                    titles[int(n)] = title.strip()
            elif cell["cell_type"] == "code":
                tags = cell["metadata"].get("tags", [])
                with_code.update(n for n in QUESTIONS if f"q{n}" in tags)
    return titles, with_code


def changed_outputs(root):
    """Return the notebooks whose outputs are not those of git's last commit."""

    def outputs(text):
        cells = json.loads(text)["cells"]
        found = [output for cell in cells for output in cell.get("outputs", [])]
        for output in found:
            output.pop("execution_count", None)
            output.get("data", {}).pop("image/png", None)  # not compared either
        return found

    def git(*arguments):
        command = ["git", "-C", root, *arguments]
        run = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
        return run.stdout

    try:
        paths = git("diff", "--name-only", "--relative", "HEAD", "--", "notebooks")
        return [
            path
            for path in paths.splitlines()
            if outputs(git("show", f"HEAD:./{path}"))
            != outputs((root / path).read_text(encoding="utf-8"))
        ]
    except (OSError, subprocess.CalledProcessError, ValueError, KeyError):
        return []  # no git, no commit, or a notebook that the collection complains of
