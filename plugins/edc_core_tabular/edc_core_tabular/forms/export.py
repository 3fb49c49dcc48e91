"""A study's tables handed to a format that writes whole tables: the rows wait in temporary files, memory stays flat."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from edc_core.api import ExportDataset, ExportSink, TransportProfile, WriteDatasets, collector_resting
from edc_core_tabular import dictionary
from edc_core_tabular.forms.changes import note_changes
from edc_core_tabular.forms.datasets import datasets
from edc_core_tabular.forms.layout import Layout
from edc_core_tabular.forms.rows import RowMaker
from edc_core_tabular.forms.spool import Spool
from edc_core_tabular.forms.study_tables import CHANGES, STUDY_TABLES


def in_format(
    write: WriteDatasets, profile: TransportProfile = TransportProfile()
) -> Callable[[ExportDataset, ExportSink], None]:
    """What writes a whole study in a format, with ``dictionary.html``."""

    @collector_resting()
    def write_study(dataset: ExportDataset, sink: ExportSink) -> None:
        layout = Layout.of(dataset)
        of_study = (CHANGES, *STUDY_TABLES) if dataset.since else STUDY_TABLES
        with TemporaryDirectory(prefix="edc-tables-") as folder, ExitStack() as opened:
            spools = {
                table.name: opened.enter_context(
                    Spool(table.name, Path(folder, str(number)), len(table.header))
                )
                for number, table in enumerate((*of_study, *layout.tables.values()))
            }
            maker = RowMaker(
                dataset, layout, {name: spool.add for name, spool in spools.items()}, struck=False
            )
            for done, subject in enumerate(dataset.subjects(), 1):
                if subject.since is None or note_changes(
                    dataset.study_oid, subject, spools[CHANGES.name].add
                ):
                    maker.subject(subject)
                sink.progress(done)
            tables = datasets(
                dataset.versions,
                layout,
                {name: spool.records for name, spool in spools.items()},
                of_study=of_study,
            )
            write(dataset, tables, profile, sink)
            counts = {name: spool.count for name, spool in spools.items()}
            dictionary.write(dataset, tables, counts, maker.left_out, sink)

    return write_study
