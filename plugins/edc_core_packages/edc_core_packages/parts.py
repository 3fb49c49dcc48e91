"""A part of a guide: a heading, a text, a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How the columns of a table share the page; ``guide.typ`` has their widths."""

    PAIRS = "pairs"  #: a name and what it is
    COUNTED = "counted"  #: a name, words, and a number
    REASONED = "reasoned"  #: words, a number, and why
    THREE = "three"
    FINDINGS = "findings"
    PROGRAMS = "programs"
    ANALYSIS = "analysis"
    ORIGINS = "origins"


@dataclass(frozen=True, slots=True)
class Part:
    """:param columns: their names; empty ones for a table without a head. :param rows: each with a cell for every column."""

    heading: str
    text: str = ""
    shape: Shape = Shape.PAIRS
    columns: tuple[str, ...] = ("", "")
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def says_something(self) -> bool:
        return bool(self.text or self.rows)


def rows_of_text(rows: Iterable[Iterable[object]]) -> tuple[tuple[str, ...], ...]:
    """The cells of a table as text; numbers with commas between their thousands."""
    return tuple(tuple(f"{c:,}" if isinstance(c, int) else str(c) for c in row) for row in rows)
