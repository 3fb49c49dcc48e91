"""A visit that was not done leaves the system as such, in every format, and comes in again as such."""

import pytest

from edc_core.core import Core
from edc_core.definitions.loader import load
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, importing, visits
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers, schema
from edc_core.testing.trial import SOME_REASON, Trial
from tests.services.test_scheduling import OPTIONAL

pytestmark = pytest.mark.conformance

CLI = Actor("cli:test", trusted=True)
V2 = ItemPath.parse("V2[1]")


@pytest.fixture
def core(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    yield core
    core.close()


@pytest.fixture
def trial(core, tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(OPTIONAL, encoding="utf-8")
    made = Trial(core, load(file).required(), environment="dev")
    made.add_subject("S-001")
    made.save("S-001", {made.path("VS.PULSE", event="V1"): "60"}, complete=True)
    made.act(
        made.crc,
        visits.mark_event_not_done,
        visits.MarkEventNotDone,
        subject_key="S-001",
        event=V2,
        not_done=True,
        reason=SOME_REASON,
    )
    return made


def exported(core, study_id, out, name):
    command = exporting.RequestExport(
        study_id=study_id, op=new_id(), choice=ExportChoice(name, unlocked=True)
    )
    return exporting.export(core, CLI, command, out).folder


def test_csv_lists_it_with_its_reason(trial, tmp_path):
    folder = exported(trial.core, trial.study_id, tmp_path / "out", "csv")
    text = (folder / "visits_not_done.csv").read_text(encoding="utf-8")
    assert text.splitlines()[1] == f"OPTIONAL,KR-01,S-001,V2,1,{SOME_REASON.text}"


@pytest.mark.parametrize(("name", "file"), [("odm-1.3.2", "odm.xml"), ("odm-2.0", "odm.xml")])
def test_odm_says_it_and_brings_it_in_again(trial, tmp_path, name, file):
    folder = exported(trial.core, trial.study_id, tmp_path / "out", name)
    fresh = Core(
        Settings(database_url=f"sqlite:///{tmp_path}/other.db", files_dir=tmp_path / "files"), EdcPlugins()
    )
    try:
        schema.upgrade(fresh.engine)
        staged = importing.stage(fresh, [folder / file])
        report = importing.run(fresh, CLI, staged, with_data=True)
        with fresh.read() as source:
            study = readers.find_study(source.connection, report.study)
            subject = readers.subject_by_key(source.connection, study.study_id, "S-001")
            event = readers.casebook(source, subject).events[V2]
        assert event.not_done
        assert event.reason == SOME_REASON.text
        assert verify(fresh).ok
    finally:
        fresh.close()
