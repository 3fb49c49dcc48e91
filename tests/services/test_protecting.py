import pytest

from edc_core.domain import commands
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Role
from edc_core.domain.protection import ProtectAction, Protection
from edc_core.domain.query import QueryAction
from edc_core.errors import NotAllowed, NotFound, Protected, ReasonRequired, SecondPersonRequired, WrongState
from edc_core.services import capture, correcting, protecting, queries, visits
from edc_core.testing.trial import NO_REASON, SOME_REASON
from tests.builders import Trial, vital_signs, waive_all

FREEZE, UNFREEZE, LOCK, UNLOCK = ProtectAction


def protect(trial, action, path, *, by=None, reason=SOME_REASON):
    fields = {"subject_key": "S-001", "path": path, "action": action, "reason": reason}
    return trial.act(by or trial.dm, protecting.protect, protecting.Protect, **fields)


def protect_study(trial, action, site="", *, by=None, reason=SOME_REASON):
    if action is LOCK and not site:
        waive_all(trial)
    fields = {"action": action, "site_id": trial.sites[site] if site else "", "reason": reason}
    return trial.act(by or trial.dm, protecting.protect_study, protecting.ProtectStudy, **fields)


def set_level(trial, action, level):
    item = trial.path("VS.SYSBP")
    if level == "study":
        protect_study(trial, action)
        if action is LOCK:
            protect_study(trial, action, by=trial.spo)
    elif level == "site":
        protect_study(trial, action, "KR-01")
    else:
        depth = {"item": 0, "row": 1, "form": 2, "event": 3, "subject": 4}[level]
        protect(trial, action, item.ancestors()[depth])


def on_form(trial, service, command, form="VS", event="V1", **fields):
    path = trial.form(form, event=event)
    fields = {"subject_key": "S-001", "form": path, "reason": SOME_REASON} | fields
    return trial.act(trial.crc, service, command, **fields)


def save(trial):
    trial.save("S-001", {"VS.SYSBP": "121"}, reason=SOME_REASON)


def complete(trial):
    on_form(trial, capture.complete_form, capture.CompleteForm)


def reopen(trial):
    fields = {"subject_key": "S-001", "form": trial.form("DM"), "reason": SOME_REASON}
    trial.act(trial.dm, capture.reopen_form, capture.ReopenForm, **fields)


def not_done(trial):
    on_form(trial, capture.mark_not_done, capture.MarkNotDone, event="UNS")


def add_row(trial):
    form = trial.form("AE")
    on_form(trial, capture.add_row, capture.AddRow, "AE", parent=form, group_oid="AE.ROW")


def strike(trial):
    row = trial.path("AE.TERM", rows=("1",)).parent
    on_form(trial, capture.strike_row, capture.StrikeRow, "AE", row=row)


def add_event(trial):
    trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS")


def visit_not_done(trial):
    fields = {"subject_key": "S-001", "event": ItemPath.parse("V1[1]"), "reason": SOME_REASON}
    trial.act(trial.crc, visits.mark_event_not_done, visits.MarkEventNotDone, **fields)


def correct_key(trial):
    fields = {"subject_key": "S-001", "new_key": "S-9", "reason": SOME_REASON}
    trial.act(trial.pi, correcting.correct_subject_key, commands.CorrectSubjectKey, **fields)


def add_subject(trial):
    trial.add_subject("S-002")


def ask(trial):
    fields = {"subject_key": "S-001", "path": trial.path("VS.SYSBP"), "text": "?"}
    trial.act(trial.dm, queries.open_query, queries.OpenQuery, **fields)


def answer(trial):
    [query_id] = trial.casebook("S-001").queries
    fields = {"subject_key": "S-001", "query_id": query_id, "action": QueryAction.ANSWER, "text": "Yes."}
    trial.act(trial.crc, queries.act_on_query, queries.ActOnQuery, **fields)


