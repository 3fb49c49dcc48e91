"""A version is released for live on the report of its acceptance testing, and on no other one (REQ-BLD-01)."""

from dataclasses import replace

import pytest

from edc_core.domain import metadata_json
from edc_core.domain.commands import AddNote, Reason
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.version_release import ReleaseStep
from edc_core.errors import ReasonRequired, WrongState
from edc_core.ids import new_id
from edc_core.services import noting, releasing, studies
from edc_core.services.history import history
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import readers
from edc_core.store.listing_queries import TrailFilter
from edc_core.testing import Trial
from tests.builders import vital_signs

REPORT, ANOTHER = "ab" * 32, "cd" * 32
VERSION = vital_signs().build()


@pytest.fixture
def approved(core):
    """A live study that lacks the release alone, and its uat environment beside it."""
    trial = Trial(core, VERSION, released=False)
    trial.sign(trial.med, ReleaseStep.MEDICAL)
    trial.sign(trial.spo, ReleaseStep.SPONSOR)
    return trial


@pytest.fixture
def uat(approved):
    return publish(approved, VERSION)


def publish(trial, version):
    command = studies.Publish(study_id="", op=new_id(), environment="uat", version=version)
    return trial.do(trial.cli, studies.publish, command)["study_id"]


def note_report(trial, study_id, version=VERSION, sha256=REPORT, topic="uat.report", **counts):
    content = {
        "meta_data_version": version.oid,
        "definition_sha256": metadata_json.sha256(version),
        "report_sha256": sha256,
    } | ({"passed": 4, "failed": 0, "untested": 0} | counts)  # fmt: skip
    note = AddNote(study_id=study_id, op=new_id(), topic=topic, name="report", content=content, shared=True)
    trial.do(trial.cli, noting.add_note, note)


def release(trial, reason="", step=ReleaseStep.RELEASE, **fields):
    said = {
        "meta_data_version": VERSION.oid, "sha256": metadata_json.sha256(VERSION), "component": "password",
        "step": step, "reason": Reason(text=reason),
    }  # fmt: skip
    who = trial.med if step is ReleaseStep.MEDICAL else trial.dm
    return trial.act(who, releasing.release_study, releasing.ReleaseStudy, **(said | fields))


def released(trial):
    return [entry for entry in trial.entries() if entry["kind"] == "study.release"]


def test_the_release_names_the_report_its_version_and_what_it_comes_to(approved, uat):
    note_report(approved, uat)
    release(approved, report_sha256=REPORT)
    [entry] = released(approved)
    told = entry["payload"]["acceptance"]
    assert told == {
        "study": "TRIAL-1@uat", "entry": told["entry"], "meta_data_version": "1",
        "definition_sha256": entry["payload"]["sha256"], "report_sha256": REPORT,
        "passed": 4, "failed": 0, "untested": 0,
    }  # fmt: skip
    assert entry["reason_text"] == ""
    with approved.core.read() as source:
        picture = look_at(source, approved.dm, readers.study_by_id(source.connection, approved.study_id))
        told = [one.text for one in history(picture, STUDY_CHAIN, TrailFilter(), limit=20).happenings]
    assert f"released version 1 for live, on report {REPORT[:12]} of acceptance testing." in told
    assert verify(approved.core, rebuild=True).ok


@pytest.mark.parametrize(
    ("counts", "left"),
    [
        ({"failed": 2}, "2 scripts failed and 0 were not tried"),
        ({"untested": 3}, "0 scripts failed and 3 were"),
    ],
)
def test_with_scripts_that_failed_or_were_not_tried_it_takes_a_reason_which_is_kept(
    approved, uat, counts, left
):
    note_report(approved, uat, **counts)
    with pytest.raises(ReasonRequired, match=left):
        release(approved)
    assert released(approved) == []
    release(approved, reason="They are about a form that opens next year.")
    [entry] = released(approved)
    assert entry["reason_text"] == "They are about a form that opens next year."
    assert entry["payload"]["acceptance"]["report_sha256"] == REPORT


def test_without_a_report_it_takes_a_reason_and_says_so(approved):
    with pytest.raises(ReasonRequired, match="no report of acceptance testing was recorded in uat"):
        release(approved)
    release(approved, reason="Tested on another installation; its report is filed.")
    [entry] = released(approved)
    assert entry["payload"]["acceptance"] is None


def test_a_report_of_another_version_is_refused_whatever_the_reason_and_both_are_named(approved, uat):
    another = replace(VERSION, oid="2")
    publish(approved, another)
    note_report(approved, uat)
    note_report(approved, uat, another, ANOTHER)
    with pytest.raises(WrongState) as refused:
        release(approved, reason="It is nearly the same.")
    for words in (
        "of version 2",
        metadata_json.sha256(another),
        "is version 1",
        metadata_json.sha256(VERSION),
    ):
        assert words in refused.value.message
    assert released(approved) == []


def test_a_report_that_came_after_the_one_that_was_read_is_not_passed_over(approved, uat):
    note_report(approved, uat)
    note_report(approved, uat, sha256=ANOTHER)
    with pytest.raises(WrongState, match=f"{ANOTHER}, and not {REPORT}"):
        release(approved, report_sha256=REPORT)
    release(approved, report_sha256=ANOTHER)


def test_reports_of_dev_of_another_study_and_other_notes_do_not_count(approved, uat):
    note_report(approved, uat, topic="audit-review.uat.report")
    command = studies.Publish(study_id="", op=new_id(), environment="dev", version=VERSION)
    note_report(approved, approved.do(approved.cli, studies.publish, command)["study_id"])
    note_report(approved, publish(approved, vital_signs("TRIAL-2").build()))
    with pytest.raises(ReasonRequired, match="no report"):
        release(approved)


def test_an_approval_names_the_report_of_the_version_and_needs_no_reason(core):
    trial = Trial(core, VERSION, released=False)
    note_report(trial, publish(trial, VERSION), failed=1)
    release(trial, step=ReleaseStep.MEDICAL)
    [entry] = [entry for entry in trial.entries() if entry["kind"] == "study.approve"]
    assert entry["payload"]["acceptance"]["report_sha256"] == REPORT


def test_the_person_who_gave_an_approval_may_release_and_stands_there_as_both(approved, uat):
    """Two persons decide; the release carries their decision out and is no third opinion."""
    note_report(approved, uat)
    approved.act(
        approved.spo, releasing.release_study, releasing.ReleaseStudy,
        meta_data_version=VERSION.oid, sha256=metadata_json.sha256(VERSION), component="password",
    )  # fmt: skip
    signed = [
        (e["kind"], e["actor"]) for e in approved.entries() if e["kind"] in ("study.approve", "study.release")
    ]
    assert signed == [
        ("study.approve", approved.med.name),
        ("study.approve", approved.spo.name),
        ("study.release", approved.spo.name),
    ]
