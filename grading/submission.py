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
import importlib.util
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
from checks.worker import bound, error_of, hidden, parsed
from grading import intake, ipynb
from grading.intake import Unreadable, is_ours, suffix_of
from grading.ipynb import ROOT, Notebook
from grading.versions import age, is_old, module_name, plain_stem

FUNCTIONS = frozenset(ASSIGNMENT.parameters)  # what the questions ask for
LARGEST = 20 * 2**20  # bytes of a file
IN_ALL = 60 * 2**20  # bytes of a submission, unpacked; as many of its pictures
MOST = 500  # files of a submission
SOURCE = 2**18  # characters of the code
DEEPEST = 3  # archives in archives
LOOSE = 20  # pictures that are shown, though no notebook shows them
PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp"}
UNREAD = {".rar": b"Rar!", ".7z": b"7z\xbc\xaf"}  # archives, and how they begin
NOT_THEIRS = {*sys.stdlib_module_names, *ASSIGNMENT.given, "numpy", "matplotlib"}
TYPED_INTO = {"onlinetext.html": "Moodle", "text.html": "Canvas"}
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
    loose : list
        Pictures that no notebook shows, and what was typed online: parts like these.
    others : list of str
        What else was handed in, and is not shown.
    rivals : list of str
        Which of several files with answers counts, where that is not by its age.
    missing : list of str
        Packages that the code imports, and that are not installed here.
    unread : dict of str to str
        Functions that are in a cell that Python cannot read, and why it cannot.
    has_code : bool
        Whether there is anything that could be judged.
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
    loose: list = dataclasses.field(default_factory=list)
    others: list = dataclasses.field(default_factory=list)
    rivals: list = dataclasses.field(default_factory=list)
    missing: list = dataclasses.field(default_factory=list)
    unread: dict = dataclasses.field(default_factory=dict)
    has_code: bool = False
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
    for path in sorted(paths, key=lambda path: intake.upload_of(path.name)):
        files.add_path(path, alone=len(paths) == 1)
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
        self.uploads, self.dates, self.upload = {}, {}, 0
        self.room = {"read": IN_ALL, "pictures": IN_ALL}

    def add_path(self, path, alone=True):
        """Add a file or a folder of the class, which may be all of the submission."""
        name = intake.readable(path.name)
        own, self.upload = intake.own_name(name), intake.upload_of(name)
        if path.is_symlink():
            self.problems.append(f"{own}: is a link, and links are not followed")
        elif path.is_dir():
            self.add_folder(path)
        else:
            if own in self.uploads:  # uploaded twice under one name
                own = f"{self.upload}/{own}"
            self.uploads[own] = self.upload
            inside = "" if alone else f"{intake.stem_of(own)}/"
            self.add(own, lambda limit: read_file(path, limit), inside=inside)

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
        if suffix in (".py", ".ipynb") or name == "student.json" or name in TYPED_INTO:
            return "read"
        if suffix in PICTURES:
            return "pictures"
        is_data = "ubyte" in name and place not in self.uploads
        return "archive" if suffix in intake.ARCHIVES and not is_data else "others"

    def add(self, place, content_of, depth=0, inside=None, date=None):
        """Add a file, which lies at a place in the submission.

        `content_of` returns its bytes, at most one more than a limit. `depth` says how
        many archives it is in, `inside` where what is in it lies, if it is one, and
        `date` when it was changed, from the year to the second.
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
        self.uploads[place] = max(map(intake.upload_of, place.split("/")))
        self.uploads[place] = self.uploads[place] or self.upload
        if date:
            self.dates[place] = date

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
                        where = inside, depth, member.date_time
                        self.add_member(name, is_link, opener, *where)
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
                    where = inside, depth, time.localtime(member.mtime)[:6]
                    self.add_member(member.name, is_link, opener, *where)

    def add_member(self, name, is_link, opener, inside, depth, date=None):
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

            self.add(f"{inside}{path}", content_of, depth, date=date)


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
    places = in_order(files)
    if len(names := students(files)) > 1:
        said = f"files of several students are in it ({', '.join(sorted(names))})"
        found.problems.append(f"{said}: unpack it first")
        return
    found.student = read_students(places, files, found.problems)
    modules, cells, notebooks, seen = {}, [], {}, set()
    room = ipynb.PICTURES
    for place in places:
        content, suffix = files.read[place], suffix_of(place)
        is_json = content[:50].lstrip().startswith(b"{") and b'"cells"' in content
        if suffix == ".ipynb" or suffix == ".py" and is_json:
            if content not in seen:
                seen.add(content)
                before = len(cells)
                room = read_notebook(place, files, room, cells, found)
                notebooks[place] = cells[before:]
        elif suffix == ".py":
            modules[place] = decode(content, place, found)
        elif suffix == ".html":
            online_text(content, TYPED_INTO[PurePosixPath(place).name], found)
    tell_notebooks(notebooks, found)
    choose_modules(modules, files, found)
    if sum(len(code) for _, code in cells) + len(found.source) > SOURCE:
        found.problems.append(f"the code is longer than {SOURCE} characters")
        found.source, found.beside, cells = "", {}, []
    complete(found, cells)
    complete_from_modules(found, modules)
    found.missing = not_here(found)
    has_code = parsed(found.source) or hidden(found.source)
    found.has_code = bool(has_code or found.beside or found.unread)
    show_pictures(files, room, found)
    if not modules and not cells:
        what = "no code in the notebooks" if seen else "no notebook"
        found.problems.append(f"there is no shallow.py and {what}")
    tell_rest(files.others, found)


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
        found = [o[0] for o in map(intake.owner, place.split("/")) if o]
        if suffix_of(place) not in (".py", ".ipynb"):
            continue
        if not found and any(f"def {name}".encode() in content for name in FUNCTIONS):
            return set()
        names |= {name.casefold() for name in found[:1]}
    return names


def tell_notebooks(notebooks, found):
    """Tell which of several versions of a notebook counts."""
    names = {}
    for place, cells in notebooks.items():
        wrote = set().union(*(notebook.written(code) for _, code in cells)) & FUNCTIONS
        stem = plain_stem(place).lower()
        before, known = names.get(stem, ("", set()))
        if wrote & known:
            said = f"what both {before} and {place} define counts as in {place}"
            found.problems.append(said)
        names[stem] = place, wrote | known


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
        raw = notebook.raw(work.cells, name)
        found.unread |= {n: why for n, why in raw.items() if n in FUNCTIONS}
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


def show_pictures(files, room, found):
    """Show the pictures that no notebook shows, and tell what there is no room for."""
    for place in sorted(files.pictures):
        if place in files.shown or was_handed_out(place):
            continue
        part = ipynb.picture(base64.b64encode(files.pictures[place]).decode())
        room -= len(part[1])
        if part[0] != "image" or room < 0 or len(found.loose) >= 2 * LOOSE:
            files.others.append(place)
        else:
            found.loose += [("note", f"{place}:"), part]


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


def choose_modules(modules, files, found):
    """Choose the code to judge among the modules, and what is beside it.

    Of several files the newest one with answers counts; often the one that was handed
    out is there as well.
    """
    defines = {place: notebook.written(text) for place, text in modules.items()}
    counts = {}
    for place, text in modules.items():
        names = {*defines[place]}.union(
            *(defines[p] for p in modules if module_name(p) in imports_all_of(text))
        )
        counts[place] = len(names & FUNCTIONS)
    dates = files.dates if {*modules} <= {*files.dates} else {}

    readable = {place for place in modules if error_of(modules[place]) is None}

    def is_named(place):
        return module_name(place) in ("shallow", "deep")

    rivals = [counts[p] for p in readable if not is_named(p)]

    def speaks_for(place):  # what may be said of the one that counts: the largest value
        named, can_be_read = is_named(place), place in readable
        new = list(age(place, files.uploads, dates).items())
        most = [("it has the most functions", counts[place])]
        most += [("it defines them itself", len(defines[place] & FUNCTIONS))]
        has_more = named and counts[place] > max(rivals, default=0)
        return [
            ("it has answers", counts[place] > 0),
            ("Python can read it", can_be_read or has_more),
            ("it is called shallow.py", named),
            ("Python can read it", can_be_read),
            *(new + most if named else most + new),
            ("it comes first", -place.count("/")),
        ]

    def best(places):
        return max(sorted(places), key=lambda p: [value for _, value in speaks_for(p)])

    def tell(main, places):
        rest = [place for place in places if modules[place] != modules[main]]
        if rest:
            both = zip(speaks_for(main), speaks_for(best(rest)), strict=True)
            said = [why for (why, value), (_, other) in both if value != other]
            said = [*said, "its name comes first"][0]
            count = f"{counts[main]} function{'s' * (counts[main] != 1)}"
            beside = ", ".join(f"{place} with {counts[place]}" for place in rest)
            found.problems.append(
                f"of several files, {main} counts, with {count}, since {said} "
                f"(beside {beside})"
            )
            if said not in age(main, {}, {}) and any(counts[p] for p in rest):
                found.rivals.append(found.problems[-1])

    others = [place for place in modules if module_name(place) != "deep"]
    named = [place for place in others if module_name(place) == "shallow"]
    able = [place for place in others if counts[place]] + named
    able = list(dict.fromkeys(able or (others if len(others) == 1 else [])))
    folder = ""
    if able:
        main = best(able)
        folder = posixpath.dirname(main)
        for place in modules:  # there, the files are no package any more
            if posixpath.dirname(place) == folder:
                relative = r"(?m)^([ \t]*from[ \t]+)\.(?=\w)"
                modules[place] = re.sub(relative, r"\1", modules[place])
        found.source = modules[main]
        is_shallow = module_name(main) == "shallow"
        found.filename = "shallow.py" if is_shallow else PurePosixPath(main).name
        if not found.source.strip():
            found.problems.append(f"{PurePosixPath(main).name} is empty")
        same = [p for p in able if defines[p] & defines[main] & FUNCTIONS]
        used = imported(found.source) | imports_all_of(found.source)
        same = [p for p in same if not used & {*p.removesuffix(".py").split("/")}]
        tell(main, list(dict.fromkeys([*named, *same])))
    deep = [place for place in modules if module_name(place) == "deep"]
    near = [place for place in deep if counts[place]]
    near = [p for p in near if posixpath.dirname(p) == folder] or near or deep
    beside = {"deep.py": best(near)} if near else {}
    if near:
        tell(beside["deep.py"], near)
    bring(modules, folder, beside, found)


def bring(modules, folder, beside, found):
    """Bring along the student's other modules, and packages that are imported.

    Imports are looked for first in the `folder` of the code to judge; `beside` has the
    places of what comes along already, by the names of their files.
    """
    others = {
        place: text
        for place, text in modules.items()
        if module_name(place) not in ("shallow", "deep") and not is_given(place, text)
    }
    for place in others:
        if posixpath.dirname(place) == folder and modules[place] != found.source:
            own = intake.own_name(PurePosixPath(place).name)
            for name in {module_name(place), module_name(own)}:
                if name.isidentifier():
                    beside.setdefault(f"{name}.py", place)
    todo, names = [found.source, *(modules[place] for place in beside.values())], set()
    while todo:
        names |= imported(todo.pop()) - NOT_THEIRS
        for place, text in others.items():
            near = place.removeprefix(f"{folder}/")
            *folders, own = near.removesuffix(".py").split("/")
            alone = own in names and f"{own}.py" not in beside
            if folders and near not in beside and (alone or names & {*folders}):
                beside[near] = place
                todo.append(text)
    room = SOURCE - len(found.source)
    for name, place in beside.items():
        room -= len(modules[place])
        if room < 0:
            found.problems.append(f"{name} is left out: there is too much code")
        else:
            found.beside[name] = modules[place]


def imports_all_of(text):
    """Return the last names of the modules of which a text imports everything."""
    return {
        (node.module or "").split(".")[-1]
        for node in parsed(text)
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    }


def imported(text):
    """Return the first names of what a text imports, wherever it does so."""
    names = set()
    for node in (part for top in parsed(text) for part in ast.walk(top)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split(".")[0])
    return names


def not_here(found):
    """Return the packages that the code imports, and that are not installed here."""
    texts = found.source, *found.beside.values()
    names = set().union(*map(imported, texts)) - NOT_THEIRS
    files = found.filename, *found.beside
    names -= {part for file in files for part in re.split(r"/|\.py$", file)}
    names -= {"shallow", "deep", "figures", "checks"}
    return sorted(name for name in names if importlib.util.find_spec(name) is None)


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


def complete_from_modules(found, modules):
    """Add what is lacking still from the student's other modules, and say from where.

    Older versions of a file are left out: what the newest one lacks was taken away.
    """
    done = notebook.written(found.source) | {
        name
        for file, text in found.beside.items()
        if file == "deep.py" or module_name(file) in imports_all_of(found.source)
        for name in notebook.written(text)
    }
    wanted, cells, origin = FUNCTIONS - done, [], {}
    for place, text in sorted(modules.items(), reverse=True):
        is_version = module_name(place) in ("shallow", "deep")
        own = notebook.written(text) & wanted & defined(text)
        if own and not is_version and not is_old(place) and not is_given(place, text):
            cells.append((place, text))
            origin |= dict.fromkeys(own, place)
    have = set().union(*map(bound, parsed(found.source)))
    text, names = notebook.choose(cells, wanted, have - wanted, ASSIGNMENT.given)
    if found.source.strip() and names:
        if len(found.source) + len(text) > SOURCE:
            found.problems.append("what other files have is left out: it is too long")
            return
        for place in sorted({origin[name] for name in names}):
            taken = [n for n in ASSIGNMENT.parameters if n in names]
            taken = ", ".join(n for n in taken if origin[n] == place)
            found.problems.append(
                f"from {place}, where {found.filename} has no answer: {taken}"
            )
        found.source = f"{found.source.rstrip()}\n\n\n{text}\n"


def defined(text):
    """Return what a text defines itself, without what it imports."""
    nodes = (n for n in parsed(text) if not isinstance(n, ast.Import | ast.ImportFrom))
    return set().union(*map(bound, nodes))


def tell_rest(places, found):
    """Tell what else was handed in."""
    names = [place for place in places if not was_handed_out(place)]
    found.others = names
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
