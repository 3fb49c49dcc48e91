"""Any tables as CSV: a file for each, its first line the names of the variables."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import ExportDataset, ExportSink, TabularDataset, TransportProfile
from edc_core_tabular.formats.csv.lines import RowFile


def write_tables(
    _: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile, sink: ExportSink
) -> None:
    """Write ``NAME.csv``."""
    for table in tables:
        name = f"{profile.folder}{table.name}.csv"
        with sink.open(name) as stream:
            file = RowFile(stream, [variable.name for variable in table.variables])
            for record in table.records():
                file.add([cell or "" for cell in record])
            file.flush()
        sink.rows(name, file.count)
