"""Submissions are read, whatever was handed in, and nothing of them is run.

Each case stands for a kind of what people really hand in, many of them after public
reports about other graders and editors.
"""

import gzip
import io
import json
import os
import stat
import sys
import zipfile

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
    read,
    read_only_one,
    shows,
    tagged,
    tarred,
    text,
    write,
    zipped,
)

from checks.judge import judge
from checks.runner import Answers
from grading import feedback, ipynb, submission
from grading.invented_class import as_notebook
from grading.proof import VARIANTS

SOFTMAX = RELU.replace("relu", "softmax")
BROKEN = RELU + "def softmax(a:\n"


def is_relu(source):
    """Tell whether code defines ReLU, by running it: here it is our own."""
    names = {"np": np}
    exec(source, names)
    return list(names["relu"](np.array([-1, 2]))) == [0, 2]


def in_version_3(source):
    """Return a notebook as Jupyter wrote it before 2015."""
    code = {"cell_type": "code", "input": source, "outputs": [], "language": "python"}
    sheet = {"cells": [{"cell_type": "heading", "level": 1, "source": "Q12"}, code]}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [sheet]}
    return json.dumps(old).encode()


def told(found):
    return "; ".join(found.problems)


# What the files are


def test_an_old_notebook_is_told_how_to_be_read_where_only_the_judge_is(monkeypatch):
    monkeypatch.setitem(sys.modules, "nbformat", None)
    with pytest.raises(ValueError, match="of an old kind: open and save it in"):
        submission.notebook.read(in_version_3(RELU), "old.ipynb")


@pytest.mark.parametrize(
    "files",
    [
        {"Shallow.PY": RELU},
        {"Copy of shallow (1).txt": RELU},
        {"kim_hw2.py": RELU, "lib/site-packages/numpy/shallow.py": "def softmax(a): 1"},
        {"shallow.py": RELU} | {f".venv/{i}.py": "" for i in range(600)},
        {"shallow.py": RELU, "data/train-images-idx3-ubyte.gz": b"damaged"},
        {"hw.tar.gz": tarred({"hw/shallow.py": RELU})},
        {"mnist/hw.zip": zipped({"a/mnist.zip": zipped({"shallow.py": RELU})})},
        {"hw.zip": zipped({"X": "", "shallow.py": RELU}).replace(b"X", b"\0")},
        {"shallow.py.gz": gzip.compress(RELU.encode())},
        {"shallow.py": b"# coding: latin-1\n# caf\xe9\r\n" + RELU.encode()},
        {"shallow.py": b"\xef\xbb\xbf" + RELU.replace("\n", "\r\n").encode()},
        {"shallow.py": notebook(RELU)},
        {"hw.ipynb.json": notebook(RELU)},
        {"old.ipynb": in_version_3(RELU)},
        {"work.ipynb": notebook(RELU), "work (1).ipynb": notebook(RELU)},
        {"shallow.py": RELU, "w.ipynb": notebook("from me import *"), "me.py": "x = 1"},
    ],
    ids=lambda files: next(reversed(files)),
)
def test_the_answers_are_found_whatever_they_are_in(files, tmp_path):
    found = read(tmp_path, files)
    assert is_relu(found.source)
    assert found.problems == []


TWO_STUDENTS = {"kim_101_9001_a.py": RELU, "lee_102_9002_a.py": RELU}
TWO_WHO = {"student.json": '{"id": 1}', "a/student.json": '{"id": 2}'}


