"""The judge: it says which questions are answered rightly.

In a notebook, after ``from checks import check, hint``, ``check(7)`` judges Question 7
and ``hint(7)`` helps with it, a step at a time. In a terminal, ``python -m checks 7``
and ``python -m checks --hint 7`` do so. It knows what the questions ask, and no
answer to them.
"""

import contextlib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def check(*numbers):
    """Judge one question or some, as the answers are saved now.

    Parameters
    ----------
    *numbers : int
        The questions; all of them by default.

    Returns
    -------
    Report
        A line for each question, which Jupyter shows in colour.

    Raises
    ------
    ValueError
        When there is no such question.
    OSError
        When the file of the answers is missing, or cannot be read.
    """
    from checks.given import ASSIGNMENT
    from checks.hints import own_check
    from checks.judge import RIGHT, TO_BE_READ, judge_file
    from checks.questions import STALE, is_stale
    from checks.reloading import as_saved, run_again
    from checks.report import Report, only_in_the_notebook
    from checks.texts import noted

    numbers = known(numbers, "check(7)")
    files = [ROOT / name for name in ASSIGNMENT.files]
    found, problems = judge_file(files[0], numbers or None)
    verdicts = [noted(verdict) for verdict in found.values()]
    problems = problems + only_in_the_notebook(verdicts, files)
    problems += [STALE] * is_stale(ASSIGNMENT, ROOT)
    right = [v.question for v in verdicts if v.verdict == RIGHT]
    advice = run_again(files, [name for q in right for name in q.functions])
    if [verdict.verdict for verdict in verdicts] == [TO_BE_READ]:
        helps = f"`hint({numbers[0]})` helps with it, a step at a time."
        advice = [f"A person reads this answer, and no program judges it. {helps}"]
        if (verdicts[0].hint or "").startswith("there is an answer"):
            advice += own_check(verdicts[0].question)
    elif not right:
        advice = as_saved(files[0])
    return Report(verdicts, problems, advice, progress(verdicts, files[0]))


def progress(verdicts, path):
    """Say, below a right answer, how many are right so far and which one comes next.

    In a recorded notebook they are not counted: that would depend on what ran before.
    """
    from checks.given import CODED, QUESTIONS
    from checks.judge import RIGHT
    from checks.reloading import somebody_looks
    from checks.report import count_line, remember

    said = []
    if somebody_looks():
        right = remember(verdicts, path).intersection(CODED)
        said = [count_line(len(right), len(CODED))]
    if [verdict.verdict for verdict in verdicts] != [RIGHT]:
        return ""
    later = [q for n, q in QUESTIONS.items() if n > verdicts[0].number]
    said += [f"Next comes Question {q.number}: {q.title}." for q in later[:1]]
    return " ".join(said)


def hint(number=None):
    """Help with a question, one step further at each call; the answer never comes.

    Parameters
    ----------
    number : int
        The question.

    Returns
    -------
    Step
        The next one from where the answer stands, which Jupyter shows.

    Raises
    ------
    ValueError
        When there is no such question, or none is named.
    """
    from checks.given import ASSIGNMENT, QUESTIONS
    from checks.hints import next_step
    from checks.judge import judge_file

    [number] = known([number], "hint(7)")
    verdict = None
    with contextlib.suppress(OSError, ValueError):
        found, _ = judge_file(ROOT / ASSIGNMENT.files[0], [number])
        verdict = found[number]
    return next_step(QUESTIONS[number], verdict)


class NoSuchQuestion(ValueError):
    """The number of no question; a notebook shows one line of it, and no traceback."""

    def _render_traceback_(self):
        return [str(self)]


def as_number(text):
    """Return the number of a question, which may also be written "17" or "17a"."""
    found = re.fullmatch(r"(\d+)[a-z]?", str(text).strip())
    return int(found[1]) if found else text


def known(numbers, example):
    """Return the numbers of questions, and refuse those that no question has."""
    from checks.given import QUESTIONS
    from checks.words import spans

    numbers = [as_number(number) for number in numbers]
    unknown = [n for n in numbers if n not in QUESTIONS]
    if unknown == [None]:
        raise NoSuchQuestion(f"Which question? Write its number, as in {example}.")
    if unknown:
        raise NoSuchQuestion(
            f"There is no question {unknown[0]!r}: they are {spans(QUESTIONS)}, "
            f"as in {example}."
        )
    return numbers


if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()):
    from checks.reloading import watch_reloads

    watch_reloads(shell)
