"""Verdicts as people see them: lines in a terminal, a coloured line in a notebook."""

import html
import os
import re
import sys
import textwrap

from checks.judge import NOT_ANSWERED, RIGHT, TO_BE_READ, WRONG
from checks.questions import CODED, QUESTIONS

COLOURS = {  # in a terminal, and behind white letters in a notebook
    RIGHT: ("32", "#14853f"),
    WRONG: ("31", "#d7301f"),
    NOT_ANSWERED: ("33", "#996b00"),
    TO_BE_READ: ("2", "#767676"),
}


class Report:
    """Verdicts and what is wrong with the file, for a terminal or a notebook.

    Parameters
    ----------
    verdicts : sequence of Verdict
        In the order in which they are shown.
    problems : sequence of str
        What is wrong with the files as a whole.
    """

    def __init__(self, verdicts, problems=()):
        self.verdicts = list(verdicts)
        self.problems = list(problems)

    @property
    def done(self):
        """Whether none of the questions is wrong, or missing and no bonus."""
        return not any(
            v.verdict == WRONG
            or (v.verdict == NOT_ANSWERED and not QUESTIONS[v.number].bonus)
            for v in self.verdicts
        )

    def closing(self):
        """Return what is said below the verdicts."""
        lines = list(self.problems)
        coded = [verdict for verdict in self.verdicts if verdict.number in CODED]
        if len(coded) > 1:
            right = sum(verdict.verdict == RIGHT for verdict in coded)
            lines.append(
                f"{right} of {len(coded)} questions that ask for code are right."
            )
        return ["", *lines] if lines else []

    def __repr__(self):
        """Return what a terminal shows."""
        lines = [line for verdict in self.verdicts for line in verdict_lines(verdict)]
        return "\n".join([*lines, *self.closing()])

    def _repr_html_(self):
        """Return what a notebook shows."""
        paragraphs = []
        for verdict in self.verdicts:
            _, colour = COLOURS[verdict.verdict]
            first = f"Question {verdict.number} ({html.escape(verdict.title)}): "
            style = f"background: {colour}; color: white; padding: 0 0.4em"
            said = f'<b style="{style}">{verdict.verdict}</b>'
            extras = f"; {in_html(verdict.extras_line)}" if verdict.extras_line else ""
            hint = f". {in_html(sentence(verdict.hint))}" if verdict.hint else ""
            paragraphs.append(f"{first}{said}{extras}{hint}")
        paragraphs += [in_html(line) for line in self.closing() if line]
        return "\n".join(f"<div>{paragraph}</div>" for paragraph in paragraphs)


def verdict_lines(verdict, colour=False):
    """Return the lines of one verdict."""
    said = verdict.verdict
    if colour:
        said = f"\033[{COLOURS[said][0]}m{said}\033[0m"
    head = f"; {verdict.extras_line}".partition(": ")[0] if verdict.extras_line else ""
    lines = [f"{verdict.number:2}  {verdict.title:48}  {said}{head}"]
    for text in (sentence(verdict.hint), extras_sentence(verdict.lacks)):
        lines += textwrap.wrap(
            text, 84, initial_indent=" " * 4, subsequent_indent=" " * 4
        )
    return lines


def extras_sentence(lacks):
    """Write what a right answer lacks as a sentence, "" where there is nothing."""
    return f"Not asked for, but good to know: {'; '.join(lacks)}." if lacks else ""


def sentence(text):
    """Write a hint as a sentence."""
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


def in_html(text):
    """Escape a text, and set what stands between backticks as code."""
    return re.sub(r"`(.+?)`", r"<code>\1</code>", html.escape(text, quote=False))


def wants_colour(stream=sys.stdout):
    """Tell whether a stream is a terminal that shows colours; see no-color.org."""
    return stream.isatty() and "NO_COLOR" not in os.environ
