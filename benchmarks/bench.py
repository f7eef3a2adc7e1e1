"""Measure this project beside its peers and limits; `make bench` runs it.

    python -m benchmarks.bench [--quick | --busy]

Each measurement is a process of its own, one at a time, on an otherwise idle machine: a
measurement that other programs disturbed is made again. A repetition runs every
competitor once before the next repetition starts, so that a drift of the machine's
speed meets all of them; ratios are of times within the same repetition.
"""

import argparse
import datetime
import gzip
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tools.environments import environment, install, processor, python_of

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks"
WORK = ROOT / "build" / "bench"
VENV = WORK / "venv"
PEERS = ["torch", "torchvision", "scikit-learn", "keras", "jax", "idx2numpy"]

TRAINING = [
    "here",
    "here_32",
    "torch_loop",
    "torch_loader",
    "sklearn",
    "limit",
    "limit_32",
    "torch_loop_64",
    "torch_loader_64",
    "sklearn_64",
    "keras",
    "jax",
    "here_printing",
    "here_rows",
    "gather",
    "copy",
]
READING = [
    "load_gz",
    "inflate",
    "gunzip",
    "idx2numpy_gz",
    "load_raw",
    "fromfile",
    "idx2numpy_raw",
    "torchvision_raw",
]
STEPS = [
    "normalize",
    "astype",
    "copy",
    "forward",
    "forward_products",
    "update",
    "update_products",
]
NOTEBOOKS = ["01", "02", "03", "04", "05"]
GROWTH = {
    "N": [(N, 64, 100) for N in (6_000, 15_000, 30_000, 60_000)],
    "Nh": [(60_000, Nh, 100) for Nh in (16, 64, 256, 1024)],
    "B": [(60_000, 64, B) for B in (10, 30, 100, 300, 1000)],
}
BASE = (60_000, 64, 100)
# Others may use this part of one core during a measurement.
DISTURBANCE = 0.1
ATTEMPTS = 5


class Clock:
    """How long something takes, and how much of the cores other programs use."""

    def __init__(self):
        self.start = time.perf_counter()
        self.busy = self._busy()

    def _busy(self):
        """Return the seconds that all programs but this and its children computed."""
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0)
        own = sum(os.times()[:4])  # of children, once they have ended
        return sum(times[:8]) - idle - own

    def others(self):
        """Return the mean number of cores that other programs used since the start."""
        if os.name == "nt":  # which does not tell how long its children computed
            return 0.0
        return (self._busy() - self.busy) / (time.perf_counter() - self.start)


def wait_for_quiet(seconds=120):
    """Wait until other programs are idle, but not for ever."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        clock = Clock()
        time.sleep(1)
        if clock.others() < DISTURBANCE:
            return


def measure(python, module, *arguments, patient=True):
    """Run a measuring process; run it again if it was disturbed.

    Returns
    -------
    dict
        What it reported, or why it is ``missing``; how much ``others`` computed.
    """
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    attempts = 0
    while True:
        attempts += 1
        if patient:
            wait_for_quiet()
        clock = Clock()
        run = subprocess.run(
            [python, "-m", f"benchmarks.{module}", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environ,
        )
        others = round(clock.others(), 3)
        if run.returncode:
            return {"missing": (run.stderr.strip().splitlines() or ["no reason"])[-1]}
        if others < DISTURBANCE or attempts == ATTEMPTS or not patient:
            break
    result = json.loads(run.stdout.splitlines()[-1])
    return {**result, "others": others, "attempts": attempts}


def prepare():
    """Set up the peers' environment and the raw files; return what is missing."""
    requirements = "benchmarks/requirements.txt"
    failure = environment(VENV, "-r", requirements)
    missing = {}
    if failure:  # then one by one, so that the others are there
        for need in ["numpy", "matplotlib", *PEERS]:
            failure = install(VENV, "-c", requirements, need)
            if failure:
                missing[need] = failure
                print(f"Missing: {need}: {failure}")
    raw = WORK / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for packed in (ROOT / "data").glob("*.gz"):
        with gzip.open(packed) as source, open(raw / packed.stem, "wb") as target:
            shutil.copyfileobj(source, target)
    return missing


