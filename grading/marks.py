"""Points: what answers are worth, what a human gave, and what that makes."""

import csv
import dataclasses
import io
import math
import re
import tomllib
from pathlib import Path

from checks.given import BONUS, CODED, QUESTIONS
from checks.judge import NOT_JUDGED, RIGHT, WRONG
from grading import intake
from grading.compiling import Course
from tools.files import write

JUDGED = CODED + BONUS
PARTS = 0.5  # the share of an answer of which some functions are right, and some not


@dataclasses.dataclass(frozen=True)
class Points:
    """What answers are worth, as the course or a file of points says."""

    code: dict
    reading: dict
    extras: dict
    partial: dict
    bonus: frozenset
    reference: bool = True

    @property
    def questions(self):
        """The questions that are worth something."""
        return sorted({*self.code, *self.reading})

    @property
    def most(self):
        """All the points that are no bonus."""
        tables = (self.code, self.reading)
        return sum(
            worth
            for table in tables
            for n, worth in table.items()
            if n not in self.bonus
        )

    def for_code(self, n, verdict):
        """Return the points for a verdict, as `Verdict.as_json` gives it; or None."""
        if verdict["verdict"] == NOT_JUDGED:
            return None
        worth = self.code.get(n, 0)
        if verdict["verdict"] == RIGHT:
            met, count = verdict.get("extras") or [0, 0]
            return worth + (self.extras.get(n, 0) * met / count if count else 0)
        share = 0
        if verdict["verdict"] == WRONG:
            share = self.partial.get(verdict["mistake"], self.partial.get("wrong", 0))
        if verdict.get("parts"):
            share = max(share, self.partial.get("parts", 0))
        return worth * share


def of_the_course():
    """Return the points that the files of the course say, as tables."""
    modules = Course().modules
    tables = {
        table: {
            n: getattr(module, name)
            for n, module in modules.items()
            if getattr(module, name, 0)
        }
        for table, name in [
            ("code", "points"),
            ("reading", "reading"),
            ("extras", "extra_points"),
        ]
    }
    mistakes = [
        m for module in modules.values() for m in getattr(module, "mistakes", [])
    ]
    bonus = [n for n, module in modules.items() if getattr(module, "bonus", False)]
    shares = {"parts": PARTS}
    shares |= {mistake.name: mistake.share for mistake in mistakes if mistake.share}
    return tables | {"partial": shares, "bonus": bonus}


def as_file():
    """Return the points of the course as the text of a file, to be changed."""
    said, lines = of_the_course(), []
    lines += ["# What each answer is worth: say POINTS=this.toml, and the next"]
    lines += ["# `make grade` counts anew and judges nothing again."]
    lines += ["", f"bonus = {said['bonus']}  # these come on top", ""]
    for table, about in [
        ("code", "what the judge decides"),
        ("reading", "what a human reads; the points go into to_read.csv"),
        ("extras", "on top, for a right answer that has all the extras"),
        ("partial", "the share of the points that a partly right answer gets"),
    ]:
        lines.append(f"[{table}]  # {about}")
        if table == "partial":
            lines.append(
                "wrong = 0.0  # a wrong answer, unless its mistake is named below"
            )
            lines.append("# parts: some functions of the question are right, not all")
        lines += [f"{key} = {worth}" for key, worth in said[table].items()] + [""]
    lines += ["[feedback]", "reference = true  # show the reference answers", ""]
    return "\n".join(lines)


def read(path=None):
    """Read the points of the course, and a file of others.

    Parameters
    ----------
    path : Path, optional
        A file in TOML: a table that it has takes the place of the course's own.

    Returns
    -------
    Points

    Raises
    ------
    OSError
        When it cannot be read.
    ValueError
        When it is no such file; the message says where.
    """
    try:
        said = of_the_course()
        if path:
            said |= tomllib.loads(Path(path).read_text(encoding="utf-8"))
        tables = {
            key: {int(n): _number(worth) for n, worth in said.get(key, {}).items()}
            for key in ("code", "reading", "extras")
        }
        partial = {key: _number(part) for key, part in said.get("partial", {}).items()}
        bonus = frozenset(map(int, said.get("bonus", [])))
        reference = bool(said.get("feedback", {}).get("reference", True))
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: {error}") from None
    for table, numbers, allowed in [
        ("code", tables["code"], JUDGED),
        ("reading", tables["reading"], QUESTIONS),
        ("extras", tables["extras"], JUDGED),
        ("bonus", bonus, QUESTIONS),
    ]:
        if unknown := sorted(set(numbers) - set(allowed)):
            raise ValueError(f"{path}: {table} has no question {unknown[0]}")
    unknown = set(said) - {*tables, "partial", "bonus", "feedback"}
    if unknown:
        raise ValueError(f"{path}: what is {sorted(unknown)[0]!r}?")
    return Points(**tables, partial=partial, bonus=bonus, reference=reference)


