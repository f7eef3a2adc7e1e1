"""Grade a class: judge every submission in a folder, write marks and feedback.

    python -m grading.grade FOLDER [--to build/grades] [--jobs 1]

`make grade SUBMISSIONS=FOLDER` is the same. What is graded already, and has not
changed, is not judged again.
"""

import argparse
import dataclasses
import hashlib
import json
import secrets
import shutil
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import numpy as np

from checks import data as files
from checks import words
from checks.answers import SECONDS, Answers, read_source
from checks.judge import (
    NOT_ANSWERED,
    RIGHT,
    TO_BE_READ,
    WRONG,
    Verdict,
    judge_question,
    seed_1,
)
from checks.minibatches import Drawn, Watched
from checks.questions import CODED, QUESTIONS
from checks.standins import SIGNATURES
from grading import feedback, lms, marks, sandbox, submission
from grading.probes import REFERENCE, ROOT, make

SECONDS_IN_ALL = 15  # that a submission may take, on a machine of some speed
SHOWN = 40  # numbers of an array that the feedback shows


@dataclasses.dataclass
class Judge:
    """The judge with its sandbox, and with inputs of a new seed.

    Attributes
    ----------
    sandbox : Sandbox
        Where the students' functions run.
    seed : int
        Nobody knows it before the submissions are judged.
    data : dict
        The judge's data of that seed.
    pace : float
        Seconds in which any question is judged here, if its answer is no slow one.
    """

    sandbox: sandbox.Sandbox
    seed: int
    data: dict
    pace: float = 1.0

    @classmethod
    def new(cls, where):
        """Make one, and see that it finds right answers right.

        Raises
        ------
        RuntimeError
            When it does not.
        """
        seed = secrets.randbits(32)
        self = cls(where, seed, files.unpack(files.pack(make(seed))))
        answers, longest = Answers(read_source(REFERENCE), sandbox=where), 0
        for n in CODED:
            start = time.monotonic()
            verdict = judge_question(n, answers, self.data)
            longest = max(longest, time.monotonic() - start)
            if verdict.verdict != RIGHT:
                raise RuntimeError(
                    f"the project's own answer to Question {n} is {verdict.verdict} "
                    f"in the sandbox ({where.level}): {verdict.hint}"
                )
        self.pace = max(1.0, 3 * longest)
        return self

    def verdicts(self, source, filename="shallow.py"):
        """Judge what a student handed in.

        A first round gives each question as long as it takes at most, if it is no slow
        one. Those that need more share the rest of the time in a second round, so that
        an endless loop costs the others nothing.

        Returns
        -------
        verdicts : dict of int to Verdict
            By question, of those that ask for code.
        problems : list of str
            What is wrong with the text as a whole.
        """
        start = time.monotonic()
        quick = Answers(source, filename, self.pace, self.sandbox)
        verdicts, again = {}, []
        for n in CODED:
            verdicts[n] = self.verdict(n, quick)
            if verdicts[n].verdict != RIGHT and (quick.late or quick.definitions_only):
                again.append(n)
        slow = Answers(source, filename, sandbox=self.sandbox)
        for n in again:
            left = start + SECONDS_IN_ALL * self.pace - time.monotonic()
            if left > self.pace:
                slow.seconds = min(SECONDS, left)
                verdicts[n] = self.verdict(n, slow)
        return verdicts, quick.problems or slow.problems

    def verdict(self, n, answers, data=None):
        """Judge a question; no answer is an error of the judge."""
        try:
            return judge_question(n, answers, data or self.data)
        except Exception:
            traceback.print_exc()
            return Verdict(n, WRONG, "what it returns cannot be judged")

    def result(self, handed_in):
        """Judge a submission.

        Returns
        -------
        dict
            As JSON can hold it: verdicts, an example of what is wrong, and for a
            mistake that nobody knows, what it has in common with those alike.
        """
        start = time.monotonic()
        if handed_in.source.strip():
            source, filename = handed_in.source, handed_in.filename
            verdicts, problems = self.verdicts(source, filename)
        else:
            verdicts, problems = {}, []
            for n in CODED:
                verdicts[n] = Verdict(n, NOT_ANSWERED, "there is no code to judge")
        questions = {}
        for n in QUESTIONS:
            verdict = verdicts.get(n) or Verdict(n, TO_BE_READ)
            questions[str(n)] = verdict.as_json()
            if verdict.trial:
                questions[str(n)]["example"] = example(verdict.trial)
                if verdict.trial.is_final:
                    questions[str(n)]["alike"] = "was stopped"
                elif not verdict.mistake:
                    answers = Answers(
                        handed_in.source, seconds=self.pace, sandbox=self.sandbox
                    )
                    same = self.verdict(n, answers, seed_1())
                    questions[str(n)]["alike"] = alike(same.trial)
        return {
            "submission": handed_in.name,
            "student": handed_in.student,
            "sandbox": self.sandbox.level,
            "seed": self.seed,
            "seconds": round(time.monotonic() - start, 2),
            "questions": questions,
            "problems": [
                *handed_in.problems,
                *(f"{handed_in.filename}, {problem}" for problem in problems),
            ],
        }


