"""What stands in the way of a study lock, who takes it away, and what a waiver covers (REQ-LCK-02)."""

from collections import Counter
from dataclasses import replace

import pytest

from edc_core.domain.item_path import ItemPath
from edc_core.domain.lock_blocker import Obstacle, Waived
from edc_core.domain.metadata import EventType, FormRef, StudyEventDef, StudyEventRef
from edc_core.domain.permission import Action, Place, Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import QueryAction
from edc_core.domain.review_plan import ReviewGroup, ReviewRule
from edc_core.errors import EditConflict, NotAllowed, Protected, ReasonRequired, WrongState
from edc_core.services import capture, lock_readiness, protecting, queries, visits, waiving
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import readers
from edc_core.testing.trial import NO_REASON, SOME_REASON
from tests.builders import Trial, a_study, vital_signs, waive_all

O = Obstacle  # noqa: E741 - one word in a column of tables


def look(trial, by=None, **where):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        return lock_readiness.what_is_open(look_at(source, by or trial.dm, study), **where)


def lock(trial, by=None, action=ProtectAction.LOCK):
    fields = {"action": action, "reason": SOME_REASON}
    return trial.act(by or trial.dm, protecting.protect_study, protecting.ProtectStudy, **fields)


def kinds(trial, **where):
    return Counter(one.thing.why for one in look(trial, **where).remaining)


def waive(trial, *things, by=None, reason=SOME_REASON, key="S-001", **more):
    said = {"subject_key": key, "things": things, "component": "password", "reason": reason, **more}
    return trial.act(by or trial.dm, waiving.waive, waiving.Waive, **said)


def ask(trial, place="VS.SYSBP", by=None):
    fields = {"subject_key": "S-001", "path": trial.path(place), "text": "Is it right?"}
    return trial.act(by or trial.dm, queries.open_query, queries.OpenQuery, **fields)["query_id"]


def act(trial, query_id, action, by):
    fields = {"subject_key": "S-001", "query_id": query_id, "action": action, "text": "Yes."}
    trial.act(by, queries.act_on_query, queries.ActOnQuery, **fields)


def test_a_visit_of_the_schedule_that_nobody_began_misses_its_required_forms(trial):
    assert kinds(trial) == {O.MISSING_FORM: 3}
    not_done = {"subject_key": "S-001", "event": ItemPath.parse("V1[1]"), "reason": SOME_REASON}
    trial.act(trial.crc, visits.mark_event_not_done, visits.MarkEventNotDone, **not_done)
    assert kinds(trial) == {}


def test_a_mandatory_log_needs_one_form_however_empty_and_another_log_none(core):
    """ODM Mandatory: the data are not whole without one such form, so that "none" is an answer and not a silence."""
    version = vital_signs().build()
    logs = StudyEventDef(
        "LOGS", "LOGS", type=EventType.COMMON, form_refs=(FormRef("AE", mandatory=True), FormRef("DM"))
    )
    visit = replace(version.events[0], form_refs=(FormRef("VS"),))
    optional = (StudyEventRef("V1"), StudyEventRef("LOGS", mandatory=True))
    version = replace(
        version, events=(visit, logs), event_refs=optional,
        forms=tuple(replace(form, repeating=True) if form.oid == "AE" else form for form in version.forms),
    )  # fmt: skip
    trial = Trial(core, version)
    trial.add_subject()
    assert [str(one.thing.path) for one in look(trial).blockers] == ["LOGS[1]/AE[1]"]
    trial.save("S-001", {trial.path("AE.TERM", rows="1"): "Headache"}, complete=True)
    assert kinds(trial) == {O.UNSIGNED: 1}


