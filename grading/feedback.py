"""What students and instructors read: a page for each submission, one for the class.

Whatever a student wrote is shown as text. The pages fetch nothing and have no script.
"""

import ast
import functools
import os
import re
import statistics
import sys
from collections import Counter
from html import escape
from pathlib import Path
from urllib.parse import quote

import bleach
import jinja2
from markupsafe import Markup
from math_core import LatexError, LatexToMathML
from nbconvert.filters import markdown_mistune

from checks.given import BONUS, CODED, QUESTIONS
from checks.judge import NOT_ANSWERED, NOT_JUDGED, RIGHT, WRONG
from checks.notebook import without_magic
from checks.report import extras_sentence, in_html, sentence
from checks.worker import bound, origin, parsed, the_one_that_counts
from grading import ipynb, marks
from tools.files import write

PYTHON = "Python {}.{}".format(*sys.version_info)
LONGEST = 1000  # characters of a formula
LINES = 120  # of a function
BRACES = 60  # in a formula: deeper ones than any real one are not set
UNREADABLE = "cannot be read"  # a kind of not answered
COLUMNS = {  # of the table of the class
    "right": RIGHT,
    "wrong": WRONG,
    "missing": NOT_ANSWERED,
    "unreadable": UNREADABLE,
    "unjudged": NOT_JUDGED,
}
TAGS = set(
    "table caption thead tbody tr th td p br hr b strong i em u s sub sup ul ol li "
    "pre code div span h1 h2 h3 h4 h5 h6 dl dt dd blockquote".split()
)
to_mathml = LatexToMathML()


class Typed(markdown_mistune.IPythonRenderer):
    """Sets Markdown that anybody may have written: no link, no HTML of theirs."""

    def heading(self, text, level, **attrs):
        """Set a heading without its place on the page."""
        return f"<p><strong>{text}</strong></p>\n"

    def link(self, text, url, title=None):
        """Set a link as text; where it leads into the net, with its address."""
        return f"{text} ({escape(url)})" if url.startswith("http") else text

    def image(self, text, url, title=None):
        """Set a picture as text: those that were handed in are shown elsewhere."""
        return f"[{text or 'picture'}]"

    def block_code(self, code, info=None):
        """Set code as it was typed."""
        return f"<pre>{escape(code)}</pre>\n"

    def inline_math(self, body):
        """Set a formula in the text."""
        typed = self.plain or body[:1].isspace()  # as in 5 $ and 6 $
        return escape(f"${body}$") if typed else formula(body)

    def block_math(self, body):
        """Set a formula on a line of its own."""
        typed = escape(f"$${body}$$")
        shown = typed if self.plain else formula(body, display=True)
        return f'<span class="display">{shown}</span>'

    def latex_environment(self, name, body):
        """Set a formula that LaTeX numbers."""
        inner = "aligned" if name.startswith("align") else "gathered"
        return self.block_math(f"\\begin{{{inner}}}{body}\\end{{{inner}}}")


def written(text, plain=False):
    """Return Markdown as harmless HTML; with `plain`, formulas stay as typed."""
    renderer = Typed()
    renderer.plain = plain
    return markdown_mistune.MarkdownWithMath(renderer)(text)


def harmless(text):
    """Return HTML without anything that could run, fetch or break the page."""
    text = re.sub(r"(?is)<(script|style)\b.*?(</\1\s*>|\Z)", "", text)
    spans = dict.fromkeys(["td", "th"], ["colspan", "rowspan"])
    clean = bleach.clean(text, TAGS, spans, strip=True)
    return clean if re.sub(r"<[^>]*>", "", clean).strip() else INTERACTIVE


INTERACTIVE = "<p>Something interactive is not shown here: see the notebook.</p>"


def formula(latex, display=False):
    """Return a formula as MathML; as it was typed, where it has a mistake."""
    if len(latex) <= LONGEST and latex.count("{") + latex.count(r"\left") <= BRACES:
        try:
            return to_mathml.convert_with_local_state(latex, displaystyle=display)
        except LatexError:
            pass
    return escape(f"$${latex}$$" if display else f"${latex}$")


