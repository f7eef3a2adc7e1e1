"""What came out of the cases of a question, and which known mistake that is."""

import numpy as np

from checks import words
from checks.cases import ORDER, PRINTED, VALUE, Case, alike, as_array
from checks.worker import DELETE

UNWRITTEN = ("NotImplementedError", "Unwritten")


class Trial:
    """The outcomes of the cases of a question.

    In `tried` stands each case with its outcome, in `faults` what is wrong in it, as
    `Case.fault` returns it, and in `used` the questions whose functions it called. How
    the process `ended`, if it did, is the type of an error.
    """

    def __init__(self, judge, question, functions, names, with_reference=True):
        self.question, self.used, self.tried = question, [], []
        self.left_out = set()
        for case in question.cases:
            if case.function in names:
                self.used.append(set())
                call = judge.caller(question, functions, self.used[-1], with_reference)
                self.tried.append((case, case.run(call)))
        note = judge.assignment.note
        self.faults = [case.fault(outcome, note) for case, outcome in self.tried]
        final = [outcome for _, outcome in self.tried if outcome.is_final]
        self.ended = final[0].error["type"] if final else None

    def leave_out(self, cases):
        """Let some cases decide nothing."""
        self.left_out |= set(cases)
        for k in self.left_out:
            self.faults[k] = None

    @property
    def fault(self):
        """What is told first: by the order of the functions, then of `Case.fault`."""
        found = [
            (self.question.functions.index(case.function), *self.faults[k])
            for k, (case, _) in self.faulty.items()
        ]
        return min(found, key=lambda fault: fault[:2])[2] if found else None

    @property
    def faulty(self):
        """The cases with a fault, with their outcomes, by number."""
        return {k: pair for k, pair in enumerate(self.tried) if self.faults[k]}

    @property
    def right(self):
        """The functions with which every case was tried and found right."""
        names = [case.function for case, _ in self.tried]
        bad = {names[k] for k in {*self.faulty, *self.left_out}}
        return [f for f in self.question.functions if f in names and f not in bad]

    def ended_by(self, types):
        """Return the cases that end by an exception of these types."""
        errors = [outcome.error or {"type": ""} for _, outcome in self.tried]
        return {k for k, error in enumerate(errors) if error["type"] in types}

    @property
    def unreturned(self):
        """Whether the first call comes to its end and returns nothing."""
        _, outcome = self.tried[0]
        return outcome.value is None and not outcome.error

    @property
    def is_ended_early(self):
        """Whether code stands beside a `raise` that was there from the start."""
        errors = [outcome.error or {} for _, outcome in self.tried]
        return any(error.get("message", "").startswith(DELETE) for error in errors)

    def relation(self):
        """Say how all wrong numbers follow from the right ones, "" if that is unknown.

        That is told of a function every result of which is a number, or an array.
        """
        wrong = [(case, as_array(out.value)) for case, out in self.faulty.values()]
        if len({case.function for case, _ in wrong}) != 1 or any(
            self.faults[k][0] != VALUE
            or type(case) is not Case
            or isinstance(case.expected, tuple)
            for k, (case, _) in self.faulty.items()
        ):
            return ""
        given = [np.shape(case.args[0]) for case, _ in wrong]
        return words.relation([(c.expected, value) for c, value in wrong], given)

    @property
    def unwritten(self):
        """What a function said that is not written yet, or that calls such a one."""
        for k in sorted(self.ended_by(UNWRITTEN) - self.left_out):
            said = self.tried[k][1].error["message"]
            return said or "go on: something is not written yet"
        return None

    def signatures(self):
        """Return what each case recognises its outcome by, where that is a fault."""
        return {
            k: case.signature(outcome) for k, (case, outcome) in self.faulty.items()
        }

    def mistake(self):
        """Return the known mistake that gives these outcomes, None if there is none.

        It has no name where it is only in a part of what is wrong: in the first of
        several functions, or in what is returned and not in what is printed.
        """
        if any(fault and fault[0] == ORDER for fault in self.faults):
            return None  # by chance, it may look like any of them
        found, names = self.signatures(), [case.function for case, _ in self.tried]

        def known(found, part_of):
            mistakes = self.question.mistakes
            return next((m for m in mistakes if fits(found, part_of(m))), None)

        def tried(mistake):
            outcomes = mistake["outcomes"].items()
            return {k: outcome for k, outcome in outcomes if k not in self.left_out}

        if whole := known(found, tried):
            return whole
        kinds = {fault[0] for fault in self.faults if fault}
        if kinds == {PRINTED}:  # it may also be right by chance in some of the cases
            own = without_told(found)
            silent = (m for m in self.question.mistakes if not m["hint"])
            return next((m for m in silent if has(without_told(tried(m)), own)), None)
        for mistake in self.question.mistakes[::-1] if not self.ended else ():
            if mistake.get("however") and found and set(found) <= set(tried(mistake)):
                return mistake
        wrong = {names[k] for k in found}
        first = next((name for name in self.question.functions if name in wrong), None)

        def of_first(mistake):
            outcomes = mistake["outcomes"]
            return outcomes if {names[k] for k in outcomes} == {first} else {}

        own = {k: part for k, part in found.items() if names[k] == first}
        part = known(own, of_first) if len(wrong) > 1 else None
        if not part:
            found = {k: v for k, v in found.items() if self.faults[k][0] != PRINTED}
            part = known(without_told(found), lambda m: without_told(m["outcomes"]))
        return part and {"hint": part["hint"], "name": None}

    def halfway(self):
        """Look at an answer some parts of which stand still wherever it is wrong.

        Returned are whether the others are right, and "" or a hint: which known mistake
        is in them. Where nothing moves, nothing can be said of how it would.
        """
        pairs = self.faulty
        found = [case.unmoved(out) for case, out in pairs.values() if not out.error]
        still = found[0] if found and all(parts == found[0] for parts in found) else []
        if not still or all(len(still) == len(c.expected) for c, _ in pairs.values()):
            return False, ""

        def moves_as(outcomes):
            return all(
                alike(case.of_moved(out, still), outcomes.get(k) or case.right())
                for k, (case, out) in pairs.items()
            )

        if moves_as({}) and all(
            len(still) < len(c.expected) for c, _ in pairs.values()
        ):
            return True, ""
        for known in self.question.mistakes:
            if not known.get("partway") and moves_as(known["outcomes"]):
                case, _ = next(iter(pairs.values()))
                parts = words.parts(case.parts, case.expected)
                rest = words.agree([parts[k] for k in still], "has", "have")
                return (
                    False,
                    f"{known['hint']} After that, go on: {rest} not moved yet.",
                )
        return False, ""


def without_told(signatures):
    """Return what outcomes are recognised by but for what was printed."""
    return {
        k: signature and {key: v for key, v in signature.items() if key != "told"}
        for k, signature in signatures.items()
    }


def has(known, part):
    """Tell whether some outcomes, by case, are among those of a known mistake."""
    return all(known.get(k) and alike(found, known[k]) for k, found in part.items())


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
