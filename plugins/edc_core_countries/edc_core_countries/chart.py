"""Where the bars of a roadmap stand: numbers only, the template draws them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core_countries.dates import DatedStep

NEAR = 40  #: a year whose words would stand on those of today is left out
LABEL, WIDTH, ROW = 300, 560, 26  #: space for names, the longest line of time, the height of a row


@dataclass(frozen=True, slots=True)
class Bar:
    """:param look: class of its colour. :param words: what a pointer reads."""

    label: str
    x: float
    y: int
    width: float
    look: str
    words: str


@dataclass(frozen=True, slots=True)
class Gantt:
    """:param years: (x, year). :param today: x of today, or none where it lies outside."""

    bars: tuple[Bar, ...]
    years: tuple[tuple[float, int], ...]
    today: float | None
    height: int
    width: int = LABEL + WIDTH


def gantt(steps: Sequence[DatedStep], today: date, language: str) -> Gantt:
    """The chart of dated steps, one row each."""
    days = [day for one in steps for day in (one.begins, one.due, one.on)]
    if not days:
        return Gantt((), (), None, 0)
    first, last = min(days), max(days) + timedelta(days=30)
    scale = WIDTH / max(1, (last - first).days)

    def x(day: date) -> float:
        return round(LABEL + (day - first).days * scale, 1)

    bars = []
    for place, one in enumerate(steps):
        left, right = sorted((one.begins, one.on))
        title = one.step.title.in_language(language)
        look = "fg" if one.done else "fr" if one.is_overdue(today) else "f1"
        words = f"{title}: {left} to {right}"
        bars.append(Bar(title, x(left), place * ROW + 4, max(3.0, round(x(right) - x(left), 1)), look, words))
    now = x(today) if first <= today <= last else None
    places = ((x(date(year, 1, 1)), year) for year in range(first.year + 1, last.year + 1))
    years = tuple((at, year) for at, year in places if now is None or abs(at - now) > NEAR)
    return Gantt(tuple(bars), years, now, len(bars) * ROW + 24)
