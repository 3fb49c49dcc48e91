"""Cuts and snapshots: naming a state so that it can be read again. Anchors: services/anchoring.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edc_core.clock import iso
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.errors import AlreadyExists, BadRequest, NotFound
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
    """Take a cut of a study.

    :param name: keep it under a name (a snapshot); empty leaves it nameless.
    :param as_of: UTC ISO 8601; empty takes the present state.
    """

    name: str = ""
    as_of: str = ""


def take_cut(uow: UnitOfWork, command: TakeCut) -> Cut:
    """The cut of a state, kept with its vector. The same state gives the same cut.

    :raises AlreadyExists: the name is in use for another state.
    """
    operation = open_study(uow, command)
    if operation.earlier is not None:
        return cut.find(uow.connection, command.study_id, operation.earlier["root"])
    if command.name:
        operation.require(Action.SNAPSHOT, Place.every_site(command.study_id))
    taken = _cut_of(uow, command)
    if command.name:
        try:
            known = cut.find(uow.connection, command.study_id, command.name)
        except NotFound:
            known = None
        if known is not None and known.root != taken.root:
            raise AlreadyExists(f"There is a snapshot '{command.name}' of another state.")
    if not cut.keep(uow.connection, taken, name=command.name):
        kept = cut.find(uow.connection, command.study_id, taken.root)
        if command.name and kept.name != command.name:
            raise AlreadyExists(f"This state is kept already, as snapshot '{kept.name}'.")
        return kept
    payload = {"root": taken.root, "leaves": len(taken.vector), "name": command.name}
    operation.record([Effect(EntryKind.CUT_CREATE, "", payload)])
    operation.finish({"root": taken.root})
    return taken


def _cut_of(uow: UnitOfWork, command: TakeCut) -> Cut:
    if not command.as_of:
        present = cut.present_cut(uow.connection, command.study_id)
        return cut.same_data(uow.connection, present) or present
    _require_settled(command.as_of, uow.clock.now())
    return cut.cut_as_of(uow.connection, command.study_id, command.as_of)
