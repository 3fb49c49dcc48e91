"""Dates as SDTM has them: ISO 8601 text, cut off at the right where less is known (SDTMIG 3.4, section 4.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

_WHOLE_DAY = 10  #: characters of ``2026-03-01``


def joined(day: str, time: str) -> str:
    """A collected date with its time; the time is left out where the day isn't whole."""
    return f"{day}T{time}" if time and is_whole(day) and "T" not in day else day


def is_whole(text: str) -> bool:
    """Whether a date is known to the day."""
    return len(text) >= _WHOLE_DAY and _ordinal(text[:_WHOLE_DAY]) is not None


def study_day(text: str, reference: str) -> str:
    """``--DY``: days from the reference date, which is day 1; the day before it is -1. Empty when either isn't whole."""
    day, first = _ordinal(text[:_WHOLE_DAY]), _ordinal(reference[:_WHOLE_DAY])
    if day is None or first is None:
        return ""
    apart = day - first
    return str(apart + 1 if apart >= 0 else apart)


def years_between(birth: str, day: str) -> str:
    """Whole years; empty when either date isn't whole."""
    if not (is_whole(birth) and is_whole(day)):
        return ""
    return str(int(day[:4]) - int(birth[:4]) - (day[5:_WHOLE_DAY] < birth[5:_WHOLE_DAY]))


def on_or_before(text: str, reference: str) -> bool:
    """Whether a time isn't after another: by the clock where both know it, else by the day."""
    if "T" in text and "T" in reference:
        return text <= reference
    return text[:_WHOLE_DAY] <= reference[:_WHOLE_DAY]


def end_of(start: str, time: str) -> str:
    """When something ended of which only the clock is known: on the day it began, or on the next when the clock is earlier."""
    if not is_whole(start):
        return ""
    day = start[:_WHOLE_DAY]
    if "T" in start and time < start[_WHOLE_DAY + 1 :]:
        day = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    return f"{day}T{time}"


def earliest(texts: Iterable[str]) -> str:
    """The earliest whole date; empty when there is none."""
    return min(filter(is_whole, texts), default="")


def latest(texts: Iterable[str]) -> str:
    return max(filter(is_whole, texts), default="")


@lru_cache(maxsize=65536)
def _ordinal(day: str) -> int | None:
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError:
        return None
