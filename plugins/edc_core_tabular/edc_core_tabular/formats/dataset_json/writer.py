"""Writes Dataset-JSON. The number of records stands before the rows, which therefore wait in a temporary file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import numpy as np
import orjson

from edc_core.api import ExportDataset, ExportRefused, ExportSink, Record, TabularDataset, TransportProfile
from edc_core_tabular.formats.any_text import encodable
from edc_core_tabular.formats.batch import BETWEEN, Batch, chunks_of
from edc_core_tabular.formats.dataset_json.columns import BadCell, Encode, encoder, header

_AT_ONCE = 100  #: rows, few enough to stay in the processor's cache
_END_OF_ROW = b"\1"  #: in place of what stands between cells; only where no cell holds it
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
            for many, lines in _lines(table, between):
                rows.write(between if count else b"")
                rows.write(lines)
                count += many
            rows.seek(0)
            name = f"{profile.folder}{table.name.lower()}{ending}"
            with sink.open(name) as stream:
                write(stream, header(dataset, table, count, version("edc-core")), rows)
            sink.rows(name, count)


def _lines(table: TabularDataset, between: bytes) -> Iterator[tuple[int, bytes]]:
    """The rows as JSON arrays, some at a time: how many, and their text.

    :raises ExportRefused: naming dataset, record and variable of a cell that would not come back.
    """
    encoders = [
        (place, encode) for place, encode in enumerate(map(encoder, table.variables)) if encode is not None
    ]
    before = 0
    for chunk in chunks_of(table, _AT_ONCE):
        batch = chunk.waited
        text = texts_at_once(batch, between) if batch is not None and not encoders else None
        if text is not None:
            yield chunk.rows, text
        else:
            records = batch.records() if batch is not None else chunk.records
            for at in range(0, len(records), _AT_ONCE):
                some = records[at : at + _AT_ONCE]
                yield len(some), between.join(_dumped(table, some, encoders, before + at))
        before += chunk.rows


def texts_at_once(batch: Batch, between: bytes) -> bytes | None:
    """Rows of nothing but texts as JSON arrays; None where JSON writes a character otherwise than it is (RFC 8259, section 7)."""
    letters = np.frombuffer(batch.text, dtype=np.uint8).copy()
    controls = np.count_nonzero(letters < ord(" "))
    if controls > len(batch.between) or b'"' in batch.text or b"\\" in batch.text:
        return None
    letters[batch.between[batch.width - 1 :: batch.width]] = ord(_END_OF_ROW)
    text = b'["%b"]' % letters.tobytes()
    text = text.replace(_END_OF_ROW, b'"]%b["' % between).replace(BETWEEN.encode(), b'","')
    return text.replace(b'""', b"null")  # no cell holds a quote


def _dumped(
    table: TabularDataset, records: Sequence[Record], encoders: list[tuple[int, Encode]], before: int
) -> list[bytes]:
    """:param before: records before these."""
    rows = _typed(table, records, encoders, before) if encoders else records
    try:
        return list(map(orjson.dumps, rows))
    except TypeError:
        return [orjson.dumps(encodable(row)) for row in rows]


def _typed(
    table: TabularDataset, chunk: Sequence[Record], encoders: list[tuple[int, Encode]], before: int
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
