"""What is published about speed is what was measured."""

import json
import re
import sys

from benchmarks.bench import PEERS, keep, measure, plan
from benchmarks.report import (
    HERE,
    READMES,
    make_tables,
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


def test_the_plan_has_every_competitor_of_the_published_results():
    planned = plan(quick=False)
    for results in MACHINES:
        for kind in results.keys() - {"name", "machine"}:
            assert {(1, kind, name) for name in results[kind]} <= set(planned)
    assert {kind for _, kind, _ in plan(quick=True)} == {kind for _, kind, _ in planned}
    result = measure(sys.executable, "calls", "no_such_reader", 1, quick=True)
    assert "no_such_reader" in result["missing"]


def test_each_is_compared_in_its_own_precision():
    seconds = {"here float64": 4.0, "here float32": 2.0}
    seconds |= {"torch_loop float32": 1.0, "torch_loop float64": 1.0}
    results = {
        "name": "P",
        "machine": {"cores": 2, "processor": "P"},
        "training": {
            name: [{"seconds": time, "peak_MB": 1, "testing_error": 5.0}]
            for name, time in seconds.items()
        },
    }
    table = training_table(results)
    assert "| PyTorch, plain loop, float32 | 1.00 | 2.00 | 5.00 | 1 |" in table
    assert "| PyTorch, plain loop, float64 | 1.00 | 4.00 | 5.00 | 1 |" in table
    both = "| PyTorch, plain loop | 5.00 | 5.00 | 1.00 (2.00) | 1.00 (4.00) |"
    assert both in summary_table([results])
