"""What people really hand in is read, shown and given back to its owner.

Each case stands for a kind; those with a name are after public reports about other
graders, loaders and editors.
"""

import base64
import gzip
import io
import json
import math
import os
import signal
import subprocess
import sys
import tarfile
import time
import types
import zipfile

import fuzz
import numpy as np
import pytest

from checks import runner, worker
from checks.cases import raised, told
from checks.given import ASSIGNMENT, BONUS, CODED
from checks.judge import NOT_ANSWERED, judge
from checks.notebook import written
from checks.runner import Answers, TrustedAnswers
from grading import (
    apart,
    feedback,
    grade,
    intake,
    ipynb,
    judging,
    lms,
    marks,
    sandbox,
    submission,
)
from grading.compiling import CourseError
from grading.invented_class import as_notebook
from grading.judging import Grader
from grading.proof import ROOT, VARIANTS
from grading.student import make_edition

RELU = "import numpy as np\n\n\ndef relu(a):\n    return np.maximum(a, 0)\n"
RELU_TOOK_TWO = (
    "(line 2): it calls `relu` with an array of shape (10, 1) and a number, and that "
    "raises TypeError: relu() takes 1 positional argument but 2 were given"
)
RELUP = "\n\ndef relup(a, e):\n    return e * (a > 0)\n"
MORE = RELU.replace("relu", "softmax")
STUB = (
    'def relu(a):\n    """Question 12: ReLU."""\n    raise NotImplementedError("12")\n'
)
MARIMO = """import marimo
app = marimo.App()
with app.setup:
    import numpy as np
@app.cell
def _(lowest):
    # The hidden layer.
    def relu(a):
        return np.maximum(a, lowest)
    return (relu,)
@app.function
def half(a):
    return a / 2
@app.cell
def _(half):
    lowest = 0
    return
if __name__ == "__main__":
    app.run()
"""
PNG = b"\x89PNG\r\n\x1a\n and the rest"
PIXEL = base64.b64encode(PNG).decode()


def cell(source, *outputs, kind="code", **more):
    return {"cell_type": kind, "source": source, "outputs": list(outputs)} | more


def text(source, **more):
    return cell(source, kind="markdown", **more)


def shows(**data):
    """Return an output with data; _ stands for a slash."""
    data = {key.replace("_", "/"): value for key, value in data.items()}
    return {"output_type": "display_data", "data": data}


def notebook(*cells):
    cells = [cell(c) if isinstance(c, str) else c for c in cells]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(place(name), content)
    return packed.getvalue()


def tarred(**files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(place(name))
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def place(name):
    return name.replace("__", "/").replace("_dot_", ".")


def read(tmp_path, files, name="kim"):
    """Read a folder with these files."""
    write(tmp_path / name, files)
    return submission.read([tmp_path / name], name)


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


# Whose is it


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["kimwinter_101_9001_shallow-1.py", "kimwinter_101_9002_deep.py"], 1),
        (["kimwinter_LATE_101_9001_a.py", "leespring_102_9002_a.py"], 2),
        (["anon_Ab3dE_9001_shallow.py", "anon_Ab3dE_9002_deep.py"], 1),
        (["anon_Ab3dE_9001_shallow.py", "anon_xY2zQ_9002_shallow.py"], 2),
        (["Kim Winter_77_assignsubmission_file_deep.py",
          "Kim Winter_77_assignsubmission_file_student.json",
          "Kim Winter_77_assignsubmission_onlinetext_onlinetext.html"], 1),
        (["Kim Winter_77_assignsubmission_file_a.py",
          "Kim Winter_78_assignsubmission_file_a.py"], 2),
        (["hw_2_300_kim.py", "hw_2_301_lee.py"], 2),
        (["Homework 3_12_2024_kim.py", "Homework 3_12_2025_lee.py"], 2),
        (["kim_2024_11_05_shallow.py", "lee_2024_11_05_shallow.py"], 2),
        (["kim.py", "kim.zip", "kim.ipynb"], 3),
        (["shallow.py", "shallow (1).py"], 2),
        (["kim.tar.gz", "lee.7z", "ann.py.txt"], 3),
        (["Ko\u0308nig.py", "K\u00f6nig.zip"], 2),
    ],
)  # fmt: skip
def test_files_of_one_student_belong_together_and_of_two_never(names, groups, tmp_path):
    for name in names:
        (tmp_path / name).write_text("")
    found, aside = intake.find(tmp_path)
    assert len(found) == groups and aside == []
    assert sum(map(len, found.values())) == len(names)


def test_two_folders_of_moodle_are_one_submission(tmp_path):
    write(
        tmp_path,
        {
            "Kim Winter_77_assignsubmission_file_/shallow.py": RELU,
            "Kim Winter_77_assignsubmission_onlinetext_/onlinetext.html": "<p>I &lt;3",
            "roster.txt": "",
            "grades.csv": "",
        },
    )
    found, aside = intake.find(tmp_path)
    assert (list(found), aside) == (["Kim Winter_77"], ["grades.csv", "roster.txt"])
    read = submission.read(found["Kim Winter_77"], "Kim Winter_77")
    assert read.source == RELU
    assert read.problems == ["typed into Moodle: \u201cI <3\u201d"]


def test_gradescopes_list_says_who_handed_in(tmp_path):
    write(
        tmp_path,
        {
            "submission_metadata.yml": "---\nsubmission_7:\n  :submitters:\n"
            "  - :name: Kim Winter\n    :sid: '00429'\n  :created_at: x\n"
            "submission_71:\n  :submitters:\n  - :name: Ann\n    :sid: '1'\n"
            "  - :name: Bob\n    :sid: '2'\n  :created_at: x\n",
            "submission_7/shallow.py": RELU,
            "submission_71/shallow.py": RELU,
        },
    )
    found, _ = intake.find(tmp_path)
    who = [submission.read(paths, name).student for name, paths in found.items()]
    assert who == [
        {"name": "Kim Winter", "id": "00429"},
        {"name": "Ann, Bob", "id": ""},
    ]


def test_a_name_in_another_encoding_survives(tmp_path):
    (tmp_path / "Zo\udceb.py").write_text(RELU)
    found, _ = intake.find(tmp_path)
    assert list(found) == ["Zo\u00eb"]
    assert submission.read(found["Zo\u00eb"], "Zo\u00eb").source == RELU


def test_a_zip_of_the_whole_class_is_nobodys(tmp_path):
    packed = zipped(kim_101_9001_shallow_dot_py=RELU, lee_102_9002_shallow_dot_py=RELUP)
    found = read(tmp_path, {"all.zip": packed})
    assert found.source == ""
    assert "several students" in found.problems[0]


def test_two_that_say_who_they_are_are_nobody(tmp_path):
    who = [json.dumps({"name": "x", "id": i}) for i in (1, 2)]
    found = read(tmp_path, {"student.json": who[0], "a/student.json": who[1]})
    assert found.student["id"] == "" and "several, of 1, 2" in found.problems[0]


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("00429", "429"),
        ("12E4", "120000"),
        ("12E4", "1.20E+05"),
        ("2-1", "02. Jan"),
        ("2-1", "2-Jan"),
        ("2-1", "1/2/2026"),
        ("Mar-3", "3. M\u00e4r"),
        ("Zo\u00eb", "Zo\u00c3\u00ab"),
        ("Zo\u00eb", "Zo?"),
        ("K\u00f6nig", "Ko\u0308nig"),
        ("\u674e\u660e", "??"),
        ("kim", "kim"),
    ],
)
def test_points_are_found_again_after_a_spreadsheet_had_them(name, saved, tmp_path):
    path = tmp_path / "to_read.csv"
    path.write_text(f"submission,name,8,comment\n{saved},,2.5,\n", encoding="utf-8")
    reading = marks.Reading(path, marks.read())
    assert reading.match([name, "lee"]) == []
    assert reading.of(name)[8] == 2.5
    reading.save({name: "", "lee": ""})
    rows, _, encoding = marks.read_table(path)
    again = marks.Reading(path, marks.read())
    assert again.match([name, "lee"]) == []
    assert again.of(name)[8] == 2.5 and len(rows) == 3


@pytest.mark.parametrize(
    ("names", "saved"),
    [
        (["1-2", "2-1"], "02. Jan"),
        (["0429", "00429"], "429"),
        (["Zo\u00eb", "Zo\u00e9"], "Zo?"),
        (["kim"], "lee"),
    ],
)
def test_points_that_may_be_of_two_are_of_none_and_told(names, saved, tmp_path):
    path = tmp_path / "to_read.csv"
    path.write_text(f"submission,name,8,comment\n{saved},,2.5,\n", encoding="utf-8")
    reading = marks.Reading(path, marks.read())
    assert reading.match(names) == [f"{saved} (line 2): no such submission"]
    assert not any(8 in reading.of(name) for name in names)


