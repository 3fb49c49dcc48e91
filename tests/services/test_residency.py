"""Data that stay in their country: left out and counted, refused when asked for by name, in it with a legal basis."""

import json
from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.export_commands import RecordLegalBasis
from edc_core.domain.gate import Gate, GateEvent, Identifier
from edc_core.domain.translated_text import TranslatedText
from edc_core.errors import BadRequest, ExportRefused, NotAllowed, NotFound, UnsafeSettings
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, residency
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers
from tests.builders import Trial, vital_signs


@pytest.fixture
def core(core_url, clock):
    settings = Settings(database_url=core_url, kept_countries=frozenset({"KR", "CN"}))
    core = Core(settings, EdcPlugins(), clock)
    yield core
    core.close()


@pytest.fixture
def trial(core):
    """One subject in Korea, whose data stay, and two in the United States."""
    trial = Trial(core, vital_signs().build())
    for key, site in (("S-001", "KR-01"), ("S-002", "US-01"), ("S-003", "US-01")):
        trial.add_subject(key, site=site)
        trial.save(key, {"DM.SEX": "F"}, by=trial.cli)
    return trial


def export(trial, folder, **options):
    asked = {"format": "csv", "unlocked": True} | options
    command = exporting.RequestExport(study_id=trial.study_id, op=new_id(), choice=ExportChoice(**asked))
    return exporting.export(trial.core, trial.dm, command, folder).manifest


def record(trial, basis="Consent form 2.0, section 7", country="KR", by=None):
    return trial.act(by or trial.dm, residency.record, RecordLegalBasis, country=country, basis=basis)


def test_data_that_stay_are_left_out_and_counted(trial, tmp_path):
    made = export(trial, tmp_path / "out")
    assert made["left_out"] == {"subjects whose data stay in KR": 1}
    assert (made["counts"]["subjects"], made["data_stay_in"]) == (2, ["KR"])
    for file in (tmp_path / "out").iterdir():
        if file.suffix == ".csv":
            assert "S-001" not in file.read_text(), file.name


def test_what_is_asked_for_by_name_is_refused(trial, tmp_path):
    for part in ({"sites": ("KR-01",)}, {"countries": ("KR",)}, {"sites": ("KR-01", "US-01")}):
        with pytest.raises(ExportRefused, match="Data of sites in KR stay there"):
            export(trial, tmp_path / "out", **part)
    with pytest.raises(ExportRefused, match="'audit-trail' holds those of every site"):
        export(trial, tmp_path / "out", format="audit-trail")
    assert not (tmp_path / "out").exists()
    assert export(trial, tmp_path / "here", sites=("US-01",))["counts"]["subjects"] == 2
    made = export(trial, tmp_path / "one", subjects=("S-001", "S-002"))
    assert made["left_out"] == {"subjects whose data stay in KR": 1, "subjects not asked for": 1}


def test_with_a_legal_basis_they_are_in_it_until_it_ends(trial, tmp_path):
    cut = export(trial, tmp_path / "without")["cut"]
    record(trial)
    made = export(trial, tmp_path / "with")
    assert (made["counts"]["subjects"], "data_stay_in" in made) == (3, False)
    assert export(trial, tmp_path / "earlier", snapshot=cut)["counts"]["subjects"] == 3
    record(trial, "")
    assert export(trial, tmp_path / "after")["counts"]["subjects"] == 2
    said = [entry["payload"] for entry in trial.entries() if entry["kind"] == "study.residency"]
    assert said == [
        {"country": "KR", "basis": "Consent form 2.0, section 7"}, {"country": "KR", "basis": ""},
    ]  # fmt: skip
    assert verify(trial.core).ok


def test_an_increment_leaves_them_out_too(trial, tmp_path):
    cut = export(trial, tmp_path / "base")["cut"]
    trial.save("S-001", {"DM.AGE": "44"}, by=trial.cli)
    trial.save("S-002", {"DM.AGE": "55"}, by=trial.cli)
    export(trial, tmp_path / "since", since=cut)
    changed = (tmp_path / "since" / "changes.csv").read_text()
    assert "S-002" in changed
    assert "S-001" not in changed


