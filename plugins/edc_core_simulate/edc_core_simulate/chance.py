"""Chance that depends on a seed and a place and on nothing else: not on order, process, clock or platform."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chance:
    """Each place (any words) has draws of its own, so that a change at one leaves all others as they were."""

    seed: str

    def at(self, *place: object) -> Draws:
        """The draws of a place."""
        text = "\x1f".join((self.seed, *(str(part) for part in place)))
        return Draws(random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest())))  # noqa: S311 - no secret


class Draws:
    """Numbers in sequence. Only ``random()`` is used: Python promises that its sequence never changes."""

    def __init__(self, source: random.Random) -> None:
        self._source = source

    def share(self) -> float:
        """A number from 0 to below 1."""
        return self._source.random()

    def happens(self, probability: float) -> bool:
        return self.share() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.share() * (high - low + 1))

    def middling(self, low: float, high: float) -> float:
        """A number between two limits, most often near the middle."""
        return low + (high - low) * (self.share() + self.share() + self.share()) / 3

    def one_of(self, options: Sequence[T]) -> T:
        return options[self.whole(0, len(options) - 1)]

    def weighted(self, options: Sequence[tuple[T, float]]) -> T:
        """One of several, each with its weight."""
        left = self.share() * sum(weight for _, weight in options)
        for option, weight in options:
            left -= weight
            if left < 0:
                return option
        return options[-1][0]
