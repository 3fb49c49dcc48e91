"""A clock that stands until it is told to go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class FakeClock:
    """Begins on 4 March 2026, 09:15 UTC.

    :ivar off: seconds from a time server; None as where there is none.
    :ivar apart: seconds from the clock of the database, whose own is not asked: it shows another time than this.
    """

    def __init__(self, moment: datetime = datetime(2026, 3, 4, 9, 15, tzinfo=UTC)) -> None:
        self.moment = moment
        self.off: float | None = None
        self.apart = 0.0

    def now(self) -> datetime:
        return self.moment

    def off_by(self) -> float | None:
        return self.off

    def apart_from(self, other: Callable[[], datetime]) -> float:
        other()
        return self.apart

    def advance(self, *, days: int = 0, minutes: int = 0, seconds: float = 0) -> None:
        self.moment += timedelta(days=days, minutes=minutes, seconds=seconds)
