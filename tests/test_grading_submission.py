"""Submissions are read, whatever was handed in, and nothing of them is run."""

import ast
import base64
import json
import os
import stat
import textwrap
import zipfile

import pytest

from checks.given import ASSIGNMENT, CODED
from checks.judge import RIGHT, Judge
from checks.runner import TrustedAnswers, read_source
from grading import intake, submission
from grading.proof import REFERENCE, VARIANTS
from grading.student import make_edition

SOFTMAX = "def softmax(a):\n    return 1\n"
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n and the rest").decode()


def notebook(*cells):
    """Return a notebook of code cells, or of cells as they are given."""
    cells = [
        cell
        if isinstance(cell, dict)
        else {"cell_type": "code", "source": textwrap.dedent(cell), "outputs": []}
        for cell in cells
    ]
    return json.dumps({"cells": cells, "nbformat": 4})


def read(tmp_path, **files):
    """Read a folder with these files; __ stands for a slash and _dot_ for a dot."""
    for name, content in files.items():
        path = tmp_path / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return submission.read([tmp_path], "ada")


def zipped(path, *members):
    """Write a zip with members in this order: pairs of a name or info, and content."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return submission.read([path], "ada")


@pytest.mark.parametrize("path", [REFERENCE, *VARIANTS], ids=lambda path: path.stem)
def test_right_answers_in_the_cells_of_a_notebook_are_right(path, tmp_path):
    source = read_source(path)
    lines, cells = source.split("\n"), ["%matplotlib inline\nxtrain = load()"]
    for node in ast.parse(source).body:
        first = min(n.lineno for n in [node, *getattr(node, "decorator_list", [])])
        cells.append("\n".join(lines[first - 1 : node.end_lineno]))
        cells.append("raise SystemExit('this is not run')")
    found = read(tmp_path, work_dot_ipynb=notebook(*cells))
    assert found.problems == []
    assert "SystemExit" not in found.source
    answers = TrustedAnswers(found.source)
    verdicts = list(Judge(answers, ASSIGNMENT).verdicts(CODED))
    assert [v.number for v in verdicts if v.verdict != RIGHT] == []


def test_the_last_definition_counts_with_what_it_needs(tmp_path):
    found = read(
        tmp_path,
        a_dot_ipynb=notebook(
            "import os, numpy as np, MNISTtools\nfrom shallow import *",
            "x, lbl = MNISTtools.load()\nTINY = np.finfo(float).eps\nunused = 5",
            "def softmax(a):\n    return 0",
            "%%time\ndef helper(a):\n    return a + TINY + x\n!ls\nhelper?",
            "%%bash\nrm -rf /",
            "softmax(x)",
        ),
        b_dot_ipynb=notebook(
            """
            @np.vectorize
            def softmax(a):
                unused = 1
                return helper(a)
            """
        ),
    )
    assert found.source.split("\n\n\n") == [
        "# From a.ipynb, cell 1, line 1:\nimport os, numpy as np, MNISTtools",
        "# From a.ipynb, cell 2, line 2:\nTINY = np.finfo(float).eps",
        "# From a.ipynb, cell 3, line 1:\ndef softmax(a):\n    return 0",
        "# From a.ipynb, cell 4, line 2:\ndef helper(a):\n    return a + TINY + x",
        "# From b.ipynb, cell 1, line 2:\n"
        "@np.vectorize\ndef softmax(a):\n    unused = 1\n    return helper(a)\n",
    ]


def test_a_name_may_be_bound_to_what_it_was_before(tmp_path):
    found = read(
        tmp_path,
        a_dot_ipynb=notebook(
            "import numpy as np",
            "def relu(a):\n    return max(a, 0)",
            "relu = np.vectorize(relu)",
            "def relu_twice(a):\n    return relu(relu(a))",
        ),
    )
    assert "def relu(a)" in found.source
    assert found.source.endswith("relu = np.vectorize(relu)\n")


def test_a_cell_that_python_cannot_read_keeps_its_complete_definitions(tmp_path):
    found = read(tmp_path, a_dot_ipynb=notebook(SOFTMAX + "print 'Python 2'\n"))
    assert "return 1" in found.source
    assert "cell 1, line 3: Python cannot read it" in found.problems[0]


def test_shallow_counts_and_the_notebooks_fill_what_it_lacks(tmp_path):
    stub = "def relu(a):\n    '''12'''\n    raise NotImplementedError('Question 12')\n"
    found = read(
        tmp_path,
        shallow_dot_py="import numpy as np\n" + SOFTMAX + stub,
        notebooks__02_dot_ipynb=notebook(
            "def softmax(a):\n    return 2\ndef relu(a):\n    return np.abs(a)"
        ),
    )
    assert "return 1" in found.source and "return 2" not in found.source
    assert found.source.startswith("import numpy as np\ndef softmax")
    assert found.source.index("raise") < found.source.index("return np.abs")
    assert found.problems == ["from the notebooks: relu"]


def test_who_handed_in_is_what_student_json_says(tmp_path):
    said = json.dumps({"name": "Ada\n Lovelace\0", "id": 1815, "points": 100})
    found = read(tmp_path, shallow_dot_py=SOFTMAX, student_dot_json=said)
    assert found.student == {"name": "Ada Lovelace", "id": "1815"}
    for bad in ["[1]", "{", '{"name": ["x"]}', "[" * 100_000]:
        found = read(tmp_path, student_dot_json=bad)
        assert found.student["id"] == ""


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbfx = 'caf\xc3\xa9'\r\n", "x = 'café'\n"),
        ("x = 'café'\n".encode("utf-16"), "x = 'café'\n"),
        (b"# coding: latin-1\nx = 'caf\xe9'\r", "# coding: latin-1\nx = 'café'\n"),
        (b"x = 'caf\xe9'\n", "x = 'café'\n"),
        (b"# coding: klingon\n", "# coding: klingon\n"),
        (b"x = 1\0\n", "x = 1\0\n"),
    ],
)
def test_any_encoding_is_read(content, text, tmp_path):
    assert read(tmp_path, shallow_dot_py=content).source == text


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({}, "there is no shallow.py and no notebook"),
        ({"shallow_dot_py": ""}, "shallow.py is empty"),
        ({"work_dot_ipynb": "not JSON"}, "work.ipynb is not a notebook"),
        ({"work_dot_ipynb": "[1, 2]"}, "work.ipynb is not a notebook"),
        ({"work_dot_ipynb": '{"cells": 5}'}, "work.ipynb is not a notebook"),
        ({"work_dot_ipynb": "[" * 200_000}, "work.ipynb is not a notebook"),
        ({"shallow_dot_py": "#" * 2**20 * 2}, "the code is longer than"),
        ({"shallow_dot_py": b"#" * (2**20 * 20 + 1)}, "shallow.py: is too large"),
        ({"handin_dot_zip": b"no zip"}, "handin.zip: the zip cannot be read"),
    ],
)
def test_what_cannot_be_read_is_told(files, problem, tmp_path):
    found = read(tmp_path, **files)
    assert found.problems[0].startswith(problem)
    assert found.source == ""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")
def test_links_and_pipes_are_not_read(tmp_path):
    secret = tmp_path / "secret.py"
    secret.write_text("secret = 1")
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "shallow.py").symlink_to(secret)
    os.mkfifo(folder / "pipe.py")
    (folder / "all").symlink_to(tmp_path)
    found = submission.read([folder], "ada")
    assert found.source == ""
    assert found.problems == [
        "pipe.py: is no ordinary file",
        "shallow.py: is a link, and links are not followed",
        "there is no shallow.py and no notebook",
    ]
    link = tmp_path / "bob"
    link.symlink_to(folder)
    assert "is a link" in submission.read([link], "bob").problems[0]


def test_a_zip_is_read_without_unpacking_it(tmp_path):
    link = zipfile.ZipInfo("linked/shallow.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    found = zipped(
        tmp_path / "ada.zip",
        ("../../evil/shallow.py", "evil = 1"),
        ("/etc/shallow.py", "evil = 2"),
        ("..\\evil.py", "evil = 3"),
        ("__MACOSX/shallow.py", "evil = 4"),
        (link, "/etc/passwd"),
        ("hw2/shallow.py", SOFTMAX),
        ("hw2/notes.txt", "evil"),
    )
    assert found.source == SOFTMAX
    assert found.problems == [
        "../../evil/shallow.py: leads out of the zip, and is left out",
        "/etc/shallow.py: leads out of the zip, and is left out",
        "../evil.py: leads out of the zip, and is left out",
        "linked/shallow.py: is a link, and links are not followed",
        "also handed in, and not shown here: hw2/notes.txt",
    ]
    assert not (tmp_path.parent / "evil").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_files_of_one_name_the_last_one_counts(tmp_path):
    found = zipped(
        tmp_path / "ada.zip", ("shallow.py", "first = 1"), ("shallow.py", SOFTMAX)
    )
    assert found.source == SOFTMAX
    assert found.problems == ["shallow.py: is in the zip twice; the last one counts"]


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "ada.zip"
    found = zipped(path, *((f"{i}/shallow.py", bytes(2**25)) for i in range(3)))
    assert found.problems[0] == "0/shallow.py: is too large, and is left out"
    lying = path.read_bytes().replace((2**25).to_bytes(4, "little"), b"\1\0\0\0")
    path.write_bytes(lying)  # says that the files have one byte each
    assert submission.read([path], "ada").source in ("", "\0")
    found = zipped(path, *((f"{i}.py", "") for i in range(600)))
    assert found.problems[0] == "there are more than 500 files: the rest is not read"


def test_a_locked_or_damaged_zip_is_told(tmp_path):
    path = tmp_path / "ada.zip"
    zipped(path, ("shallow.py", SOFTMAX * 100))
    content = bytearray(path.read_bytes())
    for i in (content.index(b"PK\1\2") + 8, content.index(b"PK\3\4") + 6):
        content[i] |= 1
    path.write_bytes(content)
    assert "password" in submission.read([path], "ada").problems[0]
    content[40:60] = bytes(20)
    path.write_bytes(content[:-30])
    assert "cannot be read" in submission.read([path], "ada").problems[0]


def markdown(text, **metadata):
    return {"cell_type": "markdown", "source": [text], "metadata": metadata}


def test_what_a_human_reads_is_found_by_tags_or_by_headings(tmp_path):
    picture = {"data": {"image/png": [PIXEL[:20], "\n", PIXEL[20:]]}}
    script = {"data": {"image/png": PIXEL + '"><script>'}}
    plot = {"cell_type": "code", "source": "plot()", "outputs": [picture, script]}
    found = read(
        tmp_path,
        one_dot_ipynb=notebook(
            markdown("# Work"),
            markdown("### Question 21: compare"),
            markdown("They differ."),
            plot,
            markdown("# End"),
            markdown("not an answer"),
            markdown("tagged", tags=["q8", 5]),
        ),
        two_dot_ipynb=notebook(markdown("**Q9.** Because")),
    )
    assert found.answers == {
        21: [
            ("text", "### Question 21: compare"),
            ("text", "They differ."),
            ("code", "plot()"),
            ("image", f"data:image/png;base64,{PIXEL}"),
            (
                "note",
                "A picture is not shown here, since a browser cannot read it: "
                "see one.ipynb, cell 4.",
            ),
        ],
        0: [("text", "# Work"), ("text", "# End"), ("text", "not an answer")],
        8: [("text", "tagged")],
        9: [("text", "**Q9.** Because")],
    }


def test_a_heading_of_the_student_ends_no_question(tmp_path):
    found = read(
        tmp_path,
        one_dot_ipynb=notebook(
            markdown("### Question 9: why?", tags=["q9", "given"]),
            markdown("Because", tags=["q9"]),
            markdown("# An afterthought"),
            markdown("and more"),
            markdown("## On your own", tags=["given"]),
            markdown("no answer"),
        ),
    )
    texts = ["### Question 9: why?", "Because", "# An afterthought", "and more"]
    assert found.answers[9] == [("text", text) for text in texts]


@pytest.mark.parametrize("name", ["02_activations.ipynb", "04_training.ipynb"])
def test_nothing_that_was_handed_out_is_read_as_an_answer(name, tmp_path):
    cells = json.loads(make_edition()[f"notebooks/{name}"])["cells"]
    (tmp_path / name).write_text(json.dumps({"cells": cells}))
    assert submission.read([tmp_path / name], "ada").answers == {}
    for cell in cells:  # a student adds a sentence to each text, and runs the code
        if cell["cell_type"] == "markdown":
            cell["source"] = "".join(cell["source"]) + "\n\nBecause."
        else:
            cell |= {"execution_count": 1, "outputs": [{"text": "printed"}]}
    (tmp_path / name).write_text(json.dumps({"cells": cells}))
    answers = submission.read([tmp_path / name], "ada").answers
    of_questions = [cell for cell in cells if cell["metadata"]["tags"] != ["given"]]
    assert sum(map(len, answers.values())) >= len(of_questions) > 20


def test_submissions_are_found_by_name(tmp_path):
    for name in ["ada.zip", "ada.py", "bob.ipynb", ".hidden.py", "notes.txt"]:
        (tmp_path / name).write_text("")
    for name in ["1_data.ipynb", "shallow.py"]:
        (tmp_path / f"eve_LATE_77_4{len(name)}_{name}").write_text(SOFTMAX)
    (tmp_path / "Doe, J. 12").mkdir()
    (tmp_path / "gradebook.csv.zip").write_text("")
    found, aside = intake.find(tmp_path)
    assert aside == ["notes.txt"]
    names = ["Doe, J. 12", "ada", "ada.zip", "bob", "eve_77", "gradebook.csv_"]
    assert list(found) == names
    assert submission.read(found["eve_77"], "eve_77").source == SOFTMAX


def test_a_changed_submission_has_another_digest(tmp_path):
    first = read(tmp_path, shallow_dot_py=SOFTMAX).digest
    assert read(tmp_path, shallow_dot_py=SOFTMAX).digest == first
    assert read(tmp_path, shallow_dot_py=SOFTMAX + "#").digest != first
