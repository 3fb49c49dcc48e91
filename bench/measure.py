"""Work measured side by side: each round runs every contender once, in turning order, so that a busy minute hits all."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

#: Does a fixed amount of work and says how many units that was.
Work = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Size:
    """How much to measure. ``tiny`` shows only that everything runs."""

    name: str
    growth: bool = False

    def pick(self, *, tiny: int, quick: int, full: int) -> int:
        return {"tiny": tiny, "quick": quick, "full": full}[self.name]


@dataclass(frozen=True, slots=True)
class Measured:
    """One goal's ratio in each round. ``words`` say what was compared, in absolute figures of this run."""

    goal: str
    ratios: list[float]
    words: str = ""

    @property
    def value(self) -> float:
        return median(self.ratios)


@dataclass(frozen=True, slots=True)
class Note:
    """A figure without a goal."""

    text: str


Line = Measured | Note


@dataclass(slots=True)
class Rates:
    """Units per second of each contender, round by round."""

    rounds: dict[str, list[float]] = field(default_factory=dict)

    def of(self, name: str) -> float:
        return median(self.rounds[name])

    def ratio(self, one: str, other: str) -> list[float]:
        """Rate of one to rate of the other, paired within each round."""
        return [a / b for a, b in zip(self.rounds[one], self.rounds[other], strict=True)]

    def words(self, unit: str, *names: str) -> str:
        return ", ".join(f"{name} {self.of(name):,.0f} {unit}/s" for name in names or self.rounds)

    def per_unit(self, *names: str) -> str:
        return ", ".join(f"{name} {in_words(1 / self.of(name))}" for name in names or self.rounds)


def side_by_side(
    rounds: int, contenders: Mapping[str, Work], prepare: Mapping[str, Callable[[], None]] | None = None
) -> Rates:
    """Measure contenders in turn. The first round warms up and is not counted.

    :param prepare: by contender's name, what has to be done before each of its turns and is not measured.
    """
    before = prepare or {}
    names = list(contenders)
    rates = Rates({name: [] for name in names})
    for number in range(rounds + 1):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            if name in before:
                before[name]()
            gc.collect()
            start = time.perf_counter()
            units = contenders[name]()
            seconds = time.perf_counter() - start
            if number:
                rates.rounds[name].append(units / seconds)
    return rates


def in_words(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.2f} s"
    if seconds >= 0.001:
        return f"{seconds * 1e3:.2f} ms"
    return f"{seconds * 1e6:.2f} µs"
