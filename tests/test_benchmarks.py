"""What is published about speed is what was measured."""

import json
import sys

from benchmarks.bench import PEERS, measure
from benchmarks.report import HERE, make_tables, spread
from tools.reproduce import ROOT
from tools.tables import fill, table

RESULTS = json.loads((HERE / "results.json").read_text())


def test_published_tables_are_those_of_the_results():
    tables = make_tables(RESULTS)
    readmes = [HERE / "README.md", ROOT / "README.md"]
    published = [readme.read_text(encoding="utf-8") for readme in readmes]
    for text in published:
        assert fill(text, tables) == text, "run: python -m benchmarks.report"
    for name, content in tables.items():
        assert any(content in text for text in published), f"no place for {name}"


def test_published_results_are_complete_and_undisturbed():
    assert RESULTS["disturbed"] == []
    assert set(RESULTS["machine"]["peers"]) == set(PEERS)
    runs = [run for name in RESULTS["training"].values() for run in name]
    assert len({len(name) for name in RESULTS["training"].values()}) == 1
    assert all("seconds" in run for run in runs), "a competitor is missing"


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
