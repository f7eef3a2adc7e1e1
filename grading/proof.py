"""Show that the judge knows right answers from wrong ones: `make proof`.

Three things, by question: right answers in other styles are right; known mistakes are
wrong and draw their own hints; and neither a mistake nor a missing function changes the
verdict on any other question.
"""

import ast
import sys

from checks.judge import NOT_ANSWERED, RIGHT, WRONG, judge
from checks.questions import BONUS, CODED, QUESTIONS
from checks.runner import BESIDE, TrustedAnswers, read_beside, read_source
from grading.mistakes import MISTAKES
from grading.probes import REFERENCE, VARIANTS, with_mistake

FUNCTIONS = {name: n for n in CODED + BONUS for name in QUESTIONS[n].functions}
HINTS = {(mistake.question, mistake.name): mistake.hint for mistake in MISTAKES}


def without(function):
    """Return the answers of this repository with a function missing."""
    files = []
    for text in [read_source(REFERENCE), *read_beside(REFERENCE).values()]:
        tree = ast.parse(text)
        tree.body = [n for n in tree.body if getattr(n, "name", "") != function]
        files.append(ast.unparse(tree))
    return TrustedAnswers(files[0], beside=dict(zip(BESIDE, files[1:], strict=True)))


def verdicts(answers, numbers=CODED):
    """Return the verdicts by question."""
    return {verdict.number: verdict for verdict in judge(answers, numbers)}


def is_recognised(mistake, verdict):
    """Tell whether a verdict is "wrong" with the hint of a mistake.

    Its name may be another one's: those that answer alike have one hint.
    """
    return verdict.verdict == WRONG and verdict.hint == mistake.hint


def surprises(expected, found):
    """Say where verdicts are not the expected ones, "right" where none is given."""
    return [
        f"question {n} is {verdict.verdict}: {verdict.hint}"
        for n, verdict in found.items()
        if verdict.verdict != expected.get(n, RIGHT)
    ]


def of_variant(path):
    """Return the surprises with a file of right answers; few have the bonus."""
    source, beside = read_source(path), read_beside(path)
    bonus = [n for n in BONUS if beside or QUESTIONS[n].functions[0] in source]
    return surprises({}, verdicts(TrustedAnswers(source, beside=beside), CODED + bonus))


def of_mistake(mistake, numbers=CODED + BONUS):
    """Return the surprises with a mistake in place, in some questions."""
    found = verdicts(with_mistake(mistake), numbers)
    verdict = found[mistake.question]
    own = (
        [] if is_recognised(mistake, verdict) else [f"its own hint is: {verdict.hint}"]
    )
    return own + surprises({mistake.question: WRONG}, found)


def of_missing(function):
    """Return the surprises with a function missing."""
    found = verdicts(without(function), CODED + BONUS)
    return surprises({FUNCTIONS[function]: NOT_ANSWERED}, found)


def main():
    """Print a row for each style and each question; return 1 if there is a surprise."""
    tried = {}
    print("Right answers                                        questions right")
    for path in [REFERENCE, *VARIANTS]:
        tried[path.name] = of_variant(path)
        bad = len(tried[path.name])
        print(f"    {path.name:45}    {'no surprise' if not bad else bad}", flush=True)

    print("\nWith one wrong answer in place           recognised    others still right")
    for n in CODED + BONUS:
        wrong = [mistake for mistake in MISTAKES if mistake.question == n]
        found = {mistake.name: of_mistake(mistake) for mistake in wrong}
        found |= {f"no {name}": of_missing(name) for name in QUESTIONS[n].functions}
        tried |= {f"question {n}, {name}": said for name, said in found.items()}
        own = sum(not any("own hint" in line for line in found[m.name]) for m in wrong)
        others = sum(
            line.startswith("question") for said in found.values() for line in said
        )
        cells = len(found) * (len(CODED + BONUS) - 1)
        print(
            f"{n:2}  {QUESTIONS[n].title:34.34}  {own:3} of {len(wrong):3}"
            f"        {cells - others:4} of {cells:4}",
            flush=True,
        )
    bad = [f"{name}: {line}" for name, said in tried.items() for line in said]
    print(
        "\n".join(
            ["", *bad] if bad else ["", f"{len(MISTAKES)} mistakes, no surprise."]
        )
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
