"""Reads what a student hands in, as text, and runs none of it.

A submission is a folder or a zip with `shallow.py`, notebooks or both, or one such file
alone. Nothing is unpacked, no link is followed, and every size has a limit.
"""

import ast
import contextlib
import dataclasses
import functools
import hashlib
import io
import json
import os
import re
import stat
import symtable
import tokenize
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from checks.given import ASSIGNMENT, QUESTIONS
from checks.worker import blocks, defines, is_empty

LARGEST = 20 * 2**20  # bytes of a file
IN_ALL = 60 * 2**20  # bytes of a submission, unpacked
MOST = 500  # files of a submission
SOURCE = 2**18  # characters of the code
TO_READ = 20_000  # characters of the text of one answer that a human reads
FIGURES = 12  # for one question
FIGURE = 2 * 2**20  # characters of one
CELLS = 3000  # of a notebook
RESERVED = {"class.html", "class.svg", "gradebook.csv", "to_read.csv", "canvas.csv"}
RESERVED |= {"moodle.csv"}  # what `make grade` writes beside the submissions' folders
READ = {".py", ".ipynb", ".json"}
CANVAS = re.compile(r"(.+?)(?:_LATE)?_(\d+)_\d+_")  # how its file names begin
PNG = "iVBORw0KGgo"  # how a PNG picture begins, in base64
TEXT_PLACE = "*Your answer to Question {}.*"  # where one is written, in the edition
NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


class Unreadable(Exception):
    """A file that is not read, and why, in words."""


@dataclasses.dataclass
class Submission:
    """What was handed in.

    Attributes
    ----------
    name : str
        The name of the file or folder, without its ending.
    student : dict
        What `student.json` says: `name` and `id`, "" where it does not.
    source : str
        The code to judge.
    filename : str
        What the code is called in messages.
    beside : dict of str to str
        The code of `deep.py`, where it was handed in, by the file's name.
    answers : dict of int to list
        What was written and drawn for a question: pairs ("text" or "png", content).
    problems : list of str
        What could not be read, or was left out, in words.
    digest : str
        Changes when the submission does.
    """

    name: str
    student: dict = dataclasses.field(default_factory=lambda: {"name": "", "id": ""})
    source: str = ""
    filename: str = "shallow.py"
    beside: dict = dataclasses.field(default_factory=dict)
    answers: dict = dataclasses.field(default_factory=dict)
    problems: list = dataclasses.field(default_factory=list)
    digest: str = ""


def find(folder):
    """Return the submissions in a folder.

    Canvas gives each file a name such as ``doejane_LATE_123_4567_01_data.ipynb``, with
    the number of the student first: such files belong together.

    Returns
    -------
    dict of str to list of Path
        By name, sorted: the file's name without its ending, where that is unique.

    Raises
    ------
    OSError
        When the folder cannot be read.
    """
    groups = {}
    for path in sorted(Path(folder).iterdir()):
        if not is_ours(path.name):
            continue
        match = CANVAS.match(path.name)
        if path.is_dir():
            groups.setdefault(path.name, []).append(path)
        elif path.suffix.lower() in (".zip", ".py", ".ipynb"):
            name = f"{match[1]}_{match[2]}" if match else path.stem
            if name in groups and not match:  # ada.py beside ada.zip
                name = path.name
            groups.setdefault(name, []).append(path)
    for name in RESERVED & set(groups):
        groups[f"{name}_"] = groups.pop(name)
    return dict(sorted(groups.items()))


