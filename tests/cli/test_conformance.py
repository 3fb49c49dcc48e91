"""``edc conformance run``: the findings of a study in a terminal, in a program, and in files."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from tests.fresh_venv import ROOT


@pytest.fixture
def published(edc, monkeypatch):
    """The library of forms as a study without subjects that follows PMDA: which takes no data without DM."""
    for name in (
        "EDC_CORE_CACHE",
        "EDC_CORE_PYTHON",
        "EDC_CONFORMANCE_DEFINE_XSD",
        "EDC_CONFORMANCE_DATASET_JSON_SCHEMA",
    ):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(ROOT / "forms/library", "library")
    study = Path("library/study.yaml")
    study.write_text(study.read_text() + 'plugins:\n  edc-core-country-jp: ">=0.1,<0.2"\n')
    ran = edc("study", "publish", "library")
    assert ran.code == 0, ran.err
    return edc


def test_what_is_open_ends_with_one_and_what_was_not_run_is_said(published):
    ran = published("conformance", "run", "LIBRARY", "--unlocked", "--out", "checked")
    assert ran.code == 1
    assert "reject    JP-B6  PMDA    DM" in ran.out
    assert "CDISC CORE 0.17.1: Not run: No rules are at hand: name the folder" in ran.out
    assert "1 finding of 1 rule: 1 reject. Not explained: JP-B6. Not run: CDISC CORE" in ran.out
    assert ran.err == ""


def test_what_is_listed_is_narrowed_and_the_report_holds_everything(published):
    asked = ("conformance", "run", "LIBRARY", "--unlocked", "--out", "checked", "--json")
    ran = published(*asked, "--severity", "warning")
    assert (ran.code, ran.json["findings"]) == (1, [])
    assert {one["name"] for one in ran.json["rule_sets"]} >= {"CDISC CORE", "JP-PMDA"}
    report = json.loads(Path("checked/report/conformance.json").read_text())
    assert [one["rule"] for one in report["findings"]] == ["JP-B6"]
    with Path("checked/report/findings.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [one["Rule"] for one in csv.DictReader(file)] == ["JP-B6"]
    shutil.rmtree("checked")
    assert [
        one["rule"] for one in published(*asked, "--agency", "PMDA", "--dataset", "DM").json["findings"]
    ] == ["JP-B6"]


def test_a_study_that_is_not_locked_says_so(published):
    ran = published("conformance", "run", "LIBRARY", "--out", "checked")
    assert (ran.code, "needs a locked study" in ran.err) == (2, True)
    assert not Path("checked/report").exists()
