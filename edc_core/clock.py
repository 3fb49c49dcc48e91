"""The clock, handed in: nothing else asks the machine what time it is, or how far its clock can be trusted."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from edc_core import time_service

if TYPE_CHECKING:
    from collections.abc import Callable

ASK_EVERY_S = 60.0  #: a time service is not asked for each signature


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, UTC."""

    def off_by(self) -> float | None:
        """How many seconds this clock is off its time server; None where nothing can tell."""

    def apart_from(self, other: Callable[[], datetime]) -> float:
        """How many seconds another machine's clock is apart from this one. :param other: reads that clock."""


class SystemClock:
    """The clock of this machine, which a time service keeps right where there is one."""

    def __init__(self) -> None:
        self._asked: tuple[float, float | None] | None = None

    def now(self) -> datetime:
        return datetime.now(UTC)

    def off_by(self) -> float | None:
        if self._asked is None or time.monotonic() - self._asked[0] >= ASK_EVERY_S:
            self._asked = time.monotonic(), time_service.off_by()
        return self._asked[1]

    def apart_from(self, other: Callable[[], datetime]) -> float:
        """The way there and back is no difference: only what lies outside of it counts."""
        before, there, after = self.now(), other(), self.now()
        return max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)


def iso(moment: datetime) -> str:
    """UTC ISO 8601 with microseconds and ``Z``: the only spelling of an instant that is stored."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
