"""No identifier of a person leaves in an export: REQ-EXP-07."""

import json
from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain.commands import MoveSubject
from edc_core.domain.dataset import Exporter
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.scanner import OnHit, Scanner
from edc_core.domain.translated_text import TranslatedText
from edc_core.errors import ExportRefused
from edc_core.hookspecs import hookimpl
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import correcting, exporting
from edc_core.settings import Settings
from tests.builders import SOME_REASON, Trial, vital_signs

WORDS = TranslatedText.of("Write it without.", "en")
NUMBER = "900101-1234567"


class Own:
    """Scanners for numbers of Koreans at Korean sites, and for words that are like a name; a format that reads no data."""

    @hookimpl
    def edc_register_scanners(self):
        return [
            Scanner("national", r"\d{6}-\d{7}", WORDS, countries=("KR",)),
            Scanner("person", r"Mrs [A-Z][a-z]+", WORDS, on_hit=OnHit.ASK),
        ]

    @hookimpl
    def edc_register_exporters(self):
        def write(dataset, sink):
            with sink.open("one.txt") as file:
                file.write(dataset.study_oid.encode())

        return [Exporter("name-alone", "Name", write)]


own = Own()


@pytest.fixture
def trial(core_url, clock):
    """A study that has collected notes, and whose newest version names the scanners."""
    sources = [
        PluginSource("own", f"{__name__}:own", "edc-core-own", "0.1.0"),
        PluginSource("tabular", "edc_core_tabular.plugin", "edc-core-tabular", "0.1.0"),
    ]
    core = Core(Settings(database_url=core_url), EdcPlugins(sources), clock)
    trial = Trial(core, vital_signs().build())
    for key in ("S-001", "S-002", "S-003"):
        trial.add_subject(key, site="KR-01")
    yield trial
    core.close()


def name_scanners(trial):
    trial.publish(replace(vital_signs().with_plugin("edc-core-own", ">=0.1").build(), oid="V2"))


def export(trial, folder, name="csv", **options):
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice(name, unlocked=True, **options)
    )
    return exporting.export(trial.core, trial.dm, command, folder).manifest


def refused(trial, folder, **options):
    with pytest.raises(ExportRefused) as found:
        export(trial, folder, **options)
    assert not [file for file in folder.rglob("*") if file.is_file()]
    return found.value.message


@pytest.mark.parametrize("name", ["csv", "parquet", "name-alone"])
def test_an_export_that_holds_one_is_not_released_and_says_where(trial, tmp_path, name):
    trial.save("S-001", {"VS.NOTE": f"Number {NUMBER}"})
    name_scanners(trial)
    said = refused(trial, tmp_path / "out", name=name)
    assert f"S-001 {trial.form('VS')} VS.NOTE (national)" in said
    assert NUMBER not in said
    notes = [entry["payload"] for entry in trial.entries() if entry["kind"] == "note.add"]
    assert notes == [{"note": "export refused", "check": "scanner:national"}]


def test_what_was_corrected_is_in_the_history_and_stops_it(trial, tmp_path):
    trial.save("S-001", {"VS.NOTE": f"Number {NUMBER}"})
    trial.save("S-001", {"VS.NOTE": "No number"}, reason=SOME_REASON)
    name_scanners(trial)
    assert "VS.NOTE (national)" in refused(trial, tmp_path / "out")


def test_the_others_are_released_and_the_manifest_says_what_was_looked_for(trial, tmp_path):
    trial.save("S-001", {"VS.NOTE": NUMBER})
    trial.save("S-002", {"VS.NOTE": "Mrs Quixano came along"})
    trial.save("S-003", {"VS.NOTE": NUMBER})
    moved = {"subject_key": "S-003", "site": "US-01", "day": "2026-01-06"}
    trial.act(trial.dm, correcting.move_subject, MoveSubject, **moved, reason=SOME_REASON)
    before = export(trial, tmp_path / "before")
    assert "identifiers" not in before, "the study has no scanner"
    name_scanners(trial)
    export(trial, tmp_path / "out", subjects=("S-002", "S-003"))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["identifiers"] == {
        "scanners": ["national", "person"],
        "looks_like_one": {"person": 1},
    }, "the scanner of Koreans does not look at sites elsewhere"


def test_only_some_places_are_named_of_many(trial, tmp_path):
    for n in range(25):
        key = f"S-1{n:02}"
        trial.add_subject(key, site="KR-01")
        trial.save(key, {"VS.NOTE": NUMBER})
    name_scanners(trial)
    said = refused(trial, tmp_path / "out")
    assert said.count("(national)") == 20
    assert "... and 5 more" in said
