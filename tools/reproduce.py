"""Execute and compare the notebooks under other conditions; `make reproduce` runs it.

    python -m tools.reproduce [--quick | --record]

One thing at a time is changed from what `make test` has: the threads of the BLAS
library, its kernels, NumPy's own vector instructions, the oldest releases that
pyproject.toml admits, and the Python. What this machine does not have is told and left
out.
"""

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
import time
import tomllib
import xml.etree.ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from checks.console import print_anything
from tools.environments import environment, processor, python_of, uv
from tools.tables import fill, table

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "reproduce"
PINNED = ["-c", "requirements.txt", "numpy", "matplotlib", "ipython", "ipykernel"]
PINNED += ["nbval", "pytest"]
NOT_FOUND = "not found on this machine"
KERNELS = (  # of OpenBLAS, on processors of PCs
    "Prescott Nehalem Sandybridge Haswell Zen SkylakeX Cooperlake Sapphirerapids"
).split()
# Prints what NumPy runs on, after a product that crashes or errs with a wrong kernel.
PROBE = """
import json, platform
import matplotlib, numpy as np
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
a, b = np.random.default_rng(0).standard_normal((2, 200, 200))
assert abs(a @ b - np.einsum("ij,jk", a, b)).max() < 1e-10
print(json.dumps({
    "Python": platform.python_version(),
    "NumPy": np.__version__,
    "Matplotlib": matplotlib.__version__,
    "features": [name for name in __cpu_dispatch__ if __cpu_features__[name]],
}))
"""


def probe(python, **environ):
    """Say what a Python runs NumPy on, in an environment changed by `environ`.

    Those are the versions, the ``features`` of the processor that NumPy uses beyond its
    least and the ``kernel`` of OpenBLAS (``"-"`` for another library). It is None after
    a crash.
    """
    run = subprocess.run(
        [python, "-c", PROBE],
        capture_output=True,
        text=True,
        env=os.environ | {"OPENBLAS_VERBOSE": "2"} | environ,
    )
    if run.returncode:
        return None
    told = re.findall(r"^Core: (\w+)", run.stdout + run.stderr, re.M)
    line = run.stdout.strip().rpartition("\n")[2]
    return json.loads(line) | {"kernel": told[-1] if told else "-"}


def other_kernels(base):
    """Return {kernel: value of OPENBLAS_CORETYPE} of those that can run here."""
    found = {}
    for name in KERNELS if platform.machine() in ("x86_64", "AMD64") else []:
        told = probe(sys.executable, OPENBLAS_CORETYPE=name)
        if told is None:
            print(f"This processor cannot run the kernels {name}")
        elif told["kernel"] != base["kernel"]:
            found.setdefault(told["kernel"], name)
    return found


