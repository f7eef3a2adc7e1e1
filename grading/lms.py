"""Marks in the files that Canvas and Moodle export, for them to read back.

Rows are matched by the ID in `student.json`, and by these systems' own numbers in the
names of submissions, where the name beside the number does not contradict. If the two
speak for different rows, `student.json` counts, unless a name speaks against it: then
nobody gets marks. So it is where the number is in no row and the name beside it is none
of the row's: the file may be a friend's. Where two submissions claim one row, one that
has somebody else's name loses its claim; if that leaves two, neither counts. Whatever
gets no row is listed.
"""

import dataclasses
import re
import unicodedata

from grading import intake, marks

CANVAS_IDS = ("ID", "SIS User ID", "SIS Login ID")
FEEDBACK = re.compile(
    "feedback|comment|kommentar|retro|coment|rückmeldung|komentar|отзыв|反馈|フィードバック",
    re.I,
)


@dataclasses.dataclass(eq=False)
class Row:
    """A row of a table: its cells, whose it is, and the largest mark.

    `number` is the system's own, and `ids` are those that students know. `label` tells
    its student from others of the same `name`; `who` has all that names may agree with.
    """

    cells: list
    label: str
    name: str
    who: str
    number: str
    ids: list
    most: str


def canvas(path, to, results, assignment=""):
    """Fill the gradebook that was exported from Canvas; return in lines what was done.

    `results` are by submission; `assignment` is how the name of its column begins,
    where there is more than one. A file that is no such export is a ValueError.
    """
    rows, comma, encoding = read(path)
    head = rows[0]
    ids = [head.index(column) for column in CANVAS_IDS if column in head]
    column = canvas_column(path, head, assignment)
    most = [row[column] for row in rows if "possible" in row[0].lower()] or [""]
    table = []
    for row in rows[1:]:
        numbers = [row[i] for i in ids]
        last = [number for number in numbers if number.strip()][-1:]  # or the login
        label = f"{row[0].strip()} ({''.join(last)})"
        name, number = row[0].strip(), row[head.index("ID")]
        table.append(Row(row, label, name, name, number, numbers, most[0]))
    lines = fill(table, results, column)
    marks.write_table(to, rows, comma, encoding)
    return [f"{to}: import it in Canvas", *lines]


def canvas_column(path, head, assignment=""):
    """Return the number of the column to fill: of a whole name, or else of a start."""
    numbered = [c for c in head if re.search(r"\(\d+\)\s*$", c)]
    columns = [c for c in numbered if c.startswith(assignment)]
    whole = [c for c in columns if c.rpartition("(")[0].strip() == assignment.strip()]
    columns = whole or columns
    if "ID" not in head or len(columns) != 1:
        wanted = 'say ASSIGNMENT="..."' if len(columns) > 1 else "there is none to fill"
        raise ValueError(
            f"{path}: the assignments in this export of Canvas's gradebook are "
            f"{columns or numbered}: {wanted}"
        )
    return head.index(columns[0])


def moodle(path, to, results):
    """Fill the grading worksheet that was exported from Moodle; see `canvas`.

    Its heads are in the language of whoever exported it: the first column has a word
    and the participant's number, the marks stand before the largest mark.
    """
    rows, comma, encoding = read(path)
    column = grade_column(rows)
    if column is None:
        head = ", ".join(rows[0])
        raise ValueError(f"{path} is no grading worksheet of Moodle's: {head[:200]}")
    table = []
    for row in rows[1:]:
        word = " ".join(re.findall(r"[^\W\d_]{4,}", row[0]))  # is it anybody's name?
        digits = re.sub(r"^\D*", "", row[0].strip())
        label, name, who = f"{row[0].strip()} ({row[1]})", row[1], f"{row[1]} {word}"
        most = row[column + 1]
        table.append(Row(row, label, name, who, digits, row[2:column], most))
    last = len(rows[0]) - 1
    has_comments = last > column + 1 and FEEDBACK.search(rows[0][last])
    lines = fill(table, results, column, last if has_comments else None)
    marks.write_table(to, rows, comma, encoding)
    return [f"{to}: upload it as the grading worksheet", *lines]


def read(path):
    """Return what `marks.read_table` does, with rows as long as the first one."""
    rows, comma, encoding = marks.read_table(path)
    rows = list(filter(None, rows)) or [[]]
    return [row + [""] * (len(rows[0]) - len(row)) for row in rows], comma, encoding


