"""Grades submissions and judges replies that were changed at random.

    python -m tests.fuzz [--count 2000] [--seed 1]

Whatever a mutation does, it ends in a row of its own, in a short time, and right
answers that come after it are judged as before.
"""

import argparse
import contextlib
import copy
import json
import random
import subprocess
import sys
import tempfile
import time
import types
from pathlib import Path
from unittest import mock

from checks import runner
from checks.given import ASSIGNMENT, BONUS, CODED
from checks.judge import RIGHT, Judge
from checks.runner import Answers, read_beside, read_source
from grading import grade, marks
from grading.compiling import Course
from grading.invented_class import as_notebook
from grading.judging import example
from grading.proof import REFERENCE
from tests.handed_in import RELU, cell, notebook, shows, text
from tools.files import packed

SECONDS = 5  # of the processor, that a reply may cost the judge


def seeds():
    """Return submissions to change: a module, a notebook and a zip."""
    source, relu = REFERENCE.read_bytes(), as_notebook(RELU, "## Question {}")
    words = "## Question 8\nSince $\\frac{a}{b}$ and **so** `x`:\n\n$$ x^2 $$\n- a\n- b"
    words = text(f"{words}\n![x](attachment:f.png)")
    words["attachments"] = {"f.png": {"image/png": "iVBORw0KGgo="}}
    table = shows("text/html", "<table><tr><td>1</td></tr></table>")
    printed = {"output_type": "stream", "text": ["5\n"]}
    code = cell("%time y = 1\n!ls \\\n  -l", table, printed)
    code["metadata"] = {"tags": ["q12"]}
    work = notebook(*json.loads(relu)["cells"], words, code)
    files = {"shallow.py": source, "hw/work.ipynb": work, "student.json": b'{"id": 7}'}
    return {".py": source, ".ipynb": work, ".zip": packed(files)}


ODD = [None, 5, -1.5, True, "", "x" * 9000, [], {}, [[]], {"a": []}, "\ud800", "\0"]
ODD += ["$(((", "# Question 99", "![](data:image/png;base64,@@)", "<img src=x>", "q8"]
ODD += ["%%bash", "\\", 10**30, float("nan"), [0] * 3000, [{}] * 3000, [None] * 3000]
ODD += [1e308, {"array": "AAAA", "dtype": "<f8", "shape": [9], "columns": 1}]
ODD += [{"array": "", "dtype": "<f8", "shape": [0, 10**9], "columns": True}]
ODD += [[{"none": True}] * 900, {"tuple": []}, {"other": "1 " * 50_000}, "1 " * 50_000]
TOKENS = [b"(", b")", b"[", b"{", b"'", b'"""', b"\\", b"\n", b"\t", b"    ", b"\0"]
TOKENS += [b"\xff", b"def ", b"class ", b"lambda ", b"if ", b"try:\n", b"import *\n"]
TOKENS += [b"@", b"$", b"\r", b"async ", b"global ", b"await ", b"match x:\n"]
TOKENS += [b"\xed\xa0\x80", b"=" * 99, b"9" * 99, b"null", b"1e999,"]


def changed(rng, content, is_json):
    """Return bytes with random changes, or with changed values where they are JSON."""
    if is_json and rng.random() < 0.7:
        with contextlib.suppress(ValueError):  # where it was changed before
            said = json.loads(content)
            for _ in range(rng.randint(1, 4)):
                change_value(rng, said)
            return json.dumps(said).encode() + b"\n"
    content = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at, length = rng.randrange(len(content) + 1), rng.choice([0, 0, 1, 3, 50, 2000])
        new = rng.choice(TOKENS) * rng.choice([1, 1, 40])
        content[at : at + length] = rng.choice([b"", rng.randbytes(3), new])
    return bytes(content)


def change_value(rng, value):
    """Change something somewhere in a value as JSON has it."""
    while isinstance(value, dict | list) and value:
        key = rng.choice([*(value if isinstance(value, dict) else range(len(value)))])
        if rng.random() < 0.3 or not isinstance(value[key], dict | list):
            value[key] = copy.deepcopy(rng.choice(ODD))
            return
        value = value[key]


