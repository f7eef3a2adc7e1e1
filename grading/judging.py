"""The judge on submissions: in a sandbox, with inputs of a new seed, within a time."""

import dataclasses
import hashlib
import json
import re
import secrets
import sys
import time
import traceback
from pathlib import Path

import numpy as np

from checks import data as files
from checks import words
from checks.judge import (
    NOT_ANSWERED,
    RIGHT,
    TO_BE_READ,
    WRONG,
    Verdict,
    judge_question,
    seed_1,
)
from checks.minibatches import Drawn, Watched
from checks.questions import BONUS, CODED, QUESTIONS
from checks.runner import SECONDS, Answers, read_beside, read_source
from checks.standins import SIGNATURES
from grading import sandbox
from grading.probes import REFERENCE, ROOT, make

SECONDS_IN_ALL = 15  # that a submission may take, on a machine of some speed
SHOWN = 40  # numbers of an array that the feedback shows


@dataclasses.dataclass
class Judge:
    """The judge with its sandbox, and with inputs of a new seed.

    Attributes
    ----------
    sandbox : Sandbox
        Where the students' functions run.
    seed : int
        Nobody knows it before the submissions are judged.
    data : dict
        The judge's data of that seed.
    pace : float
        Seconds in which any question is judged here, if its answer is no slow one.
    """

    sandbox: sandbox.Sandbox
    seed: int
    data: dict
    pace: float = 1.0

    @classmethod
    def new(cls, where):
        """Make one, and see that it finds right answers right.

        Raises
        ------
        RuntimeError
            When it does not.
        """
        seed = secrets.randbits(32)
        self = cls(where, seed, files.unpack(files.pack(make(seed))))
        beside, longest = read_beside(REFERENCE), 0
        answers = Answers(read_source(REFERENCE), sandbox=where, beside=beside)
        for n in CODED + BONUS:
            start = time.monotonic()
            verdict = judge_question(n, answers, self.data)
            longest = max(longest, time.monotonic() - start)
            if verdict.verdict != RIGHT:
                raise RuntimeError(
                    f"the project's own answer to Question {n} is {verdict.verdict} "
                    f"in the sandbox ({where.level}): {verdict.hint}"
                )
        self.pace = max(1.0, 3 * longest)
        return self

    def verdicts(self, source, filename="shallow.py", beside=None):
        """Judge what a student handed in.

        A first round gives each question as long as it takes at most, if it is no slow
        one. Those that need more share the rest of the time in a second round, so that
        an endless loop costs the others nothing.

        Returns
        -------
        verdicts : dict of int to Verdict
            By question, of those that ask for code.
        problems : list of str
            What is wrong with the text as a whole.
        """
        start = time.monotonic()
        given = {"sandbox": self.sandbox, "beside": beside}
        quick = Answers(source, filename, seconds=self.pace, **given)
        verdicts, again = {}, []
        for n in CODED + BONUS:
            verdicts[n] = self.verdict(n, quick)
            unread = quick.definitions_only and verdicts[n].verdict != RIGHT
            if quick.late or unread:  # late, be it with the extras alone
                again.append(n)
        slow = Answers(source, filename, **given)
        for n in again:
            left = start + SECONDS_IN_ALL * self.pace - time.monotonic()
            if left > self.pace:
                slow.seconds = min(SECONDS, left)
                verdicts[n] = self.verdict(n, slow)
        return verdicts, list(map(timeless, quick.problems or slow.problems))

    def verdict(self, n, answers, data=None):
        """Judge a question; no answer is an error of the judge."""
        try:
            verdict = judge_question(n, answers, data or self.data)
            return dataclasses.replace(verdict, hint=timeless(verdict.hint))
        except Exception:
            traceback.print_exc()
            return Verdict(n, WRONG, "what it returns cannot be judged")

    def result(self, handed_in):
        """Judge a submission.

        Returns
        -------
        dict
            As JSON can hold it: verdicts, an example of what is wrong, and for a
            mistake that nobody knows, what it has in common with those alike.
        """
        start = time.monotonic()
        code = handed_in.source, handed_in.filename, handed_in.beside
        if handed_in.source.strip() or handed_in.beside:
            verdicts, problems = self.verdicts(*code)
        else:
            verdicts, problems = {}, []
            for n in CODED + BONUS:
                verdicts[n] = Verdict(n, NOT_ANSWERED, "there is no code to judge")
        questions = {}
        for n in QUESTIONS:
            verdict = verdicts.get(n) or Verdict(n, TO_BE_READ)
            questions[str(n)] = verdict.as_json()
            if verdict.trial:
                questions[str(n)]["example"] = example(verdict.trial)
                if verdict.trial.ended:
                    questions[str(n)]["alike"] = verdict.trial.ended
                elif not verdict.mistake:
                    answers = Answers(
                        handed_in.source,
                        seconds=self.pace,
                        sandbox=self.sandbox,
                        beside=handed_in.beside,
                    )
                    same = self.verdict(n, answers, seed_1())
                    questions[str(n)]["alike"] = alike(same.trial)
        return {
            "submission": handed_in.name,
            "student": handed_in.student,
            "sandbox": self.sandbox.level,
            "seed": self.seed,
            "seconds": round(time.monotonic() - start, 2),
            "questions": questions,
            "problems": [
                *handed_in.problems,
                *problems,
            ],
        }