PACKED = zipped({"shallow.py": RELU * 50})
DAMAGED = PACKED[:60] + bytes(30) + PACKED[90:]
LOCKED = PACKED.replace(b"\x14\0\0\0", b"\x14\0\1\0")  # with a password, it says


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"notes.txt": ""}, "there is no shallow.py and no notebook"),
        ({"shallow.py": ""}, "shallow.py is empty"),
        ({"shallow.py": "", "w.ipynb": notebook(RELU)},
         "shallow.py is empty; what the notebooks define counts"),
        ({"shallow.py": zipped({"word/document.xml": ""})},
         "shallow.py: is a Word file, an archive or a PDF under another name"),
        ({"shallow.py": b"# caf\xe9\n"}, "is not a text in UTF-8. Python cannot im"),
        ({"shallow.py": TWO.encode("utf-16")}, "is a text in UTF-16. Python cannot"),
        ({"shallow.py": "no code at all"}, "cannot read it (shallow.py, line 1)"),
        ({"hw.ipynb": RELU}, "hw.ipynb is Python code, and not a notebook"),
        ({"shallow.py": "import tqdm\n" + RELU}, "no module named 'tqdm' here"),
        ({"hw.pdf": b"%PDF"}, "also handed in, and not shown here: hw.pdf"),
        ({"shallow.py": RELU, "q8.jpg": b"none"}, "not shown here: q8.jpg"),
        ({"hw.zip": b"7z\xbc\xaf\x27"}, "hw.zip: is a .7z archive"),
        ({"a.rtf": b"{\\rtf1 x}"}, "a.rtf: is formatted text (RTF), as word"),
        ({"hw.zip": zipped({"a.py": RELU})[:-30]}, "hw.zip: the zip cannot be read"),
        ({"hw.zip": DAMAGED}, "shallow.py: cannot be read"),
        ({"hw.zip": LOCKED}, "shallow.py: has a password, and"),
        ({"a.ipynb": b"<!DOCTYPE html>"}, "is a web page, and not a notebook"),
        ({"a.ipynb": "[" * 200_000}, "a.ipynb is not a notebook"),
        ({"a.ipynb": notebook(text("hi"))}, "no code in the notebooks"),
        ({"a.py": f"x = '{'x' * 2**18}'"}, "the code is longer than"),
        ({"a.py": "#" * (20 * 2**20 + 1)}, "a.py: is too large, and is left out"),
        ({"shallow.py": RELU, "big.py": "x" * 2**18}, "big.py is left out"),
        ({f"{i}.py": "" for i in range(600)}, "more than 500 files: the rest is not"),
        ({"hw.zip": zipped(TWO_STUDENTS)}, "files of several students are in it"),
        (TWO_WHO, "student.json: there are several, of 1, 2"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_told(files, said, tmp_path):
    assert said in told(read(tmp_path, files))


def test_what_is_too_large_when_unpacked_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "LARGEST", 2**16)
    packed = zipped({"shallow.py": bytes(2**20)})
    assert "is too large" in told(read(tmp_path, {"hw.zip": packed}))
    lying = packed.replace((2**20).to_bytes(4, "little"), b"\1\0\0\0")
    assert lying != packed  # it says that the file has one byte
    assert read(tmp_path, {"hw.zip": lying}).source in ("", "\0")


