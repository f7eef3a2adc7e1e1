"""A notebook beside a file that is being written: what it says before a cell runs."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from handed_in import COURSE, OWN, TWO
from processes import ROOT

from checks.given import CODED, QUESTIONS
from checks.hints import Step
from checks.questions import Question, save

KERNEL = """
import contextlib, io, json, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        result = shell.run_cell(json.loads(line))
    html = getattr(result.result, "_repr_html_", lambda: "")()
    said = [out.getvalue(), err.getvalue(), html]
    print(json.dumps(said), file=sys.__stdout__, flush=True)
"""
KEPT = "The notebook still uses your last working version.\n"
RIGHT = TWO.partition("\n\n\n")[2]


class Notebook:
    """A kernel in a folder with `checks` and `shallow.py`."""

    def __init__(self, folder):
        self.file = folder / "shallow.py"
        own = {"PYTHONPATH": str(folder), "IPYTHONDIR": str(folder)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", KERNEL],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            text=True,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | own,
        )

    def save(self, text, ago=0):
        """Write the file, now or as if it were some seconds ago."""
        self.file.write_text("import numpy as np\n\n\n" + text)
        os.utime(self.file, (time.time() - ago,) * 2)

    def run(self, code):
        """Run a cell and return what it printed, its errors and its last value."""
        self.process.stdin.write(json.dumps(code) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def html(self, code):
        """Run a cell and return its last value as it is shown."""
        return self.run(code)[2]

    def relu(self):
        """Return what the notebook's `relu` makes of 2, and what was said before."""
        return tuple(self.run("print(relu(2))")[:2])


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """Start a kernel, for all these tests."""
    folder = tmp_path_factory.mktemp("student")
    shutil.copytree(ROOT / "checks", folder / "checks")
    own = dataclasses.replace(OWN, earned="Your hidden units can be active now.")
    course = dataclasses.replace(COURSE, questions=COURSE.questions | {12: own})
    save(course, folder / "checks" / "questions.json.gz")
    (folder / "deep.py").write_text("from shallow import relu\n")
    kernel = Notebook(folder)
    yield kernel
    kernel.process.communicate()


@pytest.fixture
def notebook(kernel):
    """Begin a notebook: nobody looks at it, and its file is saved."""
    kernel.run("%reset -f")
    kernel.run("import os; os.environ.pop('JPY_SESSION_NAME', None)")
    kernel.save("def relu(a):\n    return 1\n")
    first = "%reload_ext autoreload\n%autoreload 3\nfrom checks import check, hint\n"
    assert kernel.run(first + "from shallow import relu") == ["", "", ""]
    assert kernel.relu() == ("1\n", "")
    return kernel


def test_what_cannot_be_read_or_renewed_is_told_in_one_line(notebook):
    notebook.save("def relu(a):\n    return max(a, (0)\n")
    line = f"shallow.py, line 5: '(' was never closed. {KEPT}"
    assert notebook.relu() == ("1\n", line)
    assert notebook.relu() == ("1\n", line)  # as long as it is so
    html = notebook.html("check(12)")
    assert html.startswith("<div>Question 12 (ReLU): <b style=")
    assert ">could not be read</b>. " in html
    assert html.count("SyntaxError: '(' was never closed") == 1
    assert "<code>relu</code> could not be read: " in html  # deep.py imports it
    notebook.save("def relu(a):\n    return 2\n\n\nrelu(nothing)\n")
    line = f"shallow.py, line 8: NameError: name 'nothing' is not defined. {KEPT}"
    assert notebook.relu() == ("1\n", line)
    notebook.run("%autoreload 3")  # as when the first cell is run again
    notebook.save("def relu(a):\n    return 3 +\n")
    line = f"shallow.py, line 5: invalid syntax. {KEPT}"
    assert notebook.relu() == ("1\n", line)
    notebook.save("def relu(a):\n    return 4\n")
    assert notebook.relu() == ("4\n", "")
    notebook.save("@np.vectorize\ndef relu(a):\n    return 7\n")
    number, said = notebook.relu()
    assert number == "4\n"  # the old one
    assert said.startswith("`relu`: ") and "Restart the kernel" in said
    notebook.save("def relu(a):\n    return 8\n")
    assert notebook.relu() == ("8\n", "")


def test_a_right_answer_is_praised_and_old_outputs_are_told_without_blame(notebook):
    notebook.save(RIGHT)
    notebook.relu()
    html = notebook.html("check(12)")
    praise, *_, last = html.split("</div>\n<div>")[1:]
    assert praise.startswith("<b>Well done!</b> Your hidden units")
    assert last == f"Next comes Question 13: {QUESTIONS[13].title}.</div>"
    assert ">right<" in html and "again" not in html
    notebook.save(RIGHT + "\n")
    for _ in range(2):  # a check shows no answer
        again = "run the cells with <code>relu</code> again"
        assert again in notebook.html("check(12)")
    notebook.relu()
    assert "again" not in notebook.html("check(12)")
    notebook.save(RIGHT + "\n\n")
    notebook.run("from shallow import relup")  # shows nothing of it
    assert "<code>relup</code>" not in notebook.html("check(12)")