def timeless(text):
    """Leave out how long something took: marks should not depend on the machine."""
    return text and re.sub(r"within [\d.e+-]+ seconds", "in time", text)


def example(trial):
    """Return one input with what was expected and what came, in words.

    Returns
    -------
    dict
        `says`: a sentence; and where a few numbers tell more, `given`, `expected` and
        `came`, each a text by name.
    """
    faulty = [(p, part, out) for p, part, out in trial.tried if trial.faults[p.name]]
    probe, part, outcome = min(
        faulty, key=lambda item: sum(map(size, item[1]["args"])), default=[None] * 3
    )
    if probe is None:
        return None
    found = {"says": timeless(trial.faults[probe.name][1])}
    if isinstance(probe, Watched | Drawn) or outcome.error or outcome.value is None:
        return found
    names = SIGNATURES[probe.function].parameters
    args = zip(names, part["args"], strict=False)
    expected = part["expected"]
    return found | {
        "given": {name: shown(arg) for name, arg in args},
        "expected": shown(expected),
        "came": shown(outcome.value),
    }


def size(value):
    """Return how many numbers there are in an array or in a list of arrays."""
    return sum(map(size, value)) if isinstance(value, list | tuple) else np.size(value)


def shown(value):
    """Write a small array or a network; of a large one, its shape."""
    if isinstance(value, list | tuple) and value and np.ndim(value[0]) == 2:
        parts = zip(words.parts(value), value, strict=True)
        return "\n".join(f"{name} = {shown(part)}" for name, part in parts)
    try:
        array = np.asarray(value)
    except ValueError:
        return words.kind(value)
    if array.dtype.kind not in "biuf" or array.size > SHOWN:
        return words.kind(value)
    return np.array2string(array, precision=4, suppress_small=True, max_line_width=60)


def alike(trial):
    """Return what equal results have in common: a short text, the same for the same."""
    if trial is None:
        return ""
    found = {}
    for name, signature in trial.signatures().items():
        found[name] = json.dumps(rounded(signature), sort_keys=True, default=str)
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()[:12]


def rounded(value):
    """Return a value as JSON can hold it, with the digits that all machines share."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    if isinstance(value, np.ndarray):
        return [value.shape, [f"{number:.5g}" for number in value.ravel()[:500]]]
    return f"{value:.5g}" if isinstance(value, float) else value


def digest_of_the_judge():
    """Return a text that changes when verdicts may change."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {np.__version__}".encode())
    own = ["mistakes", "probes", "submission", "sandbox", "launch", "judging"]
    paths = [*(ROOT / "checks").glob("*.py"), *(ROOT / "grading/variants").glob("*.py")]
    paths += [Path(__file__).with_name(f"{name}.py") for name in own]
    for path in sorted([*paths, REFERENCE]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
