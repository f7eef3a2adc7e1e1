"""Search the student's edition for what must not be in it: the answers."""

import ast
import gzip
import json
import re

SHORT = {"code": 10, "text": 20}  # what is shorter may stand anywhere
DO = (
    "Tag the cell that gives it away `answer` or `solution`, or write one of the two "
    "otherwise."
)
# What anybody writes, draws numbers, names parts of arguments, stands in Question 9.
NO_ANSWER = (
    r"for \w+ in range\(|import |from |plt\.\w+\(\)|"
    r"\w+ = (np\.random\.default_rng|rng\.|init_|np\.asarray|x\.shape)"
    r"|W1, b1, W2, b2 = net$|g = softmax\(a\)$"
)


def squeezed(text):
    """Return a text without what may differ: white space, quotes, emphasis, case."""
    return re.sub(r"[\s\"'`*_\\]+", "", text).casefold()


def sentences(markdown):
    """Take a text apart: sentences, and formulas that stand on their own."""
    parts = re.split(r"\n\s*\n|\$\$|(?<=[.!?:])\s+", markdown)
    return [part for part in parts if len(squeezed(part)) >= SHORT["text"]]


def statements(nodes):
    """Return the simple statements of a piece of code, each in one standard form."""
    found = []
    for node in nodes:
        for child in ast.walk(node):
            if isinstance(child, ast.stmt) and not hasattr(child, "body"):
                found.append(ast.unparse(child))
            elif isinstance(child, ast.For | ast.While | ast.If | ast.FunctionDef):
                found.append(ast.unparse(child).partition("\n")[0])
    return [
        text
        for text in found
        if len(squeezed(text)) >= SHORT["code"] and not re.match(NO_ANSWER, text)
    ]


def texts_of(path, content, numbers):
    """Yield the places in a file and their text; of a notebook, cell by cell.

    The text of JSON is that of its strings, however they are written. `numbers` are
    those of the cells in this repository, by path and id.
    """
    if path.endswith(".json.gz"):
        path, content = path.removesuffix(".gz"), gzip.decompress(content)
    if path.endswith((".json", ".ipynb")):
        value = json.loads(content)
        cells = value.pop("cells", []) if path.endswith(".ipynb") else []
        for cell in cells:
            begin, own = "".join(cell.get("source", ""))[:40], cell.get("id")
            number = numbers.get((path, own), "?")
            place = f"{path}, cell {number} (id {own}, {begin!r})"
            yield place, "\n".join(strings(cell))
        yield path, "\n".join(strings(value))
    elif not path.endswith((".gz", ".png")):
        yield path, content.decode("utf-8", "replace")


def strings(value):
    """Yield the texts in a value from JSON, and the lines of a list as one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        yield from strings(list(value.values()))
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
        if all(isinstance(part, str) for part in value):
            yield "".join(value)


class Leaks:
    """What is searched for: statements, sentences and pictures."""

    def __init__(self):
        self.texts = {}  # where each squeezed text comes from
        self.numbers = {}  # of the cells in this repository, by path and id

    def add(self, text, origin):
        """Search for a text, or for a picture in base64."""
        self.texts.setdefault(squeezed(text), origin)

    def add_code(self, origin, nodes):
        """Search for the statements of an answer."""
        for text in statements(nodes):
            self.add(text, f"{origin}: {text}")

    def add_cell(self, origin, cell):
        """Search for what a cell says, in words, code, outputs and pictures."""
        if cell.cell_type == "markdown":
            for text in sentences(cell.source):
                self.add(text, f"{origin}: {text.strip()}")
            return
        self.add_code(origin, ast.parse(cell.source).body)
        for output in cell.outputs:
            if picture := output.get("data", {}).get("image/png"):
                self.add(picture, f"{origin}: its picture")
            for line in output.get("text", "").splitlines():
                if len(squeezed(line)) >= SHORT["text"]:
                    self.add(line, f"{origin}, output: {line}")

    def find(self, files):
        """Search the files of an edition; return in lines what was found, and where."""
        found = []
        for path, content in files.items():
            for place, words in texts_of(path, content, self.numbers):
                text = squeezed(words)
                found += [
                    f"{place} has a part of an answer; {origin}"
                    for part, origin in self.texts.items()
                    if part in text
                ]
        return found
