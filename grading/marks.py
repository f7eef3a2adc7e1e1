"""Points: what answers are worth, what a human gave, and what that makes."""

import codecs
import csv
import dataclasses
import io
import math
import re
import tomllib
from pathlib import Path

from checks.given import BONUS, CODED, QUESTIONS
from checks.judge import NOT_JUDGED, RIGHT, WRONG
from checks.words import listing
from grading import intake
from grading.compiling import Course, closest
from tools.files import write

JUDGED = CODED + BONUS
TABLES = {"code": "points", "reading": "reading", "extras": "extra_points"}
MOST = 10_000  # points that a question may be worth
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
        both = [*self.code.items(), *self.reading.items()]
        return sum(worth for n, worth in both if n not in self.bonus)

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
    course = Course()
    said = {
        table: {
            n: worth for n, m in course.modules.items() if (worth := vars(m)[field])
        }
        for table, field in TABLES.items()
    }
    mistakes = [mistake for listed in course.mistakes.values() for mistake in listed]
    shares = {mistake.name: mistake.share for mistake in mistakes if mistake.share}
    bonus = [n for n, module in course.modules.items() if module.bonus]
    return said | {"partial": {"parts": PARTS} | shares, "bonus": bonus}


def as_file():
    """Return the points of the course as the text of a file, to be changed."""
    said = of_the_course()
    lines = {
        table: "\n".join(f"{key} = {worth}" for key, worth in said[table].items())
        for table in (*TABLES, "partial")
    }
    return f"""\
# What each answer is worth: say POINTS=this.toml, and the next
# `make grade` counts anew and judges nothing again.

bonus = {said["bonus"]}  # these come on top

[code]  # what the judge decides
{lines["code"]}

[reading]  # what a human reads; the points go into to_read.csv
{lines["reading"]}

[extras]  # on top, for a right answer that has all the extras
{lines["extras"]}

[partial]  # the share of the points that a partly right answer gets
wrong = 0.0  # a wrong answer, unless its mistake is named below
# parts: some functions of the question are right, not all
{lines["partial"]}

[feedback]
reference = true  # show the reference answers
"""


def read(path=None):
    """Return the `Points` of the course, or those of a file, as `as_file` writes it.

    A table that the file has takes the place of the course's own. Whatever is no such
    file is a ValueError that names all that is wrong.
    """
    said, faults = {"feedback": {}} | of_the_course(), []
    try:
        own = tomllib.loads(Path(path).read_text(encoding="utf-8")) if path else {}
        others = f": there are {listing(said)}"
        faults += [
            f"there is no `{name}`{closest(name, said) or others}"
            for name in own
            if name not in said
        ]
        said |= own
        for table in (*TABLES, "partial"):
            most, should = MOST, "number of points"
            if table == "partial":
                most, should = 1, "share from 0 to 1"
            faults += [
                f"{table}: {worth!r} is no {should}"
                for worth in said[table].values()
                if type(worth) not in (int, float) or not 0 <= worth <= most
            ]
        for table in (*TABLES, "bonus"):
            known = JUDGED if table in ("code", "extras") else QUESTIONS
            unknown = [n for n in said[table] if str(n) not in map(str, known)]
            faults += [f"{table} has no question {n}" for n in unknown]
        reference = bool(said["feedback"].get("reference", True))
    except (ValueError, TypeError, AttributeError) as error:
        faults.append(error)
    if faults:
        raise ValueError("\n".join(f"{path}: {fault}" for fault in faults))
    tables = {key: {int(n): w for n, w in said[key].items()} for key in TABLES}
    bonus = frozenset(map(int, said["bonus"]))
    return Points(**tables, partial=said["partial"], bonus=bonus, reference=reference)


def text(number):
    """Write points as short as they can be: 5, not 5.0."""
    return f"{number:.10g}"