layouts = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
layouts.globals["python"] = PYTHON
layouts.filters |= {
    "points": marks.text,
    "hint": lambda text: Markup(in_html(sentence(text))),
    "written": lambda text, plain=False: Markup(written(text, plain)),
    "harmless": lambda text: Markup(harmless(text)),
    "code": lambda text: Markup(in_html(text)),
    "extras": extras_sentence,
}


def reference(n, kind="answer"):
    """Return what the notebooks answer to a question; as "solution", what is beyond.

    The tags of a cell say what it is, as `grading.student` explains.
    """
    return [
        ipynb.joined(cell["source"])
        for cell in ipynb.own_cells()
        if cell["cell_type"] == "markdown" and {f"q{n}", kind} <= {*ipynb.tags_of(cell)}
    ]


@functools.lru_cache(8)
def definitions(source):
    """Return the statements of a text with the names that each binds."""
    return [(node, bound(node)) for node in parsed(source)]


def code_of(names, source):
    """Return the text that defines some functions, with the numbers of its lines.

    They are those in the file, or in the cell that it was taken from.
    """
    lines, shown = source.split("\n"), []
    for name in names:
        places = [node for node, binds in definitions(source) if name in binds]
        for node in the_one_that_counts(places):
            first = min(n.lineno for n in [node, *getattr(node, "decorator_list", [])])
            last = min(node.end_lineno, first + LINES)
            _, number = origin(source, first)
            numbered = enumerate(lines[first - 1 : last], number)
            shown += [*(f"{i:4}  {text}" for i, text in numbered), ""]
    return "\n".join(shown).rstrip()


def code_for(n, handed_in):
    """Return the text that has the functions of a question."""
    names = {*QUESTIONS[n].functions}
    for text in handed_in.beside.values():
        for node, binds in definitions(text):
            if names & binds and not isinstance(node, ast.ImportFrom):
                return text
    return handed_in.source


def page(result, handed_in, points, plain=False):
    """Return the page of a submission.

    `result` is as `marks.count` leaves it; with `plain`, formulas stay as they were
    typed.
    """
    coded, missing, unreadable = [], {}, []
    for n in CODED + BONUS:
        question = result["questions"][str(n)] | {
            "number": n,
            "title": title(n, points),
            "code": code_of(QUESTIONS[n].functions, code_for(n, handed_in)),
        }
        is_missing = question["verdict"] == NOT_ANSWERED and not question.get("parts")
        question["begun"] = question["verdict"] == NOT_ANSWERED and not is_missing
        if n in BONUS and is_missing:
            continue
        coded.append(question)
        if verdict_in_class(question) == UNREADABLE:
            unreadable.append(question)
        elif is_missing:
            missing.setdefault(question["hint"], []).append(question)
    answers = {n: answer_to(n, handed_in, points) for n in QUESTIONS}
    read = [
        {
            "number": n,
            "title": title(n, points),
            "answer": answer,
            "reference": reference(n) if points.reference else [],
            "beyond": reference(n, "solution") if points.reference else [],
            **result["reading"].get(str(n), {"points": None, "of": None}),
        }
        for n, answer in answers.items()
        if answer or n in points.reading and n not in points.bonus
    ]
    elsewhere = handed_in.answers.get(ipynb.ELSEWHERE, [])
    nowhere = not (elsewhere or handed_in.loose or handed_in.others)
    blank = [n for n in result["unread"] if nowhere and not answers[n]]
    html = layouts.get_template("feedback.html.j2").render(
        result=result,
        to_read=counted({*result["unread"]}.difference(blank), points),
        blank=counted(blank, points),
        coded=coded,
        right=sum(q["verdict"] == RIGHT for q in coded if q["number"] in CODED),
        count=len(CODED),
        wrong=[q for q in coded if q["verdict"] == WRONG],
        missing=missing,
        unreadable=unreadable,
        read=read,
        elsewhere=elsewhere,
        loose=handed_in.loose,
        others=handed_in.others,
        undecided=marks.is_undecided(result),
        plain=plain,
        nothing=not any(q["answer"] or q["points"] for q in read),
    )
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", html)