def _number(value):
    if type(value) not in (int, float) or not 0 <= value < math.inf:
        raise ValueError(f"{value!r} is no number of points")
    return value


def _difference(said):
    """Read by how many points a human adjusts a sum; it may be negative."""
    found = float(said.replace(",", ".").replace("\N{MINUS SIGN}", "-"))
    if not math.isfinite(found):
        raise ValueError
    return found


def text(number):
    """Write points as short as they can be: 5, not 5.0."""
    return f"{number:.10g}"


def listed(head, names):
    """Return lines that list names below a head; none where there are none."""
    names = [name if name.startswith(" ") else f"    {name}" for name in names]
    return [head, *names] if names else []


# Tables, as spreadsheets write and read them


def cell(value):
    """Return a text that a spreadsheet takes neither for a formula, number nor date."""
    value = str(value)
    plain = re.fullmatch(r"0|[1-9]\d{0,14}", value)  # the only numbers that stay
    risky = value.startswith(("=", "+", "-", "@", "\t")) or CHANGED.fullmatch(value)
    return f"'{value}" if risky and not plain else value


MONTH = rf"({'|'.join(intake.MONTHS)})\w*[ ./-]*"
CHANGED = re.compile(  # numbers, times and dates
    rf"\d[\d.,:/ -]*(e[+-]?\d+|%|[ap]\.?m\.?|{MONTH}\d*)?|{MONTH}\d+", re.I
)


def read_table(path):
    """Return the rows of a table, the character between its cells, and its encoding."""
    content = Path(path).read_bytes()
    encoding = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        words = content.decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        words = content.decode(encoding, "replace")
    first = words.partition("\n")[0]
    comma = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(words), delimiter=comma)), comma, encoding
    except csv.Error as error:
        raise ValueError(f"{path} is no table: {error}") from None


def write_table(path, rows, comma=",", encoding="utf-8"):
    """Write a table, at once or not at all."""
    words = io.StringIO()
    csv.writer(words, delimiter=comma, lineterminator="\n").writerows(rows)
    write(path, words.getvalue(), encoding)


class Reading:
    """The points that a human gives, in a table that spreadsheets open.

    Parameters
    ----------
    path : Path
        ``to_read.csv``. There need not be one yet.
    points : Points
        Which questions are to be read, and what they are worth.

    Raises
    ------
    ValueError
        When a cell is no number of points.
    """

    def __init__(self, path, points):
        self.path = path
        self.points = points
        self.rows, self.comma, self.encoding = [], ",", "utf-8-sig"  # as Excel wants it
        if path.exists():
            self.rows, self.comma, self.encoding = read_table(path)
        head = ["submission", "name", *map(str, sorted(points.reading))]
        head += ["adjust", "comment"]
        self.head = self.rows[0] if self.rows else head
        if "submission" not in self.head:
            raise ValueError(f"{path}: there is no column 'submission'")
        self.head += [column for column in head if column not in self.head]
        self.before = [[*row] for row in self.rows]
        self.given, self.names, self.above = [], {}, []
        bad = []
        for i, row in enumerate(self.rows[1:], 2):
            cells = dict(zip(self.head, row, strict=False))
            self.given.append({"comment": cells.get("comment", "")})
            if said := cells.get("adjust", "").strip():
                try:
                    self.given[-1]["adjust"] = _difference(said)
                except ValueError:
                    where = f"    row {i}, {cells.get('submission', '')}, adjust"
                    bad.append(f"{where}: {said!r} is no number, such as -5 or 2.5")
            for n, most in points.reading.items():
                said = cells.get(str(n), "").strip()
                if not said:
                    continue
                where = f"    row {i}, {cells.get('submission', '')}, question {n}"
                try:
                    given = _number(float(said.replace(",", ".")))
                except ValueError:
                    bad.append(f"{where}: {said!r} is no number of points")
                    bad[-1] += f" (from 0 to {text(most)})"
                    continue
                self.given[-1][n] = given
                if given > most:
                    self.above.append(f"{where}: {text(given)} of {text(most)}")
        if bad:
            head = f"{path}: mend these cells, or leave them empty, and run again:"
            raise ValueError("\n".join([head, *bad]))

    def match(self, names):
        """Find the row of each submission, also after a spreadsheet had the table.

        Returned are lines: which points and comments of a human belong to none.
        """
        where = self.head.index("submission")
        texts = [row[where] if where < len(row) else "" for row in self.rows[1:]]
        exact = {}
        for i, text in enumerate(texts):
            exact.setdefault(text, []).append(i)
        self.names = {name: exact[cell(name)] for name in names if cell(name) in exact}
        taken = {i for rows in self.names.values() for i in rows}
        left = {i: intake.keys(t) for i, t in enumerate(texts) if i not in taken}
        pairs = [
            (name, i)
            for name in names
            if name not in self.names
            for i, keys in left.items()
            if keys & intake.disguises(name)
        ]
        for name, i in pairs:  # only where neither could be another one's
            if sum(name == n or i == j for n, j in pairs) == 1:
                self.names[name] = [i]
                taken.add(i)
                self.rows[i + 1][where] = cell(name)
        lost = [i for i in left if i not in taken and any(self.given[i].values())]
        lines = [f"    {texts[i]} (line {i + 2}): no such submission" for i in lost]
        for name, rows in self.names.items():
            filled = [i for i in rows if any(self.given[i].values())]
            self.names[name] = (filled or rows)[-1]
            if len(filled) > 1:
                lines.append(f"    {name}: has {len(filled)} rows; the last one counts")
        return lines

    def of(self, name):
        """Return the points of a submission by question, "adjust" and "comment"."""
        return self.given[self.names[name]] if name in self.names else {"comment": ""}

    def save(self, names):
        """Add rows for new submissions; what is there stays as it is."""
        rows = [self.head, *self.rows[1:]]
        for submission, name in names.items():
            if submission not in self.names:
                rows.append([cell(submission), cell(name)])
        rows = [row + [""] * (len(self.head) - len(row)) for row in rows]
        if rows != self.before:
            encoding = self.encoding.replace("cp1252", "utf-8-sig")  # has all letters
            write_table(self.path, rows, self.comma, encoding)


