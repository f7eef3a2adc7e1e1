"""Judge the answers of a file.

    python -m checks [N ...] [--answers FILE] [--json | --watch] [--data FILE]

The exit status is 0 if nothing that asks for code is wrong or missing, 1 if something
is (a bonus may be missing), and 2 if the command cannot be understood or a file cannot
be read.
"""

import argparse
import json
import sys
from pathlib import Path

from checks import ANSWERS
from checks import data as files
from checks.judge import judge
from checks.questions import QUESTIONS
from checks.report import Report, verdict_lines, wants_colour
from checks.runner import Answers, read_beside, read_source


def main():
    """Do what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m checks", description=__doc__.partition("\n")[0]
    )
    parser.add_argument(
        "numbers", nargs="*", type=int, metavar="N", help="a question; all by default"
    )
    parser.add_argument(
        "--answers",
        type=Path,
        default=ANSWERS,
        metavar="FILE",
        help="the file to judge; shallow.py by default",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=files.SEED_1,
        metavar="FILE",
        help="the judge's data of another seed",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one object of JSON")
    form.add_argument(
        "--watch", action="store_true", help="judge again whenever the file is saved"
    )
    arguments = parser.parse_args()
    unknown = [n for n in arguments.numbers if n not in QUESTIONS]
    if unknown:
        parser.error(
            f"there is no question {unknown[0]}: they are 1 to {max(QUESTIONS)}"
        )
    if arguments.watch and arguments.numbers:
        parser.error("--watch goes through all questions: leave out the numbers")
    try:
        data = files.load(arguments.data)
        if arguments.watch:
            from checks.watch import watch  # needs a package that judging does not

            read_source(arguments.answers)
            return watch(arguments.answers, data)
        path = arguments.answers
        answers = Answers(read_source(path), path, beside=read_beside(path))
    except (OSError, ValueError) as error:
        parser.error(str(error))

    verdicts = []
    for verdict in judge(answers, arguments.numbers or QUESTIONS, data):
        verdicts.append(verdict)
        if not arguments.json:
            print("\n".join(verdict_lines(verdict, wants_colour())), flush=True)
    report = Report(verdicts, answers.problems)
    if arguments.json:
        questions = {str(v.number): v.as_json() for v in verdicts}
        print(
            json.dumps({"questions": questions, "problems": answers.problems}, indent=1)
        )
    else:
        print("\n".join(report.closing()))
    return 0 if report.done else 1


if __name__ == "__main__":
    sys.exit(main())
