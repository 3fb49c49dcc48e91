from dataclasses import replace

import pytest

from edc_core.domain.query import QueryState
from edc_core.errors import BadRequest, NotAllowed, NotFound, ReasonRequired, WrongState
from edc_core.services import capture
from edc_core.testing.trial import NO_REASON, SOME_REASON
from tests.builders import Trial, vital_signs


def add(trial, **fields):
    form = trial.form("AE")
    fields = {"subject_key": "S-001", "form": form, "parent": form, "group_oid": "AE.ROW"} | fields
    return trial.act(trial.crc, capture.add_row, capture.AddRow, **fields)


def strike(trial, key, *, by=None, **fields):
    row = trial.path("AE.TERM", rows=(key,)).parent
    fields = {"subject_key": "S-001", "form": trial.form("AE"), "row": row, "reason": SOME_REASON} | fields
    return trial.act(by or trial.crc, capture.strike_row, capture.StrikeRow, **fields)


def fill(trial, key, term="Headache", **fields):
    return trial.save("S-001", {trial.path("AE.TERM", rows=(key,)): term}, **fields)


def rows(trial):
    groups = trial.casebook("S-001").groups
    return {path.groups[-1].key: group.removed for path, group in groups.items()}


def test_the_server_numbers_rows_and_never_reuses_a_number(trial):
    assert [add(trial).key, add(trial).key] == ["1", "2"]
    strike(trial, "2")
    assert add(trial).key == "3"
    assert rows(trial) == {"1": False, "2": True, "3": False}
    assert [e["kind"] for e in trial.entries("S-001")[1:]] == [
        "group.add", "form.status", "group.add", "group.remove", "group.add",
    ]  # fmt: skip


def test_a_value_in_a_new_row_adds_the_row_first(trial):
    fill(trial, "1")
    assert [e["kind"] for e in trial.entries("S-001")[1:]] == ["group.add", "item.set", "form.status"]
    assert add(trial).key == "2"


def test_imported_keys_stay_as_found_and_do_not_count(trial):
    trial.save("S-001", {trial.path("AE.TERM", rows=("A-7",)): "Rash"}, by=trial.cli)
    assert add(trial).key == "1"


def test_a_group_that_does_not_repeat_has_no_rows_to_add(trial):
    form = trial.form("VS")
    with pytest.raises(WrongState):
        add(trial, form=form, parent=form, group_oid="VS")
    with pytest.raises(NotFound):
        add(trial, group_oid="NOSUCH")


def test_striking_needs_a_reason_and_the_row(trial):
    fill(trial, "1")
    with pytest.raises(ReasonRequired):
        strike(trial, "1", reason=NO_REASON)
    with pytest.raises(NotFound):
        strike(trial, "9")
    with pytest.raises(WrongState):
        strike(trial, "1", restore=True)
    with pytest.raises(NotAllowed):
        strike(trial, "1", by=trial.dm)


def test_a_struck_row_keeps_its_values_and_takes_no_more(trial):
    fill(trial, "1")
    strike(trial, "1")
    assert trial.casebook("S-001").items[trial.path("AE.TERM", rows=("1",))].value == "Headache"
    with pytest.raises(WrongState):
        fill(trial, "1", "Migraine")
    with pytest.raises(WrongState):
        strike(trial, "1")


def test_queries_of_a_struck_row_are_resolved_and_come_back_with_it(trial):
    fill(trial, "1")
    trial.save("S-001", {trial.path("AE.GRADE", rows=("1",)): "9"})
    trial.complete("S-001", "AE")
    [query] = trial.casebook("S-001").queries.values()
    assert query.state is QueryState.OPEN
    strike(trial, "1")
    assert trial.casebook("S-001").queries[query.query_id].state is QueryState.RESOLVED
    strike(trial, "1", restore=True)
    assert trial.casebook("S-001").queries[query.query_id].state is QueryState.OPEN
    assert len(trial.casebook("S-001").queries) == 1
    assert rows(trial) == {"1": False}


def test_a_row_cannot_be_added_to_a_struck_one_nor_struck_in_a_form_that_takes_nothing(trial):
    fill(trial, "1")
    trial.complete("S-001", "AE")
    strike(trial, "1")
    assert rows(trial) == {"1": True}, "striking is allowed in a complete form, with its reason"


def test_what_is_entered_in_a_row_of_a_complete_form_needs_a_reason(trial):
    fill(trial, "1")
    trial.complete("S-001", "AE")
    key = add(trial, reason=SOME_REASON).key
    with pytest.raises(ReasonRequired):
        fill(trial, key, "Rash")
    fill(trial, key, "Rash", reason=SOME_REASON)


def test_repeating_events_get_the_next_number(trial):
    def add_event(oid="UNS", by=None):
        return trial.act(
            by or trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid=oid
        )

    assert [add_event().key, add_event().key] == ["1", "2"]
    trial.save("S-001", {trial.path("VS.SYSBP", event="UNS", event_key="2"): "120"})
    assert add_event().key == "3"
    with pytest.raises(BadRequest):
        add_event("V1")
    with pytest.raises(BadRequest):
        add_event("NOSUCH")
    with pytest.raises(NotAllowed):
        add_event(by=trial.dm)
    assert [e["kind"] for e in trial.entries("S-001")].count("event.add") == 3


def asked_about_rows(trial):
    book = trial.casebook("S-001")
    return [(q.text, str(q.path), q.state) for q in book.queries.values() if q.check_oid == "EDC.ROWS"]


@pytest.fixture
def counted(core):
    """A log that is expected to have two rows, or three."""
    version = vital_signs().build()
    groups = tuple(
        replace(group, least_rows=2, most_rows=3) if group.oid == "AE.ROW" else group
        for group in version.item_groups
    )
    trial = Trial(core, replace(version, item_groups=groups))
    trial.add_subject("S-001")
    return trial


def test_fewer_rows_than_expected_are_asked_about_until_they_are_there(counted):
    fill(counted, "1")
    assert asked_about_rows(counted) == []  # while the form is in progress
    counted.complete("S-001", "AE")
    [(text, path, state)] = asked_about_rows(counted)
    assert (text, path, state) == (
        "AE.ROW: rows expected are at least 2; there are 1. Please check the source.", "V1[1]/AE[1]", QueryState.OPEN
    )  # fmt: skip
    fill(counted, "2", reason=SOME_REASON)
    assert [state for _, _, state in asked_about_rows(counted)] == [QueryState.RESOLVED]
    strike(counted, "1")
    assert [state for _, _, state in asked_about_rows(counted)] == [QueryState.OPEN]


def test_more_rows_than_expected_are_stored_and_asked_about(counted):
    for key in ("1", "2", "3", "4"):
        fill(counted, key)
    counted.complete("S-001", "AE")
    [(text, _, _)] = asked_about_rows(counted)
    assert "at most 3; there are 4" in text
    strike(counted, "4")
    assert [state for _, _, state in asked_about_rows(counted)] == [QueryState.RESOLVED]