def test_what_is_right_so_far_is_counted_where_somebody_looks(notebook):
    notebook.save(RIGHT)
    html = notebook.html("check(12)")  # as in a recorded output
    assert ">right<" in html and "ask for code" not in html
    notebook.run("import os; os.environ['JPY_SESSION_NAME'] = 'a.ipynb'")
    kept = notebook.file.parent / "build" / "right.json"
    kept.parent.mkdir(exist_ok=True)
    for earlier, count in [("[7, 12, 99]", 2), ("nonsense", 1)]:
        kept.write_text(earlier)
        last = notebook.html("check(12)").split("<div>")[-1]
        said = f"{count} of {len(CODED)} questions that ask for code are right. Next"
        assert last.startswith(said)
    notebook.save("def relu(a):\n    return 1\n")
    notebook.run("check(12)")
    assert kept.read_text() == "[]"
    html = notebook.html("check(7, 12)")
    assert html.startswith("<div>0 of 2 questions that ask for code are right.</div>")


def test_what_stands_in_the_notebook_is_told(notebook):
    notebook.run("def relu(a):\n    return np.maximum(a, 0)")
    defined = "saved in <code>shallow.py</code> counts. Move it there."
    assert defined in notebook.html("check(12)")
    notebook.save(RIGHT)
    html = notebook.html("check(12)")
    assert ">right<" in html and "<code>relu</code> in the file is judged, but" in html
    assert "relup" not in html
    given, place = (
        {"cell_type": "markdown", "source": source, "metadata": {"tags": ["q8", *tags]}}
        for source, tags in [("### Question 8", ["given"]), ("", [])]
    )
    path = notebook.file.parent / "notebooks/02_a.ipynb"
    path.parent.mkdir()
    for source, said in [
        ("*Your answer to Question 8.*", "Nothing is written yet in 02_a.ipynb"),
        ("It follows.", "There is an answer in 02_a.ipynb"),
    ]:
        path.write_text(json.dumps({"cells": [given, place | {"source": source}]}))
        html = notebook.html("check(8)")
        assert said in html
        # The last step of its help checks the result on an example.
        assert ("<div>Try the result" in html) == (source == "It follows.")
    path.write_text("{")
    assert ">to be read</b></div>" in notebook.html("check(8)")


def test_what_may_not_be_saved_yet_is_told_so_and_that_a_check_is_at_work(notebook):
    line = "This is about <code>shallow.py</code> as it was saved at "
    notebook.save("def relu(a):\n    return 1\n")
    assert line not in notebook.html("check(12)")
    assert line in notebook.html("check(12)")  # nothing was saved in between
    notebook.save("def relu(a):\n    return 2\n")
    assert line not in notebook.html("check(12)")
    notebook.save("def relu(a):\n    return 3\n", ago=90)
    printed, _, html = notebook.run("check(12)")
    assert line in html  # saved some time ago
    assert "Judging" not in printed  # a recorded output has none
    notebook.run("import os; os.environ['JPY_SESSION_NAME'] = 'a.ipynb'")
    for code, what in [
        ("check(12)", "Judging Question 12"),
        ("hint(12)", "Judging Question 12"),
        ("check()", "Judging"),
    ]:
        assert notebook.run(code)[0].startswith(f"{what} ...\n\033[2K\r")


def test_a_mistyped_number_or_name_is_told_without_a_traceback(notebook):
    said = "Which question? Write its number, as in hint(7).\n"
    assert notebook.run("hint()")[:2] == [said, ""]
    assert notebook.run("check(99)")[0].startswith("There is no question 99: they are")
    for line in (ROOT / "tools" / "startup.py").read_text().split("\n\n\n"):
        notebook.run(line)
    [said] = [part for part in notebook.run("chekc(12)")[:2] if part]
    assert "'chekc' is not defined. Do you mean `check`? Otherwise, run" in said
    notebook.run("del check")
    assert "Run the cell with the imports" in "".join(notebook.run("chekc(12)")[:2])


def test_hints_are_as_wide_as_the_terminal(monkeypatch):
    step = Step(Question(1, "a", steps=("word " * 100, "two")), 1)
    for columns, widest in [("60", 60), ("200", 88)]:
        monkeypatch.setenv("COLUMNS", columns)
        lines = repr(step).splitlines()
        assert widest - 12 < max(map(len, lines)) <= widest
    assert "\n" not in step._repr_html_().split("</p>\n")[1]
