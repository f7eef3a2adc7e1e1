"""Whose a submission is, what is told of its code, and a class that goes on.

Each case stands for a kind of what people really hand in; those with a name are after
public reports about other graders and editors.
"""

import contextlib
import io
import math
import os
import re
import shutil
import signal
import sys
import time
import types

import fuzz
import numpy as np
import pytest
from handed_in import (
    COURSE,
    OLDER,
    PIXEL,
    PNG,
    RELU,
    RELUP,
    STUB,
    TWO,
    cell,
    notebook,
    page_of,
    read,
    read_only_one,
    shows,
    text,
    write,
    zipped,
)

from checks import questions, runner, worker
from checks.__main__ import main as checks_main
from checks.cases import raised, told
from checks.given import ASSIGNMENT, BONUS, CODED
from checks.judge import NOT_ANSWERED, judge
from checks.questions import save
from checks.runner import Answers, TrustedAnswers, read_source
from grading import apart, feedback, grade, intake, judging, lms, marks, submission
from grading.compiling import CourseError
from grading.imports import ROOT

# Whose is it


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["kimwinter_101_9001_shallow-1.py", "kimwinter_101_9002_deep.py"], 1),
        (["kimwinter_LATE_101_9001_a.py", "leespring_102_9002_a.py"], 2),
        (["anon_Ab3dE_9001_shallow.py", "anon_xY2zQ_9002_shallow.py"], 2),
        (["Kim_7_assignsubmission_file_deep.py", "Kim_7_assignsubmission_file_a.zip",
          "Kim_7_assignsubmission_onlinetext_onlinetext.html"], 1),
        (["Kim_7_assignsubmission_file_a.py", "Kim_8_assignsubmission_file_a.py"], 2),
        (["Homework 3_12_2024_kim.py", "Homework 3_12_2025_lee.py"], 2),
        (["kim_2024_11_05_shallow.py", "lee_2024_11_05_shallow.py"], 2),
        (["shallow.py", "shallow (1).py"], 2),
        (["Ko\u0308nig.py", "K\u00f6nig.zip"], 2),
        (["ada.py", "ada.zip", "bob.ipynb"], ["ada", "ada.zip", "bob"]),
        (["Ada.zip", "ada.py"], ["Ada", "ada.py"]),
        (["kim.tar.gz", "lee.7z", "ann.py.txt"], ["ann", "kim", "lee"]),
        (["ada.ipynb.json", "gradebook.csv.zip"], ["ada", "gradebook.csv_"]),
        (["Zo\udceb.py"], ["Zo\u00eb"]),  # in another encoding
    ],
)  # fmt: skip
def test_files_of_one_student_belong_together_and_of_two_never(names, found, tmp_path):
    write(tmp_path, dict.fromkeys([*names, "roster.txt", "g.csv", ".x.py"], RELU))
    groups, aside = intake.find(tmp_path)
    assert aside == ["g.csv", "roster.txt"]
    assert found in (len(groups), list(groups))
    assert sum(map(len, groups.values())) == len(names)
    assert all(submission.read(paths, "x").name for paths in groups.values())


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"Kim Winter_77_assignsubmission_file_/shallow.py": RELU,
          "Kim Winter_77_assignsubmission_onlinetext_/onlinetext.html": "I &lt;3"},
         "typed into Moodle: \u201cI <3\u201d"),
        ({"liulin_123_9000_a.py": RELU,
          "liulin_123_9001_text.html": "<p>See <a href='https://a.b/1'>it</a></p>"},
         "typed into Canvas: \u201cSee it (https://a.b/1)\u201d"),
        ({"Homework 2_jdoe_attempt_2026-11-01-10-11-12_shallow.py": OLDER,
          "Homework 2_jdoe_attempt_2026-11-02-10-11-12_shallow.py": RELU,
          "Homework 2_jdoe_attempt_2026-11-02-10-11-12.txt": "Name: J. Doe"},
         "since it was uploaded last"),
        ({"kim_LATE_101_9001_a.py": RELU, "kim_LATE_101_9002_b.txt": ""},
         "handed in late, as Canvas says"),
        ({"berta_202_90002_mnist.zip": zipped({"m/shallow.py": RELU})}, ""),
        # Numbers in the names of one's own files make no other student.
        ({"a/work.ipynb": notebook(RELU), "a/ada_64_100_x.ipynb": notebook("1"),
          "a/bob_128_100_x.ipynb": notebook("2")},
         ""),
        ({"my.zip": zipped({"kate_207_90010_a.py": RELU, "kate_207_90011_b.py": ""})},
         ""),
    ],
)  # fmt: skip
def test_what_one_student_uploaded_is_one_submission(files, said, tmp_path):
    found = read_only_one(tmp_path, files)
    assert "np.maximum" in found.source
    assert said in "; ".join(found.problems) and bool(said) is bool(found.problems)


def test_gradescopes_list_says_who_handed_in(tmp_path):
    people = "  :submitters:\n  - :name: {}\n    :sid: '{}'\n"
    listed = f"---\nsubmission_7:\n{people.format('Kim Winter', '00429')}"
    listed += "  :created_at: x\n" + f"submission_71:\n{people.format('Ann', 1)}"
    listed += "  - :name: Bob\n    :sid: '2'\n  :created_at: x\n"
    files = {"submission_7/shallow.py": RELU, "submission_71/shallow.py": RELU}
    export = tmp_path / "export"
    write(export, files | {"submission_metadata.yml": listed})
    found, aside = intake.find(export)
    assert aside == []
    assert [submission.read(paths, name).student for name, paths in found.items()] == [
        {"name": "Kim Winter", "id": "00429"},
        {"name": "Ann, Bob", "id": ""},
    ]
    with pytest.raises(ValueError, match=f"one of Gradescope's exports: .*{export}$"):
        intake.find(tmp_path)