@pytest.mark.parametrize(
    "name", ["00429", "12E4", "2-1", "=1+1", "3 May", "may-3", "1e5"]
)
def test_no_spreadsheet_changes_what_is_written(name):
    assert marks.cell(name) == f"'{name}"
    assert marks.cell("429") == "429" and marks.cell("Kim") == "Kim"


def test_a_table_that_excel_saved_as_unicode_text_is_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("submission\t8\nZo\u00eb\t2\n".encode("utf-16"))
    assert marks.read_table(path)[0] == [["submission", "8"], ["Zo\u00eb", "2"]]


# Marks for Canvas and Moodle


def result_of(number="", total=60.0, unjudged=()):
    number, _, name = number.partition(" ")
    return {
        "student": {"name": name, "id": number}, "points": total, "comment": "",
        "unjudged": list(unjudged),
    }  # fmt: skip


CANVAS = (
    "Student,ID,SIS Login ID,MNIST (12)\n    Points Possible,,,50\n"
    '"Winter, Kim",101,00429,\n"Spring, Lee",102,lee@x.org,\n'
)
SISTERS = (
    "Student,ID,SIS Login ID,MNIST (12)\n    Points Possible,,,50\n"
    '"Winter, Kim",101,kim@x.org,\n"Winter, Lou",102,lou@x.org,\n'
)
GERMAN = (
    "ID,Vollst\u00e4ndiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,"
    "Feedback als Kommentar\n"
    "Teilnehmer/in77,Kim Winter,kw@x.org,Zur Bewertung abgegeben,,50,\n"
    "Teilnehmer/in78,Lee Spring,ls@x.org,Keine Abgabe,,50,\n"
)
BLIND = (
    "Identifikator,Status,Ocenjeno,Najvi\u0161ja\n"
    "Udele\u017eenec 77,x,,50\nUdele\u017eenec 78,x,,50\n"
)


@pytest.mark.parametrize(
    ("table", "handed_in", "given"),
    [
        (CANVAS, {"winterkim_101": ""}, ["60", ""]),
        (CANVAS, {"winterkim_101": "00429"}, ["60", ""]),
        (CANVAS, {"hw_102": ""}, ["", ""]),  # nobody's name is hw
        (CANVAS, {"Kim_2024": "429"}, ["60", ""]),  # lost zeros
        (CANVAS, {"winterkim_101": "lee@x.org"}, ["", ""]),  # two say two things
        (CANVAS, {"hw_101": "lee@x.org"}, ["", "60"]),  # the number has no name to it
        (SISTERS, {"winter_101": "lou@x.org"}, ["", "60"]),  # student.json counts
        (SISTERS, {"winterkim_101": "lou@x.org"}, ["", ""]),  # but not against a name
        (SISTERS, {"winter_101": "lou@x.org Kim"}, ["", ""]),
        (CANVAS, {"a": "429", "winterkim_101": ""}, ["", ""]),  # two claim one row
        (CANVAS, {"springlee_102": "", "b": "429"}, ["60", "60"]),
        (CANVAS, {"winterkim_101": "00429", "springlee_102": "00429"}, ["60", ""]),
        (CANVAS, {"winterkim_101": "", "lee": "00429"}, ["60", ""]),  # the owner's wins
        (GERMAN, {"Kim Winter_77": "", "Lee Spring_78": ""}, ["60", "60"]),
        (GERMAN, {"Kim Winter_78": ""}, ["", ""]),
        (GERMAN, {"x": "ls@x.org"}, ["", "60"]),
        (BLIND, {"Udele\u017eenec_78": ""}, ["", "60"]),
    ],
)  # fmt: skip
def test_marks_go_to_whom_they_belong_or_nowhere(table, handed_in, given, tmp_path):
    export, to = tmp_path / "export.csv", tmp_path / "filled.csv"
    export.write_text(table, encoding="utf-8")
    results = {name: result_of(number) for name, number in handed_in.items()}
    is_canvas = table in (CANVAS, SISTERS)
    lines = (lms.canvas if is_canvas else lms.moodle)(export, to, results)
    rows, *_ = marks.read_table(to)
    column = 3 if is_canvas else lms.grade_column(marks.read_table(export)[0])
    assert [row[column] for row in rows[-2:]] == given
    listed = [name for name in handed_in if f"    {name}" in lines]
    assert len(listed) == len(handed_in) - given.count("60")
    if "60" in given:
        assert any(line.endswith(": 60 of 50") for line in lines)


def test_what_was_not_judged_leaves_its_field_empty(tmp_path):
    export, to = tmp_path / "export.csv", tmp_path / "filled.csv"
    export.write_text(CANVAS)
    lines = lms.canvas(export, to, {"winterkim_101": result_of(unjudged=[7])})
    assert marks.read_table(to)[0][2][3] == ""
    assert "Not judged yet, and left empty:" in lines


# What the files are


@pytest.mark.parametrize(
    "files",
    [
        {"Shallow.PY": RELU},
        {"shallow (1).py": RELU},
        {"Copy of shallow.py": RELU},
        {"shallow - Copy.py": RELU},
        {"shallow.py.txt": RELU},
        {"kim_hw2.py": RELU},
        {"shallow.py": STUB, "work/shallow.py": RELU},
        {"shallow.py": RELU, "handout/shallow.py": STUB},
        {"shallow.py": STUB, "my_solution.py": RELU},
        {"shallow.py": RELU, ".venv/lib/shallow.py": "x = 1", "__pycache__/a.py": ""},
        {"shallow.py": RELU} | {f".venv/{i}.py": "" for i in range(600)},
        {"shallow.py": RELU, "lib/site-packages/numpy/shallow.py": "def softmax(a): 1"},
        {"hw.tar.gz": tarred(hw__shallow_dot_py=RELU.encode())},
        {"hw.zip": zipped(inner_dot_zip=zipped(shallow_dot_py=RELU))},
        {"shallow.py.gz": gzip.compress(RELU.encode())},
        {"shallow.py": RELU.encode("utf-16")},
        {"shallow.py": RELU.replace("\n", "\r\n").encode()},
        {"shallow.py": "!pip install -q numpy \\\n    matplotlib\n" + RELU},
        {"shallow.py": notebook(RELU)},
        {"work.py": MARIMO},
        {"work.ipynb.txt": notebook(RELU)},
        {"work.ipynb": notebook(RELU), "work (1).ipynb": notebook(RELU)},
        {"shallow.py": RELU, "w.ipynb": notebook("from me import *"), "me.py": "x = 1"},
    ],
    ids=lambda files: next(reversed(files)),
)
def test_the_answers_are_found_whatever_they_are_in(files, tmp_path):
    found = read(tmp_path, files)
    assert written(found.source) >= {"relu"}
    names = {}
    exec(found.source, names)
    assert list(names["relu"](np.array([-1, 2]))) == [0, 2]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"shallow.py": STUB, "a/shallow.py": RELU},
            "a/shallow.py counts, with 1 func",
        ),
        ({"hw.rar": b"Rar!\x1a\x07"}, "hw.rar: is a .rar archive, which is not read"),
        ({"hw.zip": b"7z\xbc\xaf\x27"}, "hw.zip: is a .7z archive"),
        ({"a.rtf": b"{\\rtf1 x}"}, "a.rtf: is formatted text (RTF), as word"),
        ({"shallow.py": b"{\\rtf1 x}"}, "shallow.py: is formatted text (RTF)"),
        ({"report.pdf": b"%PDF"}, "also handed in, and not shown here: report.pdf"),
        ({"report.pdf": b"%PDF"}, "there is no shallow.py and no notebook"),
        ({"shallow.py": RELU, "q8.jpg": b"none"}, "not shown here: q8.jpg"),
        ({"work.ipynb": b"<!DOCTYPE html>"}, "is a web page, and not a notebook"),
        ({"work.ipynb": notebook(text("hi"))}, "no code in the notebooks"),
        (
            {"hw.zip": zipped(shallow_dot_py=RELU)[:-30]},
            "hw.zip: the zip cannot be read",
        ),
        ({"a.py": f"x = '{'x' * 2**18}'"}, "the code is longer than"),
        ({"shallow.py": RELU, "big.py": "x" * 2**18}, "big.py is left out"),
    ],
)
def test_nothing_vanishes(files, said, tmp_path):
    assert said in "; ".join(read(tmp_path, files).problems)


