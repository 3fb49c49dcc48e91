"""What would be taken from one subject to another, decided from both casebooks."""

from dataclasses import replace

import pytest
from edc_core_corrections.plan import begun_forms, make_plan

from edc_core.api import (
    EntryStatus,
    EventData,
    FormData,
    ItemPath,
    MetaDataIndex,
    MethodDef,
    Protection,
    Step,
    StudySite,
    SubjectAtHand,
)
from edc_core.testing import a_study, a_subject

VS, AE = ItemPath.parse("V1[1]/VS[1]"), ItemPath.parse("V1[1]/AE[1]")
SEOUL = StudySite("s1", "KR-01", "KR", "Asia/Seoul")
STUDY = (
    a_study()
    .with_event("V1", "VS", "AE")
    .with_event("UNS", "VS", repeating=True)
    .with_item("VS.SYSBP", units={"mmHg": "1"})
    .with_item("VS.NOTE")
    .with_item("VS.SEX", codes=("M", "F"))
    .with_group("AE.ROW", form="AE")
    .with_item("AE.TERM", group="AE.ROW")
    .with_group("AE.DRUG", form="AE", inside="AE.ROW")
    .with_item("AE.NAME", group="AE.DRUG")
    .build()
)
INDEX = MetaDataIndex(STUDY)


def at_hand(builder, hidden=(), index=INDEX):
    return SubjectAtHand(builder.casebook, SEOUL, index, "en", frozenset(hidden))


def plan(one, other=None, *paths, hidden=(), index=INDEX):
    other = other or a_subject(STUDY, "S-002")
    return make_plan(
        at_hand(one, hidden),
        at_hand(other, hidden, index),
        paths or (VS,),
        dict.fromkeys(paths or (VS,), INDEX),
    )


def given(found, n=0):
    return {str(item.path): (item.raw, item.missing, item.base_version) for item in found.forms[n].items}


@pytest.fixture
def wrong():
    return a_subject(STUDY).with_value("VS.SYSBP", "120").with_value("VS.NOTE", missing="ND")


def test_values_are_given_as_they_stand_and_say_where_they_stood(wrong):
    found = plan(wrong)
    assert found.is_possible
    assert given(found) == {
        "V1[1]/VS[1]/VS[1]/VS.SYSBP": ("120", "", 0),
        "V1[1]/VS[1]/VS[1]/VS.NOTE": ("", "ND", 0),
    }
    assert found.forms[0].items[0].source == {
        "moved_from": {"subject": "S-001", "path": "V1[1]/VS[1]/VS[1]/VS.SYSBP"}
    }
    assert [(line.question, line.value) for line in found.forms[0].lines] == [
        ("SYSBP?", "120"),
        ("NOTE?", "not done"),
    ]


def test_rows_that_count_are_numbered_anew_with_what_lies_in_them():
    one = (
        a_subject(STUDY)
        .with_value("AE.TERM", "Wrong", rows=("1",))
        .with_value("AE.TERM", "Rash", rows=("2",))
        .with_value("AE.NAME", "Cream", rows=("2", "3"))
        .with_value("AE.NAME", "Gel", rows=("2", "10"))
        .with_value("AE.TERM", "Fever", rows=("10",))
        .with_struck_row("AE.TERM", "1")
    )
    found = plan(one, None, AE)
    assert {path.removeprefix("V1[1]/AE[1]/"): value for path, (value, *_) in given(found).items()} == {
        "AE.ROW[1]/AE.TERM": "Rash",
        "AE.ROW[1]/AE.DRUG[1]/AE.NAME": "Cream",
        "AE.ROW[1]/AE.DRUG[2]/AE.NAME": "Gel",
        "AE.ROW[2]/AE.TERM": "Fever",
    }
    assert [line.row for line in found.forms[0].lines] == ["2", "2.3", "2.10", "10"]


def test_where_something_stands_already_both_are_shown_and_nothing_is_possible(wrong):
    found = plan(wrong, a_subject(STUDY, "S-002").with_value("VS.SYSBP", "133"))
    assert not found.is_possible
    assert "has data in this form already" in found.forms[0].obstacle
    assert [(line.value, line.there) for line in found.forms[0].lines] == [("120", "133"), ("not done", "")]


def test_a_form_with_hidden_questions_shows_nothing_of_itself(wrong):
    """By its definition: it is refused whether or not something stands there."""
    hidden = plan(wrong, hidden={"VS.SEX"})
    assert not hidden.is_possible
    assert "hidden from you" in hidden.forms[0].obstacle
    assert hidden.forms[0].lines == ()
    with_value = plan(wrong.with_value("VS.SEX", "F"), hidden={"VS.SEX"})
    assert with_value.forms == hidden.forms


@pytest.mark.parametrize("place", ["V1[1]/VS[1]", "V1[1]", "", "V1[1]/VS[1]/VS[1]/VS.NOTE"])
def test_what_is_frozen_stays_where_it_is(wrong, place):
    wrong.casebook.protections[ItemPath.parse(place)] = Protection.FROZEN
    assert "frozen or locked" in plan(wrong).forms[0].obstacle


