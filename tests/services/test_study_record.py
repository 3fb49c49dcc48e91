"""Forms of the study as a whole: a record with a chain of its own, in no list of subjects, for those who see every site."""

from dataclasses import replace

import pytest

from edc_core.domain import commands
from edc_core.domain.casebook import RECORD_KEY
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.permission import Role
from edc_core.domain.query import QueryAction
from edc_core.errors import BadRequest, NotAllowed, NotFound, WrongState
from edc_core.ledger.append import Reason
from edc_core.services import capture, correcting, queries, subject_casebook, subject_list, subjects
from edc_core.services.reading import look_at, look_at_subject
from edc_core.services.verifying import verify
from edc_core.services.work_queue import work_queue
from edc_core.store import readers
from tests.builders import Trial, a_study


@pytest.fixture
def trial(core):
    version = (
        a_study("WHOLE")
        .with_event("V1", "VS")
        .with_event("COH", "COHORT", repeating=True)
        .with_item("VS.PULSE")
        .with_item("COHORT.LEVEL")
        .with_site("KR-01")
        .with_site("US-01", "US", "America/New_York")
        .build()
    )
    events = tuple(replace(event, study_level=event.oid == "COH") for event in version.events)
    made = Trial(core, replace(version, events=events))
    made.add_subject("S-001")
    return made


def a_cohort(trial):
    trial.add_subject(RECORD_KEY, site="KR-01")
    trial.act(trial.cli, capture.add_event, capture.AddEvent, subject_key=RECORD_KEY, event_oid="COH")
    trial.save(RECORD_KEY, {trial.path("COHORT.LEVEL"): "0.3"}, by=trial.cli)


def test_a_record_takes_forms_of_the_study_by_the_same_paths_and_the_same_ledger(trial):
    a_cohort(trial)
    book = trial.casebook(RECORD_KEY)
    assert [str(path) for path in book.items] == ["COH[1]/COHORT[1]/COHORT[1]/COHORT.LEVEL"]
    assert [entry["kind"] for entry in trial.entries(RECORD_KEY)][:2] == ["subject.add", "event.add"]
    assert verify(trial.core, rebuild=True).ok
    assert trial.casebook(RECORD_KEY).subject.is_record


def test_it_is_in_no_list_of_subjects(trial):
    a_cohort(trial)
    with trial.core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        matrix = subject_list.matrix(picture, subject_list.Wanted())
        assert [line.subject_key for line in matrix.lines] == ["S-001"]
        assert [column.oid for column in matrix.columns] == ["V1"]
        assert readers.subject_keys(source.connection, trial.study_id, trial.sites.values()) == ("S-001",)


def test_its_casebook_shows_the_events_of_the_study_and_a_subjects_those_of_subjects(trial):
    a_cohort(trial)
    with trial.core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        shown = {
            key: [str(event.path) for event in subject_casebook.casebook(picture, key).events]
            for key in (RECORD_KEY, "S-001")
        }
    assert shown == {RECORD_KEY: ["COH[1]"], "S-001": ["V1[1]"]}


def test_only_those_who_see_every_site_see_it(trial):
    a_cohort(trial)
    of_site = trial.person(Role.CRC, "crc.site", site="KR-01")
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        assert look_at_subject(look_at(source, trial.dm, study), RECORD_KEY).is_record
        with pytest.raises(NotFound, match="There is no subject '@study'"):
            look_at_subject(look_at(source, of_site, study), RECORD_KEY)
    with pytest.raises(NotFound):
        trial.save(RECORD_KEY, {trial.path("COHORT.LEVEL"): "0.6"}, by=of_site)


def test_the_review_committee_enters_the_record_and_nothing_of_subjects(trial):
    committee = trial.person(Role.SRC, "src.cora")
    site_id = trial.sites["KR-01"]
    begin = {"subject_key": RECORD_KEY, "site_id": site_id}
    trial.act(committee, subjects.add_subject, subjects.AddSubject, **begin)
    trial.act(committee, capture.add_event, capture.AddEvent, subject_key=RECORD_KEY, event_oid="COH")
    trial.save(RECORD_KEY, {trial.path("COHORT.LEVEL"): "0.3"}, by=committee, complete=True)
    assert {entry["role"] for entry in trial.entries(RECORD_KEY)} == {"SRC"}
    with pytest.raises(NotAllowed, match="enter data"):
        trial.save("S-001", {"VS.PULSE": "60"}, by=committee)
    with pytest.raises(NotAllowed, match="add a subject"):
        trial.act(committee, subjects.add_subject, subjects.AddSubject, subject_key="S-2", site_id=site_id)


