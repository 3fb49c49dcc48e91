"""Writes Dataset-JSON. The number of records stands before the rows, which therefore wait in a temporary file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import orjson

from edc_core.api import ExportDataset, ExportRefused, ExportSink, Record, TabularDataset, TransportProfile
from edc_core_tabular.formats.any_text import encodable
from edc_core_tabular.formats.dataset_json.columns import BadCell, Encode, encoder, header

_AT_ONCE = 100  #: rows, few enough to stay in the processor's cache
_IN_MEMORY = 1 << 22  #: bytes of a dataset


def write_json(
    dataset: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile, sink: ExportSink
) -> None:
    """Write ``name.json``, a row on a line: Dataset-JSON 1.1."""

    def write(stream: IO[bytes], said: dict[str, Any], rows: IO[bytes]) -> None:
        stream.write(orjson.dumps(said)[:-1] + b',"rows":[\n')
        shutil.copyfileobj(rows, stream)
        stream.write(b"\n]}\n")

    _write(dataset, tables, profile, sink, ".json", b",\n", write)


def write_ndjson(
    dataset: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile, sink: ExportSink
) -> None:
    """Write ``name.ndjson``, everything but the rows on the first line, then a row on each: Dataset-NDJSON 1.1."""

    def write(stream: IO[bytes], said: dict[str, Any], rows: IO[bytes]) -> None:
        stream.write(orjson.dumps(said) + b"\n")
        shutil.copyfileobj(rows, stream)
        if said["records"]:
            stream.write(b"\n")

    _write(dataset, tables, profile, sink, ".ndjson", b"\n", write)


def _write(
    dataset: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile, sink: ExportSink,
    ending: str, between: bytes, write: Callable[[IO[bytes], dict[str, Any], IO[bytes]], None],
) -> None:  # fmt: skip
    for table in tables:
        with SpooledTemporaryFile(_IN_MEMORY) as rows:
            count = 0
            for lines in _lines(table):
                rows.write((between if count else b"") + between.join(lines))
                count += len(lines)
            rows.seek(0)
            name = f"{profile.folder}{table.name.lower()}{ending}"
            with sink.open(name) as stream:
                write(stream, header(dataset, table, count, version("edc-core")), rows)
            sink.rows(name, count)


def _lines(table: TabularDataset) -> Iterator[list[bytes]]:
    """The rows as JSON arrays, some at a time.

    :raises ExportRefused: naming dataset, record and variable of a cell that would not come back.
    """
    encoders = [
        (place, encode) for place, encode in enumerate(map(encoder, table.variables)) if encode is not None
    ]
    records, before = table.records(), 0
    while chunk := list(islice(records, _AT_ONCE)):
        rows = _typed(table, chunk, encoders, before) if encoders else chunk
        try:
            yield list(map(orjson.dumps, rows))
        except TypeError:
            yield [orjson.dumps(encodable(row)) for row in rows]
        before += len(chunk)


def _typed(
    table: TabularDataset, chunk: list[Record], encoders: list[tuple[int, Encode]], before: int
) -> list[list[Any]]:
    """Column by column, which takes a third of the time. :param before: records before these."""
    rows: list[list[Any]] = list(map(list, chunk))
    for place, encode in encoders:
        try:
            cells = encode([row[place] for row in rows])
        except BadCell as bad:
            name, record = table.variables[place].name, before + bad.place + 1
            raise ExportRefused(
                f"Dataset-JSON: {name} of record {record} of '{table.name}' {bad.why}. "
                "Give the item the DataType text, or take another format."
            ) from None
        for row, cell in zip(rows, cells, strict=True):
            row[place] = cell
    return rows