def test_a_zip_with_a_nameless_member_is_read(tmp_path):
    packed = zipped(X=b"", shallow_dot_py=RELU).replace(b"X", b"\0", 2)
    assert read(tmp_path, {"hw.zip": packed}).source == RELU


def test_damaged_compression_is_told(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("shallow.py", RELU * 50)
    content = bytearray(packed.getvalue())
    content[60:90] = bytes(30)
    found = read(tmp_path, {"hw.zip": bytes(content), "deep.py": RELUP})
    assert "shallow.py: cannot be read" in found.problems[0]
    assert "deep.py" in found.beside


def test_the_students_other_modules_come_along(tmp_path):
    given = (submission.ROOT / "MNISTtools.py").read_text()
    files = {"shallow.py": "from helpers import f\n" + RELU, "helpers.py": "f = 1\n"}
    files |= {"MNISTtools.py": given, "figures.py": "mine = 1\n", "not a name.py": ""}
    found = read(tmp_path, files | {"deep-1.py": RELUP, "tools/far.py": "x = 1"})
    assert set(found.beside) == {"deep.py", "helpers.py", "figures.py"}


def test_an_old_module_beside_a_stub_does_not_hide_the_notebook(tmp_path):
    files = {"shallow.py": STUB + RELUP, "old.py": RELU.replace("np.maximum", "max")}
    found = read(tmp_path, files | {"work.ipynb": notebook(RELU)})
    assert "relu" in written(found.source)


# The code in notebooks


@pytest.mark.parametrize(
    "cells",
    [
        ["relu = lambda a: np.maximum(a, 0)"],
        ["def half(a):\n    return a / 2", "relu = lambda a: half(np.abs(a) + a)"],
        ["if True:\n    def relu(a):\n        return np.maximum(a, 0)\n    train()"],
        ["if __name__ == '__main__':\n    def relu(a):\n        return a * (a > 0)"],
        ["if 0:\n    relu = abs\nelse:\n    relu = lambda a: a * (a > 0)"],
        [
            "count = 0",
            "def relu(a):\n    global count\n    count += 1\n    return a * (a > 0)",
        ],
        ["seen = {}", "def relu(a):\n    seen['x'] = 1\n    return a * (a > 0)"],
        ["def relu(a):\n    return 0", "def relu(a):\n    return a * (a > 0)"],
        ["def one(a):\n    return max(a, 0)", "relu = np.vectorize(one)"],
        ["!pip install tqdm \\\n  numpy", RELU],
        ["%%time\n" + RELU],
        ["x = !ls\n" + RELU],
        ["try:\n    from shallow import *\nexcept ImportError:\n    pass", RELU],
        ["x = load()\nnet = train(x)", RELU + "\nrelu(x)"],
        ["from math import *", "def relu(a):\n    return (fabs(1) * a) * (a > 0)"],
        [
            "import numpy as np; zero = 0; x = load()",
            "def relu(a):\n    return np.maximum(a, zero)",
        ],
        [
            "class Net:\n    low = 0",
            "net = Net()",
            "def relu(a):\n    return np.maximum(a, net.low)",
        ],
        ["relu = lambda a: np.maximum(a, 0)"],
        ["if True:\n    def relu(a):\n        return np.maximum(a, 0)"],
        ["try:\n    def relu(a):\n        return np.maximum(a, 0)\nexcept OSError: 1"],
        ["relu.calls = 0", RELU.replace("return", "relu.calls += 1\n    return"), ""][
            ::-1
        ],
        [
            "count, seen = 0, {}",
            "seen['relu'] = []\nfor key in 'ab':\n    seen[key] = 0\ncount += 1",
            "def relu(a):\n    global count\n    count += 1\n    seen['a'] += 1\n"
            "    seen['relu'].append(count)\n    return np.maximum(a, 0)",
        ],
        [
            "def lowest():\n    return 0.0",
            "low = lowest()\nx = load()\nnet = train(relu, x)",
            "def relu(a):\n    return np.maximum(a, low)",
        ],
        [
            "rng = np.random.default_rng(0)",
            "def relu(a):\n    rng.random()\n    return a * (a > 0)",
        ],
    ],
)
def test_a_notebooks_answer_has_what_it_needs(cells, tmp_path):
    found = read(tmp_path, {"work.ipynb": notebook("import numpy as np", *cells)})
    names = {"np": np}
    exec(found.source, names)
    assert list(names["relu"](np.array([-1, 2]))) == [0, 2]
    assert found.problems == []


def test_what_cannot_be_read_is_told_with_line_and_reason(tmp_path, monkeypatch):
    found = read(
        tmp_path,
        {
            "shallow.py": RELU + "\ndef softmax(a):\n    return (a\n",
            "work.ipynb": notebook(
                "x = 1", "y = 2\n\ndef eval_loss(y, d)\n    return 1"
            ),
        },
    )
    assert (
        "work.ipynb, cell 2, line 3: Python cannot read it (expected ':')"
        in (found.problems[0])
    )
    assert found.unread["eval_loss"].startswith("work.ipynb, cell 2, line 3:")
    answers = Answers(found.source, "shallow.py", unread=found.unread)
    verdicts = {v.number: v for v in judge(answers, [5, 7, 15])}
    assert {v.verdict for v in verdicts.values()} == {NOT_ANSWERED}
    line = "SyntaxError: '(' was never closed"
    said = f"`softmax` could not be read: shallow.py, line 8: {line}"
    assert verdicts[7].hint == said
    assert verdicts[15].hint.startswith("`eval_loss` could not be read: work.ipynb,")
    assert verdicts[5].hint == "there is no `label2onehot`"  # of another cause
    monkeypatch.setattr(Grader, "numbers", [15])
    where = sandbox.Sandbox("none", folder="")
    marked = Grader(where, ASSIGNMENT, TrustedAnswers("")).result(found)
    assert marked["questions"]["15"]["hint"] == verdicts[15].hint


@pytest.mark.parametrize("path", [*VARIANTS], ids=lambda path: path.stem)
def test_a_notebook_is_judged_by_itself_as_it_is_graded(path, tmp_path):
    said = json.loads(as_notebook(path.read_text(encoding="utf-8")))
    said["cells"].append(cell("def softmax(a)\n    return a"))
    (tmp_path / "work.ipynb").write_text(json.dumps(said), encoding="utf-8")
    graded = submission.read([tmp_path / "work.ipynb"], "work")
    alone = Answers.of(tmp_path / "work.ipynb")
    assert alone.source == graded.source and alone.path.name == graded.filename
    assert alone.unread == graded.unread and alone.remarks == graded.problems


def test_the_command_judges_a_notebook_and_says_where_there_is_none(tmp_path):
    cells = "import numpy as np", RELU, RELUP, "def softmax(a)\n    return a"
    (tmp_path / "work.ipynb").write_bytes(notebook(*cells))
    (tmp_path / "page.ipynb").write_text("<html>")

    def check(name):
        command = [sys.executable, "-m", "checks", "12", "7", "--answers"]
        found = subprocess.run(
            [*command, tmp_path / name], capture_output=True, text=True, cwd=ROOT
        )
        return " ".join(f"{found.stdout}{found.stderr}".split())

    said = check("work.ipynb")
    assert "12 ReLU right" in said
    assert "`softmax` could not be read: work.ipynb, cell 4, line 1: Python" in said
    assert "page.ipynb is a web page, and not a notebook" in check("page.ipynb")
    assert "cannot read" in check("none.ipynb")


@pytest.mark.parametrize(
    ("text", "said"),
    [  # what a hint says of an error is true of the code
        (
            "import scikit.special as s\ndef softmax(a):\n    return s.softmax(a)",
            "(line 3): `s` is not there, since line 1 failed: ModuleNotFoundError",
        ),
        (
            "def softmax(a):\n    return math.exp(a)",
            "NameError: name 'math' is not defined (line 2)",
        ),
        ("def softmax(a):\n    return relu(a, 1)\n" + RELU, RELU_TOOK_TWO),
        (
            "def softmax(a):\n    return relu(a) + a\n"
            "def relu(a):\n    return a[:, 99]",
            "(line 2): it calls `relu` with an array of shape (10, 1), and that raises "
            "IndexError",
        ),
    ],
    ids=["module", "typo", "arguments", "in-another"],
)
def test_an_error_is_told_where_it_belongs(text, said):
    known = ["relu"], lambda *args: None  # nobody knows what `relu` answers
    functions = worker.Functions(text, "shallow.py")
    error = functions.call("softmax", [np.ones((10, 1))], {}, *known)["error"]
    assert said in raised(error)


def test_where_a_progress_bar_shows_the_loss_it_is_shown():
    text = "from tqdm.auto import tqdm, trange\ndef relu(a):\n    bar = trange(2)\n"
    text += "    for _ in bar: bar.set_postfix(loss=a)\n    tqdm.write('done')"
    printed = worker.Functions(text, "shallow.py").call("relu", [0.25], {})["printed"]
    assert "loss=0.25" in printed and "done" in printed


# What the marker sees


@pytest.mark.parametrize(
    ("made", "part"),
    [
        (
            text("![x](attachment:f.png)", attachments={"f.png": {"image/png": PIXEL}}),
            "png",
        ),
        (text(f"![x](data:image/png;base64,{PIXEL})"), "png"),
        (text("<img width='3' src='photo.png'>"), "png"),
        (text("![x](<../b/photo%20of%201.png>)"), "png"),
        (cell("f()", shows(image_png=PIXEL)), "png"),
        (cell("f()", shows(image_jpeg=PIXEL)), "png"),
        (cell("f()", {"output_type": "display_data", "png": PIXEL}), "png"),
        (
            cell("f()", shows(text_html=f"<img src='data:image/png;base64,{PIXEL}'>")),
            "png",
        ),
        (cell("f()", {"data": {"image/svg+xml": ["<svg", "/>"]}}), "svg"),
    ],
)
def test_every_picture_is_shown(made, part, tmp_path):
    heading = text("## Question 9")
    files = {"a/w.ipynb": notebook(heading, made), "a/photo.png": PNG}
    found = read(tmp_path, files | {"b/photo of 1.png": PNG})
    (shown,) = [content for kind, content in found.answers[9] if kind == "image"]
    assert shown.startswith(f"data:image/{part}")


@pytest.mark.parametrize(
    ("made", "part"),
    [
        (
            cell(
                "1 + 1", {"output_type": "execute_result", "data": {"text/plain": "2"}}
            ),
            ("output", "2"),
        ),
        (
            cell("print(5)", {"output_type": "stream", "text": ["5\n"]}),
            ("output", "5\n"),
        ),
        (
            cell("f()", {"output_type": "error", "ename": "E", "evalue": "no"}),
            ("output", "E: no"),
        ),
        (cell("df", shows(text_html="<table>", text_plain="x")), ("html", "<table>")),
        (cell("m", shows(text_latex="$x$", text_plain="x")), ("text", "$x$")),
        (cell("# because it is so"), ("code", "# because it is so")),
        (text("before ![](gone.png) after"), ("text", " after")),
        (
            text("before ![](gone.png) after"),
            (
                "note",
                "The picture `gone.png` was not handed in with the notebook: "
                "see w.ipynb, cell 2.",
            ),
        ),
        (
            text("![](../../etc/passwd)"),
            (
                "note",
                "The picture `../../etc/passwd` was not handed in with the notebook: "
                "see w.ipynb, cell 2.",
            ),
        ),
        (text("x" * 30_000), ("note", "The text goes on: see w.ipynb, cell 2.")),
    ],
)
def test_everything_that_a_notebook_shows_is_shown(made, part, tmp_path):
    found = read(tmp_path, {"w.ipynb": notebook(text("Exercise 9."), made)})
    assert part in found.answers[9]


def test_a_notebook_with_headings_of_its_own_is_shown_all_the_same(tmp_path):
    cells = [text("# ReLU"), cell(RELU), text("### Why\nBecause."), "plot()"]
    found = read(tmp_path, {"w.ipynb": notebook(*cells)})
    assert found.answers[12] == [("code", RELU)]
    page = page_of(found)
    assert "No text or figure" not in page
    assert "Because." in page and "plot()" in page and "All of your notebooks" in page


def test_code_is_shown_whatever_else_ends_a_line():
    source = f"x = (\n# \f\x1c\u2028\n\f\x1e\n{RELU}{RELUP}"
    shown = feedback.code_of(["relup"], source)
    assert shown == "  11  def relup(a, e):\n  12      return e * (a > 0)"


def test_an_answer_that_is_copied_is_an_answer_all_the_same(tmp_path):
    own = [c for c in ipynb.own_cells() if {"q8", "answer"} <= {*ipynb.tags_of(c)}]
    found = read(tmp_path, {"w.ipynb": notebook(text("## Question 8"), *own)})
    assert ("text", ipynb.text_of(own[0])) in found.answers[8]


def test_what_was_handed_out_is_no_answer_when_its_tags_are_lost(tmp_path):
    for name, content in make_edition().items():
        if name.endswith(".ipynb"):
            said = json.loads(content)
            for one in said["cells"]:
                one["metadata"] = {}
            assert read(tmp_path, {name: json.dumps(said)}).answers == {}


def stub_result(handed_in):
    """Return a result that the judge could give."""
    result = grade.failed(handed_in)
    for n in CODED + BONUS:
        result["questions"][str(n)]["verdict"] = "not answered"
    return result


def page_of(handed_in):
    result = stub_result(handed_in)
    marks.count(result, marks.read(), {"comment": ""})
    return feedback.page(result, handed_in, marks.read())


# One submission stops, hangs or slows nobody else


@pytest.fixture
def process():
    """Return a process apart, and end it."""
    one = apart.Apart()
    yield one
    one.close()


def test_what_happens_apart_is_told_and_the_next_call_works(process):
    with pytest.raises(apart.Failed, match="ValueError: math domain error") as error:
        process.call(math.sqrt, -1)
    assert "Traceback" in error.value.details
    with pytest.raises(apart.Failed, match="it ended Python"):
        process.call(os._exit, 3)
    assert process.call(math.sqrt, 4) == 2
    process.call(print, "this gets between no replies")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no such clock")
def test_what_does_not_end_is_ended_by_the_time_that_it_works(process, monkeypatch):
    monkeypatch.setattr(apart, "KILLED", {-signal.SIGPROF})
    monkeypatch.setattr(apart, "PATIENCE", 200)  # on a machine that is very busy
    with pytest.raises(apart.Failed, match="did not end in 0.2 seconds"):
        process.call(sum, range(10**12), seconds=0.2)
    assert process.call(time.sleep, 0.5, seconds=0.2) is None  # it only waits


class Stub:
    """A judge that knows no question, and fails where a submission says so."""

    sandbox, seed = types.SimpleNamespace(level="none"), 5

    def result(self, handed_in):
        if "fail the judge" in handed_in.source:
            raise RecursionError("deep")
        return stub_result(handed_in)


@pytest.fixture
def stub(monkeypatch):
    """Put a stub in the judge's place."""
    monkeypatch.setattr(grade.Grader, "new", lambda where: Stub())
    monkeypatch.setattr(grade.sandbox, "choose", lambda level: None)


BAD = {
    "judge.py": "# fail the judge\n" + RELU,
    "brackets.ipynb": notebook(text("## Question 8\nSo $" + "(" * 44 + "x$")),
    "surrogate.ipynb": notebook(text("## Q8 $\ud800$")),
    "decorators.py": "@f\n" * 80_000 + RELU,
    "elif.py": "if x:\n    pass\n" + "elif x:\n    pass\n" * 3000 + RELU,
    "nested.py": RELU + "x = " + "-" * 5000 + "1\n",
    "raises.py": "def relu(a):\n    raise NotImplementedError("
    + "'a' + " * 400
    + "'a')\n",
    "indented.py": "  import numpy as np\n    def relu(a):\n  return a\n",
    "bracket.py": ")\n",
    "zero.py": "    x = 1\0",
    "quotes.ipynb": notebook(text("## Question 8\n" + "> " * 3000 + "x")),
    "links.ipynb": notebook(text("## Question 8\n" + "[" * 5000)),
    "list.ipynb": notebook(text("## Question 8\n" + "* " * 3000)),
    "braces.ipynb": notebook(text("## Question 8\n$" + "{" * 5000 + "x$")),
    "tags.ipynb": notebook(
        text("## Question 8"), cell("t", shows(text_html="<b>" * 20_000))
    ),
    "odd.ipynb": b'{"cells": [{"cell_type": [], "source": 5, "outputs": {"a": 1}}, 7]}',
    "metadata.ipynb": notebook(cell("", 1, [], metadata=5)),
    "deep.zip": zipped(
        a_dot_zip=zipped(a_dot_zip=zipped(a_dot_zip=zipped(a_dot_py=RELU)))
    ),
}


def test_a_class_goes_on_whatever_one_submission_does(stub, tmp_path, monkeypatch):
    monkeypatch.setattr(grade, "READ", 2)
    monkeypatch.setattr(grade, "PAGE", 2)
    write(tmp_path / "class", BAD | {"ann.py": RELU, "zoe.py": RELU})
    start = time.process_time()
    results, run = grade.grade(tmp_path / "class", tmp_path / "to", marks.read())
    assert time.process_time() - start < 20  # here; what is apart has its own clock
    assert set(results) == {name.partition(".")[0] for name in BAD} | {"ann", "zoe"}
    rows, *_ = marks.read_table(tmp_path / "to" / "gradebook.csv")
    remarks = {row[0]: row[-1] for row in rows}
    assert remarks["ann"] == remarks["zoe"] == ""
    assert "the grader failed here" in remarks["judge"]
    assert "is shown as it was typed" in remarks["brackets"]
    at = rows[0].index("points")
    assert {row[0]: row[at] for row in rows}["judge"] == ""  # and no zero
    assert "RecursionError" in (tmp_path / "to" / "judge" / "faults.txt").read_text()
    assert "    judge" in run.lines
    page = (tmp_path / "to" / "brackets" / "feedback.html").read_text(encoding="utf-8")
    assert "((((x$" in page
    for name in results:
        assert (tmp_path / "to" / name / "feedback.html").exists()


def test_not_even_a_fault_that_nobody_foresaw_stops_it(stub, tmp_path, monkeypatch):
    count = marks.count

    def counting(result, *args):
        if result["submission"] == "kim" and "key" in result:
            raise KeyError("nobody foresaw this")
        count(result, *args)

    monkeypatch.setattr(marks, "count", counting)
    write(tmp_path / "class", {"kim.py": RELU, "ann.py": RELU})
    results, run = grade.grade(tmp_path / "class", tmp_path / "to", marks.read())
    assert results["ann"]["faults"] == 0 and results["kim"]["faults"] == 1
    assert "foresaw" in (tmp_path / "to" / "kim" / "faults.txt").read_text()
    assert (tmp_path / "to" / "class.html").exists()


def test_where_nothing_can_be_judged_it_stops_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(grade.sandbox, "choose", lambda level: 1 / 0)
    write(tmp_path / "class", {"kim.py": RELU})
    with pytest.raises(grade.NoJudge, match="division by zero"):
        grade.grade(tmp_path / "class", tmp_path / "to", marks.read())


ASKS = RELU + "\n\ndef softmax(a):\n    return relu(a)\n"


def test_a_judge_that_waits_for_the_machine_stops_no_answer(monkeypatch):
    monkeypatch.setattr(runner, "ASLEEP", 0.5)
    with Answers(ASKS).open() as process:
        asked = {"ask": lambda *args: time.sleep(1.5), "standins": ["relu"]}
        assert process.call("softmax", np.ones(3), **asked).error is None


@pytest.mark.skipif(sys.platform != "linux", reason="no time can be seen")
def test_what_the_judge_works_for_an_answer_is_of_its_time():
    def work(*args):
        end = time.thread_time() + 0.5
        while time.thread_time() < end:
            pass

    with Answers(ASKS, seconds=0.3).open() as process:
        asked = {"ask": work, "standins": ["relu"]}
        found = [process.call("softmax", np.ones(3), **asked) for _ in range(9)]
    assert found[-1].error["type"] == "Timeout"


@pytest.mark.parametrize(("refused", "tried"), [(2, 3), (9, 5)])
def test_a_seed_that_hides_a_mistake_is_drawn_again(refused, tried, monkeypatch):
    seeds = []

    def compiling(course, seed):
        seeds.append(seed)
        if len(seeds) <= refused:
            raise CourseError("no case sees it")
        raise KeyError("compiled")

    monkeypatch.setattr(judging, "compile_course", compiling)
    with pytest.raises(KeyError if refused < 5 else CourseError):
        Grader.new(None)
    assert len(set(seeds)) == tried


def test_what_was_not_judged_is_judged_by_the_next_run(stub, tmp_path, monkeypatch):
    write(tmp_path / "class", {"kim.py": BAD["judge.py"], "ann.py": RELU})
    args = tmp_path / "class", tmp_path / "to", marks.read()
    assert grade.grade(*args)[1].judged == 3  # one of them once more alone
    monkeypatch.setattr(Stub, "result", lambda self, handed_in: stub_result(handed_in))
    results, run = grade.grade(*args)
    assert run.judged == 1 and results["kim"]["unjudged"] == []
    assert not (tmp_path / "to" / "kim" / "faults.txt").exists()


def test_a_points_file_without_questions_to_read_is_one(stub, tmp_path):
    text = marks.as_file()
    start, end = text.index("[reading]"), text.index("[extras]")
    points = tmp_path / "points.toml"
    points.write_text(text[:start] + "[reading]\n\n" + text[end:], encoding="utf-8")
    write(tmp_path / "class", {"ann.py": RELU})
    results, _ = grade.grade(tmp_path / "class", tmp_path / "to", marks.read(points))
    assert results["ann"]["of"] == 60


def test_no_console_ends_a_run(stub, tmp_path, monkeypatch):
    write(
        tmp_path / "class",
        {"\u674e\u660e.py": BAD["judge.py"], "\u043a\u0438\u043c.txt": ""},
    )
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", out)
    arguments = ["grade", str(tmp_path / "class"), "--to", str(tmp_path / "to")]
    monkeypatch.setattr("sys.argv", arguments)
    assert grade.main() == 0
    out.flush()
    said = out.buffer.getvalue().decode("ascii")
    assert r"\u674e\u660e" in said and r"\u043a\u0438\u043c.txt" in said


# Fuzzing; the large run is `python -m tests.fuzz --count 2000`


def test_no_mutation_stops_the_class_or_is_beyond_the_grader(tmp_path):
    assert fuzz.submissions(tmp_path, 60, seed=1, judge=Stub()) == []


def test_no_reply_of_a_worker_is_beyond_the_judge_or_changes_what_comes_next():
    assert fuzz.replies(40, seed=1) == []


# Thirty ways in which an outsider handed in right and wrong answers


MNIST = zipped(mnist__shallow_dot_py=RELU)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("berta_202_90002_mnist-from-scratch.zip", MNIST),
        ("dora_204_90004_mnist.tar.gz", tarred(mnist__shallow_dot_py=RELU.encode())),
        ("mnist/hw.zip", MNIST),
        ("hw.zip", zipped(**{"a__mnist-from-scratch_dot_zip": MNIST})),
        ("ubyte.zip", MNIST),
    ],
)
def test_an_archive_may_be_called_like_the_data(name, content, tmp_path):
    write(tmp_path, {name: content})
    ((name, paths),) = intake.find(tmp_path)[0].items()
    found = submission.read(paths, name)
    assert (found.source, found.problems) == (RELU, [])


