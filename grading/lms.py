"""Marks in the files that Canvas and Moodle export, for them to read back.

Rows are matched by the ID in `student.json`, and by these systems' own numbers in the
names of submissions, where the name beside the number does not contradict. If the two
speak for different rows, `student.json` counts, unless a name speaks against it: then
nobody gets marks, as where two submissions claim one row, and that is listed. So it is
where the number is in no row and the name beside it is none of the row's: the file may
be a friend's.
"""

import re
import unicodedata

from grading import intake, marks

CANVAS_IDS = ("ID", "SIS User ID", "SIS Login ID")
GRADE = set(  # how Moodle heads the column of marks, in some languages
    "grade bewertung note calificación nota valutazione beoordeling cijfer karakter "
    "betyg arvosana ocena hodnocení hodnotenie osztályzat not оценка оцінка βαθμός "
    "成绩 成績 評定 성적".split()
)
FEEDBACK = re.compile(
    "feedback|comment|kommentar|retro|coment|rückmeldung|komentar|отзыв|反馈|フィードバック",
    re.I,
)


def number_in(name):
    """Return the number that Canvas or Moodle put at the end of a name, or ""."""
    match = re.search(r"_(\d+)(?:_assignsubmission_.*)?$", name)
    return match[1] if match else ""


def same(one, other):
    """Tell whether two IDs are the same, also after a spreadsheet had one of them."""
    return bool(one.strip() and other.strip() and intake.keys(one) & intake.keys(other))


def words_of(name):
    """Return the words of a name in plain small letters."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return [word for word in re.findall(r"[^\W\d_]+", plain) if len(word) > 1]


def shared(name, who):
    """Return how many words of `who` the name of a submission has, None if unknown.

    Canvas writes winterkim_101 for Winter, Kim.
    """
    own, words = words_of(name[: name.rfind("_")]), words_of(who)
    whole = "".join(own)
    if not (words and own):
        return None
    return sum(w in own or whole.startswith(w) or whole.endswith(w) for w in words)


def contradicts(name, who):
    """Tell whether the name of a submission is that of somebody else than `who`."""
    return shared(name, who) == 0


def is_called(name, who):
    """Tell whether a name has all the words of a student's name, two at least."""
    own, words = words_of(name), words_of(who)
    return len(words) > 1 and {*words} <= {*own}


def canvas(path, to, results, assignment=""):
    """Fill the gradebook that was exported from Canvas; return in lines what was done.

    `results` are by submission; `assignment` is how the name of its column begins,
    where there is more than one. A file that is no such export is a ValueError.
    """
    rows, comma, encoding = marks.read_table(path)
    head = rows[0] if rows else []
    numbered = [c for c in head if re.search(r"\(\d+\)\s*$", c)]
    columns = [c for c in numbered if c.startswith(assignment)]
    if "ID" not in head or len(columns) != 1:
        wanted = 'say ASSIGNMENT="..."' if len(columns) > 1 else "there is none to fill"
        raise ValueError(
            f"{path}: the assignments in this export of Canvas's gradebook are "
            f"{columns or numbered}: {wanted}"
        )
    ids = [head.index(column) for column in CANVAS_IDS if column in head]
    numbered, column = head.index("ID"), head.index(columns[0])

    def who(row):
        return row[0]

    claims = {
        name: claim(name, result, rows[1:], ids, numbered, who)
        for name, result in results.items()
    }
    most = [row[column] for row in rows[1:] if "possible" in row[0].lower()]
    lines = fill(rows, claims, results, numbered, column, most * len(rows), who)
    marks.write_table(to, rows, comma, encoding)
    return [f"{to}: import it in Canvas", *lines]


def moodle(path, to, results):
    """Fill the grading worksheet that was exported from Moodle; see `canvas`.

    Its heads are in the language of whoever exported it: the first column has a word
    and the participant's number, the marks stand before the largest mark.
    """
    rows, comma, encoding = marks.read_table(path)
    grade = grade_column(rows)
    if grade is None:
        head = ", ".join(rows[0]) if rows else ""
        raise ValueError(f"{path} is no grading worksheet of Moodle's: {head[:200]}")

    def who(row):
        return f"{row[1]} {participant(row[0])}"

    claims = {
        name: claim(name, result, rows[1:], range(2, grade), 0, who)
        for name, result in results.items()
    }
    last = len(rows[0]) - 1
    comments = last if last > grade + 1 and FEEDBACK.search(rows[0][last]) else None
    most = [row[grade + 1] if len(row) > grade + 1 else "" for row in rows]
    lines = fill(rows, claims, results, 0, grade, most, who, comments)
    marks.write_table(to, rows, comma, encoding)
    return [f"{to}: upload it as the grading worksheet", *lines]


def participant(cell):
    """Return the word before a participant's number, where it is one."""
    return " ".join(re.findall(r"[^\W\d_]{4,}", cell))


