"""Exports that several processes make together: the bytes of one process, nothing half-written, and stopped soon (REQ-EXP-03)."""

import multiprocessing
import os
import time
from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain.commands import KeepSnapshot
from edc_core.domain.dataset import Exporter
from edc_core.domain.export_choice import ExportChoice
from edc_core.errors import ExportRefused
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import exporting, snapshots
from edc_core.services.export_parts import split
from edc_core.settings import Settings
from tests.builders import Trial, vital_signs
from tests.plugins.tabular import dying

FORMATS = [
    "csv", "csv-with-removed", "dataset-json-1.1", "dataset-ndjson-1.1", "parquet", "xpt-v5", "xpt-v5-utf-8", "xlsx", "sav",
    "dta",
]  # fmt: skip
SUBJECTS = [f"S-{number:03}" for number in range(1, 6)]


@pytest.fixture
def core(core_url, clock, tmp_path):
    tabular = PluginSource("tabular", "edc_core_tabular.plugin", "edc-core-tabular", "0.1.0")
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins([tabular]), clock)
    yield core
    core.close()


@pytest.fixture
def trial(core):
    """Subjects with one form each, of which the third has a text with commas in it; kept under the name One."""
    trial = Trial(core, vital_signs().build())
    for number, key in enumerate(SUBJECTS):
        trial.add_subject(key)
        trial.save(key, {"VS.SYSBP": str(120 + number), "VS.DIABP": 'none, "ill"' if number == 2 else "80"})
        trial.save(key, {"VS.SYSBP": "90"})
    with core.write(trial.dm) as uow:
        snapshots.keep_snapshot(uow, KeepSnapshot(study_id=trial.study_id, op=new_id(), name="One"))
    return trial


@pytest.fixture
def export(trial, tmp_path):
    """Exports the kept state with a number of processes. :returns: the folder, and what was said of the progress."""

    def exported(name, processes, part=1, progress=None):
        core, told = trial.core, []
        core.settings = replace(core.settings, export_processes=processes, export_part=part)
        choice = ExportChoice(name, snapshot="One", unlocked=True)
        asked = exporting.RequestExport(study_id=trial.study_id, op=new_id(), choice=choice)
        out = tmp_path / new_id()
        exporting.export(
            core, trial.dm, asked, out, progress=progress or (lambda done, total: told.append((done, total)))
        )
        return out, told

    return exported


@pytest.fixture
def exporter(core, monkeypatch, tmp_path):
    """Registers an exporter that makes parts by a function and keeps what they gave."""

    def register(make):
        made = []

        def write(dataset, sink):
            folder = tmp_path / new_id()
            folder.mkdir()
            made.extend(part.made for part in dataset.made(make, folder, sink.progress))

        monkeypatch.setattr(core.plugins, "exporters", lambda: (Exporter("parts", "Parts", write),))
        monkeypatch.setattr(core.plugins, "exporter_identity", lambda name: {})
        return made

    return register


def bytes_of(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", FORMATS)
def test_two_processes_write_the_bytes_of_one(export, name):
    alone, _ = export(name, 1)
    together, told = export(name, 2)
    assert bytes_of(together) == bytes_of(alone)
    assert len(bytes_of(alone)) > 1
    assert told[-1] == (5, 5)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_each_part_is_of_other_subjects_in_their_order_and_in_another_process(export, exporter):
    made = exporter(dying.pid)
    export("parts", 2)
    assert [key for _, keys in made for key in keys] == SUBJECTS
    assert len(made) == 4
    assert os.getpid() not in {pid for pid, _ in made}


@pytest.mark.parametrize(("processes", "part"), [(1, 1), (2, 1_000)])
def test_few_entries_or_one_process_stay_where_they_are(export, exporter, processes, part):
    made = exporter(dying.pid)
    export("parts", processes, part)
    assert made == [(os.getpid(), SUBJECTS)]


@pytest.mark.skipif(not hasattr(os, "kill"), reason="not run: this system ends no process by a signal")
def test_a_process_that_is_lost_leaves_no_export_and_says_what_to_do(export, exporter, tmp_path):
    exporter(dying.killed)
    before = set(tmp_path.iterdir())
    with pytest.raises(
        ExportRefused, match=r"ended from outside.*Nothing was exported.*EDC_EXPORT_PROCESSES"
    ):
        export("parts", 2)
    assert [file for new in set(tmp_path.iterdir()) - before for file in bytes_of(new) if file.suffix] == []
    assert multiprocessing.active_children() == []


def test_a_cancelled_export_ends_its_processes_soon(export, exporter):
    exporter(dying.slow)

    def cancelled(done, total):
        raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        export("parts", 2, progress=cancelled)
    assert time.monotonic() - begun < 50
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("entries", "parts", "fewest", "ranges"),
    [
        ([], 4, 1, []),
        ([5], 4, 1, [(0, 1)]),
        ([5, 5, 5, 5], 2, 1, [(0, 2), (2, 4)]),
        ([5, 5, 5, 5], 2, 11, [(0, 4)]),
        ([1, 1, 1, 97], 4, 1, [(0, 4)]),
        ([97, 1, 1, 1], 4, 1, [(0, 1), (1, 4)]),
    ],
)
def test_ranges_hold_about_as_much_each(entries, parts, fewest, ranges):
    assert split(entries, parts, fewest) == ranges
