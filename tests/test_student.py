"""The student's edition: nothing of an answer is in it, and it can be solved."""

import ast
import gzip
import json
import re
import shutil
import struct
import sys
import tomllib
import zipfile
from hashlib import sha256

import nbformat
import processes
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from checks.given import BONUS, CODED, QUESTIONS
from checks.judge import NOT_ANSWERED, RIGHT
from grading import student
from grading.handout.tools.submit import find_empty
from grading.leaks import Leaks
from grading.student import (
    MANIFEST,
    MODULES,
    ROOT,
    EditionError,
    make_edition,
    make_notebook,
    read_module,
    write_edition,
    write_zip,
)
from grading.submission import read
from tools.execute import ThisPython

JUDGED = CODED + BONUS
IMAGES = 1000  # a notebook looks at the one with the number 955
SHORTER = {  # what takes seconds in a notebook, and what is run for it
    "in np.ndenumerate(array):\n        array[index] = value + eps  # also":
    "in [((0, 0), array[0, 0])]:\n        array[index] = value + eps  # also",
    "agree == analytic.size": "agree >= 1",
    "reshape(100, 10)": "reshape(100, 10)[:1]",
    "for seed in range(200)": "for seed in range(9)",
    "train(xsome, dsome, start, T=5,": "train(xsome, dsome, start, T=1,",
    "numeric = np.empty_like(array)\n    for index, value in np.ndenumerate(array)":
    "numeric = netinit[k] - stepped[k]\n"
    "    for index, value in [((0, 0), array[0, 0])]",
    "train(xfew, dfew, net, 4,": "train(xfew, dfew, net, 1,",
}  # fmt: skip
NOTEBOOKS = sorted(  # one without questions is not handed out
    path.name
    for path in (ROOT / "notebooks").glob("*.ipynb")
    if "### Question" in path.read_text(encoding="utf-8")
)


@pytest.fixture
def edition(small, tmp_path):
    """Write an edition into a folder with a space in its name."""
    folder = tmp_path / "my work"
    write_edition(small, folder)
    return folder


def solve(folder, *numbers):
    """Put the functions of this repository into an edition: all, or some questions'."""
    for name in MODULES:
        source = (ROOT / name).read_text("utf-8")
        stubs = text = (folder / name).read_text("utf-8")
        places = {n.name: n for n in ast.parse(stubs).body if hasattr(n, "name")}
        functions, _ = read_module(source, name)
        for function, (n, node, _) in functions.items():
            if not numbers or n in numbers:
                stub = ast.get_source_segment(stubs, places[function])
                text = text.replace(stub, ast.get_source_segment(source, node))
        (folder / name).write_text(text, "utf-8")


def python(folder, *arguments, text=""):
    """Run Python in an edition, with the edition's modules."""
    return processes.python(*arguments, cwd=folder, input=text, timeout=300)


def verdicts(folder):
    """Return the verdicts on the questions that ask for code, as `make check` does."""
    run = python(folder, "-m", "checks", "--json", *map(str, JUDGED))
    assert run.returncode in (0, 1), run.stderr
    found = json.loads(run.stdout)
    assert found["problems"] == []
    return {int(n): verdict["verdict"] for n, verdict in found["questions"].items()}


@pytest.fixture(scope="module")
def small(files):
    """Return the edition with the first images alone: its notebooks run in seconds."""
    small = dict(files)
    for part in ["train", "t10k"]:
        for kind, header, size in [("images-idx3", 16, 784), ("labels-idx1", 8, 1)]:
            path = f"data/{part}-{kind}-ubyte.gz"
            content = gzip.decompress(files[path])
            start = content[:4] + struct.pack(">I", IMAGES) + content[8:header]
            data = content[header : header + IMAGES * size]
            small[path] = gzip.compress(start + data)
    return remade(small)


# Unsolved and solvable


def test_an_edition_can_be_made(made):
    assert not isinstance(made, EditionError), made


