"""ODM 1.3.2 out of the database and into memory, beside lxml alone and beside odmlib, with the peak of memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.append import EVENTS
from bench.filled import FORMS, fill
from bench.measure import Line, Measured, Size, Work, side_by_side
from bench.odm_peers import Form, odmlib_read, odmlib_write, xml_read, xmlfile_write
from bench.scene import definition, sqlite_url, trial
from edc_core.core import Core
from edc_core.ids import new_id
from edc_core.ledger.cut import Cut
from edc_core.ledger.dataset_reader import Counts
from edc_core.services import export_dataset, export_sink
from edc_core.services.cuts import TakeCut, take_cut
from edc_core.testing.trial import Trial


def write(core: Core, cut: Cut, out: Path) -> None:
    """The export as ``edc export`` does it, without its entries in the ledger."""
    from edc_core_odm.exporter import write as write_odm  # type: ignore[import-untyped]

    with core.read() as source:
        data, _ = export_dataset.dataset(source, cut, Counts(), unlocked=True)
        write_odm(data, export_sink.FolderSink(out, lambda _: None))


def read(file: Path) -> int:
    from edc_core_odm.importer import read as read_odm  # type: ignore[import-untyped]

    found = read_odm([file])
    assert not any(problem.fatal for problem in found.problems), found.problems
    return sum(len(form.items) for subject in found.subjects for form in subject.forms)


def run(size: Size, folder: Path) -> Iterator[Line]:
    with trial(sqlite_url(folder), definition(FORMS, events=EVENTS)) as ours:
        count = fill(ours, size.pick(tiny=1, quick=10, full=40))
        cut = take(ours)
        file = folder / "odm.xml"
        write(ours.core, cut, folder)
        forms = forms_of(ours, cut)
        rounds = size.pick(tiny=1, quick=3, full=5)

        def written() -> int:
            write(ours.core, cut, folder)
            return count

        out: dict[str, Work] = {
            "ours": written,
            "xmlfile": lambda: xmlfile_write(folder / "lxml.xml", forms),
            "odmlib": lambda: odmlib_write(folder / "odmlib.xml", forms),
        }
        rates = side_by_side(rounds, out)
        yield Measured("odm out", rates.ratio("xmlfile", "ours"), rates.words("items"))
        yield Measured("odm out peer", rates.ratio("ours", "odmlib"))
        into: dict[str, Work] = {
            "ours": lambda: read(file),
            "iterparse": lambda: xml_read(file),
            "odmlib": lambda: odmlib_read(folder / "odmlib.xml"),
        }
        rates = side_by_side(rounds, into)
        yield Measured("odm in", rates.ratio("iterparse", "ours"), rates.words("items"))
        for goal, way, what in (
            ("odm out memory", "out", folder / "bench.db"),
            ("odm in memory", "in", file),
        ):
            yield Measured(goal, [peak(way, what)], f"{count:,} items")


def take(made: Trial) -> Cut:
    with made.core.write(made.cli) as uow:
        return take_cut(uow, TakeCut(study_id=made.study_id, op=new_id()))


def forms_of(made: Trial, cut: Cut) -> list[Form]:
    """What the export holds, as plain values for those who write it without a database."""
    with made.core.read() as source:
        data, _ = export_dataset.dataset(source, cut, Counts(), unlocked=True)
        return [
            Form(
                subject.subject_key,
                form.path.event.oid if form.path.event else "",
                form.path.form.oid if form.path.form else "",
                form.items[0].groups[0].oid,
                [(item.oid, item.raw, *item.history[0][6:12]) for item in form.items],
            )
            for subject in data.subjects()
            for form in subject.forms
            if form.items
        ]


def peak(way: str, what: Path) -> float:
    """Megabytes above what the process needs before it begins, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.odm_memory", way, str(what)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout)
