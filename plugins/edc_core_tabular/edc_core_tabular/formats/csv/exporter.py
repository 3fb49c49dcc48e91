"""A study as CSV files with everything needed to read them; each row goes to its file as it comes."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from edc_core.api import ExportDataset, ExportSink, collector_resting
from edc_core_tabular.formats.csv import description
from edc_core_tabular.formats.csv.lines import RowFile
from edc_core_tabular.formats.csv.terms import hidden, without
from edc_core_tabular.forms.changes import note_changes
from edc_core_tabular.forms.datasets import datasets
from edc_core_tabular.forms.layout import Layout
from edc_core_tabular.forms.rows import RowMaker
from edc_core_tabular.forms.study_tables import CHANGES, STUDY_TABLES
from edc_core_tabular.scripts import programs


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the study without struck rows and removed forms; they are counted in ``README.txt``."""
    write_rows(dataset, sink, struck=False)


def write_all(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the study with struck rows and removed forms, which say so in the column ``REMOVED``."""
    write_rows(dataset, sink, struck=True)


@collector_resting()
def write_rows(dataset: ExportDataset, sink: ExportSink, *, struck: bool) -> None:
    """Write the study, with struck rows and removed forms or without."""
    layout = Layout.of(dataset)
    first = (CHANGES,) if dataset.since else ()
    headers = {table.name: list(table.header) for table in (*first, *STUDY_TABLES, *layout.tables.values())}
    left = {table.name: hidden(dataset, table) for table in layout.tables.values()}
    with ExitStack() as opened:
        files = {
            name: RowFile(
                opened.enter_context(sink.open(f"{name}.csv")),
                [one for one in header if one not in left.get(name, ())],
            )
            for name, header in headers.items()
        }
        puts = {
            name: without(left.get(name, frozenset()), headers[name], file.add)
            for name, file in files.items()
        }
        maker = RowMaker(dataset, layout, puts, struck=struck)
        for done, subject in enumerate(dataset.subjects(), 1):
            if subject.since is None or note_changes(dataset.study_oid, subject, files[CHANGES.name].add):
                maker.subject(subject)
            sink.progress(done)
        for file in files.values():
            file.flush()
    records = dict.fromkeys(files, lambda: iter(()))
    tables = [
        replace(one, variables=tuple(var for var in one.variables if var.name not in left.get(one.name, ())))
        for one in datasets(dataset.versions, layout, records)
    ]
    programs.write_for_csv(sink, tables, {name: file.count for name, file in files.items()})
    counts = {f"{name}.csv": file.count for name, file in files.items()}
    for name, count in counts.items():
        sink.rows(name, count)
    description.write(dataset, sink, layout, counts, maker.left_out)
