"""The Markdown files: links lead somewhere, and what README says of the code is so."""

import base64
import inspect
import posixpath
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from processes import ROOT, run
from test_notebooks import read, recorded, tags_of

import shallow
from grading.compiling import Course
from grading.proof import VARIANTS
from grading.student import HANDOUT

FOLDERS = [".", "benchmarks", "data", "grading"]
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.md"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


def links(text):
    """Return where the links of a text lead that are no addresses."""
    found = re.findall(r"\]\(([^()\s]+)\)", re.sub(r"`[^`\n]*`", "", text))
    return [unquote(link) for link in found if not re.match(r"\w+:", link)]


def anchors(text):
    """Return the names that GitHub gives to the headings of a text."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {
        re.sub(r"[^\w\- ]", "", h).strip().lower().replace(" ", "-") for h in headings
    }


def test_every_file_is_looked_at():
    listed = run("git", "ls-files", "*.md")
    if listed.returncode:
        pytest.skip("no git checkout")
    found = {ROOT / name for name in listed.stdout.split()}
    assert found == {*FILES, HANDOUT / "README.md"}
    assert sum(len(links(path.read_text("utf-8"))) for path in FILES) > 20


def test_every_link_leads_somewhere(files):
    """In this repository, and in the students' edition with what that has."""
    ours = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in FILES}
    theirs = {name: text for name, text in files.items() if name.endswith(".md")}
    for texts, is_there in [
        (ours, lambda target: (ROOT / target).exists()),
        (theirs, files.__contains__),
    ]:
        for path, text in texts.items():
            for link in links(text.decode()):
                name, _, anchor = link.partition("#")
                target = posixpath.normpath(Path(path).parent / name) if name else path
                assert is_there(target), f"{path}: {link}"
                assert not anchor or anchor in anchors(texts[target].decode()), link


def test_the_code_beside_the_formulas_is_that_of_the_answer():
    rows = re.findall(r"^\| \$.*\$ \| `(.*)` \|$", README, re.M)
    source = inspect.getsource(shallow.update_shallow)
    lines = [line.partition("#")[0].strip() for line in source.splitlines()]
    assert len(rows) == 6
    assert [line for line in lines if line in rows] == rows
    assert "gamma * gradW1" in source


def test_the_picture_and_the_numbers_are_those_that_notebook_4_recorded():
    notebook = read("04_training")
    (cell,) = [cell for cell in notebook.cells if "cover" in tags_of(cell)]
    (picture,) = [out.data["image/png"] for out in cell.outputs if "data" in out]
    cover = ROOT / "notebooks" / "cover.png"
    assert cover.read_bytes() == base64.b64decode(picture)
    printed = recorded(notebook)
    (error,) = re.findall(r"^Final testing error: (\d\.\d+ %)$", printed, re.M)
    (misread,) = re.findall(r"^misread: (\d+) images$", printed, re.M)
    assert error in README
    assert f"the {misread} testing images ({int(misread) / 100:.2f} %)" in README
    rungs = re.findall(r"^\S.*? +\d+\.\d\d % +(\d+\.\d\d %)(?: .*)?$", printed, re.M)
    assert len(rungs) == 10
    assert f"| {' | '.join(rungs)} |" in README


def test_the_judge_is_tried_with_as_many_answers_as_it_says():
    styles = {4: "four"}[len(VARIANTS) + 1]  # with that of this project
    count = sum(map(len, Course().mistakes.values()))
    said = rf"right answers in {styles} styles and more than (\d+) known mistakes"
    (most,) = re.findall(said, " ".join(README.split()))
    assert int(most) < count < int(most) + 100
