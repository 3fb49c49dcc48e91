"""SDTM with Define-XML out of the database: HERSC-301 with simulated subjects and their clones, as ``edc export`` writes it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from shutil import rmtree

from bench.cloned import clone
from bench.measure import Line, Measured, Note, Size
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


def filled(core: Core, simulated: int, subjects: int) -> int:
    """The trial with simulated subjects, cloned until there are so many. Returns how many entries the clones have."""
    from edc_core_simulate.run import Simulation, Wanted  # type: ignore[import-untyped]

    session = CorePluginSession(core, lambda environment: plugin_actor("simulate", environment))
    done = publishing.publish_folder(core, CLI, TRIAL, "dev")
    assert done.result is not None, done.findings
    study = done.result["study"]
    Simulation(session, session.study(study), Wanted(simulated, 7)).run()
    with core.read() as source:
        study_id = readers.find_study(source.connection, study).study_id
    return clone(core, CLI, study_id, subjects)


def cut_of(core: Core) -> Cut:
    with core.read() as source:
        (study,) = readers.studies(source.connection)
    with core.write(CLI) as uow:
        return take_cut(uow, TakeCut(study_id=study.study_id, op=new_id()))


def write(core: Core, cut: Cut, out: Path, most: int | None = None) -> tuple[int, int]:
    """The export as ``edc export`` does it. Returns how many subjects, and rows in all datasets, it has.

    :param most: only so many subjects, to see what memory does.
    """
    exporters = {one.name: one for one in core.plugins.exporters()}
    sink = export_sink.FolderSink(out, lambda _: None)
    counts = Counts()
    with core.read() as source:
        data, _ = export_dataset.dataset(source, cut, counts, unlocked=True)

        def some() -> Iterator[ExportSubject]:
            return islice(data.subjects(), most)

        formats = {name: one.tables for name, one in exporters.items() if one.tables}
        subjects = data.subjects if most is None else some
        exporters["sdtm"].write(replace(data, subjects=subjects, formats=formats), sink)
    rows = {name: facts["rows"] for name, facts in sink.files.items() if name.startswith("json/")}
    return most or rows["json/dm.json"], sum(rows.values())


def run(size: Size, folder: Path) -> Iterator[Line]:
    simulated = size.pick(tiny=1, quick=2, full=100 if size.growth else 20)
    wanted = size.pick(tiny=2, quick=20, full=GOAL)
    core = Core(Settings(database_url=sqlite_url(folder)), EdcPlugins())
    schema.upgrade(core.engine)
    start = time.perf_counter()
    entries = filled(core, simulated, wanted)
    words = f"{simulated} subjects simulated and cloned to {wanted} in {time.perf_counter() - start:.0f} s"
    yield Note(f"{words}; the clones have {entries:,} entries")
    cut = cut_of(core)
    seconds = []
    for _ in range(size.pick(tiny=1, quick=2, full=2)):
        start = time.perf_counter()
        subjects, rows = write(core, cut, folder / "out")
        seconds.append(time.perf_counter() - start)
        rmtree(folder / "out", ignore_errors=True)
    core.close()
    assert subjects == wanted
    yield Measured(
        "sdtm",
        [one * GOAL / wanted for one in seconds],
        f"{subjects} subjects, {rows:,} rows in all datasets",
    )
    few, all_ = (_peak(folder, most) for most in (max(wanted // 10, 1), wanted))
    said = f"{few:.0f} MB above the base with a tenth of them, {all_:.0f} MB with {wanted}"
    yield Measured("sdtm memory", [max(all_ - few, 0.01)], said)


def _peak(folder: Path, subjects: int) -> float:
    """Megabytes above the base, in a process of its own."""
    asked = [sys.executable, "-m", "bench.sdtm_memory", str(folder / "bench.db"), str(subjects)]
    return float(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
