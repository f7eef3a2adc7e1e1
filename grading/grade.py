"""Grade a class: judge every submission in a folder, write marks and feedback.

    python -m grading.grade FOLDER [--to build/grades] [--jobs 1]

`make grade SUBMISSIONS=FOLDER` is the same. What is graded already, and has not
changed, is not judged again.
"""

import argparse
import contextlib
import hashlib
import json
import re
import sys
import threading
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from checks.console import print_anything
from checks.given import BONUS, CODED, QUESTIONS
from checks.judge import NOT_ANSWERED, NOT_JUDGED, TO_BE_READ, Verdict
from grading import feedback, intake, lms, marks, sandbox, submission
from grading.apart import Apart, Failed
from grading.compiling import refuse_stale
from grading.imports import ROOT
from grading.judging import Grader, digest_of_the_judge
from tools.files import write

READ, PAGE = 15, 6  # seconds of the processor's time; most take a tenth of one
NO_CODE = (
    "No code was found in these; they have no mark until you enter points for them in "
    "to_read.csv, even if only a 0 under adjust:"
)
ASIDE = (
    "Left aside and without a row, since no code is read from such files; if one is a "
    "submission, put it into a folder of its own:"
)
FAILED = "the grader failed here, which is no fault of yours"


class NoJudge(Exception):
    """Nothing can be judged here, which no submission is the cause of."""


class Run:
    """A run over a folder of submissions; see `grade`."""

    def __init__(self, to, points, level="", judge=None):
        self.to, self.points, self.level, self.judge = to, points, level, judge
        self.judged, self.lines = 0, []  # how many were, and what is to be printed
        self.lock = threading.Lock()
        self.digest = digest_of_the_judge()
        to.mkdir(parents=True, exist_ok=True)
        self.reading = marks.Reading(to / "to_read.csv", points)
        self.processes, self.own = contextlib.ExitStack(), threading.local()

    def apart(self, function, *args, **kwargs):
        """Call a function in this thread's process apart; see `Apart.call`."""
        if not hasattr(self.own, "process"):
            process = contextlib.closing(Apart())
            self.own.process = self.processes.enter_context(process)
        return self.own.process.call(function, *args, **kwargs)

    def mention(self, head, names):
        """Have names printed below a head, where there are any."""
        self.lines += marks.listed(head, names)

    def get_judge(self):
        """Return the judge, which takes some seconds to make, where it is needed."""
        with self.lock:
            try:
                self.judge = self.judge or Grader.new(sandbox.choose(self.level))
            except Exception as error:
                raise NoJudge(error) from error
            self.judged += 1
            return self.judge

    def grade(self, name, paths):
        """Grade a submission; whatever it does to that, there is a result."""
        handed_in = submission.Submission(name)
        try:
            handed_in = self.apart(submission.read, paths, name, seconds=READ)
            return self.finish(handed_in, self.result(handed_in))
        except NoJudge:
            raise
        except Exception as error:
            details = traceback.format_exc()[-5000:]
            handed_in.faults.append(getattr(error, "details", details))
            why = type(error).__name__
            if isinstance(error, Failed):
                why = f"{error} when it read the files"
            handed_in.problems.append(f"{FAILED}: {why}")
            return self.finish(handed_in, failed(handed_in))

    def result(self, handed_in):
        """Return the result of a submission, judged now unless it is known."""
        key = f"{handed_in.digest}{self.digest}".encode()
        key = hashlib.sha256(key).hexdigest()
        result = known(self.to / handed_in.name / "results.json", key)
        if result is None and (handed_in.source or not handed_in.faults):
            result = self.get_judge().result(handed_in) | {"key": key}
            json.dumps(result).encode()
        return result or failed(handed_in)

    def finish(self, handed_in, result):
        """Count the points of a submission and write its files; return its result."""
        folder, faults = self.to / handed_in.name, handed_in.faults
        result["no_code"] = not handed_in.has_code and not faults
        result["rivals"], result["broken"] = handed_in.rivals, handed_in.broken
        marks.count(result, self.points, self.reading.of(handed_in.name))
        try:
            folder.mkdir(exist_ok=True)
            page, why = self.page(result, handed_in)
            write(folder / "feedback.html", page)
            write(folder / "results.json", json.dumps(result, indent=1) + "\n")
            if why:  # of this run alone
                result["problems"] = [*result["problems"], why]
            (folder / "faults.txt").unlink(missing_ok=True)
            if faults:
                write(folder / "faults.txt", "\n\n".join(faults) + "\n")
        except OSError as error:
            faults.append(str(error))
            result["problems"].append(f"its page cannot be written: {error.strerror}")
        return result | {"faults": len(faults)}

    def page(self, result, handed_in):
        """Return the page of a submission, and why something is not shown in it."""
        less = submission.Submission(handed_in.name, handed_in.student)
        for part, why in [(handed_in, ""), (handed_in, TYPED), (less, NOT_SHOWN)]:
            shown = result | {"problems": result["problems"] + [why] * bool(why)}
            shown["faults"] = len(handed_in.faults)
            args = shown, part, self.points, why == TYPED
            try:
                return self.apart(feedback.page, *args, seconds=PAGE), why
            except Exception as error:
                handed_in.faults.append(getattr(error, "details", repr(error)))
        return NOT_SHOWN, NOT_SHOWN


