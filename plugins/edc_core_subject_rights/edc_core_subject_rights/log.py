"""The log as the trail tells it: each request with its steps, oldest first. Pure.

A request is what the subject asked of the site (GDPR Art. 15, 16, 18; REQ-PRV-09). The steps are notes in the subject's chain,
so they are scoped, exported and kept as the records of the subject are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.api import StudyNote, TrailEntry

TOPIC = "subject-rights.request"
DAYS = "subject-rights.days"
DAYS_AT_FIRST = 30  #: about the month of GDPR Art. 12(3)
MOST_DAYS = 365


class Kind(StrEnum):
    """What is asked for."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"


class Step(StrEnum):
    """What happened to a request."""

    RECEIVED = "received"
    NOTED = "noted"
    DONE = "done"
    DECLINED = "declined"


CLOSING = frozenset({Step.DONE, Step.DECLINED})


@dataclass(frozen=True, slots=True)
class Happened:
    """A step. :param on: the day it happened, ISO. :param at: when it was recorded, UTC ISO 8601. :param who: name."""

    step: Step
    on: str
    words: str
    who: str
    role: str
    at: str


@dataclass(frozen=True, slots=True)
class Request:
    """:param key: what its steps are kept by. :param due: last day to answer, ISO. :param steps: oldest first."""

    key: str
    subject_key: str
    site: str
    kind: Kind
    received: str
    due: str
    steps: tuple[Happened, ...]

    @property
    def closed(self) -> Happened | None:
        """The step that ended it."""
        return next((one for one in self.steps if one.step in CLOSING), None)

    def state(self, today: str) -> str:
        """``done``, ``declined``, ``overdue`` or ``open``."""
        if self.closed:
            return self.closed.step.value
        return "overdue" if self.due < today else "open"


def requests_of(entries: Iterable[TrailEntry]) -> list[Request]:
    """What stands in these entries; requests that wait come first, then by the day they are due.

    :param entries: in any order.
    """
    found: dict[str, Request] = {}
    seen = [entry for entry in entries if not entry.is_withheld]
    for entry in sorted(seen, key=lambda one: (str(one.columns["at"]), int(str(one.columns["n"])))):
        said = _said(entry)
        if not said:
            continue
        step = Happened(
            Step(said["step"]), said["on"], said["words"], entry.who, entry.role, str(entry.columns["at"])
        )
        before = found.get(said["request"])
        if before is not None:
            found[said["request"]] = replace(before, steps=(*before.steps, step))
        elif step.step is Step.RECEIVED:
            found[said["request"]] = Request(
                said["request"], entry.subject_key, entry.site_number, Kind(said["kind"]), said["on"], said["due"], (step,)
            )  # fmt: skip
    return sorted(found.values(), key=lambda one: (one.closed is not None, one.due, one.subject_key, one.key))


def _said(entry: TrailEntry) -> Mapping[str, str]:
    """What a note of this topic holds; nothing of another, or of one that was redacted."""
    payload = json.loads(str(entry.columns["payload"]))
    return (payload.get("content") or {}) if payload.get("topic") == TOPIC else {}


def due_on(received: str, days: int) -> str:
    """:param received: ISO. :raises ValueError: it is no day."""
    return (date.fromisoformat(received) + timedelta(days=days)).isoformat()


def days_of(notes: Iterable[StudyNote]) -> int:
    """How many days there are to answer, as it was said last."""
    newest = max(notes, key=lambda note: note.n, default=None)
    return DAYS_AT_FIRST if newest is None else int(newest.content["days"])
