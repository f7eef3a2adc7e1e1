"""Finds who handed in what in a folder, by the names that schools' systems give.

Canvas, Moodle, Blackboard, Gradescope and browsers rename what students hand in. Two
students are never put together, and what belongs to nobody is told.
"""

import contextlib
import os
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

RESERVED = {"class.html", "class.svg", "gradebook.csv", "to_read.csv", "canvas.csv"}
RESERVED |= {"moodle.csv"}  # what `make grade` writes beside the submissions' folders
ARCHIVES = {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".rar", ".7z"}
HANDED_IN = {".py", ".ipynb", ".rtf", *ARCHIVES}
# kimwinter_LATE_101_9001_shallow-1.py: the numbers are those of user and upload.
CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<upload>\d{3,})_(?P<own>.+)"
)
ANONYMOUS = re.compile(
    r"(?P<name>anon\w*?)(?P<late>_LATE)?_(?P<id>\w{5})_(?P<upload>\d{3,})_(?P<own>.+)"
)
MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_(?P<own>.*))?"
)
# Homework 2_jdoe_attempt_2026-11-02-10-11-12_shallow.py, and a .txt with a comment.
BLACKBOARD = re.compile(
    r"(?P<name>.+?)_(?P<id>[^_]+)_attempt_(?P<upload>\d{4}(?:-\d\d){5})"
    r"(?:_(?P<own>.+)|\.txt)"
)
NOBODY = re.compile(  # what stands before a number that is no student's
    r"(h(ome)?w(ork)?|assignments?|projects?|labs?|weeks?|tasks?|ex(ercises?)?|problems?|"
    r"p?sets?|sections?|groups?|teams?|questions?|solutions?|submissions?|mnist|shallow|"
    r"deep|notebooks?|final|draft|v|version)[-_ \d]*",
    re.I,
)
GRADESCOPE = "submission_metadata.yml"  # says who handed in what
BEHIND = re.compile(r"(\.\w+)\.txt$|(\.ipynb)\.json$", re.I)


class Unreadable(Exception):
    """A file that is not read, and why, in words."""


class Named(NamedTuple):
    """What the name of a file says, once a school's system has renamed it."""

    owner: tuple  # the name and the number of whose it is; () if it does not say
    own: str  # what the student called it
    upload: int  # larger for what was uploaded later
    is_late: bool = False  # as Canvas says, which alone does


def named(name):
    """Return what the name of a file says."""
    for pattern in (MOODLE, BLACKBOARD, ANONYMOUS, CANVAS):
        match = pattern.fullmatch(name)
        sure = pattern in (MOODLE, BLACKBOARD)
        if match and (sure or not NOBODY.fullmatch(match["name"])):
            said = {"upload": "0"} | match.groupdict()
            upload = int(said["upload"].replace("-", ""))
            owner, is_late = (said["name"], said["id"]), bool(said.get("late"))
            return Named(owner, said["own"] or name, upload, is_late)
    return Named((), name, 0)


def find(folder):
    """Return the submissions in a folder, and the names of the files that are none.

    The paths of each submission are by its name: that of the file without its ending,
    where that is unique. A folder with an export of Gradescope's in it is a ValueError,
    since that export would be the submission of one student.
    """
    folder = Path(folder).resolve()
    if lists := sorted(folder.glob(f"*/{GRADESCOPE}")):
        raise ValueError(
            f"in {folder} is one of Gradescope's exports: grade that, {lists[0].parent}"
        )
    groups, owners, aside = {}, {}, []
    for path in sorted(folder.iterdir()):
        shown = readable(path.name)
        if not is_ours(path.name):
            continue
        owner, suffix = named(shown).owner, suffix_of(shown)
        if owner:
            key, name = owner, "_".join(owner)
        elif path.is_dir() or suffix in HANDED_IN:
            key, name = path, shown
            if not path.is_dir():
                name = stem_of(shown).removesuffix(".tar")
        else:
            if shown != GRADESCOPE:
                aside.append(shown)
            continue
        for free in (name, shown):  # Ada.py beside ada.zip: one name for some disks
            if owners.setdefault(free.casefold(), key) == key:
                name = free
                break
        while (
            name.lower() in RESERVED or owners.setdefault(name.casefold(), key) != key
        ):
            name += "_"
        groups.setdefault(name, []).append(path)
    return dict(sorted(groups.items())), aside


