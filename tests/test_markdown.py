"""The Markdown files: links lead somewhere, and what README says of the code is so."""

import inspect
import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from processes import ROOT, run

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


def test_every_link_leads_somewhere():
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        for link in links(text):
            name, _, anchor = link.partition("#")
            target = path.parent / name if name else path
            assert target.exists(), f"{path.name}: {link}"
            if anchor:
                assert anchor in anchors(target.read_text(encoding="utf-8")), link


def test_the_links_of_the_edition_lead_somewhere(files):
    for path in [name for name in files if name.endswith(".md")]:
        for link in links(files[path].decode()):
            name, _, anchor = link.partition("#")
            target = (Path(path).parent / name).as_posix()
            assert target in files, f"{path}: {link}"
            assert not anchor or anchor in anchors(files[target].decode()), link


def test_the_code_beside_the_formulas_is_that_of_the_answer():
    rows = re.findall(r"^\| \$.*\$ \| `(.*)` \|$", README, re.M)
    source = inspect.getsource(shallow.update_shallow)
    lines = [line.partition("#")[0].strip() for line in source.splitlines()]
    assert len(rows) == 6
    assert [line for line in lines if line in rows] == rows
    assert "gamma * gradW1" in source


def test_the_numbers_of_the_picture_and_the_ladder_are_those_recorded():
    notebook = nbformat.read(ROOT / "notebooks" / "04_training.ipynb", as_version=4)
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    printed = "".join(output.get("text", "") for output in outputs)
    (misread,) = re.findall(r"^misread: (\d+) images$", printed, re.M)
    assert f"the {misread} testing images ({int(misread) / 100:.2f} %)" in README
    rungs = re.findall(r"^\S.*? +\d+\.\d\d % +(\d+\.\d\d %)$", printed, re.M)
    assert len(rungs) == 9
    assert f"| {' | '.join(rungs)} |" in README


def test_the_judge_is_tried_with_as_many_answers_as_it_says():
    styles = {4: "four"}[len(VARIANTS) + 1]  # with that of this project
    count = sum(map(len, Course().mistakes.values()))
    said = rf"right answers in {styles} styles and more than (\d+) known mistakes"
    (most,) = re.findall(said, " ".join(README.split()))
    assert int(most) < count < int(most) + 100