def count(result, points, reading):
    """Add the points to a result, with what a human gave (see `Reading.of`).

    What is adjusted makes the sum no smaller than 0.
    """
    total, unread = 0, []
    result.setdefault("reading", {})
    for n in QUESTIONS:
        found = result["questions"].get(str(n))
        if found:
            found["points"] = points.for_code(n, found) if n in points.code else None
            found["of"] = points.code.get(n)
            total += found["points"] or 0
        if n in points.reading:
            given = reading.get(n)
            read = result["reading"].setdefault(str(n), {})
            read |= {"points": given, "of": points.reading[n]}
            total += given or 0
            if given is None and n not in points.bonus:
                unread.append(n)
    result["adjust"] = reading.get("adjust", 0)
    if result["adjust"]:
        total = max(0, total + result["adjust"])
    unjudged = [n for n in JUDGED if n in points.code and is_unjudged(result, n)]
    result |= {"points": total, "of": points.most, "unread": unread}
    result["unjudged"] = unjudged
    result["comment"] = reading["comment"]


def is_undecided(result):
    """Tell whether no code was found, and no human has given any points either."""
    if not result.get("no_code"):
        return False
    return all(part["points"] is None for part in result["reading"].values())


def is_unjudged(result, n):
    """Tell whether an answer could not be judged."""
    return result["questions"].get(str(n), {}).get("verdict") == NOT_JUDGED


def gradebook(results, points):
    """Return the rows of the gradebook: one for each submission, by name.

    Where an answer could not be judged, its field is empty, and so is the sum. Where no
    code was found, all of them are, until a human has given points.
    """
    head = ["submission", "name", "id", *map(str, points.questions)]
    rows = [[*head, "adjust", "points", "of", "not read yet", "remarks"]]
    for name, result in sorted(results.items()):
        student = result["student"]
        row = [cell(name), cell(student["name"]), cell(student["id"])]
        for n in points.questions:
            parts = [
                result["questions"].get(str(n), {}).get("points"),
                result["reading"].get(str(n), {}).get("points"),
            ]
            known = [part for part in parts if part is not None]
            known = [] if n in result["unjudged"] or is_undecided(result) else known
            row.append(text(sum(known)) if known else "")
        is_open = result["unjudged"] or is_undecided(result)
        total = "" if is_open else text(result["points"])
        unread = " ".join(map(str, result["unread"]))
        remarks = cell("; ".join(result["problems"]))
        adjusted = text(result["adjust"]) if result.get("adjust") else ""
        rows.append([*row, adjusted, total, text(result["of"]), unread, remarks])
    return rows


if __name__ == "__main__":
    print(as_file(), end="")
