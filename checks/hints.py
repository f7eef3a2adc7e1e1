"""Help for someone who is stuck: a step of a question, the next one at each call.

A step may begin with a label, such as "Steps c and d." or "Part c, the code."
"""

import contextlib
import json
import re

from checks import ROOT
from checks.console import wrapped
from checks.judge import NOT_ANSWERED, RIGHT
from checks.report import in_html

SEEN = ROOT / "build" / "hints.json"  # the step of each question that was shown last
# A step or two in a label, and in what the judge says: "steps a and b are done".
NAMED = re.compile(r"\b[Ss]teps? ([a-z])(?: (?:and|to) ([a-z]))?( (?:is|are) done)?\b")
ON_CODE = re.compile(r"Part [a-z], the code\b")  # the label of a step on the code alone


class Step:
    """A step of a question."""

    def __init__(self, question, number, is_right=False):
        self.question, self.number, self.is_right = question, number, is_right

    def head(self):
        """Return what stands above it."""
        n, count = self.question.number, len(self.question.steps)
        head = f"Question {n} ({self.question.title})"
        if not count:
            return f"{head}: there are no hints for this question."
        right = ", which you have right already" if self.is_right else ""
        return f"{head}{right}: step {self.number} of {count}"

    def closing(self):
        """Return what is said below it: what comes next."""
        question, left = self.question, len(self.question.steps) - self.number
        if not question.steps:
            return ""
        if left:
            more = "is one more" if left == 1 else f"are {left} more"
            return f"There {more}. Ask again for the next one."
        place = f" in {question.place}" if question.place else ""
        ways = f"The text above the question{place} has all that it needs, and a "
        ways += "classmate or a teacher can look at what you have written."
        if question.functions and not self.is_right:
            check = f"`check({question.number})` tells what is wrong with your code."
            ways = f"{check} {ways}"
        return f"That was the last one. {ways}"

    def lines(self):
        """Return the head, the step and what comes next."""
        step = self.question.steps[self.number - 1 : self.number]
        return [*filter(None, [self.head(), *step, self.closing()])]

    def __repr__(self):
        """Return what a terminal shows."""
        return "\n".join(part for line in self.lines() for part in wrapped(line))

    def _repr_html_(self):
        """Return what a notebook shows: the steps before it are folded."""
        head, *step = map(in_html, self.lines())
        shown = [f"<p>{part}</p>" for part in [f"<b>{head}</b>", *step]]
        before = [in_html(part) for part in self.question.steps[: self.number - 1]]
        if before:
            items = "".join(f"<li>{part}</li>" for part in before)
            head = "<summary>The steps before it</summary>"
            shown.append(f"<details>{head}<ol>{items}</ol></details>")
        return "\n".join(shown)


def next_step(question, verdict=None):
    """Return the step after the last one that was shown, or a later one.

    The `verdict` on the answer, where there is one, tells which are done. After the
    last step they begin again.
    """
    seen, steps = {}, question.steps
    with contextlib.suppress(OSError, ValueError):
        seen = json.loads(SEEN.read_text(encoding="utf-8"))
    key = str(question.number)
    first = begin(steps, verdict) if verdict else 1
    number = max(seen.get(key, 0) + 1, first)
    number = min(first, len(steps)) if number > len(steps) else number
    with contextlib.suppress(OSError):
        SEEN.parent.mkdir(exist_ok=True)
        SEEN.write_text(json.dumps(seen | {key: number}), encoding="utf-8")
    return Step(question, number, bool(verdict and verdict.verdict == RIGHT))


def begin(steps, verdict):
    """Return the number of the step that helps with an answer as it is.

    That is the one which the judge names, or the one after those that it says are done;
    else the first one on the code alone, if there is code already.
    """
    labels = {k: m for k, step in enumerate(steps, 1) if (m := NAMED.match(step))}
    named = [*NAMED.finditer(verdict.hint or "")]
    if labels and named:
        first, last, done = named[-1].groups()
        wanted = chr(ord(last or first) + 1) if done else first
        ahead = [k for k, m in labels.items() if (m[2] or m[1]) >= wanted]
        return min([*ahead, max(labels) + 1, len(steps)])
    written = verdict.verdict not in (NOT_ANSWERED, RIGHT) or verdict.partway
    on_code = [k for k, step in enumerate(steps, 1) if ON_CODE.match(step)]
    return on_code[0] if written and on_code else 1
