"""What was read of files of any size, outside memory from the moment it was read until it is written.

It lies in a private SQLite database that SQLite deletes as soon as it has opened it (on Windows, when it closes it), in
the folder for temporary files: nothing of it stays behind after a failure or a kill. Records are marshalled as plain
tuples, which is fast and safe here: no other program and no later process ever reads or writes them. What is rare and
deep (queries) is pickled in them.
"""

from __future__ import annotations

import marshal
import pickle
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, overload

from edc_core.api import ImportedForm, ImportedItem, ImportedSubject, ImportRefused, ItemPath, Step
from edc_core_odm.merging import merged

_SETTINGS = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096;"
_TABLES = """
CREATE TABLE subject (n INTEGER PRIMARY KEY, study TEXT, version TEXT, subject_key TEXT,
                      UNIQUE (study, version, subject_key));
CREATE TABLE part (subject INTEGER, n INTEGER, content BLOB, PRIMARY KEY (subject, n)) WITHOUT ROWID;
"""
_FIND = "SELECT n FROM subject WHERE study = ? AND version = ? AND subject_key = ?"
_PARTS = "SELECT content FROM part WHERE subject = ? ORDER BY n"


class PutAside:
    """A database of this object alone, gone with it."""

    def __init__(self, tables: str) -> None:
        self.database = sqlite3.connect("", isolation_level=None)
        weakref.finalize(self, self.database.close)
        self.database.executescript(_SETTINGS + tables)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """:raises ImportRefused: the folder for temporary files is full or cannot be written."""
        try:
            yield self.database
        except sqlite3.OperationalError as error:
            raise ImportRefused(
                f"What was read could not be put aside in the folder for temporary files: {error}. "
                "Make room there, or name another folder in the environment variable TMPDIR.",
                problems=[],
            ) from error


class SubjectStage(Sequence[ImportedSubject]):
    """Subjects in the order they were first seen; whichever is asked for is read back whole, the others are not."""

    def __init__(self) -> None:
        self._aside = PutAside(_TABLES)
        self._subjects = self._parts = 0

    def add(self, part: ImportedSubject) -> None:
        """Take a subject, or more of one that is here (the same study, version and key): see ``merged``."""
        key = (part.study_oid, part.meta_data_version, part.subject_key)
        with self._aside.writing() as database:
            found = database.execute(_FIND, key).fetchone()
            if found is None:
                found = (self._subjects,)
                database.execute("INSERT INTO subject VALUES (?, ?, ?, ?)", (self._subjects, *key))
                self._subjects += 1
            content = marshal.dumps(_plain_subject(part))
            database.execute("INSERT INTO part VALUES (?, ?, ?)", (found[0], self._parts, content))
            self._parts += 1

    def __len__(self) -> int:
        return self._subjects

    @overload
    def __getitem__(self, n: int) -> ImportedSubject: ...
    @overload
    def __getitem__(self, n: slice) -> tuple[ImportedSubject, ...]: ...
    def __getitem__(self, n: int | slice) -> ImportedSubject | tuple[ImportedSubject, ...]:
        if isinstance(n, slice):
            return tuple(self._read(one) for one in range(*n.indices(self._subjects)))
        if not -self._subjects <= n < self._subjects:
            raise IndexError(n)
        return self._read(n % self._subjects)

    def __iter__(self) -> Iterator[ImportedSubject]:
        return map(self._read, range(self._subjects))

    def _read(self, n: int) -> ImportedSubject:
        rows = self._aside.database.execute(_PARTS, (n,))
        parts = [_subject(marshal.loads(content)) for (content,) in rows]  # noqa: S302 - written above, by us
        return parts[0] if len(parts) == 1 else merged(parts)


# To plain tuples and back. A step becomes a plain tuple, since marshal takes no subclass.


def _plain_subject(subject: ImportedSubject) -> tuple[Any, ...]:
    return (
        subject.study_oid,
        subject.meta_data_version,
        subject.subject_key,
        subject.site_number,
        [_plain_form(form) for form in subject.forms],
        [_plain_path(path) for path in subject.events],
        dict(subject.source),
        subject.line,
        pickle.dumps(subject.queries) if subject.queries else b"",
        [(_plain_path(path), reason) for path, reason in subject.not_done],
    )


def _subject(plain: tuple[Any, ...]) -> ImportedSubject:
    study, version, key, site, forms, events, source, line, queries, not_done = plain
    return ImportedSubject(
        study,
        version,
        key,
        site,
        tuple(map(_form, forms)),
        tuple(_path(*path) for path in events),
        source,
        line,
        pickle.loads(queries) if queries else (),  # noqa: S301 - as all of it, written by this process
        tuple((_path(*path), reason) for path, reason in not_done),
    )


def _plain_form(form: ImportedForm) -> tuple[Any, ...]:
    places: dict[
        int, int
    ] = {}  # paths are told apart by identity: the readers make few, and hashing them costs
    paths: list[Any] = []
    items: list[Any] = []
    for item in form.items:
        path = item.path
        place = places.get(id(path))
        if place is None:
            place = places[id(path)] = len(paths)
            paths.append(_plain_path(path))
        if item.source or item.missing or item.unit or item.transaction:
            items.append(
                (place, item.raw, item.line, item.missing, item.unit, item.transaction, dict(item.source))
            )
        else:
            items.append((place, item.raw, item.line))
    rows = [_plain_path(path) for path in form.rows]
    return _plain_path(form.path), paths, items, rows, form.transaction, dict(form.source), form.line


def _form(plain: tuple[Any, ...]) -> ImportedForm:
    path, places, items, rows, transaction, source, line = plain
    paths = [_path(*place) for place in places]
    return ImportedForm(
        _path(*path),
        tuple(_item(paths, *item) for item in items),
        tuple(_path(*row) for row in rows),
        transaction,
        source,
        line,
    )


def _item(paths: list[ItemPath], place: int, raw: str | None, line: int, *more: Any) -> ImportedItem:
    if not more:
        return ImportedItem(paths[place], raw, line=line)
    missing, unit, transaction, source = more
    return ImportedItem(paths[place], raw, missing, unit, transaction, source, line)


def _plain_path(path: ItemPath) -> tuple[Any, ...]:
    event, form = path.event, path.form
    return (
        None if event is None else tuple(event),
        None if form is None else tuple(form),
        tuple(map(tuple, path.groups)),
        path.item,
    )


@lru_cache(maxsize=16384)
def _path(
    event: tuple[str, str] | None,
    form: tuple[str, str] | None,
    groups: tuple[tuple[str, str], ...],
    item: str | None,
) -> ItemPath:
    return ItemPath(
        None if event is None else Step(*event),
        None if form is None else Step(*form),
        tuple(Step(*group) for group in groups),
        item,
    )
