"""The verdicts on the questions, one by one."""

import difflib
import math
from dataclasses import dataclass, field

from checks.cases import size
from checks.questions import Assignment, Question, digests, given
from checks.runner import Answers, TrustedAnswers
from checks.slips import slip_in
from checks.trial import UNWRITTEN, Trial
from checks.waypoints import KEPT_BACK, VAGUE, WRONG_SIGN, reached
from checks.words import agree, joined, listing

RIGHT, WRONG, WAITS = "right", "wrong", "waits"
NOT_ANSWERED, TO_BE_READ, NOT_JUDGED = "not answered", "to be read", "not judged"
MOST = 4000  # numbers in a call that the reference answers; no right answer asks more
NAMES = ("NameError", "UnboundLocalError", "AttributeError")
STEPS = 200_000  # such numbers times the whole numbers beside them: how long it takes


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one question.

    It is to be read where it asks for words: a human judges that. It waits where an
    answer may be wrong only since an earlier one is. It is not judged where the machine
    was too busy.
    """

    question: Question
    verdict: str  # one of the six above
    hint: str | None = None  # what is wrong or missing
    mistake: str | None = None  # the short name of the known mistake that it is
    partway: bool = False  # whether all that is there is right, as far as it goes
    unread: bool = False  # whether Python cannot read it
    is_begun: bool = False  # whether there is code, and nothing is returned yet
    earlier: int | None = None  # the question that it waits for
    lacks: list | None = None  # what is nice to have and a right answer has not
    met: int = 0  # how many of these extras it has
    parts: list = field(default_factory=list)  # functions that are right beside others
    trial: Trial | None = field(default=None, repr=False, compare=False)  # if wrong

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
        if self.unread:
            return "could not be read"
        return "on the way" if self.partway else self.verdict

    @property
    def is_blocked(self):
        """Whether a line, a name or a missing `return` alone is what to mend."""
        trial, is_whole = self.trial, KEPT_BACK in (self.hint or "")
        names = trial and trial.ended_by(NAMES) - trial.left_out
        return self.unread or is_whole or bool(names)

    @property
    def extras(self):
        """How many extras are there, of how many; None where that is not judged."""
        return None if self.lacks is None else [self.met, len(self.question.extras)]

    @property
    def extras_line(self):
        """How many extras are there, in words; "" where there is nothing to say."""
        if not self.extras or not self.extras[1]:
            return ""
        return "; extras {} of {}".format(*self.extras)

    def as_json(self):
        """Return the verdict as JSON can hold it."""
        names = "verdict label extras lacks hint mistake parts unread".split()
        return {name: getattr(self, name) for name in names}


@dataclass(eq=False, repr=False)
class Judge:
    """Judges answers to the questions of an assignment."""

    answers: Answers | TrustedAnswers
    assignment: Assignment
    # Right answers, which whoever marks has: while a question is judged, they answer in
    # the place of the functions of earlier questions, and of given helpers that are not
    # as they were, so that a verdict depends on one answer alone. Where there are none,
    # an answer that is wrong waits for the earlier ones that it uses.
    reference: TrustedAnswers | None = None

    def __post_init__(self):
        """Find the given helpers that are not as they were."""
        self.known, own = {}, set()
        for text in self.answers.texts.values():
            own |= digests(text).items()
        spoiled = {*self.assignment.kept.items()} - own if self.reference else ()
        # No answer calls the given functions that have a name for everybody.
        self.helpers = [name for name, _ in spoiled if name.startswith("_")]

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
            there = [name for name in question.functions if name not in missing]
            trial = Trial(self, question, functions, there)
            last, way = trial, ("", True)
            if missing:  # what needs a missing one tells nothing new
                trial.leave_out(trial.ended_by((*UNWRITTEN, "NameError")))
            elif trial.fault and self.reference and not trial.ended:
                # Perhaps it is right, but only beside the student's other functions.
                last = Trial(self, question, functions, there, with_reference=False)
            is_right = not missing and not last.fault
            if is_right:
                call = self.caller(question, functions, used := set())
                lacks, met = lacking(question, functions, call, used)
            elif there and not (self.reference or trial.ended):
                way = reached(question, self.caller(question, functions), trial)
        if functions.error and functions.error["type"] == "Busy" and not is_right:
            return Verdict(question, NOT_JUDGED, functions.error["reason"])
        if not there:
            unread = any(name in functions.unread for name in missing)
            said = and_all(missing)
            return Verdict(question, NOT_ANSWERED, said, unread=unread)
        if is_right:
            said = [self._blamed(question, *lack) for lack in lacks]
            return Verdict(question, RIGHT, lacks=said, met=met)
        if not missing and not self.reference:
            earlier = self._spoiled(question, trial)
            if earlier and not trial.fault:
                said = f"first Question {earlier}: this answer uses it"
                return Verdict(question, WAITS, said, earlier=earlier)
        known = trial.mistake() or last.mistake() or {}
        case, outcome = trial.tried[0]
        is_half = missing or outcome.value is None
        is_half = is_half or (all(way) and case.unmoved(outcome))
        slip = self._slip(question, trial, is_unknown=not (known or is_half))
        if VAGUE in way[0] and (slip or trial.relation()):
            way = "", False  # something better is known
        if missing:
            return unfinished(trial, and_all(missing), ", but", slip=slip)
        if said := trial.unwritten:
            trial.leave_out(trial.ended_by(UNWRITTEN))  # what else is wrong?
            task = said.removeprefix(f"Question {question.number}: ")
            said = f"after that, {task}" if trial.fault and task != said else task
            return unfinished(trial, said, "; now", way, slip)
        return wrong(trial, known, way, slip)

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
            failed = functions.failed.get(name) or functions.failed.get("*")
            if name in functions.names:
                if name in functions.empty:
                    found[name] = "{} is still empty"
            elif name in functions.unread:
                found[name] = "{} could not be read: " + functions.unread[name]
            elif failed:
                found[name] = "there is no {}: " + failed
            else:
                near = self._near(name, functions.names)
                meant = f"; is `{near}` meant to be it?" if near else ""
                found[name] = "there is no {}" + meant
        return found

    def _near(self, name, names):
        """Return a function of the student that is nearly called so, or ""."""
        others = {n.lower(): n for n in names if n not in self.assignment.parameters}
        near = difflib.get_close_matches(name.lower(), others, 1, 0.65)
        if not near:
            return ""
        asked = {n.lower(): n for n in self.assignment.parameters}
        (closest,) = difflib.get_close_matches(near[0], asked, 1, 0)
        return others[near[0]] if asked[closest] == name else ""

    def _spoiled(self, question, trial):
        """Leave out the cases that use an earlier answer that is not right.

        Returned is the first of these earlier questions, or None.
        """
        used = {n for numbers in trial.used for n in numbers if n < question.number}
        bad = {n for n in used if self.verdict(n).verdict != RIGHT}
        trial.leave_out(k for k, numbers in enumerate(trial.used) if numbers & bad)
        return min(bad, default=None)

    def _slip(self, question, trial, is_unknown):
        """Say what slip there is in a function that is not right; see `slip_in`."""
        texts, known = self.answers.texts, self.assignment.parameters
        names = [name for name in question.functions if name not in trial.right]
        said = (slip_in(texts, name, known, is_unknown=is_unknown) for name in names)
        return next(filter(None, said), "")

    def caller(self, question, functions, used=None, with_reference=True):
        """Return how to call a function, by name, while a question is judged.

        The set `used` gets the numbers of the questions whose functions are called. The
        reference answers in the place of functions of earlier questions, and `ask`, a
        function of a name and the arguments by name, before all others.
        """
        own = question.functions
        others = [name for name in self.assignment.parameters if name not in own]
        others += self.helpers

        def call(name, *args, ask=None, **more):
            def answer(name, args, kwargs):
                if name in self.helpers:
                    return self._right(name, args, kwargs) if with_reference else None
                n = self.assignment.question_of[name]
                if used is not None:
                    used.add(n)
                arguments = self.assignment.bind(name, args, kwargs)
                known = ask(name, arguments) if ask else None
                if known is None and self.reference and with_reference:
                    if n < question.number and not takes_long(arguments.values()):
                        return self._right(name, args, kwargs)
                return known

            return functions.call(name, *args, ask=answer, standins=others, **more)

        return call

    def _right(self, name, args, kwargs):
        """Return what a right function answers, None where it answers nothing."""
        outcome = self.reference.call(name, *args, **kwargs)
        return None if outcome.error else [outcome.value]


def takes_long(arguments):
    """Tell whether a right function would take long to answer."""
    whole = [max(1, value) for value in arguments if isinstance(value, int)]
    numbers = size([*arguments])
    return numbers > MOST or numbers * math.prod(whole) > STEPS


def judge(answers, numbers=None, assignment=None, reference=None):
    """Yield the verdicts on questions, by default on all, one by one; see `Judge`."""
    yield from Judge(answers, assignment or given(), reference).verdicts(numbers)


def judge_file(path, numbers=None):
    """Judge the questions that a file answers, and the student's others beside it.

    Returned are the verdicts by question and, in lines, what is wrong with the files. A
    file is a module or a notebook that defines the functions; it is an OSError or a
    ValueError where it cannot be read.
    """
    answers = Answers.of(path)
    return {v.number: v for v in judge(answers, numbers)}, answers.problems


def wrong(trial, known, way, slip):
    """Return the verdict on a wrong answer, which may be a known mistake."""
    is_partway, moved = trial.halfway()
    hint = known.get("hint") or moved or trial.fault
    partway = known.get("partway", False) if known else is_partway
    reached_so_far, is_right = way
    if trial.unreturned and slip:
        hint = trial.fault  # it may be complete but for the `return`
    elif trial.unreturned and reached_so_far:
        hint, partway = joined(reached_so_far, trial.fault), is_right
    elif reached_so_far and known.get("partway"):
        hint, partway = reached_so_far, is_right
    elif not known and not moved:
        said = [hint, trial.relation(), reached_so_far]
        is_doubt = not (is_right or trial.tried[0][1].error)
        hint = joined(*(said[::-1] if is_doubt else said))
    elif sign := WRONG_SIGN.search(reached_so_far):
        hint = joined(hint, sign[0])
    hint, name = joined(hint, slip), known.get("name")
    said = {"parts": trial.right, "is_begun": trial.unreturned, "trial": trial}
    return Verdict(trial.question, WRONG, hint, name, partway, **said)


def unfinished(trial, said, link, way=("", True), slip=""):
    """Return the verdict where a function is not there, with a word on the others."""
    question, right = trial.question, trial.right
    if trial.fault:
        hint = (trial.mistake() or {}).get("hint") or trial.fault
        hint = joined(hint, said, slip)
        return Verdict(question, WRONG, hint, parts=right, trial=trial)
    if right:
        names = [f"`{name}`" for name in right]
        said = f"{agree(names, 'is right', 'are right')}{link} {said}"
    text, is_right = way
    hint = joined(text, said, slip)
    said = {"partway": bool(right or text) and is_right, "parts": right}
    return Verdict(question, NOT_ANSWERED, hint, is_begun=trial.is_ended_early, **said)


def lacking(question, functions, call, used):
    """Return what is lacking, with the questions that were used, and what is not."""
    lacks, met = [], 0
    for extra in question.extras:
        used.clear()
        has_it = extra.met(call)
        if functions.error:
            return [*lacks, (f"{extra.lacks}: the check was stopped there", ())], met
        if has_it:
            met += 1
        else:
            lacks.append((extra.lacks, set(used)))
    return lacks, met


def and_all(missing):
    """Say which functions are missing: those of which the same is said together."""
    together = {}
    for name, said in missing.items():
        together.setdefault(said, []).append(f"`{name}`")
    parts = []
    for said, names in together.items():
        said = said.replace("no {}", listing([f"no {name}" for name in names]))
        said = said.replace("{} is", agree(names, "is", "are"))
        parts.append(said.replace("{}", listing(names)))
    return "; ".join(parts)
