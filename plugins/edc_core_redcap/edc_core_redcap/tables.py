"""CSV files as people and programs save them: with or without a byte order mark, with any line ends and delimiter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edc_core_redcap.problems import ProblemLog

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
MAX_CELL = 1_000_000  #: characters; the core refuses longer values anyway


@dataclass(frozen=True, slots=True)
class Table:
    """A table in memory: its headings, and its rows with the line each begins on."""

    header: tuple[str, ...]
    text: str
    delimiter: str

    def rows(self, log: ProblemLog) -> Iterator[tuple[int, list[str]]]:
        """Rows below the heading; one with another number of cells than the heading is reported and left out."""
        for line, row in _rows(self.text, self.delimiter, log):
            if row == list(self.header) and line == 1:
                continue
            if len(row) != len(self.header):
                log.add("RED012", line, f"Row with {len(row)} cells, {len(self.header)} columns.")
                continue
            yield line, row


def text_of(path: Path, log: ProblemLog) -> str | None:
    """A file's text, or ``None`` after a fatal problem that names the line."""
    try:
        data = path.read_bytes()
    except OSError as failure:
        log.add("RED005", 0, failure.strerror or str(failure))
        return None
    mark, encoding = next(((m, e) for m, e in _BOMS if data.startswith(m)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as failure:
        line = data[: len(mark) + failure.start].decode(encoding, "replace").count("\n") + 1
        log.add("RED001", line)
        return None
    if "\0" in text:
        log.add("RED001", text[: text.index("\0")].count("\n") + 1)
        return None
    return text


def table_of(path: Path, log: ProblemLog) -> Table | None:
    """Read a table, or ``None`` after a fatal problem."""
    text = text_of(path, log)
    if text is None:
        return None
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=lambda mark: _outside_quotes(first, mark))
    header: list[str] = next((row for _, row in _rows(text, delimiter, log)), [])
    if log.is_fatal:
        return None
    return Table(tuple(header), text, delimiter)


def _outside_quotes(text: str, mark: str) -> int:
    return sum(part.count(mark) for part in text.split('"')[::2])


def _rows(text: str, delimiter: str, log: ProblemLog) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as failure:
            log.add("RED002", line, f"{str(failure).capitalize()}.")
            return
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, [cell.strip() for cell in row] if line == 1 else row