def grade_column(rows):
    """Return the place of the marks in Moodle's worksheet, None where there is none."""
    is_one = all(re.fullmatch(r"\D*\d+", row[0].strip()) for row in rows[1:])
    if len(rows) < 2 or not is_one:
        return None
    found = []
    for i in range(1, len(rows[0]) - 1):  # before one number that all rows share
        most = {marks.number(row[i + 1]) for row in rows[1:]}
        given = {row[i].strip() for row in rows[1:]} - {"", "-"}
        if len(most) == 1 and None not in {*most, *map(marks.number, given)}:
            found.append(i)
    return found[0] if len(found) == 1 else None


# Whose a submission is


def words_of(name):
    """Return the words of a name in plain small letters."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return [word for word in re.findall(r"[^\W\d_]+", plain) if len(word) > 1]


def shared(name, who):
    """Return how many words of `who` the name of a submission has, None if unknown.

    Canvas writes winterkim_101 for Winter, Kim.
    """
    own, words = words_of(name), words_of(who)
    whole = "".join(own)
    if not (words and own):
        return None
    return sum(w in own or whole.startswith(w) or whole.endswith(w) for w in words)


def contradicts(name, who):
    """Tell whether the name of a submission is that of somebody else than `who`."""
    return shared(name, who) == 0


def is_called(name, who):
    """Tell whether a name has all the words of a student's name, two at least."""
    words = words_of(who)
    return len(words) > 1 and {*words} <= {*words_of(name)}


def claim(name, student, table):
    """Return the rows that may be those of a submission: one where all agree."""
    found = re.search(r"(.*)_(\d+)$", name)  # as Canvas and Moodle call it
    word, digits = found.groups() if found else (name, None)
    own = [row for row in table if any(same(student["id"], one) for one in row.ids)]
    at = [r for r in table if r.number == digits and not contradicts(name, r.who)]
    if any(row.number == digits or is_called(name, row.who) for row in own):
        return own  # two things say the same
    is_name = found and not intake.NOBODY.fullmatch(word) and word[:4] != "anon"
    if not at and is_name and all(contradicts(name, row.who) for row in own):
        return []
    if own and any(is_called(name, row.who) for row in table):
        return []
    if own and at and own != at:
        mine, other = own[0].who, at[0].who
        for said in name, student["name"]:
            less = (shared(said, mine) or 0) < (shared(said, other) or 0)
            if less or own[1:] or contradicts(said, mine):
                return own + at
        return own
    return own or at


def same(one, other):
    """Tell whether two IDs are the same, also after a spreadsheet had one of them."""
    return bool(one.strip() and other.strip() and intake.keys(one) & intake.keys(other))


def fill(table, results, column, comments=None):
    """Put marks into a table; return who did not match, and what else to look at.

    `column` is where marks go, `comments` where the instructor's words go, if anywhere.
    The results of students whose names only the table knows get these.
    """
    claims = {n: claim(n, result["student"], table) for n, result in results.items()}
    lost, unread = {*claims}, 0
    empty, above, open_, without, other = [], [], [], [], []
    for row in table:
        names = [name for name, rows in claims.items() if rows == [row]]
        if len(names) > 1:
            names = [name for name in names if not contradicts(name, row.who)]
        if len(names) != 1:
            claimed = any(row in rows for rows in claims.values())
            why = "more than one submission, or not surely this one"
            if row.number.strip():  # it is a student
                said = why if claimed else "no submission"
                empty.append(f"{row.label}: {said}")
            continue
        (name,) = names
        result = results[name]
        lost.remove(name)
        if len(words_of(name)) > 1 and contradicts(name, row.who):
            other.append(f"{name}: {row.who.strip()}")
        if shared(name, row.name):  # else it may be no name: the marking is blind
            result["student"]["name"] = result["student"]["name"] or row.name
        if marks.is_open(result):
            (open_ if result["unjudged"] else without).append(name)
            continue
        unread += bool(result.get("unread"))
        row.cells[column] = marks.text(result["points"])
        limit = marks.number(row.most)
        if limit is not None and result["points"] > limit:
            above.append(f"{name}: {row.cells[column]} of {marks.text(limit)}")
        if comments is not None and result["comment"]:
            row.cells[comments] = result["comment"]
    lines = [f"{len(results) - len(lost)} of {len(results)} submissions matched."]
    for head, said in [
        ("Students without marks from here:", empty),
        ("Submissions without a row of their own:", [n for n in claims if n in lost]),
        ("Not judged yet, and left empty:", open_),
        ("Without any code, and left empty before you decide:", without),
        ("Marks above the largest of the column:", above),
        ("Matched by student.json alone, though called otherwise:", other),
    ]:
        lines += marks.listed(head, said)
    if unread:
        lines.append(
            f"{unread} of these marks lack points that you give in to_read.csv."
        )
    return lines