def read(paths, name):
    """Read a submission, whatever it is.

    Parameters
    ----------
    paths : sequence of Path
        A folder, a zip, a Python file or a notebook; of several, each is read.
    name : str
        What to call it.

    Returns
    -------
    Submission
        Without code where there is none; `problems` says why.
    """
    found = Submission(name)
    files = {}
    for path in paths:
        try:
            if path.is_symlink():
                raise Unreadable("is a link, and links are not followed")
            if path.is_dir():
                files |= from_folder(path, found.problems)
            elif path.suffix.lower() == ".zip":
                files |= from_zip(path, found.problems)
            else:
                files[CANVAS.sub("", path.name)] = read_file(path)
        except (Unreadable, OSError) as error:
            found.problems.append(f"{path.name}: {reason(error)}")
    digest = hashlib.sha256(repr(found.problems).encode())
    for place, content in sorted(files.items()):
        digest.update(f"{place}\0{len(content)}\0".encode("utf-8", "replace"))
        digest.update(content)
    found.digest = digest.hexdigest()
    understand(files, found)
    return found


def reason(error):
    """Say why a file is not read, without its path."""
    return getattr(error, "strerror", None) or str(error)


def read_file(path):
    """Return the bytes of a regular file that is not too large."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Unreadable("is no ordinary file")
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Unreadable(f"is larger than {LARGEST // 2**20} MB")
    return content


def from_folder(folder, problems):
    """Return the files that count in a folder: their bytes by place."""
    files, room = {}, IN_ALL
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if is_ours(name))
        for name in sorted(filter(is_ours, names)):
            path = Path(parent, name)
            place = path.relative_to(folder).as_posix()
            if path.suffix.lower() not in READ | {".zip"}:
                continue
            try:
                if path.is_symlink():
                    raise Unreadable("is a link, and links are not followed")
                if len(files) >= MOST or room <= 0:
                    problems.append("there are too many files: the rest is not read")
                    return files
                if path.suffix.lower() == ".zip":  # as Moodle keeps what was uploaded
                    files |= from_zip(path, problems)
                    continue
                files[place] = read_file(path)
                room -= len(files[place])
            except (Unreadable, OSError) as error:
                problems.append(f"{place}: {reason(error)}")
    return files


def from_zip(path, problems):
    """Return the files that count in a zip; see `from_folder`."""
    files, room = {}, IN_ALL
    try:
        with zipfile.ZipFile(io.BytesIO(read_file(path))) as archive:
            members = archive.infolist()
            if len(members) > MOST:
                problems.append(f"the zip has {len(members)} files: {MOST} are read")
            for member in members[:MOST]:
                place = PurePosixPath(member.filename.replace("\\", "/"))
                shown = str(place)[:80]
                if member.is_dir() or place.suffix.lower() not in READ:
                    continue
                if not all(map(is_ours, place.parts)):
                    if ".." in place.parts or place.is_absolute():
                        problems.append(
                            f"{shown}: leads out of the zip, and is left out"
                        )
                    continue
                if stat.S_ISLNK(member.external_attr >> 16):
                    problems.append(f"{shown}: is a link, and links are not followed")
                    continue
                if str(place) in files:
                    problems.append(
                        f"{shown}: is in the zip twice; the last one counts"
                    )
                limit = min(LARGEST, room)
                with archive.open(member) as file:
                    content = file.read(limit + 1)
                if len(content) > limit:
                    problems.append(f"{shown}: is too large, and is left out")
                    continue
                room -= len(content)
                files[str(place)] = content
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        problems.append(f"the zip cannot be read: {error}")
    except (RuntimeError, NotImplementedError) as error:  # a password, another method
        problems.append(f"the zip cannot be read: {error}")
    return files


def is_ours(part):
    """Tell whether a part of a path is neither hidden nor made by a program."""
    return not part.startswith((".", "__MACOSX", "__pycache__")) and part != "/"


def understand(files, found):
    """Make of the files the code to judge and the answers to read."""
    places = sorted(files, key=lambda place: (place.count("/"), place))
    named = [place for place in places if PurePosixPath(place).name == "shallow.py"]
    codes = [place for place in places if place.lower().endswith(".py")]
    for place in reversed(places):  # the one that lies highest counts
        if PurePosixPath(place).name in ASSIGNMENT.files[1:]:
            codes.remove(place)
            found.filename = name = PurePosixPath(place).name
            found.beside = {name: decode(files[place], found)}
    found.filename = "shallow.py"
    if not named and len(codes) == 1:
        named = codes
    for place in places:
        if PurePosixPath(place).name == "student.json":
            found.student = read_student(files[place])
            break
    cells = []
    for place in sorted(places):
        if place.lower().endswith(".ipynb"):
            cells += read_notebook(PurePosixPath(place).name, files[place], found)
    if named:
        found.filename = PurePosixPath(named[0]).name
        found.source = decode(files[named[0]], found)
        if not found.source.strip():
            found.problems.append(f"{found.filename} is empty")
    texts = [found.source, *found.beside.values(), *(code for _, code in cells)]
    if sum(map(len, texts)) > SOURCE:
        found.problems.append(f"the code is longer than {SOURCE} characters")
        found.source, found.beside, cells = "", {}, []
    complete(found, cells)
    if not named and not cells and not found.problems:
        found.problems.append("there is no shallow.py and no notebook")


def read_student(content):
    """Return who handed in, as `student.json` says."""
    with contextlib.suppress(ValueError, RecursionError):
        said = json.loads(content)
        if isinstance(said, dict):
            return {key: one_line(said.get(key, "")) for key in ("name", "id")}
    return {"name": "", "id": ""}


def one_line(value):
    """Return a text that fits into a line and a cell of a table."""
    printable = (c if c.isprintable() else " " for c in str(value)[:100])
    return " ".join("".join(printable).split())


def decode(content, found):
    """Return the text of a Python file, whatever its encoding."""
    for mark, encoding in [(b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")]:
        if content.startswith(mark):
            with contextlib.suppress(UnicodeError):
                return lines_of(content.decode(encoding))
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return lines_of(content.decode(encoding))
    except (SyntaxError, UnicodeError, LookupError):
        found.problems.append(
            f"{found.filename} is not a text in UTF-8: it is read as Latin-1"
        )
        return lines_of(content.decode("latin-1"))


def lines_of(text):
    """Return a text with one kind of line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


