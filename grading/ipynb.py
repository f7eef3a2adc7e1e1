"""What a notebook says and shows; the code that counts is in `checks/notebook.py`.

It is read as text; nothing of it is run.
"""

import ast
import base64
import contextlib
import dataclasses
import functools
import json
import posixpath
import re
from urllib.parse import unquote

from checks.given import QUESTIONS
from checks.notebook import joined, text_of, without_magic
from checks.worker import bound, parsed
from grading.imports import ROOT

TO_READ = 20_000  # characters of the text of one cell that a human reads
PRINTED = 5000  # characters of one output
HTML = 300_000  # characters of a table, pictures not counted
PICTURE = 12 * 2**20  # bytes of one
PICTURES = 40 * 2**20  # bytes of all that a submission shows
ELSEWHERE = 0  # stands for a question where a cell belongs to none
TEXT_PLACE = "*Your answer to Question {}.*"  # where one is written, in the edition
UNWRITTEN = re.compile(r"\s*(\*Your answer to|# Your code for) Question \d+\.\*?\s*")
HELPERS = re.compile(r"\s*(check|show_source|show_help)\(.*\)\s*")  # of the edition
HEADING = re.compile(  # Question 8, Questions 8, 9 and 10, # A check (question 11)
    r"(?:[#*_\s]*|#[^\n]*\()"
    r"(?:Questions?|Exercises?|Problems?|Tasks?|Fragen?|Aufgaben?|Q|Ex)\.?\s*"
    r"(\d{1,2}\b(?:(?:\s*,\s*\d{1,2}\b)*,?\s*(?:and|und|et|y|&)\s*Q?\d{1,2}\b)?)",
    re.I,
)
IMAGE = re.compile(  # in Markdown and in HTML
    r"!\[[^\]]*\]\(\s*<?(?P<url>[^\s)>]+)>?[^)]*\)"
    r"|<img\b[^>]*?\bsrc\s*=\s*[\"']?(?P<src>[^\"'\s>]+)[^>]*>",
    re.I,
)
MAGIC = {  # how the pictures begin that a browser shows
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"RIFF": "webp",
    b"BM": "bmp",
}


@dataclasses.dataclass
class Notebook:
    """A notebook of a submission."""

    name: str  # of its file
    cells: list  # as the file has them
    files: dict  # the bytes of what lies beside it, by place relative to its folder
    room: int = PICTURES  # bytes of pictures that may still be shown
    shown: set = dataclasses.field(default_factory=set)  # the files that it shows

    def answers(self):
        """Yield what a human may read, in order: a question, and a part of an answer.

        A part is a pair of a kind and its content: "text" is Markdown, "code" and
        "output" are plain, "html" has to be made harmless, "image" is a data URI and
        "note" says what is not shown. Without question it is ELSEWHERE.
        """
        questions = ()
        edition = any("given" in tags_of(cell) for cell in self.cells)
        for i, cell in enumerate(self.cells, 1):
            text, is_code = text_of(cell), cell.get("cell_type") == "code"
            questions = questions_of(cell, text, is_code, questions, edition)
            if is_handed_out(cell, text, is_code):
                continue
            own = questions or (defined_for(text) if is_code else ())
            own = {n if n in QUESTIONS else ELSEWHERE for n in own or (ELSEWHERE,)}
            for kind, content in self.parts(cell, text, is_code):
                if kind == "image":
                    self.room -= len(content)
                    if self.room < 0:
                        kind, content = "note", "One more picture is not shown here"
                if kind == "note":
                    content = f"{content}: see {self.name}, cell {i}."
                for n in sorted(own):
                    yield n, (kind, content)

    def parts(self, cell, text, is_code):
        """Yield the parts of a cell; see `answers`."""
        if not is_code:
            yield from self.split(text, cell.get("attachments"), "text")
            return
        if text.strip() and not is_given(cell, text):
            yield "code", text[:TO_READ]
        outputs = cell.get("outputs")
        outputs = outputs if isinstance(outputs, list) else []
        for output in outputs[:50]:
            if isinstance(output, dict):
                yield from self.output(output)
        if len(outputs) > 50:
            yield "note", f"{len(outputs) - 50} more outputs are not shown here"

    def split(self, text, attachments, kind):
        """Yield a text and its pictures in their order."""
        start = 0
        for match in IMAGE.finditer(text):
            url = match["url"] or match["src"]
            before = text[start : match.start()]
            if kind == "html" and not url.startswith("data:"):
                continue  # nothing of the net, and nothing that was not handed in
            start = match.end()
            yield from limited(kind, before)
            yield self.find(url, attachments)
        yield from limited(kind, text[start:])

    def find(self, url, attachments):
        """Return the picture at an address in a text, or a note that it is not here."""
        if match := re.match(r"data:image/[\w.+-]+;base64,(.*)", url, re.S):
            return picture(match[1])
        name = unquote(url.partition(":")[2])
        attached = attachments.get(name) if isinstance(attachments, dict) else None
        if url.startswith("attachment:") and isinstance(attached, dict):
            return picture(*map(joined, list(attached.values())[:1]))
        place = posixpath.normpath(unquote(url).replace("\\", "/"))
        if place in self.files:
            self.shown.add(place)
            return picture(base64.b64encode(self.files[place]).decode())
        return "note", f"The picture `{url[:80]}` was not handed in with the notebook"

    def output(self, output):
        """Yield what an output shows."""
        if output.get("output_type") == "error":
            yield "output", f"{output.get('ename')}: {output.get('evalue')}"[:500]
            return
        data = output.get("data", {"text/plain": output.get("text")})
        data = data if isinstance(data, dict) else {}
        data = {kind: joined(content) for kind, content in data.items()}
        kinds = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")
        if drawn := [data[kind] for kind in kinds if data.get(kind)]:
            yield picture(drawn[0])
        elif svg := data.get("image/svg+xml"):
            yield picture(base64.b64encode(svg.encode("utf-8", "replace")).decode())
        elif html := data.get("text/html"):
            yield from self.split(html, None, "html")
        elif marked := data.get("text/markdown") or data.get("text/latex"):
            yield from self.split(marked, None, "text")
        elif plain := data.get("text/plain"):
            yield "output", plain[:PRINTED]
            if len(plain) > PRINTED:
                yield "note", "What is printed goes on"


