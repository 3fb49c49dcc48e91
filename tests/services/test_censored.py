"""Results such as ``<0.5`` on their way: typed, stored, judged, listed, exported and read again."""

import csv

import pytest

from edc_core.core import Core
from edc_core.domain.change import ItemInput
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.metadata import Comparator, DataType, RangeCheck
from edc_core.domain.permission import Actor
from edc_core.domain.study_lists import ListingWanted
from edc_core.errors import ValueRefused
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, importing
from edc_core.services.reading import look_at
from edc_core.services.value_listing import listing
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.testing import a_study
from tests.builders import Trial

CLI = Actor("cli:test", trusted=True)
STUDY = (
    a_study("LABS")
    .with_item(
        "LB.CRP", DataType.FLOAT, censored=True, units={"mg/L": "1", "mg/dL": "10"},
        checks=[
            RangeCheck(Comparator.LE, ("500",), hard=True, measurement_unit_oid="mg/L"),
            RangeCheck(Comparator.GE, ("1",), measurement_unit_oid="mg/L"),
        ],
    )
    .with_item("LB.ALT", DataType.INTEGER)
)  # fmt: skip


@pytest.fixture
def trial(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    made = Trial(core, STUDY.build(), environment="uat")
    made.add_subject("S-001")
    yield made
    core.close()


def save(trial, raw, unit="mg/dL", subject="S-001"):
    path = trial.path("LB.CRP")
    now = trial.casebook(subject).items.get(path)
    given = ItemInput(path, raw, unit=unit, base_version=now.version if now else 0)
    return trial.save(subject, {}, items=(given,))


def test_it_is_kept_as_typed_and_stored_with_its_sign_in_both_units(trial):
    save(trial, "≥ 0,5")
    payload = [e["payload"] for e in trial.entries("S-001") if e["kind"] == "item.set"][-1]
    assert (payload["raw"], payload["value"], payload["parsed"]) == ("≥ 0,5", ">=0.5", "ok")
    assert payload["standard"] == {"value": ">=5", "unit": "mg/L", "factor": "10"}
    assert trial.casebook("S-001").items[trial.path("LB.CRP")].standard == ">=5"
    assert verify(trial.core).ok


def test_what_certainly_breaks_a_limit_is_refused_or_asked_about_and_nothing_else(trial):
    with pytest.raises(ValueRefused):
        save(trial, ">50")
    save(trial, ">49")
    save(trial, "<0.2")
    trial.complete("S-001", "LB")
    assert trial.open_queries("S-001") == []
    trial.add_subject("S-002")
    save(trial, "<0.1", subject="S-002")
    trial.complete("S-002", "LB")
    assert trial.open_queries("S-002") == [("LB.CRP.RC2", str(trial.path("LB.CRP")))]


def test_a_list_is_sorted_by_the_limit(trial):
    for key, raw in (("S-002", "<0.5"), ("S-003", "10"), ("S-004", "0.2"), ("S-005", "?")):
        trial.add_subject(key)
        save(trial, raw, subject=key)
    with trial.core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        found = listing(picture, ListingWanted(form="LB", sort="LB.CRP"))
    assert [row.subject_key for row in found.rows] == ["S-005", "S-004", "S-002", "S-003"]
    assert [row.cells[0] for row in found.rows] == ["?", "0.2 mg/dL", "<0.5 mg/dL", "10 mg/dL"]


def export(trial, name, out):
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice(name, unlocked=True)
    )
    return exporting.export(trial.core, trial.dm, command, out).folder


def test_in_csv_the_columns_of_numbers_stay_empty(trial, tmp_path):
    trial.add_subject("S-002")
    save(trial, "<0.5")
    save(trial, "0.5", subject="S-002")
    text = (export(trial, "csv", tmp_path / "out") / "LB.csv").read_text(encoding="utf-8")
    censored, plain = (
        {k: v for k, v in row.items() if k.startswith("CRP") and v}
        for row in csv.DictReader(text.splitlines())
    )
    units = {"CRP__UNIT": "mg/dL", "CRP__STDU": "mg/L"}
    assert censored == {"CRP__CENSORED": "<0.5", "CRP__STD_CENSORED": "<5"} | units
    assert plain == {"CRP": "0.5", "CRP__STD": "5"} | units
    assert "ALT__CENSORED" not in text


@pytest.mark.parametrize("name", ["odm-1.3.2", "odm-2.0"])
def test_through_odm_it_comes_back_as_it_was_typed(trial, tmp_path, name):
    save(trial, "< 0,5")
    odm = export(trial, name, tmp_path / "out") / "odm.xml"
    importing.run(trial.core, CLI, importing.stage(trial.core, [odm]), environment="dev")
    with trial.core.read() as source:
        study = readers.find_study(source.connection, "LABS@dev")
        again = readers.casebook(source, readers.subject_by_key(source.connection, study.study_id, "S-001"))
    [item] = [one for one in again.items.values() if one.value]
    assert (item.raw, item.value, item.unit, item.standard) == ("< 0,5", "<0.5", "mg/dL", "<5")