def test_the_data_that_were_handed_out_are_not_read(tmp_path):
    damaged = {"data/train-images-idx3-ubyte.gz": b"damaged", "shallow.py": RELU}
    assert read(tmp_path, damaged).problems == []


@pytest.mark.parametrize(
    "files",
    [
        {"shallow.py": RELU, "run_64_100_relu.ipynb": notebook("print(1)"),
         "run_128_100_relu.ipynb": notebook("print(2)")},
        {"work.ipynb": notebook(RELU), "ada_64_100_x.ipynb": notebook("print(1)"),
         "bob_128_100_x.ipynb": notebook("print(2)")},
        {"run_64_100_relu.ipynb": notebook(RELU), "run_128_100_x.ipynb": notebook("5")},
        {"my.zip": zipped(kate_207_90010_shallow_dot_py=RELU,
                          kate_207_90011_01_data_dot_ipynb=notebook(text("hi")))},
        {"my.zip": zipped(kate_207_90010_shallow_dot_py="from utils import *",
                          kate_207_90011_utils_dot_py=RELU)},
    ],
)  # fmt: skip
def test_numbers_in_the_names_of_ones_own_files_make_no_other_student(files, tmp_path):
    found = read(tmp_path, files)
    assert "np.maximum(a, 0)" in found.source + found.beside.get("utils.py", "")
    assert "several students" not in " ".join(found.problems)


