"""SDTM with Define-XML out of the database: subjects of HERSC-301, simulated and then read again and again under other numbers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import rmtree

from bench.measure import Line, Measured, Size
from bench.scene import sqlite_url
from edc_core.core import Core
from edc_core.domain.dataset import ExportSubject
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.ledger.cut import Cut
from edc_core.ledger.dataset_reader import Counts
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import export_dataset, export_sink, publishing
from edc_core.services.cuts import TakeCut, take_cut
from edc_core.services.plugin_session import CorePluginSession, plugin_actor
from edc_core.settings import Settings
from edc_core.store import readers, schema

TRIAL = Path(__file__).parents[1] / "forms/hersc-301"
CLI = Actor("cli:bench", trusted=True)
GOAL = 1000  #: subjects


def simulated(core: Core, subjects: int) -> Cut:
    """The trial with subjects, and a cut of it."""
    from edc_core_simulate.run import Simulation, Wanted  # type: ignore[import-untyped]

    session = CorePluginSession(core, lambda environment: plugin_actor("simulate", environment))
    done = publishing.publish_folder(core, CLI, TRIAL, "dev")
    assert done.result is not None, done.findings
    study = done.result["study"]
    Simulation(session, session.study(study), Wanted(subjects, 7)).run()
    with core.read() as source:
        study_id = readers.find_study(source.connection, study).study_id
    with core.write(CLI) as uow:
        return take_cut(uow, TakeCut(study_id=study_id, op=new_id()))


def write(core: Core, cut: Cut, out: Path, times: int) -> int:
    """The export as ``edc export`` does it, each subject so many times. Returns how many rows it has."""
    exporters = {one.name: one for one in core.plugins.exporters()}
    sink = export_sink.FolderSink(out, lambda _: None)
    with core.read() as source:
        data, _ = export_dataset.dataset(source, cut, Counts(), unlocked=True)

        def again() -> Iterator[ExportSubject]:
            for n in range(times):
                for subject in data.subjects():
                    yield subject._replace(subject_key=f"{subject.subject_key}-{n:04}")

        formats = {name: one.tables for name, one in exporters.items() if one.tables}
        exporters["sdtm"].write(replace(data, subjects=again, formats=formats), sink)
    return sum(facts.get("rows", 0) for name, facts in sink.files.items() if name.startswith("json/"))


def run(size: Size, folder: Path) -> Iterator[Line]:
    subjects, times = size.pick(tiny=1, quick=2, full=20), size.pick(tiny=2, quick=20, full=50)
    core = Core(Settings(database_url=sqlite_url(folder)), EdcPlugins())
    schema.upgrade(core.engine)
    cut = simulated(core, subjects)
    seconds = []
    for _ in range(size.pick(tiny=1, quick=2, full=2)):
        start = time.perf_counter()
        rows = write(core, cut, folder / "out", times)
        seconds.append(time.perf_counter() - start)
        rmtree(folder / "out", ignore_errors=True)
    core.close()
    made = subjects * times
    yield Measured(
        "sdtm", [one * GOAL / made for one in seconds], f"{made} subjects, {rows:,} rows in all datasets"
    )
