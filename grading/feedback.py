"""What students and instructors read: a page for each submission, one for the class.

Whatever a student wrote is shown as text. The pages fetch nothing and have no script.
"""

import ast
import functools
import os
import re
import statistics
from html import escape
from pathlib import Path
from urllib.parse import quote

import jinja2
from markupsafe import Markup
from math_core import LatexError, LatexToMathML

from checks.given import BONUS, CODED, QUESTIONS
from checks.judge import NOT_ANSWERED, RIGHT, WRONG
from checks.report import extras_sentence, in_html, sentence
from grading import marks, submission

LONGEST = 1000  # characters of a formula
LINES = 120  # of a function
BRACES = 60  # in a formula: deeper ones than any real one are not set
ENDED = ("Timeout", "Stopped")  # what those have in common that ended no other way
to_mathml = LatexToMathML()
layouts = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
layouts.filters |= {
    "points": marks.text,
    "hint": lambda text: Markup(in_html(sentence(text))),
    "written": lambda text: Markup(written(text)),
    "code": lambda text: Markup(in_html(text)),
    "extras": extras_sentence,
}
FORMULA = r"\$\$[^$]+\$\$|\$(?!\s)(?:[^$\n]|\n(?!\s*\n))+\$"
TYPED = re.compile(rf"```.*?```|{FORMULA}|`[^`\n]+`", re.DOTALL)
STARTS = re.compile(r"\s*($|[-*+]\s|1[.)]\s|[#>|\1])")  # begins a block of Markdown
ITEM = re.compile(r"\s*([-*+]|\d+[.)])\s")  # of a list
BOLD, ITALIC = (
    re.compile(rf"(?<![\w*]){stars}(?=[^\s*])([^*\n]+)(?<=\S){stars}(?![\w*])")
    for stars in (r"\*\*", r"\*")
)


def written(text):
    """Return a text as HTML: as it was typed, with its formulas and emphasis set."""
    pieces = []

    def keep(match):
        pieces.append(set_typed(match[0]))
        return "\n\1\n" if match[0].startswith(("$$", "```")) else "\0"

    lines = [""]
    for line in TYPED.sub(keep, re.sub("[\0\1]", "", text)).split("\n"):
        start = lines[-1][:80].strip()
        ended = start[:1] in "#>|\1" or lines[-1].endswith("  ")  # or it is empty
        if ended or STARTS.match(line) or ITEM.match(start) and ITEM.match(line):
            lines.append(line)
        else:  # broken by an editor
            lines[-1] += f" {line.strip()}"
    parts = plain("\n".join(lines)).split("\1")
    text = "\1".join(part.strip() for part in parts)
    pieces = iter(pieces)
    return re.sub("[\0\1]", lambda _: next(pieces), text)


def plain(text):
    """Return text as HTML."""
    bold = BOLD.sub(r"<strong>\1</strong>", escape(text))
    return ITALIC.sub(r"<em>\1</em>", bold)


def set_typed(text):
    """Return a formula or a piece of code as HTML."""
    if text.startswith("```"):
        lines = re.sub(r"^```(\w*\n)?|\n?```$", "", text)
        return f"<pre>{escape(lines)}</pre>"
    if text.startswith("$$"):
        return f"<div>{formula(text)}</div>"
    return formula(text) if text.startswith("$") else in_html(text)


def formula(text):
    """Return a formula as MathML; as it was typed, where it has a mistake."""
    latex = text.strip("$")
    if len(latex) <= LONGEST and latex.count("{") + latex.count(r"\left") <= BRACES:
        try:
            return to_mathml.convert_with_local_state(
                latex, displaystyle=text.startswith("$$")
            )
        except LatexError:
            pass
    return escape(text)


@functools.cache
def references():
    """Return the texts of the notebooks by two of their tags; see `grading.student`."""
    found = {}
    for cell in submission.own_cells():
        tags = set(submission.tags_of(cell))
        if cell["cell_type"] == "markdown":
            text = submission.joined(cell["source"])
            for kind in tags & {"answer", "solution"}:
                for tag in tags:
                    found.setdefault((tag, kind), []).append(text)
    return found


def reference(n, kind="answer"):
    """Return what the notebooks answer to a question; as "solution", what is beyond."""
    return references().get((f"q{n}", kind), [])


def code_of(names, source):
    """Return the text that defines some functions, with the numbers of its lines."""
    lines, shown = source.split("\n"), []
    for name in names:
        places = [n for n in _statements(source) if name in submission.bound(n)]
        for node in places[-1:]:
            first = min(n.lineno for n in [node, *getattr(node, "decorator_list", [])])
            last = min(node.end_lineno, first + LINES)
            shown += [f"{i:4}  {lines[i - 1]}" for i in range(first, last + 1)]
            shown.append("")
    return "\n".join(shown).rstrip()


def code_for(n, handed_in):
    """Return the text that has the functions of a question."""
    names = set(QUESTIONS[n].functions)
    for text in handed_in.beside.values():
        for node in _statements(text):
            if names & submission.bound(node) and not isinstance(node, ast.ImportFrom):
                return text
    return handed_in.source