@pytest.fixture
def filled(trial):
    """VS in progress with a query, DM complete, AE with a row."""
    trial.save("S-001", {"VS.SYSBP": "120"})
    ask(trial)
    trial.save("S-001", {"DM.SEX": "F"}, complete=True)
    trial.save("S-001", {trial.path("AE.TERM", rows=("1",)): "Rash"})
    return trial


WHOLE = {"subject", "site", "study"}
WRITES = [
    (save, {"item", "row", "form", "event"} | WHOLE),
    (complete, {"form", "event"} | WHOLE),
    (reopen, {"event"} | WHOLE),
    (not_done, WHOLE),
    (add_row, {"event"} | WHOLE),
    (strike, {"event"} | WHOLE),
    (add_event, WHOLE),
    (visit_not_done, {"event"} | WHOLE),
    (correct_key, {"item", "row", "form", "event"} | WHOLE),
    (add_subject, {"site", "study"}),
]


@pytest.mark.parametrize("level", ["item", "row", "form", "event", "subject", "site", "study"])
def test_frozen_data_take_no_write_and_still_queries(filled, level):
    set_level(filled, FREEZE, level)
    before = filled.entries("S-001")
    for write, levels in WRITES:
        if level in levels:
            with pytest.raises(Protected):
                write(filled)
    assert filled.entries("S-001") == before
    ask_again = filled.path("VS.SYSBP")
    assert filled.casebook("S-001").protection(ask_again) is Protection.FROZEN
    answer(filled)


@pytest.mark.parametrize("level", ["form", "event", "subject", "site", "study"])
def test_locked_data_take_nothing_at_all(filled, level):
    set_level(filled, LOCK, level)
    before = filled.entries("S-001")
    for write, levels in [*WRITES, (ask, set()), (answer, set())]:
        if level in levels or write in (ask, answer):
            with pytest.raises(Protected):
                write(filled)
    assert filled.entries("S-001") == before


@pytest.mark.parametrize("level", ["item", "row"])
def test_locks_exist_from_the_form_up(filled, level):
    with pytest.raises(WrongState):
        set_level(filled, LOCK, level)


def test_a_visit_that_was_frozen_before_it_took_place_is_not_added(trial):
    protect(trial, FREEZE, ItemPath.parse("UNS[1]"))
    with pytest.raises(Protected):
        trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS")
    protect(trial, UNFREEZE, ItemPath.parse("UNS[1]"))
    trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS")


def test_another_site_goes_on_when_one_is_locked(trial):
    protect_study(trial, LOCK, "US-01")
    save(trial)
    assert trial.casebook("S-001").above == ()


def test_what_is_beside_a_locked_form_goes_on(filled):
    set_level(filled, LOCK, "form")
    reopen(filled)
    add_row(filled)


@pytest.mark.parametrize("who", ["crc", "pi", "cra", "med", "spo"])
@pytest.mark.parametrize("action", [FREEZE, LOCK])
def test_only_data_managers_protect(trial, who, action):
    with pytest.raises(NotAllowed):
        protect(trial, action, trial.form("VS"), by=getattr(trial, who))
    with pytest.raises(NotAllowed):
        protect_study(trial, action, by=getattr(trial, who))


def test_a_data_manager_of_one_site_locks_that_site_and_no_other_and_not_the_study(trial):
    dm = trial.person(Role.DM, "dm.us", site="US-01")
    protect_study(trial, LOCK, "US-01", by=dm)
    with pytest.raises(NotAllowed):
        protect_study(trial, LOCK, "KR-01", by=dm)
    with pytest.raises(NotAllowed):
        protect_study(trial, LOCK, by=dm)
    with pytest.raises(NotFound):  # for her the subject is not there
        protect(trial, LOCK, trial.form("VS"), by=dm)


@pytest.mark.parametrize("action", [LOCK, UNFREEZE])
def test_a_lock_says_why(trial, action):
    form = trial.form("VS")
    if action is UNFREEZE:
        protect(trial, FREEZE, form)
    with pytest.raises(ReasonRequired):
        protect(trial, action, form, reason=NO_REASON)


