"""Help for someone who is stuck: a step of a question, the next one at each call.

A step may begin with a label, such as "Steps c and d." or "Part c, the code."
"""

import collections
import contextlib
import functools
import json
import math
import re

from checks import ROOT
from checks.console import wrapped
from checks.judge import RIGHT, WAITS, WRONG
from checks.report import in_html
from checks.words import sentence

# The step of each question that was shown last, and what was wrong then.
SEEN = ROOT / "build" / "hints.json"
# A step or two in a label, and in what the judge says: "steps a and b are done".
NAMED = re.compile(r"\b[Ss]teps? ([a-z])(?: (?:and|to) ([a-z]))?( (?:is|are) done)?\b")
EXAMPLE = re.compile(r"\b(Check|Try|Run)\b")
ON_CODE = re.compile(r"Part [a-z], the code\b")  # the label of a step on the code alone
CODE = re.compile("`")
EXTRA = re.compile(r"\bfor an extra\b")  # a step that a right answer need not take


class Step:
    """A step of a question; none, the number 0, where something else comes first."""

    def __init__(self, question, number, is_right=False, said="", earlier=None):
        self.question, self.number, self.is_right = question, number, is_right
        self.said = said  # by the judge, of what is wrong, and not said before
        self.earlier = earlier  # the number of a question that comes first
        self.is_later = False  # whether the next one is on more than that

    def head(self):
        """Return what stands above it."""
        n, count = self.question.number, len(self.question.steps)
        head = f"Question {n} ({self.question.title})"
        if not count:
            return f"{head}: there are no hints for this question."
        if not self.number:
            return head
        right = ", which you have right already" if self.is_right else ""
        return f"{head}{right}: step {self.number} of {count}"

    def closing(self):
        """Return what is said below it: what comes next."""
        question, left = self.question, len(self.question.steps) - self.number
        if not question.steps:
            return ""
        if self.earlier:
            return f"`hint({self.earlier})` helps with that."
        if not self.number:
            return "Mend this first. It uses up no step: ask again after that."
        if left:
            more = "is one more" if left == 1 else f"are {left} more"
            later = ", on steps that come later" if self.is_later else ""
            return f"There {more}{later}. Ask again for the next one."
        place = f" in {question.place}" if question.place else ""
        ways = f"The text above the question{place} has all that it needs, and a "
        ways += "classmate or a teacher can look at what you have written."
        if question.functions and not (self.is_right or self.said):
            check = f"`check({question.number})` tells you what is wrong"
            ways = f"{check} with your code. {ways}"
        return f"That was the last one. {ways} If you ask again, they begin anew."

    def lines(self):
        """Return the head, what is wrong now, the step and what comes next."""
        step = self.question.steps[self.number - 1 : self.number]
        said = self.said and f"`check({self.question.number})` says: {self.said}"
        return [*filter(None, [self.head(), said, *step, self.closing()])]

    def __repr__(self):
        """Return what a terminal shows."""
        return "\n".join(part for line in self.lines() for part in wrapped(line))

    def _repr_html_(self):
        """Return what a notebook shows: the steps before it are folded."""
        head, *step = map(in_html, self.lines())
        shown = [f"<p>{part}</p>" for part in [f"<b>{head}</b>", *step]]
        before = [in_html(part) for part in self.question.steps[: self.number][:-1]]
        if before:
            items = "".join(f"<li>{part}</li>" for part in before)
            head = "<summary>The steps before it</summary>"
            shown.append(f"<details>{head}<ol>{items}</ol></details>")
        return "\n".join(shown)


