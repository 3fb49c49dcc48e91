"""A number in one of several units: as entered in the ledger, in the standard unit beside it, up to the export."""

import csv

import pytest

from edc_core.core import Core
from edc_core.domain.change import ItemInput
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.metadata import Comparator, DataType, RangeCheck
from edc_core.errors import ValueRefused
from edc_core.ids import new_id
from edc_core.ledger.cut import present_cut
from edc_core.ledger.verify import verify
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting
from edc_core.services.trail import trail
from edc_core.settings import Settings
from edc_core.testing import SOME_REASON, a_study
from tests.builders import Trial

STUDY = a_study().with_item(
    "LB.CREAT",
    DataType.FLOAT,
    units={"umol/L": "1", "mg/dL": "88.42"},
    checks=[RangeCheck(Comparator.LE, ("900",), hard=True, measurement_unit_oid="umol/L")],
)


@pytest.fixture
def trial(core, clock):
    made = Trial(core, STUDY.build())
    made.add_subject("S-001")
    return made


def save(trial, raw, unit, **fields):
    path = trial.path("LB.CREAT")
    now = trial.casebook("S-001").items.get(path)
    given = ItemInput(path, raw, unit=unit, base_version=now.version if now else 0)
    return trial.save("S-001", {}, items=(given,), **fields)


def last_payload(trial):
    return [e["payload"] for e in trial.entries("S-001") if e["kind"] == "item.set"][-1]


def test_the_entry_keeps_what_was_entered_and_holds_the_standard_value_beside_it(trial):
    save(trial, "1,2", "mg/dL")
    payload = last_payload(trial)
    assert (payload["raw"], payload["value"], payload["unit"]) == ("1,2", "1.2", "mg/dL")
    assert payload["standard"] == {"value": "106.104", "unit": "umol/L", "factor": "88.42"}
    data = trial.casebook("S-001").items[trial.path("LB.CREAT")]
    assert (data.shown, data.standard, data.standard_unit) == ("1.2", "106.104", "umol/L")


def test_another_unit_alone_is_a_change_and_a_cleared_value_has_no_standard_value(trial):
    save(trial, "1.2", "mg/dL")
    save(trial, "1.2", "umol/L", reason=SOME_REASON)
    assert last_payload(trial)["standard"] == {"value": "1.2", "unit": "umol/L", "factor": "1"}
    assert last_payload(trial)["old"] == {"value": "1.2", "missing": "", "raw": "1.2", "unit": "mg/dL"}
    save(trial, "", "", reason=SOME_REASON)
    assert last_payload(trial)["standard"] is None
    assert trial.casebook("S-001").items[trial.path("LB.CREAT")].standard is None


def test_the_trail_tells_each_value_with_its_own_unit(trial):
    for raw, unit in (("1.2", "mg/dL"), ("1.2", "umol/L"), ("", "")):
        save(trial, raw, unit, reason=SOME_REASON)
    with trial.core.read() as source:
        taken = present_cut(source.connection, trial.study_id)
        told = [one.what for one in trail(source, trial.dm, taken) if one.columns["kind"] == "item.set"]
    label = told[0].removeprefix("entered 1.2 mg/dL for ")
    assert told[1:] == [
        f"changed {label.removesuffix('.')} from 1.2 mg/dL to 1.2 umol/L.",
        f"cleared {label.removesuffix('.')}, which was 1.2 umol/L.",
    ]


def test_a_hard_limit_refuses_after_conversion(trial):
    save(trial, "10", "mg/dL")
    with pytest.raises(ValueRefused):
        save(trial, "11", "mg/dL")
    assert last_payload(trial)["value"] == "10"


def test_the_projection_is_what_the_ledger_says(trial, core):
    save(trial, "1.2", "mg/dL")
    with core.engine.connect() as connection:
        assert verify(connection).problems == []


def test_the_export_has_the_standard_value_in_columns_of_its_own(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    trial = Trial(core, STUDY.build())
    trial.add_subject("S-001")
    save(trial, "1.2", "mg/dL")
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice("csv", unlocked=True)
    )
    exporting.export(core, trial.dm, command, tmp_path / "out")
    core.close()
    [row] = csv.DictReader((tmp_path / "out/LB.csv").read_text(encoding="utf-8").splitlines())
    assert {name: row[name] for name in row if name.startswith("CREAT__") and row[name]} == {
        "CREAT__UNIT": "mg/dL",
        "CREAT__STD": "106.104",
        "CREAT__STDU": "umol/L",
    }
    assert row["CREAT"] == "1.2"
