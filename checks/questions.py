"""The questions of an assignment, as they were compiled: what is asked and tried.

A file of them is JSON, packed so that nobody reads a hint by accident. It is made from
the course's own files and answers, for one seed of the inputs.
"""

import ast
import contextlib
import dataclasses
import functools
import gzip
import hashlib
import inspect
import json
import re
from pathlib import Path

import numpy as np

from checks import worker
from checks.cases import Case
from checks.extras import Extra
from checks.loops import Drawn, Watched

COMPILED = Path(__file__).with_name("questions.json.gz")
STALE = "The judge was made from other files: run `make compile`."
DIGITS = 12  # kept of a number: the last ones differ from machine to machine


@dataclasses.dataclass(frozen=True)
class Question:
    """A question; without functions it is for a human to read."""

    number: int
    title: str  # as in the notebooks
    functions: tuple = ()  # the names of those that answer it
    cases: tuple = ()  # what decides whether they are right
    extras: tuple = ()  # what is nice to have, and never a reason for "wrong"
    # Known ones: `name`, `hint`, `outcomes` by the number of the case, whether it is no
    # more than an answer that is half written (`partway`), and whether the cases in
    # which it fails are all that it is known by (`however`).
    mistakes: tuple = ()
    # What the variables of a right answer hold one after the other: for each of those
    # that belong together, the forms in which it may be there; a sentence on them; and
    # what the first form of each is called.
    waypoints: tuple = ()
    steps: tuple = ()  # help for someone who is stuck, a step at a time
    bonus: bool = False  # whether nothing is missing where it is not answered
    place: str = ""  # where the question stands
    task: str = ""  # the sentence that says what to do
    earned: str = ""  # what one has with a right answer, in a sentence


@dataclasses.dataclass(frozen=True)
class Assignment:
    """Questions that belong together, and the files that answer them."""

    files: tuple  # the names of the students' files; the others import the first one
    questions: dict  # by number
    parameters: dict  # of each function, its parameters with their defaults or None
    note: str = ""  # a sentence to add where shapes do not fit
    given: tuple = ()  # the modules that everybody has
    # Of each function in the files that answers no question, a digest.
    kept: dict = dataclasses.field(default_factory=dict)
    seed: int = 1  # of the inputs
    digest: str = ""  # of the files that it was made from

    @property
    def coded(self):
        """The numbers of the questions that ask for code and are no bonus."""
        return [n for n, q in self.questions.items() if q.functions and not q.bonus]

    @property
    def bonus(self):
        """The numbers of the bonus questions that ask for code."""
        return [n for n, q in self.questions.items() if q.functions and q.bonus]

    @functools.cached_property
    def question_of(self):
        """The number of the question that each function answers."""
        return {f: n for n, q in self.questions.items() for f in q.functions}

    def bind(self, name, args, kwargs):
        """Return the arguments of a call by name, with those that were left out.

        It is a TypeError if they are not those of the assignment.
        """
        empty, kind = inspect.Parameter.empty, inspect.Parameter.POSITIONAL_OR_KEYWORD
        parts = [
            inspect.Parameter(part, kind, default=empty if value is None else value)
            for part, value in self.parameters[name].items()
        ]
        bound = inspect.Signature(parts).bind(*args, **kwargs)
        bound.apply_defaults()
        return dict(bound.arguments)


CLASSES = {
    kind.__name__: kind for kind in (Assignment, Question, Extra, Case, Watched, Drawn)
}


def pack(value):
    """Turn texts, numbers, arrays and dataclasses into what JSON can hold.

    A field that has its default is left out.
    """
    if type(value).__name__ in CLASSES:
        kept = {"class": type(value).__name__}
        for field in dataclasses.fields(value):
            said = getattr(value, field.name)
            if type(said) is not type(field.default) or said != field.default:
                kept[field.name] = pack(said)
        return kept
    if isinstance(value, dict):
        return {str(key): pack(part) for key, part in value.items()}
    if isinstance(value, list):
        return [pack(part) for part in value]
    if isinstance(value, tuple):
        return {"tuple": [pack(part) for part in value]}
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f":
            short = np.vectorize(shortened, otypes=[value.dtype])(value)
            turned = value.flags.f_contiguous and not value.flags.c_contiguous
            value = np.array(short.reshape(value.shape), order="F" if turned else "C")
        return worker.encode(value)
    value = value.item() if isinstance(value, np.generic) else value
    return shortened(value) if isinstance(value, float) else value


