"""Verdicts as people see them: lines in a terminal, a coloured line in a notebook."""

import contextlib
import dataclasses
import html
import inspect
import json
import os
import re
import sys

from checks import ROOT
from checks.console import wrapped
from checks.judge import NOT_ANSWERED, NOT_JUDGED, RIGHT, TO_BE_READ, WAITS, WRONG
from checks.runner import read_source
from checks.words import sentence

PRAISE = "Well done!"
# The questions that were right when they were judged last.
SO_FAR = ROOT / "build" / "right.json"
COLOURS = {  # in a terminal, and behind white letters in a notebook
    RIGHT: ("32", "#14853f"),
    WRONG: ("31", "#d7301f"),
    "on the way": ("36", "#1c6e9c"),
    WAITS: ("33", "#996b00"),
    NOT_ANSWERED: ("33", "#996b00"),
    "could not be read": ("31", "#d7301f"),
    TO_BE_READ: ("2", "#767676"),
    NOT_JUDGED: ("35", "#8a4a9e"),
}


@dataclasses.dataclass(eq=False, repr=False)
class Report:
    """Verdicts and what is wrong with the file, for a terminal or a notebook."""

    verdicts: list  # in the order in which they are shown
    problems: list = ()  # what is wrong with the files as a whole; it is told first
    advice: list = ()  # what to do about it
    then: str = ""  # what comes next; it is told last

    def __post_init__(self):
        """Leave out the problems that a hint tells."""
        self.problems = untold(self.problems, self.verdicts)

    @property
    def done(self):
        """Whether no question is wrong, and none but a bonus is missing."""
        return not any(
            v.verdict in (WRONG, WAITS, NOT_JUDGED)
            or (v.verdict == NOT_ANSWERED and not v.question.bonus)
            for v in self.verdicts
        )

    def closing(self):
        """Return what is said below the verdicts."""
        if len(self.verdicts) == 1:
            [verdict] = self.verdicts
            is_right = verdict.verdict == RIGHT
            earned = f"{PRAISE} {verdict.question.earned}".strip() if is_right else ""
            return [*filter(None, [earned, *self.advice, self.then])]
        questions = [(v.question, v.verdict) for v in self.verdicts]
        coded = [said for q, said in questions if q.functions and not q.bonus]
        if len(coded) < 2:
            return self.advice
        return ["", count_line(coded.count(RIGHT), len(coded)), *self.advice]

    def __repr__(self):
        """Return what a terminal shows."""
        lines = [line for verdict in self.verdicts for line in verdict_lines(verdict)]
        closing = [part for line in self.closing() for part in wrapped(line) or [""]]
        return "\n".join([*self.problems, *lines, *closing])

    def _repr_html_(self):
        """Return what a notebook shows."""
        paragraphs = [f"<b>{in_html(problem)}</b>" for problem in self.problems]
        alone = len(self.verdicts) == 1
        for verdict in self.verdicts:
            offered = extras_sentence(verdict.lacks)
            _, colour = COLOURS[verdict.label]
            first = f"Question {verdict.number} ({html.escape(verdict.title)}): "
            style = f"background: {colour}; color: white; padding: 0 0.4em"
            said = f'<b style="{style}">{verdict.label}</b>'
            text = sentence(verdict.hint) or offered * (not alone)
            rest = f". {in_html(text)}" if text else ""
            paragraphs.append(f"{first}{said}{verdict.extras_line}{rest}")
        closing = self.closing()
        if alone:  # the praise comes first
            closing.insert(1, offered)
        said = [in_html(line) for line in closing if line]
        paragraphs = paragraphs + said if alone else said + paragraphs
        praise = re.compile(rf"^{PRAISE}")
        paragraphs = [praise.sub(rf"<b>{PRAISE}</b>", part) for part in paragraphs]
        return "\n".join(f"<div>{paragraph}</div>" for paragraph in paragraphs)


def count_line(right, count):
    """Say how many questions are right."""
    return f"{right} of {count} questions that ask for code are right."


def remember(verdicts, path):
    """Keep which questions are right in a student's own file, and return their numbers.

    Those that are not among the verdicts are as they were when they were judged last.
    """
    right = set()
    with contextlib.suppress(OSError, ValueError, TypeError):
        right = set(json.loads(SO_FAR.read_text(encoding="utf-8")))
    right -= {verdict.number for verdict in verdicts}
    right |= {v.number for v in verdicts if v.verdict == RIGHT}
    if path.parent == ROOT:
        with contextlib.suppress(OSError):
            SO_FAR.parent.mkdir(exist_ok=True)
            SO_FAR.write_text(json.dumps(sorted(right)), encoding="utf-8")
    return right


def only_in_the_notebook(verdicts, files):
    """Say which functions the notebook that calls has of its own, not from a file."""
    frame = inspect.currentframe()
    while frame and frame.f_globals.get("__name__") != "__main__":
        frame = frame.f_back
    names = frame.f_globals if frame else {}
    return [
        f"`{name}` in the file is judged, but the cells of this notebook still use the "
        "one that you defined in it. Delete that cell, restart the kernel and run the "
        "cells above again."
        if verdict.verdict == RIGHT
        else f"`{name}` is defined in this notebook, but only what is saved in "
        f"`{home(name, files)}` counts. Move it there."
        for verdict in verdicts
        for name in verdict.question.functions
        if inspect.isfunction(names.get(name)) and names[name].__module__ == "__main__"
    ]


def home(name, files):
    """Return the name of the file that has a function, else that of the first one."""
    has = (f for f in files if f.exists() and f"def {name}(" in read_source(f))
    return next(has, files[0]).name


def verdict_lines(verdict, colour=False):
    """Return the lines of one verdict."""
    said = verdict.label
    if colour:
        said = f"\033[{COLOURS[said][0]}m{said}\033[0m"
    lines = [f"{verdict.number:2}  {verdict.title:48}  {said}{verdict.extras_line}"]
    for text in (sentence(verdict.hint), extras_sentence(verdict.lacks)):
        lines += wrapped(text, "    ", "    ")
    return lines


def extras_sentence(lacks):
    """Write what a right answer lacks as a sentence, "" where it lacks nothing."""
    said = "You could also go beyond the question: so far, your answer"
    return f"{said} {'; '.join(lacks)}." if lacks else ""


def untold(problems, verdicts):
    """Return the problems of files that no hint tells."""
    hints = [verdict.hint or "" for verdict in verdicts]
    return [said for said in problems if not any(said in hint for hint in hints)]


def in_html(text):
    """Escape a text; set what stands between backticks as code, and indices lower."""
    parts = re.split(r"`(.+?)`", html.escape(text, quote=False))
    parts[1::2] = [f"<code>{part}</code>" for part in parts[1::2]]
    parts[::2] = [with_indices(part) for part in parts[::2]]
    return "".join(parts)


def with_indices(text):
    """Set formulas as in print: J_ij, a sum over i as sum_i, J^T."""
    text = re.sub(r"\bsum_([a-z])\b", r"&sum;<sub>\1</sub>", text)
    text = re.sub(r"\b([A-Za-z]\d?)_([a-z0-9]{1,2})\b", r"<i>\1</i><sub>\2</sub>", text)
    return re.sub(r"\b([A-Za-z])\^(\w)\b", r"<i>\1</i><sup>\2</sup>", text)


def wants_colour():
    """Tell whether the output is a terminal that shows colours; see no-color.org."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
