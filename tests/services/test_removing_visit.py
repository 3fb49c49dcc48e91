"""A visit is removed with all it holds and restored as it was; nothing is deleted (REQ-AUD-12)."""

import pytest

from edc_core.domain.commands import AddEvent, MarkEventNotDone, OpenQuery, Protect, RemoveEvent
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.protection import ProtectAction, Protection
from edc_core.domain.query import QueryState
from edc_core.errors import BadRequest, NotAllowed, NotFound, Protected, ReasonRequired, WrongState
from edc_core.services import capture, lock_readiness, protecting, visits
from edc_core.services import queries as asking
from edc_core.services.reading import look_at
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.subject_casebook import casebook
from edc_core.services.subject_list import Wanted, matrix
from edc_core.services.verifying import verify
from edc_core.services.visit_state import State
from edc_core.store import listing, listing_queries, readers, signature_list
from edc_core.testing.trial import NO_REASON, SOME_REASON
from tests.builders import Trial, vital_signs

V1 = ItemPath.parse("V1[1]")
UNS = ItemPath.parse("UNS[1]")


def remove(trial, event=V1, *, by=None, **fields):
    given = {"subject_key": "S-001", "event": event, "reason": SOME_REASON} | fields
    return trial.act(by or trial.crc, visits.remove_event, RemoveEvent, **given)


def looking(trial, service, *args, by=None, **more):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        return service(look_at(source, by or trial.dm, study), *args, **more)


def block(trial, event=V1):
    return next(one for one in looking(trial, casebook, "S-001").events if one.path == event)


def queries(trial):
    return [(query.check_oid, query.state) for query in trial.casebook("S-001").queries.values()]


@pytest.fixture
def complete(trial):
    """Blood pressure above its limit, so that a query is open; another visit has a form too."""
    trial.save("S-001", {"VS.SYSBP": "300", "VS.DIABP": "80"}, complete=True)
    return trial


def test_a_removed_visit_keeps_its_values_and_takes_no_more(complete):
    before = complete.casebook("S-001")
    assert remove(complete)["removed"]
    after = complete.casebook("S-001")
    assert (after.items, after.forms) == (before.items, before.forms)
    assert after.is_removed(complete.form("VS"))
    for again in (lambda: complete.save("S-001", {"VS.SYSBP": "120"}, reason=SOME_REASON),
                  lambda: complete.save("S-001", {"DM.SEX": "F"}),
                  lambda: complete.act(complete.dm, capture.reopen_form, capture.ReopenForm, subject_key="S-001",
                                       form=complete.form("VS"), reason=SOME_REASON)):  # fmt: skip
        with pytest.raises(WrongState, match="Restore it in the casebook first"):
            again()
    kinds = [
        (e["kind"], e["path"], e["reason_text"])
        for e in complete.entries("S-001")
        if e["kind"] == "event.remove"
    ]
    assert kinds == [("event.remove", "V1[1]", SOME_REASON.text)]
    assert verify(complete.core, rebuild=True).ok


def test_its_queries_are_resolved_and_come_back_with_it(complete):
    ((check, state),) = queries(complete)
    assert state is QueryState.OPEN
    remove(complete)
    assert queries(complete) == [(check, QueryState.RESOLVED)]
    remove(complete, restore=True)
    assert queries(complete) == [(check, QueryState.OPEN)]
    assert not complete.casebook("S-001").is_removed(complete.form("VS"))
    assert verify(complete.core, rebuild=True).ok


def test_it_is_shown_as_removed_with_the_reason_and_is_not_awaited(complete):
    assert looking(complete, lock_readiness.what_is_open).remaining
    assert (block(complete).can_remove, block(complete).removed) == (True, False)
    remove(complete)
    shown = block(complete)
    assert (shown.state, shown.removed, shown.reason, shown.can_remove, shown.can_mark) == (
        State.REMOVED, True, SOME_REASON.text, False, False,
    )  # fmt: skip
    assert {form.state for form in shown.forms} == {State.REMOVED}
    (line,) = looking(complete, matrix, Wanted()).lines
    assert line.cells[0].state is State.REMOVED
    assert looking(complete, lock_readiness.what_is_open).remaining == ()


def in_progress(trial):
    """How many forms in progress each list of them counts: by subject, on home, before signing, and for plugins."""
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        scope = look_at(source, trial.dm, study).scope
        connection = source.connection
        waiting, _ = signature_list.waiting(connection, [scope], limit=5)
        counted = (
            listing.count_subjects(connection, scope, listing.SubjectFilter()).in_progress,
            listing.count_subjects(connection, scope, listing.SubjectFilter(status="in_progress")).found,
            sum(listing.forms_in_progress(connection, scope).values()),
            listing_queries.begun_forms(connection, [scope], limit=5)[1],
            sum(line.begun for line in waiting),
        )
    access = CoreStudyAccess(trial.core, trial.dm, study, "any")
    return *counted, sum(form.status is EntryStatus.IN_PROGRESS for form in access.forms())