def listed(head, names):
    """Return lines that list names below a head; none where there are none."""
    return [head, *(f"    {name}" for name in names)] if names else []


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
    encoding = "utf-8-sig" if content.startswith(codecs.BOM_UTF8) else "utf-8"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        words = content.decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        words = content.decode(encoding, "replace")
    comma = max(",;\t", key=words.partition("\n")[0].count)
    try:
        return list(csv.reader(io.StringIO(words), delimiter=comma)), comma, encoding
    except csv.Error as error:
        raise ValueError(f"{path} is no table: {error}") from None


def write_table(path, rows, comma=",", encoding="utf-8"):
    """Write a table, at once or not at all."""
    words = io.StringIO()
    csv.writer(words, delimiter=comma, lineterminator="\n").writerows(rows)
    write(path, words.getvalue(), encoding)


def number(said):
    """Return the number in a cell, None where there is none."""
    try:
        value = float(said.replace(",", ".").replace("\N{MINUS SIGN}", "-"))
        return value if math.isfinite(value) else None
    except ValueError:
        return None


class Reading:
    """The points that a human gives, in a table that spreadsheets open.

    There need not be one yet at its `path`. A cell that is no number of points is a
    ValueError. `above` lists what is more than a question is worth.
    """

    def __init__(self, path, points):
        self.path = path
        self.rows, self.comma, self.encoding = [], ",", "utf-8-sig"  # as Excel wants it
        if path.exists():
            self.rows, self.comma, self.encoding = read_table(path)
        own = ["submission", "name", *map(str, sorted(points.reading))]
        own += ["adjust", "comment"]
        self.before = [[*row] for row in self.rows]
        self.head = self.rows.pop(0) if self.rows else own
        if "submission" not in self.head:
            raise ValueError(f"{path}: there is no column 'submission'")
        self.head += [column for column in own if column not in self.head]
        self.given, self.names, self.above, bad = [], {}, [], []
        for i, row in enumerate(self.rows, 2):
            cells = dict(zip(self.head, map(str.strip, row), strict=False))
            given = {"comment": cells.get("comment", "")}
            for n in [*points.reading, "adjust"]:
                if said := cells.get(str(n)):
                    where = f"row {i}, {cells.get('submission', '')}, "
                    where += n if n == "adjust" else f"question {n}"
                    given[n], most = number(said), points.reading.get(n, math.inf)
                    should = f"number of points (from 0 to {text(most)})"
                    if n == "adjust":
                        should = "number, such as -5 or 2.5; a word on it goes into "
                        should += "'comment'"
                    if given[n] is None or given[n] < 0 and n != "adjust":
                        bad.append(f"{where}: {said!r} is no {should}")
                    elif given[n] > most:
                        self.above.append(f"{where}: {text(given[n])} of {text(most)}")
            self.given.append(given)
        if bad:
            head = f"{path}: mend these cells, or leave them empty, and run again:"
            raise ValueError("\n".join(listed(head, bad)))

    def match(self, names):
        """Find the row of each submission, also after a spreadsheet had the table.

        Returned are lines: which points and comments of a human belong to none.
        """
        where = self.head.index("submission")
        texts = [row[where] if where < len(row) else "" for row in self.rows]
        found = {n: [i for i, t in enumerate(texts) if t == cell(n)] for n in names}
        taken = {i for rows in found.values() for i in rows}
        left = {i: intake.keys(t) for i, t in enumerate(texts) if i not in taken}
        masks = {n: intake.disguises(n) for n in names if not found[n]}
        pairs = [(n, i) for n in masks for i, keys in left.items() if keys & masks[n]]
        for name, i in pairs:  # only where neither could be another one's
            if sum(name == n or i == j for n, j in pairs) == 1:
                found[name] = [i]
                del left[i]
                self.rows[i][where] = cell(name)
        lines = [
            f"{texts[i]} (line {i + 2}): no such submission"
            for i in left
            if any(self.given[i].values())
        ]
        for name, rows in found.items():
            filled = [i for i in rows if any(self.given[i].values())]
            if rows:
                self.names[name] = (filled or rows)[-1]
            if len(filled) > 1:
                lines.append(f"{name}: has {len(filled)} rows; the last one counts")
        return lines

    def of(self, name):
        """Return the points of a submission by question, "adjust" and "comment"."""
        return self.given[self.names[name]] if name in self.names else {"comment": ""}

    def save(self, names):
        """Add rows for new submissions, and names; what is there stays as it is."""
        where, at = map(self.head.index, ("submission", "name"))
        rows = [row + [""] * (len(self.head) - len(row)) for row in self.rows]
        for submission in names:
            if submission not in self.names:
                rows.append([""] * len(self.head))
                rows[-1][where] = cell(submission)
        known = {cell(submission): cell(name) for submission, name in names.items()}
        for row in rows:
            row[at] = row[at] or known.get(row[where], "")
        rows = [self.head, *rows]
        if rows != self.before:
            encoding = self.encoding.replace("cp1252", "utf-8-sig")  # has all letters
            write_table(self.path, rows, self.comma, encoding)


