"""The clock, handed in: nothing else asks the machine what time it is, or how far its clock can be trusted."""

from __future__ import annotations

import logging
import shutil
import subprocess
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("edc.clock")
ASK_EVERY_S = 60.0  #: a time server is not asked for each signature
WAITS_S = 1.0  #: chronyc answers from the machine itself, or not at all
_OFFSET, _LEAP, _FIELDS = 4, 13, 14  #: columns of ``chronyc -c tracking`` (chronyc(1), "tracking")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, UTC."""

    def off_by(self) -> float | None:
        """How many seconds this clock is off its time server; None where nothing can tell."""

    def apart_from(self, other: Callable[[], datetime]) -> float:
        """How many seconds another machine's clock is apart from this one. :param other: reads that clock."""


class SystemClock:
    """The clock of this machine, which chrony keeps where it is installed."""

    def __init__(self) -> None:
        self._asked: tuple[float, float | None] | None = None

    def now(self) -> datetime:
        return datetime.now(UTC)

    def off_by(self) -> float | None:
        if self._asked is None or time.monotonic() - self._asked[0] >= ASK_EVERY_S:
            self._asked = time.monotonic(), _chrony()
        return self._asked[1]

    def apart_from(self, other: Callable[[], datetime]) -> float:
        """The way there and back is no difference: only what lies outside of it counts."""
        before, there, after = self.now(), other(), self.now()
        return max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)


def _chrony() -> float | None:
    """None without chrony, without an answer, and while it has found no time server that it trusts."""
    program = shutil.which("chronyc")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - the machine's own program, without anything of a request
            [program, "-n", "-c", "tracking"],
            capture_output=True,
            check=True,
            encoding="ascii",
            timeout=WAITS_S,
            stdin=subprocess.DEVNULL,
        )
        fields = done.stdout.strip().split(",")
        if len(fields) != _FIELDS or fields[_LEAP] == "Not synchronised":
            return None
        return abs(float(fields[_OFFSET]))
    except (OSError, ValueError, subprocess.SubprocessError):
        log.warning("chronyc did not answer; nobody can say whether the clock is right", exc_info=True)
        return None


def iso(moment: datetime) -> str:
    """UTC ISO 8601 with microseconds and ``Z``: the only spelling of an instant that is stored."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