OLDER = RELU.replace("np.maximum(a, 0)", "abs(a)")
BROKEN = RELU + "def softmax(a:\n"


def dated(**files):
    """Return a zip in which each file is a day newer than the one before."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for day, (name, content) in enumerate(files.items(), 1):
            archive.writestr(
                zipfile.ZipInfo(place(name), (2026, 11, day, 1, 1, 1)), content
            )
    return packed.getvalue()


@pytest.mark.parametrize(
    ("files", "why"),
    [
        (
            {"a_205_9999_shallow.py": OLDER, "a_205_10050_shallow-1.py": OLDER + "#",
             "a_205_10099_shallow-2.py": RELU},
            "shallow-2.py counts, with 1 function, since it was uploaded last (beside",
        ),
        (
            {"a_205_9999_shallow.py": OLDER + RELUP, "a_205_10050_shallow-1.py": RELU},
            "since it was uploaded last (beside shallow.py with 2)",
        ),
        (
            {"a_205_9999_shallow.py": OLDER, "a_205_10050_shallow.py": RELU},
            "10050/shallow.py counts, with 1 function, since it was uploaded last",
        ),
        (
            {"a_205_9999_hw.zip": zipped(shallow_dot_py=OLDER),
             "a_205_10050_hw-1.zip": zipped(shallow_dot_py=RELU)},
            "hw-1/shallow.py counts, with 1 function, since it was uploaded last",
        ),
        (
            {"a/shallow.py": OLDER, "a/shallow (1).py": OLDER + "#",
             "a/shallow (2).py": RELU},
            "since it has the highest number",
        ),
        (
            {"a/hw.zip": dated(final__shallow_dot_py=OLDER, last__shallow_dot_py=RELU)},
            "since it has the latest date",
        ),
        (
            {"a/old/shallow.py": OLDER, "a/work/shallow.py": RELU},
            "since the other is called old",
        ),
        (
            {"a/final/shallow.py": OLDER, "a/final_FINAL/shallow.py": RELU},
            "since it is called final",
        ),
        ({"a/shallow.py": RELU, "a/shallow (1).py": STUB}, "since it has answers"),
        (
            {"a/shallow.py": RELU, "a/shallow (1).py": BROKEN},
            "since Python can read it",
        ),
    ],
)  # fmt: skip
def test_of_several_versions_the_newest_with_answers_counts(files, why, tmp_path):
    write(tmp_path, files)
    ((name, paths),) = intake.find(tmp_path)[0].items()
    found = submission.read(paths, name)
    assert found.source == RELU
    assert len(found.problems) == 1 and why in found.problems[0]


def test_what_a_newer_notebook_defines_counts_and_that_is_told(tmp_path):
    files = {"hw.ipynb": OLDER, "hw-1.ipynb": RELU, "old/hw (2).ipynb": OLDER + "#"}
    found = read(tmp_path, {name: notebook(code) for name, code in files.items()})
    assert found.source.endswith(RELU.strip().rpartition("\n\n\n")[2] + "\n")
    said = "what both hw.ipynb and hw-1.ipynb define counts as in hw-1.ipynb"
    assert found.problems[-1] == said


PLAIN = (
    "Student,ID,SIS User ID,MNIST (12)\n    Points Possible,,,50\n"
    '"Nolan, Nora",302,4242,\n"Olsen, Otto",303,4343,\n"Mueller, Max",304,4444,\n'
)


@pytest.mark.parametrize(
    ("handed_in", "given"),
    [
        (
            {"droppeddan_399": "4343"},
            ["", "", ""],
        ),  # not in the export, with Otto's JSON
        ({"Nora Nolan": "4343"}, ["", "", ""]),  # a folder that is Nora's
        ({"Otto Olsen": "4343"}, ["", "60", ""]),
        ({"olsenotto_399": "4343"}, ["", "60", ""]),  # the export is another course's
        ({"m\u00fcllermax_304": "4444"}, ["", "", "60"]),  # two things agree
        ({"hw_2024": "4343"}, ["", "60", ""]),  # no number of a student
        ({"anon_12345": "4343"}, ["", "60", ""]),
        ({"our work": "4343"}, ["", "60", ""]),
    ],
)
def test_a_friends_student_json_gives_nobody_marks(handed_in, given, tmp_path):
    export, to = tmp_path / "export.csv", tmp_path / "filled.csv"
    export.write_text(PLAIN, encoding="utf-8")
    results = {name: result_of(number) for name, number in handed_in.items()}
    lines = lms.canvas(export, to, results)
    assert [row[3] for row in marks.read_table(to)[0][2:]] == given
    lost = "Submissions without a row of their own:" in lines
    assert lost is ("60" not in given)
    assert any("Olsen, Otto: no submission" in line for line in lines) is (not given[1])
    head = "Matched by student.json alone, though called otherwise:"
    assert (head in lines) is ("our work" in handed_in)


def test_no_code_is_no_zero_before_a_human_has_decided(stub, tmp_path):
    write(
        tmp_path / "class", {"kim_101_9001_hw.pdf": b"%PDF", "lee_102_9002_hw.py": RELU}
    )
    write(tmp_path / "class", {"ann_103_9003_shallow.py": "\xd0\xcf\0 no text\n"})
    args = tmp_path / "class", tmp_path / "to", marks.read()
    results, run = grade.grade(*args)
    at = run.lines.index(
        "No code was found in these; they have no mark until you enter one:"
    )
    assert run.lines[at + 1].startswith("    ann_103: ")
    assert run.lines[at + 2] == (
        "    kim_101: there is no shallow.py and no notebook; also handed in, and not "
        "shown here: hw.pdf"
    )
    rows, *_ = marks.read_table(tmp_path / "to" / "gradebook.csv")
    column = rows[0].index("points")
    assert {row[0]: row[column] for row in rows[1:]} == {
        "ann_103": "", "kim_101": "", "lee_102": "0",
    }  # fmt: skip
    export, to = tmp_path / "export.csv", tmp_path / "filled.csv"
    export.write_text(CANVAS)
    lines = lms.canvas(export, to, results)
    assert [row[3] for row in marks.read_table(to)[0][2:]] == ["", "0"]
    assert "Without any code, and left empty before you decide:" in lines
    assert lines[-1] == "1 of these marks lack points that you give in to_read.csv."
    page = (tmp_path / "to" / "kim_101" / "feedback.html").read_text(encoding="utf-8")
    assert "There is no mark yet" in page and "0 of 12" not in page
    assert "your instructor can open it: hw.pdf." in page
    table = tmp_path / "to" / "to_read.csv"
    rows, *_ = marks.read_table(table)
    rows[2][rows[0].index("8")] = "0"
    marks.write_table(table, rows)
    results, run = grade.grade(*args)
    assert "kim_101" not in " ".join(run.lines)
    lms.canvas(export, to, results)
    assert [row[3] for row in marks.read_table(to)[0][2:]] == ["0", "0"]


def test_cells_that_are_no_points_are_told_all_at_once(tmp_path):
    path = tmp_path / "to_read.csv"
    path.write_text("submission,8,9\nkim,-1,2\nlee,ok,7\n")
    with pytest.raises(ValueError, match="to_read.csv") as error:
        marks.Reading(path, marks.read())
    assert str(error.value).splitlines()[1:] == [
        "    row 2, kim, question 8: '-1' is no number of points (from 0 to 3)",
        "    row 3, lee, question 8: 'ok' is no number of points (from 0 to 3)",
    ]


def test_points_above_the_most_are_told(stub, tmp_path):
    write(tmp_path / "class", {"lee.py": RELU})
    write(tmp_path / "to", {"to_read.csv": "submission,8\nlee,7\n"})
    results, run = grade.grade(tmp_path / "class", tmp_path / "to", marks.read())
    assert "    row 2, lee, question 8: 7 of 3" in run.lines
    assert results["lee"]["points"] == 7


def test_what_a_withdrawn_submission_left_is_told(stub, tmp_path):
    write(tmp_path / "class", {"lee.py": RELU, "kim.py": RELU})
    args = tmp_path / "class", tmp_path / "to", marks.read()
    assert "Left over" not in " ".join(grade.grade(*args)[1].lines)
    (tmp_path / "class" / "kim.py").unlink()
    lines = grade.grade(*args)[1].lines
    head = "Left over from earlier runs, without a submission now:"
    assert lines[lines.index(head) + 1] == "    kim"


@pytest.mark.parametrize(
    ("heading", "questions"),
    [
        ("## Questions 23 and 24", {23, 24}),
        ("**Questions 8, 9 and 10**", {8, 9, 10}),
        ("# Aufgabe 8 und 9", {8, 9}),
        ("## 3.2 Numerical check (question 11)", {11}),
        ("# Question 8, 3 points", {8}),
        ("## Results of Question 18", {0}),
    ],
)
def test_a_heading_may_name_several_questions_or_end_with_one(
    heading, questions, tmp_path
):
    found = read(tmp_path, {"w.ipynb": notebook(text(heading), text("Both grow."))})
    assert {*found.answers} == questions
    assert all(("text", "Both grow.") in parts for parts in found.answers.values())


def test_pictures_that_no_notebook_shows_are_shown_at_the_end(tmp_path):
    files = {"shallow.py": RELU, "q8.png": PNG, "q9.jpg": b"\xff\xd8\xff rest"}
    files |= {"w.ipynb": notebook(text("## Question 9\n![](q9.jpg)")), "a.heic": b"x"}
    found = read(tmp_path, files)
    assert [kind for kind, _ in found.loose] == ["note", "image"]
    assert found.problems == ["also handed in, and not shown here: a.heic"]
    page = page_of(found)
    assert page.count(PIXEL) == 1 and '<p class="quiet">q8.png:</p>' in page
    many = {f"{i}.png": PNG + bytes([i]) for i in range(30)}
    found = read(tmp_path, many, "lee")
    assert len(found.loose) == 2 * submission.LOOSE
    assert "29.png" not in str(found.loose) and "and " in found.problems[-1]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"hw.pdf": b"%PDF"}, "your instructor can open it: hw.pdf."),
        ({"q8.png": PNG}, 'see <a href="#loose">what you handed in beside the code'),
        ({"shallow.py": RELU}, "so there is nothing to read"),
    ],
)
def test_there_is_nothing_to_read_only_where_that_is_so(files, said, tmp_path):
    page = page_of(read(tmp_path, files))
    assert said in page
    assert ("so there is nothing to read" in page) is said.startswith("so")


def test_what_was_typed_into_canvas_is_shown_with_its_links(tmp_path):
    typed = "<p>See <a href='https://colab.example/1'>this</a>.</p>"
    write(tmp_path, {"liulin_123_9001_text.html": typed + "<p>" + "Because. " * 99})
    ((name, paths),) = intake.find(tmp_path)[0].items()
    found = submission.read(paths, name)
    said = "typed into Canvas: \u201cSee this (https://colab.example/1). Because."
    assert found.problems[0].startswith(said)
    assert page_of(found).count("Because.") > 99


@pytest.mark.parametrize("name", ["shallow.txt", "hw.ipynb.json", "Shallow (1).TXT"])
def test_answers_with_an_ending_that_a_program_gave_them_are_read(name, tmp_path):
    content = notebook(RELU) if "ipynb" in name else RELU
    assert "relu" in written(read(tmp_path, {name: content, "notes.txt": "x"}).source)
    write(tmp_path / "class", {"ada.ipynb.json": content, "notes.txt": "x"})
    found, aside = intake.find(tmp_path / "class")
    assert (list(found), aside) == (["ada"], ["notes.txt"])


def test_the_files_of_one_attempt_in_blackboard_are_one_submission(tmp_path):
    name = "Homework 2_{}_attempt_2026-11-0{}-10-11-12{}"
    files = {
        name.format("jdoe", 1, "_shallow.py"): OLDER,
        name.format("jdoe", 2, "_shallow.py"): RELU,
        name.format("jdoe", 2, "_01_data.ipynb"): notebook(text("## Question 1\nSo.")),
        name.format("jdoe", 2, ".txt"): "Name: J. Doe",
        name.format("asmith", 1, "_shallow.py"): OLDER,
    }
    write(tmp_path, files)
    found, aside = intake.find(tmp_path)
    assert aside == [] and list(found) == ["Homework 2_asmith", "Homework 2_jdoe"]
    read = submission.read(found["Homework 2_jdoe"], "jdoe")
    assert read.source == RELU and 1 in read.answers
    assert "since it was uploaded last" in read.problems[0]


PACKAGES = [
    {"shallow.py": "from utils.act import relu, relup\n",
     "utils/__init__.py": "", "utils/act.py": RELU + RELUP},
    {"shallow.py": "from utils.act import relu, relup\n", "utils/act.py": RELU + RELUP},
    {"shallow.py": "import sys\nsys.path.append('src')\nfrom nn.layers import *\n",
     "src/nn/__init__.py": "", "src/nn/layers.py": RELU + "from .more import relup\n",
     "src/nn/more.py": RELUP},
    {"shallow.py": "from nn import relu, relup\n",
     "nn/__init__.py": "from .layers import *\n", "nn/layers.py": RELU + RELUP},
    {"hw/shallow.py": "import act\nrelu, relup = act.relu, act.relup\n",
     "lib/act.py": RELU + RELUP},
    {"nn/__init__.py": "from .core import *\n", "nn/act.py": RELU,
     "nn/core.py": "from .act import relu\n" + MORE + RELUP},
    {"work.ipynb": notebook("from nn.layers import relu, relup\nrelu = relu"),
     "nn/layers.py": RELU + RELUP},
]  # fmt: skip


@pytest.mark.parametrize("files", PACKAGES, ids=lambda files: [*files][-1])
def test_packages_that_are_imported_come_along(files, tmp_path):
    more = {"tests/test_all.py": "x", "old/random.py": "x = 1"}
    found = read(tmp_path, files | more)
    assert not {"tests/test_all.py", "old/random.py"} & {*found.beside}
    answers = Answers(found.source, found.filename, beside=found.beside)
    (verdict,) = judge(answers, [12])
    assert (verdict.verdict, answers.problems) == ("right", [])
    answers.close()


def test_of_packages_too_large_it_is_told(tmp_path):
    files = {"shallow.py": "import nn.large\n", "nn/large.py": "x" * 2**18}
    assert "nn/large.py is left out" in read(tmp_path, files).problems[0]


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("Verlust 0,2346, Fehler 71,43 %", True),
        ("Verlust: 2,346e-1", True),
        ("(0,2346; 71,43)", True),
        ("loss 0,2346.", True),
        ("[0,2346,71]", False),
        ("0,2346,71,43", False),
        ("1,0.9", False),
        ("epoch 1, 0.2346", True),
        ("1,0.2346,71.43", True),
        ("10,2346", False),
    ],
)
def test_a_number_may_have_a_decimal_comma(printed, found):
    assert told(printed, [0.2346]) is found


@pytest.mark.parametrize(
    ("source", "parts", "points"),
    [
        (RELU, ["relu"], 2.5),
        (RELU + "def relup(a, e):\n    raise NotImplementedError\n", ["relu"], 2.5),
        (RELU + "\n\ndef relup(a, e):\n    return e\n", ["relu"], 2.5),
        (RELU + "\n\ndef relup(a, e):\n    return np.maximum(a, 0)\n", ["relu"], 2.5),
        (OLDER + RELUP, ["relup"], 2.5),
        (OLDER, [], 0),
        (RELU + RELUP, [], 5),
    ],
)
def test_half_an_answer_has_half_the_points(source, parts, points):
    (verdict,) = judge(TrustedAnswers(source), [12], reference=None)
    assert verdict.parts == parts
    assert marks.read().for_code(12, verdict.as_json()) == points


@pytest.mark.parametrize(
    ("head", "where"),
    [
        ("class Network:\n    x = 1\n", "`class Network`"),
        ("if __name__ == '__main__':\n", "`if __name__ == ...`, which is not run"),
        ("def main():\n", "`def main`"),
    ],
)
def test_it_is_said_what_a_function_is_inside_of(head, where):
    source = head + RELU.replace("\n", "\n    ").replace("import", "    import") + "\n"
    for answers in (Answers(source), TrustedAnswers(source)):
        (verdict,) = judge(answers, [12])
        assert f"there is no `relu`: it is inside of {where}" in verdict.hint


def test_an_endless_loop_that_calls_others_is_called_so(monkeypatch):
    monkeypatch.setattr("checks.runner.LONGEST", 2**16)
    loop = "def relup(a, e):\n    while True:\n        print(softmax(a))\n"
    answers = Answers(RELU + loop + "\ndef softmax(a):\n    return a\n")
    (verdict,) = judge(answers, [12])
    assert "perhaps a loop never ends" in verdict.hint


@pytest.mark.parametrize("files", [{}, {"shallow.py": "import numpy as np\n"}])
def test_an_error_in_a_cell_is_told_with_the_cell_and_its_line(files, tmp_path):
    cells = "import numpy as np", RELU, "x = 1\n" + RELUP.replace("e *", "1 / 0 *")
    more = "import no_torch", "def softmax(a):\n    return no_torch.exp(a)"
    found = read(tmp_path, files | {"work.ipynb": notebook(*cells, *more)})
    answers = Answers(found.source, found.filename, beside=found.beside)
    verdicts = {v.number: v for v in judge(answers, [7, 12])}
    assert "division by zero (work.ipynb, cell 3, line 5)" in verdicts[12].hint
    assert "work.ipynb, cell 4, line 1 failed: Module" in verdicts[7].hint
    assert answers.problems[-1].startswith("work.ipynb, cell 4, line 1: Module")
    shown = feedback.code_of(["relup"], found.source)
    assert shown == "   4  def relup(a, e):\n   5      return 1 / 0 * (a > 0)"


TWO = RELU + RELUP


def test_no_judge_allows_threads():
    start = "import threading\nthreading.Thread(target=abs, args=[1]).start()\n"
    inside = start.replace("\n", "\n    ")
    source = f"{start}{TWO.replace('return', f'{inside}return', 1)}"
    (verdict,) = judge(Answers(source), [12])
    assert "can't start new thread: the judge allows no further" in verdict.hint


@pytest.mark.parametrize(
    ("files", "counts", "says", "is_on_the_console"),
    [
        ({"alice.py": TWO, "bob.py": OLDER + RELUP}, TWO, "its name comes first", True),
        ({"mynet.py": TWO, "mynet_copy.py": TWO + "\n"}, TWO, "comes first", True),
        ({"a/net.py": TWO, "b/net.py": TWO + "\n"}, TWO, "its name comes first", True),
        ({"solution.py": TWO, "a_test.py": "from solution import *\n"}, TWO, "", False),
        (
            {"main.py": "from src.net import *\n",
             "src/net/__init__.py": "from .core import *\n", "src/net/core.py": TWO},
            TWO, "", False,
        ),
        ({"shallow.py": OLDER, "shallow_v2.py": RELU}, RELU, "highest number", False),
        ({"shallow.py": OLDER, "shallow_final.py": RELU}, RELU, "called final", False),
        ({"shallow.py": OLDER, "shallow_fixed.py": RELU}, RELU, "is newer", False),
        ({"shallow.py": RELU, "solution.py": OLDER}, RELU, "called shallow.py", True),
        ({"shallow.py": "(" + RELU, "shallow_v2.py": RELU}, RELU, "can read it", True),
        ({"shallow.py": RELU + "(", "solution.py": RELU}, RELU, "can read it", True),
        (
            {"shallow.py": "from layers import *\n" + RELU, "layers.py": TWO},
            "from layers import *\n" + RELU, "", False,
        ),
    ],
)  # fmt: skip
def test_of_files_that_tie_one_counts_and_the_others_are_named(
    files, counts, says, is_on_the_console, tmp_path
):
    found = read(tmp_path, files)
    assert (found.source, found.faults) == (counts, [])
    assert bool(found.rivals) is is_on_the_console
    told = [line for line in found.problems if line.startswith("of several files")]
    assert len(told) == bool(says) and all(says in line for line in told)


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        ({"q07.py": MORE, "q12.py": TWO}, {"q07.py": "softmax"}),
        ({"shallow.py": TWO, "part2.py": MORE}, {"part2.py": "softmax"}),
        ({"01_a.py": MORE, "02_b.py": TWO}, {"01_a.py": "softmax"}),
        ({"shallow.py": STUB + RELUP + MORE, "me.py": RELU}, {"me.py": "relu"}),
        ({"shallow.py": TWO, "me.py": MORE, "w.ipynb": notebook(MORE)}, {}),
        ({"shallow.py": TWO, "shallow_old.py": MORE}, {}),
        ({"shallow.py": "from me import *\n" + TWO, "me.py": MORE}, {}),
        (
            {"shallow.py": TWO, "a.py": "from b import softmax", "b.py": MORE},
            {"b.py": "softmax"},
        ),
    ],
)
def test_what_a_file_lacks_is_taken_from_the_others(files, taken, tmp_path):
    found = read(tmp_path, files)
    for place, name in taken.items():
        said = f"from {place}, where {found.filename} has no answer: {name}"
        assert said in found.problems
    filled = [line for line in found.problems if "has no answer" in line]
    assert len(filled) == len(taken)
    if taken:
        assert {"relu", "relup", "softmax"} <= written(found.source)
        answers = Answers(found.source, found.filename, beside=found.beside)
        (verdict,) = judge(answers, [12])
        assert verdict.verdict == "right"
        answers.close()


def test_where_the_grader_failed_its_page_says_so(tmp_path, monkeypatch):
    def fails(*args):
        raise IndexError

    def same_process(run, function, *args, seconds):
        try:
            return function(*args)
        except IndexError as error:
            raise apart.Failed("IndexError", "details") from error

    monkeypatch.setattr(submission, "choose_modules", fails)
    monkeypatch.setattr(grade.Run, "apart", same_process)
    write(tmp_path / "class/kim", {"shallow.py": RELU})
    run = grade.Run(tmp_path / "grades", marks.read())
    result = run.grade("kim", [tmp_path / "class/kim"])
    page = (tmp_path / "grades/kim/feedback.html").read_text("utf-8")
    assert result["unjudged"] and not result["no_code"]
    assert "The grader failed." in page and "The machine was busy" not in page
    assert "No code was found" not in page


def test_where_nothing_is_answered_and_what_is_missing_is_listed(stub, tmp_path):
    imports = "import rich\nimport os, me\nfrom not_there.io import x\n"
    files = {"lee/nn.py": imports + RELU, "lee/me.py": "import rich, numpy, nn\n"}
    files |= {"lee/student.json": '{"id": 7}', "mia/student.json": '{"id": 7}'}
    write(tmp_path / "class", files | {"kim.py": "import rich\n" + STUB})
    lines = grade.grade(tmp_path / "class", tmp_path / "to", marks.read())[1].lines
    head = "Packages that submissions import but that are not installed:"
    assert lines[lines.index(head) + 1] == "    not_there (1), rich (2)"
    head = "No question is answered in these; look at them:"
    assert lines[lines.index(head) + 1 :][:2] == ["    kim", "    lee"]
    assert "    7: lee, mia" in lines
    both = {str(n): {"verdict": "right" if n == 7 else NOT_ANSWERED} for n in range(28)}
    assert not grade.is_all_unanswered({"questions": both})


def test_a_name_that_is_nearly_right_is_told():
    near = (
        "def label2OneHot(lbl):\n    return lbl\n\n\ndef eval_perf(y, lbl):\n    pass\n"
    )
    for answers in (Answers(RELU + near), TrustedAnswers(RELU + near)):
        hints = {v.number: v.hint for v in judge(answers, [5, 12, 16])}
        assert "no `label2onehot`; is `label2OneHot` meant to be it?" in hints[5]
        assert "no `eval_perfs`; is `eval_perf` meant to be it?" in hints[16]
        assert "meant" not in hints[12]  # `relu` is another function that is asked for


def test_answers_in_raw_cells_are_told(tmp_path):
    content = notebook(cell(TWO, kind="raw"), MORE)
    found = read(tmp_path, {"w.ipynb": content})
    path = tmp_path / "kim/w.ipynb"
    for unread in (found.unread, Answers.of(path).unread):
        assert unread == dict.fromkeys(
            ["relu", "relup"], "it is in a raw cell (w.ipynb, cell 1)"
        )


def test_a_mark_of_a_merge_conflict_is_called_so():
    ours, theirs = "    return a\n", "    return abs(a)\n"
    text = f"def relu(a):\n<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> b12\n"
    answers = Answers(RELUP + text)
    (verdict,) = judge(answers, [12])
    said = "line 6: SyntaxError: this line is a mark of a merge conflict of git"
    assert said in verdict.hint and said in answers.problems[0]


def test_a_name_is_missing_since_its_import_cannot_be_read():
    answers = Answers("{\\rtf1 import numpy as np\n" + RELU[20:] + RELUP)
    (verdict,) = judge(answers, [12])
    assert (
        "`np` is not there, since line 1, which imports it, could not" in verdict.hint
    )


def test_what_is_not_run_here_is_told_in_a_line_that_blames_nobody():
    lines = [
        "import MNISTtools",
        "x, lbl = MNISTtools.load(path='no-such-folder')",
        "print(x.shape)",
        "n = int(input())",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "print(1 / 0)",
    ]
    answers = Answers("\n".join([*lines, TWO]), "homework.py")
    (verdict,) = judge(answers, [12])
    assert verdict.verdict == "right"
    assert answers.problems == [
        "homework.py, lines 2-5: not run here, since it reads a file that is not "
        "there, it asks for something to be typed and this is not IPython; that alone "
        "costs no points",
        "homework.py, line 6: ZeroDivisionError: division by zero",
    ]
    answers.close()
