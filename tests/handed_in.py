"""Small submissions, as the tests write and read them."""

import base64
import dataclasses
import io
import json
import tarfile
import zipfile

import numpy as np

from checks.cases import Case
from checks.given import ASSIGNMENT
from checks.questions import Question
from grading import feedback, intake, marks, submission

RELU = "import numpy as np\n\n\ndef relu(a):\n    return np.maximum(a, 0)\n"
RELUP = "\n\ndef relup(a, e):\n    return e * (a > 0)\n"
TWO = RELU + RELUP
STUB = (
    'def relu(a):\n    """Question 12: ReLU."""\n    raise NotImplementedError("12")\n'
)
SHEET, ZERO = np.array([[1], [2], [-3]]), np.zeros((1, 1))
CASES = [
    Case("relu", (SHEET,), expected=np.array([[1], [2], [0]]), names=("a",)),
    Case("relup", (SHEET, SHEET), expected=np.array([[1], [2], [0]]), names=("a", "e")),
    Case("relup", (ZERO + 1, ZERO), expected=ZERO, names=("a", "e")),
]
OWN = Question(12, "ReLU", ("relu", "relup"), tuple(CASES))
# What these submissions answer, whatever Question 12 of the course is this year.
COURSE = dataclasses.replace(
    ASSIGNMENT,
    parameters=ASSIGNMENT.parameters
    | {"relu": {"a": None}, "relup": {"a": None, "e": None}},
    questions=ASSIGNMENT.questions | {12: OWN},
)
OLDER = RELU.replace("np.maximum(a, 0)", "abs(a)")
KEPT = 7  # the question whose known mistakes are kept in a copy of the course
PNG = b"\x89PNG\r\n\x1a\n and the rest"
PIXEL = base64.b64encode(PNG).decode()


def cell(source, *outputs, kind="code", **more):
    return {"cell_type": kind, "source": source, "outputs": list(outputs)} | more


def text(source, **more):
    return cell(source, kind="markdown", **more)


def tagged(source, *tags):
    return text(source, metadata={"tags": [*tags]})


def shows(kind, content):
    """Return an output with data of one kind."""
    return {"output_type": "display_data", "data": {kind: content}}


def notebook(*cells):
    """Return a notebook of cells; a text alone is the source of a code cell."""
    cells = [cell(c) if isinstance(c, str) else c for c in cells]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()


def zipped(files):
    """Return a zip of files, in which each is a day newer than the one before."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for day, (name, content) in enumerate(files.items(), 1):
            info = zipfile.ZipInfo(name, (2026, 11, min(day, 28), 1, 1, 1))
            archive.writestr(info, content)
    return packed.getvalue()


def tarred(files):
    """Return a compressed tar archive of files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))
    return packed.getvalue()


def write(folder, files):
    """Write files, as text or bytes by their places, into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def forget_mistakes(course):
    """Leave out all known mistakes but those of one question: so it compiles sooner."""
    for path in course.glob("q*.py"):
        if path.name != f"q{KEPT:02}.py":
            path.write_text(path.read_text("utf-8") + '\nmistakes = ""\n', "utf-8")


def read(folder, files):
    """Read a submission that is a folder with these files."""
    write(folder / "kim", files)
    return submission.read([folder / "kim"], "kim")


def page_of(handed_in, result, given=None, points=None):
    """Return the feedback for a submission after it was marked."""
    points = points or marks.read()
    marks.count(result, points, {"comment": ""} | (given or {}))
    return feedback.page(result, handed_in, points)


def read_only_one(folder, files):
    """Read the one submission that a class is of which these files are all."""
    write(folder, files)
    ((name, paths),) = intake.find(folder)[0].items()
    return submission.read(paths, name)
