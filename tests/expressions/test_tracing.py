"""Why an item is shown, required or calculated, and why a check fires: in words, with the value of every part."""

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.casebook import FormData, ItemData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.expressions.following import settle
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.rules import rules_of
from edc_core.expressions.tracing import trace

STUDY = """\
oid: DEMO
version: {oid: "1"}
events: [{oid: V1, forms: [VS, AE]}]
codelists: [{oid: NY, terms: [{code: Y, decode: {en: "Yes"}}, {code: N, decode: {en: "No"}}]}]
forms:
  - oid: VS
    items:
      - {name: DONE, question: Was it measured?, codelist: NY, required: true}
      - {name: DAY, question: Day, type: partialDate, when: DONE == 'Y'}
      - name: SYSBP
        question: Systolic
        type: integer
        required: true
        when: DONE == 'Y'
        range: [{le: 220, message: Too high?}]
        checks: [{oid: ORDER, that: SYSBP > DIABP and DAY < '2026-03-04', message: Look again.}]
      - {name: DIABP, question: Diastolic, type: integer}
      - {name: PULSE, question: Difference, type: integer, derive: SYSBP - DIABP}
      - {name: EVENTS, question: Events, type: integer, derive: "count(AE.LOG, present(TERM))"}
  - oid: AE
    groups:
      - {name: LOG, repeating: true, items: [{name: TERM, question: Term}]}
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    file = tmp_path_factory.mktemp("trace") / "demo.yaml"
    file.write_text(STUDY, encoding="utf-8")
    return MetaDataIndex(load(file).required())


FORM = ItemPath.parse("V1[1]/VS[1]")


def traced(index, **values):
    items, forms = {}, {}
    if values:
        forms[FORM] = FormData(FORM, "1", EntryStatus.IN_PROGRESS)
    for placed in index.placed_items("VS"):
        text = values.get(placed.item.name)
        if text is not None:
            path = FORM.with_group(placed.group_oids[0], "1").with_item(placed.item.oid)
            missing = text[1:] if text.startswith("~") else ""
            unreadable = text.startswith("?")
            value = None if missing or unreadable else text
            raw = "" if missing else text.removeprefix("?")
            items[path] = ItemData(path, raw, value, missing, "", "unreadable" if unreadable else "ok", 1)
    data = SubjectData(index, forms, items, {})
    settle(rules_of(index), data, [FORM])
    return {(rule.item, rule.kind): rule for rule in trace(data, FORM)}


def values_of(rule):
    return {part.text: part.value for part in rule.parts}


def test_a_shown_item_says_which_condition_holds(index):
    rule = traced(index, DONE="Y")["SYSBP", "shown"]
    assert rule.outcome == "Shown: its condition holds."
    assert rule.words == "“Was it measured?” is Yes"
    assert values_of(rule) == {"DONE == 'Y'": "true", "DONE": "Y"}


@pytest.mark.parametrize(
    ("given", "outcome", "why"),
    [
        ({"DONE": "N"}, "Hidden: its condition does not hold.", "N"),
        ({"DONE": "~ND"}, "Hidden: whether its condition holds is not known, for something it needs is missing.",
         "missing: the reason ND is given"),
        ({"DIABP": "80"}, "Hidden: whether its condition holds is not known, for something it needs is missing.",
         "missing: nothing is entered"),
        ({}, "Hidden: whether its condition holds is not known, for something it needs is missing.",
         "missing: its form is not begun"),
        ({"DONE": "?perhaps"}, "Hidden: whether its condition holds is not known, for something it needs is missing.",
         "missing: 'perhaps' cannot be read"),
    ],
)  # fmt: skip
def test_a_hidden_item_says_why(index, given, outcome, why):
    rule = traced(index, **given)["SYSBP", "shown"]
    assert rule.outcome == outcome
    assert values_of(rule)["DONE"] == why


def test_an_item_without_a_condition_says_so(index):
    assert traced(index)["DONE", "shown"].outcome == "Always shown."


def test_required_depends_on_being_shown(index):
    assert traced(index, DONE="Y")["SYSBP", "required"].outcome == "An answer is required."
    assert traced(index, DONE="N")["SYSBP", "required"].outcome == "Not asked for while it is hidden."


def test_a_check_that_fires_shows_what_did_not_hold(index):
    rule = traced(index, DONE="Y", SYSBP="80", DIABP="90", DAY="2026-03-01")["SYSBP", "check"]
    assert (rule.title, rule.outcome) == ("ORDER", "Fires: Look again.")
    values = values_of(rule)
    assert values["SYSBP > DIABP"] == "false"
    assert values["DAY < '2026-03-04'"] == "true"
    assert (values["SYSBP"], values["DIABP"]) == ("80", "90")


def test_a_check_that_an_unknown_day_leaves_open_says_so(index):
    rule = traced(index, DONE="Y", SYSBP="120", DIABP="80", DAY="2026-03")["SYSBP", "check"]
    assert (
        rule.outcome
        == "Does not fire: it cannot be said, for unknown parts of a date, a time or a result decide it."
    )
    assert (
        values_of(rule)["DAY < '2026-03-04'"]
        == "undecided: unknown parts of a date, a time or a result decide it"
    )


def test_a_check_at_a_hidden_item_does_not_fire(index):
    rule = traced(index, DONE="N", SYSBP="80", DIABP="90")["SYSBP", "check"]
    assert rule.outcome == "Does not fire: the item is hidden."
    assert values_of(rule)["SYSBP"] == "missing: it is hidden"


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ("250", "Fires, the value is 250: Too high?"),
        ("220", "Does not fire: the value is 220."),
        ("~ND", "Does not fire: the value is missing (ND)."),
    ],
)
def test_a_limit_says_what_it_saw(index, value, outcome):
    assert traced(index, DONE="Y", SYSBP=value)["SYSBP", "limit"].outcome == outcome


def test_a_calculated_value_shows_what_it_came_from(index):
    rule = traced(index, DONE="Y", SYSBP="120", DIABP="80")["PULSE", "calculated"]
    assert rule.outcome == "Calculated: 40."
    assert values_of(rule) == {"SYSBP - DIABP": "40", "SYSBP": "120", "DIABP": "80"}
    assert [part.depth for part in rule.parts] == [0, 1, 1]


def test_what_goes_through_rows_says_how_many_there_are(index):
    rule = traced(index, DONE="Y")["EVENTS", "calculated"]
    assert rule.outcome == "Calculated: 0."
    assert list(values_of(rule).values()) == ["0 (there are 0 rows or forms to look at)"]
