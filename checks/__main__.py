"""Judge the answers of a file.

    python -m checks [N ...] [--answers FILE] [--json | --watch | --hint N]

The exit status is 0 if nothing that asks for code is wrong or missing, 1 if something
is (a bonus may be missing), and 2 if the command cannot be understood or a file cannot
be read.
"""

import argparse
import json
import sys
from pathlib import Path

from checks import ROOT, as_number, hint
from checks.console import print_anything
from checks.judge import Judge
from checks.questions import COMPILED, STALE, is_stale, load
from checks.report import Report, remember, untold, verdict_lines, wants_colour
from checks.runner import Answers
from checks.texts import noted
from checks.words import spans


def main():
    """Do what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m checks", description=__doc__.partition("\n")[0]
    )
    parser.add_argument(
        "numbers",
        nargs="*",
        type=as_number,
        metavar="N",
        help="a question; all by default",
    )
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="the module or notebook to judge; by default the first of the answers",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=COMPILED,
        metavar="FILE",
        help="questions that were compiled with another seed, or for another course",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one object of JSON")
    form.add_argument(
        "--watch", action="store_true", help="judge again whenever the file is saved"
    )
    form.add_argument(
        "--hint",
        type=as_number,
        metavar="N",
        help="help with a question, a step at a time",
    )
    print_anything()
    arguments = parser.parse_args()
    try:
        assignment = load(arguments.data)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    if arguments.data == COMPILED and is_stale(assignment, ROOT):
        print(STALE, file=sys.stderr)
    questions = assignment.questions
    asked = [*arguments.numbers, *([arguments.hint] if arguments.hint else [])]
    unknown = [n for n in asked if n not in questions]
    if unknown:
        parser.error(f"there is no question {unknown[0]}: they are {spans(questions)}")
    if arguments.hint:
        print(hint(arguments.hint))
        return 0
    if arguments.watch and arguments.numbers:
        parser.error("--watch goes through all questions: leave out the numbers")
    path = arguments.answers or ROOT / assignment.files[0]
    try:
        if arguments.watch:
            from checks.watch import watch  # needs a package that judging does not

            Answers.of(path, assignment)
            return watch(path, assignment)
        answers = Answers.of(path, assignment)
    except (OSError, ValueError) as error:
        parser.error(str(error))

    verdicts, told = [], []
    for verdict in Judge(answers, assignment).verdicts(arguments.numbers):
        if not arguments.answers:
            verdict = noted(verdict)
        verdicts.append(verdict)
        if not arguments.json:
            if answers.problems != told:
                told = answers.problems
                alone = [verdict] if len(arguments.numbers) == 1 else []
                if problems := untold(told, alone):
                    print("\n".join([*problems, ""]))
            print("\n".join(verdict_lines(verdict, wants_colour())), flush=True)
    remember(verdicts, path)
    report = Report(verdicts, answers.problems)
    if arguments.json:
        questions = {str(v.number): v.as_json() for v in verdicts}
        said = {"questions": questions, "problems": answers.problems}
        print(json.dumps(said, indent=1))
    else:
        print("\n".join(report.closing()))
    return 0 if report.done else 1


if __name__ == "__main__":
    sys.exit(main())
