"""Instants as a person reads them: in the person's zone, which a page names once at its top, or in that of a site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from edc_core.web.context import actor, core


@dataclass(frozen=True, slots=True)
class Moments:
    """Makes words of stored instants (UTC ISO 8601); blank stays blank."""

    zone: str
    now: datetime

    def _local(self, at: str) -> datetime:
        return datetime.fromisoformat(at).astimezone(ZoneInfo(self.zone))

    def day(self, at: str) -> str:
        """4 Mar 2026"""
        if not at:
            return ""
        local = self._local(at)
        return f"{local.day} {local:%b %Y}"

    def time(self, at: str) -> str:
        """4 Mar 2026, 14:02"""
        return f"{self.day(at)}, {self._local(at):%H:%M}" if at else ""

    def second(self, at: str) -> str:
        """4 Mar 2026, 14:02:59"""
        return f"{self.day(at)}, {self._local(at):%H:%M:%S}" if at else ""

    def typed(self, at: str) -> str:
        """2026-03-04T14:02, as a field for a date and time takes it"""
        return f"{self._local(at):%Y-%m-%dT%H:%M}" if at else ""

    @property
    def today(self) -> str:
        """Wednesday 4 March"""
        local = self.now.astimezone(ZoneInfo(self.zone))
        return f"{local:%A} {local.day} {local:%B}"

    @property
    def words(self) -> str:
        """Seoul, UTC+9"""
        hours = self.now.astimezone(ZoneInfo(self.zone)).strftime("%z")
        sign, hour, minute = hours[0], int(hours[1:3]), hours[3:]
        offset = f"UTC{sign}{hour}" + (f":{minute}" if minute != "00" else "") if hours != "+0000" else "UTC"
        city = self.zone.rpartition("/")[2].replace("_", " ")
        return offset if city == offset else f"{city}, {offset}"

    @staticmethod
    def age(days: int) -> str:
        """How long something waits, in whole days."""
        return "today" if days == 0 else "1 day" if days == 1 else f"{days} days"


def moments(zone: str = "") -> Moments:
    """Now, for the person who asks. :param zone: for whoever reads the clock of a site instead."""
    return Moments(zone or actor().zone or "UTC", core().clock.now())
