"""Data that stay in their country: left out and counted, refused when asked for by name, in it with a legal basis."""

import json
from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.export_commands import RecordLegalBasis
from edc_core.domain.gate import Gate, GateEvent, Identifier
from edc_core.domain.translated_text import TranslatedText
from edc_core.errors import BadRequest, EntryClosed, ExportRefused, NotAllowed, NotFound, UnsafeSettings
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, residency
from edc_core.services.reading import look_at
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
    assert (made["counts"]["subjects"], made["data_stay_in"], made["subjects_that_stay"]) == (2, ["KR"], 1)
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
    assert (made["counts"]["subjects"], "data_stay_in" in made, "subjects_that_stay" in made) == (
        3,
        False,
        False,
    )
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


def opened(core_url, clock, gates=(), **settings):
    """A trial with a subject in Korea and one in the United States, on an installation of its own."""
    core = Core(Settings(database_url=core_url, **settings), EdcPlugins(), clock)
    return Trial(core, replace(vital_signs().build(), gates=tuple(gates)))


def region_gate(*regions, country="KR", item=""):
    """What keeps data in a country, and in those that it names with their last days."""
    return Gate(
        "PRV-08", GateEvent.EXPORT, TranslatedText.of("Data lie there."), countries=(country,), regions=regions, item=item
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stands", "gate"),
    [
        ({"US"}, region_gate(("DE", ""))),
        ({"DE"}, region_gate(("DE", "2025-12-31"))),  # the decision has ended
        ({"DE", "US"}, region_gate(("DE", ""))),  # a copy of it stands abroad
        ({"US"}, region_gate(item="DM.SEX")),  # it would be abroad before anybody consents
    ],
)
def test_no_subject_is_added_whose_data_may_not_lie_where_the_database_stands(core_url, clock, stands, gate):
    """REQ-PRV-08: at sites of that country, until a legal basis is on record."""
    trial = opened(core_url, clock, [gate], data_countries=frozenset(stands))
    try:
        with pytest.raises(
            EntryClosed, match=r"Site KR-01 takes no subject yet: .* may not lie in \w\w \(PRV-08\)"
        ):
            trial.add_subject("S-001", site="KR-01")
        trial.add_subject("S-002", site="US-01")
        with trial.core.read() as source:
            row = readers.study_by_id(source.connection, trial.study_id)
        stand = CoreStudyAccess(trial.core, trial.dm, row, "exports").residency()
        assert {one.rule for one in stand.abroad["KR"]} == {"PRV-08"}
        assert (stand.stands, stand.abroad["US"]) == (stands, ())
        assert ("KR", "") in stand.regions["KR"]
        assert "US" not in stand.regions
        record(trial)
        trial.add_subject("S-001", site="KR-01")
        record(trial, "")
        with pytest.raises(EntryClosed):
            trial.add_subject("S-003", site="KR-01")
        trial.save("S-001", {"DM.SEX": "F"})  # who is in the study stays in it
    finally:
        trial.core.close()


@pytest.mark.parametrize("stands", [set(), {"KR"}, {"DE", "KR"}])
def test_where_they_may_lie_or_nobody_has_said_subjects_are_added(core_url, clock, stands):
    trial = opened(core_url, clock, [region_gate(("DE", ""))], data_countries=frozenset(stands))
    try:
        trial.add_subject("S-001", site="KR-01")
    finally:
        trial.core.close()


def test_a_country_that_keeps_its_data_is_judged_too(core_url, clock):
    trial = opened(core_url, clock, data_countries=frozenset({"US"}), kept_countries=frozenset({"KR"}))
    try:
        with pytest.raises(EntryClosed, match="EDC_KEPT_COUNTRIES"):
            trial.add_subject("S-001", site="KR-01")
        trial.add_subject("S-002", site="US-01")
    finally:
        trial.core.close()


def test_an_export_goes_where_data_may_lie_without_more(core_url, clock, tmp_path):
    trial = opened(core_url, clock, [region_gate(("DE", ""), ("GB", "2025-12-31"))])
    try:
        trial.add_subject("S-001", site="KR-01")
        trial.save("S-001", {"DM.SEX": "F"})
        for place, held in (("DE", 1), ("KR", 1), ("GB", 0), ("US", 0), ("", 0)):
            made = export(trial, tmp_path / f"to{place}", destination=place)
            assert made["counts"].get("subjects", 0) == held, place
            assert made.get("destination", "") == place
            assert ("subjects whose data stay in KR (PRV-08)" in made["left_out"]) is not held
        record(trial)
        assert export(trial, tmp_path / "based", destination="US")["counts"]["subjects"] == 1
        for wrong in ("Germany", "de", "D"):
            with pytest.raises(ExportRefused, match="two capitals"):
                export(trial, tmp_path / "wrong", destination=wrong)
        said = [one["payload"] for one in trial.entries() if one["kind"] == "export.request"]
        assert [one.get("destination") for one in said[:3]] == ["DE", "KR", "GB"]
    finally:
        trial.core.close()


def test_a_country_that_keeps_its_data_gets_them(trial, tmp_path):
    made = export(trial, tmp_path / "home", destination="KR")
    assert (made["counts"]["subjects"], made["left_out"]) == (3, {})
    assert export(trial, tmp_path / "trail", format="audit-trail", destination="KR")["files"]


def test_the_trail_goes_nowhere_while_a_subject_stays(core_url, clock, tmp_path):
    """It holds every subject's entries and cannot be narrowed, so a consent that is missing keeps all of it in."""
    trial = opened(core_url, clock, [region_gate(item="DM.SEX")])
    try:
        trial.add_subject("S-001", site="KR-01")
        trial.save("S-001", {"VS.SYSBP": "120"})
        with pytest.raises(ExportRefused, match=r"stay in KR \(PRV-08\): 1"):
            export(trial, tmp_path / "out", format="audit-trail")
        assert not (tmp_path / "out").exists()
        assert export(trial, tmp_path / "home", format="audit-trail", destination="KR")["files"]
        trial.save("S-001", {"DM.SEX": "F"})
        assert export(trial, tmp_path / "consented", format="audit-trail")["files"]
    finally:
        trial.core.close()


def test_the_settings_name_countries():
    where = Settings.from_env({"EDC_DATA_COUNTRIES": "DE, IE"})
    assert where.hosting.stands == {"DE", "IE"}
    with pytest.raises(UnsafeSettings, match="EDC_DATA_COUNTRIES is like"):
        Settings.from_env({"EDC_DATA_COUNTRIES": "Ireland"})
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


def test_a_file_of_a_page_holds_data_that_stay_until_every_subject_has_consented(core_url, clock):
    trial = opened(core_url, clock, [region_gate(("DE", ""), item="DM.SEX")])

    def stays(by, to):
        with trial.core.read() as source:
            row = readers.study_by_id(source.connection, trial.study_id)
            picture = look_at(source, by, row)
            return residency.staying(picture, trial.core.settings.hosting, "2026-03-02", to)

    try:
        for key in ("S-001", "S-002"):
            trial.add_subject(key, site="KR-01")
            trial.save(key, {"VS.SYSBP": "120"})
        trial.save("S-001", {"DM.SEX": "F"})
        assert [stays(trial.dm, to) for to in ("", "US", "DE", "KR")] == [("KR",), ("KR",), (), ()]
        assert stays(trial.crc, "") == (), "a person of the site"
        record(trial)
        assert stays(trial.dm, "US") == ("KR",), "a legal basis does not stand for the consent"
        trial.save("S-002", {"DM.SEX": "M"})
        assert stays(trial.dm, "US") == ()
    finally:
        trial.core.close()
