"""Which of several versions of a file counts: the newest, as far as that is known.

Canvas numbers every upload and puts -1 behind what is handed in again, browsers write
(1) behind what they have already, and an archive keeps the date of each file.
"""

import re
from pathlib import PurePosixPath

from grading import intake

NEWER = (
    "final|finale|fix|fixed|bugfix|corrected|new|neu|newest|latest|last|updated?|solved"
    "|solution|improved|revised|fertig|korrigiert|endg\u00fcltig|corrig\u00e9|corregido"
)
WORD = rf"(?<![^\W_])({NEWER})(?![^\W\d_])"
AGAIN = (
    r"([ _-]*(copy|kopie)|[ _-]*\(\d+\)|[ _-]*v(ersion)?[ _-]?\d+|[ _-]\d+"
    r"|(?<=shallow)\d+|(?<=deep)\d+"
    rf"|[ _-]+[^/]*{WORD}[^/]*)+$"
)
NUMBER = re.compile(AGAIN, re.I)
COPIED = re.compile(f"^copy of |{AGAIN}", re.I)
IN_FOLDER = "its folder has the highest number"
OLD = {"old", "alt", "backup", "backups", "bak", "draft", "previous"}


def plain_stem(place):
    """Return what a file was called before Canvas or a browser had it."""
    own = intake.named(PurePosixPath(place).name).own
    return COPIED.sub("", intake.stem_of(own))


def module_name(place):
    """Return what a file is called in an import, whatever a browser made of its name.

    Copy of shallow.py, Shallow (1).py, shallow-1.py, shallow_v2.py and shallow_final.py
    are `shallow`.
    """
    plain = plain_stem(place)
    if plain.lower() in ("shallow", "deep"):
        return plain.lower()
    stem = intake.stem_of(PurePosixPath(place).name)
    return stem if stem.isidentifier() else COPIED.sub("", stem)


def is_old(place):
    """Tell whether a file or a folder is called old."""
    return bool(OLD & {*re.findall(r"[a-z]+", place.lower())})


def age(place, uploads, dates):
    """Return what tells how new a file is: what is said of the newest, and a value.

    The surest comes first, and the largest value is the newest file's. `uploads` and
    `dates` are by the places of files; where some files have no date, there are none.
    """
    words, numbers = said_of(place)
    folders = re.findall(r"(\d+)(?=/)", place)
    return {
        "it was uploaded last": uploads.get(place, 0),
        "the other is called old": not is_old(place),
        "it is called final": words.count("final"),
        "its name says that it is newer": len(words),
        "it has the highest number": numbers,
        "it has the latest date": dates.get(place, ()),
        IN_FOLDER: [*map(int, folders)],
        "final is in its name or its folder's": place.lower().count("final"),
        "there are more such words in its name": len(re.findall(WORD, place.lower())),
    }


def said_of(place):
    """Return the words in a name that say newer, before any number, and the numbers."""
    own = intake.stem_of(intake.named(PurePosixPath(place).name).own)
    again = NUMBER.search(own)
    head, *_ = re.split(r"\d", again[0].lower() if again else "")
    words = [match[0] for match in re.finditer(WORD, head)]
    return words, [*map(int, re.findall(r"\d+", again[0] if again else ""))]


def is_unsure(newer, older):
    """Tell whether a word says that one file is newer, but a number the other one."""
    (words, numbers), (others, largest) = said_of(newer), said_of(older)
    return len(words) > len(others) and largest > numbers