def test_ids_of_many_digits_differ_and_an_empty_table_is_no_worksheet(tmp_path):
    assert not lms.same("110101199003077758", "110101199003077766")
    (tmp_path / "w.csv").write_text("\n\n")
    with pytest.raises(ValueError, match="no grading worksheet"):
        lms.moodle(tmp_path / "w.csv", tmp_path / "m.csv", {})


# Points in a table that a spreadsheet had


@pytest.mark.parametrize(
    ("names", "saved", "is_found"),
    [
        (["00429"], "429", True),
        (["12E4"], "1.20E+05", True),
        (["2-1"], "1/2/2026", True),
        (["Mar-3"], "3. M\u00e4r", True),
        (["Zo\u00eb"], "Zo\u00c3\u00ab", True),
        (["Zo\u00eb"], "Zo?", True),
        (["K\u00f6nig"], "Ko\u0308nig", True),
        (["\u674e\u660e"], "??", True),
        (["1-2", "2-1"], "02. Jan", False),  # may be of two
        (["0429", "00429"], "429", False),
        (["Zo\u00eb", "Zo\u00e9"], "Zo?", False),
        (["kim"], "lee", False),
    ],
)
def test_points_are_found_again_after_a_spreadsheet_had_them_or_their_loss_is_told(
    names, saved, is_found, tmp_path
):
    path, points = tmp_path / "to_read.csv", marks.read()
    path.write_text(f"submission,name,8,comment\n{saved},,2.5,\n", encoding="utf-8")
    lost = [] if is_found else [f"{saved} (line 2): no such submission"]
    for _ in range(2):  # the second time after it was saved
        reading = marks.Reading(path, points)
        assert reading.match(names) == lost
        given = [reading.of(name).get(8) for name in names]
        assert given == [2.5 if is_found else None] * len(names)
        reading.save(dict.fromkeys(names, ""))


def test_no_spreadsheet_changes_what_is_written():
    for name in ["00429", "12E4", "2-1", "=1+1", "3 May", "may-3"]:
        assert marks.cell(name) == f"'{name}"
    assert marks.cell("429") == "429" and marks.cell("Kim") == "Kim"


def test_points_of_humans_are_read_back_and_never_overwritten(tmp_path):
    path, points = tmp_path / "to_read.csv", marks.read()
    # As a spreadsheet in Europe saves it, with a column and a row of one's own.
    mine = "submission;name;8;seen;comment\r\nada;Ada;2,5;yes;Nice\r\nold;Old;1;;\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + mine.encode())
    reading = marks.Reading(path, points)
    assert reading.match(["ada", "eve"]) == ["old (line 3): no such submission"]
    assert reading.of("ada") == {8: 2.5, "comment": "Nice"}
    assert reading.of("eve") == {"comment": ""}
    reading.save({"ada": "Ada", "eve": ""})
    reading.save({"ada": "Ada L.", "eve": "Eve"})  # Canvas's export knows more names
    rows, comma, _ = marks.read_table(path)
    assert (comma, rows[0][:5]) == (";", ["submission", "name", "8", "seen", "comment"])
    assert [row[:5] for row in rows[1:]] == [
        ["ada", "Ada", "2,5", "yes", "Nice"],
        ["old", "Old", "1", "", ""],
        ["eve", "Eve", "", "", ""],
    ]
    path.write_bytes("submission\t8\nZo\u00eb\t2\n".encode("utf-16"))  # by Excel
    assert marks.read_table(path)[0] == [["submission", "8"], ["Zo\u00eb", "2"]]


def test_cells_that_are_no_points_are_told_all_at_once(tmp_path):
    path = tmp_path / "to_read.csv"
    rows = ["submission,8,9,adjust", "kim,-1,2,", 'lee,ok,7,"-1, late"']
    path.write_text("\n".join(rows))
    with pytest.raises(ValueError, match="to_read.csv") as error:
        marks.Reading(path, marks.read())
    assert str(error.value).splitlines()[1:] == [
        "    row 2, kim, question 8: '-1' is no number of points (from 0 to 3)",
        "    row 3, lee, question 8: 'ok' is no number of points (from 0 to 3)",
        "    row 3, lee, adjust: '-1, late' is no number, such as -5 or 2.5; a word on "
        "it goes into 'comment'",
    ]


# Marks for Canvas and Moodle


def result_of(who):
    """Return a result of a student, whose ID and name are given in one text."""
    number, _, name = who.partition(" ")
    student = {"name": name, "id": number}
    return {"student": student, "points": 60.0, "comment": "Nice", "unjudged": []}


CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Quiz (11),MNIST (12),Final Score
    Points Possible,,,,10,50,(read only)