TYPED = "what is written in the notebooks is shown as it was typed: setting it failed"
NOT_SHOWN = "code, texts and figures are not shown here: the grader failed to do so"


def failed(handed_in):
    """Return the result of a submission of which nothing could be judged."""
    verdicts = {
        str(n): Verdict(question, NOT_JUDGED if question.functions else TO_BE_READ)
        for n, question in QUESTIONS.items()
    }
    return {
        "submission": handed_in.name,
        "student": handed_in.student,
        "sandbox": "none",
        "seed": 0,
        "seconds": 0,
        "questions": {n: verdict.as_json() for n, verdict in verdicts.items()},
        "problems": handed_in.problems,
    }


def known(path, key):
    """Return the result in a file, None unless it is a final one of this submission."""
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
        verdicts = [verdict["verdict"] for verdict in result["questions"].values()]
        final = result["key"] == key and NOT_JUDGED not in verdicts
        return result if final else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def grade(folder, to, points, level="", jobs=1, tell=None, judge=None):
    """Grade every submission in a folder; return the results by name, and the `Run`.

    `level` is the kind of sandbox, "" for the best that there is; `jobs` are judged at
    a time. After each one, `tell` gets the number done, that of all, and its name. By
    default the judge is a `Grader` with inputs of a new seed.
    """
    found, aside = intake.find(folder)
    if not found:
        raise ValueError(f"{folder}: there is no submission in it")
    threading.stack_size(2**26)  # for code that is nested deeply
    run, results = Run(to, points, level, judge), {}
    run.mention(ASIDE, aside)
    run.mention("Points in to_read.csv that do not count:", run.reading.match(found))
    head = "Points in to_read.csv above a question's maximum, which count as written:"
    run.mention(head, run.reading.above)
    with ThreadPoolExecutor(jobs) as pool, run.processes:
        tasks = {
            pool.submit(run.grade, name, paths): name for name, paths in found.items()
        }
        try:
            for task in as_completed(tasks):
                results[tasks[task]] = task.result()
                if tell:
                    tell(len(results), len(tasks), tasks[task])
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        again = [name for name, result in results.items() if result["unjudged"]]
        for name in again:  # once more alone: perhaps the machine was too busy
            results[name] = run.grade(name, found[name])
    results = dict(sorted(results.items()))
    run.lines += write_summary(run, results)
    look_through(results, run)
    return results, run


def write_summary(run, results):
    """Write the tables and the page of the class; return what went wrong."""
    run.reading.save({name: r["student"]["name"] for name, r in results.items()})
    book = marks.gradebook(results, run.points)
    marks.write_table(run.to / "gradebook.csv", book)
    try:
        feedback.write_class(run.to, results, run.points)
    except Exception as error:  # the marks are there
        return [f"The page of the class could not be written: {error!r}"]
    return []


