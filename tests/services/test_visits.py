"""A visit marked as not done: by whom, when, what it stands for, and how it is taken back."""

from dataclasses import replace

import pytest

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import DataType, EventType
from edc_core.domain.protection import ProtectAction
from edc_core.errors import BadRequest, NotAllowed, NotFound, Protected, ReasonRequired, WrongState
from edc_core.ledger.append import Reason
from edc_core.services import capture, protecting, visits
from edc_core.services.reading import look_at
from edc_core.services.subject_casebook import casebook
from edc_core.services.subject_list import Wanted, matrix
from edc_core.services.verifying import verify
from edc_core.services.visit_state import State
from edc_core.store import readers
from tests.builders import Trial, a_study

MISSED = Reason(text="The subject was ill.")
V1 = ItemPath.parse("V1[1]")


def mark(trial, event=V1, *, by=None, **fields):
    return trial.act(
        by or trial.crc,
        visits.mark_event_not_done,
        visits.MarkEventNotDone,
        **({"subject_key": "S-001", "event": event, "reason": MISSED} | fields),
    )


def looking(trial, service, *args):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        return service(look_at(source, trial.dm, study), *args)


def block(trial, event=V1):
    book = looking(trial, casebook, "S-001")
    return next(found for found in book.events if found.path == event)


def first_cell(trial):
    return looking(trial, lambda picture: next(iter(matrix(picture, Wanted()).lines)).cells[0])


def test_the_mark_stands_for_all_forms_of_the_visit_and_is_taken_back(trial):
    mark(trial)
    visit = block(trial)
    assert (visit.state, visit.not_done, visit.reason) == (State.NOT_DONE, True, MISSED.text)
    assert {form.state for form in visit.forms} == {State.NOT_DONE}
    assert first_cell(trial).state is State.NOT_DONE
    assert trial.casebook("S-001").forms == {}, "no form has an entry of its own"
    mark(trial, not_done=False, reason=Reason())
    visit = block(trial)
    assert (visit.state, visit.not_done, visit.can_mark) == (State.NOT_STARTED, False, True)
    kinds = [(e["kind"], e["payload"].get("status"), e["reason_text"]) for e in trial.entries("S-001")[1:]]
    assert kinds == [("event.status", "not_done", MISSED.text), ("event.status", "", "")]
    verify(trial.core)


def test_nothing_is_entered_in_it_until_that_is_taken_back(trial):
    mark(trial)
    with pytest.raises(WrongState, match="marked as not done"):
        trial.save("S-001", {"VS.SYSBP": "120"})
    with pytest.raises(WrongState, match="marked as not done"):
        trial.complete("S-001", "VS")
    mark(trial, not_done=False)
    trial.save("S-001", {"VS.SYSBP": "120"})
    assert trial.casebook("S-001").forms[trial.form("VS")].status is EntryStatus.IN_PROGRESS


def test_a_visit_that_was_begun_was_not_missed(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    assert not block(trial).can_mark
    with pytest.raises(WrongState, match="was begun"):
        mark(trial)


def test_it_needs_a_reason_a_right_and_open_data(trial):
    with pytest.raises(ReasonRequired):
        mark(trial, reason=Reason())
    with pytest.raises(NotAllowed):
        mark(trial, by=trial.dm)
    with pytest.raises(WrongState, match="not marked"):
        mark(trial, not_done=False)
    with pytest.raises(BadRequest):
        mark(trial, ItemPath.parse("V1[1]/VS[1]"))
    with pytest.raises(NotFound):
        mark(trial, ItemPath.parse("NOSUCH[1]"))
    mark(trial)
    with pytest.raises(WrongState, match="already"):
        mark(trial)
    trial.act(
        trial.dm, protecting.protect, protecting.Protect, subject_key="S-001", path=V1,
        action=ProtectAction.LOCK, reason=MISSED,
    )  # fmt: skip
    with pytest.raises(Protected):
        mark(trial, not_done=False)


def test_of_a_repeating_visit_only_what_was_added_is_marked(trial):
    with pytest.raises(NotFound):
        mark(trial, ItemPath.parse("UNS[1]"))
    trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS")
    mark(trial, ItemPath.parse("UNS[1]"))
    assert block(trial, ItemPath.parse("UNS[1]")).state is State.NOT_DONE
    assert block(trial).state is State.NOT_STARTED
    added = trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS")
    assert added.key == "2"


@pytest.fixture
def with_extra(core):
    """Visits of all kinds, the unscheduled ones named first in the definition."""
    study = a_study().with_event("EARLY", "VS").with_event("UNS", "VS", repeating=True).with_event("V1", "VS")
    version = study.with_item("VS.PULSE", DataType.INTEGER).build()
    unscheduled = [replace(e, type=EventType.UNSCHEDULED) for e in version.events[:2]]
    made = Trial(core, replace(version, events=(*unscheduled, version.events[2])))
    made.add_subject()
    return made


def add(trial, oid):
    return trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid=oid).key


def test_an_unscheduled_visit_is_there_once_it_was_added_and_stands_last(with_extra):
    book = looking(with_extra, casebook, "S-001")
    assert [str(event.path) for event in book.events] == ["V1[1]"]
    assert [event.oid for event in book.addable] == ["EARLY", "UNS"]
    for oid in ("UNS", "EARLY", "UNS"):
        add(with_extra, oid)
    book = looking(with_extra, casebook, "S-001")
    assert [str(event.path) for event in book.events] == ["V1[1]", "EARLY[1]", "UNS[1]", "UNS[2]"]
    assert [event.oid for event in book.addable] == ["UNS"], "the other one does not repeat"
    found = looking(with_extra, matrix, Wanted())
    assert [column.oid for column in found.columns] == ["V1", "EARLY", "UNS"]


def test_nothing_is_entered_in_an_unscheduled_visit_that_was_not_added(with_extra):
    pulse = with_extra.path("VS.PULSE", event="EARLY")
    with pytest.raises(WrongState, match="not added yet"):
        with_extra.save("S-001", {pulse: "60"})
    add(with_extra, "EARLY")
    with_extra.save("S-001", {pulse: "60"})
    with pytest.raises(WrongState, match="does not repeat"):
        add(with_extra, "EARLY")
    with pytest.raises(BadRequest, match="scheduled and does not repeat"):
        add(with_extra, "V1")


def test_an_unscheduled_visit_nobody_added_is_none_yet_in_the_list(with_extra):
    states = looking(with_extra, lambda picture: next(iter(matrix(picture, Wanted()).lines)).cells)
    assert [cell.state for cell in states] == [State.NOT_STARTED, State.NONE, State.NONE]
