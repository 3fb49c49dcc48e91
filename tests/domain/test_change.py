from dataclasses import replace
from datetime import date

import pytest

from edc_core.domain.casebook import FormData, GroupData
from edc_core.domain.change import FormPicture, ItemInput, decide_change
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.metadata import DataType, Policy
from edc_core.domain.protection import Protection
from edc_core.domain.values import MAX_RAW_LENGTH
from edc_core.errors import (
    BadRequest,
    EditConflict,
    NotFound,
    Protected,
    ReasonRequired,
    ValueRefused,
    WrongState,
)
from tests.builders import a_subject, vital_signs

STUDY = vital_signs().build()
FIRST_SAVE = replace(STUDY, policy=Policy(reason_from="first_save"))


def path(item, **place):
    from edc_core.domain.index import MetaDataIndex
    from edc_core.testing import find_path

    return find_path(MetaDataIndex(STUDY), item, **place)


SYSBP, DATE, NOTE, TERM = path("VS.SYSBP"), path("VS.DATE"), path("VS.NOTE"), path("AE.TERM", rows=("1",))


def picture(
    values=(), *, status=EntryStatus.IN_PROGRESS, was_complete=False, version=STUDY, form="VS", **more
):
    subject = a_subject(version)
    for item, raw in values:
        subject.with_value(item, raw, rows=("1",))
    place = ItemPath(Step("V1"), Step(form))
    data = None
    if status is not EntryStatus.NOT_STARTED:
        data = FormData(place, version.oid, status, was_complete)
    options = {"groups": {}, "protections": {}} | more
    return FormPicture(index=subject.index, path=place, form=data, items=subject.casebook.items, **options)


def decide(picture_, *inputs, has_reason=False, **more):
    return decide_change(picture_, inputs, has_reason=has_reason, **more)


def test_the_first_value_begins_the_form():
    decision = decide(picture(status=EntryStatus.NOT_STARTED), ItemInput(SYSBP, "120", base_version=0))
    assert decision.status is EntryStatus.IN_PROGRESS
    [change] = decision.changes
    assert (change.before, change.after.value, change.after.version) == (None, "120", 1)


def test_an_unreadable_value_is_kept_as_typed():
    [change] = decide(picture(), ItemInput(SYSBP, "high")).changes
    assert (change.after.raw, change.after.value, change.after.reading) == ("high", None, "unreadable")


@pytest.mark.parametrize(
    ("before", "raw"),
    [
        ([("VS.SYSBP", "120")], "120"),
        ([("VS.SYSBP", "120")], " 120 "),
        ([("VS.SYSBP", "120")], "120,0"),
        ([("VS.SYSBP", "high")], "high"),
        ([], ""),
        ([], "  "),
    ],
)
def test_what_stands_there_already_is_no_change(before, raw):
    assert decide(picture(before), ItemInput(SYSBP, raw, base_version=99)).changes == ()


def test_blanks_in_an_item_never_filled_are_no_change():
    assert decide(picture(), ItemInput(SYSBP, "  ")).changes == ()


def test_another_unreadable_text_is_a_change():
    assert len(decide(picture([("VS.SYSBP", "high")]), ItemInput(SYSBP, "very high")).changes) == 1


def test_clearing_and_a_missing_reason_are_two_different_changes():
    before = [("VS.SYSBP", "120")]
    [cleared] = decide(picture(before), ItemInput(SYSBP, "")).changes
    [missing] = decide(picture(before), ItemInput(SYSBP, "ignored", missing="ND")).changes
    assert (cleared.after.value, cleared.after.missing, cleared.after.is_blank) == (None, "", True)
    assert (missing.after.value, missing.after.raw, missing.after.missing) == (None, "", "ND")
    assert not missing.after.is_blank


def test_todays_shorthand_is_the_sites_day():
    [change] = decide(picture(), ItemInput(DATE, "t-1"), today=date(2026, 3, 1)).changes
    assert change.after.value == "2026-02-28"


def test_the_same_item_twice_in_one_save_counts_twice():
    decision = decide(picture(), ItemInput(SYSBP, "120"), ItemInput(SYSBP, "121"))
    assert [change.after.version for change in decision.changes] == [1, 2]
    assert decision.changes[1].before == decision.changes[0].after


@pytest.mark.parametrize("status", [EntryStatus.NOT_DONE, EntryStatus.REMOVED])
def test_a_form_that_is_not_done_or_removed_takes_nothing(status):
    with pytest.raises(WrongState):
        decide(picture(status=status), ItemInput(SYSBP, "120"))


def test_a_struck_row_takes_nothing():
    row = TERM.parent
    struck = picture(form="AE", groups={row: GroupData(row, removed=True)})
    with pytest.raises(WrongState):
        decide(struck, ItemInput(TERM, "headache"))


@pytest.mark.parametrize("place", [*SYSBP.ancestors(), None])
@pytest.mark.parametrize("protection", [Protection.FROZEN, Protection.LOCKED])
def test_protection_of_any_level_refuses(place, protection):
    protections = {} if place is None else {place: protection}
    above = (protection,) if place is None else ()
    with pytest.raises(Protected):
        decide(picture(protections=protections, above=above), ItemInput(SYSBP, "120"))


