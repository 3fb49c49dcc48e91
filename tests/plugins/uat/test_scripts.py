"""What is to be tried, made from a definition alone, and what casebooks show of it."""

import dataclasses

import pytest
from edc_core_uat.evidence import look
from edc_core_uat.scripts import LONGEST_NAME, Kind, Script, Sign, Target, scripts_of

from edc_core.api import (
    Casebook,
    EntryStatus,
    FormData,
    ItemData,
    ItemPath,
    ListedForm,
    MetaDataIndex,
    Query,
    QuerySource,
    QueryState,
)
from edc_core.definitions.loader import load
from edc_core.domain.casebook import Subject
from edc_core.expressions.rules import rules_of
from edc_core.plugin_manager import EdcPlugins
from edc_core.services.check_list import checks_of

STUDY = """\
oid: DEMO
version: {oid: "1"}
events:
  - {oid: SCR, title: Screening, forms: [VS], date: VS.VSDAT}
  - {oid: W1, title: Week 1, forms: [VS, {form: PREG, when: VS.SYSBP > 200}], date: VS.VSDAT,
     window: {anchor: SCR, target: 7 days, after: 1 day}}
schedule:
  - {event: SCR}
  - {event: W1, when: "visit('SCR').VS.SYSBP > 0"}
forms:
  - oid: VS
    title: Vital signs
    items:
      - {name: VSDAT, question: Date, type: partialDate}
      - {name: SYSBP, question: Systolic, type: integer, required: true}
      - name: DIABP
        question: Diastolic
        type: integer
        when: SYSBP > 0
        checks:
          - oid: EC05
            that: DIABP < SYSBP
            message: Diastolic is not below systolic. Please check the source.
            fires: {SYSBP: 80, DIABP: 90}
            passes: {SYSBP: 120, DIABP: "~ND"}
      - {name: MEAN, question: Mean, type: float, derive: (SYSBP + DIABP) / 2}
  - {oid: PREG, title: Pregnancy test, items: [{name: DONE, question: Done?, type: boolean}]}
"""
VS = ItemPath.parse("SCR[1]/VS[1]")


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    file = tmp_path_factory.mktemp("study") / "demo.yaml"
    file.write_text(STUDY, encoding="utf-8")
    loaded = load(file)
    assert loaded.version is not None, loaded.findings
    return MetaDataIndex(loaded.version)


@pytest.fixture(scope="module")
def scripts(index):
    return {one.oid: one for one in scripts_of(index, checks_of(EdcPlugins(), index, "uat"))}


def only(scripts, kind):
    return [one for one in scripts.values() if one.kind is kind]


def test_every_form_check_condition_calculation_and_window_has_one_script(index, scripts):
    rules = rules_of(index)
    assert [one.title for one in only(scripts, Kind.FORM)] == ["Vital signs", "Pregnancy test"]
    assert len(only(scripts, Kind.CHECK)) == len(rules.checks) == 1
    assert len(only(scripts, Kind.CONDITION)) == len(rules.conditions) + len(rules.scheduled) == 3
    assert len(only(scripts, Kind.CALCULATION)) == len(rules.derivations) == 1
    assert [one.title for one in only(scripts, Kind.WINDOW)] == ["Week 1"]


def test_the_examples_of_a_check_are_its_steps(scripts):
    [script] = only(scripts, Kind.CHECK)
    message = "Diastolic is not below systolic. Please check the source."
    assert (script.title, script.where) == (f"EC05: {message}", "Vital signs")
    assert [(step.do, step.expect) for step in script.steps] == [
        ("Enter SYSBP = 80, DIABP = 90.", f"A query: {message}"),
        ("Enter SYSBP = 120, DIABP = missing (ND).", "Nothing is said."),
    ]


def test_conditions_and_windows_are_said_in_words(scripts):
    shown = scripts["condition:VS:VS.VS:VS.DIABP"]
    assert shown.steps[0].do == "Enter data so that “Systolic” is more than 0."
    window = scripts["window:W1"]
    assert window.steps[0].do == "Date the visit 7 days after Screening, then 1 day later."
    assert window.signs == (Sign.INSIDE, Sign.OUTSIDE)
    calculated = scripts["calculation:VS:VS.VS:VS.MEAN"]
    assert "(“Systolic” + “Diastolic”) / 2" in calculated.steps[0].do


