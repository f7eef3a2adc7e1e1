"""Reads what a student hands in, as text, and runs none of it.

A submission is a folder, an archive with `shallow.py`, notebooks or both, or such files
alone. Nothing is unpacked on the disk, no link is followed, and every size has a limit.
"""

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
import tarfile
import tokenize
import traceback
import zipfile
from pathlib import Path, PurePosixPath

from checks import notebook
from checks.given import ASSIGNMENT
from checks.worker import bound, parsed
from grading import intake, ipynb
from grading.intake import Unreadable, is_ours, suffix_of
from grading.ipynb import ROOT, Notebook

FUNCTIONS = frozenset(ASSIGNMENT.parameters)  # what the questions ask for
LARGEST = 20 * 2**20  # bytes of a file
IN_ALL = 60 * 2**20  # bytes of a submission, unpacked; as many of its pictures
MOST = 500  # files of a submission
SOURCE = 2**18  # characters of the code
DEEPEST = 3  # archives in archives
PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp"}
UNREAD = {".rar": b"Rar!", ".7z": b"7z\xbc\xaf"}  # archives, and how they begin
HANDED_OUT = [ROOT, ROOT / "grading" / "handout"]  # where the edition is from


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
        The student's other modules by the names of their files: `deep.py`, helpers.
    answers : dict of int to list
        What was written and drawn for a question, under 0 what belongs to none: parts,
        as `Notebook.answers` yields them.
    unread : dict of str to str
        Functions that are in a cell that Python cannot read, and why it cannot.
    problems : list of str
        What could not be read, or was left out, in words.
    faults : list of str
        What went wrong in the grader itself, for its maintainer.
    """

    name: str
    student: dict = dataclasses.field(default_factory=lambda: {"name": "", "id": ""})
    source: str = ""
    filename: str = "shallow.py"
    beside: dict = dataclasses.field(default_factory=dict)
    answers: dict = dataclasses.field(default_factory=dict)
    unread: dict = dataclasses.field(default_factory=dict)
    problems: list = dataclasses.field(default_factory=list)
    faults: list = dataclasses.field(default_factory=list)

    @property
    def digest(self):
        """A text that changes when what is judged, or told of the files, does."""
        judged = [self.source, self.filename, self.beside, self.unread]
        said = json.dumps([*judged, self.student, self.problems], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def read(paths, name):
    """Read a submission, whatever it is.

    Parameters
    ----------
    paths : sequence of Path
        A folder, an archive, a Python file or a notebook; of several, each is read.
    name : str
        What to call it.

    Returns
    -------
    Submission
        Without code where there is none; `problems` says why.
    """
    found = Submission(name)
    files = Files(found.problems)
    for path in paths:
        files.add_path(path)
    understand(files, found)
    if found.student == {"name": "", "id": ""} and len(paths) == 1:
        found.student = intake.gradescope(paths[0]) or found.student
    return found


class Files:
    """The files of a submission that count, as bytes by their places.

    Parameters
    ----------
    problems : list of str
        Where to say what is not read.
    """

    def __init__(self, problems):
        self.problems = problems
        self.read, self.pictures, self.others = {}, {}, []
        self.shown = set()  # the pictures that a notebook shows
        self.room = {"read": IN_ALL, "pictures": IN_ALL}

    def add_path(self, path):
        """Add a file or a folder of the class."""
        own = intake.own_name(intake.readable(path.name))
        if path.is_symlink():
            self.problems.append(f"{own}: is a link, and links are not followed")
        elif path.is_dir():
            self.add_folder(path)
        else:
            self.add(own, lambda limit: read_file(path, limit), inside="")

    def add_folder(self, folder):
        """Add what is in a folder."""
        for parent, folders, names in os.walk(folder, onerror=self.tell_error):
            folders[:] = sorted(filter(is_ours, folders))
            for name in sorted(filter(is_ours, names)):
                path = Path(parent, name)
                place = intake.readable(path.relative_to(folder).as_posix())
                if path.is_symlink():
                    if self.kind(place) != "others":
                        said = "is a link, and links are not followed"
                        self.problems.append(f"{place}: {said}")
                    continue
                self.add(place, lambda limit, path=path: read_file(path, limit))

    def tell_error(self, error):
        """Tell of a folder that cannot be read."""
        self.problems.append(f"a folder cannot be read: {error.strerror}")

    def kind(self, place):
        """Return what to do with a file: to read it, or what else it is."""
        suffix, name = suffix_of(place), PurePosixPath(place).name
        if suffix in (".py", ".ipynb") or name in ("student.json", "onlinetext.html"):
            return "read"
        if suffix in PICTURES:
            return "pictures"
        is_data = re.search(r"ubyte|mnist.*\.(gz|zip)$", place, re.I)
        return "archive" if suffix in intake.ARCHIVES and not is_data else "others"

    def add(self, place, content_of, depth=0, inside=None):
        """Add a file, which lies at a place in the submission.

        `content_of` returns its bytes, at most one more than a limit. `depth` says how
        many archives it is in, and `inside` where what is in it lies, if it is one.
        """
        kind, shown = self.kind(place), place[-80:]
        if kind == "others":
            self.others.append(place)
            return
        room = "pictures" if kind == "pictures" else "read"
        kept = self.pictures if kind == "pictures" else self.read
        if len(kept) >= MOST:
            said = f"there are more than {MOST} files: the rest is not read"
            if said not in self.problems:
                self.problems.append(said)
            return
        try:
            limit = min(LARGEST, self.room[room])
            content = content_of(limit)
            if len(content) > limit:
                raise Unreadable("is too large, and is left out")
            if kind == "archive":
                if depth == DEEPEST:
                    raise Unreadable("is an archive in an archive, again and again")
                where = f"{place.rpartition('.')[0]}/" if inside is None else inside
                self.add_archive(place, content, where, depth + 1)
                return
        except Exception as error:  # whatever a damaged file makes of its reader
            why = reason(error, "the zip " if suffix_of(place) == ".zip" else "")
            self.problems.append(f"{shown}: {why}")
            return
        self.room[room] -= len(content)
        if place in kept and kept[place] != content:
            self.problems.append(f"{shown}: is in the zip twice; the last one counts")
        kept[place] = content

    def add_archive(self, place, content, inside, depth):
        """Add what is in an archive."""
        for suffix, start in UNREAD.items():
            if content.startswith(start):
                raise Unreadable(
                    f"is a {suffix} archive, which is not read here: hand in a zip"
                )
        if place.lower().endswith(".zip") or content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for member in archive.infolist():
                    is_link = stat.S_ISLNK(member.external_attr >> 16)
                    name = name_of(member)
                    if name and not name.endswith("/"):
                        opener = functools.partial(archive.open, member)
                        self.add_member(name, is_link, opener, inside, depth)
            return
        try:
            archive = tarfile.open(fileobj=io.BytesIO(content))
        except tarfile.ReadError:  # one file alone, compressed
            own = posixpath.basename(place).rpartition(".")[0]
            opener = functools.partial(gzip.GzipFile, fileobj=io.BytesIO(content))
            self.add_member(own, False, opener, inside, depth)
            return
        with archive:
            for member in archive:
                if member.isreg() or member.issym() or member.islnk():
                    opener = functools.partial(archive.extractfile, member)
                    is_link = not member.isreg()
                    self.add_member(member.name, is_link, opener, inside, depth)

    def add_member(self, name, is_link, opener, inside, depth):
        """Add a file of an archive."""
        path = PurePosixPath(intake.readable(name.replace("\\", "/")))
        if ".." in path.parts or path.is_absolute():
            said = "leads out of the zip, and is left out"
            self.problems.append(f"{str(path)[:80]}: {said}")
        elif not all(map(is_ours, path.parts)):
            pass
        elif is_link:
            self.problems.append(
                f"{str(path)[:80]}: is a link, and links are not followed"
            )
        else:

            def content_of(limit):
                with opener() as file:
                    return file.read(limit + 1)

            self.add(f"{inside}{path}", content_of, depth)


def name_of(member):
    """Return the name of a file in a zip, which may not say that it is in UTF-8."""
    name = member.filename
    if not member.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            return name.encode("cp437").decode()
    return name


def reason(error, what=""):
    """Say why a file is not read, without its path."""
    if isinstance(error, Unreadable):
        return str(error)
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"{what}cannot be read: {said[:200]}"


def read_file(path, limit):
    """Return the bytes of a regular file, at most one more than the limit."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Unreadable("is no ordinary file")
        return file.read(limit + 1)


