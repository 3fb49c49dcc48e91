"""When a visit is due, whether it took place then, and what that is called in words. Pure.

Dates may be partial. What is not known of them makes intervals, so that a visit is outside its window only where no
reading of the dates would have it inside (REQ-DAT-11, REQ-DAT-14).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.domain.partial_date import PartialDate

if TYPE_CHECKING:
    from edc_core.domain.metadata import VisitWindow

_WRITTEN = re.compile(r"(-?)P(\d{1,4})([DWM])", re.ASCII)
_WORDS = re.compile(r"(-?)(\d{1,4})(?: ?(day|week|month)s?)?", re.ASCII)


def read_duration(text: str) -> str:
    """A span of time in its one form, of days or of months: ``P21D`` from ``21``, ``21 days``, ``3 weeks``, ``P3W``.

    :raises ValueError: it is nothing of that kind.
    """
    text = text.strip()
    if match := _WRITTEN.fullmatch(text):
        sign, number, unit = match.groups()
    elif match := _WORDS.fullmatch(text):
        sign, number, word = match.groups()
        unit = (word or "day")[0].upper()
    else:
        raise ValueError(text)
    count = int(number) * (7 if unit == "W" else 1)
    return f"{sign if count else ''}P{count}{'M' if unit == 'M' else 'D'}"


def duration_in_words(duration: str) -> str:
    """``21 days``, ``1 month``."""
    sign, number, unit = _parts(duration)
    noun = "month" if unit == "M" else "day"
    return f"{sign}{number} {noun}{'' if number == 1 else 's'}"


def _parts(duration: str) -> tuple[str, int, str]:
    match = _WRITTEN.fullmatch(duration)
    if match is None:
        raise ValueError(duration)
    sign, number, unit = match.groups()
    return sign, int(number), unit


def moved(day: date, duration: str, *, back: bool = False) -> date:
    """A day so much later, or earlier. Months end where the calendar lets them; no date leaves the years 1 to 9999."""
    sign, number, unit = _parts(duration)
    count = -number if bool(sign) != back else number
    try:
        if unit == "D":
            return day + timedelta(days=count)
        year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return date.min if count < 0 else date.max


@dataclass(frozen=True, slots=True)
class Days:
    """A day of which only the limits may be known, both included."""

    low: date
    high: date

    def __str__(self) -> str:
        """``04 MAR 2026``, or both limits."""
        if self.low == self.high:
            return shown(self.low)
        return f"{shown(self.low)} to {shown(self.high)}"


def shown(day: date) -> str:
    return PartialDate(day.year, day.month, day.day).display()


@dataclass(frozen=True, slots=True)
class Due:
    """When a visit of one subject is due.

    :param planned: the day itself. :param earliest: the first day that is in time. :param latest: the last one.
    """

    planned: Days
    earliest: Days
    latest: Days

    @property
    def in_words(self) -> str:
        """The window, from its first day to its last one as far as they are known."""
        if self.earliest.low == self.latest.high:
            return shown(self.earliest.low)
        return f"{shown(self.earliest.low)} to {shown(self.latest.high)}"


def due(window: VisitWindow, anchor: PartialDate) -> Due:
    """When a visit is due that is counted from a day."""
    first, last = anchor.earliest, anchor.latest
    planned = Days(moved(first, window.target), moved(last, window.target))
    return Due(
        planned,
        Days(moved(planned.low, window.before, back=True), moved(planned.high, window.before, back=True)),
        Days(moved(planned.low, window.after), moved(planned.high, window.after)),
    )


class Standing(StrEnum):
    """How a visit stands to its window."""

    COMING = "coming"
    DUE = "due"
    OVERDUE = "overdue"
    IN_WINDOW = "in window"
    EARLY = "before window"
    LATE = "after window"
    UNCERTAIN = "window uncertain"  #: the unknown parts of a date decide


OUTSIDE = frozenset({Standing.EARLY, Standing.LATE})


def took_place(window: Due, on: PartialDate) -> Standing:
    """How the date of a visit stands to its window."""
    if on.latest < window.earliest.low:
        return Standing.EARLY
    if on.earliest > window.latest.high:
        return Standing.LATE
    is_inside = on.earliest >= window.earliest.high and on.latest <= window.latest.low
    return Standing.IN_WINDOW if is_inside else Standing.UNCERTAIN


def awaited(window: Due, today: date) -> Standing:
    """How a visit that has no date yet stands to its window."""
    if today > window.latest.high:
        return Standing.OVERDUE
    return Standing.COMING if today < window.earliest.low else Standing.DUE


@dataclass(frozen=True, slots=True)
class VisitTiming:
    """The date of a visit and how it stands to its window; each as far as there is one."""

    date: PartialDate | None = None
    due: Due | None = None
    standing: Standing | None = None
