"""Engines of conformance read datasets of any encoding: what they cannot read as it is goes to them as Dataset-JSON."""

import json

import pytest

from edc_core.api import ConformanceEngine, ConformanceReport, RuleSet


@pytest.fixture
def looked(small, monkeypatch):
    """What an engine saw: names of files, and the file of adverse events where it can be read as JSON."""
    seen = {}

    def check(folder, about, progress):
        seen["files"] = {file.name for file in folder.rglob("*") if file.is_file()}
        if (folder / "ae.json").is_file():
            seen["ae"] = json.loads((folder / "ae.json").read_text("utf-8"))
        progress(1, 1)
        return ConformanceReport((RuleSet(name="Own", state="run", version="1", run=1),))

    engine = ConformanceEngine("own", "Own", check)
    monkeypatch.setattr(small.core.plugins, "conformance_engines", lambda settings: (engine,))
    small.event("US-001", AETERM="Headache", AESTDAT="2026-02-03")
    return seen


def test_a_package_in_ascii_is_looked_at_as_it_is(small, looked):
    small.package("fda")
    assert {"ae.xpt", "define.xml"} <= looked["files"]
    assert "ae.json" not in looked["files"]


def test_a_package_in_another_encoding_is_looked_at_in_utf_8(small, looked):
    made = small.package("nmpa")
    assert {"ae.json", "define.xml"} <= looked["files"]
    assert looked["ae"]["records"] == 1
    assert {one.name for one in made.folder.rglob("*.json")} == {
        "conformance.json", "manifest.json",
    }  # fmt: skip
    report = json.loads((made.folder / "reports/conformance.json").read_text("utf-8"))
    assert "Own" in {one["name"] for one in report["rule_sets"]}
