"""A study of five subjects with three forms, exported by one process or by several."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from edc_core.core import Core
from edc_core.domain.commands import AddRow
from edc_core.domain.dataset import Exporter
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.study_commands import KeepSnapshot
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import capture, exporting, snapshots
from edc_core.settings import Settings
from tests.builders import Trial, vital_signs
from tests.plugins.tabular.in_parts.dying import SUBJECTS


@pytest.fixture
def core(core_url, clock, tmp_path):
    tabular = PluginSource("tabular", "edc_core_tabular.plugin", "edc-core-tabular", "0.1.0")
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins([tabular]), clock)
    yield core
    core.close()


@pytest.fixture
def trial(core):
    """Subjects with one form each, of which the third has a text with commas in it, and two with another form; kept under the
    name One.
    """
    trial = Trial(core, vital_signs().build())
    for number, key in enumerate(SUBJECTS):
        trial.add_subject(key)
        trial.save(key, {"VS.SYSBP": str(120 + number), "VS.DIABP": 'none, "ill"' if number == 2 else "80"})
        trial.save(key, {"VS.SYSBP": "90"})
    trial.save("S-004", {"DM.SEX": "F", "DM.AGE": "40"})
    form = trial.form("AE")
    for number in ("1", "2"):
        trial.act(
            trial.crc,
            capture.add_row,
            AddRow,
            subject_key="S-002",
            form=form,
            parent=form,
            group_oid="AE.ROW",
        )
        trial.save("S-002", {form.with_group("AE.ROW", number).with_item("AE.TERM"): "Headache"})
    keep(trial, "One")
    return trial


def keep(trial, name):
    """Keep what there is now under a name."""
    with trial.core.write(trial.dm) as uow:
        snapshots.keep_snapshot(uow, KeepSnapshot(study_id=trial.study_id, op=new_id(), name=name))


@pytest.fixture
def export(trial, tmp_path):
    """Exports the kept state with a number of processes. :returns: the folder, and what was said of the progress."""

    def exported(name, processes, part=1, progress=None, snapshot="One", since=""):
        core, told = trial.core, []
        core.settings = replace(core.settings, export_processes=processes, export_part=part)
        choice = ExportChoice(name, snapshot=snapshot, since=since, unlocked=True)
        asked = exporting.RequestExport(study_id=trial.study_id, op=new_id(), choice=choice)
        out = tmp_path / new_id()
        exporting.export(
            core, trial.dm, asked, out, progress=progress or (lambda done, total: told.append((done, total)))
        )
        return out, told

    return exported


@pytest.fixture
def exporter(core, monkeypatch, tmp_path):
    """Registers an exporter that makes parts by a function, writes by others, and keeps what they gave."""

    def register(make, chosen=None, writes=()):
        made = []

        def write(dataset, sink):
            if chosen:
                every = dataset.subjects
                dataset = replace(dataset, subjects=lambda: iter(chosen(every())))
            with TemporaryDirectory(dir=tmp_path) as below:
                folder = Path(below)
                made.extend(part.made for part in dataset.made(make, folder, sink.progress))
                made.extend(dataset.written(writes, folder, sink))

        monkeypatch.setattr(
            core.plugins, "exporters", lambda *_: (Exporter("parts", "Parts", write, increments=True),)
        )
        monkeypatch.setattr(core.plugins, "exporter_identity", lambda name: {})
        return made

    return register


@pytest.fixture
def bytes_of():
    """The content of every file of a folder."""

    def read(folder):
        return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    return read
