"""Reads what a student hands in, as text, and runs none of it.

A submission is a folder, an archive with `shallow.py`, notebooks or both, or such files
alone. Nothing is unpacked on the disk, no link is followed, and every size has a limit.
"""

import ast
import base64
import contextlib
import dataclasses
import functools
import gzip
import hashlib
import html
import io
import json
import os
import posixpath
import re
import stat
import sys
import tarfile
import time
import tokenize
import traceback
import zipfile
from pathlib import Path, PurePosixPath

from checks import notebook
from checks.given import ASSIGNMENT
from checks.words import listing, spans
from checks.worker import MISSING, blocks, bound, error_of, hidden, is_stub, parsed
from grading import intake, ipynb
from grading.imports import ROOT
from grading.intake import Unreadable, is_ours, suffix_of
from grading.ipynb import Notebook
from grading.versions import (
    IN_FOLDER,
    age,
    is_old,
    is_unsure,
    module_name,
    plain_stem,
)

FUNCTIONS = frozenset(ASSIGNMENT.parameters)  # what the questions ask for
LARGEST = 20 * 2**20  # bytes of a file
IN_ALL = 60 * 2**20  # bytes of a submission, unpacked; as many of its pictures
MOST = 500  # files of a submission
SOURCE = 2**18  # characters of the code
DEEPEST = 3  # archives in archives
STOPS = 5  # lines of a file that are told, of those that Python cannot read
LOOSE = 20  # pictures that are shown, though no notebook shows them
PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp"}
UNREAD = {  # how files begin that are not read, and what they are
    b"Rar!": "a .rar archive, which is not read here: hand in a zip",
    b"7z\xbc\xaf": "a .7z archive, which is not read here: hand in a zip",
    b"{\\rtf": "formatted text (RTF), as word processors save it, and not Python: hand "
    "in your code as plain text (shallow.py), or the notebook itself",
}
NO_TEXT = dict.fromkeys(  # so begin files of Word, archives and PDF
    (b"PK\3\4", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%PDF"),
    "a Word file, an archive or a PDF under another name, and not text: hand in your "
    "code as plain text, or the notebook itself",
)
LATE = "handed in late, as Canvas says"
IMPORTS = "Python cannot import it as it is: save it in UTF-8"
LINK = "is a link, and links are not followed"
LOCKED = "has a password, and cannot be read: hand it in without one"
NOT_THEIRS = {*sys.stdlib_module_names, *ASSIGNMENT.given, "numpy", "matplotlib"}
TYPED_INTO = {"onlinetext.html": "Moodle", "text.html": "Canvas"}
HANDED_OUT = [ROOT, ROOT / "grading" / "handout"]  # where the edition is from


def nobody():
    """Return who handed in, where that is unknown."""
    return {"name": "", "id": ""}


def some(kind=list):
    """Return a field that is empty at first."""
    return dataclasses.field(default_factory=kind)


@dataclasses.dataclass
class Submission:
    """What was handed in.

    A part of an answer is a pair, as `Notebook.answers` yields it.
    """

    name: str  # of the file or folder, without its ending
    student: dict = some(nobody)  # what `student.json` says: "name" and "id"
    source: str = ""  # the code to judge
    filename: str = "shallow.py"  # what that is called in messages
    beside: dict = some(dict)  # the student's other modules, by the names of files
    answers: dict = some(dict)  # parts by question, under 0 those that belong to none
    loose: list = some()  # parts: what was typed online, pictures of no notebook
    others: list = some()  # the names of what is not shown
    rivals: list = some()  # which of several files counts, where that is not by its age
    unread: dict = some(dict)  # functions in cells that Python cannot read, and why
    broken: list = some()  # where Python stops reading the code, in words
    has_code: bool = False  # whether there is anything that could be judged
    problems: list = some()  # what could not be read, or was left out, in words
    faults: list = some()  # what went wrong in the grader itself, for its maintainer

    @property
    def digest(self):
        """A text that changes when what is judged, or told of the files, does."""
        judged = [self.source, self.filename, self.beside, self.unread, self.student]
        said = json.dumps([*judged, self.problems], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def read(paths, name):
    """Read a submission of this name, and return it.

    Each of the `paths` is a folder, an archive, a Python file or a notebook. Where
    there is no code, `problems` says why.
    """
    found = Submission(name)
    files = Files(found.problems)
    for path in sorted(paths, key=lambda path: intake.named(path.name).upload):
        files.add_path(path, alone=len(paths) == 1)
    understand(files, found)
    if found.student == nobody() and len(paths) == 1:
        found.student = intake.gradescope(paths[0]) or found.student
    return found


class Files:
    """The files of a submission that count, as bytes by their places.

    What is not read is told in `problems`, a list.
    """

    def __init__(self, problems):
        self.problems = problems
        self.read, self.pictures, self.others = {}, {}, []
        self.shown = set()  # the pictures that a notebook shows
        self.room = ipynb.PICTURES  # bytes of pictures that may still be shown
        self.refused = False  # whether code is there that is not read
        self.uploads, self.dates, self.upload = {}, {}, 0

    def tell(self, place, said):
        """Say something of a file."""
        self.problems.append(f"{place[-80:]}: {said}")

    def add_path(self, path, alone=True):
        """Add a file or a folder of the class, which may be all of the submission."""
        name = intake.readable(path.name)
        _, own, self.upload, is_late = intake.named(name)
        if is_late and LATE not in self.problems:
            self.problems.append(LATE)
        if path.is_symlink():
            self.tell(own, LINK)
        elif path.is_dir():
            self.add_folder(path)
        else:
            if own in self.uploads:  # uploaded twice under one name
                own = f"{self.upload}/{own}"
            self.uploads[own] = self.upload
            inside = "" if alone else f"{own}/"
            self.add(own, functools.partial(opened, path), inside=inside)

    def add_folder(self, folder):
        """Add what is in a folder."""

        def tell(error):
            self.problems.append(f"a folder cannot be read: {error.strerror}")

        for parent, folders, names in os.walk(folder, onerror=tell):
            folders[:] = sorted(filter(is_ours, folders))
            for name in sorted(filter(is_ours, names)):
                path = Path(parent, name)
                place = intake.readable(path.relative_to(folder).as_posix())
                self.add(place, functools.partial(opened, path))

    def kind(self, place):
        """Return what to do with a file: to read it, to open it, or what else it is."""
        suffix, name = suffix_of(place), PurePosixPath(place).name
        if suffix in (".py", ".ipynb") or name == "student.json" or name in TYPED_INTO:
            return "read"
        if suffix in PICTURES:
            return "pictures"
        is_data = "ubyte" in name and place not in self.uploads
        is_data |= place.endswith("checks/questions.json.gz")
        is_opened = suffix in intake.HANDED_IN and not is_data
        return "opened" if is_opened else "others"

    def add(self, place, opener, depth=0, inside=None, date=None):
        """Add a file, which lies at a place in the submission.

        `opener` opens it. `depth` says how many archives it is in, `inside` where what
        is in it lies, if it is one, and `date` when it was changed, from the year to
        the second.
        """
        kind = self.kind(place)
        if kind == "others":
            self.others.append(place)
            return
        kept = self.pictures if kind == "pictures" else self.read
        if len(kept) >= MOST:
            said = f"there are more than {MOST} files: the rest is not read"
            if said not in self.problems:
                self.problems.append(said)
            return
        try:
            limit = min(LARGEST, IN_ALL - sum(map(len, kept.values())))
            with opener() as file:
                content = file.read(limit + 1)
            if len(content) > limit:
                raise Unreadable("is too large, and is left out")
            unread = UNREAD | NO_TEXT if kind == "read" else UNREAD
            for start, what in unread.items():
                if content.startswith(start):
                    raise Unreadable(f"is {what}")
            if kind == "opened":
                if depth == DEEPEST:
                    raise Unreadable("is an archive in an archive, again and again")
                inside = f"{place}/" if inside is None else inside
                for member in members(place, content):
                    self.add_member(inside, depth + 1, *member)
            else:
                self.keep(place, content, kept, date)
        except Unreadable as error:
            self.tell(place, str(error))
            self.refused |= kind == "read"
        except Exception as error:  # whatever a damaged file makes of its reader
            what = "the zip " if suffix_of(place) == ".zip" else ""
            said = getattr(error, "strerror", "") or str(error) or type(error).__name__
            self.tell(place, f"{what}cannot be read: {said[:200]}")

    def keep(self, place, content, kept, date):
        """Keep a file that was read, and what is known of its age."""
        if kept.get(place, content) != content:
            self.tell(place, "is in the zip twice; the last one counts")
        kept[place] = content
        uploads = [intake.named(part).upload for part in place.split("/")]
        self.uploads[place] = max(uploads) or self.upload
        if date:
            self.dates[place] = date

    def add_member(self, inside, depth, name, opener, date=None):
        """Add a file of an archive."""
        path = PurePosixPath(intake.readable(name.replace("\\", "/")))
        if ".." in path.parts or path.is_absolute():
            self.tell(str(path), "leads out of the zip, and is left out")
        elif all(map(is_ours, path.parts)):
            self.add(f"{inside}{path}", opener, depth, date=date)


def members(place, content):
    """Yield what is in an archive: names, what opens each of them, and dates."""
    if place.lower().endswith(".zip") or content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                name = member.filename
                opener = functools.partial(archive.open, member)
                if stat.S_ISLNK(member.external_attr >> 16):
                    opener = functools.partial(refuse, LINK)
                elif member.flag_bits & 1:
                    opener = functools.partial(refuse, LOCKED)
                if not member.flag_bits & 0x800:  # it may be in UTF-8 all the same
                    with contextlib.suppress(UnicodeError):
                        name = name.encode("cp437").decode()
                if name and not name.endswith("/"):
                    yield name, opener, member.date_time
        return
    try:
        archive = tarfile.open(fileobj=io.BytesIO(content))
    except tarfile.ReadError:  # one file alone, compressed
        own = posixpath.basename(place).rpartition(".")[0]
        yield own, functools.partial(gzip.GzipFile, fileobj=io.BytesIO(content))
        return
    with archive:
        for member in archive:
            if member.isreg() or member.issym() or member.islnk():
                opener = functools.partial(archive.extractfile, member)
                if not member.isreg():
                    opener = functools.partial(refuse, LINK)
                yield member.name, opener, time.localtime(member.mtime)[:6]


def refuse(why):
    """Open nothing, for a reason in words."""
    raise Unreadable(why)


def opened(path):
    """Open an ordinary file, and nothing else."""
    if path.is_symlink():
        raise Unreadable(LINK)
    if not path.is_file():
        raise Unreadable("is no ordinary file")
    return path.open("rb")


# What the files say


def understand(files, found):
    """Make of the files the code to judge and the answers to read."""
    places = in_order(files)
    if len(names := students(files)) > 1:
        said = f"files of several students are in it ({', '.join(sorted(names))})"
        found.problems.append(f"{said}: unpack it first")
        return
    found.student = read_students(places, files, found.problems)
    texts, notebooks = {}, {}
    last = {files.read[place]: place for place in places}  # of copies
    for place in places:
        content, suffix = files.read[place], suffix_of(place)
        is_json = content[:50].lstrip().startswith(b"{") and b'"cells"' in content
        if suffix == ".ipynb" and is_python(content):
            said = "is Python code, and not a notebook: it is read as such"
            found.problems.append(f"{place} {said}")
            place, suffix = f"{place[:-6]}.py", ".py"
        if suffix == ".py" and not is_json:
            texts[place] = decode(content, place, found)
        elif suffix in (".py", ".ipynb") and place == last[content]:
            notebooks[place] = read_notebook(place, content, files, found)
        elif suffix == ".html":
            online_text(content, TYPED_INTO[PurePosixPath(place).name], found)
    modules = [Module(place, text) for place, text in texts.items()]
    main = choose_modules(modules, files, found)
    cells = [cell for code in notebooks.values() for cell in code]
    if sum(len(code) for _, code in cells) + len(found.source) > SOURCE:
        said = f"the code is longer than {SOURCE} characters, and none of it is judged"
        found.problems.append(said)
        found.source, found.beside, cells = "", {}, []
    taken = complete(found, cells, "from the notebooks")
    if main and not main.text.strip():
        said = "; what the notebooks define counts" if taken else ""
        found.problems.append(f"{main.file} is empty{said}")
    tell_versions(notebooks if cells else {}, taken, found)
    tell_imported(main, modules, found)
    for module in sorted(modules, key=lambda module: module.place):
        is_other = not (module.is_version or module.is_given or is_old(module.place))
        if module.own and is_other:
            said = f"from {module.place}, where {found.filename} has no answer"
            complete(found, [(module.place, module.text)], said, module.written)
    is_code = parsed(found.source) or hidden(found.source)
    found.has_code = bool(is_code or found.beside or found.unread)
    lost = broken(found)
    if found.has_code:
        found.broken = lost
    elif lost:
        found.problems.append(f"Python cannot read it ({'; '.join(lost)})")
    names = [imported(text)[1] for text in (found.source, *found.beside.values())]
    for name in sorted(set(MISSING).intersection(set().union(*names))):
        found.problems.append(
            f"there is no module named '{name}' here: a simple stand-in takes its "
            "place, which costs no points"
        )
    show_pictures(files, found)
    if not texts and not any(notebooks.values()) and not files.refused:
        what = "no code in the notebooks" if notebooks else "no notebook"
        found.problems.append(f"there is no shallow.py and {what}")
    found.others = [place for place in files.others if not was_handed_out(place)]
    if found.others:
        more = f" and {len(found.others) - 10} more" if found.others[10:] else ""
        said = ", ".join(found.others[:10])
        found.problems.append(f"also handed in, and not shown here: {said}{more}")


def broken(found):
    """Return where Python stops reading code: files, and cells of what is not there."""
    files = {found.filename: found.source, **found.beside}
    stops = {name: stops_in(text) for name, text in files.items()}
    places = [
        f"{name}, line{'s' * (len(lines) > 1)} {spans(lines)}"
        for name, lines in stops.items()
        if lines
    ]
    lost = FUNCTIONS.intersection(found.unread) - notebook.written(found.source)
    cells = [found.unread[name].partition(": Python") for name in sorted(lost)]
    return places + sorted({where for where, is_error, _ in cells if is_error})


def stops_in(text):
    """Return the first lines at which Python stops reading, once the rest is mended."""
    found, lines = [], text.split("\n")
    while len(found) < STOPS and (error := error_of("\n".join(lines))):
        number = min(error.lineno or 1, len(lines))
        if number in found:  # Python does not know where
            break
        found.append(number)
        starts = [0, *(i for i, _ in blocks("\n".join(lines))), len(lines)]
        first = max(i for i in starts if i < number)
        after = min(i for i in starts if i >= number)
        lines[first:after] = [""] * (after - first)
    return found


def in_order(files):
    """Return the places of what is read: of notebooks of one name, the newest last."""
    dates = files.dates if {*files.read} <= {*files.dates} else {}

    def order(place):
        new = tuple(age(place, files.uploads, dates).values())
        return not is_old(place), plain_stem(place).lower(), *new, -place.count("/")

    return sorted(sorted(files.read), key=order)


def students(files):
    """Return the names of those whose answers these are, by the names of the files.

    They are several only where no answer has a name that its author gave it.
    """
    names = set()
    for place, content in files.read.items():
        if suffix_of(place) in (".py", ".ipynb"):
            found = [intake.named(part).owner for part in place.split("/")]
            if any(found):
                names.add(next(filter(None, found))[0].casefold())
            elif any(f"def {name}".encode() in content for name in FUNCTIONS):
                return set()
    return names


def tell_versions(notebooks, taken, found):
    """Tell which functions a notebook defines otherwise than what counts.

    Of the names `taken` from notebooks, that is the last one; else the code to judge.
    """
    judged, versions = {}, {}
    for text in [*found.beside.values(), found.source]:
        judged |= definitions(text)
    for place, cells in notebooks.items():
        for where, code in cells:
            for name, own in definitions(code).items():
                versions.setdefault(name, {})[place] = where, own
    older, others = {}, {}
    for name in sorted(taken.intersection(versions)):
        *_, last = versions[name]
        for place, (_, own) in versions[name].items():
            if own != versions[name][last][1]:
                older.setdefault((place, last), []).append(name)
    for name, own in versions.items():
        where, code = list(own.values())[-1]
        if code != judged.get(name, code):
            others.setdefault(where, []).append(name)
    for (place, last), names in older.items():
        said = f"{place} defines another {listing(names)} than {last}, which counts"
        found.problems.append(said)
        is_other = plain_stem(place).lower() != plain_stem(last).lower()
        if (is_other or is_unsure(last, place)) and not is_old(place):
            found.rivals.append(said)
    for where, names in others.items():
        said = f"{where}, defines another {listing(names)}, which was not judged"
        found.problems.append(said)
        found.rivals.append(said)


def read_notebook(place, content, files, found):
    """Read a notebook into a submission; return its code, as `notebook.code` does."""
    name, folder = PurePosixPath(place).name, posixpath.dirname(place) or "."
    beside = {posixpath.relpath(other, folder): other for other in files.pictures}
    pictures = {near: files.pictures[other] for near, other in beside.items()}
    try:
        work = Notebook(name, notebook.read(content, name), pictures, files.room)
    except ValueError as error:
        found.problems.append(f"{error}; nothing of it counts")
        return []
    code = []
    try:
        code = notebook.code(work.cells, name)
        lines, names = notebook.unread(code)
        raw = notebook.raw(work.cells, name)
        found.problems += lines
        found.unread |= names | {n: why for n, why in raw.items() if n in FUNCTIONS}
        for question, part in work.answers():
            found.answers.setdefault(question, []).append(part)
        files.shown |= {beside[near] for near in work.shown}
        files.room = work.room
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[:200]
        found.problems.append(f"{name}: the grader failed to read it ({said})")
        found.faults.append(traceback.format_exc()[-5000:])
    return code


def read_students(places, files, problems):
    """Return who handed in, as `student.json` says; nobody, where two of them do."""
    said = {}
    for place in places:
        if PurePosixPath(place).name == "student.json":
            with contextlib.suppress(ValueError, RecursionError, AttributeError):
                who = json.loads(files.read[place])
                name, number = (one_line(who.get(key, "")) for key in ("name", "id"))
                said.setdefault(number, {"name": name, "id": number})
    if len(said) > 1:
        several = ", ".join(sorted(said))
        problems.append(f"student.json: there are several, of {several}; none counts")
    return [*said.values()][0] if len(said) == 1 else nobody()


def one_line(value):
    """Return a text that fits into a line and a cell of a table."""
    return " ".join(intake.readable(str(value)[:100]).split())


def online_text(content, where, found):
    """Show what was typed into Moodle's or Canvas's own editor, with its links."""
    text = content.decode("utf-8", "replace")
    links = r"""(?is)<a\b[^>]*?\bhref\s*=\s*["']?([^"'\s>]+)[^>]*>(.*?)</a>"""
    told = re.sub(links, r"\2 (\1)", text[:20_000])
    told = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", told)).split())
    if told:
        found.problems.append(f"typed into {where}: “{told[:500]}”")
    if len(told) > 500:
        found.loose.append(("html", text[: ipynb.HTML]))


def show_pictures(files, found):
    """Show the pictures that no notebook shows, and tell what there is no room for."""
    for place in sorted(files.pictures):
        if place in files.shown or was_handed_out(place):
            continue
        part = ipynb.picture(base64.b64encode(files.pictures[place]).decode())
        files.room -= len(part[1])
        if part[0] != "image" or files.room < 0 or len(found.loose) >= 2 * LOOSE:
            files.others.append(place)
        else:
            found.loose += [("note", f"{place}:"), part]


def decode(content, place, found):
    """Return the text of a Python file, whatever its encoding."""
    name = PurePosixPath(place).name
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        with contextlib.suppress(UnicodeError):
            text = notebook.without_magic(content.decode("utf-16"))
            found.problems.append(f"{name} is a text in UTF-16. {IMPORTS}")
            return text
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding)
    except (SyntaxError, UnicodeError, LookupError):
        said = f"is not a text in UTF-8. {IMPORTS}. Here, it is read as Latin-1"
        found.problems.append(f"{name} {said}")
        text = content.decode("latin-1")
    return notebook.without_magic(text)


def is_python(content):
    """Tell whether a file that is called a notebook is Python code."""
    try:
        return any(map(bound, ast.parse(content).body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def was_handed_out(place):
    """Tell whether a file is one of the students' edition, or what that makes."""
    parts = PurePosixPath(place).parts
    ends = [Path(*parts[i:]) for i in range(len(parts))]
    made = "mnist-from-scratch.pdf", "edition.json", "right.json"
    return parts[-1] in made or any(
        (folder / end).is_file() for folder in HANDED_OUT for end in ends
    )


# The code that counts


class Module:
    """A Python file of the student's: where it lies, and what is in it."""

    def __init__(self, place, text):
        self.place, self.text = place, text
        self.folder, self.file = posixpath.split(place)
        self.name = module_name(place)  # in an import
        self.is_version = self.name in ("shallow", "deep")
        given = ROOT / self.file
        self.is_given = given.is_file() and given.read_text("utf-8") == text
        self.is_readable = error_of(text) is None
        self.written = notebook.written(text) & FUNCTIONS
        self.stars, self.imports = imported(text)
        froms = (node for node in parsed(text) if isinstance(node, ast.ImportFrom))
        self.own = self.written.difference(*map(bound, froms))


def imported(text):
    """Return from which modules a text imports everything, and the names of all."""
    stars, names = set(), set()
    for node in (part for top in parsed(text) for part in ast.walk(top)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            own = [node.module] if node.module else [a.name for a in node.names]
            names |= {name.split(".")[0] for name in own}
            if node.names[0].name == "*":
                stars.add((node.module or "").split(".")[-1])
    return stars, names


def choose_modules(modules, files, found):
    """Choose the code to judge among the modules, and what is beside it.

    Of several files the newest one with answers counts; often the one that was handed
    out is there as well. Returned is the one that comes first, or None.
    """
    names = set().union(*(module.imports | module.stars for module in modules))
    for module in modules:
        own = intake.stem_of(module.file)
        if own in names - {"shallow", "deep"}:  # it is no version of another file
            module.name, module.is_version = own, False
    weigh(modules, files)
    folder, beside, main = "", {}, None
    others = [module for module in modules if module.name != "deep"]
    able = [m for m in others if m.count or m.name == "shallow"]
    if able or len(others) == 1:
        main = best(able or others)
        folder, used = main.folder, main.imports | main.stars
        rivals = [
            module
            for module in able
            if module.own & main.own
            and not used & {*module.place.removesuffix(".py").split("/")}
            or module.name == "shallow"
        ]
        tell_why(main, rivals, found)
        for module in modules:  # there, the files are no package any more
            if module.folder == folder:
                relative = r"(?m)^([ \t]*from[ \t]+)\.(?=\w)"
                module.text = re.sub(relative, r"\1", module.text)
        found.source = main.text
        found.filename = "shallow.py" if main.name == "shallow" else main.file
    if deep := [module for module in modules if module.name == "deep"]:
        able = [module for module in deep if module.count]
        near = [module for module in able if module.folder == folder] or able or deep
        beside["deep.py"] = best(near)
        tell_why(beside["deep.py"], near, found)
    bring(modules, folder, beside, found)
    return main


def weigh(modules, files):
    """Note what may be said for each file, in this order: the largest values count."""
    is_dated = {module.place for module in modules} <= {*files.dates}
    for module in modules:
        behind = [other.written for other in modules if other.name in module.stars]
        module.count = len(module.written.union(*behind))
    others = [m.count for m in modules if m.is_readable and not m.is_version]
    for module in modules:
        has_more = module.is_version and module.count > max(others, default=0)
        new = age(module.place, files.uploads, files.dates if is_dated else {})
        rest = [
            ("it has the most functions", module.count),
            ("it defines them itself", len(module.own)),
        ]
        called = "called" if module.file == "shallow.py" else "a version of"
        module.merits = [
            ("it has answers", module.count > 0),
            ("Python can read it", module.is_readable or has_more),
            (f"it is {called} shallow.py", module.is_version),
            ("Python can read it", module.is_readable),
            *([*new.items(), *rest] if module.is_version else [*rest, *new.items()]),
            ("it comes first", -module.place.count("/")),
        ]


def best(modules):
    """Return the file with the best merits; among equals, by its name."""
    modules = sorted(modules, key=lambda module: module.place)
    return max(modules, key=lambda module: [value for _, value in module.merits])


def tell_why(main, modules, found):
    """Tell why a file counts, and not one of the others."""
    rest = [module for module in modules if module.text != main.text]
    if rest:
        both = zip(main.merits, best(rest).merits, strict=True)
        said = (why for (why, value), (_, other) in both if value != other)
        said = next(said, "its name comes first")
        count = f"{main.count} function{'s' * (main.count != 1)}"
        beside = ", ".join(f"{module.place} with {module.count}" for module in rest)
        line = f"of several files, {main.place} counts, with {count}, since {said} "
        found.problems.append(f"{line}(beside {beside})")
        is_sure = said in age("", {}, {}) and said != IN_FOLDER
        is_sure &= not any(is_unsure(main.place, module.place) for module in rest)
        has_all = all(module.written <= main.written for module in rest)
        is_sure &= has_all or said == "it was uploaded last"
        if not is_sure and any(module.count for module in rest):
            found.rivals.append(found.problems[-1])


def bring(modules, folder, beside, found):
    """Bring along the student's other modules, and packages that are imported.

    Imports are looked for first in the `folder` of the code to judge; `beside` has what
    comes along already, by the names of files.
    """
    others = [m for m in modules if not (m.is_version or m.is_given)]
    for module in others:
        if module.folder == folder and module.text != found.source:
            for name in {module.name, module_name(intake.named(module.file).own)}:
                if name.isidentifier() and name not in ("shallow", "deep"):
                    beside.setdefault(f"{name}.py", module)
    todo, names = [found.source, *(module.text for module in beside.values())], set()
    while todo:
        names |= imported(todo.pop())[1] - NOT_THEIRS
        for module in others:
            near = module.place.removeprefix(f"{folder}/")
            *folders, own = near.removesuffix(".py").split("/")
            alone = own in names and f"{own}.py" not in beside
            if folders and near not in beside and (alone or names & {*folders}):
                beside[near] = module
                todo.append(module.text)
    room = SOURCE - len(found.source)
    for name, module in beside.items():
        room -= len(module.text)
        if room < 0:
            found.problems.append(f"{name} is left out: there is too much code")
        else:
            found.beside[name] = module.text


def tell_imported(main, modules, found):
    """Tell which answers the code to judge imports from the student's other modules."""
    nodes = parsed(main.text) if main else []
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    for module in sorted(modules, key=lambda module: module.place):
        here = [n for n in froms if (n.module or "").split(".")[-1] == module.name]
        names = {alias.name for node in here for alias in node.names}
        own = module.own - main.own if "*" in names else module.own & names
        if own and module.text in found.beside.values():
            said = ", ".join(name for name in ASSIGNMENT.parameters if name in own)
            found.problems.append(
                f"from {module.place}, which {found.filename} imports: {said}"
            )


def definitions(text):
    """Return what a text has for each question's function that it writes."""
    return {
        node.name: said
        for node, said in ipynb.essence(text)
        if isinstance(node, ast.FunctionDef)
        and node.name in FUNCTIONS
        and not is_stub(node)
    }


def complete(found, cells, said, functions=FUNCTIONS):
    """Add what the code lacks, or has not written yet, from cells; say from where.

    Of all the names in `functions`, returned are those that were taken from there.
    """
    stars, _ = imported(found.source)
    done = notebook.written(found.source)
    for file, text in found.beside.items():
        if file == "deep.py" or module_name(file) in stars:
            done |= notebook.written(text)
    have, wanted = set().union(*map(bound, parsed(found.source))), functions - done
    text, names = notebook.choose(cells, wanted, have - wanted, ASSIGNMENT.given)
    if not found.source.strip():
        if text:
            found.filename, found.source = notebook.FILENAME, f"{text}\n"
    elif names and len(found.source) + len(text) > SOURCE:
        found.problems.append(f"{said}: nothing, since that is too long")
        return set()
    elif names:
        taken = [name for name in ASSIGNMENT.parameters if name in names]
        found.problems.append(f"{said}: {', '.join(taken)}")
        found.source = f"{found.source.rstrip()}\n\n\n{text}\n"
    return names
