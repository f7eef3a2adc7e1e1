"""A class that nobody teaches: submissions whose marks are known beforehand.

    python -m grading.invented_class [--to build/class] [--kills 0] [--jobs 1]
        [--real] [--busy 0]

Writes right answers, known mistakes, answers that are half done and hostile ones,
grades them as `make grade` does, and compares. With kills, a second run is killed that
many times at moments drawn by chance, and has to end with the same gradebook. With
--real, the class is a smaller one, handed in as students do it: bare notebooks, files
that import Matplotlib, downloads of Canvas and Moodle; it is graded twice. With --busy,
so many other processes keep the machine busy meanwhile.
"""

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

from checks.given import ASSIGNMENT, BONUS, CODED
from checks.judge import NOT_ANSWERED, RIGHT, WRONG
from checks.runner import read_source
from grading import marks
from grading.hostile import HOSTILE
from grading.proof import REFERENCE, ROOT, VARIANTS, Proof
from tools.files import packed

BOOKS = "grades", "again"  # where the two runs write


def as_notebook(source, head=""):
    """Return a notebook as Colab has it: each statement of a source below a head."""
    lines = source.split("\n")
    cells = [
        "!pip install -q tqdm \\\n    matplotlib",
        "import matplotlib.pyplot as plt",
    ]
    cells += ["%matplotlib inline\nimport MNISTtools\nx, lbl = MNISTtools.load()"]
    for node in ast.parse(source).body:
        first = min(n.lineno for n in [node, *getattr(node, "decorator_list", [])])
        cells.append("\n".join(lines[first - 1 : node.end_lineno]))
    cells.append("net = backprop_shallow(x, label2onehot(lbl), init_shallow(), 20)")
    made = []
    for i, cell in enumerate(cells):
        if head:
            made.append({"cell_type": "markdown", "source": head.format(i)})
        made.append({"cell_type": "code", "source": cell, "outputs": []})
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4})


def hand_in(folder, number, name, source):
    """Write a submission, in one of the four forms in turn."""
    path = folder / name
    student = json.dumps({"name": f"Student {number}", "id": str(1000 + number)})
    form = number % 4
    if form == 0:
        path.with_name(f"{name}.py").write_text(source, encoding="utf-8")
    elif form == 1:
        text = as_notebook(source)
        path.with_name(f"{name}.ipynb").write_text(text, encoding="utf-8")
    elif form == 2:
        content = packed({"shallow.py": source, "student.json": student})
        path.with_name(f"{name}.zip").write_bytes(content)
    else:
        (path / "handin").mkdir(parents=True)
        (path / "handin" / "shallow.py").write_text(source, encoding="utf-8")
        (path / "student.json").write_text(student, encoding="utf-8")


def write_real(folder):
    """Write a class of the real kind into an empty folder; see `write`."""
    answers, deep = read_source(REFERENCE), read_source(ROOT / "deep.py")
    mistake = Proof(assignment=ASSIGNMENT).wrong(7, "softmax-rows").values()
    bonus = dict.fromkeys(BONUS, RIGHT)
    files, expected = {}, {}
    for i in range(8):
        files[f"plots{i}.py"] = f"import matplotlib.pyplot as plt\n{answers}"
        expected[f"plots{i}"] = {}
    heads = "## Exercise {}", "# {}) My solution", "**Aufgabe {}**", "Solution"
    for path, head in zip(VARIANTS, heads, strict=False):
        files[f"{path.stem}.ipynb"] = as_notebook(read_source(path), head)
        expected[path.stem] = bonus if "update_deep" in read_source(path) else {}
    wrong = "\n\n".join([answers, *mistake])
    for i, (text, said) in enumerate([(answers, {}), (wrong, {7: WRONG})]):
        canvas, moodle, flat = f"kim_{10 + i}", f"Lee Li_{20 + i}", f"Ann Day_{30 + i}"
        loaded, typed = f"{moodle}_assignsubmission_", f"import scipy, tqdm\n{text}"
        files |= {
            f"kim_LATE_{10 + i}_9001_shallow-1.py": text,
            f"kim_LATE_{10 + i}_9002_deep-2.py": deep,
            f"{loaded}file/Shallow (1).py": typed,
            f"{loaded}file/deep.py": deep,
            f"{loaded}onlinetext/onlinetext.html": "<p>Here is my work.</p>",
            f"{flat}_assignsubmission_file_hw.ipynb": as_notebook(text),
            f"{flat}_assignsubmission_file_deep.py": deep,
        }
        expected |= dict.fromkeys([canvas, moodle, flat], said | bonus)
    files["helped/work/shallow.py"] = f"from mine import relu as other\n{answers}"
    files["helped/work/mine.py"] = "def relu(a):\n    return a * (a > 0)\n"
    expected["helped"] = {}
    for place, text in files.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    return expected