def test_an_archive_leads_nowhere_else(tmp_path):
    packed, link = io.BytesIO(), zipfile.ZipInfo("linked/shallow.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    outside = ["../../evil/shallow.py", "/etc/shallow.py", "../evil.py"]
    evil = [*outside[:2], "..\\evil.py", "__MACOSX/shallow.py", link, "2/shallow.py"]
    with zipfile.ZipFile(packed, "w") as archive, pytest.warns(match="Duplicate name"):
        for name in evil:
            archive.writestr(name, "evil = 1")
        archive.writestr("2/shallow.py", RELU)
    found = read(tmp_path, {"hw.zip": packed.getvalue()})
    assert found.source == RELU
    assert found.problems == [
        *(f"{name}: leads out of the zip, and is left out" for name in outside),
        "hw.zip/linked/shallow.py: is a link, and links are not followed",
        "hw.zip/2/shallow.py: is in the zip twice; the last one counts",
    ]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")
def test_links_and_pipes_are_not_read(tmp_path):
    write(tmp_path, {"secret.py": "secret = 1", "kim/a/b.txt": ""})
    (tmp_path / "kim" / "shallow.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "kim" / "all").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "kim" / "pipe.py")
    found = read(tmp_path, {})
    assert found.source == ""
    assert found.problems[:2] == [
        "pipe.py: is no ordinary file",
        "shallow.py: is a link, and links are not followed",
    ]
    (tmp_path / "bob").symlink_to(tmp_path / "kim")
    assert "is a link" in told(submission.read([tmp_path / "bob"], "bob"))


def test_who_handed_in_is_what_student_json_says(tmp_path):
    said = json.dumps({"name": "Ada\n Lovelace\0", "id": 1815, "points": 100})
    found = read(tmp_path, {"shallow.py": RELU, "student.json": said})
    assert found.student == {"name": "Ada Lovelace", "id": "1815"}
    for bad in ["[1]", "{", '{"name": ["x"]}', "[" * 100_000]:
        assert read(tmp_path, {"student.json": bad}).student["id"] == ""


# Which of several files counts


@pytest.mark.parametrize(
    ("files", "why", "is_on_the_console"),
    [
        ({"a_205_9999_shallow.py": OLDER + RELUP, "a_205_10050_shallow-1.py": RELU},
         "since it was uploaded last (beside shallow.py with 2)", False),
        ({"a_205_9999_hw.zip": zipped({"shallow.py": OLDER}),
          "a_205_10050_hw-1.zip": zipped({"shallow.py": RELU})},
         "hw-1.zip/shallow.py counts, with 1 function, since it was uploaded", False),
        ({"a/hw.zip": zipped({"final/shallow.py": OLDER, "last/shallow.py": RELU})},
         "since it has the latest date", False),
        ({"a/shallow.py": OLDER, "a/shallow (1).py": OLDER + "#",
          "a/shallow (2).py": RELU},
         "since it has the highest number", False),
        ({"a/shallow.py": OLDER, "a/shallow_final.py": RELU}, "called final", False),
        ({"a/shallow.py": OLDER, "a/shallow_FINAL_really.py": RELU}, "called final",
         False),
        ({"a/shallow.py": OLDER, "a/shallow (final).py": RELU}, "called final", False),
        ({"a/shallow.py": OLDER, "a/shallow NEW (with bugfix).py": RELU},
         "its name says that it is newer", False),
        ({"a/shallow_v2.py": OLDER, "a/shallow_v3_korrigiert.py": RELU},
         "it has the highest number", False),
        # A word for final counts for more than a number, but for nothing against one
        # that stands behind such a word.
        ({"a/shallow_v1.py": OLDER, "a/shallow_final.py": RELU}, "called final", True),
        ({"a/shallow_final2.py": RELU, "a/shallow_final.py": OLDER},
         "it has the highest number", False),
        ({"a/shallow_v3.py": RELU, "a/shallow_v2_final.py": OLDER},
         "it has the highest number", False),
        ({"a/shallow.py": OLDER, "a/shallow2.py": RELU}, "the highest number", False),
        ({"a/shallow.py": OLDER + SOFTMAX, "a/shallow2.py": RELU}, "number", True),
        ({"a/shallow.py": RELU, "a/old/shallow_final.py": OLDER},
         "the other is called old", False),
        ({"a/try1/shallow.py": OLDER, "a/try2/shallow.py": RELU},
         "its folder has the highest number", True),
        ({"a/shallow_draft.py": OLDER, "a/shallow_final.py": RELU},
         "since it is a version of shallow.py", True),
        ({"a/shallow.py": RELU, "a/shallow_newton.py": OLDER}, "called shallow", True),
        # What is imported by its name is no other version.
        ({"a/shallow.py": RELU, "a/shallow_new_tools.py": OLDER,
          "a/b.py": "import shallow_new_tools"}, "called shallow", True),
        ({"a/old/b.py": OLDER, "a/work/b.py": RELU}, "the other is called old", False),
        ({"a/shallow.py": RELU, "a/shallow (1).py": STUB}, "it has answers", False),
        ({"a/shallow.py": RELU, "a/shallow (1).py": BROKEN}, "can read it", True),
        ({"a/shallow.py": RELU, "a/solution.py": OLDER}, "called shallow.py", True),
        ({"a/mynet.py": RELU, "a/mynet_copy.py": RELU + "\n"}, "comes first", True),
        ({"a/solution.py": RELU, "a/my_test.py": "from solution import *"}, "", False),
        ({"a/b.py": RELU, "a/q14.py": "from b import relu\ndef softmax(a): 0"}, "",
         False),
    ],
)  # fmt: skip
def test_of_several_files_the_newest_with_answers_counts_and_that_is_told(
    files, why, is_on_the_console, tmp_path
):
    found = read_only_one(tmp_path, files)
    assert (found.source, found.faults) == (RELU, [])
    lines = [line for line in found.problems if line.startswith("of several files")]
    assert len(lines) == bool(why) and all(why in line for line in lines)
    assert bool(found.rivals) is is_on_the_console


@pytest.mark.parametrize(
    ("files", "said", "is_on_the_console"),
    [
        ({"hw.ipynb": OLDER, "hw-1.ipynb": RELU, "old/hw (2).ipynb": RELU},
         "hw.ipynb defines another relu than hw-1.ipynb, which counts", False),
        ({"02_b.ipynb": RELU, "01_a.ipynb": OLDER},
         "01_a.ipynb defines another relu than 02_b.ipynb, which counts", True),
        ({"hw2_v2.ipynb": OLDER, "hw2_FINAL.ipynb": RELU},
         "hw2_v2.ipynb defines another relu than hw2_FINAL.ipynb, which counts", True),
        ({"old.ipynb": OLDER, "new.ipynb": RELU},
         "old.ipynb defines another relu than new.ipynb, which counts", False),
        ({"01_a.ipynb": RELU + "\n# copied", "02_b.ipynb": RELU}, "", False),
        ({"01_a.ipynb": OLDER, "shallow.py": RELU, "02_b.ipynb": RELU}, "", False),
        ({"shallow.py": RELU, "w.ipynb": OLDER},
         "w.ipynb, cell 1, defines another relu, which was not judged", True),
        ({"shallow.py": RELU, "w.ipynb": notebook(OLDER, RELU)}, "", False),  # a draft
        ({"shallow.py": RELU, "w.ipynb": RELU.replace(":\n", ":\n    'Re'  # LU\n\n")},
         "", False),
        ({"shallow.py": RELU, "w.ipynb": STUB}, "", False),
        ({"shallow.py": RELU, "w.ipynb": "from old import relu"}, "", False),
    ],
)  # fmt: skip
def test_what_the_last_notebook_defines_counts_and_another_relu_is_told(
    files, said, is_on_the_console, tmp_path
):
    for name, content in files.items():
        if ".ipynb" in name and isinstance(content, str):
            files = files | {name: notebook(content)}
    found = read(tmp_path, files)
    assert is_relu(found.source) and found.faults == []
    assert found.problems == [said] * bool(said)
    assert found.rivals == found.problems * is_on_the_console


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"shallow.py": STUB + RELUP, "old.py": OLDER, "w.ipynb": notebook(RELU)},
         "from the notebooks: relu"),
        ({"q07.py": SOFTMAX, "q12.py": TWO},
         "from q07.py, where q12.py has no answer: softmax"),
        ({"shallow.py": STUB + RELUP + SOFTMAX, "me.py": RELU},
         "from me.py, where shallow.py has no answer: relu"),
        ({"mine.py": TWO, "q07.py": SOFTMAX + "def eval_loss(y, d):\n    pass\n"},
         "from q07.py, where mine.py has no answer: softmax"),
        ({"mine.py": TWO + SOFTMAX + "def eval_loss(y, d):\n    pass\n"}, ""),
        ({"shallow.py": TWO, "a.py": "from b import softmax", "b.py": SOFTMAX},
         "from b.py, where shallow.py has no answer: softmax"),
        ({"q7.py": SOFTMAX, "q12.py": "from q7 import *\n" + TWO},
         "from q7.py, which q12.py imports: softmax"),
        ({"nn/shallow.py": "from .me import softmax\n" + TWO, "nn/me.py": SOFTMAX},
         "from nn/me.py, which shallow.py imports: softmax"),
        ({"shallow.py": TWO, "me.py": SOFTMAX, "w.ipynb": notebook(SOFTMAX)}, ""),
        ({"shallow.py": TWO, "shallow_old.py": SOFTMAX}, ""),
        ({"shallow.py": "from me import *\n" + TWO, "me.py": SOFTMAX}, ""),
    ],
)  # fmt: skip
def test_what_a_file_lacks_is_taken_from_the_others(files, said, tmp_path):
    found = read(tmp_path, files)
    assert said in found.problems or not said
    assert ("has no answer" in told(found)) is ("has no answer" in said)
    assert verdict_of(found, 12) == "right"


