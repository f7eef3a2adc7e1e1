"""Which questions of the students' notebooks have an answer, as these are saved.

All cells that were handed out have the tag "given", but for the places to write an
answer. So what has no such tag is a place, an answer or a cell that was added.
"""

import dataclasses
import re
from urllib.parse import unquote

from checks import ROOT, notebook
from checks.given import QUESTIONS
from checks.judge import TO_BE_READ

PLACES = {"*Your answer to Question {}.*", "# Your code for Question {}."}
NOTEBOOKS = ROOT / "notebooks"
PASTED = re.compile(r"\(attachment:([^)\s]+)")
AGAIN = "paste it again"


def read_cells(path):
    """Return the cells of a notebook; a file that is none is a ValueError."""
    cells = notebook.read(path.read_bytes(), path.name)
    whole = {"cell_type": "", "metadata": {}}
    return [whole | c | {"source": notebook.text_of(c).strip()} for c in cells]


def find_empty(cells):
    """Find the questions of a notebook where an answer is missing.

    Returned are the numbers of those where nothing is written, and of those where
    something is, and a place is empty still.
    """
    asked, empty, written = {}, set(), set()
    question = None
    for cell in cells:
        tags, source = notebook.tags_of(cell), cell["source"]
        numbers = [n for n in QUESTIONS if f"q{n}" in tags]
        places = [n for n in QUESTIONS if source in [p.format(n) for p in PLACES]]
        if "given" in tags or numbers or places:
            question = next(iter(places + numbers), None)
        if "given" in tags:
            if question and not QUESTIONS[question].functions:
                asked[question] = True
        elif places or (numbers and not source):
            asked[question] = True
            empty.add(question)
        elif source:
            written.add(question)
    return (
        [n for n in asked if n not in written],
        [n for n in asked if n in written & empty],
    )


def lost_pictures(cell):
    """Return the pictures that a text shows as pasted, and that are not in its cell."""
    names = map(unquote, PASTED.findall(cell["source"]))
    return [name for name in names if name not in cell.get("attachments", {})]


def noted(verdict):
    """Return a verdict that says, where a human will read, what there is to read."""
    if verdict.verdict != TO_BE_READ:
        return verdict
    for path in NOTEBOOKS.glob("*.ipynb"):
        try:
            cells = read_cells(path)
        except (OSError, ValueError):
            continue
        tags = {tag for cell in cells for tag in notebook.tags_of(cell)}
        if {"given", f"q{verdict.number}"} <= tags:  # a notebook that was handed out
            untouched, begun = find_empty(cells)
            said = f"there is an answer in {path.name}"
            if verdict.number in untouched:
                said = f"nothing is written yet in {path.name}"
            elif verdict.number in begun:
                said = f"in {path.name} a cell for your answer is still empty"
            said += ", as it was last saved"
            own = [c for c in cells if f"q{verdict.number}" in notebook.tags_of(c)]
            for name in sum(map(lost_pictures, own), []):
                said += f"; the picture {name} is not in its cell: {AGAIN}"
            return dataclasses.replace(verdict, hint=said)
    return verdict