# What the files say


def understand(files, found):
    """Make of the files the code to judge and the answers to read."""
    places = sorted(files.read, key=lambda place: (place.count("/"), place))
    owners = {intake.owner(part) for place in places for part in place.split("/")}
    if len(owners - {None}) > 1:
        found.problems.append("files of several students are in it: unpack it first")
        return
    found.student = read_students(places, files, found.problems)
    modules, cells, seen = {}, [], set()
    room = ipynb.PICTURES
    for place in places:
        content, suffix = files.read[place], suffix_of(place)
        is_json = content[:50].lstrip().startswith(b"{") and b'"cells"' in content
        if suffix == ".ipynb" or suffix == ".py" and is_json:
            if content not in seen:
                seen.add(content)
                room = read_notebook(place, files, room, cells, found)
        elif suffix == ".py":
            modules[place] = decode(content, place, found)
        elif suffix == ".html":
            found.problems += online_text(content)
    choose_modules(modules, found)
    if sum(len(code) for _, code in cells) + len(found.source) > SOURCE:
        found.problems.append(f"the code is longer than {SOURCE} characters")
        found.source, found.beside, cells = "", {}, []
    complete(found, cells)
    rest = files.others + [
        place for place in files.pictures if place not in files.shown
    ]
    if not modules and not cells:
        what = "no code in the notebooks" if seen else "no notebook"
        found.problems.append(f"there is no shallow.py and {what}")
    tell_rest(rest, found)