def machine():
    """Say what this was measured on."""
    code = """if True:
        import importlib.metadata, json, platform, numpy, threadpoolctl
        names = %r
        found = {d.metadata["Name"].lower() for d in importlib.metadata.distributions()}
        [blas] = [i for i in threadpoolctl.threadpool_info() if i["user_api"] == "blas"]
        print(json.dumps({
            "Python": platform.python_version(),
            "NumPy": numpy.__version__,
            "BLAS": "{internal_api} {version}, {architecture} kernels, "
                    "{num_threads} threads".format(**blas),
            "peers": {n: importlib.metadata.version(n) for n in names if n in found},
        }))"""
    told = subprocess.run(
        [python_of(VENV), "-c", code % PEERS], capture_output=True, text=True
    )
    return {
        "processor": processor(),
        "cores": psutil.cpu_count(),
        "memory_GB": round(psutil.virtual_memory().total / 1e9),
        "system": platform.system(),
        "Matplotlib": importlib.metadata.version("matplotlib"),
        **(json.loads(told.stdout) if told.returncode == 0 else {}),
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
    extra = ["--quick"] if arguments.quick else []
    repetitions = 1 if arguments.quick else 5
    patient = not arguments.quick

    missing = prepare()
    peer = python_of(VENV)
    results = {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "not_installed": missing,
        "load_before": [round(load, 2) for load in psutil.getloadavg()],
    }
    clock = Clock()

    def run(kind, name, *command, **settings):
        print(f"{kind} {name}", end=" ", flush=True)
        result = measure(*command, *extra, patient=patient)
        print(result.get("missing") or f"{result['seconds']:.3f} s", flush=True)
        results.setdefault(kind, {}).setdefault(name, []).append(result)

    for repetition in range(repetitions):
        print(f"Repetition {repetition + 1} of {repetitions}")
        for name in TRAINING:
            run("training", name, peer, "training", name, repetition + 1)
        for name in READING:
            run("reading", name, peer, "reading", name)
        for name in STEPS:
            run("steps", name, peer, "steps", name)
        run("growth", " ".join(map(str, BASE)), peer, "growth", *BASE)
        if repetition < 3:
            for name in NOTEBOOKS[: 2 if arguments.quick else None]:
                run("notebooks", name, sys.executable, "notebooks", name)
    for sizes in GROWTH.values():
        for size in sizes[: 1 if arguments.quick else None]:
            name = " ".join(map(str, size))
            if name not in results.get("growth", {}):
                run("growth", name, peer, "growth", *size)
    run("profile", "lines", peer, "lines")

    results["load_after"] = [round(load, 2) for load in psutil.getloadavg()]
    results["minutes"] = round((time.perf_counter() - clock.start) / 60, 1)
    disturbed = [
        f"{kind} {name}"
        for kind in ["training", "reading", "steps", "notebooks", "growth", "profile"]
        for name, runs in results[kind].items()
        for result in runs
        if result.get("others", 0) >= DISTURBANCE
    ]
    results["disturbed"] = disturbed
    target = HERE if not arguments.quick else WORK
    if disturbed and not arguments.busy and not arguments.quick:
        target = WORK
        print("Other programs were busy during:", *disturbed, sep="\n    ")
        print("So these are not the project's results (make bench BUSY=1 insists).")
    path = target / "results.json"
    keep(results, path)
    print(f"Wrote {path.relative_to(ROOT)}")
    subprocess.run([sys.executable, "-m", "benchmarks.report", target], check=True)
    if target != HERE and not arguments.quick:
        sys.exit(1)


if __name__ == "__main__":
    main()
