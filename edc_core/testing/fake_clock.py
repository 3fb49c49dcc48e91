"""A clock that stands until it is told to go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Begins on 4 March 2026, 09:15 UTC."""

    def __init__(self, moment: datetime = datetime(2026, 3, 4, 9, 15, tzinfo=UTC)) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, *, days: int = 0, minutes: int = 0, seconds: float = 0) -> None:
        self.moment += timedelta(days=days, minutes=minutes, seconds=seconds)