"Winter, Kim",101,00429,kim@x.org,7,,
"Spring, Lee",102,4343,lee@x.org,8,3,
"""
SISTERS = CANVAS.replace("Spring, Lee", "Winter, Lou").replace("lee@", "lou@")
UMLAUT = CANVAS.replace("Spring", "Mueller")
GERMAN = """\
\ufeffID,Vollst\u00e4ndiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Feedback
Teilnehmer/in101,Kim Winter,kw@x.org,Zur Bewertung abgegeben,,50,
Teilnehmer/in102,Lee Spring,ls@x.org,Keine Abgabe,3,50,
"""
BLIND = """\
Identifikator,Status,Ocenjeno,Najvi\u0161ja
Udele\u017eenec 101,x,,50
Udele\u017eenec 102,x,3,50
"""


@pytest.mark.parametrize(
    ("table", "handed_in", "given"),
    [
        (CANVAS, {"springlee_102": "", "b": "429"}, ["60", "60"]),  # lost zeros
        (CANVAS, {"hw_102": ""}, ["", "3"]),  # nobody's name is hw
        (CANVAS, {"winterkim_101": "lee@x.org"}, ["", "3"]),  # two say two things
        (CANVAS, {"hw_101": "lee@x.org"}, ["", "60"]),  # the number has no name to it
        (CANVAS, {"a": "429", "winterkim_101": ""}, ["", "3"]),  # two claim one row
        (CANVAS, {"winterkim_101": "00429", "springlee_102": "00429"}, ["60", "3"]),
        (CANVAS, {"winterkim_101": "", "lee": "00429"}, ["60", "3"]),  # not the owner
        (CANVAS, {"droppeddan_399": "4343"}, ["", "3"]),  # with a friend's student.json
        (CANVAS, {"Lee Spring": "4343"}, ["", "60"]),
        (CANVAS, {"springlee_399": "4343"}, ["", "60"]),  # of another course's export
        (CANVAS, {"our work": "4343"}, ["", "60"]),
        (SISTERS, {"winter_101": "lou@x.org"}, ["", "60"]),  # student.json counts
        (SISTERS, {"winterkim_101": "lou@x.org"}, ["", "3"]),  # not against a name
        (SISTERS, {"winter_101": "lou@x.org Kim"}, ["", "3"]),
        (UMLAUT, {"m\u00fcllerlee_102": "4343"}, ["", "60"]),  # two things agree
        (GERMAN, {"Kim Winter_101": ""}, ["60", "3"]),
        (GERMAN, {"Kim Winter_102": ""}, ["", "3"]),
        (GERMAN, {"x": "ls@x.org"}, ["", "60"]),
        (BLIND, {"Udele\u017eenec_102": ""}, ["", "60"]),
    ],
)  # fmt: skip
def test_marks_go_to_whom_they_belong_or_nowhere(table, handed_in, given, tmp_path):
    lines, rows, before, _ = filled(tmp_path, table, handed_in)
    column = lms.grade_column(before) or 5
    assert [row[column] for row in rows[-2:]] == given
    if "60" in given:
        assert any(line.endswith(": 60 of 50") for line in lines)
    listed = [name for name in handed_in if f"    {name}" in lines]
    assert len(listed) == len(handed_in) - given.count("60")
    for row, old in zip(rows, before, strict=True):
        assert row[1:column] == old[1:column]  # nothing else is changed


def filled(folder, table, handed_in):
    """Fill an export; return what is said, the rows, those before, and the names."""
    results = {name: result_of(who) for name, who in handed_in.items()}
    export, to = folder / "export.csv", folder / "filled.csv"
    export.write_text(table, encoding="utf-8")
    if table.startswith("Student"):
        lines = lms.canvas(export, to, results, "MNIST")
    else:
        lines = lms.moodle(export, to, results)
    rows, _, encoding = marks.read_table(to)
    assert (encoding == "utf-8-sig") is table.startswith("\ufeff")
    names = [result["student"]["name"] for result in results.values()]
    return lines, rows, marks.read_table(export)[0], names


def test_a_name_in_a_table_goes_to_its_student_and_what_is_no_name_to_nobody(tmp_path):
    for table, handed_in, name in [
        (CANVAS, {"winterkim_101": ""}, "Winter, Kim"),
        (CANVAS, {"winterkim_101": "00429 Kim W"}, "Kim W"),
        (GERMAN, {"Kim Winter_101": ""}, "Kim Winter"),
        (BLIND, {"Udele\u017eenec_102": ""}, ""),
    ]:
        assert filled(tmp_path, table, handed_in)[-1] == [name]


def test_who_has_no_marks_and_what_to_look_at_is_told(tmp_path):
    lines, *_ = filled(tmp_path, CANVAS, {"our work": "4343", "x_7": "9"})
    assert lines[1:] == [
        "1 of 2 submissions matched.",
        "Students without marks from here:",
        "    Winter, Kim (kim@x.org): no submission",
        "Submissions without a row of their own:",
        "    x_7",
        "Marks above the largest of the column:",
        "    our work: 60 of 50",
        "Matched by student.json alone, though called otherwise:",
        "    our work: Spring, Lee",
    ]
    lines, rows, *_ = filled(tmp_path, GERMAN, {"Kim Winter_101": ""})
    assert "    Teilnehmer/in102 (Lee Spring): no submission" in lines
    assert [row[-1] for row in rows] == ["Feedback", "Nice", ""]


@pytest.mark.parametrize(
    ("fill", "table", "more", "said"),
    [
        (lms.canvas, CANVAS, "", 'say ASSIGNMENT="..."'),
        (lms.canvas, CANVAS, "Other", "there is none"),
        (lms.canvas, GERMAN, "", "there is none"),
        (lms.moodle, CANVAS, None, "no grading worksheet"),
    ],
)
def test_an_export_that_cannot_be_filled_is_told(fill, table, more, said, tmp_path):
    (tmp_path / "export.csv").write_text(table, encoding="utf-8")
    args = [tmp_path / "export.csv", tmp_path / "filled.csv", {}]
    with pytest.raises(ValueError, match=said):
        fill(*args, *[more] * (more is not None))


def test_the_whole_name_of_an_assignment_comes_before_the_start_of_another():
    head = ["ID", "Homework 2 extra (7)", "Homework 2 (8)"]
    assert lms.canvas_column("export.csv", head, "Homework 2") == 2
    assert lms.canvas_column("export.csv", head, "Homework 2 e") == 1


# What is told of the code


def hints_of(source, numbers, **more):
    """Judge answers as a student does; return the hints and the problems."""
    answers = Answers(source, "shallow.py", **more)
    hints = {v.number: v.hint for v in judge(answers, numbers, COURSE)}
    answers.close()
    return hints, answers.problems


INSIDE = "    " + RELU.replace("\n", "\n    ") + "\n"
CONFLICT = "<<<<<<< HEAD\n    return a\n=======\n    return 0\n>>>>>>> b12\n"


@pytest.mark.parametrize(
    ("n", "source", "said"),
    [
        (12, "class Net:\n    x = 1\n" + INSIDE, "it is inside of `class Net`"),
        (12, "def main():\n" + INSIDE, "no `relu`: it is inside of `def main`"),
        (12, "if __name__ == '__main__':\n" + INSIDE,
         "it is inside of `if __name__ == ...`, which is not run"),
        (12, RELUP + "def relu(a):\n" + CONFLICT,
         "line 6: SyntaxError: this line is a mark of a merge conflict"),
        (12, "{\\rtf1 import numpy as np\n" + TWO[20:],
         "`np` is not there, since line 1, which imports it, could not"),
        (7, RELU + "\ndef softmax(a):\n    return (a\n",
         "`softmax` could not be read: shallow.py, line 8: SyntaxError: '(' was never"),
        (7, "import scikit.special as s\ndef softmax(a):\n    return s.softmax(a)",
         "(line 3): `s` is not there, since line 1 failed: ModuleNotFoundError"),
        (7, "from functools import cache\n@cache\ndef softmax(a):\n    return a",
         "stops: an array cannot be an argument of a function with `lru_cache`"),
        (12, "x = 1", "there is no `relu` and no `relup`"),
        (7, "def softmax(a):\n    return a * float(input())\n", "nobody can type here"),
        (12, RELU + RELUP.replace("relup", "relu_prime"),
         "no `relup`; is `relu_prime` meant to be it?"),
        (26, "def backpropMinibatchShallow(x): 1\ndef forwardprop_deep(x): return x",
         "no `backprop_minibatch_deep`."),
        (7, "from numpy import *\ndef softmax(a):\n    return a[:, : min(7, a.size)]",
         "(line 3): `min` is NumPy's function here, and not Python's, since `from"),
        (7, "def softmax(a):\n    return divmod(a, 1)['y']", "a tuple has no names"),
        (7, "def softmax(a):\n    return divmod(a, 1).y", "a tuple has no names"),
        (7, "def softmax(a):\n    return [a].shape", "'list' object has no attribute"),
        (7, "def softmax(a):\n    return \u201ca\u201d", "type straight quotes, plain"),
        (7, "def softmax(a):\n\u00a0   return a", "type straight quotes, plain blanks"),
        # Of two functions of a name, the last one counts.
        (12, OLDER.replace("abs", "2 ^ a; abs") + "\n\n" + RELU.replace("0)", "a ^ 0)")
         + RELUP, "Look at line 12 of shallow.py, `a ^ 0`"),
    ],
)  # fmt: skip
def test_the_cause_that_is_told_is_the_cause(n, source, said):
    hints, _ = hints_of(source, [n])
    assert said in " ".join(hints[n].split())


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (TWO + STUB, "line 10: `relu` is defined again here and still empty. The one"),
        (TWO + STUB + "def relup(a, e):\n    ...\n", "line 10: `relu` (and 1 more) is"),
        (f"# From a.ipynb, cell 1, line 1:\n{TWO}\n"
         f"# From a.ipynb, cell 7, line 3:\n{STUB}", "cell 7, line 3: `relu` is"),
        (OLDER + RELUP + RELU, "line 13: `relu` is defined again here: this one"),
        (TWO + RELU, ""),
        (STUB + TWO, ""),
        (f"# From a.ipynb, cell 1, line 1:\n{OLDER}\n"
         f"# From a.ipynb, cell 2, line 1:\n{TWO}", ""),
    ],
)  # fmt: skip
def test_a_function_that_is_defined_twice_is_told_and_a_stub_replaces_none(
    source, said
):
    hints, problems = hints_of(source, [12])
    assert hints == {12: None}
    assert "np.maximum" in feedback.code_of(["relu"], source)
    assert [said in problem for problem in problems] == [True] * bool(said)


def test_what_stands_for_a_function_returns_a_number_of_numpys():
    source = f"{OURS}\n\ndef eval_loss(y, d):\n    return np.sum(d * y)\n"
    source = source.replace("eval_loss(y, d), eval", "eval_loss(y, d).round(6), eval")
    (verdict,) = judge(TrustedAnswers(source), [18], reference=TrustedAnswers(OURS))
    assert verdict.verdict == "right"


OURS = read_source(ROOT / "shallow.py")
GIVEN = "def _check_training("


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (OURS[: OURS.index(GIVEN)], "is called, but is not there"),
        (OURS.replace(f"{GIVEN}x,", f"{GIVEN}x oh,"), "or Python cannot read it"),
        (OURS + f"\n\n{GIVEN}*args):\n    raise ValueError\n", "was changed, but"),
        # Here the answer needs it as it is now.
        (OURS.replace("onehot2label(d)\n    for", "_check_training(d)\n    for")
         .replace("_check_training(x, d, net, T, gamma)", "")
         + f"\n\n{GIVEN}d):\n    return onehot2label(d)\n", "was changed, but"),
    ],
)  # fmt: skip
def test_a_given_helper_that_is_spoiled_costs_no_points_and_is_told(source, said):
    assert said in questions.changed({"shallow.py": source}, ASSIGNMENT.kept)[-1]
    with contextlib.closing(Answers(source, "shallow.py")) as answers:
        (verdict,) = judge(answers, [18], reference=TrustedAnswers(OURS, "shallow.py"))
    assert verdict.verdict == "right"


def test_no_import_of_all_names_reaches_what_is_given():
    source = OURS.replace(
        "import numpy as np\n", "import numpy as np\nfrom numpy import *\n"
    )
    with contextlib.closing(Answers(source, "shallow.py")) as answers:
        verdicts = [v.verdict for v in judge(answers, [5, 7, 18])]
    assert verdicts == ["right"] * 3


def test_an_error_in_another_function_is_told_with_the_call():
    source = "def softmax(a):\n    return relu(a, 1)\n" + RELU
    known = ["relu"], lambda *args: None  # nobody knows what `relu` answers
    functions = worker.Functions(source, "shallow.py")
    error = functions.call("softmax", [np.ones((10, 1))], {}, *known)["error"]
    said = "(line 2): it calls `relu` with an array of shape (10, 1) and a number, and "
    assert f"{said}that raises TypeError: relu() takes 1 positional" in raised(error)


def test_an_endless_loop_that_calls_others_is_called_so(monkeypatch):
    monkeypatch.setattr(runner, "LONGEST", 2**16)
    loop = "def relup(a, e):\n    while True:\n        print(softmax(a))\n"
    hints, _ = hints_of(RELU + loop + "\ndef softmax(a):\n    return a\n", [12])
    assert "perhaps a loop never ends" in hints[12]


def test_stand_ins_of_missing_modules_show_the_loss_and_compile_nothing():
    source = "from tqdm.auto import tqdm, trange\nfrom numba import njit, prange\n"
    source += "@njit\ndef relu(a):\n    bar = trange(2)\n"
    source += "    for _ in bar: bar.set_postfix(loss=a)\n    tqdm.write('done')\n"
    source += "@njit(cache=True)\ndef relup(a, e):\n    return [*prange(a)]\n"
    functions = worker.Functions(source, "shallow.py")
    printed = functions.call("relu", [0.25], {})["printed"]
    assert "loss=0.25" in printed and "done" in printed and functions.problems == []
    assert functions.call("relup", [2, 0], {})["value"] == [0, 1]


def test_a_number_may_have_a_decimal_comma():
    for printed in ["Verlust 0,2346, Fehler 71,43 %", "Verlust: 2,346e-1"]:
        assert told(printed, [0.2346])
    for printed in ["[0,2346,71]", "0,2346,71,43", "10,2346"]:
        assert not told(printed, [0.2346])


def test_half_an_answer_has_half_the_points():
    points = marks.read()
    for source, parts, part in [
        (RELU, ["relu"], 0.5),
        (RELU + RELUP.replace("* (a > 0)", ""), ["relu"], 0.5),
        (OLDER + RELUP, ["relup"], 0.5),
        (OLDER, [], 0),
        (TWO, [], 1),
    ]:
        (verdict,) = judge(TrustedAnswers(source), [12], COURSE)
        assert verdict.parts == parts
        assert points.for_code(12, verdict.as_json()) == part * points.code[12]


def test_a_half_done_answer_is_on_the_way_and_its_points_are_explained():
    source = RELU + "\n\ndef relup(a, e):\n    raise NotImplementedError"
    (verdict,) = judge(TrustedAnswers(source), [12], COURSE)
    assert (verdict.label, verdict.verdict) == ("on the way", NOT_ANSWERED)
    assert "never uses" not in verdict.hint
    handed_in = submission.Submission("kim", source=source, has_code=True)
    result = stub_result(handed_in)
    result["questions"]["12"] = verdict.as_json()
    page = page_of(handed_in, result)
    head = page.partition('<section id="q12">')[2].partition("</section>")[0]
    assert "on the way" in head and "2.5 of 5" in head
    assert "The points are for the functions that are right." in head


@pytest.mark.parametrize("files", [{}, {"shallow.py": "import numpy as np\n"}])
def test_an_error_in_a_notebook_is_told_with_the_cell_and_its_line(files, tmp_path):
    cells = [
        "import numpy as np",
        RELU,
        "x = 1\n" + RELUP.replace("e *", "1 / 0 *"),
        "import no_torch",
        "def softmax(a):\n    return no_torch.exp(a)",
        "y = 2\n\ndef eval_loss(y, d)\n    return 1",
    ]
    found = read(tmp_path, files | {"work.ipynb": notebook(*cells)})
    more = {"beside": found.beside, "unread": found.unread}
    hints, problems = hints_of(found.source, [5, 7, 12, 15], **more)
    line = "work.ipynb, cell 6, line 3: Python cannot read it (expected ':')"
    assert line in found.problems[0]
    assert hints[15] == f"`eval_loss` could not be read: {line}"
    assert hints[5] == "there is no `label2onehot`"
    assert "division by zero (work.ipynb, cell 3, line 5)" in hints[12]
    assert "work.ipynb, cell 4, line 1 failed: Module" in hints[7]
    assert problems[-1].startswith("work.ipynb, cell 4, line 1: Module")
    shown = feedback.code_of(["relup"], found.source)
    assert shown == "   4  def relup(a, e):\n   5      return 1 / 0 * (a > 0)"


def test_the_command_judges_a_notebook_and_says_where_it_is_none(
    tmp_path, monkeypatch, capsys
):
    write(tmp_path, {"work.ipynb": notebook(TWO), "page.ipynb": "<html>"})
    save(COURSE, tmp_path / "questions.json.gz")
    for name, said in [
        ("work.ipynb", "12 ReLU right"),
        ("page.ipynb", "page.ipynb is a web page, and not a notebook"),
    ]:
        command = f"checks 12 --data {tmp_path}/questions.json.gz --answers {tmp_path}"
        monkeypatch.setattr(sys, "argv", f"{command}/{name}".split())
        with contextlib.suppress(SystemExit):
            checks_main()
        assert said in " ".join("".join(capsys.readouterr()).split())


def test_what_is_not_run_here_is_told_in_a_line_that_blames_nobody():
    lines = "import MNISTtools\nx, lbl = MNISTtools.load(path='no-such-folder')\n"
    lines += "print(x.shape)\nn = int(input())\n"
    lines += "get_ipython().run_line_magic('matplotlib', 'inline')\nprint(1 / 0)\n"
    hints, problems = hints_of(lines + TWO, [12])
    assert hints == {12: None}
    assert problems == [
        "shallow.py: line 2 (a file that is read there is missing), line 3 (what is "
        "used there depends on that), line 4 (something is to be typed there) and line "
        "5 (only IPython knows what is called there) are not run here; that alone "
        "costs no points",
        "shallow.py, line 6: ZeroDivisionError: division by zero",
    ]


# A class goes on, whatever one submission does


class Stub:
    """A judge that knows no question, and fails where a submission says so."""

    sandbox, seed, is_mended = types.SimpleNamespace(level="none"), 5, False

    def result(self, handed_in):
        if "fail the judge" in handed_in.source and not self.is_mended:
            raise RecursionError("deep")
        result = stub_result(handed_in)
        for name in ("rich", "not_there"):
            if name in handed_in.source:
                result["problems"].append(f"line 1: No module named {name!r}")
        return result


def stub_result(handed_in):
    """Return a result that the judge could give: nothing is answered."""
    result = grade.failed(handed_in)
    for n in CODED + BONUS:
        result["questions"][str(n)] |= {"verdict": NOT_ANSWERED, "hint": "none"}
    return result


def of_8(*cells):
    """Return a notebook in which these cells answer Question 8."""
    return notebook(text("## Question 8"), *cells)


DEEP = zipped({"a.zip": zipped({"a.zip": zipped({"a.zip": zipped({"a.py": RELU})})})})
BAD = {  # and what is said of each in the gradebook
    "fail.py": ("# fail the judge\n" + RELU, "the grader failed here"),
    "unforeseen.py": (RELU, "the grader failed here"),
    "brackets.ipynb": (of_8(text(f"So ${'(' * 44}x$")), "typed: setting it failed"),
    "surrogate.ipynb": (notebook(text("## Q8 $\ud800$")), "no code in the notebooks"),
    "decorators.py": ("@f\n" * 80_000 + RELU, "seconds when it read the files"),
    "elif.py": ("if x:\n    pass\n" + "elif x:\n    pass\n" * 1100 + RELU, ""),
    "nested.py": (RELU + "x = " + "-" * 5000 + "1\n", ""),
    "raises.py": (f"def relu(a):\n    raise Error({'1 + ' * 400}1)\n", ""),
    "indented.py": ("  import numpy as np\n    def relu(a):\n  return a\n", ""),
    "zero.py": ("    x = 1\0", ""),
    "deep.ipynb": (
        of_8(*map(text, ["> " * 3000, "[" * 5000, "* " * 3000, f"${'{' * 5000}x$"])),
        "no code in the notebooks",
    ),
    "tags.ipynb": (of_8(cell("t", shows("text/html", "<b>" * 5000))), ""),
    "odd.ipynb": (b'{"cells": [{"source": 5, "outputs": {"a": 1}}, 7]}', ""),
    "metadata.ipynb": (notebook(cell("", 1, [], metadata=5)), ""),
    "zips.zip": (DEEP, "is an archive in an archive, again and again"),
}
CLASS = {
    "ann.py": RELU,
    "winterkim_101_9001_hw.pdf": b"%PDF",
    "springlee_102_9002_hw.py": "import rich\nfrom not_there.io import x\n" + RELU,
    "\u043a\u0438\u043c.txt": "",
    "lee/student.json": '{"id": 7}',
    "mia/student.json": '{"id": 7}',
    "lee/shallow.py": RELU,
    "mia/shallow.py": RELU,
}
KIM = "winterkim_101"
GONE = {*BAD} - {"fail.py", "unforeseen.py"}
FAULTS = "The grader failed here (see faults.txt there):"


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """Run `make grade` twice, on a console that knows nothing but ASCII.

    In the second run the judge is mended, a human has given points, and most of what
    was bad is withdrawn. Returns the folder of each run, and what it has printed, which
    is after all files are there: whoever reads the console may have gone.
    """
    root, runs = tmp_path_factory.mktemp("class"), []
    write(root / "in", {name: content for name, (content, _) in BAD.items()} | CLASS)
    given = {"ann": 7, "lost": 1}, {"ann": 7, KIM: ",0"}  # not for a question

    def saying(*args, **options):
        assert (root / "to" / "canvas.csv").exists()
        print(*args, **options)

    for i, points in enumerate(given):
        table = "submission,8,adjust\n" + "".join(
            f"{n},{p}\n" for n, p in points.items()
        )
        write(root, {"to/to_read.csv": table, "canvas.csv": CANVAS})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(grade.Grader, "new", lambda where: Stub())
            patch.setattr(grade.sandbox, "choose", lambda level: None)
            patch.setattr(grade, "READ", 1.5)
            patch.setattr(grade, "PAGE", 2)
            # On a busy machine, the imports alone take long by the clock on the wall.
            patch.setattr(apart, "PATIENCE", 60)
            patch.setattr(Stub, "is_mended", i == 1)
            patch.setattr(marks, "count", failing(marks.count))
            patch.setattr(grade, "print", saying, raising=False)
            out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
            patch.setattr(sys, "stdout", out)
            command = f"grade {root}/in --to {root}/to --canvas {root}/canvas.csv"
            patch.setattr(sys, "argv", [*command.split(), "--assignment", "MNIST"])
            assert grade.main() == 0
            out.flush()
        runs.append((root / f"to{i}", out.buffer.getvalue().decode("ascii")))
        shutil.copytree(root / "to", runs[-1][0])
        for name in GONE:
            (root / "in" / name).unlink(missing_ok=True)
    return runs


def failing(count):
    """Return what counts points, and fails at one submission."""

    def counting(result, *args):
        if result["submission"] == "unforeseen" and "key" in result:
            raise KeyError("nobody foresaw this")
        count(result, *args)

    return counting


def book_of(to):
    """Return the rows of the gradebook, by submission."""
    (head, *rows), *_ = marks.read_table(to / "gradebook.csv")
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows}


def listed(printed, head):
    """Return the lines below a head in what was printed."""
    block = printed.partition(f"{head}\n")[2]
    return [line.strip() for line in re.match("(    .*\n)*", block)[0].splitlines()]


def page_in(to, name):
    return (to / name / "feedback.html").read_text(encoding="utf-8")


def test_a_class_goes_on_whatever_one_submission_does(twice):
    to, _ = twice[0]
    book = book_of(to)
    names = {name.partition(".")[0] for name in BAD}
    assert {*book} == names | {"ann", KIM, "springlee_102", "lee", "mia"}
    assert book["ann"]["remarks"] == "" and book["ann"]["points"] == "7"
    assert "((((x$" in page_in(to, "brackets")
    assert (to / "class.html").exists()
    for name, (_, said) in BAD.items():
        remarks = book[name.partition(".")[0]]["remarks"]
        assert said in remarks
        is_fault = "fail" in said or "seconds" in said
        assert ("fail" in remarks) is is_fault, name  # it is none of the grader
        assert name == "unforeseen.py" or page_in(to, name.partition(".")[0])


def test_where_the_grader_failed_there_is_no_zero_and_the_next_run_tries_again(twice):
    (to, first), (after, second) = twice
    assert book_of(to)["fail"]["points"] == ""
    assert "RecursionError" in (to / "fail" / "faults.txt").read_text("utf-8")
    assert "foresaw" in (to / "unforeseen" / "faults.txt").read_text("utf-8")
    assert {*listed(first, FAULTS)} == {"brackets", "decorators", "fail", "unforeseen"}
    page = page_in(to, "fail")
    assert "The grader failed." in page and "No code was found" not in page
    assert book_of(after)["fail"]["points"] == "0"
    assert not (after / "fail" / "faults.txt").exists()
    assert listed(second, FAULTS) == ["unforeseen"]


def test_no_code_is_no_zero_before_a_human_has_decided(twice):
    (to, first), (after, second) = twice
    head = grade.NO_CODE
    why = "there is no shallow.py and no notebook; also handed in, and not shown here"
    assert f"{KIM}: {why}: hw.pdf" in listed(first, head)
    assert not any(line.startswith(KIM) for line in listed(second, head))
    assert (book_of(to)[KIM]["points"], book_of(after)[KIM]["points"]) == ("", "0")
    assert book_of(to)[KIM]["name"] == "Winter, Kim"  # as only Canvas says
    assert "Winter, Kim" in (to / "class.html").read_text(encoding="utf-8")
    for folder, mark in [(to, ""), (after, "0")]:
        rows, *_ = marks.read_table(folder / "canvas.csv")
        assert [row[5] for row in rows[2:]] == [mark, "0"]
    head = "Without any code, and left empty before you decide:"
    assert listed(first, head) == [KIM] and listed(second, head) == []
    assert "1 of these marks lack points that you give in to_read.csv." in first
    page = page_in(to, KIM)
    assert "There is no mark yet" in page and "0 of 12" not in page
    assert "your instructor can open it: hw.pdf." in page


def test_what_a_human_should_look_at_is_listed(twice):
    (to, first), (_, second) = twice
    for head, line in [
        ("Left aside and without a row, since no code is read from such files; if one "
         "is a submission, put it into a folder of its own:",
         r"\u043a\u0438\u043c.txt"),
        ("Points in to_read.csv that do not count:",
         "lost (line 3): no such submission"),
        ("Points in to_read.csv above a question's maximum, which count as written:",
         "row 2, ann, question 8: 7 of 3"),
        ("Modules that submissions import and that are not there:",
         "not_there (1), rich (1)"),
        ("More than one submission has this ID in its student.json:", "7: lee, mia"),
    ]:  # fmt: skip
        assert listed(first, head) == [line]
    head = "No question is answered in these; look at them:"
    said = f"Question {CODED[0]}: none"
    assert {f"ann: {said}", f"springlee_102: {said}"} <= {*listed(first, head)}
    rest = "cannot read all of the code of these; only the rest was judged:"
    assert "nested: nested.py, line 1" in listed(first, f"{feedback.PYTHON} {rest}")
    said = "indented: Python cannot read it (indented.py, line 1)"
    assert said in listed(first, grade.NO_CODE)
    head = "Left over from earlier runs, without a submission now:"
    assert listed(first, head) == [] and "elif" in listed(second, head)
    said = "cannot read all of your code (nested.py, line 1)."
    assert said in page_in(to, "nested")
    assert "part cannot be read" in (to / "class.html").read_text(encoding="utf-8")


def test_points_without_questions_to_read_are_points(tmp_path):
    write(tmp_path, {"p.toml": "[reading]\n"})
    points = marks.read(tmp_path / "p.toml")
    result = stub_result(submission.Submission("ann"))
    marks.count(result, points, {"comment": ""})
    assert result["of"] == 60
    feedback.write_class(tmp_path, {"ann": result}, points)
    assert marks.gradebook({"ann": result}, points)[1][0] == "ann"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"q8.png": PNG}, 'see <a href="#loose">what you handed in beside the code'),
        ({"shallow.py": RELU}, "40 more are for 16 questions for which you handed in"),
        ({"w.ipynb": notebook(text("## ReLU\nBecause."))}, "All of your notebooks"),
    ],
)
def test_there_is_nothing_to_read_only_where_that_is_so(files, said, tmp_path):
    handed_in = read(tmp_path, files)
    page = page_of(handed_in, stub_result(handed_in))
    assert said in page and page.count(PIXEL) == ("q8.png" in files)
    is_nothing = said.endswith("for which you handed in")
    assert ("so there is nothing to read" in page) is is_nothing
    assert ("has not marked yet" in page) is not is_nothing


# What is run apart, and how long it may take


def test_what_happens_apart_is_told_and_the_next_call_works(monkeypatch):
    process = apart.Apart()
    with pytest.raises(apart.Failed, match="ValueError: math domain error") as error:
        process.call(math.sqrt, -1)
    assert "Traceback" in error.value.details
    with pytest.raises(apart.Failed, match="it ended Python"):
        process.call(os._exit, 3)
    assert process.call(math.sqrt, 4) == 2
    process.call(print, "this gets between no replies")
    if hasattr(signal, "setitimer"):  # a clock for the time that it works
        monkeypatch.setattr(apart, "KILLED", {-signal.SIGPROF})
        assert process.call(time.sleep, 0.3, seconds=0.1) is None  # it only waits
        with pytest.raises(apart.Failed, match="did not end in 0.1 seconds"):
            process.call(sum, range(10**12), seconds=0.1)
    process.close()


def test_no_judge_allows_threads():
    start = "import threading\nthreading.Thread(target=abs, args=[1]).start()\n"
    inside = start.replace("\n", "\n    ")
    source = f"{start}{TWO.replace('return', f'{inside}return', 1)}"
    (verdict,) = judge(Answers(source), [12], COURSE)
    assert "can't start new thread: the judge allows no further" in verdict.hint


def errors_of_asking(ask, **more):
    """Return how calls end, one after the other, that ask the judge for relu."""
    source = RELU + "\n\ndef softmax(a):\n    return relu(a)\n"
    asked = {"ask": ask, "standins": ["relu"]}
    with Answers(source, **more).open() as process:
        return [process.call("softmax", np.ones(3), **asked).error for _ in range(4)]


def test_a_judge_that_waits_for_the_machine_stops_no_answer(monkeypatch):
    monkeypatch.setattr(runner, "ASLEEP", 0.2)
    assert errors_of_asking(lambda *args: time.sleep(0.4)) == [None] * 4


@pytest.mark.skipif(sys.platform != "linux", reason="no time can be seen")
def test_what_the_judge_works_for_an_answer_is_of_its_time():
    def work(*args):
        end = time.thread_time() + 0.2
        while time.thread_time() < end:
            pass

    assert errors_of_asking(work, seconds=0.1)[-1]["type"] == "Timeout"


@pytest.mark.parametrize(("refused", "tried"), [(2, 3), (9, 5)])
def test_a_seed_that_hides_a_mistake_is_drawn_again(refused, tried, monkeypatch):
    seeds, ends = [], iter([CourseError] * refused + [KeyError])

    def compiling(course, seed):
        seeds.append(seed)
        raise next(ends)

    monkeypatch.setattr(judging, "compile_course", compiling)
    with pytest.raises(KeyError if refused < 5 else CourseError):
        judging.Grader.new(None)
    assert len(set(seeds)) == tried


# Fuzzing; the large run is `python -m tests.fuzz --count 2000`


def test_no_mutation_stops_the_class_or_is_beyond_the_grader(tmp_path):
    assert fuzz.submissions(tmp_path, 25, seed=1, judge=Stub()) == []


def test_no_reply_of_a_worker_is_beyond_the_judge_or_changes_what_comes_next():
    assert fuzz.replies(20, seed=1, numbers=CODED[::4]) == []