def verdict_of(found, n):
    """Judge a question as the student's own computer does; there are no problems."""
    answers = Answers(found.source, found.filename, beside=found.beside)
    (verdict,) = judge(answers, [n], COURSE)
    answers.close()
    assert answers.problems == []
    return verdict.verdict


@pytest.mark.parametrize(
    "files",
    [
        {"shallow.py": "from utils.act import relu, relup\n",
         "utils/__init__.py": "", "utils/act.py": TWO},
        {"shallow.py": "import sys\nsys.path.append('src')\nfrom nn.layers import *\n",
         "src/nn/layers.py": RELU + "from .more import relup\n",
         "src/nn/more.py": RELUP},
        {"shallow.py": "from shallow_final_act import relup\n" + RELU,
         "shallow_final_act.py": RELUP},
        {"hw/shallow.py": "import act\nrelu, relup = act.relu, act.relup\n",
         "lib/act.py": TWO},
        {"nn/__init__.py": "from .core import *\n", "nn/act.py": RELU,
         "nn/core.py": "from .act import relu\n" + SOFTMAX + RELUP},
        {"work.ipynb": notebook("from nn.layers import relu, relup\nrelu = relu"),
         "nn/layers.py": TWO},
    ],
    ids=lambda files: [*files][-1],
)  # fmt: skip
def test_the_students_other_modules_come_along(files, tmp_path):
    more = {"tests/test_all.py": "x", "old/random.py": "x = 1", "deep-1.py": RELUP}
    found = read(tmp_path, files | more)
    assert "deep.py" in found.beside
    assert not {"tests/test_all.py", "old/random.py"} & {*found.beside}
    assert verdict_of(found, 12) == "right"