def suffix_of(name):
    """Return how a name ends, in small letters; what a program put behind is no ending.

    That is so in hw.py.txt, hw.ipynb.json and shallow.txt.
    """
    name = re.sub(r"((^|[/_ ])(shallow|deep)[ ()\d-]*)\.txt$", r"\1.py", name.lower())
    return os.path.splitext(BEHIND.sub(r"\1\2", name))[1]


def stem_of(name):
    """Return a name without its ending; see `suffix_of`."""
    return os.path.splitext(BEHIND.sub(r"\1\2", name))[0]


def is_ours(part):
    """Tell whether a part of a path is neither hidden nor made by a program."""
    made = {"site-packages", "dist-packages", "node_modules", "venv", "/"}
    return part not in made and not part.startswith((".", "__MACOSX", "__pycache__"))


def readable(name):
    """Return a name in characters that every file and table can hold."""
    try:
        name.encode()
    except UnicodeEncodeError:  # not in UTF-8, as on some old disks and in some zips
        name = os.fsencode(name).decode("cp1252", "replace")
    printable = "".join(c if c.isprintable() else " " for c in name)
    return unicodedata.normalize("NFC", printable)


def gradescope(path):
    """Return who handed in a folder of Gradescope's export, as its list says."""
    try:
        text = (path.parent / GRADESCOPE).read_text("utf-8", "replace")
    except OSError:
        return None
    _, _, text = f"\n{text}".partition(f"\n{path.name}:\n")
    text = re.split(r"\n\S|\n  :created_at", text)[0]
    names, numbers = (
        [said.strip(" '\"") for said in re.findall(rf":{key}:(.*)", text)]
        for key in ("name", "sid")
    )
    alone = len(names) == 1  # a group's marks are everybody's: for a human to enter
    return {"name": ", ".join(names), "id": numbers[0] if alone and numbers else ""}


# Names and numbers after a spreadsheet had them

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
MONTHS = {name: i for i, name in enumerate(MONTHS, 1)} | {
    "mär": 3, "mai": 5, "okt": 10, "dez": 12, "fév": 2, "avr": 4, "aoû": 8, "déc": 12,
    "ene": 1, "abr": 4, "ago": 8, "dic": 12,
}  # fmt: skip


def keys(text):
    """Return what identifies a cell of a table: its text, its number, its date."""
    text = unicodedata.normalize("NFC", text.strip().removeprefix("'")).casefold()
    found = {text}
    if re.fullmatch(r"[\d.,]+(e[+-]?\d{1,3})?", text):
        with contextlib.suppress(InvalidOperation):
            found.add(Decimal(text.replace(",", ".")))
    parts = re.findall(r"\d+|[^\W\d_]+", text)
    words = [part for part in parts if not part.isdigit()]
    months = [MONTHS[word[:3]] for word in words if word[:3] in MONTHS]
    days = [int(part) for part in parts if part.isdigit() and len(part) < 3]
    if len(words) == len(months) and len(parts) <= 3 and len(days + months) == 2:
        found.add(("date", *sorted(days + months)))
    return found


def disguises(name):
    """Return the keys that a name may have after a spreadsheet or an editor had it.

    Its zeros may be lost, it may have become a date, or have the wrong encoding.
    """
    found, name = keys(name), unicodedata.normalize("NFC", name)
    encodings = ["cp1252", "latin-1", "cp437", "mac_roman", "ascii"]
    for encoding in encodings if not name.isascii() else []:
        lost = name.encode(encoding, "replace")
        seen = [name.encode().decode(encoding, "replace"), lost.decode(encoding)]
        seen.append(lost.decode("cp1252", "replace"))
        found |= {one.casefold() for one in seen}
    return found
