"""REQ-ACC-12: who learned a treatment, when, why, in an emergency or as planned, is on record and opens nothing."""

import dataclasses

import pytest

from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Role
from edc_core.domain.unblinding import UnblindingKind
from edc_core.errors import BadRequest, NotAllowed, NotFound, ReasonRequired
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.services import unblinding, users
from edc_core.services.reading import look_at
from edc_core.store import readers
from edc_core.testing.trial import NO_REASON, SOME_REASON


def record(trial, by=None, **more):
    named = {
        "subject_key": "S-001", "kind": UnblindingKind.EMERGENCY, "happened": "2026-03-04T18:05",
        "told": " Investigator and treating physician ", "component": "password", "reason": SOME_REASON,
    }  # fmt: skip
    command = unblinding.RecordUnblinding(study_id=trial.study_id, **{"op": new_id()} | named | more)
    return trial.do(by or trial.pi, unblinding.record_unblinding, command)


def read(trial, by, subject_key=""):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        return unblinding.unblindings(look_at(source, by, study), subject_key)


def test_who_when_why_and_how_it_came_is_one_entry_of_the_subject(trial):
    done = record(trial)
    (entry,) = [one for one in trial.entries("S-001") if one["kind"] == "subject.unblind"]
    assert entry["n"] == done["n"]
    assert (entry["actor"], entry["role"], entry["reason_text"]) == ("pi.lee", "PI", SOME_REASON.text)
    assert entry["payload"] == {
        "unblinding": "emergency", "happened": "2026-03-04T18:05", "told": "Investigator and treating physician",
        "full_name": "pi.lee", "component": "password", "clock": "unknown",
    }  # fmt: skip


@pytest.mark.parametrize("who", ["dm", "spo", "cra", "pi", "med"])
def test_it_is_listed_for_who_reads_the_trail_or_may_unblind(trial, who):
    record(trial)
    record(trial, trial.med, kind=UnblindingKind.PLANNED, happened="2026-03-01", told="Statistician")
    (newest, first) = sorted(read(trial, getattr(trial, who)), key=lambda one: one.draft.happened)
    assert (newest.draft.happened, newest.draft.told, newest.role) == (
        "2026-03-01", "Statistician", "medical reviewer"
    )  # fmt: skip
    assert (first.draft.kind, first.site, first.reason) == (
        UnblindingKind.EMERGENCY,
        "KR-01",
        SOME_REASON.text,
    )


def test_another_site_learns_nothing_of_it(trial):
    record(trial)
    at_other = next(number for number in trial.sites if number != "KR-01")
    other = trial.person(Role.PI, "pi.other", site=at_other)
    assert read(trial, other) == ()
    with pytest.raises(NotFound):
        record(trial, other)
    with pytest.raises(NotFound):
        read(trial, other, "S-001")


def test_the_page_of_a_subject_is_for_who_may_unblind_it(trial):
    record(trial)
    assert len(read(trial, trial.pi, "S-001")) == 1
    with pytest.raises(NotAllowed):
        read(trial, trial.dm, "S-001")


@pytest.mark.parametrize(
    ("more", "error", "why"),
    [
        ({"reason": NO_REASON}, ReasonRequired, "Say why"),
        ({"told": "  "}, BadRequest, "Say who learned"),
        ({"happened": ""}, BadRequest, "Say on which day"),
        ({"happened": "yesterday"}, BadRequest, "Say on which day"),
        ({"happened": "2026-03-04T18:05+09:00"}, BadRequest, "Say on which day"),
        ({"happened": "2026-03-04T18:16"}, BadRequest, "still to come"),  # 18:15 at the site
    ],
)
def test_what_is_missing_is_said_and_leaves_nothing(trial, more, error, why):
    before = trial.entries("S-001")
    with pytest.raises(error, match=why):
        record(trial, **more)
    assert trial.entries("S-001") == before


@pytest.mark.parametrize("who", ["crc", "cra", "dm", "spo", "bld"])
def test_others_put_nothing_on_record(trial, who):
    with pytest.raises((NotAllowed, NotFound)):
        record(trial, getattr(trial, who))


def test_an_emergency_does_not_wait_for_a_clock_to_be_mended(trial):
    trial.core.clock.off = 3600.0
    record(trial)
    assert trial.entries("S-001")[-1]["payload"]["clock"] == "wrong"


def test_who_answers_is_told_by_mail_without_the_subject_and_without_a_word_of_it(trial, tmp_path):
    trial.core.settings = dataclasses.replace(
        trial.core.settings, mail_dir=tmp_path / "mail", base_url="https://edc.example"
    )
    for login, role in (("dm.mail", Role.DM), ("crc.mail", Role.CRC), ("pi.lee", Role.PI)):
        account = {"study_id": SYSTEM_STUDY, "login": login, "full_name": login}
        trial.act(trial.cli, users.add_user, users.AddUser, email=f"{login}@mail.example", **account)
        grant = {"study_id": SYSTEM_STUDY, "login": login, "role": role, "granted_study_id": trial.study_id}
        trial.act(trial.cli, users.add_grant, users.AddGrant, **grant)
    record(trial, told="Dr Quixano", op=new_id())
    Worker(trial.core).run(once=True)
    (letter,) = trial.core.settings.mail_dir.glob("*.eml")
    said = letter.read_text()
    assert "To: dm.mail@mail.example" in said
    assert f"https://edc.example/s/{name_of(trial)}/x/unblinding" in said
    for word in ("S-001", "Quixano", SOME_REASON.text):
        assert word not in said


def name_of(trial):
    with trial.core.read() as source:
        return str(readers.study_by_id(source.connection, trial.study_id))
