"""Rows between reading and storing: a file beside memory, gone afterwards."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TABLES = """
CREATE TABLE sent (line INTEGER PRIMARY KEY, subject TEXT NOT NULL, cells TEXT NOT NULL);
CREATE TABLE reject (line INTEGER PRIMARY KEY, code TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE reference (value TEXT NOT NULL, subject TEXT NOT NULL, path TEXT NOT NULL);
CREATE TABLE change (n INTEGER PRIMARY KEY, line INTEGER, subject TEXT, path TEXT, before TEXT, after TEXT);
CREATE TABLE planned (subject TEXT PRIMARY KEY, versions TEXT NOT NULL);
CREATE INDEX sent_subject ON sent (subject);
CREATE INDEX reference_value ON reference (value);
"""


@dataclass(frozen=True, slots=True)
class SentRow:
    """A row as staged: the cells of the map's columns by name."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is not taken, and why."""

    line: int
    code: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A value that a transfer writes. ``before`` is ``None`` where nothing was."""

    line: int
    subject: str
    path: str
    before: str | None
    after: str


class Staging:
    """One file on its way in."""

    def __init__(self, connection: sqlite3.Connection, columns: tuple[str, ...]) -> None:
        self._db = connection
        self._columns = columns
        self._db.executescript(_TABLES)

    def add(self, line: int, subject: str, cells: tuple[str, ...]) -> None:
        self._db.execute("INSERT INTO sent VALUES (?, ?, ?)", (line, subject, json.dumps(cells)))

    def reject(self, reject: Reject) -> None:
        """Note the first reason against a row."""
        values = (reject.line, reject.code, reject.subject, reject.text)
        self._db.execute("INSERT OR IGNORE INTO reject VALUES (?, ?, ?, ?)", values)

    def add_references(self, found: Iterable[tuple[str, str, str]]) -> None:
        """(value, subject, path) of every reference id the study holds."""
        self._db.executemany("INSERT INTO reference VALUES (?, ?, ?)", found)

    def add_changes(self, changes: Iterable[Change]) -> None:
        values = ((c.line, c.subject, c.path, c.before, c.after) for c in changes)
        self._db.executemany("INSERT INTO change VALUES (NULL, ?, ?, ?, ?, ?)", values)

    def plan(self, subject: str, versions: dict[str, int]) -> None:
        """Keep which versions of a subject's values were looked at."""
        self._db.execute("INSERT INTO planned VALUES (?, ?)", (subject, json.dumps(versions)))

    def planned(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Subjects to which something is to be written, with the versions that were looked at."""
        for subject, versions in self._each("SELECT subject, versions FROM planned ORDER BY subject"):
            yield subject, json.loads(versions)

    def subjects(self) -> Iterator[str]:
        return (row[0] for row in self._each("SELECT DISTINCT subject FROM sent ORDER BY subject"))

    def rows_of(self, subject: str) -> list[SentRow]:
        """The rows of a subject that are not rejected, in the order of the file."""
        rows = self._each(
            "SELECT line, cells FROM sent WHERE subject = ? AND line NOT IN (SELECT line FROM reject) ORDER BY line",
            subject,
        )
        return [
            SentRow(line, dict(zip(self._columns, json.loads(cells), strict=True))) for line, cells in rows
        ]

    def lines_of(self, subject: str) -> Iterator[int]:
        return (
            row[0] for row in self._each("SELECT line FROM sent WHERE subject = ? ORDER BY line", subject)
        )

    def holders_of(self, reference: str) -> set[str]:
        """Subjects that hold a reference id."""
        return {row[0] for row in self._each("SELECT subject FROM reference WHERE value = ?", reference)}

    def rejects(self) -> Iterator[Reject]:
        for row in self._each("SELECT line, code, subject, text FROM reject ORDER BY line"):
            yield Reject(*row)

    def changes(self) -> Iterator[Change]:
        for row in self._each("SELECT line, subject, path, before, after FROM change ORDER BY n"):
            yield Change(*row)

    def count_rejects(self) -> int:
        return int(next(self._each("SELECT count(*) FROM reject"))[0])

    def count_planned(self) -> int:
        return int(next(self._each("SELECT count(*) FROM planned"))[0])

    def _each(self, statement: str, *values: Any) -> Iterator[Any]:
        return iter(self._db.execute(statement, values))


@contextmanager
def staging(columns: tuple[str, ...]) -> Iterator[Staging]:
    """A staging place that is removed at the end, however it ends."""
    with tempfile.TemporaryDirectory(prefix="edc-transfer-") as folder:
        connection = sqlite3.connect(Path(folder) / "staged.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        try:
            yield Staging(connection, columns)
        finally:
            connection.close()