def answer_to(n, handed_in, points):
    """Return the parts of an answer that a human reads, or wants to see.

    Where words give no points, that is what students wrote, and code of theirs that was
    not judged. What given cells made stands beside those, or where words are asked.
    """
    parts = handed_in.answers.get(n, [])
    if n in points.reading:
        return parts
    judged = [handed_in.source, *handed_in.beside.values()]
    judged = {part for text in judged for part in statements(text)}
    parts = [p for p in parts if p[0] != "code" or not statements(p[1]) <= judged]
    own = any(kind in ("text", "code") for kind, _ in parts)
    return parts if own or reference(n) else []


@functools.lru_cache(8)
def statements(text):
    """Return the statements at the top of a text, as `ipynb.essence` has them."""
    return {said for _, said in ipynb.essence(without_magic(text))}


def counted(numbers, points):
    """Return how many questions these are, and the points for reading them."""
    return len(numbers), sum(points.reading[n] for n in numbers)


def title(n, points):
    """Return how a question is called on the pages."""
    return f"{n}. {QUESTIONS[n].title}{' (bonus)' if n in points.bonus else ''}"


def write_class(to, results, points):
    """Write the page of the class, and its picture."""
    rows, judged = [], [r for r in results.values() if not r.get("no_code")]
    for n in CODED:
        found = Counter(verdict_in_class(r["questions"][str(n)]) for r in judged)
        row = {column: found[verdict] for column, verdict in COLUMNS.items()}
        rows.append(row | {"title": title(n, points)})
    mistakes, others, stopped = {}, {}, {}
    for name, result in results.items():
        for n, verdict in result["questions"].items():
            if verdict["verdict"] == WRONG:
                groups, key = others, (int(n), verdict["hint"])
                if verdict["mistake"]:
                    groups, key = mistakes, (int(n), verdict["mistake"])
                elif verdict.get("ended"):
                    groups, key = stopped, name
                groups.setdefault(key, []).append((name, n, verdict["hint"]))
    picture = layouts.get_template("class.svg.j2").render(
        rows=rows, count=max(1, len(judged))
    )
    write(to / "class.svg", picture)
    students = [student(name, result) for name, result in results.items()]
    sums = [r["points"] for r in results.values() if not marks.is_open(r)] or [0]
    html = layouts.get_template("class.html.j2").render(
        rows=rows,
        count=len(judged),
        hardest=[row for row in rows if row["right"] == min(r["right"] for r in rows)],
        picture=Markup(picture),
        students=sorted(students, key=lambda student: student["points"]),
        mistakes=by_size(mistakes),
        groups=[item for item in by_size(others) if len(item[1]) > 1],
        single=[item for item in by_size(others) if len(item[1]) == 1],
        stopped=by_size(stopped),
        bonus=any(r["for_bonus"] for r in judged),
        scores=(min(sums), statistics.median(sums), max(sums)),
        decided=sorted({r["decided"] for r in judged}) or [points.most],
        of=points.most,
    )
    write(to / "class.html", html)


def verdict_in_class(verdict):
    """Return a verdict as the page of the class counts it."""
    return UNREADABLE if verdict.get("unread") else verdict["verdict"]


def student(name, result):
    """Return the row of a submission."""
    found = {n: verdict_in_class(result["questions"][str(n)]) for n in CODED + BONUS}
    no_mark = "no code" if marks.is_undecided(result) else "not judged"
    missing = [n for n in CODED if found[n] == NOT_ANSWERED]
    return {
        "name": name,
        "page": f"{quote(os.fsencode(name))}/feedback.html",
        "who": result["student"]["name"],
        "points": result["points"],
        "no_mark": no_mark if marks.is_open(result) else "",
        "broken": result.get("broken"),
        "unreadable": [n for n, verdict in found.items() if verdict == UNREADABLE],
        "wrong": [n for n, verdict in found.items() if verdict == WRONG],
        "missing": [] if result.get("no_code") else missing,
        "remarks": "; ".join(result["problems"]),
    }


def by_size(groups):
    """Return pairs of key and group, the largest first."""
    return sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
