"""The tables of forms as transport files: nothing in them had to keep to the limits of such files when it was entered."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import ExportDataset, ExportSink, TabularDataset, TransportProfile
from edc_core_tabular.formats.xpt.continued import continued, with_short_labels
from edc_core_tabular.formats.xpt.writer import write_counted
from edc_core_tabular.scripts.sas import in_sas


def write_forms(
    dataset: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile, sink: ExportSink
) -> None:
    """Write the datasets with long texts going on in further variables, and ``read.sas`` with whole labels.

    :raises ExportRefused: as ``writer.write_datasets``.
    """
    whole = [continued(table, profile.encoding) for table in tables]
    labelled = [with_short_labels(table, profile.encoding) for table in whole]
    written = write_counted(dataset, labelled, profile, sink)
    counts = {table.name: count for table, count in zip(whole, written, strict=True)}
    with sink.open(f"{profile.folder}read.sas") as stream:
        stream.write(in_sas(whole, counts, profile.encoding).encode())
