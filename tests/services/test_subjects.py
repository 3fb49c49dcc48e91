import pytest

from edc_core.domain import commands
from edc_core.domain.metadata import Policy
from edc_core.domain.permission import Role
from edc_core.errors import (
    AlreadyExists,
    BadRequest,
    NotAllowed,
    NotFound,
    OperationReplayed,
    ReasonRequired,
    WrongState,
)
from edc_core.ids import new_id
from edc_core.services import capture, correcting, subjects
from edc_core.testing.trial import NO_REASON, SOME_REASON
from tests.builders import Trial, vital_signs
from tests.services.test_concurrency import save_command


def correct(trial, old, new, *, by=None, **more):
    fields = {"subject_key": old, "new_key": new, "reason": SOME_REASON} | more
    return trial.act(by or trial.pi, correcting.correct_subject_key, commands.CorrectSubjectKey, **fields)


def test_enrolment_begins_a_chain(trial):
    [entry] = trial.entries("S-001")
    assert (entry["kind"], entry["n"], entry["prev"]) == ("subject.add", 1, "")
    assert entry["payload"]["subject_key"] == "S-001"
    assert entry["site_id"] == trial.sites["KR-01"]
    assert trial.casebook("S-001").subject.status == "active"


def test_a_subject_number_is_given_once(trial):
    with pytest.raises(AlreadyExists):
        trial.add_subject("S-001")
    with pytest.raises(AlreadyExists):
        trial.add_subject(" S-001 ", site="US-01")


@pytest.mark.parametrize("key", ["", " ", "x" * 101])
def test_a_subject_number_is_short_and_not_blank(trial, key):
    with pytest.raises(BadRequest):
        trial.add_subject(key)


def test_the_studys_pattern_is_kept(core):
    policy = Policy(subject_key_pattern=r"KR-\d{3}", subject_key_hint="KR- and three digits")
    trial = Trial(core, vital_signs().with_policy(policy).build())
    with pytest.raises(BadRequest, match="KR- and three digits"):
        trial.add_subject("KR-1")
    trial.add_subject("KR-001")
    with pytest.raises(BadRequest):
        correct(trial, "KR-001", "001")


def test_a_retry_is_answered_after_the_number_was_corrected(trial):
    """Its answer was lost on the way; the number it was sent under is gone."""
    saving = save_command(trial, "VS.SYSBP", "120")
    first = trial.do(trial.crc, capture.save_items, saving)
    op = new_id()
    assert correct(trial, "S-001", "S-010", op=op) == correct(trial, "S-001", "S-010", op=op)
    assert trial.do(trial.crc, capture.save_items, saving) == first
    assert [entry["kind"] for entry in trial.entries("S-010")].count("item.set") == 1
    with pytest.raises(NotFound):
        trial.do(trial.crc, capture.save_items, save_command(trial, "VS.SYSBP", "121"))
    with pytest.raises(OperationReplayed):
        trial.do(trial.pi, capture.save_items, saving)


@pytest.mark.parametrize("who", ["dm", "cra", "spo"])
def test_only_the_site_enrols(trial, who):
    with pytest.raises(NotAllowed):
        trial.add_subject("S-002", by=getattr(trial, who))


def test_a_coordinator_enrols_at_her_own_site_only(trial):
    command = subjects.AddSubject(
        study_id=trial.study_id, op=new_id(), subject_key="S-002", site_id=trial.sites["US-01"]
    )
    with pytest.raises(NotAllowed):
        trial.do(trial.crc, subjects.add_subject, command)
    with pytest.raises(NotFound):
        trial.act(trial.crc, subjects.add_subject, subjects.AddSubject, subject_key="S-2", site_id="nowhere")


def test_the_same_enrolment_again_is_the_same_subject(trial):
    command = subjects.AddSubject(
        study_id=trial.study_id, op="add-2", subject_key="S-002", site_id=trial.sites["KR-01"]
    )
    first = trial.do(trial.crc, subjects.add_subject, command)
    assert trial.do(trial.crc, subjects.add_subject, command) == first
    assert len(trial.entries("S-002")) == 1


def test_a_mistyped_number_is_corrected_and_both_stay_in_the_ledger(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    chain = trial.casebook("S-001").subject.subject_id
    correct(trial, "S-001", "S-100")
    book = trial.casebook("S-100")
    assert book.subject.subject_id == chain, "the same subject, with its data"
    assert len(book.items) == 1
    entry = trial.entries("S-100")[-1]
    assert entry["kind"] == "subject.key"
    assert entry["payload"] == {"old": "S-001", "new": "S-100"}
    assert entry["reason_text"] == SOME_REASON.text
    with pytest.raises(NotFound):
        trial.casebook("S-001")


def test_a_correction_needs_a_reason_a_right_and_a_free_number(trial):
    trial.add_subject("S-002")
    with pytest.raises(ReasonRequired):
        correct(trial, "S-001", "S-100", reason=NO_REASON)
    with pytest.raises(NotAllowed):
        correct(trial, "S-001", "S-100", by=trial.crc)
    with pytest.raises(AlreadyExists):
        correct(trial, "S-001", "S-002")
    with pytest.raises(WrongState):
        correct(trial, "S-001", "S-001")
    assert len(trial.entries("S-001")) == 1


def test_a_number_given_back_by_a_correction_may_be_used_again(trial):
    correct(trial, "S-001", "S-100")
    trial.add_subject("S-001")
    assert trial.casebook("S-001").subject.subject_id != trial.casebook("S-100").subject.subject_id


def test_an_investigator_abroad_does_not_learn_of_a_subject_here(trial):
    abroad = trial.person(Role.PI, "pi.jones", countries=("US",))
    with pytest.raises(NotFound):
        correct(trial, "S-001", "S-100", by=abroad)
