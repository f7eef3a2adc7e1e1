"""Show that the judge knows right answers from wrong ones: `make proof`.

    python -m grading.proof [QUESTION ...]

Three things, by question: right answers in other styles are right; known mistakes are
wrong and draw their own hints; and neither a mistake nor a missing function changes the
verdict on any other question.
"""

import ast
import sys
from pathlib import Path

from checks.console import print_anything
from checks.judge import NOT_ANSWERED, RIGHT, WAITS, WRONG, Judge
from checks.runner import TrustedAnswers, read_beside, read_source
from checks.words import spans
from course import FILES
from grading.compiling import ROOT, Course, compile_course

REFERENCE = ROOT / FILES[0]
VARIANTS = sorted(Path(__file__).with_name("variants").glob("*.py"))


class Proof:
    """Judges answers whose verdicts are known.

    By default the course is this repository's, and compiled now, with seed 1.
    """

    def __init__(self, course=None, assignment=None):
        self.course = course or Course()
        self.assignment = assignment or compile_course(self.course)
        self.right = self.course.right()
        self.judged = self.assignment.coded + self.assignment.bonus

    def verdicts(self, answers, numbers=None, *, with_reference=True):
        """Return the verdicts by question."""
        judge = Judge(answers, self.assignment, self.right if with_reference else None)
        numbers = self.judged if numbers is None else numbers
        return {n: judge.verdict(n) for n in numbers}

    def mistakes(self, n):
        """Return the mistakes of a question, by name."""
        return {mistake.name: mistake for mistake in self.course.mistakes[n]}

    def wrong(self, n, name):
        """Return the functions that make a mistake, as texts by name."""
        texts = self.course.answer(n)
        return self.mistakes(n)[name].sources(texts)

    def with_mistake(self, n, name):
        """Return the right answers with a mistake in the place of one."""
        return self.course.right(self.wrong(n, name))

    def without(self, function):
        """Return the right answers with a function missing."""
        sources = self.course.sources.items()
        return self.course.trusted({f: without(text, function) for f, text in sources})

    def surprises(self, expected, found):
        """Say where verdicts are not the expected ones, "right" where none is given."""
        return [
            f"question {n} is {verdict.verdict}: {verdict.hint}"
            for n, verdict in found.items()
            if verdict.verdict not in expected.get(n, (RIGHT,))
        ]

    def of_variant(self, path, numbers=None):
        """Return the surprises with a file of right answers, in some questions or all.

        Few have the bonus, and none a question that was added since they were written.
        """
        source, beside = read_source(path), read_beside(path, self.course.files)
        text = "\n".join([source, *beside.values()])
        asked = self.assignment.question_of.items()
        there = {n for name, n in asked if f"def {name}(" in text}
        numbers = sorted(there.intersection(numbers or self.judged))
        answers = TrustedAnswers(source, beside=beside, files=self.course.files)
        return self.surprises({}, self.verdicts(answers, numbers))

    def of_mistake(self, n, name, numbers=None):
        """Return the surprises with a mistake in place, in some questions."""
        compiled = self.assignment.questions[n].mistakes
        hint = next(known["hint"] for known in compiled if known["name"] == name)
        answers = self.with_mistake(n, name)
        found = self.verdicts(answers, numbers)
        said = found[n].hint or ""  # perhaps with a line in which a value is lost
        own = [] if said.startswith(hint) else [f"its own hint is: {said}"]
        return own + self.surprises({n: (WRONG,)}, found)

    def of_missing(self, function):
        """Return the surprises with a function missing."""
        n = self.assignment.question_of[function]
        found = self.verdicts(self.without(function))
        return self.surprises({n: (NOT_ANSWERED,)}, found)

    def of_student(self, answers, n, expected):
        """Return the surprises where nobody has right answers: others wait at most."""
        found = self.verdicts(answers, with_reference=False)
        allowed = dict.fromkeys(self.judged, (RIGHT, WAITS)) | {n: (expected,)}
        return self.surprises(allowed, found)


def without(source, function):
    """Return a text without one of its functions."""
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if getattr(node, "name", "") != function]
    return ast.unparse(tree)


def main():
    """Print a row for each style and each question; return 1 if there is a surprise.

    If the command line names questions, they are the only ones that are tried.
    """
    print_anything()
    proof, tried, count = Proof(), {}, 0
    named = sys.argv[1:]
    asked = [n for n in proof.judged if not named or str(n) in named]
    if not asked:
        sys.exit(f"Name a question that asks for code: {spans(proof.judged)}")
    print("Right answers                                          surprises")
    for path in [REFERENCE, *VARIANTS]:
        tried[path.name] = said = proof.of_variant(path, asked)
        print(f"    {path.name:45} {len(said) or 'none':>14}", flush=True)

    print("\nWith one wrong or missing answer             mistakes  surprises")
    for n in asked:
        question, mistakes, found = proof.assignment.questions[n], proof.mistakes(n), {}
        for name in mistakes:
            answers = proof.with_mistake(n, name)
            found[name] = proof.of_mistake(n, name)
            found[f"{name}, as a student has it"] = proof.of_student(answers, n, WRONG)
        for name in question.functions:
            found[f"no {name}"] = proof.of_missing(name)
        bad = sum(map(len, found.values())) or "none"
        title = f"{n:2}  {question.title:40.40}"
        print(f"{title} {len(mistakes):8} {bad:>10}", flush=True)
        count += len(mistakes)
        tried |= {f"question {n}, {name}": said for name, said in found.items()}
    bad = [f"{name}: {line}" for name, said in tried.items() for line in said]
    print("\n".join(["", *bad] if bad else ["", f"Mistakes: {count}. No surprise."]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
