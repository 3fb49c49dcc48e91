"""A study as CSV files with everything needed to read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from edc_core.api import ExportDataset, ExportSink, collector_resting
from edc_core_tabular.formats.csv import description
from edc_core_tabular.formats.csv.lines import RowFile, line
from edc_core_tabular.formats.csv.terms import hidden, without
from edc_core_tabular.forms.changes import note_changes
from edc_core_tabular.forms.datasets import datasets
from edc_core_tabular.forms.export import Rows, file_name, of_study, tables_of
from edc_core_tabular.forms.layout import Layout
from edc_core_tabular.forms.rows import LeftOut, RowMaker
from edc_core_tabular.forms.study_tables import CHANGES
from edc_core_tabular.scripts import programs

_PIECE = 1 << 18  #: bytes


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the study without struck rows and removed forms; they are counted in ``README.txt``."""
    write_rows(dataset, sink, struck=False)


def write_all(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the study with struck rows and removed forms, which say so in the column ``REMOVED``."""
    write_rows(dataset, sink, struck=True)


def write_rows(dataset: ExportDataset, sink: ExportSink, *, struck: bool) -> None:
    """Write the study, with struck rows and removed forms or without."""
    layout = Layout.of(dataset)
    left = {table.name: hidden(dataset, table) for table in layout.tables.values()}
    every = tables_of(dataset, layout)
    with TemporaryDirectory(prefix="edc-csv-") as folder:
        parts = dataset.made(partial(write_lines, struck=struck), Path(folder), sink.progress)
        counts = {table.name: sum(part.made.counts[table.name] for part in parts) for table in every}
        subjects = sum(part.made.subjects for part in parts)
        writes = [
            partial(
                write_file, f"{table.name}.csv", line(_shown(table.header, left.get(table.name, frozenset()))),
                [part.folder / file_name(number) for part in parts], subjects,
            )
            for number, table in enumerate(every)
        ]  # fmt: skip
        dataset.written(writes, Path(folder), sink)
    records = dict.fromkeys(counts, lambda: iter(()))
    tables = [
        replace(one, variables=tuple(var for var in one.variables if var.name not in left.get(one.name, ())))
        for one in datasets(dataset.versions, layout, records, of_study=of_study(dataset))
    ]
    programs.write_for_csv(sink, tables, counts)
    of_files = {f"{name}.csv": count for name, count in counts.items()}
    for name, count in of_files.items():
        sink.rows(name, count)
    left_out = LeftOut.of(part.made.left_out for part in parts)
    description.write(dataset, sink, layout, of_files, left_out)


@collector_resting()
def write_lines(
    dataset: ExportDataset, folder: Path, progress: Callable[[int], None], *, struck: bool
) -> Rows:
    """Put the lines of a dataset into a file for each table, without their heads; see ``ExportDataset.made``."""
    layout = Layout.of(dataset)
    left = {table.name: hidden(dataset, table) for table in layout.tables.values()}
    every = tables_of(dataset, layout)
    with ExitStack() as opened:
        files = {
            table.name: RowFile(opened.enter_context((folder / file_name(number)).open("wb")))
            for number, table in enumerate(every)
        }
        puts = {
            table.name: without(
                left.get(table.name, frozenset()), list(table.header), files[table.name].add_all
            )
            for table in every
        }
        maker = RowMaker(dataset, layout, puts, struck=struck)
        done = 0
        for done, subject in enumerate(dataset.subjects(), 1):
            if subject.since is None or note_changes(dataset.study_oid, subject, files[CHANGES.name].add_all):
                maker.subject(subject)
            progress(done)
        for file in files.values():
            file.flush()
    return Rows({name: file.count for name, file in files.items()}, maker.left_out, done)


def write_file(
    name: str, head: str, parts: Sequence[Path], subjects: int, dataset: ExportDataset, sink: ExportSink
) -> None:
    """Write a table with its head. :param parts: its lines. :param subjects: of whom they are."""
    with sink.open(name) as stream:
        stream.write(head.encode())
        for part in parts:
            with part.open("rb") as lines:
                while piece := lines.read(_PIECE):
                    stream.write(piece)
                    sink.progress(subjects)


def _shown(header: Sequence[str], left: frozenset[str]) -> list[str]:
    return [name for name in header if name not in left]
