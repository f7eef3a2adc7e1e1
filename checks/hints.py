"""Help for someone who is stuck: the steps of a question, one more at each call."""

import contextlib
import json

from checks import ROOT
from checks.console import wrapped
from checks.report import in_html

SEEN = ROOT / "build" / "hints.json"  # how many steps of each question were shown


class Steps:
    """The steps of a question, as many of them as were asked for so far."""

    def __init__(self, question, count):
        self.question, self.count = question, count

    def lines(self):
        """Return the head, the steps and what to do next."""
        n, steps = self.question.number, self.question.steps
        head = f"Question {n} ({self.question.title})"
        if not steps:
            return [f"{head}: there are no hints for this question."]
        shown = [f"{k}. {step}" for k, step in enumerate(steps[: self.count], 1)]
        left = len(steps) - self.count
        more = f"There {'is one more' if left == 1 else f'are {left} more'}. Ask again."
        if not left:
            more = "That was the last one."
        return [f"{head}, hint {self.count} of {len(steps)}:", *shown, more]

    def __repr__(self):
        """Return what a terminal shows."""
        lines = [
            part
            for line in self.lines()
            for part in wrapped(line, rest="   " * line[0].isdigit())
        ]
        return "\n".join(lines)

    def _repr_html_(self):
        """Return what a notebook shows."""
        return "\n".join(f"<div>{in_html(line)}</div>" for line in self.lines())


def next_step(question):
    """Return the steps of a question, one more than last time."""
    seen = {}
    with contextlib.suppress(OSError, ValueError):
        seen = json.loads(SEEN.read_text(encoding="utf-8"))
    key = str(question.number)
    count = min(seen.get(key, 0) + 1, len(question.steps))
    with contextlib.suppress(OSError):
        SEEN.parent.mkdir(exist_ok=True)
        SEEN.write_text(json.dumps(seen | {key: count}), encoding="utf-8")
    return Steps(question, count)