def shortened(number):
    """Return a number without the digits that differ from machine to machine."""
    return float(f"{number:.{DIGITS}g}")


def unpack(packed):
    """Undo `pack`; of a dict, keys that are numbers become numbers again."""
    if isinstance(packed, list):
        return [unpack(part) for part in packed]
    if not isinstance(packed, dict):
        return packed
    if "array" in packed:
        return worker.decode(packed)
    if "tuple" in packed:
        return tuple(map(unpack, packed["tuple"]))
    fields = {int(k) if k.isdigit() else k: unpack(v) for k, v in packed.items()}
    if name := fields.pop("class", None):
        return CLASSES[name](**fields)
    return fields


def load(path=COMPILED, content=None):
    """Read a file of compiled questions; its content may be given.

    Raises
    ------
    OSError, ValueError
        When it cannot be read, or is no such file.
    """
    try:
        content = Path(path).read_bytes() if content is None else content
        found = unpack(json.loads(gzip.decompress(content)))
        if isinstance(found, Assignment):
            return found
        reason = "something else is in it"
    except gzip.BadGzipFile as error:
        reason = str(error)
    except (KeyError, TypeError, AttributeError, ValueError, EOFError) as error:
        reason = f"{type(error).__name__}: {error}"
    raise ValueError(f"{path} is no file of compiled questions ({reason})")


@functools.cache
def given():
    """Return the questions that everybody has, which were compiled into this folder."""
    return load()


def save(assignment, path=COMPILED):
    """Write a file of compiled questions; the same questions are the same bytes."""
    text = json.dumps(pack(assignment), separators=(",", ":"))
    Path(path).write_bytes(gzip.compress(text.encode(), mtime=0))


def digest(course, answers):
    """Return a digest of a folder with the files of a course, and of its answers.

    Comments, layout, line ends and the docstrings of the answers do not count.
    """
    found = [(path, True) for path in sorted(course.glob("*.py"))]
    found += [(path, False) for path in answers if path.exists()]
    said = [(p.name, syntax(p.read_text(encoding="utf-8"), doc)) for p, doc in found]
    return short(json.dumps(said))


def short(text):
    """Return a digest of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def digests(source):
    """Return a digest of each function in a text, without its docstring."""
    found = {}
    for node in worker.parsed(source):
        if isinstance(node, ast.FunctionDef):
            with contextlib.suppress(RecursionError):  # nested too deeply to be given
                text = syntax(ast.unparse(node), with_docstrings=False)
                found[node.name] = short(text)
    return found


def changed(texts, kept):
    """Say which given functions are not as they were, or are called and not there."""
    copy, own = "copy it from the file that you were given.", set()
    said = []
    for file, text in texts.items():
        for name, digest in digests(text).items():
            own.add(name)
            if kept.get(name, digest) != digest:
                said.append(
                    f"The given function `{name}` in {file} was changed, but other "
                    f"code needs it as it was. Undo that, or {copy}"
                )
    whole = "\n".join(texts.values())
    return said + [
        f"The given function `{name}` is called, but is not there, or Python cannot "
        f"read it: {copy}"
        for name in kept
        if name not in own and re.search(rf"\b{name}\(", whole)
    ]


def syntax(source, with_docstrings=True):
    """Return the syntax of a text as one that is the same in every Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    for node in () if with_docstrings else ast.walk(tree):
        kinds = ast.Module | ast.FunctionDef | ast.ClassDef
        if isinstance(node, kinds) and ast.get_docstring(node) is not None:
            del node.body[0]
    # Some versions say what is empty and that a name is read, and others do not.
    return re.sub(r"\w+=(\[\]|Load\(\))|, ", "", ast.dump(tree))


def is_stale(assignment, root):
    """Tell whether the files of a course have changed since they were compiled.

    Students have no `course/` beside their answers, so that nothing is compared.
    """
    course = root / "course"
    answers = [root / name for name in assignment.files]
    return (course / "__init__.py").exists() and (
        digest(course, answers) != assignment.digest
    )
