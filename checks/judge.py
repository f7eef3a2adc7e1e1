"""The verdicts on the questions, one by one."""

import dataclasses
import difflib

from checks import words
from checks.cases import EXCEPTION, ORDER, SHAPE, alike, size
from checks.questions import Question
from checks.runner import Answers
from checks.words import listing

RIGHT, WRONG, WAITS = "right", "wrong", "waits"
NOT_ANSWERED, TO_BE_READ, NOT_JUDGED = "not answered", "to be read", "not judged"
MOST = 4000  # numbers in a call that the reference answers; no right answer asks more
UNWRITTEN = ("NotImplementedError", "Unwritten")
STEPS = 200_000  # such numbers times the whole numbers beside them: how long it takes


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What is to be said of one question.

    Attributes
    ----------
    question : Question
    verdict : {'right', 'wrong', 'waits', 'not answered', 'to be read', 'not judged'}
        A question is to be read where it asks for words: a human judges that. It waits
        where an answer may be wrong only since an earlier one is. It is not judged
        where the machine was too busy.
    hint : str or None
        One sentence on what is wrong or missing.
    mistake : str or None
        The short name of the known mistake that it is.
    partway : bool
        Whether all that is there is right, and it goes on from there.
    lacks : list of str or None
        What a right answer lacks of what is nice to have; None if it is not right.
    parts : list of str
        The functions that are right, where others of the question are wrong or missing.
    untried : int
        How many more of that were not tried, since the process was stopped.
    trial : Trial or None
        What was tried, where the answer is wrong.
    """

    question: Question
    verdict: str
    hint: str | None = None
    mistake: str | None = None
    partway: bool = False
    lacks: list | None = None
    parts: list = dataclasses.field(default_factory=list)
    untried: int = 0
    trial: "Trial | None" = dataclasses.field(default=None, repr=False, compare=False)

    @property
    def number(self):
        """The number of the question."""
        return self.question.number

    @property
    def title(self):
        """The title of the question."""
        return self.question.title

    @property
    def label(self):
        """The verdict as a student sees it."""
        return "on the way" if self.partway else self.verdict

    @property
    def extras(self):
        """How many extras are there, of how many; None where that is not judged."""
        count = len(self.question.extras)
        lost = len(self.lacks or []) + self.untried
        return None if self.lacks is None else [count - lost, count]

    @property
    def extras_line(self):
        """How many extras are there, in words; "" where there is nothing to say."""
        if not self.extras or not self.extras[1]:
            return ""
        return "extras {} of {}".format(*self.extras)

    def as_json(self):
        """Return the verdict as JSON can hold it."""
        return {
            "verdict": self.verdict,
            "extras": self.extras,
            "lacks": self.lacks,
            "hint": self.hint,
            "mistake": self.mistake,
            "parts": self.parts,
        }


class Judge:
    """Judges answers to the questions of an assignment.

    Parameters
    ----------
    answers : Answers or TrustedAnswers
        The functions to judge.
    assignment : Assignment
    reference : TrustedAnswers, optional
        Right answers, which whoever marks has: while a question is judged, they answer
        in the place of the functions of earlier questions, so that a verdict depends on
        one answer alone. Where there are none, an answer that is wrong waits for the
        earlier ones that it uses.
    """

    def __init__(self, answers, assignment, reference=None):
        self.answers = answers
        self.assignment = assignment
        self.reference = reference
        self.known = {}

    def verdicts(self, numbers=None):
        """Yield the verdicts on some questions, by default on all, one by one."""
        for n in numbers or self.assignment.questions:
            yield self.verdict(n)

    def verdict(self, n):
        """Return the verdict on a question; each is judged once."""
        if n not in self.known:
            self.known[n] = self._judge(self.assignment.questions[n])
        return self.known[n]

    def _judge(self, question):
        if not question.functions:
            return Verdict(question, TO_BE_READ)
        with self.answers.open() as functions:
            missing = self._missing(question, functions)
            if functions.error and functions.error["type"] == "Busy":
                return Verdict(question, NOT_JUDGED, functions.error["reason"])
            there = [name for name in question.functions if name not in missing]
            if missing and not there:
                return Verdict(question, NOT_ANSWERED, and_all(missing))
            together = Trial(self, question, functions, there)
            if missing:  # what needs a missing one tells nothing new
                together.leave_out(together.ended_by((*UNWRITTEN, "NameError")))
            fault, alone = together.fault, None
            if fault and self.reference and not together.ended:
                # Perhaps it is right, but only beside the student's other functions.
                alone = Trial(self, question, functions, there, with_reference=False)
                fault = alone.fault and fault
            if missing:
                said = and_all(missing)
                return self._unfinished(question, together, said, ", but")
            if not fault:
                call = self.caller(question, functions, used := set())
                lacks, untried = lacking(question, functions, call, used)
        if not fault:
            said = [self._blamed(question, *lack) for lack in lacks]
            return Verdict(question, RIGHT, lacks=said, untried=untried)
        if together.ended == "Busy":
            return Verdict(question, NOT_JUDGED, functions.error["reason"])
        if not self.reference and (earlier := self._spoiled(question, together)):
            if not together.fault:
                said = f"first Question {earlier}: this answer uses it"
                return Verdict(question, WAITS, said)
            fault = together.fault
        if together.unwritten:
            said = together.unwritten.removeprefix(f"Question {question.number}: ")
            together.leave_out(together.ended_by(UNWRITTEN))  # what else is wrong?
            return self._unfinished(question, together, said, "; now")
        found = together.mistake() or (alone and alone.mistake())
        if found:
            said = found["hint"] or fault
            known = said, found["name"], bool(found.get("partway"))
        else:
            known = together.fault_of_moved() or fault, None, together.is_partway
        return Verdict(question, WRONG, *known, parts=together.right, trial=together)

    def _unfinished(self, question, trial, said, link):
        """Return the verdict where a function is missing, with a word on the others."""
        done = []
        if trial.fault:
            known = trial.mistake() or {"hint": ""}
            said = f"{said}; and {known['hint'] or trial.fault}"
        elif done := [f"`{name}`" for name in trial.right]:
            said = f"{listing(done)} {'are' if done[1:] else 'is'} right{link} {said}"
        return Verdict(
            question, NOT_ANSWERED, said, partway=bool(done), parts=trial.right
        )

    def _blamed(self, question, lack, used):
        """Say what is lacking, and which earlier answer may be the reason."""
        for n in sorted(used if not self.reference else ()):
            if n < question.number and self.verdict(n).verdict != RIGHT:
                return (
                    f"{lack}, which may come from Question {n}: that is not right yet"
                )
        return lack

    def _missing(self, question, functions):
        """Return what to say of the functions that are missing or empty, by name."""
        found = {}
        for name in question.functions:
            if name not in functions.names:
                failed = functions.failed.get(name) or functions.failed.get("*")
                if name in functions.unread:
                    found[name] = "{} could not be read: " + functions.unread[name]
                else:
                    found[name] = "there is no {}" + (f": {failed}" if failed else "")
                    if near := not failed and self._near(name, functions.names):
                        found[name] += f"; is `{near}` meant to be it?"
            elif name in functions.empty:
                found[name] = "{} is still empty"
        return found

    def _near(self, name, names):
        """Return a function of the student that is nearly called so, or ""."""
        others = {n.lower(): n for n in names if n not in self.assignment.parameters}
        near = difflib.get_close_matches(name.lower(), others, 1, 0.8)
        return others[near[0]] if near else ""

    def _spoiled(self, question, trial):
        """Leave out the cases that use an earlier answer that is not right.

        Returned is the first of these earlier questions, or None.
        """
        used = {n for numbers in trial.used for n in numbers if n < question.number}
        bad = {n for n in used if self.verdict(n).verdict != RIGHT}
        trial.leave_out(k for k, numbers in enumerate(trial.used) if numbers & bad)
        return min(bad, default=None)

    def caller(self, question, functions, used=None, with_reference=True):
        """Return how to call a function while a question is judged.

        Parameters
        ----------
        question : Question
        functions : process or TrustedAnswers
        used : set, optional
            Gets the numbers of the questions whose functions are called.
        with_reference : bool
            Whether right answers take the place of the functions of earlier questions.

        Returns
        -------
        function
            Of a name and the arguments of the call; `ask` may be a function of a name
            and the arguments by name, which then answers before all others.
        """
        own = question.functions
        others = [name for name in self.assignment.parameters if name not in own]

        def call(name, *args, ask=None, **more):
            def answer(name, args, kwargs):
                n = self.assignment.question_of[name]
                if used is not None:
                    used.add(n)
                arguments = self.assignment.bind(name, args, kwargs)
                known = ask(name, arguments) if ask else None
                if known is None and self.reference and with_reference:
                    if n < question.number:
                        return self._right(name, arguments)
                return known

            return functions.call(name, *args, ask=answer, standins=others, **more)

        return call

    def _right(self, name, arguments):
        """Return what a right function answers, None where that would take long."""
        arguments = list(arguments.values())
        numbers = steps = size(arguments)
        for value in arguments:
            steps *= max(1, value) if isinstance(value, int) else 1
        if numbers > MOST or steps > STEPS:
            return None
        outcome = self.reference.call(name, *arguments)
        return None if outcome.error else [outcome.value]


def judge(answers, numbers=None, assignment=None, reference=None):
    """Judge questions one by one; see `Judge`.

    Yields
    ------
    Verdict
        For each of the questions, by default all.
    """
    if assignment is None:
        from checks.given import ASSIGNMENT as assignment
    yield from Judge(answers, assignment, reference).verdicts(numbers)


def judge_file(path, numbers=None, assignment=None):
    """Judge the questions that a file answers, and the student's others beside it.

    Parameters
    ----------
    path : path-like
        A module, or a notebook that defines the functions.
    numbers : sequence of int, optional
        The questions; by default all.
    assignment : Assignment, optional
        By default the one that everybody has.

    Returns
    -------
    verdicts : dict of int to Verdict
        By question.
    problems : list of str
        What is wrong with the files themselves.

    Raises
    ------
    OSError, ValueError
        As for `Answers.of`.
    """
    answers = Answers.of(path, assignment)
    found = {v.number: v for v in judge(answers, numbers, assignment)}
    return found, answers.problems


def lacking(question, functions, call, used):
    """Return what a right answer lacks, and how many extras could not be tried.

    What is lacking comes with the questions whose functions were called, as `call`
    notes them in `used`.
    """
    lacks, extras = [], question.extras
    for number, extra in enumerate(extras, 1):
        used.clear()
        met = extra.met(call)
        if functions.error:
            lacks.append(("was stopped before all of these were tried", set()))
            return lacks, len(extras) - number
        if not met:
            lacks.append((extra.lacks, set(used)))
    return lacks, 0


class Trial:
    """The outcomes of the cases of a question.

    Parameters
    ----------
    judge : Judge
    question : Question
        What is asked.
    functions : process or TrustedAnswers
        What is judged.
    names : sequence of str, optional
        The functions that are there; by default all of the question.
    with_reference : bool
        Whether right answers take the place of the functions of earlier questions.

    Attributes
    ----------
    ended : {None, "Timeout", "Stopped", "Busy"}
        How the process ended, if it did.
    used : list of set of int
        The questions whose functions were called, in each case.
    """

    def __init__(self, judge, question, functions, names=None, with_reference=True):
        self.question, self.used, self.tried = question, [], []
        for case in question.cases:
            if names is None or case.function in names:
                self.used.append(set())
                call = judge.caller(question, functions, self.used[-1], with_reference)
                self.tried.append((case, case.run(call)))
        self.faults = [case.fault(outcome) for case, outcome in self.tried]
        for k, (case, outcome) in enumerate(self.tried):
            if (note := judge.assignment.note) and self.faults[k]:
                early, said = self.faults[k]
                if early in (EXCEPTION, SHAPE) and case.mixes_samples(outcome):
                    self.faults[k] = early, f"{said}; {note}"
        final = [outcome for _, outcome in self.tried if outcome.is_final]
        self.ended = final[0].error["type"] if final else None
        self.left_out = set()

    def leave_out(self, cases):
        """Let some cases decide nothing."""
        self.left_out |= set(cases)
        for k in self.left_out:
            self.faults[k] = None

    @property
    def fault(self):
        """What is told first: by the order of the functions, then of `Case.fault`."""
        found = [
            (self.question.functions.index(case.function), *fault)
            for (case, _), fault in zip(self.tried, self.faults, strict=True)
            if fault
        ]
        return min(found, key=lambda fault: fault[:2])[2] if found else None

    @property
    def right(self):
        """The functions with which every case was tried and found right."""
        bad, seen = set(), set()
        for k, (case, _) in enumerate(self.tried):
            seen.add(case.function)
            if self.faults[k] or k in self.left_out:
                bad.add(case.function)
        return [name for name in self.question.functions if name in seen - bad]

    @property
    def unmoved(self):
        """The numbers of the parts that stand still wherever something is wrong."""
        found = [
            case.unmoved(outcome)
            for (case, outcome), fault in zip(self.tried, self.faults, strict=True)
            if fault and not outcome.error
        ]
        return found[0] if found and all(parts == found[0] for parts in found) else []

    @property
    def is_partway(self):
        """Whether parts stand still, and all the others are right."""
        unmoved = self.unmoved
        return bool(unmoved) and all(
            len(unmoved) < len(case.expected)
            and alike(case.of_moved(outcome, unmoved), case.right())
            for (case, outcome), fault in zip(self.tried, self.faults, strict=True)
            if fault
        )

    def fault_of_moved(self):
        """Say which known mistake is in the parts that moved, None if some do not."""
        unmoved, found = self.unmoved, {}
        for k, (case, outcome) in enumerate(self.tried):
            if unmoved and self.faults[k]:
                found[k] = case, case.of_moved(outcome, unmoved)
        if not found or self.is_partway:
            return None
        for known in self.question.mistakes:
            outcomes = known["outcomes"]
            if not known.get("partway") and all(
                alike(signature, outcomes.get(k) or case.right())
                for k, (case, signature) in found.items()
            ):
                names = words.parts(case.parts, case.expected)
                still = listing([names[k] for k in unmoved])
                have = "have" if unmoved[1:] else "has"
                return (
                    f"{known['hint']} After that, go on: {still} {have} not moved yet."
                )
        return None

    def ended_by(self, types):
        """Return the cases that end by an exception of these types."""
        return {
            k
            for k, (_, outcome) in enumerate(self.tried)
            if outcome.error and outcome.error["type"] in types
        }

    @property
    def unwritten(self):
        """What a function said that is not written yet, or that calls such a one."""
        for k, (_, outcome) in enumerate(self.tried):
            error = outcome.error or {"type": ""}
            if k not in self.left_out and error["type"] in UNWRITTEN:
                return error["message"] or "go on: something is not written yet"
        return None

    def signatures(self):
        """Return what each case recognises its outcome by, where that is a fault."""
        return {
            k: case.signature(outcome)
            for k, (case, outcome) in enumerate(self.tried)
            if self.faults[k]
        }

    def mistake(self):
        """Return the known mistake that gives these outcomes, None if there is none."""
        if any(fault and fault[0] == ORDER for fault in self.faults):
            return None  # by chance, it may look like any of them
        found, however = self.signatures(), None
        for known in self.question.mistakes:
            outcomes = known["outcomes"]
            rest = {k: part for k, part in outcomes.items() if k not in self.left_out}
            if fits(found, rest):
                return known
            if known.get("however") and found and not self.ended:
                however = known if set(found) <= set(rest) else however
        return however or self.mistake_of_first(found)

    def mistake_of_first(self, found):
        """Return the hint of a known mistake in the first function that is wrong.

        What is wrong in a later one is told when this one is right.
        """
        names = {k: case.function for k, (case, _) in enumerate(self.tried)}
        wrong = {names[k] for k in found}
        if len(wrong) < 2:
            return None
        first = next(name for name in self.question.functions if name in wrong)
        own = {k: part for k, part in found.items() if names[k] == first}
        for known in self.question.mistakes:
            outcomes = known["outcomes"]
            if {names[k] for k in outcomes} == {first} and fits(own, outcomes):
                return {"hint": known["hint"], "name": None}
        return None


def and_all(missing):
    """Say which functions are missing: those of which the same is said together."""
    together = {}
    for name, said in missing.items():
        together.setdefault(said, []).append(f"`{name}`")
    parts = [said.replace("{}", listing(names)) for said, names in together.items()]
    return "; ".join(parts)


def fits(found, known):
    """Tell whether faults are those of a known mistake; both are signatures by case.

    Of a known mistake, a case or a part of its signature is left out where it depends
    on chance, a case with None in its place.
    """
    cases = [k for k, signature in known.items() if signature is not None]
    return (
        set(cases) <= set(found) <= set(known)
        and any(known[k] for k in cases)
        and all(alike(found[k], known[k]) for k in cases)
    )
