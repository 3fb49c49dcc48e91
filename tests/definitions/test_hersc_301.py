"""The demo trial as requirements 5.1 describe it."""

from __future__ import annotations

from pathlib import Path

import pytest
from edc_core_lab_ranges.reading import read_ranges

from edc_core.definitions.loader import load
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import Comparator, EventType, own_expression
from edc_core.services.lab_ranges import ranged_in

FOLDER = Path(__file__).parents[2] / "forms/hersc-301"


@pytest.fixture(scope="module")
def index():
    return MetaDataIndex(load(FOLDER).required())


def test_it_has_no_finding():
    assert list(load(FOLDER).findings) == []


CYCLE = ["VS", "ECOG", "LB-HEM", "LB-CHEM", "LB-VIR", "PREG", "EX-TRA", "EX-CHEMO", "PC", "ISR"]


def test_forms_of_the_visits(index):
    forms = {event.oid: [ref.form_oid for ref in event.form_refs] for event in index.version.events}
    assert forms["SCR"] == [
        *("CONSENT", "DM", "IE", "MH", "BCH", "TUMOR", "VS", "PE", "EG", "LVEF", "ECOG"),
        *("LB-HEM", "LB-CHEM", "LB-VIR", "PREG"),
    ]
    assert forms["C3D1"] == forms["C4D1"] == forms["C6D1"] == forms["C7D1"] == CYCLE
    assert set(forms["C5D1"]) == {*CYCLE, "LVEF", "TUMOR", "IS"}
    assert set(forms["C8D1"]) == {*CYCLE, "LVEF", "IS"}
    assert "LB-HEM" not in forms["C10D1"]
    assert "LB-HEM" in forms["C11D1"]
    assert "EX-CHEMO" not in forms["C9D1"]
    assert forms["SURG"] == ["SURGERY", "PATH"]
    assert forms["LOGS"] == ["AE", "CM", "PR", "DV", "CO", "CLR"]
    assert forms["EVENTS"] == ["SAE", "PREGFU", "DD", "EOS"]
    assert {event.oid for event in index.version.events if event.type is EventType.COMMON} == {
        "LOGS",
        "EVENTS",
    }


def test_the_schedule(index):
    assert [ref.study_event_oid for ref in index.version.event_refs] == [
        *("SCR", "RAND", "C1D1", "C1D2", "C1D4", "C1D8", "C1D15"),
        *(f"C{cycle}D1" for cycle in range(2, 8)),
        *("C7D2", "C7D8", "C7D15", "C8D1", "PRESURG", "SURG"),
        *(f"C{cycle}D1" for cycle in range(9, 19)),
        *("EOT", "FU06", "FU12", "FU18", "FU24", "FU30", "FU36"),
    ]


def test_heart_function_is_measured_as_planned(index):
    measured = [e.oid for e in index.version.events if "LVEF" in [ref.form_oid for ref in e.form_refs]]
    assert measured == [
        *("SCR", "C5D1", "C8D1", "PRESURG", "C9D1", "C13D1", "C17D1", "EOT"),
        *("FU06", "FU12", "FU18", "FU24", "UNS"),
    ]


def test_a_visit_outside_the_schedule_is_added_as_often_as_needed(index):
    visit = index.events["UNS"]
    assert (visit.type, visit.repeating, visit.is_added) == (EventType.UNSCHEDULED, True, True)
    assert [use.form_oid for use in visit.form_refs if use.mandatory] == ["VS"]
    assert {use.form_oid for use in visit.form_refs} == {
        *("VS", "PE", "ECOG", "EG", "LVEF", "LB-HEM", "LB-CHEM"),
    }


def test_every_result_of_a_panel_has_its_range_from_the_file_beside_the_definition(index):
    read = read_ranges((FOLDER / "lab-ranges.csv").read_text(encoding="utf-8"), ranged_in(index))
    assert read.problems == ()
    tests = {row.test for row in read.rows}
    derived = {
        own_expression(method.expressions)
        for method in index.version.methods
        if own_expression(method.expressions).startswith("range_")
    }
    rules = ("range_low", "range_high", "range_flag")
    assert derived == {f"{rule}({test})" for rule in rules for test in tests}
    assert len(tests) == 18
    for lab in ("CENTRAL", "LAKESIDE", "HANGANG"):
        assert {row.test for row in read.rows if row.lab == lab} == tests


def test_eight_sites_in_seven_countries(index):
    assert [site.number for site in index.version.sites] == [
        *("US-01", "US-02", "DE-01", "FR-01", "GB-01", "KR-01", "JP-01", "CN-01")
    ]
    assert len({site.zone for site in index.version.sites}) == 8


@pytest.mark.parametrize(
    ("item", "check", "low", "high", "hard"),
    [
        ("VS.HEIGHT", "EC02", "130", "200", False),
        ("VS.WEIGHT", "EC03", "35", "160", False),
        ("VS.SYSBP", "EC04", "70", "220", False),
        ("VS.DIABP", "EC04", "40", "130", False),
        ("VS.PULSE", "EC04", "35", "180", False),
        ("VS.TEMP", "EC04", "34", "42", False),
        ("LVEF.LVEF", "EC06", "5", "90", True),
        ("LVEF.LVEF", "EC07", "50", "80", False),
    ],
)
def test_limits_of_the_edit_checks(index, item, check, low, high, hard):
    checks = {c.oid: c for c in index.items[item].range_checks}
    lower, upper = checks[f"{check}.GE"], checks[f"{check}.LE"]
    assert (lower.comparator, upper.comparator) == (Comparator.GE, Comparator.LE)
    assert (lower.check_values, upper.check_values) == ((low,), (high,))
    assert lower.hard is upper.hard is hard
    assert lower.message


@pytest.mark.parametrize(
    ("form", "log"),
    [("AE", "AE.AELOG"), ("CM", "CM.CMLOG"), ("MH", "MH.MHLOG"), ("PR", "PR.PRLOG"), ("DV", "DV.DVLOG")],
)
def test_a_log_is_a_form_with_a_question_and_a_repeating_group(index, form, log):
    assert not index.forms[form].repeating
    first, second = (index.groups[ref.item_group_oid] for ref in index.forms[form].group_refs)
    assert len(first.item_refs) == 1
    assert index.items[first.item_refs[0].item_oid].code_list_oid == "NY"
    assert second.oid == log
    assert second.repeating
    assert second.columns


def test_every_item_has_a_question_and_an_sdtm_target(index):
    for item in index.version.items:
        assert item.question
        contexts = [alias.context for alias in item.aliases if not alias.context.startswith("SDTM.")]
        assert [context for context in contexts if context != "Coding"] == ["SDTM"]


def test_most_items_have_help(index):
    helped = [item for item in index.version.items if item.help]
    assert len(helped) * 2 > len(index.version.items)


@pytest.mark.parametrize(
    "form", ["CONSENT", "VS", "ECOG", "AE", "LB-CHEM", "RAND", "TUMOR", "SAE", "PC", "ISR"]
)
def test_some_forms_are_in_korean_too(index, form):
    assert "ko" in dict(index.forms[form].title.texts)
    for placed in index.placed_items(form):
        assert "ko" in dict(placed.item.question.texts)
