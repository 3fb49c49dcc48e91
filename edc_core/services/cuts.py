"""Cuts: keeping a state so that it can be read again. Under a name: services/snapshots.py. Anchors: services/anchoring.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edc_core.clock import iso
from edc_core.domain.ledger_entry import EntryKind
from edc_core.errors import BadRequest
from edc_core.ledger import cut
from edc_core.ledger.append import Effect
from edc_core.services.operation import Command, open_study

if TYPE_CHECKING:
    from edc_core.ledger.cut import Cut
    from edc_core.store.unit_of_work import UnitOfWork


SETTLED = timedelta(seconds=60)


def instant(text: str) -> str:
    """An instant a person typed, as the ledger spells it; without a zone it is UTC.

    :raises BadRequest: when it is no ISO 8601 date-time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"'{text}' is no time; write it like 2026-11-01T00:00Z.") from None
    return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def settled(text: str, zone: str, now: datetime) -> str:
    """A moment of the past that is over for good: with a zone as it stands, else the end of a minute at a site.

    An hour that the clock of the site showed twice is meant the second time.

    :raises BadRequest: no time, or later than a minute ago.
    """
    at = instant(text)
    local = datetime.fromisoformat(text)
    if local.tzinfo is None:
        local = local.replace(second=59, microsecond=999_999, fold=1, tzinfo=ZoneInfo(zone or "UTC"))
        at = iso(local.astimezone(UTC))
    _require_settled(at, now)
    return at


def _require_settled(at: str, now: datetime) -> None:
    if at > iso(now - SETTLED):
        raise BadRequest("Choose a time at least one minute ago: later ones may still receive entries.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCut(Command):
    """Take a cut of a study. :param as_of: UTC ISO 8601; empty takes the present state."""

    as_of: str = ""


def take_cut(uow: UnitOfWork, command: TakeCut) -> Cut:
    """The cut of a state, kept with its vector. The same state gives the same cut."""
    operation = open_study(uow, command)
    if operation.earlier is not None:
        return cut.find(uow.connection, command.study_id, operation.earlier["root"])
    taken = _cut_of(uow, command)
    if not cut.keep(uow.connection, taken):
        return taken
    payload = {"root": taken.root, "leaves": len(taken.vector), "name": ""}
    operation.record([Effect(EntryKind.CUT_CREATE, "", payload)])
    operation.finish({"root": taken.root})
    return taken


def _cut_of(uow: UnitOfWork, command: TakeCut) -> Cut:
    if not command.as_of:
        return cut.present_data(uow.connection, command.study_id)
    _require_settled(command.as_of, uow.clock.now())
    return cut.cut_as_of(uow.connection, command.study_id, command.as_of)