def _statements(source):
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = []
        for line, text in submission.blocks(source.replace("\0", " ")):
            found += [
                ast.increment_lineno(node, line) for node in submission.parsed(text)
            ]
        return found


def page(result, handed_in, points):
    """Return the page of a submission.

    Parameters
    ----------
    result : dict
        As `marks.count` leaves it.
    handed_in : Submission
        Whose code and answers are shown.
    points : Points
        What answers are worth.
    """
    coded = [
        {
            "number": n,
            "title": title(n, points),
            "code": code_of(QUESTIONS[n].functions, source),
            **result["questions"][str(n)],
        }
        for n in CODED + BONUS
        for source in [code_for(n, handed_in)]
        if n in CODED or result["questions"][str(n)]["verdict"] != NOT_ANSWERED
    ]
    missing = {}
    for question in coded:
        if question["verdict"] == NOT_ANSWERED:
            missing.setdefault(question["hint"], []).append(question)
    read = [
        {
            "number": n,
            "title": title(n, points),
            "answer": handed_in.answers.get(n, []),
            "figures": submission.FIGURES,
            "reference": reference(n) if points.reference else [],
            "beyond": reference(n, "solution") if points.reference else [],
            **result["reading"][str(n)],
        }
        for n in sorted(points.reading)
        if n not in points.bonus or handed_in.answers.get(n)
    ]
    return layouts.get_template("feedback.html.j2").render(
        result=result,
        decided=decided(result, points),
        bonus=for_bonus(result, points),
        coded=coded,
        right=sum(q["verdict"] == RIGHT for q in coded if q["number"] in CODED),
        count=len(CODED),
        wrong=[q for q in coded if q["verdict"] == WRONG],
        missing=missing,
        read=read,
        nothing=not any(q["answer"] or q["points"] for q in read),
    )


def title(n, points):
    """Return how a question is called on the pages."""
    return f"{n}. {QUESTIONS[n].title}{' (bonus)' if n in points.bonus else ''}"


def decided(result, points):
    """Return how many points are decided, of those that are no bonus."""
    return points.most - sum(points.reading[n] for n in result["unread"])


def for_bonus(result, points):
    """Return how many of the points of a result are a bonus."""
    found = [result["questions"][str(n)] for n in points.bonus & {*points.code}]
    found += [result["reading"][str(n)] for n in points.bonus & {*points.reading}]
    return sum(part["points"] or 0 for part in found)


def write_class(to, results, points):
    """Write the page of the class, and its picture."""
    rows = []
    for n in CODED:
        found = [result["questions"][str(n)]["verdict"] for result in results.values()]
        rows.append(
            {
                "title": title(n, points),
                "right": found.count(RIGHT),
                "wrong": found.count(WRONG),
                "missing": found.count(NOT_ANSWERED),
            }
        )
    mistakes, others, stopped = {}, {}, {}
    for name, result in results.items():
        for n, verdict in result["questions"].items():
            if verdict["verdict"] != WRONG:
                continue
            alike = verdict.get("alike") or verdict["hint"]
            if verdict["mistake"]:
                group = mistakes.setdefault((int(n), verdict["mistake"]), [])
            elif alike in ENDED:
                group = stopped.setdefault(name, [])
            else:
                group = others.setdefault((int(n), alike), [])
            group.append((name, n, verdict["hint"]))
    count = max(1, len(results))
    picture = layouts.get_template("class.svg.j2").render(rows=rows, count=count)
    marks.write(to / "class.svg", picture)
    students = [student(name, result) for name, result in results.items()]
    sums = [result["points"] for result in results.values()] or [0]
    html = layouts.get_template("class.html.j2").render(
        rows=rows,
        count=len(results),
        hardest=min(rows, key=lambda row: row["right"]),
        picture=Markup(picture),
        students=sorted(students, key=lambda student: student["points"]),
        mistakes=by_size(mistakes),
        groups=[item for item in by_size(others) if len(item[1]) > 1],
        single=[item for item in by_size(others) if len(item[1]) == 1],
        stopped=by_size(stopped),
        scores=(min(sums), statistics.median(sums), max(sums)),
        decided=sorted({decided(result, points) for result in results.values()}),
        of=points.most,
    )
    marks.write(to / "class.html", html)


def student(name, result):
    """Return the row of a submission."""
    found = result["questions"]
    return {
        "name": name,
        "page": f"{quote(os.fsencode(name))}/feedback.html",
        "who": result["student"]["name"],
        "points": result["points"],
        "wrong": [n for n in CODED + BONUS if found[str(n)]["verdict"] == WRONG],
        "missing": [n for n in CODED if found[str(n)]["verdict"] == NOT_ANSWERED],
        "remarks": "; ".join(result["problems"]),
    }


def by_size(groups):
    """Return pairs of key and group, the largest first."""
    return sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
