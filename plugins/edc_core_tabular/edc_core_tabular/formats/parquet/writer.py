"""Writes Parquet, a row group at a time."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from edc_core.api import ExportDataset, ExportSink, TabularDataset, TransportProfile
from edc_core_tabular.formats.batch import Chunk, chunks_of
from edc_core_tabular.formats.parquet.columns import DECIMALS, Digits, about, check, field, texts, typed

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: Cells that become columns at once: more leave the processor's cache, fewer cost a look at each column too often.
_CELLS_AT_ONCE = 200_000
_CELLS_OF_GROUP = 1_000_000


def write_tables(
    dataset: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile, sink: ExportSink
) -> None:
    """Write ``NAME.parquet``. A dataset with decimals is read twice: first for their digits."""
    for table in tables:
        name = f"{profile.folder}{table.name}.parquet"
        schema = _schema(dataset, table)
        with sink.open(name) as stream, pq.ParquetWriter(_Forward(stream), schema, version="2.6") as writer:
            count = 0
            for group in _row_groups(table, schema):
                writer.write_table(group, row_group_size=len(group))
                count += len(group)
        sink.rows(name, count)


def _some(table: TabularDataset) -> Iterator[Chunk]:
    return chunks_of(table, max(1, _CELLS_AT_ONCE // max(1, len(table.variables))))


def _row_groups(table: TabularDataset, schema: pa.Schema) -> Iterator[pa.Table]:
    """As many rows each, whatever chunks they come in and in one piece, for pages end where a piece does: the same data are the same
    bytes, by however many processes the rows were made.
    """
    most, before = max(1, _CELLS_OF_GROUP // max(1, len(table.variables))), 0
    batches: list[pa.RecordBatch] = []
    waiting = 0
    for chunk in _some(table):
        batches.append(_batch(table, schema, chunk, before))
        before, waiting = before + chunk.rows, waiting + chunk.rows
        while waiting >= most:
            rows = pa.Table.from_batches(batches, schema)
            yield rows.slice(0, most).combine_chunks()
            batches, waiting = rows.slice(most).to_batches(), waiting - most
    if batches:
        yield pa.Table.from_batches(batches, schema).combine_chunks()


def _schema(dataset: ExportDataset, table: TabularDataset) -> pa.Schema:
    decimals = [n for n, variable in enumerate(table.variables) if variable.data_type in DECIMALS]
    digits = {n: Digits() for n in decimals}
    before = 0
    for chunk in _some(table) if decimals else ():
        for n, array in zip(decimals, texts(chunk, decimals), strict=True):
            check(table, table.variables[n], array, before)
            digits[n].see(array)
        before += chunk.rows
    fields = [field(table, variable, digits.get(n)) for n, variable in enumerate(table.variables)]
    return pa.schema(fields, about(dataset, table))


def _batch(table: TabularDataset, schema: pa.Schema, chunk: Chunk, before: int) -> pa.RecordBatch:
    arrays = []
    cells = texts(chunk, range(len(table.variables)))
    for variable, array, wanted in zip(table.variables, cells, schema, strict=True):
        if variable.data_type not in DECIMALS:  # those were checked when their digits were counted
            check(table, variable, array, before)
        arrays.append(typed(table, variable, array, wanted.type, before))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


class _Forward(io.RawIOBase):
    """A stream that knows how far it is, as Parquet's footer has to."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._count = 0

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        written = self._stream.write(bytes(data))
        self._count += written
        return written

    def tell(self) -> int:
        return self._count
