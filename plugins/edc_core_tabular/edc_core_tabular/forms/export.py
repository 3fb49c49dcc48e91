"""A study's tables handed to a format that writes whole tables: the rows wait in temporary files, memory stays flat."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from edc_core.api import (
    TEXTS_LEFT_OUT,
    ExportDataset,
    ExportSink,
    MadePart,
    TransportProfile,
    WriteDatasets,
    collector_resting,
)
from edc_core_tabular import dictionary
from edc_core_tabular.formats.batch import in_chunks
from edc_core_tabular.forms.changes import note_changes
from edc_core_tabular.forms.datasets import datasets
from edc_core_tabular.forms.layout import Layout, Table
from edc_core_tabular.forms.native_texts import Without, names_of, native_items
from edc_core_tabular.forms.rows import LeftOut, RowMaker
from edc_core_tabular.forms.spool import Spool, Spooled
from edc_core_tabular.forms.study_tables import CHANGES, STUDY_TABLES, StudyTable
from edc_core_tabular.forms.writing import WriteTable, write_each


class Rows(NamedTuple):
    """What a part of a study gave. :param counts: rows by table. :param subjects: how many were read."""

    counts: dict[str, int]
    left_out: LeftOut
    subjects: int


def in_format(
    write: WriteDatasets, profile: TransportProfile = TransportProfile(), *, together: bool = False, encoding: str = "",
    then: Callable[[Sequence[Any], Mapping[str, int], TransportProfile, ExportSink], None] | None = None,
) -> Callable[[ExportDataset, ExportSink], None]:  # fmt: skip
    """What writes a whole study in a format, with ``dictionary.html``.

    :param write: can be pickled. :param together: all tables go into one file, else each into files of its own.
    :param encoding: without the items of languages whose letters it lacks; empty for a format that holds every text.
    :param then: writes what is said of all tables, by what the format gave of each and their rows.
    """

    @collector_resting()
    def write_study(whole: ExportDataset, sink: ExportSink) -> None:
        native = native_items(whole.versions, encoding)
        dataset = Without(whole, native).dataset
        layout = Layout.of(dataset)
        with TemporaryDirectory(prefix="edc-tables-") as folder:
            parts = whole.made(partial(spool_rows, native), Path(folder), sink.progress)
            spooled = {
                table.name: _joined(table.name, file_name(number), parts)
                for number, table in enumerate(tables_of(dataset, layout))
            }
            records = {name: one.records for name, one in spooled.items()}
            tables = [
                in_chunks(table, table.records, spooled[table.name].chunks)
                for table in datasets(dataset.versions, layout, records, of_study=of_study(dataset))
            ]
            counts = {name: one.count for name, one in spooled.items()}
            if together:
                write(dataset, tables, profile, sink)
            else:
                subjects = sum(part.made.subjects for part in parts)
                writes = [WriteTable(write, table, profile, subjects) for table in tables]
                given = write_each(whole, writes, Path(folder), sink)
                if then is not None:
                    then(given, counts, profile, sink)
            left_out = LeftOut.of(part.made.left_out for part in parts)
            dictionary.write(dataset, tables, counts, left_out, sink, names_of(whole.versions, native))
        sink.leave_out(TEXTS_LEFT_OUT, left_out.texts)

    return write_study


@collector_resting()
def spool_rows(
    native: Collection[str], whole: ExportDataset, folder: Path, progress: Callable[[int], None]
) -> Rows:
    """Put the rows of a dataset into a file for each table; see ``ExportDataset.made``. :param native: items that are left out."""
    without = Without(whole, native)
    dataset = without.dataset
    layout = Layout.of(dataset)
    with ExitStack() as opened:
        spools = {
            table.name: opened.enter_context(Spool(folder / file_name(number), len(table.header)))
            for number, table in enumerate(tables_of(dataset, layout))
        }
        maker = RowMaker(
            dataset, layout, {name: spool.add_all for name, spool in spools.items()}, struck=False
        )
        done = 0
        for done, subject in enumerate(dataset.subjects(), 1):
            if subject.since is None or note_changes(
                dataset.study_oid, subject, spools[CHANGES.name].add_all
            ):
                maker.subject(subject)
            progress(done)
    maker.left_out.texts = without.values
    return Rows({name: spool.count for name, spool in spools.items()}, maker.left_out, done)


def of_study(dataset: ExportDataset) -> Sequence[StudyTable]:
    """The tables that are of no form."""
    return (CHANGES, *STUDY_TABLES) if dataset.since else STUDY_TABLES


def tables_of(dataset: ExportDataset, layout: Layout) -> Sequence[StudyTable | Table]:
    """All tables in the order of their files."""
    return (*of_study(dataset), *layout.tables.values())


def file_name(number: int) -> str:
    """Of the rows of a table. :param number: among all tables."""
    return f"table-{number}"


def _joined(name: str, file: str, parts: Sequence[MadePart]) -> Spooled:
    return Spooled(
        name, [part.folder / file for part in parts], sum(part.made.counts[name] for part in parts)
    )