@pytest.mark.parametrize("role", [Role.CRC, Role.PI, Role.SUB, Role.DM, Role.SPO])
def test_who_enters_at_every_site_enters_nothing_in_the_record(trial, role):
    person = trial.person(role, "p.everywhere")
    with pytest.raises(NotAllowed, match="enter forms of the study"):
        trial.act(
            person, subjects.add_subject, subjects.AddSubject,
            subject_key=RECORD_KEY, site_id=trial.sites["KR-01"],
        )  # fmt: skip
    a_cohort(trial)
    with pytest.raises(NotAllowed, match="enter forms of the study"):
        trial.save(RECORD_KEY, {trial.path("COHORT.LEVEL"): "0.6"}, by=person)


def test_a_committee_for_some_sites_does_not_reach_the_record(trial):
    a_cohort(trial)
    with pytest.raises(NotFound):
        trial.save(
            RECORD_KEY, {trial.path("COHORT.LEVEL"): "0.6"}, by=trial.person(Role.SRC, "s", site="KR-01")
        )


def test_a_query_about_the_record_waits_for_the_committee_alone(trial):
    a_cohort(trial)
    committee = trial.person(Role.SRC, "src.cora")
    everywhere = trial.person(Role.CRC, "crc.everywhere")
    for key, item in ((RECORD_KEY, trial.path("COHORT.LEVEL")), ("S-001", trial.path("VS.PULSE"))):
        trial.save(key, {item: "0.3"}, by=trial.cli)
        trial.act(trial.dm, queries.open_query, queries.OpenQuery, subject_key=key, path=item, text="Why?")

    def waiting(person):
        with trial.core.read() as source:
            queue = work_queue(source, person, trial.core.clock.now())
        begun = {task.subject_key for task in queue.begun.tasks}
        return {task.subject_key for task in queue.to_answer.tasks}, begun

    assert waiting(committee) == ({RECORD_KEY}, {RECORD_KEY})
    assert waiting(everywhere) == ({"S-001"}, {"S-001"})
    (asked,) = trial.casebook(RECORD_KEY).queries.values()
    answer = {
        "subject_key": RECORD_KEY,
        "query_id": asked.query_id,
        "text": "Read again.",
        "base_version": asked.version,
    }
    with pytest.raises(NotAllowed):
        trial.act(everywhere, queries.act_on_query, queries.ActOnQuery, action=QueryAction.ANSWER, **answer)
    trial.act(committee, queries.act_on_query, queries.ActOnQuery, action=QueryAction.ANSWER, **answer)
    assert waiting(committee)[0] == set()


def test_forms_of_the_study_and_of_subjects_do_not_mix(trial):
    a_cohort(trial)
    with pytest.raises(WrongState, match="study as a whole, not to a subject"):
        trial.act(trial.cli, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="COH")
    with pytest.raises(WrongState, match="subjects, not to the study"):
        trial.save(RECORD_KEY, {trial.path("VS.PULSE"): "60"}, by=trial.cli)
    place = ItemPath(Step("COH", "1"), Step("COHORT", "1"), (Step("COHORT", "1"),), "COHORT.LEVEL")
    with pytest.raises((WrongState, NotFound, BadRequest)):
        trial.save("S-001", {place: "0.3"}, by=trial.cli)


def test_it_keeps_its_key_and_nobody_takes_it(trial):
    a_cohort(trial)
    for key, new in ((RECORD_KEY, "S-009"), ("S-001", RECORD_KEY)):
        with pytest.raises(WrongState, match="keeps its key"):
            trial.act(
                trial.cli,
                correcting.correct_subject_key,
                commands.CorrectSubjectKey,
                subject_key=key,
                new_key=new,
                reason=Reason("transcription", "Mistyped."),
            )


def test_a_study_without_forms_of_its_own_has_no_record(core):
    plain = Trial(
        core, a_study("PLAIN").with_event("V1", "VS").with_item("VS.PULSE").with_site("KR-01").build()
    )
    with pytest.raises(BadRequest, match="no forms of its own"):
        plain.add_subject(RECORD_KEY, site="KR-01")