def example(trial):
    """Return one input with what was expected and what came, in words.

    Returns
    -------
    dict
        `says`: a sentence; and where a few numbers tell more, `given`, `expected` and
        `came`, each a text by name.
    """
    faulty = [(p, part, out) for p, part, out in trial.tried if trial.faults[p.name]]
    probe, part, outcome = min(
        faulty, key=lambda item: sum(map(size, item[1]["args"])), default=[None] * 3
    )
    if probe is None:
        return None
    found = {"says": trial.faults[probe.name][1]}
    if isinstance(probe, Watched | Drawn) or outcome.error or outcome.value is None:
        return found
    names = SIGNATURES[probe.function].parameters
    args = zip(names, part["args"], strict=False)
    expected = part["expected"]
    return found | {
        "given": {name: shown(arg) for name, arg in args},
        "expected": shown(expected),
        "came": shown(outcome.value),
    }


def size(value):
    """Return how many numbers there are in an array or in a list of arrays."""
    return sum(map(size, value)) if isinstance(value, list | tuple) else np.size(value)


def shown(value):
    """Write a small array or a network; of a large one, its shape."""
    if isinstance(value, list | tuple) and len(value) == len(words.PARTS):
        parts = zip(words.PARTS, value, strict=True)
        return "\n".join(f"{name} = {shown(part)}" for name, part in parts)
    try:
        array = np.asarray(value)
    except ValueError:
        return words.kind(value)
    if array.dtype.kind not in "biuf" or array.size > SHOWN:
        return words.kind(value)
    return np.array2string(array, precision=4, suppress_small=True, max_line_width=60)


def alike(trial):
    """Return what equal results have in common: a short text, the same for the same."""
    if trial is None:
        return ""
    found = {}
    for name, signature in trial.signatures().items():
        signature = {key: part for key, part in signature.items() if key != "text"}
        found[name] = json.dumps(rounded(signature), sort_keys=True, default=str)
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()[:12]