def test_protection_beside_the_item_does_not_refuse():
    assert decide(picture(protections={NOTE: Protection.FROZEN}), ItemInput(SYSBP, "120")).changes


@pytest.mark.parametrize("base", [0, 2, 99])
def test_a_value_saved_since_is_a_conflict(base):
    with pytest.raises(EditConflict) as refused:
        decide(picture([("VS.SYSBP", "120")]), ItemInput(SYSBP, "121", base_version=base))
    assert refused.value.details == {"path": str(SYSBP), "version": 1}


def test_two_people_who_typed_the_same_do_not_conflict():
    assert decide(picture([("VS.SYSBP", "120")]), ItemInput(SYSBP, "120", base_version=0)).changes == ()


def test_a_writer_that_does_not_look_has_no_conflict():
    assert decide(picture([("VS.SYSBP", "120")]), ItemInput(SYSBP, "121", base_version=None)).changes


COMPLETE = {"status": EntryStatus.COMPLETE, "was_complete": True}
REOPENED = {"status": EntryStatus.IN_PROGRESS, "was_complete": True}


@pytest.mark.parametrize(
    ("state", "before", "version", "needed"),
    [
        ({}, True, STUDY, False),
        ({}, False, STUDY, False),
        (COMPLETE, True, STUDY, True),
        (COMPLETE, False, STUDY, True),
        (REOPENED, True, STUDY, True),
        (REOPENED, False, STUDY, True),
        ({}, True, FIRST_SAVE, True),
        ({}, False, FIRST_SAVE, False),
    ],
)
def test_when_a_change_needs_a_reason(state, before, version, needed):
    values = [("VS.SYSBP", "120")] if before else []
    now = picture(values, version=version, **state)
    if needed:
        with pytest.raises(ReasonRequired):
            decide(now, ItemInput(SYSBP, "121"))
    assert decide(now, ItemInput(SYSBP, "121"), has_reason=True).changes
    assert decide(now, ItemInput(SYSBP, "120" if before else "")).changes == (), "no change needs no reason"


@pytest.mark.parametrize(("raw", "check"), [("1000", "VS.SYSBP.RC4"), ("-1", "VS.SYSBP.RC3")])
def test_a_hard_limit_refuses_and_names_the_check_and_not_the_value(raw, check):
    with pytest.raises(ValueRefused) as refused:
        decide(picture(), ItemInput(SYSBP, raw))
    assert refused.value.details == {"path": str(SYSBP), "check": check}
    assert raw not in refused.value.message


def test_a_soft_limit_does_not_refuse():
    assert decide(picture(), ItemInput(SYSBP, "300")).changes


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (ItemInput(SYSBP, "x" * (MAX_RAW_LENGTH + 1)), BadRequest),
        (ItemInput(SYSBP, "", missing="BECAUSE"), BadRequest),
        (ItemInput(path("DM.AGE"), "50"), BadRequest),
        (ItemInput(SYSBP.parent.with_item("VS.NOSUCH"), "1"), NotFound),
        (ItemInput(ItemPath(Step("V1"), Step("VS"), (Step("NOSUCH"),), "VS.SYSBP"), "1"), NotFound),
        (ItemInput(ItemPath(Step("V1"), Step("VS"), (Step("VS", "2"),), "VS.SYSBP"), "1"), NotFound),
        (ItemInput(ItemPath(Step("V1", "2"), Step("VS"), (Step("VS"),), "VS.SYSBP"), "1"), BadRequest),
        (ItemInput(SYSBP.parent, "1"), NotFound),
        (ItemInput(ItemPath(), "1"), NotFound),
    ],
)
def test_what_the_definition_does_not_know_is_refused(given, error):
    with pytest.raises(error):
        decide(picture(), given)


def test_one_refused_item_refuses_the_whole_save():
    with pytest.raises(ValueRefused):
        decide(picture(), ItemInput(NOTE, "fine"), ItemInput(SYSBP, "1000"))


def test_an_import_keeps_what_it_finds():
    old = picture([("VS.SYSBP", "120")], **COMPLETE)
    source = {"user": "somebody"}
    inputs = (ItemInput(SYSBP, "1000", source=source), ItemInput(NOTE, "", missing="OTHER"))
    decision = decide(old, *inputs, keeps_all=True)
    assert [change.after.value for change in decision.changes] == ["1000", None]
    assert decision.changes[0].source == source


def test_numbers_of_occurrences_that_do_not_repeat_are_kept_by_an_import():
    numbered = ItemPath(Step("V1"), Step("VS"), (Step("VS", "2"),), "VS.SYSBP")
    assert decide(picture(), ItemInput(numbered, "120"), keeps_all=True).changes


def test_types_of_the_study_are_those_the_tests_think():
    assert {item.oid: item.data_type for item in STUDY.items}["VS.SYSBP"] is DataType.INTEGER