def grade_column(rows):
    """Return the place of the marks in Moodle's worksheet, None where there is none."""
    if len(rows) < 2 or not all(
        re.fullmatch(r"\D*\d+", r[0].strip()) for r in rows[1:]
    ):
        return None
    named = [i for i, head in enumerate(rows[0]) if head.strip().lower() in GRADE]
    if len(named) == 1:
        return named[0]
    found = []
    for i in range(1, len(rows[0]) - 1):  # before one number that all rows share
        most = {row[i + 1] if len(row) > i + 1 else "" for row in rows[1:]}
        given = [number(row[i]) for row in rows[1:] if row[i].strip() not in ("", "-")]
        if len(most) == 1 and number(*most) and None not in given:
            found.append(i)
    return found[0] if len(found) == 1 else None


def number(text):
    """Return the number in a cell, None where there is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def claim(name, result, table, ids, numbered, who):
    """Return the rows that may be those of a submission: one where all agree.

    `ids` are the columns with IDs that students know, `numbered` is the one with the
    system's own number, perhaps behind a word, and `who` returns the name in a row.
    """
    said, digits = result["student"]["id"], number_in(name)
    numbers = [re.sub(r"^\D*", "", row[numbered].strip()) for row in table]
    own = [i for i, row in enumerate(table) if any(same(said, row[c]) for c in ids)]
    at = [
        i
        for i, row in enumerate(table)
        if digits and numbers[i] == digits and not contradicts(name, who(row))
    ]
    if any(numbers[i] == digits or is_called(name, who(table[i])) for i in own):
        return own  # two things say the same
    if own and not at and is_anothers(name, digits, [who(table[i]) for i in own]):
        return []
    if own and any(is_called(name, who(row)) for row in table):
        return []
    if own and at and own != at:
        names = name, f"{result['student']['name']}_"
        mine, other = who(table[own[0]]), who(table[at[0]])
        less = any((shared(n, mine) or 0) < (shared(n, other) or 0) for n in names)
        if less or own[1:] or any(contradicts(n, mine) for n in names):
            return own + at
        return own
    return own or at


def is_anothers(name, digits, owners):
    """Tell whether the word before a number is a name, and none of these students'."""
    word = name[: name.rfind("_")]
    is_name = digits and not intake.NOBODY.fullmatch(word) and word[:4] != "anon"
    return is_name and all(contradicts(name, who) for who in owners)


def fill(rows, claims, results, numbered, column, most, who, comments=None):
    """Put marks into a table; return who did not match, and what else to look at.

    `claims` has for each submission the rows that may be its own, without the head;
    `column` is where marks go, `comments` where the instructor's words go, if anywhere,
    `most` the largest mark of each row, and `who` returns the name in a row.
    """
    by_row, lines, done, unread = {}, [], 0, 0
    for name, places in claims.items():
        for i in places:
            by_row.setdefault(i, []).append(name)
    lost = [name for name, places in claims.items() if len(places) != 1]
    lost += [n for names in by_row.values() if len(names) > 1 for n in names]
    empty, above, open_, without, other = [], [], [], [], []
    for i, row in enumerate(rows[1:]):
        row += [""] * (len(rows[0]) - len(row))
        names = by_row.get(i, [])
        if len(names) != 1 or names[0] in lost:
            why = "more than one submission, or not surely this one" if names else ""
            if row[numbered].strip():  # it is a student
                empty.append(f"    {row[0].strip()}: {why or 'no submission'}")
            continue
        result, done = results[names[0]], done + 1
        if len(words_of(names[0])) > 1 and contradicts(f"{names[0]}_", who(row)):
            other.append(f"    {names[0]}: {who(row).strip()}")
        if result["unjudged"] or marks.is_undecided(result):
            (open_ if result["unjudged"] else without).append(f"    {names[0]}")
            continue
        unread += bool(result.get("unread"))
        row[column] = marks.text(result["points"])
        limit = number(most[i + 1]) if i + 1 < len(most) else None
        if limit is not None and result["points"] > limit:
            above.append(f"    {names[0]}: {row[column]} of {marks.text(limit)}")
        if comments is not None and result["comment"]:
            row[comments] = result["comment"]
    lines.append(f"{done} of {len(results)} submissions matched.")
    for head, names in [
        ("Students without marks from here:", empty),
        (
            "Submissions without a row of their own:",
            [f"    {n}" for n in dict.fromkeys(lost)],
        ),
        ("Not judged yet, and left empty:", open_),
        ("Without any code, and left empty before you decide:", without),
        ("Marks above the largest of the column:", above),
        ("Matched by student.json alone, though called otherwise:", other),
    ]:
        lines += [head, *names] if names else []
    if unread:
        lines.append(
            f"{unread} of these marks lack points that you give in to_read.csv."
        )
    return lines