def test_no_question_is_answered_and_with_the_answers_here_it_is_solved(edition):
    assert verdicts(edition) == dict.fromkeys(JUDGED, NOT_ANSWERED)
    given = "    _check_labels(lbl, num_classes)\n    raise NotImplementedError("
    assert given in (edition / "shallow.py").read_text("utf-8")
    solve(edition)
    for name in MODULES:  # with which all is right, as checks in its notebooks say
        assert (edition / name).read_text("utf-8") == (ROOT / name).read_text("utf-8")
    whole = read([edition], "ada")  # what was handed out in it is no fault
    assert whole.has_code and whole.problems == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_to_the_first_question_and_once_solved_to_its_end(
    edition, name, monkeypatch
):
    """In one kernel, as a student does who answers them all and runs all again."""
    notebook = nbformat.read(edition / "notebooks" / name, as_version=4)
    monkeypatch.setenv("PYTHONPATH", str(edition))
    monkeypatch.setenv("MPLBACKEND", "agg")  # figures are not drawn
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    client = NotebookClient(
        notebook,
        kernel_manager_class=ThisPython,
        timeout=300,
        resources={"metadata": {"path": str(edition / "notebooks")}},
    )
    with client.setup_kernel():
        with pytest.raises(CellExecutionError) as error:
            run_cells(client)
        match = re.match(r"Question (\d+): write (\w+)", error.value.evalue)
        assert error.value.ename == "NotImplementedError" and match, error.value
        assert match[2] in QUESTIONS[int(match[1])].functions
        solve(edition)
        run_cells(client)
    for cell in notebook.cells:
        if cell.source.startswith("check("):
            assert f" {RIGHT}" in cell.outputs[0].data["text/plain"], cell.source


def run_cells(client):
    """Execute the cells of a notebook, from its first, in the kernel that is there."""
    for k, cell in enumerate(client.nb.cells):
        for text, shorter in SHORTER.items():
            cell.source = cell.source.replace(text, shorter)
        client.execute_cell(cell, k)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_has_places_for_answers_marked_results_and_given_cells(name, files):
    notebook = nbformat.reads(files[f"notebooks/{name}"].decode(), as_version=4)
    nbformat.validate(notebook)
    text = "\n".join(cell.source for cell in notebook.cells)
    for n in map(int, re.findall(r"^### Question (\d+): ", text, re.M)):
        places = [student.TEXT_PLACE.format(n), student.CODE_PLACE.format(n)]
        places += [f"show_source({name})" for name in QUESTIONS[n].functions]
        assert any(place in text for place in places), n
        assert n not in JUDGED or f"check({n})" in text
    shown = [cell.outputs for cell in notebook.cells if cell.get("outputs")]
    assert shown
    for first, second, *_ in shown:  # it is said that the result came with the notebook
        assert first.data["text/markdown"] == student.EXPECTED
        assert second.get("data", {}).get("text/markdown") != student.EXPECTED
    for cell in notebook.cells:  # what is given cannot be changed in Jupyter
        given = "given" in cell.metadata.tags
        assert cell.metadata.get("editable", True) is not given
        assert cell.metadata.get("deletable", True) is not given


# No leak


PICTURE, PRINTED = "iVBORw0KGgo=", "errors of all of them: 12.34 %\n"
PLANTED = {  # files with a part of an answer
    "a.py": 'def f():\n    """z=relup(a1, W2.T @ b)"""\n',
    "b.md": "It is the sum of\nall that came before.",
    "c.ipynb": {"cells": [{"id": "ab12", "source": ["y-d\n", "z= relup(a1,W2.T@b )"]}]},
    "d.ipynb": {"cells": [{"alt": "It is  the *sum* of all\nthat came before."}]},
    "e.json": {"hint": "it is the sum of all that came before."},
    "f.ipynb": {"outputs": [{"data": {"image/png": PICTURE}}]},
    "g.ipynb": {"outputs": [{"text": [PRINTED]}]},
}


def test_a_leak_that_is_planted_is_found():
    leaks, new = Leaks(), nbformat.v4
    anybody = "for _ in range(20):\n    z = relup(a1, W2.T @ b)\nimport numpy as np"
    leaks.add_code("q", ast.parse(anybody).body)
    leaks.numbers["c.ipynb", "ab12"] = 3
    leaks.add_cell("q", new.new_markdown_cell("It is the sum of all that came before."))
    picture = new.new_output("display_data", {"image/png": f"{PICTURE}\n"})
    printed = new.new_output("stream", text=PRINTED)
    leaks.add_cell("q", new.new_code_cell("", outputs=[picture, printed]))
    said = {}
    for path, content in PLANTED.items():
        text = content if isinstance(content, str) else json.dumps(content)
        [said[path]] = leaks.find({path: text.encode()})
    assert "c.ipynb, cell 3 (id ab12, 'y-d" in said["c.ipynb"]
    assert said["c.ipynb"].endswith("a part of an answer; q: z = relup(a1, W2.T @ b)")
    harmless = {"cells": [{"source": anybody.replace("W2.T @ ", "")}]}
    assert leaks.find({"h.ipynb": json.dumps(harmless).encode()}) == []


