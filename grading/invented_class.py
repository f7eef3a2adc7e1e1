"""A class that nobody teaches: submissions whose marks are known beforehand.

    python -m grading.invented_class [--kills 0] [--jobs 1]

Writes right answers, known mistakes, answers that are half done and hostile ones, in
the forms in which students hand them in: files that import Matplotlib, bare notebooks,
downloads of Canvas and Moodle. They are graded as `make grade` does, and compared. With
kills, a second run is killed that many times at moments drawn by chance, and has to end
with the same gradebook.
"""

import argparse
import ast
import json
import random
import shutil
import subprocess
import sys
import time

from checks.given import ASSIGNMENT, BONUS, CODED
from checks.judge import NOT_ANSWERED, RIGHT, WRONG
from checks.runner import read_source
from grading import marks
from grading.hostile import HOSTILE
from grading.proof import REFERENCE, ROOT, VARIANTS, Proof, without
from tools.files import packed

TO = ROOT / "build" / "class"
# What stands above the answers in bare notebooks: "" if nothing does.
HEADS = "", "## Exercise {}", "# {}) My solution", "**Aufgabe {}**", "Solution"


def as_notebook(source, head=""):
    """Return a notebook as Colab has it: each statement of a source below a head."""
    cells = [
        "!pip install -q tqdm \\\n    matplotlib",
        "import matplotlib.pyplot as plt",
        "%matplotlib inline\nimport MNISTtools\nx, lbl = MNISTtools.load()",
        *(ast.get_source_segment(source, node) for node in ast.parse(source).body),
        "net = backprop_shallow(x, label2onehot(lbl), init_shallow(), 20)",
    ]
    made = []
    for i, cell in enumerate(cells):
        if head:
            made.append({"cell_type": "markdown", "source": head.format(i)})
        made.append({"cell_type": "code", "source": cell, "outputs": []})
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4})


def hand_in(folder, number, name, source):
    """Write a submission, in one of four forms in turn."""
    student = json.dumps({"name": f"Student {number}", "id": str(1000 + number)})
    form = number % 4
    if form == 0:
        save(folder, {f"{name}.py": source})
    elif form == 1:
        head = HEADS[number % len(HEADS)]
        save(folder, {f"{name}.ipynb": as_notebook(source, head)})
    elif form == 2:
        content = packed({"shallow.py": source, "student.json": student})
        (folder / f"{name}.zip").write_bytes(content)
    else:
        files = {"handin/shallow.py": source, "student.json": student}
        save(folder / name, files)


def save(folder, files):
    """Write texts into a folder, by their places in it."""
    for place, text in files.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")


def bonus_in(source):
    """Return the verdicts on the bonus questions that right answers get."""
    return dict.fromkeys(BONUS, RIGHT) if "update_deep" in source else {}


def download(folder, answers, wrong):
    """Write what Canvas and Moodle make of right answers and of a wrong softmax.

    Returned are the verdicts, as `write` does.
    """
    deep = read_source(ROOT / "deep.py")
    files = {
        "helped/work/shallow.py": f"from mine import relu as other\n{answers}",
        "helped/work/mine.py": "def relu(a):\n    return a * (a > 0)\n",
    }
    expected = {"helped": {}}
    for i in range(8):
        files[f"plots{i}.py"] = f"import matplotlib.pyplot as plt\n{answers}"
        expected[f"plots{i}"] = {}
    for i, (text, said) in enumerate([(answers, {}), (wrong, {7: WRONG})]):
        canvas, moodle, flat = f"kim_{10 + i}", f"Lee Li_{20 + i}", f"Ann Day_{30 + i}"
        loaded = f"{moodle}_assignsubmission_"
        files |= {
            f"kim_LATE_{10 + i}_9001_shallow-1.py": text,
            f"kim_LATE_{10 + i}_9002_deep-2.py": deep,
            f"{loaded}file/Shallow (1).py": f"import scipy, tqdm\n{text}",
            f"{loaded}file/deep.py": deep,
            f"{loaded}onlinetext/onlinetext.html": "<p>Here is my work.</p>",
            f"{flat}_assignsubmission_file_hw.ipynb": as_notebook(text),
            f"{flat}_assignsubmission_file_deep.py": deep,
        }
        expected |= dict.fromkeys([canvas, moodle, flat], said | bonus_in(deep))
    save(folder, files)
    return expected


