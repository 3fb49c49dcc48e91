"""Signing at points that a study names: each with its own words, bound in the manifest, and open before a lock."""

import json
from dataclasses import replace

import pytest

from edc_core.domain.item_path import ItemPath
from edc_core.domain.lock_blocker import Obstacle
from edc_core.domain.metadata import Milestone, TranslatedText
from edc_core.domain.milestone import LOCK
from edc_core.domain.signature import SignatureState
from edc_core.errors import EditConflict, NotFound, WrongState
from edc_core.services import history, signing
from edc_core.services.lock_readiness import what_is_open
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import readers, signature_list
from edc_core.store.listing_queries import TrailFilter
from tests.builders import Trial, vital_signs
from tests.services.test_signing import command, desk, save, sign, standing

EN = TranslatedText.of
CASEBOOK, V1, VS, DM = (ItemPath.parse(path) for path in ("", "V1[1]", "V1[1]/VS[1]", "V1[1]/DM[1]"))
SIGNED, BROKEN = SignatureState.SIGNED, SignatureState.BROKEN
MILESTONES = (
    Milestone(
        "INTERIM", EN("Before the interim analysis", "en"), EN("I reviewed it for the analysis.", "en")
    ),
    Milestone("BOARD", EN("Before the board", "en"), EN("I reviewed it for the board.", "en"), forms=("DM",)),
    Milestone("VISIT", EN("The first visit", "en"), EN("I reviewed the visit.", "en"), events=("V1",)),
    Milestone("CLOSE", EN("Before the lock", "en"), EN("It is complete.", "en"), before=LOCK),
)


@pytest.fixture
def trial(core):
    made = Trial(core, replace(vital_signs().build(), milestones=MILESTONES))
    made.add_subject("S-001")
    made.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    made.save("S-001", {"DM.SEX": "F", "DM.AGE": "40"}, complete=True)
    made.save("S-001", {made.path("AE.TERM", rows=("1",)): "Headache"})
    made.complete("S-001", "AE")
    return made


def lay_out(trial, path, milestone="", subject="S-001"):
    with trial.core.read() as source:
        return desk(trial, source, subject=subject).lay_out(path, milestone)


def sign_for(trial, milestone, path=CASEBOOK):
    return sign(trial, path, milestone=milestone, sha256=lay_out(trial, path, milestone).manifest.sha256)


def waiting(trial, milestone=""):
    """Forms to sign, by subject that waits for a signature."""
    with trial.core.read() as source:
        picture = look_at(source, trial.pi, readers.study_by_id(source.connection, trial.study_id))
        scope = picture.scope_at(picture.sites)
        found, total = signature_list.waiting(source.connection, [scope], limit=9, milestone=milestone)
    assert total == len(found)
    return {one.subject_key: one.ready for one in found}


def open_for_lock(trial):
    """(place, why, text) of what of signatures is open before a lock."""
    with trial.core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        found = what_is_open(picture).remaining
    return [(one.thing.path, one.text) for one in found if one.thing.why is Obstacle.UNSIGNED]


@pytest.mark.parametrize(
    ("path", "offered"),
    [(CASEBOOK, ["INTERIM", "CLOSE"]), (V1, ["VISIT"]), (DM, ["BOARD"]), (VS, [])],
)
def test_a_milestone_is_offered_where_it_is_signed(trial, path, offered):
    assert [one.oid for one in lay_out(trial, path).offered] == offered
    with pytest.raises(NotFound):
        lay_out(trial, path, "NOWHERE")


def test_a_signature_for_it_has_its_words_and_its_name_in_the_manifest(trial):
    plain = lay_out(trial, CASEBOOK).manifest
    done = sign_for(trial, "INTERIM")
    assert done["meaning"] == "INTERIM"
    assert done["sha256"] != plain.sha256
    entry = [one for one in trial.entries("S-001") if one["kind"] == "sign.set"][-1]
    assert entry["payload"]["statement"] == "I reviewed it for the analysis."
    with trial.core.files.open(done["sha256"]) as stream:
        kept = json.loads(stream.read())
    assert (kept["milestone"], kept["statement"]) == ("INTERIM", "I reviewed it for the analysis.")
    assert "milestone" not in json.loads(plain.canonical), "what was signed before keeps its digest"


