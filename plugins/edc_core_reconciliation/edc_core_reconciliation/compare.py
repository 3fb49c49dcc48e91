"""Events of two lists brought together by key fields, and what differs between them. Pure.

Two values are the same when they say the same: codes and the words for them, dates however they are written, texts without
regard to case and spaces.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.api import BadRequest, PartialDate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from edc_core.api import ItemPath

MOST_ROWS = 20_000
MOST_COLUMNS = 200
_SHORT_DATE = re.compile(r"(\d{1,2})[ -]?([A-Za-z]{3})[ -]?(\d{4})", re.ASCII)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@dataclass(frozen=True, slots=True)
class Table:
    """A file as it was sent. :param rows: as many cells each as there are columns; the first is in line 2."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Ours:
    """An event of the study. :param cells: of the items that are compared. :param path: of its form or row.

    :param subject_id: what stays the same when the number of the subject is corrected.
    """

    subject_key: str
    site: str
    path: ItemPath
    cells: tuple[str, ...]
    subject_id: str = ""


@dataclass(frozen=True, slots=True)
class Theirs:
    """A line of the safety database. :param line: of the file, from 2.

    :param written: the number of the subject as it stands there, where somebody said whose event it is.
    """

    line: int
    subject_key: str
    cells: tuple[str, ...]
    written: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """An event in both lists. :param differs: positions of cells that do not say the same."""

    ours: Ours
    theirs: Theirs
    differs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """:param same: how many events say the same in both lists."""

    pairs: tuple[Pair, ...]
    only_ours: tuple[Ours, ...]
    only_theirs: tuple[Theirs, ...]
    same: int

    @property
    def differences(self) -> int:
        return len(self.pairs) + len(self.only_ours) + len(self.only_theirs)

    def of(self, cells: Collection[int]) -> Comparison:
        """As if nothing but some cells had been compared, those that name an event among them. :param cells: positions."""
        kept = [(pair, tuple(n for n in pair.differs if n in cells)) for pair in self.pairs]
        pairs = tuple(replace(pair, differs=differs) for pair, differs in kept if differs)
        return replace(self, pairs=pairs, same=self.same + len(self.pairs) - len(pairs))


def read_table(content: bytes) -> Table:
    """A CSV file in UTF-8, with commas, semicolons or tabs between its cells.

    :raises BadRequest: it is none, and where.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadRequest(
            f"Line {line} is not in UTF-8. Save the file as CSV UTF-8 and send it again."
        ) from None
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = [
            tuple(map(str.strip, row))
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        ]
    except csv.Error as error:
        raise BadRequest(f"This is no CSV file: {error}.") from None
    rows = [row for row in rows if any(row)]
    if len(rows) < 2:
        raise BadRequest("The file has no line of an event below its headings.")
    columns = rows[0]
    if len(columns) > MOST_COLUMNS or len(rows) > MOST_ROWS + 1:
        raise BadRequest(f"A file has at most {MOST_ROWS:,} lines and {MOST_COLUMNS} columns.")
    if len(set(columns)) < len(columns) or "" in columns:
        raise BadRequest("Every column needs a heading of its own in line 1.")
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(columns):
            raise BadRequest(
                f"Event {line - 1} has {len(row)} cells where there are {len(columns)} headings."
            )
    return Table(columns, tuple(rows[1:]))


def plain(text: str) -> str:
    """A text without what is no difference."""
    return " ".join(text.split()).casefold()


def coded(terms: Mapping[str, Iterable[str]]) -> Callable[[str], str]:
    """What makes a code of it or of any of its words. :param terms: words by code."""
    codes = {plain(word): code for code, words in terms.items() for word in (*words, code)}
    return lambda text: codes.get(plain(text), plain(text))


def dated(text: str) -> str:
    """A date in its one form, ``2026-03-04`` from ``04 MAR 2026``, ``4-Mar-2026``, ``04MAR2026``; a time stays behind it."""
    text = text.strip()
    found = _SHORT_DATE.match(text)
    if found and found[2].upper() in _MONTHS:
        day, month = int(found[1]), _MONTHS.index(found[2].upper()) + 1
        text = f"{found[3]}-{month:02}-{day:02}{text[found.end() :]}"
    day_text, _, clock = text.replace("T", " ", 1).partition(" ")
    try:
        shown = PartialDate.parse(day_text).display()
    except (ValueError, TypeError):
        return plain(text)
    return f"{shown} {clock.strip()}".strip().casefold()


def compared(
    ours: Iterable[Ours],
    theirs: Iterable[Theirs],
    keys: Sequence[int],
    reads: Sequence[Callable[[str], str]],
) -> Comparison:
    """Bring events of one subject together that say the same in all key fields; of several, in their order.

    :param keys: positions of the cells that name an event. :param reads: makes comparable what a cell holds.
    """

    def key_of(one: Ours | Theirs) -> tuple[str, ...]:
        return (plain(one.subject_key), *(reads[n](one.cells[n]) for n in keys))

    waiting: dict[tuple[str, ...], list[Theirs]] = defaultdict(list)
    for other in theirs:
        waiting[key_of(other)].append(other)
    pairs, only_ours, same = [], [], 0
    for one in ours:
        found = waiting[key_of(one)]
        if not found:
            only_ours.append(one)
            continue
        other = found.pop(0)
        differs = tuple(
            n for n, read in enumerate(reads) if n not in keys and read(one.cells[n]) != read(other.cells[n])
        )
        if differs:
            pairs.append(Pair(one, other, differs))
        else:
            same += 1
    left = sorted((other for many in waiting.values() for other in many), key=lambda other: other.line)
    return Comparison(tuple(pairs), tuple(only_ours), tuple(left), same)