# The code in notebooks


@pytest.mark.parametrize(
    "cells",
    [
        ["def half(a):\n    return a / 2", "relu = lambda a: half(np.abs(a) + a)"],
        ["if True:\n    def relu(a):\n        return np.maximum(a, 0)\n    train()"],
        ["try:\n    def relu(a):\n        return np.maximum(a, 0)\nexcept OSError: 1"],
        ["def relu(a):\n    return max(a, 0)", "relu = np.vectorize(relu)"],
        ["@np.vectorize\ndef relu(a):\n    unused = 1\n    return max(a, 0)"],
        ["!pip install tqdm \\\n  numpy", "%%bash\nrm -rf /", RELU],
        ["%%time\nx = !ls\n" + RELU + "!ls\nrelu?"],
        ["try:\n    from shallow import *\nexcept ImportError:\n    pass", RELU],
        ["x = load()\nnet = train(x)", RELU + "\nrelu(x)", "raise SystemExit"],
        ["from math import *", "def relu(a):\n    return (fabs(1) * a) * (a > 0)"],
        ["class Net:\n    low = 0", "net = Net()", RELU.replace("a, 0", "a, net.low")],
        [RELU.replace("return", "relu.calls += 1\n    return"), "relu.calls = 0"],
        ["count, seen = 0, {}",
         "seen['relu'] = []\nfor key in 'ab':\n    seen[key] = 0\ncount += 1",
         "def relu(a):\n    global count\n    count += 1\n    seen['a'] += 1\n"
         "    seen['relu'].append(count)\n    return np.maximum(a, 0)"],
        ["def lowest():\n    return 0.0",
         "low = lowest()\nx = load()\nnet = train(relu, x)",
         RELU.replace("a, 0", "a, low")],
    ],
)  # fmt: skip
def test_a_notebooks_answer_has_what_it_needs_and_nothing_else_is_run(cells, tmp_path):
    found = read(tmp_path, {"work.ipynb": notebook("import numpy as np", *cells)})
    assert is_relu(found.source)
    assert found.problems == []


def test_a_notebook_is_judged_by_itself_as_it_is_graded(tmp_path):
    said = json.loads(as_notebook(VARIANTS[0].read_text(encoding="utf-8")))
    said["cells"].append(cell("def softmax(a)\n    return a"))
    (tmp_path / "work.ipynb").write_text(json.dumps(said), encoding="utf-8")
    graded = submission.read([tmp_path / "work.ipynb"], "work")
    alone = Answers.of(tmp_path / "work.ipynb")
    assert alone.source == graded.source and alone.path.name == graded.filename
    assert alone.unread == graded.unread and alone.remarks == graded.problems


def test_a_notebooks_function_that_is_called_nearly_right_is_there_for_the_judge(
    tmp_path,
):
    near = ["normalize_mnist_images", "label2one_hot"]
    cells = [f"def {name}(x):\n    return x" for name in [*near, "plot_digits"]]
    source = read(tmp_path, {"w.ipynb": notebook(RELU, *cells)}).source
    assert [name in source for name in [*near, "plot_digits"]] == [True, True, False]


