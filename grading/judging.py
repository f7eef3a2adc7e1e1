"""The judge on submissions: in a sandbox, with inputs of a new seed, within a time."""

import dataclasses
import hashlib
import re
import secrets
import sys
import time

import numpy as np

from checks import words
from checks.cases import Case, as_array, as_arrays
from checks.judge import (
    NOT_ANSWERED,
    NOT_JUDGED,
    RIGHT,
    TO_BE_READ,
    WRONG,
    Judge,
    Verdict,
)
from checks.questions import Assignment, changed
from checks.runner import SECONDS, Answers, TrustedAnswers
from grading import sandbox
from grading.compiling import Course, CourseError, compile_course
from grading.imports import ROOT, of_the_judge

SECONDS_IN_ALL = 15  # of the processor for slow answers, on a machine of some speed
LARGE = 100  # a number that hides what is wrong with the others
SHOWN = 40  # numbers of an array that the feedback shows
GIVEN = "Here, answers that call it were judged with the given one."


@dataclasses.dataclass
class Grader:
    """The judge with its sandbox, and with inputs of a new seed."""

    sandbox: sandbox.Sandbox  # where the students' functions run
    assignment: Assignment  # with a seed that nobody knows before it is judged
    right: TrustedAnswers  # of this repository
    pace: float = 1.0  # seconds of the processor in which any quick answer is judged

    @property
    def seed(self):
        """The seed of the inputs."""
        return self.assignment.seed

    @property
    def numbers(self):
        """The questions that are judged."""
        return self.assignment.coded + self.assignment.bonus

    @classmethod
    def new(cls, where):
        """Make one; it is a RuntimeError where it does not find right answers right."""
        course = Course()
        self = cls(where, compiled(course), course.right())
        first, *others = course.sources
        beside = {name: course.sources[name] for name in others}
        answers = self.answers(SECONDS, course.sources[first], first, beside=beside)
        judge, longest = Judge(answers, self.assignment, self.right), 0
        for n in self.numbers:
            start = time.monotonic()
            verdict = judge.verdict(n)
            longest = max(longest, time.monotonic() - start)
            if verdict.verdict != RIGHT:
                raise RuntimeError(
                    f"the project's own answer to Question {n} is {verdict.verdict} "
                    f"in the sandbox ({where.level}): {verdict.hint}"
                )
        answers.close()
        self.pace = max(1.0, 3 * longest)
        return self

    def answers(self, seconds, *code, **more):
        """Return a student's answers, which may take some seconds, in the sandbox."""
        files = self.assignment.files
        more |= {"files": files, "seconds": seconds, "sandbox": self.sandbox}
        return Answers(*code, **more)

    def verdicts(self, *code, **more):
        """Judge what a student handed in; return the verdicts and the problems of it.

        It is given as `Answers` takes it.

        A first round gives each question as long as it takes at most, if it is no slow
        one. Those that need more share the rest of the time in a second round, so that
        an endless loop costs the others nothing. What ended Python is tried once more
        there, too: a machine without memory may have ended it.
        """
        quick = self.answers(self.pace, *code, **more)
        verdicts, again = {}, []
        for n in self.numbers:
            verdicts[n] = self.verdict(n, quick)
            is_ended = verdicts[n].trial and verdicts[n].trial.ended
            if quick.late or is_ended:  # be it with the extras alone
                again.append(n)
        quick.close()
        slow = self.answers(SECONDS, *code, **more)
        slow.definitions_only, slow.slow = quick.definitions_only, quick.slow
        left = SECONDS_IN_ALL * self.pace
        for n in again:
            if left > self.pace:
                is_right = verdicts[n].verdict == RIGHT  # be it without all its extras
                slow.seconds = min(3 * self.pace if is_right else SECONDS, left)
                verdicts[n] = self.verdict(n, slow)
                left -= slow.seconds if slow.late else 0
        slow.close()
        return verdicts, list(map(timeless, quick.problems or slow.problems))

    def verdict(self, n, answers):
        """Judge a question; an error of the judge leaves it not judged."""
        try:
            verdict = Judge(answers, self.assignment, self.right).verdict(n)
            return dataclasses.replace(verdict, hint=timeless(verdict.hint))
        except Exception as error:
            said = f"the grader failed here ({type(error).__name__}: {error})"
            return Verdict(self.assignment.questions[n], NOT_JUDGED, said[:300])

    def result(self, handed_in):
        """Judge a submission; return the result as JSON can hold it.

        It has verdicts, and an example of what is wrong.
        """
        start = time.monotonic()
        code, verdicts, problems = (handed_in.source, handed_in.filename), {}, []
        texts = {handed_in.filename: handed_in.source} | handed_in.beside
        given = changed(texts, self.assignment.kept)
        given = [f"{said} {GIVEN}" if "`_" in said else said for said in given]
        more = {"beside": handed_in.beside, "unread": handed_in.unread}
        if handed_in.source.strip() or any(more.values()):
            verdicts, problems = self.verdicts(*code, **more)
        questions = {}
        for n, question in self.assignment.questions.items():
            nothing = NOT_ANSWERED, "there is no code to judge"
            said = nothing if n in self.numbers else (TO_BE_READ,)
            verdict = verdicts.get(n) or Verdict(question, *said)
            questions[str(n)] = found = verdict.as_json()
            if verdict.trial and verdict.verdict == WRONG:
                found["example"] = example(verdict.trial)
                found["ended"] = verdict.trial.ended
        return {
            "submission": handed_in.name,
            "student": handed_in.student,
            "sandbox": self.sandbox.level,
            "seed": self.seed,
            "seconds": round(time.monotonic() - start, 2),
            "questions": questions,
            "problems": [*handed_in.problems, *given, *problems],
        }