def next_step(question, verdict=None):
    """Return the step after the last one that was shown, or the one that is needed.

    The `verdict` on the answer, where there is one, tells which are done, and to which
    one to go when something else is wrong than before. After the last step they begin
    again. No step is shown where an earlier question comes first, or a name or a line
    that Python does not understand.
    """
    if verdict and (verdict.is_blocked or verdict.earlier):
        said = sentence(verdict.hint)
        return Step(question, 0, said=said, earlier=verdict.earlier)
    seen, steps = {}, question.steps
    key, last, before = str(question.number), 0, ""
    with contextlib.suppress(OSError, ValueError, TypeError):
        seen = json.loads(SEEN.read_text(encoding="utf-8"))
        last, before = seen.get(key, (0, ""))
    first = begin(steps, verdict) if verdict else 1
    said = sentence(verdict.hint) if verdict and has_code(verdict) else ""
    is_other = said != before and is_whole(verdict)
    number = first if is_other else max(last + 1, first)
    number = min(first, len(steps)) if number > len(steps) else number
    with contextlib.suppress(OSError):
        SEEN.parent.mkdir(exist_ok=True)
        text = json.dumps(seen | {key: (number, said)})
        SEEN.write_text(text, encoding="utf-8")
    is_right = bool(verdict and verdict.verdict == RIGHT)
    step = Step(question, number, is_right, said if said != before else "")
    here, after = (NAMED.match("".join(steps[k : k + 1])) for k in (first - 1, number))
    step.is_later = bool(said and here and after and after[1] != here[1])
    return step


def own_check(question):
    """Return how to check an answer in words, as the last step of its help says it."""
    found = question.steps and EXAMPLE.search(question.steps[-1])
    return [question.steps[-1][found.start() :]] if found else []


def has_code(verdict):
    """Tell whether there is an answer to be mended."""
    return verdict.verdict in (WRONG, WAITS) or verdict.partway or verdict.is_begun


def is_whole(verdict):
    """Tell whether an answer is complete and wrong."""
    is_wrong = bool(verdict) and verdict.verdict == WRONG
    return is_wrong and not (verdict.partway or verdict.is_begun)


def begin(steps, verdict):
    """Return the number of the step that helps with an answer as it is.

    That is the one which the judge names, or the one after those that it says are done;
    else, of a wrong answer, the one that has most in common with what the judge says;
    else the first one on the code, if there is code already.
    """
    labels = {k: m for k, step in enumerate(steps, 1) if (m := NAMED.match(step))}
    named = [*NAMED.finditer(verdict.hint or "")]
    if labels and named:
        first, last, done = named[-1].groups()
        wanted = chr(ord(last or first) + 1) if done else first
        ahead = [k for k, m in labels.items() if (m[2] or m[1]) >= wanted]
        return min([*ahead, max(labels) + 1, len(steps)])
    on_code = [k for k, step in enumerate(steps, 1) if ON_CODE.match(step)]
    # The first step of all is to understand the task.
    later = [k for k in range(2, len(steps) + 1) if not EXTRA.search(steps[k - 1])]
    if is_whole(verdict):
        return nearest(steps, verdict, on_code or later)
    on_code += [k for k in later if CODE.search(steps[k - 1])]
    if verdict.parts:  # of several functions, the one that is next
        todo = [f"`{f}`" for f in verdict.question.functions if f not in verdict.parts]
        on_code.sort(key=lambda k: not any(name in steps[k - 1] for name in todo))
    return on_code[0] if on_code and has_code(verdict) else 1


def nearest(steps, verdict, numbers):
    """Return which of some steps has most in common with what is said of an answer.

    A word counts more where few steps have it, here and everywhere. If it is unknown
    what is wrong, a step that tries an example is good, too.
    """
    said = words_in(verdict.hint)
    here = collections.Counter(word for step in steps for word in words_in(step))
    every, count = everywhere()

    def common(k):
        found = words_in(steps[k - 1])
        weights = (
            math.log(len(steps) / here[word]) * math.log(count / max(1, every[word]))
            for word in sorted(found & said)
        )
        tries = not verdict.mistake and EXAMPLE.search(steps[k - 1])
        return sum(weights) / math.sqrt(len(found)) + 0.3 * bool(tries)

    return max(numbers, key=common, default=1)


@functools.cache
def everywhere():
    """Return how many steps of all questions have a word, and how many there are."""
    from checks.given import QUESTIONS

    steps = [step for question in QUESTIONS.values() for step in question.steps]
    found = collections.Counter(word for step in steps for word in words_in(step))
    return found, len(steps)


def words_in(text):
    """Return the words and names in a text."""
    return set(re.findall(r"\w+", text.lower()))