def test_the_same_version_gives_the_same_scripts(index, scripts):
    again = scripts_of(MetaDataIndex(index.version), checks_of(EdcPlugins(), index, "uat"))
    assert again == tuple(scripts.values())


def test_the_note_of_a_script_with_a_long_oid_has_a_name_that_is_short_and_its_own():
    first, second = (
        Script("check:" + "X" * 200 + end, Kind.CHECK, "", "", (), Target()) for end in ("A", "B")
    )
    assert len(first.note_name) == LONGEST_NAME
    assert first.note_name != second.note_name


def book(status=EntryStatus.COMPLETE, version="1", query="", **values):
    made = Casebook(Subject("study", "chain", "S-1", "site"))
    made.forms[VS] = FormData(VS, version, status)
    row = VS.with_group("VS.VS", "1")
    for name, value in values.items():
        path = row.with_item(f"VS.{name}")
        made.items[path] = ItemData(path, value, value, version=1)
    if query:
        path = row.with_item("VS.DIABP")
        asked = Query("q1", path, QueryState.RESOLVED, QuerySource.SYSTEM, "Why?", check_oid=query)
        made.queries["q1"] = asked
    return made


def seen(scripts, books, oid, listed=()):
    return {sign: n for sign, n in look(scripts.values(), books, listed, "1")[oid].items() if n}


def test_a_check_fired_where_it_asked_and_let_pass_where_a_value_stands_unasked(scripts):
    check = "check:VS:EC05"
    assert seen(scripts, [book(SYSBP="80", DIABP="90", query="EC05")], check) == {Sign.FIRED: 1}
    assert seen(scripts, [book(SYSBP="120", DIABP="80")], check) == {Sign.PASSED: 1}
    assert seen(scripts, [book(SYSBP="120")], check) == {}


def test_what_is_asked_left_out_and_calculated_shows_in_complete_forms_of_the_version_alone(scripts):
    condition, calculation = "condition:VS:VS.VS:VS.DIABP", "calculation:VS:VS.VS:VS.MEAN"
    whole = book(SYSBP="120", DIABP="80", MEAN="100")
    assert seen(scripts, [whole, book(SYSBP="0")], condition) == {Sign.ASKED: 1, Sign.LEFT_OUT: 1}
    assert seen(scripts, [whole], calculation) == {Sign.CALCULATED: 1}
    assert seen(scripts, [whole], "form:VS") == {Sign.SAVED: 1}
    for other in (book(EntryStatus.IN_PROGRESS, SYSBP="1"), book(version="0", SYSBP="1")):
        assert seen(scripts, [other], "form:VS") == {}


def listed(subject, event, form, **fields):
    path = ItemPath.parse(f"{event}[1]/{form}[1]")
    return ListedForm(
        subject_key=subject, site="KR-01", country="KR", path=path, visit=event, title=form,
        status=EntryStatus.NOT_STARTED, **fields,
    )  # fmt: skip


def test_visits_show_whether_they_are_expected_and_stand_inside_their_windows(scripts):
    late = {"visit_date": "2026-03-20", "standing": "after window"}
    forms = [
        listed("S-1", "SCR", "VS"),
        listed("S-2", "SCR", "VS"),
        listed("S-3", "SCR", "VS"),
        listed("S-1", "W1", "VS", **late),
        listed("S-1", "W1", "PREG", **late),
        listed("S-2", "W1", "VS", visit_date="2026-03-08", standing="in window"),
    ]
    assert seen(scripts, [], "window:W1", forms) == {Sign.INSIDE: 1, Sign.OUTSIDE: 1}
    assert seen(scripts, [], "condition:W1", forms) == {Sign.ASKED: 2, Sign.LEFT_OUT: 1}
    assert seen(scripts, [], "condition:W1:PREG", forms) == {Sign.ASKED: 1, Sign.LEFT_OUT: 1}
    waiting = [dataclasses.replace(forms[3], visit_date="", standing="overdue")]
    assert seen(scripts, [], "window:W1", waiting) == {}
