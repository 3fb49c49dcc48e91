"""The rows of a table in a temporary file: as many as there are, read as often as a format needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from edc_core.api import ExportRefused, Record
from edc_core_tabular.formats.any_text import encodable

_CELLS = 10_000  #: kept in memory of each table


class Spool:
    """Takes rows one by one, then gives them from the first to the last, again and again.

    :param name: of the table. :param path: of the file, which its owner removes. :param width: of a row in cells.
    """

    def __init__(self, name: str, path: Path, width: int) -> None:
        self.name = name
        self.count = 0
        self._path = path
        self._waiting: list[list[str | None]] = []
        self._most = max(1, _CELLS // max(1, width))
        self._file = path.open("wb")

    def add(self, row: list[str]) -> None:
        self._waiting.append([cell or None for cell in row])
        self.count += 1
        if len(self._waiting) >= self._most:
            self._flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _flush(self) -> None:
        if not self._waiting:
            return
        try:
            line = orjson.dumps(self._waiting)
        except TypeError:
            line = orjson.dumps([encodable(row) for row in self._waiting])
        self._file.write(line + b"\n")
        self._waiting.clear()

    def records(self) -> Iterator[Record]:
        """:raises ExportRefused: the file no longer holds as many rows as were added."""
        read = 0
        self._flush()
        self._file.flush()
        with self._path.open("rb") as file:
            for line in file:
                rows = orjson.loads(line)
                read += len(rows)
                yield from rows
        if read != self.count:
            raise ExportRefused(
                f"{self.count} rows of '{self.name}' were made and {read} read back. Look at the disk, then try again."
            )