def conditions():
    """Yield what to change: its name, a Python to run, the environment's variables.

    In place of a Python there may be the reason why there is none.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    base = probe(sys.executable)
    changed = {"nothing": {}}
    for threads in sorted({2, max(2, os.cpu_count())}):
        changed[f"{threads} threads"] = {"OMP_NUM_THREADS": str(threads)}
    for kernel, name in other_kernels(base).items():
        changed[f"BLAS kernels: {kernel}"] = {"OPENBLAS_CORETYPE": name}
    if features := " ".join(base["features"]):
        changed[f"NumPy without {features}"] = {"NPY_DISABLE_CPU_FEATURES": features}
    for title, environ in changed.items():
        yield title, sys.executable, environ

    oldest = dict(need.split(">=") for need in project["dependencies"])
    for names in [["numpy"], ["matplotlib"], list(oldest)]:
        folder = WORK / "-".join(["oldest", *names])
        pins = [f"{name}=={oldest[name]}" for name in names]
        failure = environment(folder, sys.executable, PINNED, pins)
        title = "oldest " + ", ".join(f"{name} {oldest[name]}" for name in names)
        yield title, failure or python_of(folder), {}

    versions = re.findall(r":: (3\.\d+)$", "\n".join(project["classifiers"]), re.M)
    for version in versions:
        if not base["Python"].startswith(f"{version}."):
            folder = WORK / f"python{version}"
            failure = NOT_FOUND
            if not uv("python", "find", version):
                failure = environment(folder, version, PINNED)
            yield f"Python {version}", failure or python_of(folder), {}


def compare(python, environ, notebooks, report):
    """Execute and compare notebooks.

    Returned are how many cells held, how many there are, and the others, such as
    ``04_training.ipynb::Cell 3``.
    """
    report.unlink(missing_ok=True)
    options = ["-c", "pyproject.toml", "--nbval", "-q", "-p", "no:cacheprovider"]
    options += ["--nbval-cell-timeout=3600", f"--junitxml={report}"]
    run = subprocess.run(
        [python, "-m", "pytest", *options, *notebooks],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environ,
    )
    report.with_suffix(".txt").write_text(run.stdout + run.stderr)
    if not report.exists():
        return 0, 0, [(run.stderr or run.stdout).strip().rpartition("\n")[2]]
    cells = list(xml.etree.ElementTree.parse(report).iter("testcase"))
    failing = [
        f"{cell.get('classname')} {cell.get('name')}"
        for cell in cells
        if any(cell.find(tag) is not None for tag in ["failure", "error", "skipped"])
    ]
    if run.returncode and not failing:
        failing = [f"pytest ended with {run.returncode}"]
    return len(cells) - len(failing), len(cells), failing


def rows(notebooks):
    """Execute and compare under all conditions, several at a time.

    Yielded are a row of the table, what did not hold, and the seconds that it took.
    """

    def row(condition):
        title, python, environ = condition
        start = time.perf_counter()
        told = probe(python, **environ) if Path(python).exists() else None
        if told is None:
            failing = [] if python == NOT_FOUND else [f"{title}: {python}"]
            return [title, "", "", "", "", str(python)], failing, 0.0
        report = WORK / f"{re.sub(r'[^a-zA-Z0-9]+', '-', title)}.xml"
        held, cells, failing = compare(python, environ, notebooks, report)
        versions = [told[key] for key in ["Python", "NumPy", "Matplotlib"]]
        return (
            [title, *versions, told["kernel"], f"{held} of {cells}"],
            [f"{title}: {cell}" for cell in failing],
            time.perf_counter() - start,
        )

    found = list(conditions())
    several = [c for c in found if "OMP_NUM_THREADS" in c[2]]  # these one at a time
    yield from map(row, several)
    with ThreadPoolExecutor(min(4, os.cpu_count())) as pool:
        yield from pool.map(row, [c for c in found if c not in several])


def main():
    """Go through the conditions; print and write the table."""
    print_anything()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="without the training")
    parser.add_argument("--record", action="store_true", help="put it in a README")
    arguments = parser.parse_args()
    notebooks = sorted(str(path) for path in (ROOT / "notebooks").glob("*.ipynb"))
    if arguments.quick:
        notebooks = notebooks[:3]
    WORK.mkdir(parents=True, exist_ok=True)

    head = ["changed", "Python", "NumPy", "Matplotlib", "BLAS kernels", "cells held"]
    done, broken = [], []
    for row, failing, seconds in rows(notebooks):
        print(*row, f"{seconds:.0f} s", sep=" | ", flush=True)
        done.append(row)
        broken += failing

    path = WORK / "table.md"
    path.write_text(table(head, done, right=len(head)) + "\n")
    print(f"Table: {path.relative_to(ROOT)}; the reports are beside it")
    if broken:
        print("What did not hold:", *broken, sep="\n    ")
        sys.exit(1)
    if arguments.record and not arguments.quick:
        readme = ROOT / "benchmarks" / "README.md"
        where = f"{os.cpu_count()} cores of {processor()}, {platform.system()}"
        text = f"{path.read_text()}\n({datetime.date.today()}, {where}.)"
        text = fill(readme.read_text(encoding="utf-8"), {"reproduce": text})
        readme.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
