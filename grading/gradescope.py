"""An autograder for Gradescope.

    python -m grading.gradescope build    writes build/gradescope/autograder.zip
    python -m grading.gradescope run /autograder    there: judges one submission

It stands on the same judge as `make grade`. What a human reads is graded in Gradescope
itself, and no reference answer is shown.
"""

import argparse
import json
import os
import re
import sys
import time
from pathlib import Path

from checks.judge import NOT_ANSWERED, NOT_JUDGED, RIGHT
from checks.report import extras_sentence, sentence
from grading import marks, sandbox, submission
from grading.compiling import CourseError, refuse_stale
from grading.imports import ROOT, needed, of_the_judge
from grading.judging import Grader
from tools.files import packed

HERE = Path(__file__).with_name("autograder")


def build(to):
    """Write the zip that is uploaded to Gradescope; the same one for the same files."""
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    named = re.findall(r"^(?:numpy|matplotlib)==.+", pins, re.M)
    contents = {"requirements.txt": "\n".join(named) + "\n"}
    programs = {path.name: path.read_bytes() for path in HERE.iterdir()}
    for path in needed(Path(__file__)) | of_the_judge():
        contents[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(packed(dict(sorted((contents | programs).items())), programs))
    return to


def where():
    """Return the best sandbox there: bubblewrap, or at least another user."""
    for level in ("bubblewrap", "user"):
        try:
            return sandbox.choose(level)
        except sandbox.NoSandbox:
            pass
    raise sandbox.NoSandbox("the submission cannot be kept from the judge's files")


def run(folder):
    """Judge the submission in ``folder/submission`` into ``folder/results``."""
    start = time.monotonic()
    try:
        found = results(folder / "submission")
    except Exception as error:  # without a score, so that nobody takes it for a zero
        said = f"This was not judged, which is no zero: {error}. Tell your instructor."
        print(said)  # for the instructor, who is shown what is printed
        found = {"output": said}
    found["execution_time"] = round(time.monotonic() - start, 1)
    to = folder / "results" / "results.json"
    to.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    os.chmod(to, 0o600)


def results(folder):
    """Return what Gradescope shows of a submission.

    The fields are those of https://gradescope-autograders.readthedocs.io/en/latest/specs/
    """
    handed_in = submission.read([folder], "submission")
    if not handed_in.has_code:
        problems = "; ".join(handed_in.problems)
        raise RuntimeError(f"no code was found in what you handed in ({problems})")
    points, grader = marks.read(), Grader.new(where())
    result = grader.result(handed_in)
    verdicts = {n: result["questions"][str(n)] for n in grader.numbers}
    unjudged = [n for n in verdicts if verdicts[n]["verdict"] == NOT_JUDGED]
    if unjudged:
        numbers = ", ".join(map(str, unjudged))
        said = verdicts[unjudged[0]]["hint"]
        raise RuntimeError(f"Question {numbers}: {said}; hand in again")
    tests = []
    for n, verdict in verdicts.items():
        if n in points.bonus and verdict["verdict"] == NOT_ANSWERED:
            continue
        lines = [verdict["verdict"], sentence(verdict["hint"])]
        lines.append(extras_sentence(verdict["lacks"]))
        if example := verdict.get("example"):
            lines.append(sentence(example["says"]))
        tests.append(
            {
                "score": points.for_code(n, verdict),
                "max_score": 0 if n in points.bonus else points.code.get(n, 0),
                "status": "passed" if verdict["verdict"] == RIGHT else "failed",
                "name": grader.assignment.questions[n].title,
                "number": str(n),
                "output": "\n".join(dict.fromkeys(filter(None, lines))),
                "output_format": "text",
                "visibility": "visible",
            }
        )
    notes = [sentence(problem) for problem in result["problems"]]
    notes.append(f"Sandbox: {result['sandbox']}. Seed: {result['seed']}.")
    return {
        "score": sum(test["score"] for test in tests),
        "output": "\n".join(notes),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def main():
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["build", "run"])
    parser.add_argument("folder", nargs="?", type=Path, default=Path("/autograder"))
    arguments = parser.parse_args()
    if arguments.what == "run":
        return run(arguments.folder)
    try:
        refuse_stale()
    except CourseError as error:
        sys.exit(f"No autograder was written.\n{error}")
    to = build(ROOT / "build" / "gradescope" / "autograder.zip")
    print(f"{to}: {to.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    sys.exit(main())