def test_nothing_goes_where_it_is_frozen(wrong):
    other = a_subject(STUDY, "S-002")
    other.casebook.above = (Protection.FROZEN,)
    assert "at the other subject is frozen" in plan(wrong, other).forms[0].obstacle


@pytest.mark.parametrize("status", [EntryStatus.NOT_DONE, EntryStatus.REMOVED, EntryStatus.COMPLETE])
def test_a_form_that_was_dealt_with_there_takes_nothing(wrong, status):
    other = a_subject(STUDY, "S-002")
    other.casebook.forms[VS] = FormData(VS, "1", status)
    assert plan(wrong, other).forms[0].obstacle


def test_a_visit_that_was_removed_there_takes_nothing(wrong):
    other = a_subject(STUDY, "S-002")
    visit = ItemPath(Step("V1"))
    other.casebook.events[visit] = EventData(visit, removed=True)
    assert "removed or" in plan(wrong, other).forms[0].obstacle


def test_what_stands_in_no_form_any_more_is_not_taken(wrong):
    wrong.with_removed_form("VS")
    assert plan(wrong).forms[0].obstacle == "Nothing stands in this form."
    assert begun_forms(at_hand(wrong)) == []


def unscheduled(key="1", value="120"):
    return a_subject(STUDY).with_value("VS.SYSBP", value, event="UNS", event_key=key)


def target(other):
    path = ItemPath.parse("UNS[2]/VS[1]")
    found = plan(unscheduled("2"), other, path)
    return (
        str(found.forms[0].target),
        {str(a): str(b) for a, b in found.added.items()},
        found.forms[0].obstacle,
    )


def test_a_visit_that_repeats_is_added():
    assert target(a_subject(STUDY, "S-002")) == ("UNS[1]/VS[1]", {"UNS[2]": "UNS[1]"}, "")


def test_it_comes_after_those_that_are_there():
    other = a_subject(STUDY, "S-002").with_value("VS.SYSBP", "1", event="UNS", event_key="4")
    assert target(other) == ("UNS[5]/VS[1]", {"UNS[2]": "UNS[5]"}, "")


def test_a_free_occurrence_is_taken_before_another_is_added():
    other = a_subject(STUDY, "S-002").with_value("VS.SYSBP", "1", event="UNS", event_key="1")
    for key, facts in {"2": {"removed": True}, "3": {"not_done": True}, "4": {}}.items():
        visit = ItemPath(Step("UNS", key))
        other.casebook.events[visit] = EventData(visit, **facts)
    assert target(other) == ("UNS[4]/VS[1]", {}, "")


def test_two_visits_go_to_two_places():
    one = unscheduled("1").with_value("VS.SYSBP", "130", event="UNS", event_key="2")
    paths = [ItemPath.parse(f"UNS[{n}]/VS[1]") for n in (1, 2)]
    found = plan(one, None, *paths)
    assert [str(form.target) for form in found.forms] == ["UNS[1]/VS[1]", "UNS[2]/VS[1]"]
    assert found.is_possible


def test_a_question_that_is_not_asked_there_is_left_and_said(wrong):
    group = next(g for g in STUDY.item_groups if g.oid == "VS")
    fewer = replace(group, item_refs=tuple(r for r in group.item_refs if r.item_oid != "VS.NOTE"))
    index = MetaDataIndex(
        replace(STUDY, item_groups=tuple(fewer if g.oid == "VS" else g for g in STUDY.item_groups))
    )
    found = plan(wrong, index=index)
    assert found.is_possible
    assert [(line.question, line.left) for line in found.forms[0].lines] == [
        ("SYSBP?", ""), ("NOTE?", "not asked there"),
    ]  # fmt: skip
    assert list(given(found)) == ["V1[1]/VS[1]/VS[1]/VS.SYSBP"]


def test_a_calculated_value_is_left_and_a_form_of_nothing_else_is_not_taken(wrong):
    group = next(g for g in STUDY.item_groups if g.oid == "VS")
    refs = tuple(replace(ref, method_oid="M") for ref in group.item_refs)
    calculating = replace(
        STUDY,
        item_groups=tuple(replace(group, item_refs=refs) if g.oid == "VS" else g for g in STUDY.item_groups),
        methods=(MethodDef("M", "M"),),
    )
    found = plan(wrong, index=MetaDataIndex(calculating))
    assert {line.left for line in found.forms[0].lines} == {"calculated there"}
    assert "holds nothing that can be taken over" in found.forms[0].obstacle


def test_another_value_gives_another_digest(wrong):
    before = plan(wrong).digest
    assert plan(wrong).digest == before
    assert plan(wrong.with_value("VS.SYSBP", "121")).digest != before
    assert plan(unscheduled(), None, ItemPath.parse("UNS[1]/VS[1]")).digest != before
