"""A collected date and time: local text, with the zone of the site beside it, up to the export."""

import csv

from edc_core.core import Core
from edc_core.definitions.loader import load
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.metadata import DataType
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting
from edc_core.settings import Settings
from edc_core.testing import SOME_REASON, a_study
from tests.builders import Trial

STUDY = (
    a_study()
    .with_item("VS.SEEN", DataType.DATETIME)
    .with_item("VS.NOTE")
    .with_site("DE-01", "DE", "Europe/Berlin")
    .build()
)


PAIRED = """\
oid: PAIRS
version: {oid: "1"}
sites: [{number: DE-01, name: Berlin, country: DE, zone: Europe/Berlin}]
events: [{oid: V1, forms: [PC]}]
forms:
  - oid: PC
    items:
      - {name: PCDAT, question: Date, type: date, alias: {SDTM: PC.PCDTC}}
      - {name: PCTIM, question: Time, type: time, alias: {SDTM: PC.PCDTC}}
      - {name: OTHER, question: Another time, type: time, alias: {SDTM: PC.PCENDTC}}
"""


def paired(core, tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(PAIRED, encoding="utf-8")
    trial = Trial(core, load(file).required(), environment="dev")
    trial.add_subject("S-001")
    return trial


def last(trial, item):
    path = str(trial.path(item))
    return [e["payload"] for e in trial.entries("S-001") if e["path"] == path][-1]


def test_the_entry_holds_the_zone_and_the_text_stays_local(core):
    trial = Trial(core, STUDY)
    trial.add_subject("S-001", site="DE-01")
    trial.save("S-001", {"VS.SEEN": "25oct2026 0230", "VS.NOTE": "x"})
    payload = last(trial, "VS.SEEN")
    assert (payload["raw"], payload["value"]) == ("25oct2026 0230", "2026-10-25T02:30")
    assert payload["site_time"] == {"zone": "Europe/Berlin", "offset": "+02:00", "clock": "repeated"}
    assert "site_time" not in last(trial, "VS.NOTE")


def test_the_export_has_the_offset_of_the_value_that_stands(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    trial = Trial(core, STUDY)
    trial.add_subject("S-001", site="DE-01")
    trial.save("S-001", {"VS.SEEN": "01 JUL 2026 09:15", "VS.NOTE": "x"})

    def row(name):
        command = exporting.RequestExport(
            study_id=trial.study_id, op=new_id(), choice=ExportChoice("csv", unlocked=True)
        )
        exporting.export(core, trial.dm, command, tmp_path / name)
        [found] = csv.DictReader((tmp_path / name / "VS.csv").read_text(encoding="utf-8").splitlines())
        return found["SEEN"], found["SEEN__OFFSET"]

    assert row("one") == ("2026-07-01T09:15", "+02:00")
    trial.save("S-001", {"VS.SEEN": ""}, reason=SOME_REASON)
    assert row("two") == ("", "")
    core.close()


def test_a_date_and_a_time_that_belong_together_are_looked_at_together(core, tmp_path):
    trial = paired(core, tmp_path)
    for day, clock in (("2026-10-25", "repeated"), ("2026-03-29", "absent"), ("2026-07-01", "")):
        given = {"PC.PCDAT": day, "PC.PCTIM": "02:30", "PC.OTHER": "02:30"}
        trial.save("S-001", {"PC.PCTIM": "", "PC.OTHER": ""})
        trial.save("S-001", given)
        assert last(trial, "PC.PCTIM")["site_time"]["clock"] == clock
        assert "site_time" not in last(trial, "PC.OTHER")
