"""Marks in the files that Canvas and Moodle export, for them to read back.

Rows are matched by these systems' own identifiers alone: the number that they put into
the name of a submission; where there is none, the ID in the student's `student.json`.
"""

import re

from grading import marks

CANVAS_IDS = ("ID", "SIS User ID", "SIS Login ID")
MOODLE_IDS = ("Identifier", "ID number", "Email address")


def identifiers(name, result):
    """Return what a submission may be called in a school's system.

    Returns
    -------
    canvas, moodle : set of str
        In small letters.
    """
    own = {result["student"]["id"].strip().lower()} - {""}
    canvas = re.search(r"_(\d+)$", name)
    moodle = re.search(r"_(\d+)_assignsubmission_", name)
    return (
        {canvas[1]} if canvas else own,
        {f"participant {moodle[1]}"} if moodle else own,
    )


def canvas(path, to, results, assignment=""):
    """Fill the gradebook that was exported from Canvas.

    Parameters
    ----------
    path, to : Path
        The export, and the file to write.
    results : dict of str to dict
        By submission.
    assignment : str
        How the name of its column begins, where there is more than one.

    Returns
    -------
    list of str
        What was done, and who did not match, in lines.

    Raises
    ------
    OSError, ValueError
        When the file cannot be read, or is no such export.
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
    known = {name: identifiers(name, result)[0] for name, result in results.items()}
    rows, lines = fill(rows, CANVAS_IDS, {columns[0]: "points"}, known, results)
    marks.write_table(to, rows, comma, encoding)
    return [f"{to}: import it in Canvas", *lines]


def moodle(path, to, results):
    """Fill the grading worksheet that was exported from Moodle; see `canvas`."""
    rows, comma, encoding = marks.read_table(path)
    if not rows or not {"Identifier", "Grade"} <= set(rows[0]):
        raise ValueError(f"{path} is no grading worksheet of Moodle's")
    known = {name: identifiers(name, result)[1] for name, result in results.items()}
    columns = {"Grade": "points"}
    if "Feedback comments" in rows[0]:
        columns["Feedback comments"] = "comment"
    rows, lines = fill(rows, MOODLE_IDS, columns, known, results)
    marks.write_table(to, rows, comma, encoding)
    return [f"{to}: upload it as the grading worksheet", *lines]


def fill(rows, ids, columns, known, results):
    """Put results into a table.

    Parameters
    ----------
    rows : list of list of str
        The table; the first row names the columns.
    ids : sequence of str
        The columns that identify a student.
    columns : dict of str to str
        What of a result goes into which column.
    known : dict of str to set of str
        The identifiers of each submission.
    results : dict of str to dict
        The results of each submission.

    Returns
    -------
    rows : list of list of str
        The table, filled.
    lines : list of str
        Who did not match.
    """
    head, matched, empty = rows[0], {}, []
    filled = [head]
    for row in rows[1:]:
        row = row + [""] * (len(head) - len(row))
        cells = dict(zip(head, row, strict=False))
        own = {cells.get(column, "").strip().lower() for column in ids} - {""}
        names = [name for name, found in known.items() if own & found]
        if len(names) == 1:
            matched.setdefault(names[0], []).append(row)
            for column, key in columns.items():
                value = results[names[0]][key]
                if value != "":
                    said = value if isinstance(value, str) else marks.text(value)
                    row[head.index(column)] = said
        elif own:
            why = "more than one submission" if names else "no submission"
            empty.append(f"    {row[0]}: {why}")
        filled.append(row)
    lost = [name for name in results if len(matched.get(name, [])) != 1]
    lines = [f"{len(matched)} of {len(results)} submissions matched."]
    if empty:
        lines += ["Students without marks from here:", *empty]
    if lost:
        lines += ["Submissions without a row of their own:"]
        lines += [f"    {name}" for name in lost]
    return filled, lines