def test_each_step_of_the_work_is_another_blocker(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    assert kinds(trial) == {O.MISSING_FORM: 2, O.IN_PROGRESS: 1}
    trial.save("S-001", {"VS.DIABP": "80"}, complete=True)
    assert kinds(trial) == {O.MISSING_FORM: 2, O.UNSIGNED: 1}
    query = ask(trial)
    assert kinds(trial)[O.OPEN_QUERY] == 1
    act(trial, query, QueryAction.ANSWER, trial.crc)
    assert kinds(trial)[O.ANSWERED_QUERY] == 1
    act(trial, query, QueryAction.CLOSE, trial.dm)
    assert kinds(trial) == {O.MISSING_FORM: 2, O.UNSIGNED: 1}


def test_who_has_to_do_it_is_the_person_in_the_data_or_the_role(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    query = ask(trial, by=trial.cra)
    act(trial, query, QueryAction.ANSWER, trial.crc)
    found = {one.thing.why: (one.owner, one.login) for one in look(trial).blockers}
    assert found == {
        O.MISSING_FORM: (Role.CRC, ""),
        O.IN_PROGRESS: (Role.CRC, "crc.kim"),
        O.ANSWERED_QUERY: (Role.CRA, "cra.park"),
    }


def test_what_the_plan_asks_to_verify_is_counted_by_form(core):
    version = replace(vital_signs().build(), review_plan=(ReviewRule(ReviewGroup.SDV, items=("VS.SYSBP",)),))
    trial = Trial(core, version)
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    (found,) = [one for one in look(trial).blockers if one.thing.why is O.UNVERIFIED]
    assert (found.count, found.owner, str(found.thing.path)) == (1, Role.CRA, "V1[1]/VS[1]")


@pytest.mark.parametrize("environment", ["dev", "uat", "live"])
def test_a_study_lock_refuses_and_says_what_is_open_in_every_environment(core, environment):
    trial = Trial(core, vital_signs().build(), environment=environment)
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120"})
    with pytest.raises(WrongState, match="required form not started: 2, form not complete: 1"):
        lock(trial)
    assert [e for e in trial.entries() if e["kind"] == "protect.set"] == []


def test_what_opens_between_the_request_and_the_confirmation_refuses_the_confirmation(trial):
    waive_all(trial)
    assert lock(trial)["pending"]
    ask(trial)
    with pytest.raises(WrongState, match="open query: 1"):
        lock(trial, trial.spo)
    waive_all(trial)
    assert lock(trial, trial.spo)["state"] == "locked"


def test_freezing_a_study_and_locking_a_site_do_not_wait_for_anything(trial):
    assert lock(trial, action=ProtectAction.FREEZE)["state"] == "frozen"
    site = {"site_id": trial.sites["KR-01"], "action": ProtectAction.LOCK, "reason": SOME_REASON}
    assert trial.act(trial.dm, protecting.protect_study, protecting.ProtectStudy, **site)["state"] == "locked"


def test_a_waiver_is_an_entry_for_each_thing_with_person_reason_and_component(trial):
    query = ask(trial)
    things = [one.thing for one in look(trial).blockers]
    assert waive(trial, *things) == {"waived": 4}
    written = [e for e in trial.entries("S-001") if e["kind"] == "waiver.set"]
    assert {(e["payload"]["why"], e["payload"]["ref"]) for e in written} == {
        ("required form not started", ""),
        ("open query", query),
    }
    assert {(e["actor"], e["role"], e["reason_text"], e["payload"]["component"]) for e in written} == {
        ("dm.choi", "DM", SOME_REASON.text, "password")
    }
    assert all(one.waived for one in look(trial).blockers)
    assert verify(trial.core, rebuild=True).ok


def test_a_waiver_covers_the_thing_as_it_stood_and_no_other(trial):
    waive_all(trial)
    assert kinds(trial) == {}
    trial.save("S-001", {"VS.SYSBP": "120"})
    assert kinds(trial) == {O.IN_PROGRESS: 1}
    ask(trial)
    assert kinds(trial) == {O.IN_PROGRESS: 1, O.OPEN_QUERY: 1}


@pytest.mark.parametrize("who", ["crc", "pi", "cra", "med", "spo", "cli"])
def test_only_a_data_manager_waives(trial, who):
    with pytest.raises(NotAllowed):
        waive(trial, Waived(trial.form("VS"), O.MISSING_FORM), by=getattr(trial, who))


def test_a_waiver_says_why_and_names_what_is_open(trial):
    missing = Waived(trial.form("VS"), O.MISSING_FORM)
    with pytest.raises(ReasonRequired):
        waive(trial, missing, reason=NO_REASON)
    with pytest.raises(EditConflict):
        waive(trial, missing, Waived(trial.form("VS"), O.IN_PROGRESS))
    waive(trial, missing)
    with pytest.raises(EditConflict):
        waive(trial, missing)


def test_a_waiver_that_is_withdrawn_no_longer_covers_its_thing_and_both_entries_stay(trial):
    missing = Waived(trial.form("VS"), O.MISSING_FORM)
    with pytest.raises(EditConflict, match="No waiver was withdrawn"):
        waive(trial, missing, withdraw=True)
    waive(trial, missing)
    assert kinds(trial) == {O.MISSING_FORM: 2}
    with pytest.raises(ReasonRequired, match="not stay open after all"):
        waive(trial, missing, withdraw=True, reason=NO_REASON)
    assert waive(trial, missing, withdraw=True) == {"waived": 1}
    assert kinds(trial) == {O.MISSING_FORM: 3}
    with pytest.raises(EditConflict):
        waive(trial, missing, withdraw=True)
    waive(trial, missing)
    assert kinds(trial) == {O.MISSING_FORM: 2}
    written = [e["payload"]["state"] for e in trial.entries("S-001") if e["kind"] == "waiver.set"]
    assert written == ["waived", "withdrawn", "waived"]
    assert verify(trial.core, rebuild=True).ok


def test_a_study_that_was_locked_on_its_waivers_keeps_them(trial):
    waive_all(trial)
    lock(trial)
    lock(trial, by=trial.spo)
    for withdraw in (True, False):
        with pytest.raises(Protected):
            waive(trial, Waived(trial.form("VS"), O.MISSING_FORM), withdraw=withdraw)


def test_the_list_of_a_site_and_of_a_subject_is_a_part_of_the_whole(trial):
    trial.add_subject("S-002", site="US-01")
    whole, site = look(trial), look(trial, site_id=trial.sites["US-01"])
    assert (whole.subjects, site.subjects) == (2, 1)
    assert {one.subject_key for one in site.blockers} == {"S-002"}
    assert look(trial, subject_key="S-001").blockers == whole.blockers[:3]
    assert {one.subject_key for one in look(trial, by=trial.crc).blockers} == {"S-001"}


def test_what_a_person_may_not_see_refuses_the_lock_and_is_not_counted(core):
    study = a_study().with_event("V1", "VS").with_item("VS.DOSE").with_item("VS.NOTE").with_site("KR-01")
    version = study.build()
    blind = tuple(replace(i, sensitivity="blinded") if i.oid == "VS.DOSE" else i for i in version.items)
    trial = Trial(core, replace(version, items=blind), environment="uat")
    trial.add_subject()
    trial.save("S-001", {"VS.NOTE": "seen"}, complete=True)
    ask(trial, "VS.DOSE", by=trial.cli)
    waive_all(trial)
    assert look(trial).remaining == ()
    assert not trial.dm.may(Action.VIEW_BLINDED, Place(trial.study_id))
    with pytest.raises(WrongState, match="may not see") as refused:
        lock(trial)
    assert "query" not in refused.value.message


def test_a_removed_visit_and_an_optional_one_are_not_awaited(core):
    study = a_study().with_event("V1", "VS").with_event("UNS", "VS", repeating=True)
    trial = Trial(core, study.with_item("VS.NOTE").with_site("KR-01").build(), environment="uat")
    trial.add_subject()
    assert [str(one.thing.path) for one in look(trial).blockers] == ["V1[1]/VS[1]"]
    trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS")
    assert [str(one.thing.path) for one in look(trial).blockers] == ["V1[1]/VS[1]", "UNS[1]/VS[1]"]


def test_the_list_takes_the_same_statements_for_one_subject_as_for_many(trial, count_statements):
    def statements():
        with count_statements() as counted:
            look(trial)
        return len(counted)

    one = statements()
    for number in range(2, 9):
        trial.add_subject(f"S-00{number}")
    assert statements() == one