def limited(kind, text):
    """Yield a part with a text, unless it is empty; what is too long is cut."""
    limit = TO_READ if kind == "text" else HTML
    if text.strip():
        yield kind, text[:limit]
    if len(text) > limit:
        yield "note", "The text goes on"


def picture(said=""):
    """Return the part for a picture in base64, known by its first bytes."""
    said = re.sub(r"\s", "", said)
    if len(said) * 3 // 4 > PICTURE:
        return "note", f"A picture of {len(said) * 3 // 2**22} MB is not shown here"
    with contextlib.suppress(ValueError):
        content = base64.b64decode(said, validate=True)
        for start, kind in MAGIC.items():
            if content.startswith(start):
                return "image", f"data:image/{kind};base64,{said}"
        if b"<svg" in content[:5000]:  # in an <img>, it can neither run nor fetch
            return "image", f"data:image/svg+xml;base64,{said}"
    return "note", "A picture is not shown here, since a browser cannot read it"


def essence(code):
    """Yield the statements of code, each with its text.

    That is without blanks, comments and the docstring of a function.
    """
    lines = code.split("\n")
    for node in parsed(code):
        own = lines[node.lineno - 1 : node.end_lineno]
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            text = node.body[0]
            first, after = text.lineno - node.lineno, text.end_lineno - node.lineno + 1
            own[max(first, 1) : after] = []
        yield node, re.sub(r"#.*|\s", "", "\n".join(own))


def tags_of(cell):
    """Return the tags of a cell that are texts."""
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return [t for t in tags if isinstance(t, str)] if isinstance(tags, list) else []


def questions_of(cell, text, is_code, before, edition):
    """Return the questions that a cell belongs to: by its tag, else by the headings.

    In a notebook of the students' edition, a heading of the student ends no question.
    """
    for tag in tags_of(cell):
        if re.fullmatch(r"q\d{1,2}", tag):
            return (int(tag[1:]),)
    if is_code:
        return before
    if heading := HEADING.match(text[:200]):
        return tuple(map(int, re.findall(r"\d+", heading[1])))
    own = edition and "given" not in tags_of(cell)
    return before if own or not text.startswith("#") else ()


def defined_for(text):
    """Return the first question whose functions a cell defines, if it does."""
    names = set().union(*map(bound, parsed(without_magic(text))))
    return [n for n, q in QUESTIONS.items() if names & {*q.functions}][:1]


def is_handed_out(cell, text, is_code):
    """Tell whether a cell is as the students' edition has it, with nothing of theirs.

    Of the code that is given, the results are the student's once it has been run.
    """
    if UNWRITTEN.fullmatch(text) and not cell.get("outputs"):
        return True
    if is_code and is_given(cell, text):
        return not cell.get("execution_count") or bool(HELPERS.fullmatch(text))
    return not is_code and text.strip() in given_texts()


def is_given(cell, text):
    """Tell whether a cell was handed out, also where its tags are lost."""
    return "given" in tags_of(cell) or text.strip() in given_texts()


@functools.cache
def own_cells():
    """Return the cells of this repository's notebooks, from first to last."""
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    return [cell for path in paths for cell in json.loads(path.read_bytes())["cells"]]


@functools.cache
def given_texts():
    """Return what the students' edition has of this repository's notebooks."""
    own = {"answer", "solution"}
    cells = [cell for cell in own_cells() if not own & {*tags_of(cell)}]
    return {joined(cell["source"]).strip() for cell in cells}
