"""Measure this project beside its peers and limits; `make bench` runs it.

    python -m benchmarks.bench [--quick | --busy]

Each measurement is a process of its own, one at a time, on an otherwise idle machine: a
measurement that other programs disturbed is made again. A repetition runs every
competitor once before the next repetition starts, so that a drift of the machine's
speed meets all of them; ratios are of times within the same repetition.
"""

import argparse
import gzip
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
import time

import numpy as np
import psutil

from benchmarks import growth, report
from benchmarks.worker import RAW, ROOT, WORK, module
from tools.environments import environment, install, processor, python_of
from tools.reproduce import probe

VENV = WORK / "venv"
PEERS = ["torch", "scikit-learn", "keras", "jax", "idx2numpy"]

# How often each kind is measured; of growth, the size that has targets five times.
KINDS = dict(training=5, calls=5, growth=1, notebooks=3, commands=3, profile=1)
DISTURBANCE = 0.1  # others may use this part of one core during a measurement
ATTEMPTS, PAUSE = 5, 30  # so many at most, with seconds after a disturbed one


def plan(quick):
    """Return what is measured, in order: a list of (repetition, kind, name).

    A quick try measures once, and only two of each kind that is not made five times.
    """
    return [
        (repetition, kind, name)
        for repetition in range(1, 2 if quick else 6)
        for kind, times in KINDS.items()
        for name in list(module(kind).COMPETITORS)[: 2 if quick and times < 5 else None]
        if repetition <= times or name == growth.BASE
    ]


def measure(python, kind, name, repetition, quick=False):
    """Run a measuring process; run it again if it was disturbed.

    Returns
    -------
    dict
        What it reported, or why it is ``missing``; how many cores the ``others`` used.
    """
    command = [python, "-m", "benchmarks.worker", kind, name, str(repetition)]
    for _ in range(ATTEMPTS):
        psutil.cpu_percent()  # which tells the use since its last call
        start, own = time.perf_counter(), sum(os.times()[:4])  # with ended children
        run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        if run.returncode:
            return {"missing": (run.stderr.strip().splitlines() or ["no reason"])[-1]}
        used = psutil.cpu_percent() / 100 * psutil.cpu_count()
        own = (sum(os.times()[:4]) - own) / (time.perf_counter() - start)
        others = round(used - own, 3)
        result = json.loads(run.stdout.splitlines()[-1]) | {"others": others}
        if quick or others < DISTURBANCE:
            break
        time.sleep(PAUSE)
    return result


def prepare():
    """Set up the peers' environment, as far as there are peers, and the raw files."""
    environment(VENV, sys.executable)
    for package in ["numpy", "matplotlib", "line_profiler", *PEERS]:
        if failure := install(VENV, "-c", report.HERE / "requirements.txt", package):
            print(f"Missing: {package}: {failure}")
    RAW.mkdir(parents=True, exist_ok=True)
    for packed in (ROOT / "data").glob("*.gz"):
        (RAW / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))


def machine():
    """Say what this is measured on."""
    told = probe(python_of(VENV))
    folders = map(str, VENV.rglob("site-packages"))
    packages = importlib.metadata.distributions(path=folders)
    found = {package.name.lower(): package.version for package in packages}
    peers = [f"{peer} {found[peer]}" for peer in PEERS if peer in found]
    missing = [peer for peer in PEERS if peer not in found]
    return {
        "processor": processor(),
        "cores": psutil.cpu_count(),
        "memory GB": round(psutil.virtual_memory().total / 1e9),
        "system": platform.system(),
        **{name: told[name] for name in ["Matplotlib", "Python", "NumPy"]},
        "BLAS": f"OpenBLAS, {told['kernel']} kernels",
        "peers": ", ".join(peers),
        "not installed": ", ".join(missing) or "nothing",
    }


def keep(results, path):
    """Put results in front of those of other processors."""
    found = json.loads(path.read_text()) if path.exists() else []
    name = results["machine"]["processor"]
    others = [other for other in found if other["machine"]["processor"] != name]
    path.write_text(json.dumps([results, *others], indent=1) + "\n")


def main():
    """Measure all and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="try it on little data")
    parser.add_argument("--busy", action="store_true", help="keep what was disturbed")
    arguments = parser.parse_args()
    os.environ["PYTHONPATH"] = str(ROOT)  # of what measures and what it starts
    if arguments.quick:
        os.environ["BENCH_IMAGES"] = "2000"

    prepare()
    told, disturbed = machine(), []
    # A short name: the processor and the kernels of its BLAS.
    name = re.sub(r"\(\w+\)| Processor| CPU.*", "", told["processor"])
    name += told["BLAS"].removeprefix("OpenBLAS")
    results = {"name": name, "machine": told}
    start, load = time.perf_counter(), psutil.getloadavg()[0]
    for repetition, kind, name in plan(arguments.quick):
        print(f"{repetition}: {kind} {name}", end=" ", flush=True)
        here = kind in ("notebooks", "commands")  # they need no peers
        python = sys.executable if here else python_of(VENV)
        result = measure(python, kind, name, repetition, arguments.quick)
        print(result.get("missing") or f"{np.median(result['seconds']):.3f} s")
        results.setdefault(kind, {}).setdefault(name, []).append(result)
        if result.get("others", 0) >= DISTURBANCE:
            disturbed.append(f"{kind} {name}")

    minutes = (time.perf_counter() - start) / 60
    told["measured"] = (
        f"{time.strftime('%Y-%m-%d')}, {minutes:.1f} minutes, load average before "
        f"{load:.2f} and after {psutil.getloadavg()[0]:.2f}"
    )
    told["disturbed by other programs"] = ", ".join(disturbed) or "nothing"
    refused = disturbed and not (arguments.quick or arguments.busy)
    target = WORK if arguments.quick or refused else report.HERE
    keep(results, target / "results.json")
    report.write(target)
    print(f"Wrote results, tables and figures to {target.relative_to(ROOT)}")
    if refused:
        print("Other programs were busy during:", *disturbed, sep="\n    ")
        sys.exit("So these are not the project's results (make bench BUSY=1 insists).")


if __name__ == "__main__":
    main()