def test_the_history_names_it_by_its_title(trial):
    sign_for(trial, "INTERIM")
    sign_for(trial, "BOARD", DM)
    with trial.core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        page = history.history(
            picture, trial.casebook("S-001").subject.subject_id, TrailFilter(kinds=("sign.set",)), limit=9
        )
    assert [line.text.rpartition(": ")[2] for line in page.happenings] == [
        "Before the board.", "Before the interim analysis.",
    ]  # fmt: skip


def test_what_was_signed_for_something_else_is_signed_once_more_and_only_once(trial):
    sign(trial)
    sign_for(trial, "INTERIM")
    with pytest.raises(WrongState):
        sign_for(trial, "INTERIM")
    with pytest.raises(WrongState):
        sign(trial)
    sign_for(trial, "CLOSE")
    assert standing(trial)[CASEBOOK].meaning == "CLOSE"
    kept = [one["payload"]["meaning"] for one in trial.entries("S-001") if one["kind"] == "sign.set"]
    assert kept == ["responsibility", "INTERIM", "CLOSE"]
    assert verify(trial.core, rebuild=True).ok


def test_a_change_breaks_it_as_any_other(trial):
    sign_for(trial, "BOARD", DM)
    sign_for(trial, "CLOSE")
    save(trial)
    assert {path: one.state for path, one in standing(trial).items()} == {CASEBOOK: BROKEN, DM: SIGNED}
    assert sign_for(trial, "CLOSE")["meaning"] == "CLOSE"


def test_what_is_not_signed_for_the_lock_is_open_before_it(trial):
    sign(trial)
    assert open_for_lock(trial) == [(CASEBOOK, "Before the lock")]
    sign_for(trial, "CLOSE")
    assert open_for_lock(trial) == []


def test_a_casebook_waits_for_a_milestone_until_it_is_signed_for_it(trial):
    assert waiting(trial) == waiting(trial, "INTERIM") == {"S-001": 3}
    sign(trial)
    assert waiting(trial) == {}
    assert waiting(trial, "INTERIM") == {"S-001": 3}, "what was signed for something else is signed once more"
    sign_for(trial, "INTERIM")
    assert waiting(trial, "INTERIM") == {}
    assert waiting(trial, "CLOSE") == {"S-001": 3}
    save(trial)
    assert waiting(trial, "INTERIM") == {"S-001": 3}


def test_a_broken_signature_of_a_form_is_no_work_for_a_milestone_that_was_signed_since(trial):
    sign(trial, VS)
    save(trial)
    sign_for(trial, "INTERIM")
    assert standing(trial)[VS].state is BROKEN
    assert waiting(trial) == {"S-001": 0}
    assert waiting(trial, "INTERIM") == {}


def test_several_casebooks_are_signed_for_it_each_for_itself(trial):
    trial.add_subject("S-002")
    trial.save("S-002", {"VS.SYSBP": "118", "VS.DIABP": "79"}, complete=True)
    trial.save("S-002", {"DM.SEX": "M", "DM.AGE": "41"}, complete=True)
    trial.save("S-002", {trial.path("AE.TERM", rows=("1",)): "Cough"})
    trial.complete("S-002", "AE")
    read = {key: lay_out(trial, CASEBOOK, "INTERIM", key).manifest.sha256 for key in ("S-001", "S-002")}
    for key, sha256 in read.items():
        given = replace(command(trial, sha256=sha256, milestone="INTERIM"), subject_key=key)
        with trial.core.write(trial.pi) as uow:
            signing.sign(uow, given, trial.core.files)
    for key, sha256 in read.items():
        stands = standing(trial, key)[CASEBOOK]
        assert (stands.meaning, stands.sha256) == ("INTERIM", sha256)
    assert len(set(read.values())) == 2
    assert verify(trial.core, rebuild=True).ok


def test_what_a_milestone_says_otherwise_since_it_was_read_is_not_signed(trial):
    read = lay_out(trial, CASEBOOK, "INTERIM").manifest.sha256
    interim = replace(MILESTONES[0], statement=EN("I take all of it upon me.", "en"))
    amended = replace(trial.index.version, oid="2", milestones=(interim, *MILESTONES[1:]))
    trial.publish(amended)
    with pytest.raises(EditConflict):
        sign(trial, milestone="INTERIM", sha256=read)
    sign_for(trial, "INTERIM")
    entry = [one for one in trial.entries("S-001") if one["kind"] == "sign.set"][-1]
    assert entry["payload"]["statement"] == "I take all of it upon me."