def test_a_place_the_study_does_not_have_is_not_found(trial):
    with pytest.raises(NotFound):
        protect(trial, FREEZE, ItemPath.parse("V9[1]"))
    fields = {"action": LOCK, "site_id": "nowhere", "reason": SOME_REASON}
    with pytest.raises(NotFound):
        trial.act(trial.dm, protecting.protect_study, protecting.ProtectStudy, **fields)


def test_unlocking_in_live_takes_two_persons(trial):
    form = trial.form("VS")
    assert protect(trial, LOCK, form) == {"state": "locked", "pending": False}
    assert protect(trial, UNLOCK, form) == {"state": "locked", "pending": True}
    with pytest.raises(Protected):
        save(trial)
    with pytest.raises(SecondPersonRequired):
        protect(trial, UNLOCK, form)
    with pytest.raises(NotAllowed):
        protect(trial, UNLOCK, form, by=trial.pi)
    assert protect(trial, UNLOCK, form, by=trial.spo, reason=NO_REASON) == {
        "state": "open",
        "pending": False,
    }
    save(trial)
    payloads = [e["payload"] for e in trial.entries("S-001") if e["kind"] == "protect.set"]
    assert [(p["state"], p["requested_by"], p["confirms"]) for p in payloads] == [
        ("locked", "", ""),
        ("locked", "dm.choi", ""),
        ("open", "", "dm.choi"),
    ]


def test_a_sponsor_approves_and_does_not_begin(trial):
    protect(trial, LOCK, trial.form("VS"))
    with pytest.raises(NotAllowed):
        protect(trial, UNLOCK, trial.form("VS"), by=trial.spo)


def test_a_second_data_manager_may_confirm(trial):
    protect(trial, LOCK, trial.form("VS"))
    protect(trial, UNLOCK, trial.form("VS"))
    assert protect(trial, UNLOCK, trial.form("VS"), by=trial.dm2)["state"] == "open"


@pytest.mark.parametrize("action", [LOCK, UNLOCK])
def test_a_study_in_live_is_locked_and_unlocked_by_two_persons(trial, action):
    if action is UNLOCK:
        set_level(trial, LOCK, "study")
    assert protect_study(trial, action)["pending"]
    with pytest.raises(SecondPersonRequired):
        protect_study(trial, action)
    assert not protect_study(trial, action, by=trial.spo)["pending"]
    assert trial.casebook("S-001").protection(ItemPath()) is (
        Protection.LOCKED if action is LOCK else Protection.OPEN
    )


@pytest.mark.parametrize("environment", ["dev", "uat"])
def test_outside_live_one_person_is_enough(core, environment):
    trial = Trial(core, vital_signs().build(), environment=environment)
    trial.add_subject()
    assert protect_study(trial, LOCK) == {"state": "locked", "pending": False}
    assert protect_study(trial, UNLOCK) == {"state": "open", "pending": False}


def test_a_study_lock_is_one_entry_and_holds_for_every_subject(trial):
    trial.add_subject("S-002", site="US-01")
    waive_all(trial)
    before = [len(trial.entries(key)) for key in ("S-001", "S-002")]
    set_level(trial, LOCK, "study")
    for key in ("S-001", "S-002"):
        assert trial.casebook(key).protection(ItemPath()) is Protection.LOCKED
    assert [len(trial.entries(key)) for key in ("S-001", "S-002")] == before


def test_a_request_to_unlock_leaves_who_locked_and_why(trial):
    from edc_core.store import protection_readers, readers

    form = trial.form("VS")
    protect(trial, LOCK, form)
    protect(trial, UNLOCK, form, by=trial.dm2)
    with trial.core.read() as source:
        subject = readers.subject_by_key(source.connection, trial.study_id, "S-001")
        row = protection_readers.protection_row(
            source.connection, trial.study_id, subject.subject_id, "", form
        )
    assert (row.actor, row.requested_by) == (trial.dm.name, trial.dm2.name)
