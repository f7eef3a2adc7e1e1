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
import subprocess
import sys
import time
from pathlib import Path

import psutil

from benchmarks import commands, growth, notebooks, profile, reading, steps, training
from benchmarks.worker import RAW, ROOT, WORK
from tools.environments import environment, install, processor, python_of
from tools.reproduce import probe

HERE = Path(__file__).parent
VENV = WORK / "venv"
PEERS = ["torch", "torchvision", "scikit-learn", "keras", "jax", "idx2numpy"]

KINDS = {  # the kinds of measurements, and how many times each is made
    training: 5,
    reading: 5,
    steps: 5,
    growth: 1,
    notebooks: 3,
    commands: 3,
    profile: 1,
}
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


def plan(quick):
    """Return what is measured: (kind, name, how many times), in order."""
    found = []
    for module, times in KINDS.items():
        names = list(module.COMPETITORS)
        if quick and module in (growth, notebooks):
            names = names[:2]
        for name in names:
            often = 5 if name == growth.BASE else times
            kind = module.__name__.rpartition(".")[2]
            found.append((kind, name, 1 if quick else often))
    return found


def measure(python, *arguments, quick=False):
    """Run a measuring process; run it again if it was disturbed.

    Returns
    -------
    dict
        What it reported, or why it is ``missing``; how much ``others`` computed.
    """
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    if quick:
        environ["BENCH_IMAGES"] = "2000"
    attempts, others = 0, DISTURBANCE
    while others >= DISTURBANCE and attempts < (1 if quick else ATTEMPTS):
        attempts += 1
        if not quick:
            wait_for_quiet()
        clock = Clock()
        run = subprocess.run(
            [python, "-m", "benchmarks.worker", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environ,
        )
        others = round(clock.others(), 3)
        if run.returncode:
            return {"missing": (run.stderr.strip().splitlines() or ["no reason"])[-1]}
    result = json.loads(run.stdout.splitlines()[-1])
    return {**result, "others": others, "attempts": attempts}


def prepare():
    """Set up the peers' environment and the raw files; return what is missing."""
    pins = HERE / "requirements.txt"
    missing = {}
    if environment(VENV, sys.executable, ["-r", pins]):
        for need in ["numpy", "matplotlib", "line_profiler", *PEERS]:  # what there is
            failure = install(VENV, "-c", pins, need)
            if failure:
                missing[need] = failure
                print(f"Missing: {need}: {failure}")
    RAW.mkdir(parents=True, exist_ok=True)
    for packed in (ROOT / "data").glob("*.gz"):
        (RAW / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    return missing


def machine():
    """Say what this was measured on."""
    told = probe(python_of(VENV)) or {"kernel": "-"}
    found = {
        package.name.lower(): package.version
        for package in importlib.metadata.distributions(
            path=map(str, VENV.rglob("site-packages"))
        )
    }
    return {
        "processor": processor(),
        "cores": psutil.cpu_count(),
        "memory_GB": round(psutil.virtual_memory().total / 1e9),
        "system": platform.system(),
        **{name: told.get(name, "") for name in ["Matplotlib", "Python", "NumPy"]},
        "BLAS": f"OpenBLAS, {told['kernel']} kernels",
        "peers": {name: found[name] for name in PEERS if name in found},
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
    quick = arguments.quick

    results = {
        "date": datetime.date.today().isoformat(),
        "not_installed": prepare(),
        "machine": machine(),
        "load_before": [round(load, 2) for load in psutil.getloadavg()],
        "disturbed": [],
    }
    start = time.perf_counter()
    measured = plan(quick)
    repetitions = max(times for _, _, times in measured)
    for repetition in range(1, repetitions + 1):
        print(f"Repetition {repetition} of {repetitions}")
        for kind, name, times in measured:
            if repetition > times:
                continue
            print(f"{kind} {name}", end=" ", flush=True)
            here = kind in ("notebooks", "commands")  # they need no peers
            python = sys.executable if here else python_of(VENV)
            result = measure(python, kind, name, repetition, quick=quick)
            print(result.get("missing") or f"{result['seconds']:.3f} s", flush=True)
            results.setdefault(kind, {}).setdefault(name, []).append(result)
            if result.get("others", 0) >= DISTURBANCE:
                results["disturbed"].append(f"{kind} {name}")

    results["load_after"] = [round(load, 2) for load in psutil.getloadavg()]
    results["minutes"] = round((time.perf_counter() - start) / 60, 1)
    target = WORK if quick else HERE
    if results["disturbed"] and not arguments.busy and not quick:
        target = WORK
        print("Other programs were busy during:", *results["disturbed"], sep="\n    ")
        print("So these are not the project's results (make bench BUSY=1 insists).")
    path = target / "results.json"
    keep(results, path)
    print(f"Wrote {path.relative_to(ROOT)}")
    subprocess.run([sys.executable, "-m", "benchmarks.report", target], check=True)
    if target != HERE and not quick:
        sys.exit(1)


if __name__ == "__main__":
    main()
