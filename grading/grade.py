"""Grade a class: judge every submission in a folder, write marks and feedback.

    python -m grading.grade FOLDER [--to build/grades] [--jobs 1]

`make grade SUBMISSIONS=FOLDER` is the same. What is graded already, and has not
changed, is not judged again.
"""

import argparse
import hashlib
import json
import shutil
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from grading import feedback, lms, marks, sandbox, submission
from grading.judging import Judge, digest_of_the_judge
from grading.probes import ROOT


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
        self.lock = threading.Lock()  # Python's `ast` is not safe among threads
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
        with self.lock:
            handed_in = submission.read(paths, name)
        key = hashlib.sha256(f"{handed_in.digest}{self.digest}".encode()).hexdigest()
        folder = self.to / name
        result = known(folder / "results.json", key)
        before = json.dumps(result)
        if result is None:
            result = self.get_judge().result(handed_in) | {"key": key}
        marks.count(result, self.points, self.reading.of(name))
        folder.mkdir(exist_ok=True)
        with self.lock:
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
    if not found:
        raise ValueError(f"{folder}: there is no submission in it")
    threading.stack_size(2**26)  # for code that is nested deeply
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
