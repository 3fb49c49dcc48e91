"""The forms of the study as a whole on their pages: a button in the list of subjects, for those who see every site."""

import dataclasses

import pytest

from edc_core.domain.casebook import RECORD_KEY
from edc_core.domain.metadata import FormRef, StudyEventDef, TranslatedText
from edc_core.ids import new_id
from edc_core.services import capture, subjects
from edc_core.store import readers
from tests.rendering.vital_signs import version
from tests.web.trial import CLI, STUDY, limited, make_core

LIST = f"/s/{STUDY}/subjects"
BOOK = f"{LIST}/{RECORD_KEY}"


@pytest.fixture
def core(tmp_path):
    definition = limited(version())
    form = definition.events[0].form_refs[0].form_oid
    cohort = StudyEventDef(
        "COH",
        "COH",
        True,
        form_refs=(FormRef(form),),
        title=TranslatedText.of("Dose cohort"),
        study_level=True,
    )
    core = make_core(tmp_path, dataclasses.replace(definition, events=(*definition.events, cohort)))
    yield core
    core.close()


def begin(core):
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        site = next(iter(readers.sites(source.connection, study.study_id)))
    with core.write(CLI) as uow:
        subjects.add_subject(
            uow,
            subjects.AddSubject(study_id=study.study_id, op=new_id(), subject_key=RECORD_KEY, site_id=site),
        )
    with core.write(CLI) as uow:
        capture.add_event(
            uow,
            capture.AddEvent(study_id=study.study_id, op=new_id(), subject_key=RECORD_KEY, event_oid="COH"),
        )


def test_who_sees_every_site_finds_them_and_who_sees_one_does_not(core, client_as):
    manager, coordinator = client_as("dana@sponsor.example"), client_as()
    assert "orms of the study" not in manager.get(LIST).text, (
        "a data manager enters nothing, so begins nothing"
    )
    begin(core)
    assert "Forms of the study</a>" in manager.get(LIST).text
    assert "%2540study" in manager.get(LIST).text
    page = manager.get(BOOK)
    assert '<h1 id="who">Forms of the study</h1>' in page.text
    assert "Dose cohort" in page.text
    assert "%2540study" not in coordinator.get(LIST).text
    assert coordinator.get(BOOK).status_code == 404


def test_visits_of_subjects_and_of_the_study_stand_apart(core, client_as):
    begin(core)
    manager = client_as("dana@sponsor.example")
    assert "Dose cohort" not in manager.get(f"{LIST}/KR01-0001").text
    assert "Dose cohort" not in manager.get(LIST).text


def test_its_queries_wait_in_the_lists_of_who_sees_every_site(core, client_as):
    begin(core)
    manager, coordinator = client_as("dana@sponsor.example"), client_as()
    form = "COH[1]/" + str(limited(version()).events[0].form_refs[0].form_oid) + "[1]"
    asked = manager.post(
        f"{BOOK}/ask/{form}",
        data={"op": new_id(), "text": "Who was at the meeting?"},
        headers={"HX-Request": "true"},
    )
    assert asked.status_code == 200
    page = manager.get(f"/s/{STUDY}/queries").text
    assert "Forms of the study</a>" in page
    assert "Who was at the meeting?" in page
    assert "Who was at the meeting?" in manager.get(f"{BOOK}/queries").text
    assert "Who was at the meeting?" not in coordinator.get(f"/s/{STUDY}/queries").text
    assert "Who was at the meeting?" not in coordinator.get("/").text