def read_notebook(place, files, room, cells, found):
    """Read a notebook into a submission; return the room that is left for pictures."""
    name, folder = PurePosixPath(place).name, posixpath.dirname(place) or "."
    beside = {posixpath.relpath(other, folder): other for other in files.pictures}
    pictures = {near: files.pictures[other] for near, other in beside.items()}
    try:
        work = Notebook.read(name, files.read[place], pictures, room)
        code = notebook.code(work.cells, name)
        lines, names = notebook.unread(code)
        found.problems += lines
        found.unread |= names
        cells += code
        for question, part in work.answers():
            found.answers.setdefault(question, []).append(part)
        files.shown |= {beside[near] for near in work.shown}
        return work.room
    except Unreadable as error:
        found.problems.append(str(error))
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[:200]
        found.problems.append(f"{name}: the grader failed to read it ({said})")
        found.faults.append(traceback.format_exc()[-5000:])
    return room


def read_students(places, files, problems):
    """Return who handed in, as `student.json` says; nobody, where two of them do."""
    said = []
    for place in places:
        if PurePosixPath(place).name == "student.json":
            with contextlib.suppress(ValueError, RecursionError):
                who = json.loads(files.read[place])
                if isinstance(who, dict):
                    said.append({k: one_line(who.get(k, "")) for k in ("name", "id")})
    numbers = {who["id"] for who in said}
    if len(numbers) > 1:
        problems.append(
            f"student.json: there are several, of {', '.join(sorted(numbers))}"
        )
    return said[0] if len(numbers) == 1 else {"name": "", "id": ""}


def one_line(value):
    """Return a text that fits into a line and a cell of a table."""
    return " ".join(intake.readable(str(value)[:100]).split())


def online_text(content):
    """Return what was typed into Moodle's own editor, as a remark."""
    text = re.sub(r"<[^>]*>", " ", content[:20_000].decode("utf-8", "replace"))
    text = " ".join(html.unescape(text).split())
    return [f"typed into Moodle: “{text[:500]}”"] if text else []


def decode(content, place, found):
    """Return the text of a Python file, whatever its encoding."""
    for mark in (b"\xff\xfe", b"\xfe\xff"):
        if content.startswith(mark):
            with contextlib.suppress(UnicodeError):
                return notebook.without_magic(content.decode("utf-16"))
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding)
    except (SyntaxError, UnicodeError, LookupError):
        name = PurePosixPath(place).name
        found.problems.append(f"{name} is not a text in UTF-8: it is read as Latin-1")
        text = content.decode("latin-1")
    return notebook.without_magic(text)


# The code that counts