# Notebooks


def read_notebook(name, content, found):
    """Return the code cells of a notebook, and keep what is to be read.

    Returns
    -------
    list of (str, str)
        Where each cell is, in words, and its code without IPython's own commands.
    """
    try:
        notebook = json.loads(content)
        cells = notebook.get("cells")
        if cells is None:  # as notebooks were written before 2015
            cells = [c for sheet in notebook["worksheets"] for c in sheet["cells"]]
        cells = [cell for cell in cells[:CELLS] if isinstance(cell, dict)]
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
        found.problems.append(f"{name} is not a notebook")
        return []
    codes, question = [], None
    edition = any("given" in tags_of(cell) for cell in cells)
    for i, cell in enumerate(cells, 1):
        text = joined(cell.get("source", cell.get("input", "")))
        is_code = cell.get("cell_type") == "code"
        question = question_of(cell, text, is_code, question, edition)
        if question and not is_handed_out(cell, text, is_code):
            for part in to_read(cell, text, is_code):
                found.answers.setdefault(question, []).append(part)
        if is_code:
            codes.append((f"{name}, cell {i}", without_magic(text)))
    return codes


def joined(text):
    """Return a text that a notebook may also keep as a list of lines."""
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""


def tags_of(cell):
    """Return the tags of a cell that are texts."""
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return [t for t in tags if isinstance(t, str)] if isinstance(tags, list) else []


def question_of(cell, text, is_code, before, edition):
    """Return the question that a cell belongs to: by its tag, else by the headings.

    In a notebook of the students' edition, a heading of the student ends no question.
    """
    for tag in tags_of(cell):
        if re.fullmatch(r"q\d{1,2}", tag):
            return int(tag[1:])
    if is_code:
        return before
    heading = re.match(r"[#*\s]*(?:Question|Q)\.?\s*(\d{1,2})\b", text[:200], re.I)
    if heading:
        return int(heading[1])
    own = edition and "given" not in tags_of(cell)
    return before if own or not text.startswith("#") else None