def compiled(course, tries=5):
    """Compile a course with a new seed; one may hide a mistake, and another one not."""
    try:
        return compile_course(course, seed=secrets.randbits(32))
    except CourseError:
        if tries == 1:
            raise
        return compiled(course, tries - 1)


def timeless(text):
    """Leave out how long something took: marks should not depend on the machine."""
    return text and re.sub(r"within [\d.e+-]+ seconds", "in time", text)


def example(trial):
    """Return one input with what was expected and what came, in words.

    `says` is a sentence; where a few numbers tell more, `given`, `expected` and `came`
    have a text by name each.
    """
    faulty = [
        (case, outcome, fault)
        for (case, outcome), fault in zip(trial.tried, trial.faults, strict=True)
        if fault
    ]
    if not faulty:
        return None
    case, outcome, fault = min(faulty, key=lambda item: easy_to_read(item[0]))
    found = {"says": timeless(fault[1])}
    if type(case) is not Case or outcome.error or outcome.value is None:
        return found
    given = zip(case.names, case.args, strict=False)
    return found | {
        "given": {name: shown(arg, case.parts) for name, arg in given},
        "expected": shown(case.expected, case.parts),
        "came": shown(outcome.value, case.parts),
    }


def easy_to_read(case):
    """Return what is smallest for the case that shows best what is wrong."""
    return largest(case.args) > LARGE, case.size


def largest(value):
    """Return the size of the largest number in an array, or in a list of arrays."""
    if isinstance(value, list | tuple):
        return max(map(largest, value), default=0)
    return np.abs(value).max(initial=0)


def shown(value, names=()):
    """Write a small array or a network; of a large one, its shape."""
    arrays = as_arrays(value)
    if arrays and all(part.ndim == 2 for part in arrays):
        parts = zip(words.parts(names, arrays), arrays, strict=True)
        return "\n".join(f"{name} = {shown(part)}" for name, part in parts)
    array = as_array(value)
    if array is None:
        return words.kind(value)
    if array.size > SHOWN:
        return words.kind(array)
    return np.array2string(array, precision=4, suppress_small=True, max_line_width=60)


def digest_of_the_judge():
    """Return a text that changes when verdicts may change."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {np.__version__}".encode())
    for path in sorted(of_the_judge()):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