def rounded(value):
    """Return a value as JSON can hold it, with the digits that all machines share."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    if isinstance(value, np.ndarray):
        return [value.shape, [f"{number:.5g}" for number in value.ravel()[:500]]]
    return f"{value:.5g}" if isinstance(value, float) else value


def digest_of_the_judge():
    """Return a text that changes when verdicts may change."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {np.__version__}".encode())
    own = ["mistakes", "probes", "submission", "sandbox", "launch", "grade"]
    paths = [*(ROOT / "checks").glob("*.py"), *(ROOT / "grading/variants").glob("*.py")]
    paths += [Path(__file__).with_name(f"{name}.py") for name in own]
    for path in sorted([*paths, REFERENCE]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Run:
    """A run over a folder of submissions.

    Parameters
    ----------
    to : Path
        Where the results are.
    points : Points
        What answers are worth.
    level : str
        The kind of sandbox; "" for the best that there is.
    """

    def __init__(self, to, points, level=""):
        self.to, self.points, self.level = to, points, level
        self.judged = 0
        self.lock = threading.Lock()
        self.judge = None
        self.digest = digest_of_the_judge()
        to.mkdir(parents=True, exist_ok=True)
        self.reading = marks.Reading(to / "to_read.csv", points)

    def get_judge(self):
        """Return the judge, which takes some seconds to make, where it is needed."""
        with self.lock:
            if self.judge is None:
                self.judge = Judge.new(sandbox.choose(self.level))
            self.judged += 1
            return self.judge

    def grade(self, name, paths):
        """Grade a submission, or take what is known of it; return the result."""
        handed_in = submission.read(paths, name)
        key = hashlib.sha256(f"{handed_in.digest}{self.digest}".encode()).hexdigest()
        folder = self.to / name
        result = known(folder / "results.json", key)
        before = json.dumps(result)
        if result is None:
            result = self.get_judge().result(handed_in) | {"key": key}
        marks.count(result, self.points, self.reading.of(name))
        folder.mkdir(exist_ok=True)
        page = feedback.page(result, handed_in, self.points)
        marks.write(folder / "feedback.html", page)
        if json.dumps(result) != before:
            marks.write(folder / "results.json", json.dumps(result, indent=1) + "\n")
        return result


def known(path, key):
    """Return the result in a file, None unless it is that of the same submission."""
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
        return result if result["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def grade(folder, to, points, level="", jobs=1, tell=None):
    """Grade every submission in a folder.

    Parameters
    ----------
    folder, to : Path
        Where the submissions are, and where the results go.
    points : Points
        What answers are worth.
    level : str
        The kind of sandbox; "" for the best that there is.
    jobs : int
        How many are judged at a time.
    tell : function of the number done, the number of all and a name, optional
        Called after each one.

    Returns
    -------
    dict of str to dict
        The results by name.
    run : Run
        With the judge, and the number that were `judged`.
    """
    found = submission.find(folder)
    run, results = Run(to, points, level), {}
    with ThreadPoolExecutor(jobs) as pool:
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
    results = dict(sorted(results.items()))
    run.reading.save({name: r["student"]["name"] for name, r in results.items()})
    marks.write_table(to / "gradebook.csv", marks.gradebook(results, points))
    feedback.write_class(to, results, points)
    return results, run


class Bar:
    """A line that fills; where nobody watches, nothing."""

    def __init__(self, stream=sys.stderr):
        self.stream = stream if stream.isatty() else None

    def __call__(self, done, all_, name):
        """Show how many are done."""
        if self.stream:
            width = min(40, shutil.get_terminal_size().columns - 40)
            filled = "#" * round(width * done / all_)
            end = "\n" if done == all_ else ""
            line = f"\r[{filled:{width}}] {done}/{all_} {name[:24]:24}{end}"
            print(line, end="", file=self.stream, flush=True)


def main():
    """Grade what the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m grading.grade", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="the submissions")
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "grades")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    parser.add_argument("--points", type=Path, default=marks.POINTS, metavar="FILE")
    parser.add_argument(
        "--sandbox", default="", choices=["", "bubblewrap", "container", "none"]
    )
    parser.add_argument("--canvas", type=Path, metavar="FILE", help="export to fill")
    parser.add_argument("--moodle", type=Path, metavar="FILE", help="export to fill")
    parser.add_argument("--assignment", default="", help="its name in Canvas")
    arguments = parser.parse_args()
    start = time.monotonic()
    try:
        points = marks.read(arguments.points)
        results, run = grade(
            arguments.folder,
            arguments.to,
            points,
            arguments.sandbox,
            max(1, arguments.jobs),
            Bar(),
        )
        lines = []
        if arguments.canvas:
            to = arguments.to / "canvas.csv"
            lines += lms.canvas(arguments.canvas, to, results, arguments.assignment)
        if arguments.moodle:
            lines += lms.moodle(arguments.moodle, arguments.to / "moodle.csv", results)
    except (OSError, ValueError, RuntimeError, sandbox.NoSandbox) as error:
        print(error, file=sys.stderr)
        return 2
    seconds = time.monotonic() - start
    judged = f"{run.judged} judged" if run.judged else "none judged anew"
    print(f"{len(results)} submissions, {judged}, in {seconds:.0f} s: {arguments.to}")
    if run.judge:
        said = f"Sandbox: {run.judge.sandbox.level}. Seed: {run.judge.seed}."
        print(said)
    print("\n".join(lines), end="\n" if lines else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
