"""Tables made by hand, and their files."""

from collections.abc import Callable

import pytest

from edc_core.api import DataType, ExportDataset, TabularDataset, TransportProfile, Variable
from edc_core.testing import MemorySink

CREATED_AT = "2026-03-04T05:06:07.000008Z"
TYPES = {
    "text": DataType.TEXT, "integer": DataType.INTEGER, "float": DataType.FLOAT, "boolean": DataType.BOOLEAN,
    "date": DataType.DATE,
}  # fmt: skip


def nothing_of_a_study() -> ExportDataset:
    return ExportDataset(
        study_oid="DEMO-01", study_name="Demo", environment="dev", versions={}, cut="0" * 64, created_at=CREATED_AT,
        sites={}, users={}, subjects=lambda: iter(()),
    )  # fmt: skip


@pytest.fixture
def table() -> Callable[..., TabularDataset]:
    """A dataset of columns given as ``NAME=("text", cells)``, or a Variable in place of the type."""

    def made(name="AE", label="Adverse Events", sas_name="", **columns):
        variables = tuple(
            kind if isinstance(kind, Variable) else Variable(column, column.capitalize(), TYPES[kind])
            for column, (kind, _) in columns.items()
        )
        cells = [cells for _, cells in columns.values()]
        return TabularDataset(
            name, label, variables, lambda: iter(list(zip(*cells, strict=True))), sas_name=sas_name
        )

    return made


@pytest.fixture
def write_with() -> Callable[..., MemorySink]:
    """The sink after a format wrote tables."""

    def written(write_datasets, *tables, sink=None, **profile):
        sink = sink or MemorySink()
        write_datasets(nothing_of_a_study(), tables, TransportProfile(**profile), sink)
        return sink

    return written
