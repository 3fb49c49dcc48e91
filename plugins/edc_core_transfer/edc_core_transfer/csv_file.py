"""The sent file: its encoding, its delimiter, its rows one after the other, never the whole in memory."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core_transfer.problems import refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edc_core_transfer.column_map import ColumnMap

DELIMITERS = (",", ";", "\t", "|")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MAX_CELL = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the line it ends in, and the cells of the map's columns; ``None`` where their number is wrong."""

    line: int
    cells: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that was looked at once: every column is there.

    :param columns: the map's columns, in the order of a row's cells.
    """

    path: Path
    sha256: str
    encoding: str
    delimiter: str
    columns: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """Every row after the header.

        :raises ImportRefused: TRF003 or TRF005, with the line.
        """
        reader = self._reader()
        header = [name.strip() for name in next(reader)]
        places = [header.index(column) for column in self.columns]
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            fits = len(cells) == len(header)
            yield Row(reader.line, tuple(cells[place].strip() for place in places) if fits else None)

    def _reader(self) -> _Reader:
        return _Reader(self.path, self.encoding, self.delimiter)


class _Reader:
    """Rows of a CSV file; what cannot be read is refused with its line."""

    def __init__(self, path: Path, encoding: str, delimiter: str) -> None:
        self._name = path.name
        csv.field_size_limit(MAX_CELL)
        self._rows = self._read(path, encoding, delimiter)
        self.line = 0

    def __iter__(self) -> Iterator[list[str]]:
        return self._rows

    def __next__(self) -> list[str]:
        return next(self._rows)

    def _read(self, path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
        with path.open(encoding=encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
            while True:
                try:
                    row = next(reader)
                except StopIteration:
                    return
                except UnicodeError as error:
                    text = f"This is not {encoding}. State the file's encoding in the map."
                    raise refused("TRF003", self._name, reader.line_num + 1, text) from error
                except csv.Error as error:
                    raise refused(
                        "TRF005", self._name, reader.line_num, f"This is no CSV: {error}."
                    ) from error
                self.line = reader.line_num
                yield row


def look_at(path: Path, column_map: ColumnMap) -> SentFile:
    """Find out how a file is written and whether it has the map's columns.

    :raises ImportRefused: TRF003, TRF004 or TRF005.
    """
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        head = stream.read(4)
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), column_map.encoding)
    columns = column_map.columns()
    delimiter = column_map.delimiter or _delimiter(path, encoding, columns)
    header = [name.strip() for name in next(_Reader(path, encoding, delimiter), [])]
    if not header:
        raise refused("TRF005", path.name, 1, "It holds no header.")
    absent = [column for column in columns if column not in header]
    if absent:
        found = ", ".join(header[:20])
        text = f"There is no column {', '.join(repr(one) for one in absent)}. There are: {found}."
        raise refused("TRF004", path.name, 1, text)
    if twice := [column for column in columns if header.count(column) > 1]:
        raise refused("TRF004", path.name, 1, f"Column '{twice[0]}' is there more than once.")
    return SentFile(path, digest, encoding, delimiter, columns)


def _delimiter(path: Path, encoding: str, columns: tuple[str, ...]) -> str:
    """The one that finds most of the map's columns in the header."""
    try:
        with path.open(encoding=encoding, newline="") as stream:
            line = stream.readline(MAX_CELL)
    except UnicodeError as error:
        raise refused(
            "TRF003", path.name, 1, f"This is not {encoding}. State the file's encoding in the map."
        ) from error

    def found(delimiter: str) -> int:
        header = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
        return len({name.strip() for name in header} & set(columns))

    return max(DELIMITERS, key=found)