def module_name(place):
    """Return what a file is called in an import, whatever a browser made of its name.

    Copy of shallow.py, Shallow (1).py and shallow-1.py are `shallow`.
    """
    stem = re.sub(r"\.py(\.txt)?$", "", PurePosixPath(place).name, flags=re.I)
    copied = r"(?i)^copy of |([ _-]*(copy|kopie)|[ _-]*\(\d+\)|[ _-]\d+)+$"
    plain = re.sub(copied, "", stem)
    if plain.lower() in ("shallow", "deep"):
        return plain.lower()
    return stem if stem.isidentifier() else plain


def choose_modules(modules, found):
    """Choose the code to judge among the modules, and what is beside it.

    Of several files the one with answers counts: often the one that was handed out is
    there as well.
    """
    counts = {p: len(notebook.written(modules[p]) & FUNCTIONS) for p in modules}

    def rank(place):  # the smallest is taken: answers, name, most answers, place
        named = module_name(place) == "shallow"
        return not counts[place], not named, -counts[place], place.count("/"), place

    others = [place for place in modules if module_name(place) != "deep"]
    named = [place for place in others if module_name(place) == "shallow"]
    able = [place for place in others if counts[place]] + named
    able = able or (others if len(others) == 1 else [])
    if not able:
        main, folder = "", ""
    else:
        main = min(able, key=rank)
        folder = posixpath.dirname(main)
        found.source = modules[main]
        is_shallow = module_name(main) == "shallow"
        found.filename = "shallow.py" if is_shallow else PurePosixPath(main).name
        if not found.source.strip():
            found.problems.append(f"{PurePosixPath(main).name} is empty")
        texts = {modules[place] for place in (named if is_shallow else able)}
        if len(texts) > 1 or not is_shallow and named:
            rest = [f"{p} with {counts[p]}" for p in dict.fromkeys(able) if p != main]
            found.problems.append(
                f"of several files, {main} counts, with {counts[main]} functions "
                f"(beside {', '.join(rest)})"
            )
    deep = [place for place in modules if module_name(place) == "deep"]
    deep.sort(key=lambda p: (not counts[p], posixpath.dirname(p) != folder, rank(p)))
    beside = deep[:1] + [
        place
        for place in modules
        if posixpath.dirname(place) == folder
        and place != main
        and module_name(place) not in ("shallow", "deep")
        and module_name(place).isidentifier()
        and not is_given(place, modules[place])
    ]
    room = SOURCE - len(found.source)
    for place in beside:
        room -= len(modules[place])
        name = f"{module_name(place)}.py"
        if room < 0:
            found.problems.append(f"{name} is left out: there is too much code")
        else:
            found.beside.setdefault(name, modules[place])


def is_given(place, text):
    """Tell whether a module is one that was handed out, as it was."""
    given = ROOT / PurePosixPath(place).name
    return given.is_file() and given.read_text("utf-8") == text


def complete(found, cells):
    """Add what `shallow.py` lacks, or has not written yet, from the notebooks."""
    have = set().union(*map(bound, parsed(found.source)))
    done = notebook.written(found.source) | notebook.written(
        found.beside.get("deep.py", "")
    )
    wanted = FUNCTIONS - done
    text, names = notebook.choose(cells, wanted, have - wanted, ASSIGNMENT.given)
    if names and found.source.strip():
        taken = [name for name in ASSIGNMENT.parameters if name in names]
        found.problems.append(f"from the notebooks: {', '.join(taken)}")
        found.source = f"{found.source.rstrip()}\n\n\n{text}\n"
    elif text:
        found.filename = notebook.FILENAME
        found.source = f"{text}\n"


def tell_rest(places, found):
    """Tell what else was handed in."""
    names = [place for place in places if not was_handed_out(place)]
    if names:
        more = f" and {len(names) - 10} more" if names[10:] else ""
        said = ", ".join(names[:10])
        found.problems.append(f"also handed in, and not shown here: {said}{more}")


def was_handed_out(place):
    """Tell whether a file is one of the students' edition, or what that makes."""
    parts = PurePosixPath(place).parts
    ends = [Path(*parts[i:]) for i in range(len(parts))]
    return parts[-1] in ("mnist-from-scratch.pdf", "edition.json") or any(
        (folder / end).is_file() for folder in HANDED_OUT for end in ends
    )