def look_through(results, run):
    """List what whoever marks should look at."""

    def those(is_one):
        return [name for name, result in results.items() if is_one(result)]

    def said(key, is_one=bool):
        names = those(lambda result: result.get(key) and is_one(result))
        return [f"{n}: {'; '.join(map(str, results[n][key]))}" for n in names]

    head = "The grader failed here (see faults.txt there):"
    run.mention(head, those(lambda result: result["faults"]))
    run.mention("Not judged, and judged again by the next run:", said("unjudged"))
    run.mention(NO_CODE, said("problems", marks.is_undecided))
    rest = "cannot read all of the code of these; only the rest was judged:"
    run.mention(f"{feedback.PYTHON} {rest}", said("broken"))
    run.mention("Of several files with answers, one counts:", said("rivals"))
    head = "No question is answered in these; look at them:"
    run.mention(
        head, [f"{n}: {first_hint(results[n])}" for n in those(is_all_unanswered)]
    )
    packages, owners = Counter(), {}
    for name, result in results.items():
        text = json.dumps(result)
        packages.update({*re.findall(r"[Nn]o module named '(\w+)", text)})
        owners.setdefault(result["student"]["id"], []).append(name)
    owners.pop("", None)
    shared = [f"{n}: {', '.join(names)}" for n, names in owners.items() if names[1:]]
    run.mention("More than one submission has this ID in its student.json:", shared)
    counts = ", ".join(f"{name} ({n})" for name, n in sorted(packages.items()))
    head = "Modules that submissions import and that are not there:"
    run.mention(head, [counts] * bool(counts))
    left = {path.parent.name for path in run.to.glob("*/results.json")} - {*results}
    head = "Left over from earlier runs, without a submission now:"
    run.mention(head, sorted(left))


def is_all_unanswered(result):
    """Tell whether there is code, of which no question is answered."""
    verdicts = [result["questions"][str(n)]["verdict"] for n in CODED + BONUS]
    return not result.get("no_code") and {*verdicts} == {NOT_ANSWERED}


def first_hint(result):
    """Return what is said of the first question that asks for code."""
    n = min(CODED + BONUS)
    return f"Question {n}: {result['questions'][str(n)]['hint']}"


def show(done, all_, name):
    """Show how many are done, where somebody watches."""
    if sys.stderr.isatty():
        line = f"\r{done} of {all_}: {name[:40]:40}"
        end = "\n" if done == all_ else ""
        print(line, end=end, file=sys.stderr, flush=True)


def main():
    """Grade what the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m grading.grade", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="the submissions")
    parser.add_argument(
        "--to",
        type=Path,
        default=ROOT / "build" / "grades",
        help="folder for the results",
    )
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    parser.add_argument("--points", type=Path, metavar="FILE", help="other points")
    parser.add_argument(
        "--sandbox",
        default="",
        choices=["", "bubblewrap", "container", "none"],
        help="where the answers run: by default bubblewrap, else a container",
    )
    parser.add_argument("--canvas", type=Path, metavar="FILE", help="export to fill")
    parser.add_argument("--moodle", type=Path, metavar="FILE", help="export to fill")
    parser.add_argument("--assignment", default="", help="its name in Canvas")
    arguments = parser.parse_args()
    print_anything()
    start = time.monotonic()
    try:
        refuse_stale()
        points = marks.read(arguments.points)
        if export := arguments.canvas:  # before a class is judged for nothing
            lms.canvas_column(export, lms.read(export)[0][0], arguments.assignment)
        results, run = grade(
            arguments.folder,
            arguments.to,
            points,
            arguments.sandbox,
            max(1, arguments.jobs),
            show,
        )
    except (OSError, ValueError, NoJudge) as error:
        print(error, file=sys.stderr)
        return 2
    seconds = time.monotonic() - start
    judged = f"{run.judged} judged" if run.judged else "none judged anew"
    count = f"{len(results)} submission{'s' * (len(results) != 1)}"
    lines = [f"{count}, {judged}, in {seconds:.0f} s: {arguments.to}"]
    if run.judge:
        lines.append(f"Sandbox: {run.judge.sandbox.level}. Seed: {run.judge.seed}.")
    filled, failed_to = give_back(arguments, results, run)
    # All files are there before anything is printed: whoever reads may have gone.
    print("\n".join([*lines, *run.lines, *filled]), flush=True)
    for error in failed_to:
        print(error, file=sys.stderr)
    return 2 if failed_to else 0


def give_back(arguments, results, run):
    """Fill what Canvas and Moodle have exported; return lines, and what failed."""
    lines, errors = [], []
    for fill, export, *more in [
        (lms.canvas, arguments.canvas, arguments.assignment),
        (lms.moodle, arguments.moodle),
    ]:
        if export:
            to = arguments.to / f"{fill.__name__}.csv"
            try:
                lines += fill(export, to, results, *more)
                lines += write_summary(run, results)  # now with names
            except (OSError, ValueError) as error:
                errors.append(error)
    return lines, errors


if __name__ == "__main__":
    sys.exit(main())
