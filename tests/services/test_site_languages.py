"""In which language texts are read at a site, and in which those are written that stay."""

from dataclasses import replace

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Role
from edc_core.errors import ValueRefused
from edc_core.services.query_list import thread
from edc_core.services.reading import look_at
from edc_core.services.subject_casebook import casebook
from edc_core.services.subject_list import Wanted, matrix
from edc_core.services.verifying import verify
from edc_core.store import readers
from edc_core.testing.trial import Trial

STUDY = """\
oid: LANGUAGES
version: {oid: "1"}
languages: [en, ko, de]
sites:
  - {number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul, languages: [ko, en]}
  - {number: DE-01, name: Ulm, country: DE, zone: Europe/Berlin, languages: de}
  - {number: US-01, name: Boston, country: US, zone: America/New_York}
events:
  - {oid: V1, title: {en: Screening, ko: 스크리닝, de: Voruntersuchung}, forms: [VS]}
forms:
  - oid: VS
    title: {en: Vital signs, ko: 활력징후, de: Vitalzeichen}
    items:
      - name: SYSBP
        question: {en: Systolic, ko: 수축기, de: Systolisch}
        type: integer
        range:
          - {le: 200, message: {en: Above 200. Please check., ko: 200을 초과합니다., de: "Über 200. Bitte prüfen."}}
          - {le: 400, hard: true, message: {en: Above 400., ko: 400을 초과합니다., de: Über 400.}}
      - name: PULSE
        question: {en: Pulse, ko: 맥박, de: Puls}
        type: integer
        range: [{le: 150, message: {en: Above 150. Please check.}}]
"""


@pytest.fixture
def study_file(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(STUDY, encoding="utf-8")
    return file


@pytest.fixture
def trial(core, study_file):
    trial = Trial(core, load(study_file).required(), environment="dev")
    for site in ("KR-01", "DE-01", "US-01"):
        trial.add_subject(f"S-{site}", site=site)
    return trial


@pytest.mark.parametrize(
    ("site", "wanted", "language"),
    [
        ("KR-01", "", "ko"),
        ("KR-01", "ko", "ko"),
        ("KR-01", "en", "en"),
        ("KR-01", "en-GB", "en"),
        ("KR-01", "de", "ko"),  # the study has it, the site has not
        ("DE-01", "en", "de"),
        ("US-01", "", "en"),
        ("US-01", "de", "de"),
        ("US-01", "fr", "en"),
        ("none", "ko", "ko"),
    ],
)
def test_the_wanted_language_where_the_site_has_it_else_its_first(study_file, site, wanted, language):
    assert load(study_file).required().language_at(site, wanted) == language


def read_as(trial, language, service, *args):
    person = replace(trial.dm, language=language)
    with trial.core.read() as source:
        return service(look_at(source, person, readers.study_by_id(source.connection, trial.study_id)), *args)


@pytest.mark.parametrize(
    ("site", "language", "visit", "form"),
    [
        ("KR-01", "ko", "스크리닝", "활력징후"),
        ("KR-01", "en", "Screening", "Vital signs"),
        ("KR-01", "de", "스크리닝", "활력징후"),
        ("DE-01", "en", "Voruntersuchung", "Vitalzeichen"),
        ("US-01", "de", "Voruntersuchung", "Vitalzeichen"),
    ],
)
def test_a_casebook_is_read_in_a_language_of_its_site(trial, site, language, visit, form):
    (event,) = read_as(trial, language, casebook, f"S-{site}").events
    assert (event.title, event.forms[0].title) == (visit, form)


def test_a_list_over_several_sites_is_read_in_the_language_of_the_person(trial):
    def heading(language, person=None):
        return read_as(trial, language, matrix, Wanted()).columns[0].title

    assert [heading(language) for language in ("de", "ko", "fr")] == [
        "Voruntersuchung",
        "스크리닝",
        "Screening",
    ]


def test_a_list_of_one_site_is_read_in_a_language_of_that_site(trial):
    person = replace(trial.person(Role.CRC, "crc.ulm", site="DE-01"), language="en")
    with trial.core.read() as source:
        picture = look_at(source, person, readers.study_by_id(source.connection, trial.study_id))
        assert matrix(picture, Wanted()).columns[0].title == "Voruntersuchung"


@pytest.mark.parametrize("language", ["en", "ko", "de"])
@pytest.mark.parametrize(
    ("site", "text", "tag"),
    [
        ("KR-01", "200을 초과합니다.", "ko"),
        ("DE-01", "Über 200. Bitte prüfen.", "de"),
        ("US-01", "Above 200. Please check.", "en"),
    ],
)
def test_a_query_is_written_in_the_language_of_the_site_whoever_saves_and_the_ledger_says_in_which(
    trial, site, text, tag, language
):
    trial.save(f"S-{site}", {"VS.SYSBP": "210"}, complete=True, by=replace(trial.cli, language=language))
    (entry,) = [e for e in trial.entries(f"S-{site}") if e["kind"] == EntryKind.QUERY_OPEN]
    assert (entry["payload"]["text"], entry["payload"]["language"]) == (text, tag)
    assert verify(trial.core, rebuild=True).ok


def test_a_text_that_was_not_translated_says_the_language_it_is_in(trial):
    trial.save("S-DE-01", {"VS.PULSE": "160"}, complete=True, by=trial.cli)
    (entry,) = [e for e in trial.entries("S-DE-01") if e["kind"] == EntryKind.QUERY_OPEN]
    assert (entry["payload"]["text"], entry["payload"]["language"]) == ("Above 150. Please check.", "en")


def test_a_query_names_its_item_in_the_language_of_the_reader_at_that_site(trial):
    trial.save("S-KR-01", {"VS.SYSBP": "210"}, complete=True, by=trial.cli)
    (query,) = trial.casebook("S-KR-01").queries.values()
    now = trial.core.clock.now()
    assert read_as(trial, "en", thread, query.query_id, now).where.item == "Systolic"
    assert read_as(trial, "de", thread, query.query_id, now).where.item == "수축기"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Above 400."), ("ko", "400을 초과합니다."), ("de", "400을 초과합니다.")]
)
def test_what_refuses_a_value_says_so_in_the_language_of_the_person(trial, language, said):
    with pytest.raises(ValueRefused) as refused:
        trial.save("S-KR-01", {"VS.SYSBP": "500"}, by=replace(trial.cli, language=language))
    assert refused.value.message.endswith(said) or said in refused.value.message


def test_a_site_reads_languages_of_the_study_only(study_file):
    study_file.write_text(STUDY.replace("languages: de}", "languages: [de, fr]}"), encoding="utf-8")
    (finding,) = [one for one in load(study_file).findings if one.severity == "error"]
    assert (finding.code, finding.message) == (
        "E228", "Site DE-01 reads 'fr', which is none of the study's languages."
    )  # fmt: skip