def test_of_what_python_cannot_read_complete_definitions_count_and_the_rest_is_told(
    tmp_path,
):
    for name, content, broken in [
        ("a.ipynb", notebook(BROKEN), ["a.ipynb, cell 1, line 6"]),
        ("a.ipynb", notebook(BROKEN, SOFTMAX), []),  # nothing is lost
        ("shallow.py", BROKEN, ["shallow.py, line 6"]),
    ]:
        found = read(tmp_path / name, {name: content})
        assert is_relu(found.source.partition("def softmax")[0])
        assert found.broken == broken


def test_every_line_at_which_python_stops_is_told(tmp_path):
    source = f"Here you are:\n{RELU}\nIt's all.\n\n'''a\nb\n'''\ndef f(:\n    1\n"
    assert read(tmp_path, {"a.py": source}).broken == ["a.py, lines 1, 8, 13"]


@pytest.mark.parametrize("kind", ["raw", "text"])
def test_answers_in_cells_that_hold_no_code_are_told(kind, tmp_path):
    other = cell(TWO, kind="raw") if kind == "raw" else text(f"```\n{TWO}\n```")
    found = read(tmp_path, {"w.ipynb": notebook(other, SOFTMAX)})
    said = dict.fromkeys(["relu", "relup"], f"it is in a {kind} cell (w.ipynb, cell 1)")
    assert found.unread == said == Answers.of(tmp_path / "kim/w.ipynb").unread


# What the marker sees


@pytest.mark.parametrize(
    "made",
    [
        text("![x](attachment:f.png)", attachments={"f.png": {"image/png": PIXEL}}),
        text(f"![x](data:image/png;base64,{PIXEL})"),
        text("<img width='3' src='photo.png'>"),
        text("![x](<../b/photo%20of%201.png>)"),
        cell("f()", shows("image/png", [PIXEL[:20], "\n", PIXEL[20:]])),
        cell("f()", shows("image/jpeg", PIXEL)),
        cell("f()", shows("text/html", f"<img src='data:image/png;base64,{PIXEL}'>")),
        cell("f()", shows("image/svg+xml", ["<svg", "/>"])),
    ],
)
def test_every_picture_is_shown(made, tmp_path):
    files = {"a/w.ipynb": notebook(text("## Question 9"), made), "a/photo.png": PNG}
    found = read(tmp_path, files | {"b/photo of 1.png": PNG})
    (shown,) = [content for what, content in found.answers[9] if what == "image"]
    kind = "svg" if "svg" in str(made) else "png"
    assert shown.startswith(f"data:image/{kind}")


@pytest.mark.parametrize(
    ("made", "part"),
    [
        (cell("1 + 1", shows("text/plain", "2")), ("output", "2")),
        (cell("f", {"output_type": "stream", "text": ["5\n"]}), ("output", "5\n")),
        (cell("f()", {"output_type": "error", "ename": "E", "evalue": "no"}),
         ("output", "E: no")),
        (cell("df", shows("text/html", "<table>")), ("html", "<table>")),
        (cell("m", shows("text/latex", "$x$")), ("text", "$x$")),
        (cell("# because it is so"), ("code", "# because it is so")),
        (text("before ![](gone.png) after"), ("text", " after")),
        (text("![](../../etc/passwd)"),
         ("note", "The picture `../../etc/passwd` was not handed in with the notebook: "
                  "see w.ipynb, cell 2.")),
        (text("x" * 30_000), ("note", "The text goes on: see w.ipynb, cell 2.")),
        (cell("f()", shows("image/png", PIXEL + '"><script>')),
         ("note", "A picture is not shown here, since a browser cannot read it: "
                  "see w.ipynb, cell 2.")),
    ],
)  # fmt: skip
def test_everything_that_a_notebook_shows_is_shown(made, part, tmp_path):
    found = read(tmp_path, {"w.ipynb": notebook(text("Exercise 9."), made)})
    assert part in found.answers[9]


