"""The judge: it says which questions a `shallow.py` answers rightly.

In a notebook, ``from checks import check; check(7)``. In a terminal,
``python -m checks 7``. It knows what the questions ask, and no answer to them.
"""

from pathlib import Path

from checks.judge import judge_file
from checks.questions import QUESTIONS
from checks.report import Report

ANSWERS = Path(__file__).resolve().parent.parent / "shallow.py"


def check(*numbers):
    """Judge one question or some, as `shallow.py` is saved now.

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
        When there is no `shallow.py`, or it cannot be read.
    """
    unknown = [n for n in numbers if n not in QUESTIONS]
    if unknown:
        raise ValueError(
            f"there is no question {unknown[0]!r}: they are numbered from 1 to "
            f"{max(QUESTIONS)}, as in check(7)"
        )
    verdicts, problems = judge_file(ANSWERS, numbers or QUESTIONS)
    return Report(verdicts.values(), problems)
