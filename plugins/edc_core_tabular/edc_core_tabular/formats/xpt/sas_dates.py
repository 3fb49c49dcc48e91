"""Dates and times as SAS counts them: days or seconds since 1960, seconds of a day. Only where a format asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time

from edc_core.api import DataType, Variable

#: The number of a whole date or time in ISO 8601. :raises ValueError: of a part, or of anything else.
Count = Callable[[str], float]

_EPOCH = datetime(1960, 1, 1)  # noqa: DTZ001 - local, as collected
_FORMAT = re.compile(r"(\$?[A-Z_][A-Z0-9_]*?|\$)?(\d*)(?:\.(\d*))?", re.ASCII | re.IGNORECASE)
_WHOLE = frozenset({DataType.DATE, DataType.TIME, DataType.DATETIME})
_DAY, _TIME = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?"


def counting(variable: Variable) -> Count | None:
    """How cells are counted, by the SAS format of the variable; None where they are no dates in SAS.

    Only whole dates and times are: a type of which a part may be unknown is text, whatever its format.
    """
    parts = format_parts(variable.display_format)
    return _COUNTS.get(parts[0]) if parts and variable.data_type in _WHOLE else None


def format_parts(display_format: str) -> tuple[str, int, int] | None:
    """Name, width and decimals of a SAS format such as ``DATE9.``, ``8.2`` or ``$20.``; None where it is none.

    The digits at the end of a name are its width: ``E8601DA10.`` is E8601DA of width 10.
    """
    found = _FORMAT.fullmatch(display_format)
    if found is None:
        return None
    name, width, decimals = found.groups()
    return (name or "").upper(), int(width or 0), int(decimals or 0)


def of_dates(format_name: str) -> bool:
    """Whether a SAS format is one of dates or times."""
    return format_name in _COUNTS


def _days(cell: str) -> float:
    return float((date.fromisoformat(_whole(cell, _DAY)) - _EPOCH.date()).days)


def _seconds(cell: str) -> float:
    return (datetime.fromisoformat(_whole(cell, f"{_DAY}T{_TIME}")) - _EPOCH).total_seconds()


def _seconds_of_day(cell: str) -> float:
    at = time.fromisoformat(_whole(cell, _TIME))
    return at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6


def _whole(cell: str, pattern: str) -> str:
    if not re.fullmatch(pattern, cell, re.ASCII):
        raise ValueError
    return cell


_COUNTS: dict[str, Count] = {
    **dict.fromkeys(("DATE", "DDMMYY", "MMDDYY", "YYMMDD", "E8601DA", "IS8601DA"), _days),
    **dict.fromkeys(("DATETIME", "E8601DT", "IS8601DT"), _seconds),
    **dict.fromkeys(("TIME", "HHMM", "TOD", "E8601TM", "IS8601TM"), _seconds_of_day),
}