@pytest.mark.parametrize(
    ("cells", "questions"),
    [
        ([text("## Questions 23 and 24"), text("So.")], {23, 24}),
        ([text("**Aufgaben 8, 9 und 10**"), text("So.")], {8, 9, 10}),
        ([text("## 3.2 Numerical check (question 11)"), text("So.")], {11}),
        ([text("# Question 8, 3 points"), text("So.")], {8}),
        ([text("## Results of Question 18"), text("So.")], {0}),
        ([text("# Question 8"), text("# End"), text("So.")], {0}),
        ([text("**Q9.** So.")], {9}),
        ([text("# Question 9"), tagged("So.", "q8", 5)], {8}),
        # In a notebook of the edition, a heading of the student ends no question.
        ([tagged("# Question 9", "q9", "given"), text("# Then"), text("So.")], {9}),
        ([tagged("# Question 9", "given"), tagged("# Then", "given"), text("So.")],
         {0}),
    ],
)  # fmt: skip
def test_an_answer_belongs_to_its_tag_or_to_the_heading_above_it(
    cells, questions, tmp_path
):
    found = read(tmp_path, {"w.ipynb": notebook(*cells)})
    of = {n for n, parts in found.answers.items() if "So." in str(parts)}
    assert of == questions


def test_a_notebook_without_numbers_of_questions_is_shown_by_what_it_defines(tmp_path):
    words = text("# ReLU"), text("### Why\nBecause.")
    found = read(tmp_path, {"w.ipynb": notebook(*words, cell(RELU), "plot()")})
    assert found.answers[12] == [("code", RELU)]
    shown = [("text", one["source"]) for one in words] + [("code", "plot()")]
    assert found.answers[0] == shown


def test_of_the_edition_what_a_student_adds_is_an_answer_and_nothing_else(
    files, tmp_path
):
    handed_out = {
        name: json.loads(content)["cells"]
        for name, content in files.items()
        if name.endswith(".ipynb")
    }

    def answers(kind, cells_of):
        work = {name: json.dumps({"cells": cells}) for name, cells in cells_of.items()}
        return read(tmp_path / kind, work).answers

    assert answers("as it is", handed_out) == {}
    for name, cells in handed_out.items():
        bare = [one | {"metadata": {}} for one in cells]  # its tags are lost
        assert answers(f"bare/{name}", {name: bare}) == {}
    name, changed = "notebooks/02_activations.ipynb", []
    for one in handed_out[name]:
        if one["cell_type"] == "markdown":
            changed.append(one | {"source": "".join(one["source"]) + "\n\nBecause."})
        else:
            outputs = [{"text": "printed"}]
            changed.append(one | {"execution_count": 1, "outputs": outputs})
    of_questions = [one for one in changed if one["metadata"]["tags"] != ["given"]]
    found = answers("changed", {name: changed}).values()
    assert sum(map(len, found)) >= len(of_questions) > 20


def test_an_answer_that_is_copied_is_an_answer_all_the_same(tmp_path):
    own = [c for c in ipynb.own_cells() if {"q8", "answer"} <= {*ipynb.tags_of(c)}]
    found = read(tmp_path, {"w.ipynb": notebook(text("## Question 8"), *own)})
    assert ("text", ipynb.text_of(own[0])) in found.answers[8]


def test_pictures_that_no_notebook_shows_are_shown_at_the_end(tmp_path):
    files = {"shallow.py": RELU, "q8.png": PNG, "q9.jpg": b"\xff\xd8\xff rest"}
    files |= {"w.ipynb": notebook(text("## Question 9\n![](q9.jpg)")), "a.heic": b"x"}
    found = read(tmp_path, files)
    image = "image", f"data:image/png;base64,{PIXEL}"
    assert found.loose == [("note", "q8.png:"), image]
    assert found.problems == ["also handed in, and not shown here: a.heic"]
    many = {f"{i}.png": PNG + bytes([i]) for i in range(30)}
    found = read(tmp_path / "lee", many)
    assert len(found.loose) == 2 * submission.LOOSE
    assert "29.png" not in str(found.loose) and "and " in found.problems[-1]


def test_code_is_shown_whatever_else_ends_a_line():
    source = f"x = (\n# \f\x1c\u2028\n\f\x1e\n{RELU}{RELUP}"
    shown = feedback.code_of(["relup"], source)
    assert shown == "  11  def relup(a, e):\n  12      return e * (a > 0)"
