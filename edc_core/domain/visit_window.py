"""When a visit is due, whether it took place then, and what that is called in words. Pure.

Dates may be partial. What is not known of them makes intervals, so that a visit is outside its window only where no
reading of the dates would have it inside (REQ-DAT-11, REQ-DAT-14). A window in hours or minutes is one of elapsed time
by the clock of the site (REQ-TIM-04); a time that the clock shows twice or never makes an interval too (REQ-TIM-03).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edc_core.domain.partial_date import PartialDate
from edc_core.domain.said import said
from edc_core.domain.translated_text import TranslatedText

if TYPE_CHECKING:
    from edc_core.domain.metadata import VisitWindow

_WRITTEN = re.compile(r"(-?)P(?:(\d{1,4})([DWM])|T(\d{1,4})([HM]))", re.ASCII)
_WORDS = re.compile(r"(-?)(\d{1,4})(?: ?(day|week|month|hour|h|minute|min)s?)?", re.ASCII)
_UNITS = {"h": "TH", "m": "TM", "d": "D", "w": "W"}  #: by the first letter of its word; a month is ``M``
_TIMED = {"TH": timedelta(hours=1), "TM": timedelta(minutes=1)}


def read_duration(text: str) -> str:
    """A span of time in its one form, of days, months, hours or minutes: ``P21D`` from ``21``, ``21 days``, ``3 weeks``,
    ``P3W``; ``PT4H`` from ``4 hours``, ``4 h``; ``PT15M`` from ``15 min``.

    :raises ValueError: it is nothing of that kind.
    """
    text = text.strip()
    if _WRITTEN.fullmatch(text):
        sign, count, unit = _parts(text)
    elif match := _WORDS.fullmatch(text):
        word = match[3] or "day"
        sign, count, unit = match[1], int(match[2]), "M" if word == "month" else _UNITS[word[0]]
    else:
        raise ValueError(text)
    if unit == "W":
        count, unit = count * 7, "D"
    time, letter = unit[:-1], unit[-1]
    return f"{sign if count else ''}P{time}{count}{letter}"


def is_timed(window: VisitWindow) -> bool:
    """Whether it is counted in hours or minutes, so that it needs dates with times."""
    return any(_parts(span)[2] in _TIMED for span in (window.target, window.before, window.after))


@lru_cache(maxsize=1024)
def _parts(duration: str) -> tuple[str, int, str]:
    match = _WRITTEN.fullmatch(duration)
    if match is None:
        raise ValueError(duration)
    sign, days, unit, time, time_unit = match.groups()
    return sign, int(days or time), unit or f"T{time_unit}"


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


def _moved_at(moment: datetime, duration: str, zone: str, *, back: bool = False) -> datetime:
    """A moment at a site so much later, or earlier: hours and minutes elapse, days and months go by its calendar."""
    sign, number, unit = _parts(duration)
    try:
        if unit in _TIMED:
            count = -number if bool(sign) != back else number
            return _at_site(moment + count * _TIMED[unit], zone)
        day = moved(moment.date(), duration, back=back)
        return _at_site(datetime.combine(day, moment.time(), ZoneInfo(zone)), zone)
    except OverflowError:  # the first or the last day of the calendar
        return moment


def _at_site(moment: datetime, zone: str) -> datetime:
    """With the offset that the site's clock has then: moments of one zone object would be compared by their hands."""
    local = moment.astimezone(UTC).astimezone(ZoneInfo(zone))
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))


@dataclass(frozen=True, slots=True)
class Days:
    """A day, or in a window of hours a moment, of which only the limits may be known, both included."""

    low: date
    high: date

    @classmethod
    def of(cls, on: PartialDate) -> Days:
        return cls(on.earliest, on.latest)

    @classmethod
    def at(cls, local: datetime, zone: str) -> Days:
        """A date and time by the clock of a site. :raises OverflowError: at the end of the calendar."""
        readings = [_at_site(local.replace(tzinfo=ZoneInfo(zone), fold=fold), zone) for fold in (0, 1)]
        return cls(min(readings), max(readings))

    def __str__(self) -> str:
        """As ``told``, in English."""
        return self.told.in_language("en")

    @property
    def told(self) -> TranslatedText:
        """``04 MAR 2026``, or both limits: ``04 MAR 2026 08:45 to 11:00`` within a day."""
        low, high = shown(self.low), shown(self.high)
        day = low[: -len("00:00")]
        if low == high:
            return TranslatedText.of(low)
        return said(
            "from to", low=low, high=high.removeprefix(day) if isinstance(self.low, datetime) else high
        )


def shown(day: date) -> str:
    """``04 MAR 2026``, with the time of a moment."""
    text = PartialDate(day.year, day.month, day.day).display()
    return f"{text} {day:%H:%M}" if isinstance(day, datetime) else text


def taken_in_words(on: PartialDate, taken: Days) -> TranslatedText:
    """The date of a visit as its window counts it."""
    return taken.told if isinstance(taken.low, datetime) else TranslatedText.of(on.display())


@dataclass(frozen=True, slots=True)
class Due:
    """When a visit of one subject is due.

    :param planned: the day itself. :param earliest: the first day that is in time. :param latest: the last one.
    """

    planned: Days
    earliest: Days
    latest: Days

    @property
    def told(self) -> TranslatedText:
        """The window, from its first day to its last one as far as they are known."""
        return Days(self.earliest.low, self.latest.high).told

    @property
    def in_words(self) -> str:
        """As ``told``, in English."""
        return self.told.in_language("en")


@lru_cache(maxsize=16384)
def due(window: VisitWindow, anchor: Days, zone: str) -> Due:
    """When a visit is due that is counted from a day, or from a moment at a site in an IANA zone."""

    def off(start: Days, duration: str, *, back: bool = False) -> Days:
        return Days(*(
            _moved_at(limit, duration, zone, back=back) if isinstance(limit, datetime)
            else moved(limit, duration, back=back)
            for limit in (start.low, start.high)
        ))  # fmt: skip

    planned = off(anchor, window.target)
    return Due(planned, off(planned, window.before, back=True), off(planned, window.after))


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


def took_place(window: Due, on: Days) -> Standing:
    """How the date of a visit stands to its window."""
    if on.high < window.earliest.low:
        return Standing.EARLY
    if on.low > window.latest.high:
        return Standing.LATE
    is_inside = on.low >= window.earliest.high and on.high <= window.latest.low
    return Standing.IN_WINDOW if is_inside else Standing.UNCERTAIN


def awaited(window: Due, now: datetime) -> Standing:
    """How a visit that has no date yet stands to its window, by the clock of its site."""
    today = now if isinstance(window.latest.high, datetime) else now.date()
    if today > window.latest.high:
        return Standing.OVERDUE
    return Standing.COMING if today < window.earliest.low else Standing.DUE


@dataclass(frozen=True, slots=True)
class VisitTiming:
    """The date of a visit and how it stands to its window; each as far as there is one.

    :param taken: the same date as its window counts it: a moment in one of hours.
    """

    date: PartialDate | None = None
    taken: Days | None = None
    due: Due | None = None
    standing: Standing | None = None
