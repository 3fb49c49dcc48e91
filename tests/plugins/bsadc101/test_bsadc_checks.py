"""The edit checks of BSADC-101, declared and coded: which of the protocol's list are there, and their examples."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from edc_core_trial_bsadc101 import boin
from edc_core_trial_bsadc101.levels import LEVELS, dose_step
from edc_core_trial_bsadc101.plugin import CHECKS, FUNCTIONS

from edc_core.domain.casebook import FormData, GroupData, ItemData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath, Step
from edc_core.expressions.following import findings, settle
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.rules import compile_rules, rules_of
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import publishing
from tests.plugins.trial_definition import DefinitionOfATrial

FOLDER = Path(__file__).parents[3] / "forms/bsadc-101"
PROTOCOL = {f"BSADC-B{number:02d}" for number in range(1, 17)}


@pytest.fixture(scope="module")
def checked():
    return publishing.check(EdcPlugins(), FOLDER)


@pytest.fixture(scope="module")
def index(checked):
    return MetaDataIndex(checked.version)


@pytest.fixture(scope="module")
def rules(index):
    """With the function of the plugin, as the check host compiles them."""
    return compile_rules(index, {function.name: replace(function, plugin="bsadc") for function in FUNCTIONS})


def test_every_check_of_the_protocol_is_there(checked):
    there = {match[0] for check in checked.checks() if (match := re.match(r"BSADC-B\d\d", check.oid))}
    assert there == PROTOCOL


class TestDefinition(DefinitionOfATrial):
    protocol = "BSADC-101 "
    found = frozenset({"W303"})


def test_the_plugin_holds_only_what_looks_across_subjects():
    assert [check.oid for check in CHECKS] == ["BSADC-B03", "BSADC-B04", "BSADC-B04.SLOT", "BSADC-B06"]


def test_the_function_and_the_code_list_know_the_same_levels(index):
    codes = [term.coded_value for term in index.code_lists["DOSELVL"].items]
    assert codes == list(LEVELS)
    assert [dose_step(code) for code in codes] == [1, 2, 3, 4, 5, 6, 7]
    assert dose_step("0.5") is None


def test_the_checks_that_call_it_run_after_the_commit(index):
    assert {form: set(checks) for form, checks in rules_of(index).after_commit.items()} == {
        "EX-ADC": {"BSADC-B05.LEVEL", "BSADC-B15"}
    }


def test_nothing_fires_on_a_casebook_with_every_form_begun_and_empty(index, rules):
    forms = {
        path: FormData(path, index.version.oid, EntryStatus.COMPLETE)
        for event in index.version.events
        for ref in event.form_refs
        for path in [ItemPath(Step(event.oid, "1"), Step(ref.form_oid, "1"))]
    }
    data = SubjectData(index, forms, {}, {})
    settle(rules, data, list(forms))
    assert [found for form in forms for found in findings(rules, data, form)] == []


def test_forms_of_the_study_belong_to_no_subject(index):
    assert {event.oid for event in index.version.events if event.study_level} == {"COH", "SRCM"}


@pytest.mark.parametrize(
    ("toxic", "subjects", "said"),
    [
        (0, 3, "ESCALATE"),
        (1, 3, "STAY"),
        (2, 3, "DE-ESCALATE"),
        (3, 3, "STOP"),
        (1, 6, "ESCALATE"),
        (2, 6, "STAY"),
        (3, 6, "DE-ESCALATE"),
        (4, 6, "STOP"),
    ],
)
def test_the_advice_of_the_protocol(toxic, subjects, said):
    assert boin.advice(toxic, subjects) == said


@pytest.mark.parametrize(("toxic", "subjects"), [(-1, 3), (4, 3), (0, 0)])
def test_what_is_no_count_gets_no_advice(toxic, subjects):
    with pytest.raises(ValueError, match="no count"):
        boin.advice(toxic, subjects)


def test_the_form_of_the_committee_says_what_the_statistics_say_for_every_count(index):
    form = ItemPath(Step("SRCM", "1"), Step("SRC", "1"))
    for subjects in range(1, 31):
        for toxic in range(subjects + 1):
            items = {}
            for name, value in (("EVALN", subjects), ("DLTN", toxic)):
                path = form.with_group("SRC.SRC", "1").with_item(f"SRC.{name}")
                items[path] = ItemData(path, str(value), str(value), version=1)
            data = SubjectData(index, {form: FormData(form, "1", EntryStatus.COMPLETE)}, items, {})
            settle(rules_of(index), data, [form])
            path = form.with_group("SRC.SRC", "1").with_item("SRC.BOINADV")
            assert data.items[path].value == boin.advice(toxic, subjects), (toxic, subjects)


def test_three_tracings_five_minutes_apart_at_most(index):
    """Rows within rows: each tracing is held against those of its own set alone."""
    form = ItemPath(Step("C1D1", "1"), Step("EG", "1"))
    items, groups = {}, {}
    for number, times in (("1", ("09:00", "09:02", "09:04")), ("2", ("13:00", "13:20", "13:02"))):
        outer = form.with_group("EG.EGSET", number)
        groups[outer] = GroupData(outer)
        for key, time in enumerate(times, start=1):
            row = outer.with_group("EG.EGREP", str(key))
            groups[row] = GroupData(row)
            path = row.with_item("EG.EGTIM")
            items[path] = ItemData(path, time, time, version=1)
    data = SubjectData(index, {form: FormData(form, "1", EntryStatus.COMPLETE)}, items, groups)
    settle(rules_of(index), data, [form])
    found = [f for f in findings(rules_of(index), data, form) if f.check_oid == "BSADC-B08"]
    assert [str(f.path) for f in found] == [
        str(form.with_group("EG.EGSET", "2").with_group("EG.EGREP", "2").with_item("EG.EGTIM"))
    ]
