"""Where the marks of a chart of drift stand: numbers only, the template draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core_snapshots.drift import MEASURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core_snapshots.drift import Moment

LEFT, WIDTH, TOP, BOTTOM = 24, 400, 20, 110  #: of the area of the line
LABELS = 5  #: names of states below the line, at most, for they would run into one another


@dataclass(frozen=True, slots=True)
class Mark:
    """A state on the line. :param shows: its number stands above it, and ``label`` below the line where it has one."""

    x: float
    y: float
    value: int
    name: str
    label: str
    shows: bool


@dataclass(frozen=True, slots=True)
class DriftChart:
    """:param says: the same in one sentence."""

    name: str
    title: str
    about: str
    marks: tuple[Mark, ...]
    points: str
    says: str


def charts(moments: Sequence[Moment]) -> tuple[DriftChart, ...]:
    """One for each measure, over all states."""
    return tuple(_chart(moments, name, title, about) for name, title, about in MEASURES)


def _chart(moments: Sequence[Moment], name: str, title: str, about: str) -> DriftChart:
    values = [moment.counts[name] for moment in moments]
    step = WIDTH / max(1, len(values) - 1)
    high = max(1, *values, 1)
    last = len(moments) - 1
    every = -(-len(moments) // LABELS)
    named = {n for n in range(0, len(moments), every) if last - n >= every} | {0, last}
    marks = tuple(
        Mark(
            x=round(LEFT + n * step, 1),
            y=round(BOTTOM - (BOTTOM - TOP) * value / high, 1),
            value=value,
            name=moments[n].name,
            label=_short(moments[n].name) if n in named else "",
            shows=len(moments) <= 2 * LABELS or n in (0, last),
        )
        for n, value in enumerate(values)
    )
    points = " ".join(f"{mark.x},{mark.y}" for mark in marks)
    said = f"{title}: {values[0]} in {moments[0].name}, {values[-1]} in {moments[-1].name}." if values else ""
    return DriftChart(name, title, about, marks, points, said)


def _short(name: str) -> str:
    return name if len(name) <= 14 else f"{name[:13]}…"
