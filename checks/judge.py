"""The verdicts on the questions, one by one."""

import dataclasses
import functools

from checks import data as files
from checks.probes import alike
from checks.questions import QUESTIONS
from checks.runner import Answers, read_beside, read_source
from checks.standins import SIGNATURES, Tables

RIGHT, WRONG = "right", "wrong"
NOT_ANSWERED, TO_BE_READ = "not answered", "to be read"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What is to be said of one question.

    Attributes
    ----------
    number : int
        The question.
    verdict : {'right', 'wrong', 'not answered', 'to be read'}
        A question is to be read where it asks for words: a human judges that.
    hint : str or None
        One sentence on what is wrong or missing.
    mistake : str or None
        The short name of the known mistake that it is.
    lacks : list of str or None
        What a right answer lacks of what is nice to have; None if it is not right.
    untried : int
        How many more of that were not tried, since the process was stopped.
    trial : Trial or None
        What was tried, where the answer is wrong.
    """

    number: int
    verdict: str
    hint: str | None = None
    mistake: str | None = None
    lacks: list | None = None
    untried: int = 0
    trial: "Trial | None" = dataclasses.field(default=None, repr=False, compare=False)

    @property
    def title(self):
        """The title of the question."""
        return QUESTIONS[self.number].title

    @property
    def extras(self):
        """How many extras are there, of how many; None where that is not judged."""
        count = len(QUESTIONS[self.number].extras)
        lost = len(self.lacks or []) + self.untried
        return None if self.lacks is None else [count - lost, count]

    @property
    def extras_line(self):
        """The extras in words, "" where there is nothing to say."""
        if not self.extras or not self.extras[1]:
            return ""
        met, count = self.extras
        lacks = f": {'; '.join(self.lacks)}" if self.lacks else ""
        return f"extras {met} of {count}{lacks}"

    def as_json(self):
        """Return the verdict as JSON can hold it."""
        return {
            "verdict": self.verdict,
            "extras": self.extras,
            "lacks": self.lacks,
            "hint": self.hint,
            "mistake": self.mistake,
        }


@functools.cache
def seed_1():
    """Return the judge's data that everybody has."""
    return files.load()


def judge(answers, numbers=tuple(QUESTIONS), data=None):
    """Judge questions one by one.

    Parameters
    ----------
    answers : Answers or TrustedAnswers
        The functions to judge.
    numbers : sequence of int
        The questions.
    data : dict, optional
        The judge's data, as `data.load` returns them; by default those of seed 1.

    Yields
    ------
    Verdict
        For each of the questions.
    """
    data = data or seed_1()
    for n in numbers:
        yield judge_question(n, answers, data)


def judge_file(path, numbers=tuple(QUESTIONS), data=None):
    """Judge the questions that a file answers, and `deep.py` beside it.

    Parameters
    ----------
    path : path-like
        Such as ``shallow.py``.
    numbers, data
        As for `judge`.

    Returns
    -------
    verdicts : dict of int to Verdict
        By question.
    problems : list of str
        What is wrong with the files themselves.

    Raises
    ------
    OSError, ValueError
        As for `answers.read_source`.
    """
    answers = Answers(read_source(path), path, beside=read_beside(path))
    verdicts = {verdict.number: verdict for verdict in judge(answers, numbers, data)}
    return verdicts, answers.problems


def judge_question(n, answers, data):
    """Judge one question; see `judge`."""
    question, given = QUESTIONS[n], data["questions"].get(n)
    if not question.functions:
        return Verdict(n, TO_BE_READ)
    with answers.open() as functions:
        for name in question.functions:
            if name not in functions.names:
                why = f": {functions.problems[0]}" if functions.problems else ""
                return Verdict(n, NOT_ANSWERED, f"there is no `{name}`{why}")
            if name in functions.empty:
                return Verdict(n, NOT_ANSWERED, f"`{name}` is still empty")
        together = Trial(question, given, functions, given["tables"])
        fault = together.fault
        if fault:
            # Perhaps it is right, but only beside the student's other functions.
            alone = Trial(question, given, functions, tables={})
            fault = alone.fault and fault
        if not fault:
            lacks, untried = lacking(question.extras, functions)
            return Verdict(n, RIGHT, lacks=lacks, untried=untried)
        if together.unwritten:
            said = together.unwritten.removeprefix(f"Question {n}: ")
            return Verdict(n, NOT_ANSWERED, said)
        mistake = together.mistake() or alone.mistake()
        if mistake:
            hint, name = mistake["hint"], mistake["name"]
            return Verdict(n, WRONG, hint, name, trial=together)
        return Verdict(n, WRONG, fault, trial=together)


def lacking(extras, functions):
    """Return what a right answer lacks, and how many extras could not be tried."""
    lacks = []
    for number, extra in enumerate(extras, 1):
        met = extra.met(functions.call)
        if functions.error:
            lacks.append("was stopped before all of these were tried")
            return lacks, len(extras) - number
        if not met:
            lacks.append(extra.lacks)
    return lacks, 0


class Trial:
    """The outcomes of the probes of a question.

    Parameters
    ----------
    question : Question
        What is asked.
    given : dict
        The judge's data for it.
    functions : process or TrustedAnswers
        What is judged.
    tables : dict
        What is known of the functions of other questions; see `standins`.

    Attributes
    ----------
    fault : str or None
        The first fault, by the order of the functions and then that of `Probe.fault`.
    ended : {None, "Timeout", "Stopped"}
        How the process ended, if it did.
    unwritten : str or None
        What a function said that is not written yet, or that calls such a one where
        nobody knows what that should answer: then nobody knows whether it is right.
    """

    def __init__(self, question, given, functions, tables):
        others = [name for name in SIGNATURES if name not in question.functions]
        call = functools.partial(functions.call, standins=others)
        known = Tables(tables)
        self.mistakes = given["mistakes"]
        self.tried = [
            (probe, part, probe.run(call, part, known))
            for probe in question.probes
            for part in [given["probes"][probe.name]]
        ]
        self.faults = {
            probe.name: probe.fault(part, outcome)
            for probe, part, outcome in self.tried
        }
        found = [  # what an earlier function of the question lacks is told first
            (question.functions.index(probe.function), *self.faults[probe.name])
            for probe in question.probes
            if self.faults[probe.name]
        ]
        self.fault = min(found, key=lambda fault: fault[:2])[2] if found else None
        errors = [outcome.error for *_, outcome in self.tried if outcome.error]
        final = [outcome for *_, outcome in self.tried if outcome.is_final]
        self.ended = final[0].error["type"] if final else None
        self.unwritten = next(
            (
                error["message"] or "it is not written yet"
                for error in errors
                if error["type"] in ("NotImplementedError", "Unwritten")
            ),
            None,
        )

    def signatures(self):
        """Return what each probe recognises its outcome by, where that is a fault."""
        return {
            probe.name: probe.signature(part, outcome)
            for probe, part, outcome in self.tried
            if self.faults[probe.name]
        }

    def mistake(self):
        """Return the known mistake that gives these outcomes, None if there is none."""
        found = self.signatures()
        return next((m for m in self.mistakes if fits(found, m["outcomes"])), None)


def fits(found, known):
    """Tell whether faults are those of a known mistake.

    Parameters
    ----------
    found, known : dict of str to dict
        Signatures by the name of the probe. Of a known mistake, a probe or a part of
        its signature is left out where it depends on chance, a probe with None in its
        place.
    """
    probes = [name for name, signature in known.items() if signature is not None]
    return (
        set(probes) <= set(found) <= set(known)
        and any(known[name] for name in probes)
        and all(alike(found[name], known[name]) for name in probes)
    )
