"""What is published about speed is what was measured."""

import json
import re
import sys

import numpy as np

from benchmarks import calls, growth, worker
from benchmarks.bench import PEERS, keep, measure, plan
from benchmarks.report import (
    HERE,
    READMES,
    judged,
    make_tables,
    speed,
    summary_table,
    training_table,
)
from tools.tables import fill

MACHINES = json.loads((HERE / "results.json").read_text())


def test_published_tables_are_those_of_the_results():
    tables = make_tables(MACHINES)
    published = [readme.read_text(encoding="utf-8") for readme in READMES]
    for text in published:
        assert fill(text, tables) == text, "run: python -m benchmarks.report"
    places = re.findall("<!-- begin (.*) -->", "".join(published))
    assert sorted(places) == sorted([*tables, "reproduce"])


def test_published_results_are_complete_and_undisturbed():
    for results in MACHINES:
        assert results["machine"]["disturbed by other programs"] == "nothing"
        peers = results["machine"]["peers"].split(", ")
        assert [peer.split()[0] for peer in peers] == PEERS
        runs = [run for name in results["training"].values() for run in name]
        assert len({len(name) for name in results["training"].values()}) == 1
        assert all("seconds" in run for run in runs), "a competitor is missing"


def test_new_results_replace_those_of_the_same_processor_only(tmp_path):
    path = tmp_path / "results.json"
    a, b, newer = ({"machine": {"processor": name}} for name in "aba")
    newer["date"] = "later"
    for results, expected in [(a, [a]), (b, [b, a]), (newer, [newer, b])]:
        keep(results, path)
        assert json.loads(path.read_text()) == expected


def test_targets_are_judged_by_the_median():
    assert judged([0.7, 0.8, 0.9], 0.8) == "yes: 0.800 (0.700 .. 0.900)"
    assert judged([0.7, 0.801, 0.9], 0.8) == "**no**: 0.801 (0.700 .. 0.900)"
    assert judged([0.8004, 0.8], 0.8) == "yes: 0.800"
    assert judged([], 0.8) == "missing"


def test_what_cannot_be_measured_is_told_as_missing():
    result = measure(sys.executable, "calls", "no_such_reader", 1, quick=True)
    assert "no_such_reader" in result["missing"]


def test_what_is_measured_is_told_in_seconds(monkeypatch):
    monkeypatch.setattr(worker, "images", few_images)
    found = growth.measure("300 4 100", 1)
    assert set(found) == set(growth.IN_TURN)
    assert {len(times) for times in found.values()} == {growth.ROUNDS}
    assert min(map(min, found.values())) > 0
    assert calls.measure("forward", 1)["seconds"] > 0


def few_images(part, dtype, count):
    """Return blank images, as the worker's `images` does."""
    count = min(count, 300)
    return np.zeros((count, 784), dtype), np.arange(count) % 10


def test_the_plan_has_every_competitor_of_the_published_results():
    planned = plan(quick=False)
    for results in MACHINES:
        for kind in results.keys() - {"name", "machine"}:
            assert {(1, kind, name) for name in results[kind]} <= set(planned)
    last = {what[2] for what in planned if what[:2] == (5, "growth")}
    assert last == {growth.BASE}
    assert {kind for _, kind, _ in plan(quick=True)} == {kind for _, kind, _ in planned}


# Each in its own precision.
RUNS = {
    "here float64": 4.0,
    "here float32": 2.0,
    "torch_loop float32": 1.0,
    "torch_loop float64": 1.0,
}


def results_of(seconds):
    """Return results of one machine, with an epoch's time of each competitor."""
    runs = {
        name: [{"seconds": time, "peak_MB": 1, "testing_error": 5.0}]
        for name, time in seconds.items()
    }
    machine = {"cores": 2, "processor": "P"}
    return {"name": "P", "machine": machine, "training": runs}


def test_each_is_compared_in_its_own_precision():
    results = results_of(RUNS)
    for line in [
        "| PyTorch, plain loop, float32 | 1.00 | 2.00 | 5.00 | 1 |",
        "| PyTorch, plain loop, float64 | 1.00 | 4.00 | 5.00 | 1 |",
    ]:
        assert line in training_table(results)
    both = "| PyTorch, plain loop | 5.00 | 5.00 | 1.00 (2.00) | 1.00 (4.00) |"
    assert both in summary_table([results])


def test_a_sentence_tells_both_precisions():
    assert speed(results_of(RUNS | {"jax float32": 3.0})) == (
        "Seconds an epoch, in float32 / float64, on 2 cores of P: **this project** "
        "2.00 / 4.00, PyTorch 1.00 / 1.00, scikit-learn - / -, JAX 3.00 / -, "
        "Keras on JAX - / -."
    )