def is_handed_out(cell, text, is_code):
    """Tell whether a cell is as the students' edition has it, with nothing of theirs.

    Of the code that is given, the results are the student's once it has been run.
    """
    if "given" not in tags_of(cell):
        return text.strip() in map(TEXT_PLACE.format, QUESTIONS)
    return not cell.get("execution_count") if is_code else text.strip() in given_texts()


def own_cells():
    """Return the cells of this repository's notebooks, from first to last."""
    paths = sorted(NOTEBOOKS.glob("*.ipynb"))
    return [cell for path in paths for cell in json.loads(path.read_bytes())["cells"]]


@functools.cache
def given_texts():
    """Return the texts of this repository's notebooks."""
    return {joined(cell["source"]).strip() for cell in own_cells()}


def to_read(cell, text, is_code):
    """Yield what a human may read of a cell: text, figures, printed lines."""
    if not is_code and text.strip():
        yield "text", text[:TO_READ]
    outputs = cell.get("outputs")
    for output in outputs[:50] if isinstance(outputs, list) else []:
        data = output.get("data", output) if isinstance(output, dict) else None
        if not isinstance(data, dict):
            continue
        figure = joined(data.get("image/png", data.get("png", "")))
        figure = re.sub(r"\s", "", figure)
        if len(figure) > FIGURE:
            continue
        if figure.startswith(PNG) and re.fullmatch(r"[A-Za-z0-9+/]+=*", figure):
            yield "png", figure
        elif is_code and isinstance(output.get("text"), str | list):
            yield "output", joined(output["text"])[:2000]


def without_magic(text):
    """Return a cell's code without the commands that only IPython knows."""
    lines = lines_of(text).split("\n")
    first = next((line for line in lines if line.strip()), "")
    if re.match(r"\s*%%(?!time|timeit|capture|prun|writefile|file)", first):
        return ""  # another language
    magic = re.compile(r"\s*(%%?[A-Za-z_]|!(?!=)|\?|[\w.]+\?{1,2}\s*$)")
    return "\n".join("" if magic.match(line) else line for line in lines)


# The code that counts


@dataclasses.dataclass
class Statement:
    """A statement of a notebook: its text, what it binds and what it needs."""

    node: ast.stmt
    text: str
    binds: set
    needs: set


def complete(found, cells):
    """Add what `shallow.py` lacks, or has not written yet, from the notebooks."""
    have, written = defined(found.source)
    for text in found.beside.values():
        written |= defined(text)[1]
    wanted = [name for name in ASSIGNMENT.parameters if name not in written]
    statements = list(statements_of(cells, found.problems if not have else []))
    chosen = choose(statements, wanted, have)
    if chosen:
        text = "\n\n\n".join(statement.text for statement in chosen)
        if found.source.strip():
            names = set().union(*(statement.binds for statement in chosen))
            taken = [name for name in wanted if name in names]
            found.problems.append(f"from the notebooks: {', '.join(taken)}")
            found.source = f"{found.source.rstrip()}\n\n\n{text}\n"
        else:
            found.filename = "the notebooks' definitions"
            found.source = f"{text}\n"


def defined(source):
    """Return the names that a text binds, and the functions that are written."""
    names, written = set(), set()
    for node in parsed(source):
        names |= bound(node)
        if isinstance(node, ast.FunctionDef) and not is_stub(node):
            written.add(node.name)
        elif not isinstance(node, ast.FunctionDef):
            written |= bound(node)
    return names, written


def parsed(source):
    """Return the statements of a text; of a broken one, those that can be read."""
    broken = (SyntaxError, ValueError, RecursionError, MemoryError)
    with contextlib.suppress(*broken):
        return ast.parse(source).body
    found = []
    for _, text in blocks(source.replace("\0", " ")):
        with contextlib.suppress(*broken):
            found += filter(defines, ast.parse(text).body)
    return found


