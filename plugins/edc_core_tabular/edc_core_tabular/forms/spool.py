"""The rows of a table in a temporary file: as many as there are, read as often as a format needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import orjson

from edc_core.api import ExportRefused, Record
from edc_core_tabular.formats.any_text import encodable
from edc_core_tabular.formats.batch import BETWEEN, Batch, Chunk, joined, records_of, rows_of_chunk

_CELLS = 10_000  #: kept in memory of each table
_TEXT, _JSON = b"T", b"J"


class Spool:
    """Takes rows.

    In the file each frame is a line ``T ROWS WIDTH BYTES``, then the cells with U+0000 between; ``J`` where a cell holds that
    itself, then JSON.

    :param path: of the file, which its owner removes. :param width: of a row in cells.
    """

    def __init__(self, path: Path, width: int) -> None:
        self.count = 0
        self._waiting: list[Sequence[str]] = []
        self._most = max(1, _CELLS // max(1, width))
        self._file = path.open("wb")

    def add_all(self, rows: Sequence[Sequence[str]]) -> None:
        """:param rows: nobody changes them any more."""
        self._waiting.extend(rows)
        self.count += len(rows)
        if len(self._waiting) >= self._most:
            self._flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._flush()
        self._file.close()

    def _flush(self) -> None:
        rows, self._waiting = self._waiting, []
        for at in range(0, len(rows), self._most):
            self._write(rows[at : at + self._most])

    def _write(self, rows: Sequence[Sequence[str]]) -> None:
        text = joined(rows)
        if text.count(BETWEEN) != len(rows) * len(rows[0]) - 1:
            kind, data = _JSON, orjson.dumps([encodable(row) for row in rows])
        else:
            kind, data = _TEXT, text.encode("utf-8", "backslashreplace")  # half of a character, as in CSV
        self._file.write(b"%b %d %d %d\n" % (kind, len(rows), len(rows[0]), len(data)))
        self._file.write(data)


@dataclass(frozen=True, slots=True)
class Spooled:
    """The rows of finished spools, from the first to the last, again and again.

    :param name: of the table. :param paths: of the spools. :param count: of all rows.
    """

    name: str
    paths: Sequence[Path]
    count: int

    def records(self) -> Iterator[Record]:
        """:raises ExportRefused: the file no longer holds as many rows as were added."""
        for kind, _, width, data in self._frames():
            yield from _of_json(data) if kind == _JSON else records_of(data, width)

    def chunks(self) -> Iterator[Chunk]:
        """The same rows, more at a time. :raises ExportRefused: as ``records``."""
        waiting: list[bytes] = []
        count = width = 0
        for kind, rows, width, data in self._frames():
            if waiting and (kind == _JSON or count + rows > rows_of_chunk(width)):
                yield self._chunk(waiting, count, width)
                waiting, count = [], 0
            if kind == _JSON:
                yield Chunk(rows, _of_json(data))
            else:
                waiting.append(data)
                count += rows
        if waiting:
            yield self._chunk(waiting, count, width)

    def _chunk(self, texts: list[bytes], rows: int, width: int) -> Chunk:
        batch = Batch.read(BETWEEN.encode().join(texts), rows, width)
        if batch is None:
            raise ExportRefused(
                f"Rows of '{self.name}' read back otherwise than they were made. Look at the disk, then try again."
            )
        return Chunk(rows, waited=batch)

    def _frames(self) -> Iterator[tuple[bytes, int, int, bytes]]:
        """Kind, rows, width and cells of each."""
        read = 0
        for path in self.paths:
            with path.open("rb") as file:
                while (frame := _next(file)) is not None:
                    read += frame[1]
                    yield frame
        if read != self.count:
            raise ExportRefused(
                f"{self.count} rows of '{self.name}' were made and {read} read back. Look at the disk, then try again."
            )


def _next(file: IO[bytes]) -> tuple[bytes, int, int, bytes] | None:
    """None at the end of the file, wherever that is."""
    head = file.readline().split()
    if len(head) < 4:
        return None
    rows, width, size = map(int, head[1:])
    data = file.read(size)
    return (head[0], rows, width, data) if len(data) == size else None


def _of_json(data: bytes) -> list[Record]:
    return [[cell or None for cell in row] for row in orjson.loads(data)]
