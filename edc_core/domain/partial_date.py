"""Dates of which a part may be unknown, as ISO 8601 right-truncated text and as the interval it allows."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_CANONICAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """``2026``, ``2026-03`` or ``2026-03-04``. It may be any day from ``earliest`` to ``latest``."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read canonical text; the time of a date-time is left out.

        :raises ValueError: when the text is no calendar date.
        """
        match = _CANONICAL.fullmatch(text.partition("T")[0])
        if match is None:
            raise ValueError(text)
        year, month, day = match.groups()
        date(int(year), int(month or 1), int(day or 1))  # refuses a day that the month does not have
        return cls(int(year), int(month) if month else None, int(day) if day else None)

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text

    @property
    def is_complete(self) -> bool:
        return self.day is not None

    @property
    def earliest(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def before(self, other: PartialDate) -> bool | None:
        """Whether this date lies before another: certainly, certainly not, or ``None`` for cannot tell. For checks of plugins."""
        return lies_before((self.earliest, self.latest), (other.earliest, other.latest))

    def display(self) -> str:
        """``04 MAR 2026``, unknown parts as ``UN``."""
        day = f"{self.day:02d}" if self.day else "UN"
        month = MONTHS[self.month - 1] if self.month else "UNK"
        return f"{day} {month} {self.year:04d}"


def lies_before(one: tuple[Any, Any], other: tuple[Any, Any]) -> bool | None:
    """Whether one of two lies before the other, of which only the least and the most that each may be are known."""
    if one[1] < other[0]:
        return True
    return False if one[0] >= other[1] else None