def test_an_edition_with_a_leak_is_not_made(files, monkeypatch):
    def planting(path, root):
        found = read_files(path, root)
        if "figures.py" in found:
            found["figures.py"] += b"\n# delta1 = relup(a1, W2.T @ delta2)\n"
        return found

    read_files = student.read_files
    monkeypatch.setattr(student, "read_files", planting)
    said = "(?s)figures.py.* an answer; `update_shallow`.*Tag"
    with pytest.raises(EditionError, match=said):
        make_edition()


def test_the_edition_holds_what_a_student_needs_and_nothing_else(files):
    needed = """
        .gitattributes .github .gitignore LICENSE MNISTtools.py Makefile README.md
        checks data environment.yml figures.py notebooks pad.py pyproject.toml
        requirements.txt tools
    """
    top = {path.partition("/")[0] for path in files}
    assert top == {*needed.split(), *MODULES}


# What is against the rules


def notebook_of(*cells):
    """Make a notebook of Question 8 or 7 from (kind, source, tags)."""
    make = {"text": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    notebook = nbformat.v4.new_notebook()
    for kind, source, tags in cells:
        notebook.cells.append(make[kind](source, metadata={"tags": tags.split()}))
    return notebook


def test_a_notebook_against_the_rules_is_refused():
    shown, late = ("code", "show_source(softmax)", "q7 source"), ("code", "2", "q7")
    check = r"must have the cell .*check\(7\)"
    for cells, problem in [
        ([("text", "Because", "q8 anwser")], "cell 1 .*unknown tag 'anwser'"),
        ([("text", "Show that", "q8")], "Question 8 has no answer to take out"),
        ([("text", "Because", "answer")], "cell 1 .*needs the tag of its question"),
        ([("text", "Because", "q8 answer solution")], "cell 1 .*exclude each other"),
        ([shown], check),
        ([shown, ("code", "1", "q7"), ("code", "check(7)", "q7 result"), late], check),
    ]:
        _, problems = make_notebook(notebook_of(*cells), "02_a.ipynb")
        assert any(re.search(f"^02_a.ipynb.*{problem}", told) for told in problems)


def test_a_module_against_the_rules_is_refused():
    for source, problem in [
        ('def f(x):\n    """The sine."""\n    return 1\n', "`f` must begin with"),
        ('def f(x):\n    """Question 7: f."""\n', "`f` has no answer to take out"),
        ("import math\n\nHALF = math.pi / 2\n", "line 4: is this an answer or given"),
    ]:
        _, [told] = read_module(f'"""Answers."""\n{source}', "a.py")
        assert problem in told


def test_an_edition_has_the_modules_that_it_names(files):
    gone = {path: files[path] for path in {*files} - {"deep.py", MANIFEST}}
    said = "README.md of the edition names `deep.py`, which it does not have"
    assert [*student.gone_modules(files)] == []
    assert [*student.gone_modules(gone)] == [said]
    text = student.with_modules(files["pyproject.toml"].decode(), gone)
    modules = tomllib.loads(text)["tool"]["setuptools"]["py-modules"]
    assert modules == ["MNISTtools", "figures", "pad", "shallow"]


def test_nothing_is_written_of_an_edition_against_the_rules(monkeypatch, tmp_path):
    monkeypatch.setattr(student, "TAGS", {"answer"})
    monkeypatch.setattr(student, "shown_otherwise", lambda *given: ["softmax"])
    monkeypatch.setattr(student, "QUESTIONS", {**QUESTIONS, 99: QUESTIONS[1]})
    monkeypatch.setattr(sys, "argv", ["student", "--to", str(tmp_path / "new")])
    with pytest.raises(SystemExit, match="No edition was written") as error:
        student.main()
    for said in [
        "unknown tag 'source'",
        "02_activations.ipynb was recorded with other answers (softmax): run `make re",
        "Question 99: no cell of a notebook has the tag `q99`",
    ]:
        assert said in str(error.value)
    assert not (tmp_path / "new").exists()


# Updating, packing


def remade(files):
    """Return an edition with its list of files made anew."""
    digests = {p: sha256(files[p]).hexdigest() for p in files if p != MANIFEST}
    manifest = json.loads(files[MANIFEST]) | {"files": digests}
    return files | {MANIFEST: json.dumps(manifest).encode()}


def test_an_update_changes_what_changed_and_keeps_what_was_changed_there(
    small, edition
):
    new = dict(small) | {"README.md": b"new\n", "more/a.md": b"a\n"}
    del new["LICENSE"]
    (edition / "mine.txt").write_text("mine")
    assert write_edition(remade(new), edition) == {
        "added": ["more/a.md"],
        "changed": ["README.md"],
        "removed": ["LICENSE"],
        "kept": [],
    }
    assert (edition / "mine.txt").read_text() == "mine"
    assert not (edition / "LICENSE").exists()
    write_edition(small, edition)
    assert not (edition / "more").exists()
    for path, content in small.items():
        assert (edition / path).read_bytes() == content
    (edition / "README.md").write_text("Our course begins on Monday.")
    assert not any(write_edition(small, edition).values())
    assert write_edition(remade(new), edition)["kept"] == ["README.md"]
    assert (edition / "README.md").read_text() == "Our course begins on Monday."
    (edition / "README.md").unlink()
    assert write_edition(remade(new), edition)["kept"] == []


def test_a_folder_with_something_else_is_refused(files, tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(EditionError, match="is not empty and holds no edition"):
        write_edition(files, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(EditionError, match="is a file"):
        write_edition(files, tmp_path / "thesis.tex")


def test_a_fresh_git_checkout_is_accepted_and_half_done_work_merges(small, tmp_path):
    if shutil.which("git") is None:
        pytest.skip("git is not installed")

    def git(*arguments, at="course"):
        settings = ["user.name=A", "user.email=a@b.c", "core.autocrlf=false"]
        options = [word for one in settings for word in ("-c", one)]
        done = processes.run("git", *options, *arguments, cwd=tmp_path / at)
        assert done.returncode == 0, done.stderr

    (tmp_path / "course").mkdir()
    git("init")
    write_edition(small, tmp_path / "course")
    git("add", ".")
    git("commit", "-m", "The assignment")
    git("clone", ".", "../theirs")
    solve(tmp_path / "theirs", 4, 5, 7)
    git("commit", "-am", "My answers", at="theirs")

    old, new = b"Not negative; every", b"Never negative; every"
    text = small["shallow.py"].replace(old, new)
    write_edition(remade(small | {"shallow.py": text}), tmp_path / "course")
    git("commit", "-am", "A better docstring")
    git("pull", "--no-rebase", "--no-edit", at="theirs")
    found = verdicts(tmp_path / "theirs")
    assert [n for n in CODED if found[n] == RIGHT] == [4, 5, 7]
    theirs = (tmp_path / "theirs/shallow.py").read_bytes()
    assert new in theirs and old not in theirs


def test_the_zip_is_the_same_each_time(small, tmp_path):
    paths = tmp_path / "1/a.zip", tmp_path / "2/a.zip"
    for path in paths:
        write_zip(small, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with zipfile.ZipFile(paths[0]) as archive:
        assert {name.removeprefix("a/") for name in archive.namelist()} == set(small)


# Handing in


def hand_in(folder, name, number):
    """Hand in, and return what was said and the zip."""
    run = python(folder, "-m", "tools.submit", "--name", name, "--id", number)
    assert run.returncode == 0, run.stderr
    [path] = re.findall(r"^Packed \d+ files and your name: (.*)$", run.stdout, re.M)
    return run.stdout, zipfile.ZipFile(path)


def test_what_is_handed_in_and_what_is_said_before(edition):
    run = python(edition, "-m", "tools.submit", "--id", "1")
    assert run.returncode == 1 and 'NAME="Ada Lovelace" ID=1815' in run.stderr
    assert not (edition / "build").exists()
    solve(edition, 7)
    (edition / "build").mkdir()
    (edition / "build/mnist-from-scratch.pdf").write_bytes(b"%PDF")
    said, archive = hand_in(edition, "Ada Łovelace", "18/15")
    assert archive.filename.endswith("Ada-Łovelace-18-15.zip")
    assert said.count(NOT_ANSWERED) == len(JUDGED) - 1
    assert re.search(rf"^ 7  softmax +{RIGHT}", said, re.M)
    assert "02_activations.ipynb: nothing is written yet in questions 7, 8, 9," in said
    assert "code cells were never run" in said
    assert "given cells" not in said
    with archive:
        files = {*MODULES, "mnist-from-scratch.pdf", "student.json"}
        files |= {f"notebooks/{name}" for name in NOTEBOOKS}
        assert {*archive.namelist()} == files
        who = json.loads(archive.read("student.json"))
        assert who == {"name": "Ada Łovelace", "id": "18/15"}
        assert archive.read("shallow.py") == (edition / "shallow.py").read_bytes()


def test_what_is_missing_or_changed_is_told_and_what_the_texts_show_is_packed(edition):
    solve(edition, 7)
    notebooks = edition / "notebooks"
    (notebooks / "01_data.ipynb").write_text("{")
    (notebooks / "03_backprop.ipynb").unlink()
    (notebooks / "my photo.png").write_bytes(b"png")
    (edition / "helpers.py").write_text("n = 1\n")
    (edition.parent / "outside.png").write_bytes(b"png")
    functions, _ = read_module((ROOT / "shallow.py").read_text("utf-8"), "shallow.py")
    older = ast.unparse(functions["softmax"][1]).replace("a.max(axis=0)", "a.max()")
    shown = {"text/markdown": f"```python\n{older}\n```"}
    written = {
        "*Your answer to Question 8.*": "![a](my%20photo.png) ![b](<my photo.png>)",
        "*Your answer to Question 9.*": '<img width="9" src="no.png"> and '
        '![d](../../outside.png "title") ![c](attachment:x.png)',
    }
    path = notebooks / "02_activations.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    for cell in [*notebook["cells"]]:
        source = "".join(cell["source"])
        cell["id"] = "as-colab"  # which gives cells ids of its own
        cell["source"] = written.get(source, source)
        if source.startswith("### Question 8"):
            cell["source"] += "!"
        elif source == "show_source(softmax)":
            cell["outputs"] = [{"output_type": "display_data", "data": shown}]
        elif source == "check(7)":
            notebook["cells"].remove(cell)
    path.write_text(json.dumps(notebook), "utf-8")
    deeper = notebooks / "05_deeper.ipynb"
    place, text = "*Your answer to Question 27.*", deeper.read_text("utf-8")
    deeper.write_text(text.replace(place, "It follows.", 1), "utf-8")
    said, archive = hand_in(edition, "A", "1")
    said = re.sub(r"cell \d+", "cell N", said)
    for told in [
        "01_data.ipynb is not a notebook",
        "notebooks/03_backprop.ipynb is missing",
        "02_activations.ipynb: nothing is written yet in questions 7, 10",
        "2 given cells were changed or are gone (Question 7, Question 8)",
        "it shows another softmax than is saved: run it again",
        "the picture no.png of cell N is missing",
        "the picture x.png is not in cell N: paste it again",
        "move the picture ../../outside.png of cell N beside",
        "05_deeper.ipynb: nothing is written yet in question 26; cells are still "
        "empty in question 27: delete those",
        "There is no PDF in it",
    ]:
        assert told in said
    with archive:
        packed = {*archive.namelist()}
    assert {"helpers.py", "notebooks/my photo.png"} <= packed
    assert not {"MNISTtools.py", "figures.py"} & packed


def test_where_nothing_is_written_and_where_not_all():
    notebook = notebook_of(
        ("text", "Because", "q7 answer"),
        ("text", "### Question 8: why?", "q8"),
        ("text", "Because", "q8 answer"),
        ("code", "n = 1", "q8 answer"),
        ("text", "### Question 14: a function, and no place here", "q14"),
    )
    make_notebook(notebook, "02_a.ipynb")
    seven, head, eight, code, last = notebook.cells
    own = {"source": "It follows."}
    for cells, untouched, begun in [
        ([seven, head, eight, code, last], [7, 8], []),
        ([seven, head, eight | own, code, last], [7], [8]),
        ([seven, head, eight | own, last], [7], []),
        ([seven, head, own, last], [7], []),
        ([seven, head, eight, code, last, own], [7, 8], []),
        ([{**seven, "source": f"{seven.source} It is."}, head, eight, code], [8], []),
    ]:
        assert find_empty([dict(cell) for cell in cells]) == (untouched, begun)
