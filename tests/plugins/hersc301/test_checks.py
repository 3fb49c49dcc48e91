"""The edit checks of HERSC-301, declared and coded: which of the protocol's list are there, and their examples."""

import re
from pathlib import Path

import pytest
from edc_core_trial_hersc301.plugin import CHECKS

from edc_core.check_host.running import run_check
from edc_core.definitions.loader import load
from edc_core.domain.casebook import Casebook, FormData, GroupData, ItemData, Subject
from edc_core.domain.casebook_picture import CasebookPicture
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.metadata import DataType
from edc_core.domain.plugin_access import StudySite
from edc_core.domain.plugin_identity import PluginIdentity
from edc_core.expressions.asking import Asking
from edc_core.expressions.following import findings, not_applicable, settle
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.rules import rules_of
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_offers import RegisteredCheck
from edc_core.services import publishing
from tests.plugins.trial_definition import DefinitionOfATrial

FOLDER = Path(__file__).parents[3] / "forms/hersc-301"
PLUGIN = PluginIdentity("trial_hersc301", "edc-core-trial-hersc301", "0.1.0", "0" * 64)
PROTOCOL = {f"EC{number:02d}" for number in range(1, 62)}

#: What no check has to say, because the question is not asked then, or is asked only then.
BY_CONDITION = {"EC10", "EC13", "EC60"}
#: What the schedule says: a date outside the window of its visit.
BY_WINDOW = {"EC44"}


@pytest.fixture(scope="module")
def checked():
    return publishing.check(EdcPlugins(), FOLDER)


@pytest.fixture(scope="module")
def index(checked):
    return MetaDataIndex(checked.version)


@pytest.fixture(scope="module")
def rules(index):
    return rules_of(index)


def test_every_edit_check_of_the_protocol_is_there(checked):
    there = {match[0] for check in checked.checks() if (match := re.match(r"EC\d\d", check.oid))}
    assert there <= PROTOCOL
    assert PROTOCOL - there - BY_WINDOW == BY_CONDITION
    windows = {event.oid for event in checked.version.events if event.window is not None}
    assert len(windows) == 35


class TestDefinition(DefinitionOfATrial):
    protocol = "HERSC-301 "


#: Dates that may lie ahead, or are calculated from dates that may not.
AHEAD = {"PREGFU.DUEDAT", "DS-EOT.LASTDOSE"}


def test_no_date_lies_ahead_or_before_1900(index):
    kinds = (DataType.DATE, DataType.PARTIAL_DATE, DataType.DATETIME)
    ours = load(FOLDER).required()  # without what country standards add
    dates = {item.oid for item in ours.items if item.data_type in kinds}
    hard = {
        check.placed.item.oid
        for check in rules_of(index).checks
        if check.range_check.oid == "EC01" and check.range_check.hard
    }
    assert dates - hard == AHEAD
    assert len(hard) > 40


def test_nothing_fires_and_nothing_fails_on_a_casebook_with_every_form_begun_and_empty(index):
    data = SubjectData(index, every_form(index), {}, {})
    rules = rules_of(index)
    settle(rules, data, list(data.forms))
    assert [found for form in data.forms for found in findings(rules, data, form)] == []
    book = Casebook(Subject("study", "subject", "US-01-001", "site"), forms=dict(data.forms))
    for check in CHECKS:
        result = run_check(RegisteredCheck(check, PLUGIN), CasebookPicture(book, index))
        assert (result.found, result.failures) == ([], [])


def test_what_is_missing_or_unreadable_says_nothing(index):
    """Every item of every form, by a missing reason and as what cannot be read: no check may speak."""
    rules = rules_of(index)
    for mark in ("missing", "unreadable"):
        forms, items, groups = every_form(index), {}, {}
        for form in forms:
            for placed in index.placed_items(form.form.oid):
                path = form
                for oid in placed.group_oids:
                    path = path.with_group(oid, "1")
                    if index.groups[oid].repeating:
                        groups[path] = GroupData(path)
                path = path.with_item(placed.item.oid)
                items[path] = (
                    ItemData(path, missing="UNK", version=1)
                    if mark == "missing"
                    else ItemData(path, "?", reading="unreadable", version=1)
                )
        data = SubjectData(index, forms, items, groups)
        assert [found.check_oid for form in forms for found in findings(rules, data, form)] == []


def test_the_plugin_holds_only_what_takes_two_lists():
    assert [check.oid for check in CHECKS] == ["EC59.MISSING"]


