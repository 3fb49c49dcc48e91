"""Dates of a calendar that counts years in eras, as a date of the common calendar."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DATE = re.compile(r"([A-Z]|[^\W\d_]{2})(\d{1,2}|元)[.\-/年](\d{1,2})[.\-/月](\d{1,2})日?")


@dataclass(frozen=True, slots=True)
class Era:
    """An era, its year 1 being the year of its first day.

    :param letter: as in ``R8.3.5``. :param name: as in ``令和8年3月5日``. :param starts: ISO date; ``ends`` empty for the present one.
    :param countries: at whose sites it is read.
    """

    letter: str
    name: str
    starts: str
    ends: str = ""
    countries: tuple[str, ...] = ()


def in_common_calendar(text: str, eras: Iterable[Era]) -> str:
    """The ISO date of a text that is a date of one of the eras, and any other text as it is.

    A day that lies outside its era stays as it was typed, so that it is read as no date: Showa ended on its 7 January 64.
    """
    folded = unicodedata.normalize("NFKC", text).strip().upper()
    match = _DATE.fullmatch(folded)
    era = next((one for one in eras if match and match[1] in (one.letter, one.name)), None)
    if match is None or era is None:
        return text
    year = int(era.starts[:4]) + (1 if match[2] == "元" else int(match[2])) - 1
    try:
        day = date(year, int(match[3]), int(match[4])).isoformat()
    except ValueError:
        return text
    return day if era.starts <= day and (not era.ends or day <= era.ends) else text