def write(folder):
    """Write the class into an empty folder; return what is expected of each submission.

    That is the verdicts that are not "right", by question, and under "hint" what is
    said to a known mistake.
    """
    answers = read_source(REFERENCE)
    made, expected = {}, {}
    for path in [REFERENCE, *VARIANTS]:
        for form in ("file", "notebook"):
            source = read_source(path)
            bonus = dict.fromkeys(BONUS, RIGHT) if "update_deep" in source else {}
            made[f"right-{path.stem}-{form}"] = source, bonus
    proof = Proof(assignment=ASSIGNMENT)
    known = [
        (n, name)
        for n in CODED
        for name, mistake in proof.mistakes(n).items()
        if mistake.hint
    ]
    for n, name in known[::4]:
        source = "\n\n".join([answers, *proof.wrong(n, name).values()])
        compiled = ASSIGNMENT.questions[n].mistakes
        hint = next(one["hint"] for one in compiled if one["name"] == name)
        made[f"mistake-{name}"] = source, {n: WRONG, "hint": hint}
    for name, n in ASSIGNMENT.question_of.items():
        if n in BONUS:
            continue
        tree = ast.parse(answers)
        tree.body = [node for node in tree.body if getattr(node, "name", "") != name]
        made[f"half-done-no-{name}"] = ast.unparse(tree), {n: NOT_ANSWERED}
    for last in (6, 10, 14, 17):  # got that far, the rest are stubs
        stubs = [name for name, n in ASSIGNMENT.question_of.items() if n > last]
        source = answers + "".join(
            f"\n\ndef {name}(*args):\n    raise NotImplementedError('not yet')\n"
            for name in stubs
        )
        missing = {ASSIGNMENT.question_of[name]: NOT_ANSWERED for name in stubs}
        made[f"half-done-to-{last}"] = source, missing
    for number, (name, (source, said)) in enumerate(made.items()):
        form = {"-file": 0, "-notebook": 1}.get(name[name.rfind("-") :], number % 4)
        hand_in(folder, number - number % 4 + form, name, source)
        expected[name] = said
    for hostile in HOSTILE:
        hostile.write(folder)
        expected[hostile.name] = hostile.expected
    return expected


def surprises(expected, results, points):
    """Return in lines where results are not what was expected."""
    lines = []
    if set(expected) != set(results):
        lines.append(f"not graded: {sorted(set(expected) ^ set(results))}")
    for name, said in expected.items():
        result = results[name]
        for n in CODED + BONUS:
            found = result["questions"][str(n)]
            if found["verdict"] != said.get(n, RIGHT if n in CODED else NOT_ANSWERED):
                lines.append(f"{name}, question {n}: {found['verdict']}")
            if (
                said.get(n) == WRONG
                and said.get("hint", found["hint"]) != found["hint"]
            ):
                lines.append(f"{name}, question {n}: {found['hint']}")
        right = [n for n in CODED if said.get(n, RIGHT) == RIGHT]
        right += [n for n in BONUS if said.get(n) == RIGHT]
        worth = sum(points.code[n] for n in right)
        for n in {*CODED, *BONUS} - {*right}:  # partly right, perhaps
            worth += points.for_code(n, result["questions"][str(n)]) or 0
        if result["points"] != worth:
            lines.append(f"{name}: {result['points']} points, not {worth}")
    return lines


def command(folder, to, jobs):
    """Return the command that grades the class."""
    own = [sys.executable, "-m", "grading.grade", folder, "--to", to, "--jobs", jobs]
    return list(map(str, own))


def kill_and_resume(folder, to, jobs, kills):
    """Grade the class, killed some times; return when, in lines."""
    told, total = [], len(list(folder.iterdir()))

    def done():
        return len(list(to.glob("*/results.json")))

    for times in range(kills, 0, -1):
        goal = done() + random.randint(0, 2 * (total - done()) // (times + 1))
        process = subprocess.Popen(
            command(folder, to, jobs), cwd=ROOT, stdout=subprocess.DEVNULL
        )
        while process.poll() is None and done() < goal:
            time.sleep(0.1)
        time.sleep(random.uniform(0, 3))
        process.kill()
        process.wait()
        told.append(f"Killed with {done()} of {total} done.")
    subprocess.run(command(folder, to, jobs), cwd=ROOT, check=True)
    return [*told, "Graded once more."]


def main():
    """Do what the head of this file says; return 1 if there is a surprise."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "class")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--busy", type=int, default=0)
    arguments = parser.parse_args()
    loop = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(loop) for _ in range(arguments.busy)]
    try:
        bad = try_out(arguments)
    finally:
        for other in others:
            other.kill()
            other.wait()
    return 1 if bad else 0


def try_out(arguments):
    """Grade a class once or twice, say how that went, and return the surprises."""
    to, jobs = arguments.to.resolve(), arguments.jobs
    shutil.rmtree(to, ignore_errors=True)
    (to / "submissions").mkdir(parents=True)
    expected = (write_real if arguments.real else write)(to / "submissions")
    start = time.monotonic()
    subprocess.run(
        command(to / "submissions", to / "grades", jobs), cwd=ROOT, check=True
    )
    seconds = time.monotonic() - start
    results = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))
        for path in (to / "grades").glob("*/results.json")
    }
    bad = surprises(expected, results, marks.read())
    cores = min(jobs, os.cpu_count())
    print("\n".join(bad or [f"{len(expected)} submissions, all as predicted."]))
    rate = 60 * len(expected) / seconds / cores
    print(
        f"{rate:.1f} submissions per minute and core ({seconds:.0f} s, {cores} cores)."
    )
    ordinary = [r["seconds"] for name, r in results.items() if not expected[name]]
    print(f"Right answers took {max(ordinary):.1f} s at most, of one job.")
    if arguments.kills or arguments.real:
        again = to / "submissions", to / "again", jobs, arguments.kills
        print(*kill_and_resume(*again), sep="\n")
        books = [(to / name / "gradebook.csv").read_bytes() for name in BOOKS]
        if books[0] != books[1]:
            bad.append("the gradebook of the second run is another one")
        print("The same gradebook." if books[0] == books[1] else bad[-1])
    return bad


if __name__ == "__main__":
    sys.exit(main())