def test_a_form_in_a_removed_visit_is_in_progress_nowhere(trial):
    trial.save("S-001", {"DM.SEX": "F"}, complete=True)
    trial.save("S-001", {"VS.SYSBP": "120"})
    assert in_progress(trial) == (1,) * 6
    remove(trial)
    assert in_progress(trial) == (0,) * 6
    remove(trial, restore=True)
    assert in_progress(trial) == (1,) * 6


@pytest.fixture
def added(core):
    trial = Trial(core, vital_signs().with_event("UNS", "VS", repeating=True).build())
    trial.add_subject()
    trial.act(trial.crc, capture.add_event, AddEvent, subject_key="S-001", event_oid="UNS")
    return trial


def test_a_visit_that_was_added_is_removed_though_nothing_was_entered_and_its_number_is_not_used_again(added):
    remove(added, UNS)
    assert block(added, UNS).state is State.REMOVED
    again = added.act(added.crc, capture.add_event, AddEvent, subject_key="S-001", event_oid="UNS")
    assert again.key == "2"
    remove(added, UNS, restore=True)
    assert block(added, UNS).state is State.NOT_STARTED
    assert verify(added.core, rebuild=True).ok


def test_what_cannot_be_removed_or_restored_says_why(trial):
    with pytest.raises(WrongState, match="mark it as not done"):
        remove(trial)
    with pytest.raises(WrongState, match="not removed"):
        remove(trial, restore=True)
    with pytest.raises(BadRequest, match="form is removed on its own page"):
        remove(trial, trial.form("VS"))
    mark = {"subject_key": "S-001", "event": V1, "reason": SOME_REASON}
    trial.act(trial.crc, visits.mark_event_not_done, MarkEventNotDone, **mark)
    with pytest.raises(WrongState, match="marked as not done"):
        remove(trial)
    trial.act(trial.crc, visits.mark_event_not_done, MarkEventNotDone, **mark, not_done=False)
    trial.save("S-001", {"DM.SEX": "F"})
    with pytest.raises(ReasonRequired, match="is removed"):
        remove(trial, reason=NO_REASON)
    remove(trial)
    with pytest.raises(WrongState, match="removed already"):
        remove(trial)
    with pytest.raises(WrongState, match="was removed"):
        trial.act(trial.crc, visits.mark_event_not_done, MarkEventNotDone, **mark)
    with pytest.raises(ReasonRequired, match="returns"):
        remove(trial, restore=True, reason=NO_REASON)


@pytest.mark.parametrize("depth", [0, 2, 3, 4], ids=["item", "form", "visit", "subject"])
def test_a_frozen_visit_or_part_of_it_is_neither_removed_nor_restored(complete, depth):
    place = complete.path("VS.SYSBP").ancestors()[depth]
    step = {"subject_key": "S-001", "path": place, "reason": SOME_REASON}
    complete.act(complete.dm, protecting.protect, Protect, action=ProtectAction.FREEZE, **step)
    with pytest.raises(Protected):
        remove(complete)
    complete.act(complete.dm, protecting.protect, Protect, action=ProtectAction.UNFREEZE, **step)
    remove(complete)
    complete.act(complete.dm, protecting.protect, Protect, action=ProtectAction.FREEZE, **step)
    with pytest.raises(Protected):
        remove(complete, restore=True)
    assert complete.casebook("S-001").protection(complete.path("VS.SYSBP")) is Protection.FROZEN


@pytest.mark.parametrize("who", ["dm", "cra", "med", "spo"])
def test_only_the_site_removes(complete, who):
    with pytest.raises(NotAllowed):
        remove(complete, by=getattr(complete, who))


def test_a_site_does_not_reach_the_visits_of_another(complete):
    complete.add_subject("S-002", site="US-01")
    with pytest.raises(NotFound):
        remove(complete, subject_key="S-002")


def test_the_same_request_twice_is_answered_once(complete):
    command = RemoveEvent(
        study_id=complete.study_id, op="remove-once", subject_key="S-001", event=V1, reason=SOME_REASON
    )
    first = complete.do(complete.crc, visits.remove_event, command)
    assert complete.do(complete.crc, visits.remove_event, command) == first
    assert [entry["kind"] for entry in complete.entries("S-001")].count("event.remove") == 1


@pytest.mark.parametrize("place", [ItemPath(), UNS])
def test_a_question_about_no_form_is_in_no_way(complete, place):
    asked = {"subject_key": "S-001", "path": place, "text": "Which of them is right?"}
    complete.act(complete.dm, asking.open_query, OpenQuery, **asked)
    assert remove(complete)["removed"]
    assert ("", QueryState.OPEN) in queries(complete)
