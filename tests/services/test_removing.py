"""A form is removed with all it holds and restored as it was; nothing is deleted (REQ-AUD-12)."""

import pytest

from edc_core.domain.commands import MarkNotDone, Protect, RemoveForm, StrikeRow
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import QueryState
from edc_core.errors import NotAllowed, Protected, ReasonRequired, WrongState
from edc_core.services import capture, protecting, removing
from edc_core.services.verifying import verify
from edc_core.testing.trial import NO_REASON, SOME_REASON

S = EntryStatus


def remove(trial, form="VS", *, restore=False, by=None, reason=SOME_REASON):
    fields = {"subject_key": "S-001", "form": trial.form(form), "restore": restore, "reason": reason}
    return trial.act(by or trial.crc, removing.remove_form, RemoveForm, **fields)


def status(trial, form="VS"):
    return trial.casebook("S-001").forms[trial.form(form)].status


@pytest.fixture
def complete(trial):
    """Blood pressure above its limit, so that a query is open."""
    trial.save("S-001", {"VS.SYSBP": "300", "VS.DIABP": "80"}, complete=True)
    return trial


def queries(trial):
    return [(query.check_oid, query.state) for query in trial.casebook("S-001").queries.values()]


def test_a_removed_form_keeps_its_values_and_takes_no_more(complete):
    before = complete.casebook("S-001").items
    remove(complete)
    assert status(complete) is S.REMOVED
    assert complete.casebook("S-001").items == before
    with pytest.raises(WrongState):
        complete.save("S-001", {"VS.SYSBP": "120"}, reason=SOME_REASON)
    with pytest.raises(WrongState):
        complete.complete("S-001", "VS")
    assert verify(complete.core, rebuild=True).ok


@pytest.mark.parametrize("restores", [False, True])
def test_rows_of_a_removed_form_are_neither_struck_nor_restored(trial, restores):
    """What stands above it may be signed without them, and no signature would say that they changed."""
    term = trial.path("AE.TERM", rows=("1",))
    trial.save("S-001", {term: "Rash"})
    fields = {"subject_key": "S-001", "form": trial.form("AE"), "row": term.parent, "reason": SOME_REASON}
    if restores:
        trial.act(trial.crc, capture.strike_row, StrikeRow, **fields)
    remove(trial, "AE")
    with pytest.raises(WrongState, match="Restore it before"):
        trial.act(trial.crc, capture.strike_row, StrikeRow, **fields, restore=restores)


def test_its_queries_are_resolved_and_come_back_with_it(complete):
    ((check, _),) = queries(complete)
    remove(complete)
    assert queries(complete) == [(check, QueryState.RESOLVED)]
    remove(complete, restore=True)
    assert status(complete) is S.COMPLETE
    assert queries(complete) == [(check, QueryState.OPEN)]


@pytest.mark.parametrize("was", [S.IN_PROGRESS, S.COMPLETE, S.NOT_DONE])
def test_each_status_comes_back_as_it_was(trial, was):
    if was is S.NOT_DONE:
        form = {"subject_key": "S-001", "form": trial.form("DM"), "reason": SOME_REASON}
        trial.act(trial.crc, capture.mark_not_done, MarkNotDone, **form)
    else:
        trial.save("S-001", {"DM.SEX": "F"}, complete=was is S.COMPLETE)
    remove(trial, "DM")
    remove(trial, "DM", restore=True)
    assert status(trial, "DM") is was
    kinds = [entry["kind"] for entry in trial.entries("S-001")][-2:]
    assert kinds == ["form.remove", "form.restore"]
    assert verify(trial.core, rebuild=True).ok


def test_what_cannot_be_removed_or_restored_says_why(complete):
    with pytest.raises(WrongState):
        remove(complete, "DM")  # nothing was begun there
    with pytest.raises(WrongState, match="not removed"):
        remove(complete, restore=True)
    with pytest.raises(ReasonRequired, match="removed"):
        remove(complete, reason=NO_REASON)
    remove(complete)
    with pytest.raises(WrongState):
        remove(complete)
    with pytest.raises(ReasonRequired, match="returns"):
        remove(complete, restore=True, reason=NO_REASON)


@pytest.mark.parametrize("depth", [0, 1, 2, 3, 4], ids=["item", "row", "form", "visit", "subject"])
def test_a_frozen_form_or_part_of_it_is_not_removed(complete, depth):
    place = complete.path("VS.SYSBP").ancestors()[depth]
    freeze = {"subject_key": "S-001", "path": place, "action": ProtectAction.FREEZE}
    complete.act(complete.dm, protecting.protect, Protect, **freeze)
    with pytest.raises(Protected):
        remove(complete)
    assert status(complete) is S.COMPLETE


@pytest.mark.parametrize("who", ["dm", "cra", "med", "spo"])
def test_only_the_site_removes(complete, who):
    with pytest.raises(NotAllowed):
        remove(complete, by=getattr(complete, who))


def test_the_same_request_twice_is_answered_once(complete):
    command = RemoveForm(
        study_id=complete.study_id,
        op="remove-once",
        subject_key="S-001",
        form=complete.form("VS"),
        reason=SOME_REASON,
    )
    first = complete.do(complete.crc, removing.remove_form, command)
    assert complete.do(complete.crc, removing.remove_form, command) == first
    assert [entry["kind"] for entry in complete.entries("S-001")].count("form.remove") == 1
