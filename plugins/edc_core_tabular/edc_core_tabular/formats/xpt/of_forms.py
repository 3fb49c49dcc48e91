"""The tables of forms as transport files: nothing in them had to keep to the limits of such files when it was entered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from edc_core.api import ExportDataset, ExportSink, Record, TabularDataset, TransportProfile
from edc_core_tabular.formats.xpt.continued import continued, with_short_labels
from edc_core_tabular.formats.xpt.writer import write_datasets
from edc_core_tabular.scripts.sas import in_sas


def write_forms(
    dataset: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile, sink: ExportSink
) -> list[TabularDataset]:
    """Write the datasets with long texts going on in further variables.

    :returns: them with whole labels, without their records. :raises ExportRefused: as ``writer.write_datasets``.
    """
    whole = [continued(table, profile.encoding) for table in tables]
    write_datasets(dataset, [with_short_labels(table, profile.encoding) for table in whole], profile, sink)
    return [TabularDataset(one.name, one.label, one.variables, _nothing, one.sas_name) for one in whole]


def _nothing() -> Iterator[Record]:
    return iter(())


def write_program(
    given: Sequence[Sequence[TabularDataset]],
    counts: Mapping[str, int],
    profile: TransportProfile,
    sink: ExportSink,
) -> None:
    """Write ``read.sas``. :param given: what ``write_forms`` gave. :param counts: records of each dataset by its name."""
    whole = [table for tables in given for table in tables]
    with sink.open(f"{profile.folder}read.sas") as stream:
        stream.write(in_sas(whole, counts, profile.encoding).encode())
