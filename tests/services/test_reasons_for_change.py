"""A study's own list of reasons for a change: what is taken, what is refused, what old versions' codes say (REQ-AUD-03)."""

from dataclasses import replace

import pytest

from edc_core.domain import commands
from edc_core.domain.commands import Reason
from edc_core.domain.metadata import Policy, ReasonForChange, TranslatedText
from edc_core.errors import BadRequest, ReasonRequired
from edc_core.services import capture
from edc_core.services.history import TrailFilter, history
from edc_core.services.reading import look_at, look_at_subject
from edc_core.store import readers
from tests.builders import Trial, vital_signs

LAB = ReasonForChange("lab_error", TranslatedText((("en", "Wrong sample"), ("ko", "검체 오류"))))
OTHER = ReasonForChange("other", TranslatedText((("en", "Other"), ("ko", "기타"))))
SITE_FILE = ReasonForChange("file_note", TranslatedText.of("Note to file", "en"))


@pytest.fixture(params=["dev", "uat", "live"])
def trial(core, request):
    version = vital_signs("REASONS").with_policy(Policy(reasons=(LAB, OTHER))).build()
    trial = Trial(core, version, environment=request.param)
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.complete("S-001", "VS")
    return trial


def told(trial):
    """Code, words and the sentence of the reason of the newest entry."""
    with trial.core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        subject = look_at_subject(picture, "S-001")
        said = history(picture, subject.subject_id, TrailFilter(), site_id=subject.site_id).happenings[0]
    entry = trial.entries("S-001")[-1]
    return entry["reason_code"], entry["reason_text"], said.reason


def test_a_code_of_the_list_is_kept_and_told_in_its_words(trial):
    trial.save("S-001", {"VS.SYSBP": "121"}, reason=Reason("lab_error"))
    assert told(trial) == ("lab_error", "", "Wrong sample.")
    trial.save("S-001", {"VS.SYSBP": "122"}, reason=Reason("other", "The diary says so"))
    assert told(trial) == ("other", "The diary says so", "Other: The diary says so.")


@pytest.mark.parametrize("code", ["transcription", "LAB_ERROR", "lab_error ", "import"])
def test_a_code_that_is_not_in_the_list_stores_nothing(trial, code):
    before = trial.entries("S-001")
    with pytest.raises(BadRequest, match="lab_error, other"):
        trial.save("S-001", {"VS.SYSBP": "121"}, reason=Reason(code, "and words"))
    assert trial.entries("S-001") == before


def test_other_without_words_and_blanks_are_refused_as_ever(trial):
    for nothing in (Reason("other"), Reason("other", "  "), Reason()):
        with pytest.raises(ReasonRequired):
            trial.save("S-001", {"VS.SYSBP": "121"}, reason=nothing)
    trial.save("S-001", {"VS.SYSBP": "121"}, reason=Reason(text="Free words need no code"))


def test_every_step_on_a_form_knows_the_list_and_one_not_done_its_missing_reasons(trial):
    form = {"subject_key": "S-001", "form": trial.form("VS")}
    with pytest.raises(BadRequest):
        trial.act(trial.pi, capture.reopen_form, commands.ReopenForm, reason=Reason("transcription"), **form)
    trial.act(trial.pi, capture.reopen_form, commands.ReopenForm, reason=Reason("lab_error"), **form)
    where = {"subject_key": "S-001", "form": trial.form("AE")}
    trial.act(trial.crc, capture.mark_not_done, commands.MarkNotDone, reason=Reason("ND"), **where)
    assert trial.entries("S-001")[-1]["reason_code"] == "ND"


def test_the_codes_of_an_older_version_are_told_in_its_words(trial):
    trial.save("S-001", {"VS.SYSBP": "121"}, reason=Reason("lab_error"))
    trial.publish(replace(trial.index.version, oid="2", policy=Policy(reasons=(SITE_FILE,))))
    assert told(trial) == ("lab_error", "", "Wrong sample.")
    trial.save("S-001", {"VS.SYSBP": "122"}, reason=Reason("lab_error"))  # the form keeps its version
    with pytest.raises(BadRequest, match="lab_error, other"):
        trial.save("S-001", {"VS.SYSBP": "123"}, reason=Reason("file_note"))
    trial.add_subject("S-002")
    trial.save("S-002", {"VS.SYSBP": "120"}, complete=True)
    trial.save("S-002", {"VS.SYSBP": "121"}, reason=Reason("file_note"))
    assert trial.entries("S-002")[-1]["reason_code"] == "file_note"
