"""The dictionaries of an installation: a folder with one file for each, named by the digest of what was delivered.

A file is a small SQLite database that nobody writes to once it is there, so any number of processes read it, and a dictionary
of a million names costs no memory. ``EDC_CODING_DIR`` names the folder; the licence of what lies in it is its user's.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from edc_core.api import AlreadyExists, CodedLevel, NotFound
from edc_core_coding.terms import About, Term, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from edc_core_coding.reading import Delivery

FOLDER = "DIR"  #: of ``EDC_CODING_DIR``
SUFFIX = ".terms"
_MADE = """
CREATE TABLE about (name TEXT, version TEXT, language TEXT, sha256 TEXT, layout TEXT, terms INTEGER);
CREATE TABLE term (id INTEGER PRIMARY KEY, key TEXT, code TEXT, plain TEXT, current INTEGER, levels TEXT);
CREATE VIRTUAL TABLE word USING fts5(plain, content='', tokenize='trigram');
"""
_INDEXED = """
CREATE INDEX ix_term_key ON term (key);
CREATE INDEX ix_term_code ON term (code);
CREATE INDEX ix_term_plain ON term (plain);
"""
_TERM = "SELECT levels, current FROM term"


def folder(settings: Mapping[str, str]) -> Path:
    """Where the dictionaries of this installation lie. :param settings: those of the plugin."""
    return Path(settings.get(FOLDER) or "dictionaries")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary on the shelf."""

    about: About
    file: Path

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro&immutable=1", uri=True)) as connection:
            yield connection

    def by_key(self, key: str) -> Term:
        """:raises NotFound: the dictionary has no such term."""
        found = self._terms("WHERE key = ?", (key,))
        if not found:
            raise NotFound(f"{self.about.title} has no term '{key}'.")
        return found[0]

    def by_code(self, code: str) -> tuple[Term, ...]:
        """The term of a code, once for each of its places."""
        return self._terms("WHERE code = ?", (code,))

    def by_plain(self, text: str) -> tuple[Term, ...]:
        """Terms that say the same, without what is no difference, in the order of the dictionary."""
        return self._terms("WHERE plain = ?", (plain(text),))

    def like(self, text: str, limit: int) -> tuple[Term, ...]:
        """Terms that share the most with a text, roughly: the candidates for a closer look."""
        words = plain(text)
        parts = {words[n : n + 3] for n in range(len(words) - 2)}
        if not parts:
            return self._terms("WHERE plain >= ? AND plain < ? LIMIT ?", (words, words + "\U0010ffff", limit))
        asked = " OR ".join(f'"{part}"' for part in sorted(parts))
        inside = "SELECT rowid FROM word WHERE word MATCH ? ORDER BY rank LIMIT ?"
        return self._terms(f"WHERE id IN ({inside})", (asked, limit))

    def all(self) -> Iterator[Term]:
        with self._open() as connection:
            for row in connection.execute(f"{_TERM} ORDER BY id"):
                yield _term(row)

    def _terms(self, where: str, given: Sequence[object]) -> tuple[Term, ...]:
        with self._open() as connection:
            return tuple(map(_term, connection.execute(f"{_TERM} {where}", given)))


def _term(row: tuple[str, int]) -> Term:
    levels, current = row
    return Term(tuple(CodedLevel(*one) for one in json.loads(levels)), bool(current))


def keep(
    about: About, delivery: Delivery, where: Path, tell: Callable[[int, int], None] = lambda _done, _all: None
) -> Dictionary:
    """Put a delivery on the shelf; the same again changes nothing.

    :raises AlreadyExists: this version of the dictionary is there with another content.
    """
    about = about._replace(sha256=delivery.sha256, layout=delivery.layout, terms=len(delivery.terms))
    for other in shelf(where):
        if other.about == about:
            return other
        if other.about[:3] == about[:3]:
            raise AlreadyExists(
                f"{about.title} is there with another content (SHA-256 {other.about.sha256[:12]}). One version of a "
                f"dictionary has one content; if that one is wrong, and no study uses it, remove {other.file}."
            )
    where.mkdir(parents=True, exist_ok=True)
    file = where / f"{about.sha256}-{about.language}{SUFFIX}"
    handle, name = tempfile.mkstemp(dir=where, suffix=".part")
    os.close(handle)
    try:
        _write(Path(name), about, delivery.terms, tell)
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)
    return Dictionary(about, file)


def _write(file: Path, about: About, terms: Sequence[Term], tell: Callable[[int, int], None]) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(_MADE)
        connection.execute("INSERT INTO about VALUES (?, ?, ?, ?, ?, ?)", about)
        connection.executemany("INSERT INTO term VALUES (?, ?, ?, ?, ?, ?)", _rows(terms, tell))
        connection.execute("INSERT INTO word (rowid, plain) SELECT id, plain FROM term")
        connection.executescript(_INDEXED)


def _rows(terms: Iterable[Term], tell: Callable[[int, int], None]) -> Iterator[tuple[object, ...]]:
    terms = list(terms)
    for n, term in enumerate(terms, start=1):
        levels = json.dumps([list(level) for level in term.levels], ensure_ascii=False)
        yield n, term.key, term.code, plain(term.text), term.current, levels
        if n % 5000 == 0 or n == len(terms):
            tell(n, len(terms))


def shelf(where: Path) -> tuple[Dictionary, ...]:
    """What lies in a folder, by name, version and language."""
    found = [Dictionary(_about(file), file) for file in sorted(where.glob(f"*{SUFFIX}"))]
    return tuple(sorted(found, key=lambda one: one.about))


@lru_cache(maxsize=64)
def _about(file: Path) -> About:
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
        return About(*connection.execute("SELECT * FROM about").fetchone())


def find(name: str, version: str, language: str, where: Path) -> Dictionary:
    """:raises NotFound: it is not on the shelf, with what to do."""
    wanted = (name, version, language)
    for one in shelf(where):
        if one.about[:3] == wanted:
            return one
    raise NotFound(
        f"{name} {version} ({language}) is not in this installation. Whoever runs it loads it: "
        f"edc coding load {name} {version} FOLDER --language {language}"
    )


def other_languages(one: Dictionary, where: Path) -> tuple[Dictionary, ...]:
    """The same version in other languages, whose codes are the same."""
    return tuple(
        other
        for other in shelf(where)
        if other.about[:2] == one.about[:2] and other.about.language != one.about.language
    )
