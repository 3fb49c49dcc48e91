"""How far the times of entries can be trusted, from what was measured (REQ-TIM-01; EMA guideline on computerised systems 5.5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WARNS_S = 1.0
BLOCKS_S = 60.0  #: from here on nothing is signed: the time is part of a signature (21 CFR 11.50)
_UNITS = ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))


class ClockStanding(StrEnum):
    UNKNOWN = "unknown"
    GOOD = "good"
    DRIFTS = "drifts"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class ClockHealth:
    """Seconds, never negative.

    :param off_s: the server's clock from its time server; None where nothing can tell.
    :param apart_s: the database's clock from the server's; None where there is one clock only (SQLite).
    :param behind_s: the clock from the newest entry: more than 0 says that it was set back.
    """

    off_s: float | None
    apart_s: float | None
    behind_s: float = 0.0

    @property
    def standing(self) -> ClockStanding:
        """A clock that was set back may be right now: that warns and closes nothing."""
        drift = max(self.off_s or 0.0, self.apart_s or 0.0)
        if drift > BLOCKS_S:
            return ClockStanding.WRONG
        if drift > WARNS_S or self.behind_s > WARNS_S:
            return ClockStanding.DRIFTS
        return ClockStanding.UNKNOWN if self.off_s is None else ClockStanding.GOOD

    @property
    def closes_signing(self) -> bool:
        return self.standing is ClockStanding.WRONG

    @property
    def is_to_be_mended(self) -> bool:
        return self.standing in (ClockStanding.DRIFTS, ClockStanding.WRONG)

    @property
    def words(self) -> str:
        """What was found, in sentences."""
        said = [
            "No time server is known here, so the clock of the server was compared with none."
            if self.off_s is None
            else f"The clock of the server is {length(self.off_s)} off its time server."
        ]
        if self.apart_s is not None:
            said.append(f"The clock of the database is {length(self.apart_s)} apart from it.")
        if self.behind_s > WARNS_S:
            said.append(f"The clock was set back: the newest entry lies {length(self.behind_s)} ahead of it.")
        return " ".join(said)


def length(seconds: float) -> str:
    """A length of time in the largest unit of which there are two."""
    for size, unit in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}"
    return "1 second" if seconds >= 1 else "less than 1 second"
