"""What is published about speed is what was measured."""

import json
import sys

import pytest

from benchmarks.bench import PEERS, keep, measure
from benchmarks.report import HERE, compared, judged, label, make_tables, spread
from tools.reproduce import ROOT
from tools.tables import fill, table

MACHINES = json.loads((HERE / "results.json").read_text())


def test_published_tables_are_those_of_the_results():
    tables = make_tables(MACHINES)
    readmes = [HERE / "README.md", ROOT / "README.md"]
    published = [readme.read_text(encoding="utf-8") for readme in readmes]
    for text in published:
        assert fill(text, tables) == text, "run: python -m benchmarks.report"
    for name, content in tables.items():
        assert any(content in text for text in published), f"no place for {name}"


@pytest.mark.parametrize("results", MACHINES, ids=label)
def test_published_results_are_complete_and_undisturbed(results):
    assert results["disturbed"] == []
    assert set(results["machine"]["peers"]) == set(PEERS)
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
    assert judged([0.8004], 0.8) == "yes: 0.800"
    assert judged([], 0.8) == "missing"


def test_a_table_fills_its_place_and_nothing_else():
    text = "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n"
    new = fill(text, {"x": table(["k", "v"], [["1", "2"]]), "y": "no place"})
    filled = "| k | v |\n| --- | --: |\n| 1 | 2 |"
    assert new == text.replace("old", filled)


def test_spread_gives_the_range_only_if_there_is_one():
    assert spread([1.0, 3.0, 2.0]) == "2.00 (1.00 .. 3.00)"
    assert spread([1.0, 1.001]) == "1.00"


def test_what_cannot_be_measured_is_told_as_missing():
    result = measure(sys.executable, "reading", "no_such_reader", patient=False)
    assert "no_such_reader" in result["missing"]


def test_each_is_compared_in_its_own_precision():
    seconds = {"here": 4.0, "here_32": 2.0, "torch_loop": 1.0, "torch_loop_64": 1.0}
    runs = {name: [{"seconds": s, "peak_MB": 1}] for name, s in seconds.items()}
    names = ["torch_loop", "torch_loop_64"]
    rows = compared({"training": runs}, "training", names, ("{:.2f}", 1))
    assert [row[2] for row in rows] == ["2.00", "4.00"]
    del runs["here_32"]  # results of before there was one
    rows = compared({"training": runs}, "training", names, ("{:.2f}", 1))
    assert [row[2] for row in rows] == ["missing", "4.00"]