def write(folder):
    """Write the class into an empty folder; return what is expected of each submission.

    That is the verdicts that are not "right", by question, and under "hint" what is
    said to a known mistake.
    """
    answers, proof = read_source(REFERENCE), Proof(assignment=ASSIGNMENT)
    made = {}
    for path in [REFERENCE, *VARIANTS]:
        for form in ("file", "notebook"):
            source = read_source(path)
            made[f"right-{path.stem}-{form}"] = source, bonus_in(source)
    known = [(n, one) for n in CODED for one in ASSIGNMENT.questions[n].mistakes]
    known = [(n, one) for n, one in known if one["hint"]]
    for n, one in known[::20]:  # `make proof` tries each
        source = "\n\n".join([answers, *proof.wrong(n, one["name"]).values()])
        made[f"mistake-{one['name']}"] = source, {n: WRONG, "hint": one["hint"]}
    wrong = "\n\n".join([answers, *proof.wrong(7, "softmax-rows").values()])
    functions = {f: n for f, n in ASSIGNMENT.question_of.items() if n in CODED}
    for name, n in [*functions.items()][::3]:
        made[f"half-done-no-{name}"] = without(answers, name), {n: NOT_ANSWERED}
    for last in (6, 10, 14, 17):  # got that far, the rest are stubs
        stubs = [name for name, n in functions.items() if n > last]
        source = answers + "".join(
            f"\n\ndef {name}(*args):\n    raise NotImplementedError('not yet')\n"
            for name in stubs
        )
        missing = {functions[name]: NOT_ANSWERED for name in stubs}
        made[f"half-done-to-{last}"] = source, missing
    for number, (name, (source, _)) in enumerate(made.items()):
        form = {"-file": 0, "-notebook": 1}.get(name[name.rfind("-") :], number % 4)
        hand_in(folder, number - number % 4 + form, name, source)
    expected = {name: said for name, (_, said) in made.items()}
    for hostile in HOSTILE[::4]:  # `make test` tries each
        hostile.write(folder)
        expected[hostile.name] = hostile.expected
    return expected | download(folder, answers, wrong)


def surprises(expected, results, points):
    """Return in lines where results are not what was expected."""
    lines = []
    if set(expected) != set(results):
        lines.append(f"not graded: {sorted(set(expected) ^ set(results))}")
    for name, said in expected.items():
        result, worth = results[name], 0
        for n in CODED + BONUS:
            found = result["questions"][str(n)]
            verdict = said.get(n, RIGHT if n in CODED else NOT_ANSWERED)
            if found["verdict"] != verdict:
                lines.append(f"{name}, question {n}: {found['verdict']}")
            if verdict == WRONG and said.get("hint", found["hint"]) != found["hint"]:
                lines.append(f"{name}, question {n}: {found['hint']}")
            if verdict == RIGHT:
                worth += points.code[n]
            else:  # partly right, perhaps
                worth += points.for_code(n, found) or 0
        if result["points"] != worth:
            lines.append(f"{name}: {result['points']} points, not {worth}")
    return lines


def run(to, jobs, seconds=None):
    """Grade the class into a folder; kill the run after some seconds, if given."""
    command = [sys.executable, "-m", "grading.grade", TO / "submissions", "--to", to]
    process = subprocess.Popen([*command, "--jobs", str(jobs)], cwd=ROOT)
    try:
        if process.wait(seconds):
            sys.exit(process.returncode)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        done = len(list(to.glob("*/results.json")))
        print(f"Killed after {seconds:.0f} s, with {done} submissions done.")


def try_out(arguments):
    """Grade a class once or twice, say how that went, and return the surprises."""
    once, again, jobs = TO / "grades", TO / "again", arguments.jobs
    shutil.rmtree(TO, ignore_errors=True)
    (TO / "submissions").mkdir(parents=True)
    expected = write(TO / "submissions")
    start = time.monotonic()
    run(once, jobs)
    seconds = time.monotonic() - start
    results = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))
        for path in once.glob("*/results.json")
    }
    bad = surprises(expected, results, marks.read())
    print("\n".join(bad or [f"{len(expected)} submissions, all as predicted."]))
    print(f"That took {seconds:.0f} s, {jobs} at a time.")
    if kills := arguments.kills:
        for _ in range(kills):
            run(again, jobs, random.uniform(0, 2 * seconds / kills))
        run(again, jobs)
        books = {(to / "gradebook.csv").read_bytes() for to in (once, again)}
        if len(books) > 1:
            bad.append("the gradebook of the second run is another one")
        print(bad[-1] if len(books) > 1 else "The same gradebook.")
    return bad


def main():
    """Try a class out; return 1 if there is a surprise."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    kills = "kill a second run this many times (0): it has to end with the same marks"
    parser.add_argument("--kills", type=int, default=0, metavar="N", help=kills)
    jobs = "grade this many submissions at a time (1)"
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help=jobs)
    return 1 if try_out(parser.parse_args()) else 0


if __name__ == "__main__":
    sys.exit(main())
