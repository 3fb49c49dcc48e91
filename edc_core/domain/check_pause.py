"""A check that is switched off for a while in a study: asked for with a reason, approved by another person, over by itself.

A check is in force or not by what the ledger says, never by a clock that somebody reads while data are saved: the worker
writes that a time began or ended, and only then does the check fall silent or speak again (EMA guideline on computerised
systems in clinical trials, 6.1.4).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from edc_core.domain import metadata_json


class PauseState(StrEnum):
    ASKED = "asked"  #: waits for another person
    PLANNED = "planned"  #: approved; its first day has not come
    OFF = "off"
    REFUSED = "refused"
    ENDED = "ended"


class PauseStep(StrEnum):
    """What is done to one that was asked for."""

    APPROVE = "approve"
    REFUSE = "refuse"
    END = "end"


@dataclass(frozen=True, slots=True)
class CheckPause:
    """A check that says nothing from one day to another.

    :param n: position of the entry of ``@study`` that asked for it. :param check: its OID.
    :param sites: numbers; empty for the whole study. :param since: its first day; ``until`` the last one; ISO 8601, UTC.
    :param asked_by: actor; ``approved_by`` is empty until somebody approves, and outside live.
    """

    n: int
    check: str
    sites: tuple[str, ...]
    since: str
    until: str
    state: PauseState
    asked_by: str
    approved_by: str = ""

    def on(self, day: str) -> PauseState:
        """What it is on a day, once the worker has looked."""
        if day > self.until:
            return PauseState.ENDED
        begins = self.state is PauseState.PLANNED and day >= self.since
        return PauseState.OFF if begins else self.state

    def meets(self, other: CheckPause) -> bool:
        """Whether both would silence the same check at one site on one day."""
        apart = self.until < other.since or other.until < self.since
        elsewhere = self.sites and other.sites and not set(self.sites) & set(other.sites)
        return self.check == other.check and not apart and not elsewhere


@lru_cache(maxsize=256)
def pauses_of(text: str) -> tuple[CheckPause, ...]:
    """What a study holds: everything asked for, planned or in force. :param text: JSON, as ``StudyRow.pauses`` has it."""
    return metadata_json.load(tuple[CheckPause, ...], json.loads(text))


@lru_cache(maxsize=4096)
def silent_at(text: str, site: str) -> frozenset[str]:
    """OIDs of the checks that are switched off at a site. :param site: its number."""
    return frozenset(
        one.check
        for one in pauses_of(text)
        if one.state is PauseState.OFF and (not one.sites or site in one.sites)
    )