def is_stub(node):
    """Tell whether a function only says that it is not written yet."""
    *_, last = node.body
    return (
        is_empty(node)
        or (  # given checks of the arguments may stand before
            isinstance(last, ast.Raise)
            and "NotImplementedError" in ast.unparse(last)
            and all(isinstance(part, ast.Expr) for part in node.body[:-1])
        )
    )


def bound(node):
    """Return the names that a statement binds where it stands."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, ast.If | ast.Try):
        parts = [node.body, node.orelse, getattr(node, "finalbody", [])]
        parts += [handler.body for handler in getattr(node, "handlers", [])]
        return set().union(*(bound(part) for body in parts for part in body))
    if isinstance(node, ast.Assign | ast.AnnAssign):
        stored = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
        return {n.id for n in stored if isinstance(n.ctx, ast.Store)}
    return set()


def needed(node):
    """Return the names of the module that a statement reads, now or when called."""
    names = set()
    tables = [symtable.symtable(ast.unparse(node), "cell", "exec")]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (
                symbol.is_global() or table.get_type() == "module"
            ):
                names.add(symbol.get_name())
    return names


def statements_of(cells, problems):
    """Yield the statements of cells that define, import or set a constant."""
    for where, code in cells:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            ast.parse(code)
            where = None
        if where:
            problems.append(f"{where}: Python cannot read it; what it defines, is used")
        lines = code.split("\n")
        for node in parsed(code):
            with contextlib.suppress(SyntaxError, ValueError, RecursionError):
                if names := bound(node):
                    first = min([node, *getattr(node, "decorator_list", [])], key=line)
                    text = "\n".join(lines[line(first) - 1 : node.end_lineno])
                    if where:  # the lines are those of a block
                        text = ast.unparse(node)
                    yield Statement(node, text.strip("; "), names, needed(node))


def line(node):
    """Return the line of a node."""
    return node.lineno


def choose(statements, wanted, have):
    """Return the statements that define the wanted names, and what these need.

    Of several that bind a name the last one counts, as in Jupyter. A constant may be
    computed by what is imported, but not by functions of the notebook: data are not
    loaded and nothing is trained.
    """
    last = {}
    for i, statement in enumerate(statements):
        for name in statement.binds:
            last.setdefault(name, []).append(i)
    imported = {"int", "float", "range", "len", "list", "tuple", "dict", "abs", "max"}
    for statement in statements:
        if isinstance(statement.node, ast.Import | ast.ImportFrom):
            imported |= statement.binds
    imported -= {"MNISTtools"}
    chosen = {
        i
        for i, statement in enumerate(statements)
        if "*" in statement.binds and statement.node.module not in ("shallow", "deep")
    }
    todo = [(name, len(statements)) for name in wanted]
    while todo:
        name, before = todo.pop()
        places = [i for i in last.get(name, []) if i < before]
        if name in have and name not in wanted or not places:
            continue
        i = places[-1]
        node = statements[i].node
        if i in chosen or getattr(node, "module", "") in ("shallow", "deep"):
            continue
        is_function = isinstance(node, ast.FunctionDef | ast.ClassDef)
        if not is_function and not all(
            caller(call) in imported or caller(call) in wanted
            for call in ast.walk(node)
            if isinstance(call, ast.Call)
        ):
            continue
        chosen.add(i)
        when = len(statements) if is_function else i
        todo += [(other, when) for other in statements[i].needs]
    return [statements[i] for i in sorted(chosen)]


def caller(call):
    """Return the first name of what is called: np of np.finfo(float)."""
    function = call.func
    while isinstance(function, ast.Attribute | ast.Call):
        function = getattr(function, "value", None) or getattr(function, "func", None)
    return getattr(function, "id", "")