def submissions(folder, count, seed, judge=None):
    """Grade so many mutations beside a right submission; return what went wrong.

    By default they are judged in the sandbox, else by the judge that is given.
    """
    rng, kinds = random.Random(seed), seeds()
    (folder / "class").mkdir()
    for i in range(count):
        suffix = rng.choice([*kinds])
        content = changed(rng, kinds[suffix], suffix == ".ipynb")
        (folder / "class" / f"m{i:04}{suffix}").write_bytes(content)
    (folder / "class" / "right.py").write_bytes(kinds[".py"])
    results, _ = grade.grade(
        folder / "class", folder / "to", marks.read(), judge=judge, tell=grade.show
    )
    bad = [f"{name}: see faults.txt" for name, r in results.items() if r["faults"]]
    bad += [f"{len(results)} rows"] * (len(results) != count + 1)
    right = results["right"]
    worth = 0 if judge else sum(marks.read().code[n] for n in CODED)
    if right["problems"] or right["points"] != worth:
        bad.append(f"right: {right['points']} points, {right['problems']}")
    return bad


def played(lines):
    """Return what starts a process that says these lines, whatever it is asked."""

    def start(*args, **kwargs):
        said = iter(lines)
        pipe = types.SimpleNamespace(write=len, flush=bool, close=bool)
        pipe.readline = lambda limit: next(said, b"")[:limit]
        return types.SimpleNamespace(stdin=pipe, stdout=pipe, wait=bool)

    return start


def recorded(lines, popen=subprocess.Popen):
    """Return what starts a process, and keeps the lines that it says."""

    def start(*args, **kwargs):
        process = popen(*args, **kwargs)
        pipe, readline = process.stdout, process.stdout.readline

        def kept(limit):
            lines.append(readline(limit))
            return lines[-1]

        process.stdout = types.SimpleNamespace(
            readline=kept, close=pipe.close, fileno=pipe.fileno
        )
        return process

    return start


UNSEEN = types.SimpleNamespace(command=[], environment={}, folder="", is_seen=False)


def replies(count, seed, numbers):
    """Judge so many changed conversations on some questions; return what went wrong."""
    rng, bad = random.Random(seed), []
    reference, source = Course().right(), read_source(REFERENCE)

    def verdict(n, start, sandbox=UNSEEN):
        beside = read_beside(REFERENCE)
        answers = Answers(source, "shallow.py", beside=beside, sandbox=sandbox)
        with mock.patch.object(runner.subprocess, "Popen", start):
            found = Judge(answers, ASSIGNMENT, reference).verdict(n)
            answers.close()
        return found

    spoken = {n: [] for n in numbers}
    for n, lines in spoken.items():
        verdict(n, recorded(lines), None)
    for i in range(count):
        n = rng.choice([*spoken])
        lines = [*spoken[n]]
        for _ in range(rng.choice([1, 1, 1, 5])):
            k = rng.randrange(1, len(lines))
            lines[k] = changed(rng, lines[k], True)
            if rng.random() < 0.2:
                lines[k:k] = [lines[rng.randrange(len(lines))]] * rng.choice([1, 300])
        start = time.thread_time()
        try:
            found = verdict(n, played(lines))
            json.dumps([found.as_json(), found.trial and example(found.trial)])
        except Exception as error:
            bad.append(f"reply {i}, question {n}: {error!r}")
        if (seconds := time.thread_time() - start) > SECONDS:
            bad.append(f"reply {i}, question {n}: {seconds:.1f} s")
    for n, lines in spoken.items():
        again = verdict(n, played(lines)).verdict
        if again != RIGHT:
            bad.append(f"after all replies, question {n} is {again}")
    return bad


def main():
    """Try so many mutations of each kind; return 1 if something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    bad = replies(arguments.count, arguments.seed, CODED + BONUS)
    print(f"{arguments.count} replies: {len(bad)} surprises", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        bad += submissions(Path(folder), arguments.count, arguments.seed)
    print("\n".join([*bad, f"{arguments.count} submissions: {len(bad)} surprises"]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
