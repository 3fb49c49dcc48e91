"""Where the marks of a chart stand: numbers only, the template draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core_dashboards.numbers import Numbers

LABEL, WIDTH, ROW = 124, 356, 28  #: of a bar chart: names of rows, the longest bar, the height of a row
HEIGHT = 170  #: of a line chart
FILLS = ("f1", "f2", "f3", "f0")


@dataclass(frozen=True, slots=True)
class Segment:
    """:param fits: the number can stand inside."""

    x: float
    width: float
    fill: str
    words: str
    value: int
    fits: bool


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    y: int
    end: float
    total: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, or a line (``points``) with marks (x, y, label) below. :param says: the same in one sentence."""

    numbers: Numbers
    height: int
    says: str
    bars: tuple[Bar, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()
    points: str = ""
    last: tuple[float, float, int] = (0, 0, 0)
    marks: tuple[tuple[float, str], ...] = ()


def chart_of(numbers: Numbers) -> Chart:
    """The chart of a table."""
    return _bars(numbers) if numbers.parts else _line(numbers)


def _bars(numbers: Numbers) -> Chart:
    totals = [sum(int(row[part]) for part in numbers.parts) for row in numbers.rows]
    scale = WIDTH / max(1, *totals, 1)
    bars = []
    for place, (row, total) in enumerate(zip(numbers.rows, totals, strict=True)):
        x, segments = float(LABEL), []
        for fill, part in zip(FILLS, numbers.parts, strict=False):
            value = int(row[part])
            width = round(value * scale, 1)
            if value:
                fits = width > 9 * len(f"{value:,}") + 6
                segments.append(Segment(round(x, 1), width, fill, numbers.header[part], value, fits))
            x += width
        bars.append(Bar(str(row[0]), place * ROW + 4, round(x + 8, 1), total, tuple(segments)))
    legend = tuple((fill, numbers.header[part]) for fill, part in zip(FILLS, numbers.parts, strict=False))
    return Chart(numbers, len(bars) * ROW + 4, _says(numbers), tuple(bars), legend)


def _line(numbers: Numbers) -> Chart:
    values = [int(row[-1]) for row in numbers.rows]
    if not values:
        return Chart(numbers, HEIGHT, _says(numbers))
    step = WIDTH / max(1, len(values) - 1)
    high = max(1, *values, 1)
    at = [(round(40 + n * step, 1), round(140 - 120 * value / high, 1)) for n, value in enumerate(values)]
    every = max(1, len(values) // 6)
    marks = tuple((at[n][0], str(numbers.rows[n][0])) for n in range(0, len(values), every))
    points = " ".join(f"{x},{y}" for x, y in at)
    return Chart(numbers, HEIGHT, _says(numbers), points=points, last=(*at[-1], values[-1]), marks=marks)


def _says(numbers: Numbers) -> str:
    """The first row, which is all sites together, or the newest of a line."""
    if not numbers.rows:
        return "Nothing to count yet."
    row = numbers.rows[0] if numbers.parts else numbers.rows[-1]
    counts = ", ".join(f"{row[n]} {numbers.header[n].lower()}" for n in range(1, len(row)))
    return f"{numbers.about} {row[0]}: {counts}."