def every_form(index):
    paths = (
        ItemPath(Step(event.oid, "1"), Step(ref.form_oid, "1"))
        for event in index.version.events
        for ref in event.form_refs
    )
    return {path: FormData(path, index.version.oid, EntryStatus.COMPLETE) for path in paths}


def adverse_event(index, **values):
    """A log with one row, settled; (hidden answers, whether a form is expected) are asked of it."""
    form = ItemPath.parse("LOGS[1]/AE[1]")
    row = form.with_group("AE.AELOG", "1")
    items = {
        row.with_item(f"AE.{name}"): ItemData(row.with_item(f"AE.{name}"), text, text, version=1)
        for name, text in values.items()
    }
    gate = form.with_group("AE.AE", "1").with_item("AE.AEYN")
    items[gate] = ItemData(gate, "Y", "Y", version=1)
    forms = {form: FormData(form, "1", EntryStatus.COMPLETE)}
    data = SubjectData(index, forms, items, {row: GroupData(row)})
    settle(rules_of(index), data, [form])
    return data, form


def test_ec10_a_criterion_that_stays_when_the_event_is_not_serious_is_told(index):
    data, form = adverse_event(index, AESER="N", AESHOSP="Y")
    assert [path.item for path in not_applicable(data, form)] == ["AE.AESHOSP"]
    data, form = adverse_event(index, AESER="Y", AESHOSP="Y")
    assert not_applicable(data, form) == []


def test_ec13_an_end_date_that_stays_when_the_event_goes_on_is_told(index):
    data, form = adverse_event(index, AEONGO="Y", AEENDAT="2026-03-04")
    assert [path.item for path in not_applicable(data, form)] == ["AE.AEENDAT"]
    data, form = adverse_event(index, AEONGO="N", AEENDAT="2026-03-04")
    assert not_applicable(data, form) == []


@pytest.mark.parametrize(
    ("form", "values"),
    [("SAE", {"AESER": "Y"}), ("DD", {"AEOUT": "FATAL"})],
)
def test_ec60_a_serious_or_fatal_event_brings_its_form(index, form, values):
    place = ItemPath(Step("EVENTS", "1"), Step(form, "1"))
    left_out = rules_of(index).scheduled["EVENTS", form]
    data, _ = adverse_event(index, AETERM="Sepsis", **values)
    assert data.evaluate(left_out, place) is False
    data, _ = adverse_event(index, AETERM="Sepsis", AESER="N", AEOUT="UNKNOWN")
    assert data.evaluate(left_out, place) is True


@pytest.mark.parametrize(
    ("ended", "seen", "expected"),
    [
        ("", "", True),
        ("COMPLETED", "", True),
        ("ADVERSE EVENT", "", False),
        ("ADVERSE EVENT", "2026-03-04", True),
    ],
)
def test_ec60_an_early_end_takes_back_the_cycles_that_were_not_begun(index, ended, seen, expected):
    cycle = ItemPath.parse("C3D1[1]/VS[1]")
    asking = Asking(index, StudySite("s", "KR-01", "KR", "Asia/Seoul"))
    for form, item, text in (
        (cycle, "VS.VSDAT", seen),
        (ItemPath.parse("EOT[1]/DS-EOT[1]"), "DS-EOT.DSDECOD", ended),
    ):
        (placed,) = [p for p in index.placed_items(form.form.oid) if p.item.oid == item]
        path = form.with_group(placed.group_oids[0], "1").with_item(item)
        given = {path: text}
        if item == "VS.VSDAT":
            given[path.parent.with_item("VS.VSPERF")] = "Y"
        asking.take(form, given, lambda text: (text, "", ""))
    assert asking.expects(cycle) is expected


def test_ec60_hepatitis_b_core_antibody_brings_the_virus_test_to_each_cycle(index):
    form = ItemPath.parse("SCR[1]/LB-VIR[1]")
    for result, expected in (("POSITIVE", True), ("NEGATIVE", False)):
        asking = Asking(index, StudySite("s", "KR-01", "KR", "Asia/Seoul"))
        sample, results = form.with_group("LB-VIR.SAMPLE", "1"), form.with_group("LB-VIR.RESULTS", "1")
        given = {sample.with_item("LB-VIR.LBPERF"): "Y", results.with_item("LB-VIR.HBCAB"): result}
        asking.take(form, given, lambda text: (text, "", ""))
        assert asking.expects(ItemPath.parse("C4D1[1]/LB-VIR[1]")) is expected
