"""Datasets while they are made: rows in temporary files, and what Define-XML will say of their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import SEEK_END
from tempfile import SpooledTemporaryFile

import orjson

from edc_core.api import ExportRefused

Cells = list[str | None]

_IN_MEMORY = 1 << 20
_BATCH = 500
_BLOCK = 1 << 18
_MOST_TERMS = 1000
_DECIMALS = re.compile(r"-?\d+\.(\d+)")
_INTEGER = re.compile(r"-?\d+")


@dataclass(slots=True)
class Extent:
    """What values of a column were seen. :param length: of the longest, in characters. :param decimals: of numbers, at most.
    :param seen: the values themselves, of a column with controlled terms; None of others, and beyond a thousand.
    """

    length: int = 0
    decimals: int = 0
    is_integer: bool = True
    is_number: bool = True
    seen: set[str] | None = None

    def take(self, text: str) -> None:
        self.length = max(self.length, len(text))
        if self.is_number and not _INTEGER.fullmatch(text):
            self.is_integer = False
            found = _DECIMALS.fullmatch(text)
            if found is None:
                self.is_number = False
            else:
                self.decimals = max(self.decimals, len(found[1]))


@dataclass(slots=True)
class TestExtents:
    """Of one test of a findings dataset: its name, and the columns that hold results."""

    name: str = ""
    columns: dict[str, Extent] = field(default_factory=dict)
    units: dict[str, set[str]] = field(default_factory=dict)


class Spool:
    """Rows of one dataset. Written once, read as often as wanted."""

    def __init__(
        self, name: str, columns: Sequence[str], numbers: Sequence[str] = (), controlled: Sequence[str] = ()
    ) -> None:
        self.name = name
        self.columns = tuple(columns)
        self.count = 0
        self.extents = {column: Extent(seen=set() if column in controlled else None) for column in columns}
        self.tests: dict[str, TestExtents] = {}
        self._numbers = frozenset(numbers)
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed with the spool
        self._waiting: list[Cells] = []
        self._results = [
            (n, column) for n, column in enumerate(columns) if column[2:] in {"ORRES", "STRESC", "STRESN"}
        ]
        self._units = [(n, column) for n, column in enumerate(columns) if column[2:] in {"ORRESU", "STRESU"}]
        self._test = next(
            (n for n, column in enumerate(columns) if column[2:] == "TESTCD" and column[:2] != "IE"), -1
        )

    def add(self, cells: Cells) -> None:
        self._waiting.append(cells)
        self.count += 1
        if len(self._waiting) >= _BATCH:
            self.flush()

    def rows(self) -> Iterator[Cells]:
        """Every row, in the order in which they were added.

        :raises ExportRefused: the file no longer holds as many as were added.
        """
        self.flush()
        width, at, read = len(self.columns), 0, 0
        while lines := self._lines(at):
            at += sum(map(len, lines))
            for line in lines:
                if line.endswith(b"\n"):  # the disk may have lost the end of one
                    read += 1
                    yield orjson.loads(line)[:width]
        if read != self.count:
            raise ExportRefused(
                f"{self.count} records of {self.name} were made and {read} read back. Look at the disk, then try again."
            )

    def _lines(self, at: int) -> list[bytes]:
        self._file.seek(at)
        return self._file.readlines(_BLOCK)

    def narrow(self, columns: Sequence[str]) -> None:
        """Leave out columns at the end that no row needs."""
        self.flush()
        assert self.columns[: len(columns)] == tuple(columns)
        self.columns = tuple(columns)

    def close(self) -> None:
        self._file.close()

    def flush(self) -> None:
        """Look at the rows that wait and put them into the file; ``extents`` and ``tests`` know of them then."""
        if not self._waiting:
            return
        for column, cells in zip(self.columns, zip(*self._waiting, strict=True), strict=True):
            self._look(self.extents[column], {text for text in cells if text}, column in self._numbers)
        if self._test >= 0 and self._results:
            self._look_at_tests()
        self._file.seek(0, SEEK_END)
        self._file.write(
            b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in self._waiting)
        )
        self._waiting.clear()

    @staticmethod
    def _look(extent: Extent, texts: set[str], is_number: bool) -> None:  # noqa: FBT001
        if is_number:
            for text in texts:
                extent.take(text)
        elif texts:
            extent.length = max(extent.length, *map(len, texts))
            extent.is_number = extent.is_integer = False
        if extent.seen is not None:
            extent.seen |= texts
            if len(extent.seen) > _MOST_TERMS:
                extent.seen = None

    def _look_at_tests(self) -> None:
        for row in self._waiting:
            test = row[self._test]
            if not test:
                continue
            seen = self.tests.get(test)
            if seen is None:
                seen = self.tests[test] = TestExtents(
                    row[self._test + 1] or "",
                    {column: Extent() for _, column in self._results},
                    {column: set() for _, column in self._units},
                )
            for n, column in self._results:
                if text := row[n]:
                    seen.columns[column].take(text)
            for n, column in self._units:
                if text := row[n]:
                    seen.units[column].add(text)
