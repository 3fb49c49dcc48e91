"""What a plugin notes at a form: by who enters there, seen by who sees the place, protected and redacted as a value is."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from edc_core.domain.commands import AddFormNotes, DecideRedaction, PlaceNote, Reason, RequestRedaction
from edc_core.domain.lock_blocker import Obstacle
from edc_core.domain.metadata import Policy
from edc_core.domain.permission import Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.second_entry import SECOND_ENTRY, SecondEntryState
from edc_core.domain.trail import TrailWanted
from edc_core.errors import (
    BadRequest,
    EditConflict,
    NotAllowed,
    NotFound,
    Protected,
    SecondPersonRequired,
    WrongState,
)
from edc_core.ids import new_id
from edc_core.ledger import cut
from edc_core.services import capture, dispatch, protecting, redacting
from edc_core.services.history import item_history
from edc_core.services.lock_readiness import what_is_open
from edc_core.services.reading import look_at
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.trail import found, trail
from edc_core.services.verifying import verify
from edc_core.store import readers
from edc_core.store.ledger_tables import access_log
from edc_core.testing import SOME_REASON
from tests.builders import Trial, vital_signs

TOPIC = "test.value"
NAME = "Gildong Hong"


def note(trial, *notes, by=None, op="", form="VS", **more):
    command = AddFormNotes(
        study_id=trial.study_id, op=op or new_id(), subject_key="S-001", form=trial.form(form), name="typed again",
        notes=notes, **{"topic": TOPIC} | more,
    )  # fmt: skip
    return dispatch.submit(trial.core, by or trial.pi, [command])[0]


def typed(trial, item, raw, base=None):
    return PlaceNote(trial.path(item), {"raw": raw, "value": raw, "missing": "", "parsed": "ok"}, base)


def access(trial, by):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
    return CoreStudyAccess(trial.core, by, study, "test")


def read(trial, by=None, topic=TOPIC):
    notes = access(trial, by or trial.dm).form_notes(topic, "S-001", trial.form("VS"))
    return {str(one.path): (one.content.get("raw"), one.actor) for one in notes}


def test_the_newest_note_of_a_place_is_read_with_its_author(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    first = note(trial, typed(trial, "VS.SYSBP", "120"), typed(trial, "VS.NOTE", "seen"))
    second = note(trial, typed(trial, "VS.SYSBP", "121"), by=trial.crc)
    place = str(trial.path("VS.SYSBP"))
    assert read(trial) == {place: ("121", "crc.kim"), str(trial.path("VS.NOTE")): ("seen", "pi.lee")}
    assert second["versions"][place] == trial.entries("S-001")[-1]["n"] > first["versions"][place]
    assert trial.casebook("S-001").items[trial.path("VS.SYSBP")].value == "120", "no value changes"
    assert verify(trial.core, rebuild=True).problems == []


def test_asked_again_it_is_kept_once_and_what_somebody_kept_meanwhile_stays(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    once = note(trial, typed(trial, "VS.SYSBP", "1", base=0), op="op-same")
    assert note(trial, typed(trial, "VS.SYSBP", "1", base=0), op="op-same") == once
    with pytest.raises(EditConflict):
        note(trial, typed(trial, "VS.SYSBP", "2", base=0))
    note(trial, typed(trial, "VS.SYSBP", "2", base=once["n"]))
    assert read(trial) == {str(trial.path("VS.SYSBP")): ("2", "pi.lee")}


def test_a_second_person_is_one_who_set_no_value_of_the_form(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    with pytest.raises(SecondPersonRequired):
        note(trial, typed(trial, "VS.NOTE", "x"), by=trial.crc, second_person=True)
    note(trial, typed(trial, "VS.NOTE", "x"), by=trial.pi, second_person=True)
    trial.save("S-001", {"DM.AGE": "40"}, by=trial.pi)
    note(trial, typed(trial, "VS.NOTE", "y"), by=trial.pi, second_person=True)
    trial.save("S-001", {"VS.DIABP": "80"}, by=trial.pi)
    with pytest.raises(SecondPersonRequired):
        note(trial, typed(trial, "VS.NOTE", "z"), by=trial.pi, second_person=True)


@pytest.mark.parametrize("who", ["dm", "cra", "med", "spo"])
def test_who_enters_nothing_notes_nothing(trial, who):
    trial.save("S-001", {"VS.SYSBP": "120"})
    with pytest.raises(NotAllowed):
        note(trial, typed(trial, "VS.NOTE", "x"), by=getattr(trial, who))


def test_where_it_cannot_be_kept(trial):
    with pytest.raises(WrongState, match="not begun"):
        note(trial, typed(trial, "VS.NOTE", "x"))
    trial.save("S-001", {"VS.SYSBP": "120"})
    with pytest.raises(BadRequest, match="same form"):
        note(trial, typed(trial, "DM.AGE", "40"))
    with pytest.raises(NotFound):
        note(trial, PlaceNote(trial.path("VS.NOTE").parent.with_item("VS.NONE"), {}))
    with pytest.raises(BadRequest, match="too long"):
        note(trial, typed(trial, "VS.NOTE", "x" * 20_000))
    with pytest.raises(BadRequest, match="name"):
        note(trial, typed(trial, "VS.NOTE", "x"), topic="")
    for action in (ProtectAction.FREEZE, ProtectAction.LOCK):
        fields = {"subject_key": "S-001", "path": trial.form("VS"), "action": action, "reason": SOME_REASON}
        trial.act(trial.dm, protecting.protect, protecting.Protect, **fields)
        with pytest.raises(Protected):
            note(trial, typed(trial, "VS.NOTE", "x"))


@pytest.fixture
def blinded(core):
    version = vital_signs().build()
    items = tuple(replace(i, sensitivity="blinded") if i.oid == "VS.NOTE" else i for i in version.items)
    trial = Trial(core, replace(version, items=items))
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120"})
    return trial


def test_who_may_not_see_an_item_notes_nothing_there_and_reads_nothing_of_it(blinded):
    trial = blinded
    with pytest.raises(NotFound):
        note(trial, typed(trial, "VS.NOTE", NAME))
    note(trial, typed(trial, "VS.NOTE", NAME), typed(trial, "VS.SYSBP", "121"), by=trial.cli)
    for reader in (trial.crc, trial.pi, trial.dm):
        assert list(read(trial, reader)) == [str(trial.path("VS.SYSBP"))]
        assert all(
            one.path.item != "VS.NOTE" for one in access(trial, reader).values_set("S-001", trial.form("VS"))
        )
        with trial.core.read() as source:
            picture = look_at(source, reader, readers.study_by_id(source.connection, trial.study_id))
            told = found(picture, TrailWanted(kinds=("note.add",))).entries
            assert [NAME in str(one.columns) for one in told] == [False]
            subject = trial.casebook("S-001").subject
            history = item_history(
                picture, subject.subject_id, trial.path("VS.NOTE"), site_id=subject.site_id, limit=9
            )
        assert not [one for one in history.happenings if one.kind == "note.add"]


def test_who_is_shown_a_note_at_an_identifying_item_leaves_a_line_in_the_access_log(core):
    version = vital_signs().build()
    items = tuple(replace(i, sensitivity="identifying") if i.oid == "VS.NOTE" else i for i in version.items)
    trial = Trial(core, replace(version, items=items))
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120"})
    note(trial, typed(trial, "VS.NOTE", NAME))
    assert (list(read(trial, trial.dm)), list(read(trial, trial.pi))) == ([], [str(trial.path("VS.NOTE"))])
    with trial.core.read() as source:
        lines = source.connection.execute(select(access_log)).all()
    subject_id = trial.casebook("S-001").subject.subject_id
    assert [(row.login, row.action, row.detail) for row in lines] == [
        ("pi.lee", "read identifying", f"subject:{subject_id} notes")
    ]


def test_a_trail_that_is_handed_over_holds_the_notes_that_its_reader_may_know(blinded):
    trial = blinded
    note(trial, typed(trial, "VS.NOTE", NAME), typed(trial, "VS.SYSBP", "1210"), by=trial.cli)
    for sites in ((), (trial.sites["KR-01"],)):  # the study's export, and the copy of a site
        with trial.core.read() as source:
            taken = cut.present_cut(source.connection, trial.study_id)
            told = [str(one.columns) for one in trail(source, trial.dm, taken, sites)]
        assert sum("1210" in one for one in told) == 1
        assert not [one for one in told if NAME in one]


def test_the_history_says_that_it_was_kept_and_not_what(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    note(trial, typed(trial, "VS.SYSBP", "121"))
    with trial.core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        subject = trial.casebook("S-001").subject
        told = item_history(
            picture, subject.subject_id, trial.path("VS.SYSBP"), site_id=subject.site_id, limit=9
        )
    assert "kept the note typed again (test.value)." in [one.text for one in told.happenings]


def test_a_name_that_was_typed_is_taken_out_of_a_note(trial, grep_database):
    trial.save("S-001", {"VS.SYSBP": "120"})
    note(trial, typed(trial, "VS.NOTE", NAME))
    asked = {
        "subject_key": "S-001",
        "n": trial.entries("S-001")[-1]["n"],
        "reason": Reason(text="It is a name."),
    }
    request = trial.act(trial.dm, redacting.request_redaction, RequestRedaction, **asked)["request"]
    decided = {"subject_key": "S-001", "request": request, "approve": True, "reason": Reason(text="It is.")}
    trial.act(trial.spo, redacting.decide_redaction, DecideRedaction, **decided)
    assert grep_database(NAME) == []
    assert read(trial) == {str(trial.path("VS.NOTE")): (None, "pi.lee")}
    assert verify(trial.core, rebuild=True).problems == []


@pytest.fixture
def twice(core):
    trial = Trial(core, vital_signs().with_policy(Policy(double_entry=("VS",))).build())
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"})
    return trial


def standing(trial, by=None):
    return [one.state for one in access(trial, by or trial.dm).second_entries()]


def blockers(trial):
    with trial.core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        return [
            str(one.thing.path)
            for one in what_is_open(picture).blockers
            if one.thing.why is Obstacle.SECOND_ENTRY
        ]


def say(trial, **content):
    note(trial, PlaceNote(trial.form("VS"), content), topic=SECOND_ENTRY)


def test_how_far_a_second_entry_is_and_that_it_stands_before_a_lock_until_it_is_agreed(twice):
    trial, form = twice, str(twice.form("VS"))
    assert (standing(trial), blockers(trial)) == ([], []), "it waits for the first to be complete"
    trial.complete("S-001", "VS")
    seen = [(standing(trial), blockers(trial))]
    for content in (
        {"compared": False},
        {"compared": True, "agreed": False},
        {"compared": True, "agreed": True},
    ):
        say(trial, **content)
        seen.append((standing(trial), blockers(trial)))
    trial.save("S-001", {"VS.SYSBP": "130"}, reason=SOME_REASON)
    seen.append((standing(trial), blockers(trial)))
    say(trial, compared=True, agreed=True)
    state = SecondEntryState
    assert seen == [
        ([state.WAITING], [form]), ([state.BEGUN], [form]), ([state.DIFFERENT], [form]), ([state.AGREED], []),
        ([state.CHANGED], [form]),
    ]  # fmt: skip
    assert (standing(trial), blockers(trial)) == ([state.AGREED], [])
    reopen = {"subject_key": "S-001", "form": trial.form("VS"), "reason": SOME_REASON}
    trial.act(trial.pi, capture.reopen_form, capture.ReopenForm, **reopen)
    assert (standing(trial), blockers(trial)) == ([], []), "in progress again, which is a blocker itself"


def test_another_site_does_not_learn_of_it(twice):
    twice.complete("S-001", "VS")
    other = twice.person(Role.PI, "pi.us", site="US-01")
    assert (standing(twice), standing(twice, other)) == ([SecondEntryState.WAITING], [])
    with pytest.raises(NotFound):
        access(twice, other).second_entries("S-001")


def test_a_share_of_the_subjects_is_drawn_by_their_ids():
    policy = Policy(double_entry=("VS",), double_entry_share=25)
    drawn = [policy.enters_twice("VS", f"subject-{n}") for n in range(2000)]
    assert 400 < sum(drawn) < 600
    assert drawn == [policy.enters_twice("VS", f"subject-{n}") for n in range(2000)]
    assert not any(policy.enters_twice("AE", f"subject-{n}") for n in range(100))


def test_a_study_without_it_asks_the_database_nothing(trial, count_statements):
    trial.save("S-001", {"VS.SYSBP": "120"}, complete=True)
    with trial.core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        from edc_core.services.second_entries import second_entries

        picture.sites, picture.index  # noqa: B018 - read before it is counted
        with count_statements() as seen:
            assert second_entries(picture) == ()
    assert seen == []