def test_who_records_and_what(trial):
    with pytest.raises(NotAllowed):
        record(trial, by=trial.crc)
    with pytest.raises(NotFound, match="no site in 'CN'"):
        record(trial, country="CN")
    for basis in ("", "  ", "x" * 2001):
        with pytest.raises(BadRequest):
            record(trial, basis)


def test_what_stands_is_told_to_who_exports(trial):
    record(trial)
    with trial.core.read() as source:
        row = readers.study_by_id(source.connection, trial.study_id)
    stand = CoreStudyAccess(trial.core, trial.spo, row, "exports").residency()
    (basis,) = stand.bases
    assert (stand.kept, dict(stand.gated)) == ({"KR", "CN"}, {})
    assert (basis.country, basis.login) == ("KR", trial.dm.name)
    with pytest.raises(NotAllowed):
        CoreStudyAccess(trial.core, trial.crc, row, "exports").residency()


def test_the_setting_names_countries():
    assert Settings.from_env({"EDC_KEPT_COUNTRIES": "KR, CN"}).kept_countries == {"KR", "CN"}
    for wrong in ("kr", "Korea", "KR;CN"):
        with pytest.raises(UnsafeSettings, match="EDC_KEPT_COUNTRIES"):
            Settings.from_env({"EDC_KEPT_COUNTRIES": wrong})


def test_where_nothing_stays_nothing_is_said(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url), EdcPlugins(), clock)
    try:
        trial = Trial(core, vital_signs().build())
        trial.add_subject()
        export(trial, tmp_path / "out")
        assert "data_stay_in" not in json.loads((tmp_path / "out" / "manifest.json").read_text())
    finally:
        core.close()


def test_a_legal_basis_of_the_study_does_not_stand_for_the_consent_of_a_subject(core_url, clock, tmp_path):
    """KR-B3 and CN-B3: data leave with the consent that the standard names alone."""
    gate = Gate(
        "KR-B3",
        GateEvent.EXPORT,
        TranslatedText.of("No transfer without consent"),
        item="DM.SEX",
        countries=("KR",),
    )
    core = Core(Settings(database_url=core_url), EdcPlugins(), clock)
    try:
        trial = Trial(core, replace(vital_signs().build(), gates=(gate,)))
        for key in ("S-001", "S-002"):
            trial.add_subject(key)
            trial.save(key, {"VS.SYSBP": "120"})
        trial.save("S-001", {"DM.SEX": "F"})
        made = export(trial, tmp_path / "consented", forms=("VS",))
        assert (made["counts"]["subjects"], made["left_out"]) == (
            1, {"forms not asked for": 1, "subjects whose data stay in KR (KR-B3)": 1},
        )  # fmt: skip
        record(trial)
        assert export(trial, tmp_path / "all")["counts"]["subjects"] == 1
        trial.save("S-002", {"DM.SEX": "M"})
        assert export(trial, tmp_path / "now")["counts"]["subjects"] == 2
        with core.read() as source:
            row = readers.study_by_id(source.connection, trial.study_id)
        stand = CoreStudyAccess(core, trial.spo, row, "exports").residency()
        assert stand.gated == {"KR": "KR-B3: No transfer without consent"}
    finally:
        core.close()


def test_a_legal_basis_stands_for_a_number_that_the_study_needs(core_url, clock, tmp_path):
    number = Identifier("cn-security", TranslatedText.of("Security assessment"), r"\d+", "country", "1")
    gate = Gate(
        "CN-B2", GateEvent.EXPORT, TranslatedText.of("No data abroad"), needs=(number,), countries=("KR",)
    )
    core = Core(Settings(database_url=core_url), EdcPlugins(), clock)
    try:
        trial = Trial(core, replace(vital_signs().build(), gates=(gate,)))
        trial.add_subject()
        trial.save("S-001", {"VS.SYSBP": "120"})
        assert "subjects" not in export(trial, tmp_path / "before")["counts"]
        record(trial)
        assert export(trial, tmp_path / "after")["counts"]["subjects"] == 1
    finally:
        core.close()