def count(result, points, reading):
    """Add the points to a result, with what a human gave (see `Reading.of`).

    What is adjusted makes the sum no smaller than 0.
    """
    questions, bonus = result["questions"], points.bonus
    for n in QUESTIONS:
        found = questions[str(n)]
        found["points"] = points.for_code(n, found) if n in points.code else None
        found["of"] = points.code.get(n)
    read = {
        str(n): {"points": reading.get(n), "of": worth}
        for n, worth in sorted(points.reading.items())
    }
    parts = [(int(n), part) for n, part in [*questions.items(), *read.items()]]
    total = sum(part["points"] or 0 for _, part in parts)
    open_ = [(n, part) for n, part in parts if part["points"] is None]
    adjust = reading.get("adjust", 0)
    result |= {
        "reading": read,
        "adjust": adjust,
        "by_hand": len(reading) > 1,
        "points": max(0, total + adjust) if adjust else total,
        "of": points.most,
        "decided": points.most - sum(p["of"] or 0 for n, p in open_ if n not in bonus),
        "for_bonus": sum(part["points"] or 0 for n, part in parts if n in bonus),
        "unread": [
            int(n) for n in read if read[n]["points"] is None and int(n) not in bonus
        ],
        "unjudged": [
            n for n in sorted(points.code) if questions[str(n)]["points"] is None
        ],
        "comment": reading["comment"],
    }


def is_undecided(result):
    """Tell whether no code was found, and no human has given any points either."""
    return bool(result.get("no_code")) and not result.get("by_hand")


def is_open(result):
    """Tell whether there can be no mark yet."""
    return bool(result["unjudged"]) or is_undecided(result)


def gradebook(results, points):
    """Return the rows of the gradebook: one for each submission, by name.

    Where an answer could not be judged, its field is empty, and so is the sum. Where no
    code was found, all of them are, until a human has given points.
    """
    head = ["submission", "name", "id", *map(str, points.questions)]
    rows = [[*head, "adjust", "points", "of", "not read yet", "remarks"]]
    for name, result in sorted(results.items()):
        student, fields = result["student"], []
        for n in points.questions:
            parts = [result[kind].get(str(n), {}) for kind in ("questions", "reading")]
            known = [p["points"] for p in parts if p.get("points") is not None]
            known = [] if n in result["unjudged"] or is_undecided(result) else known
            fields.append(text(sum(known)) if known else "")
        rows.append(
            [
                *map(cell, [name, student["name"], student["id"]]),
                *fields,
                text(result["adjust"]) if result["adjust"] else "",
                "" if is_open(result) else text(result["points"]),
                text(result["of"]),
                " ".join(map(str, result["unread"])),
                cell("; ".join(result["problems"])),
            ]
        )
    return rows


if __name__ == "__main__":
    print(as_file(), end="")
