"""Switching a check off for a while and on again: by two persons in live, ended by the worker (REQ-DAT-07)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain import metadata_json
from edc_core.domain.check_pause import CheckPause, PauseState, PauseStep, pauses_of
from edc_core.domain.commands import Command, Reason
from edc_core.domain.form_checks import RESERVED, declared_oids
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.study_commands import DecidePause, PauseCheck
from edc_core.errors import BadRequest, NotFound, ReasonRequired, SecondPersonRequired, WrongState
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.services.operation import Operation, once, open_study
from edc_core.store import checks, readers

if TYPE_CHECKING:
    from edc_core.core import Core

_KEPT = (PauseState.ASKED, PauseState.PLANNED, PauseState.OFF)


@once(open_study)
def pause_check(operation: Operation, command: PauseCheck) -> dict[str, Any]:
    """Ask that a check be switched off; outside live asking is enough.

    :returns: ``{"n", "state"}``; ``n`` names it from then on. :raises ReasonRequired: nobody said why.
    :raises BadRequest: the days are none, or past. :raises NotFound: no such site; no such check, as far as it is known.
    :raises WrongState: it is switched off there already, or somebody asked for that.
    """
    uow, study_id = operation.uow, command.study_id
    operation.require(Action.PAUSE_CHECK, Place.every_site(study_id))
    if not command.reason:
        raise ReasonRequired("Say why the check is switched off.")
    study = readers.study_by_id(uow.connection, study_id)
    today = iso(uow.clock.now())[:10]
    _require_days(command, today)
    _require_known(operation, command)
    asked = CheckPause(
        operation.head.n + 1, command.check, tuple(sorted(set(command.sites))), command.since, command.until,
        PauseState.ASKED if study.environment == "live" else PauseState.PLANNED, uow.actor.name,
    )  # fmt: skip
    if any(asked.meets(other) for other in pauses_of(study.pauses)):
        raise WrongState(f"Check {command.check} is switched off in that time, or somebody asked for it.")
    return _write(operation, replace(asked, state=asked.on(today)), command.reason)


@once(open_study)
def decide_pause(operation: Operation, command: DecidePause) -> dict[str, Any]:
    """Approve or refuse what somebody else asked for, or switch the check on again before its time.

    :returns: ``{"n", "state"}``. :raises NotFound: nothing is open under that number.
    :raises SecondPersonRequired: the same person asked. :raises ReasonRequired: it is refused or ended and nobody said why.
    :raises WrongState: it was decided already, or its time is over.
    """
    uow, whole = operation.uow, Place.every_site(command.study_id)
    ends = command.step is PauseStep.END
    operation.require(Action.PAUSE_CHECK if ends else Action.APPROVE_PAUSE, whole)
    study = readers.study_by_id(uow.connection, command.study_id)
    asked = next((one for one in pauses_of(study.pauses) if one.n == command.n), None)
    if asked is None:
        raise NotFound("Nobody asks for this any more, or its time is over.")
    if not ends and asked.state is not PauseState.ASKED:
        raise WrongState("Another person has decided this already.")
    if not ends and asked.asked_by == uow.actor.name:
        raise SecondPersonRequired("You asked for this. Another person has to decide it.")
    if command.step is not PauseStep.APPROVE:
        if not command.reason:
            raise ReasonRequired(f"Say why {'the check speaks again' if ends else 'this is refused'}.")
        state = PauseState.ENDED if ends else PauseState.REFUSED
        return _write(operation, replace(asked, state=state), command.reason)
    state = replace(asked, state=PauseState.PLANNED).on(iso(uow.clock.now())[:10])
    if state is PauseState.ENDED:
        raise WrongState(f"It was asked for until {asked.until}, which is over.")
    return _write(operation, replace(asked, state=state, approved_by=uow.actor.name), command.reason)


def turn_due(core: Core, study: readers.StudyRow) -> int:
    """Write which times began and which ended. :returns: how many; what waited too long for an answer ends too."""
    today = iso(core.clock.now())[:10]
    if all(one.on(today) is one.state for one in pauses_of(study.pauses)):
        return 0
    with core.write(SYSTEM_ACTOR) as uow:
        done = _turn(uow, Command(study_id=study.study_id, op=f"pauses:{new_id()}"))
    return int(done["turned"])


@once(open_study)
def _turn(operation: Operation, _command: Command) -> dict[str, Any]:
    """With the chain held, so that of two workers one finds nothing left to do."""
    connection, study_id = operation.uow.connection, operation.command.study_id
    today = iso(operation.uow.clock.now())[:10]
    turned = 0
    for one in pauses_of(readers.study_by_id(connection, study_id).pauses):
        if (state := one.on(today)) is not one.state:
            _write(operation, replace(one, state=state), Reason())
            turned += 1
    return {"turned": turned}


def _require_days(command: PauseCheck, today: str) -> None:
    for day in (command.since, command.until):
        try:
            is_day = date.fromisoformat(day).isoformat() == day
        except ValueError:
            is_day = False
        if not is_day:
            raise BadRequest("Write both days like 2026-03-04.")
    if not today <= command.since <= command.until:
        raise BadRequest(
            f"The first day is today ({today}, UTC) or later, and the last day is not before it."
        )


def _require_known(operation: Operation, command: PauseCheck) -> None:
    """Checks of plugins are known when they run: where the study has some, a check that it does not declare is one."""
    uow = operation.uow
    sites = readers.sites(uow.connection, command.study_id).values()
    if unknown := sorted(set(command.sites) - {site.number for site in sites}):
        raise NotFound(f"There is no site '{unknown[0]}' in this study.")
    if command.check.startswith(RESERVED) or not command.check.strip():
        raise BadRequest("What every form has, such as that an answer is expected, is not switched off.")
    versions = {site.meta_data_version for site in sites} - {""}
    indexes = [uow.versions.get(uow.connection, command.study_id, oid) for oid in versions]
    if not any(index.version.plugins or command.check in declared_oids(index) for index in indexes):
        raise NotFound(f"There is no check '{command.check}' in the versions that are in force.")


def _write(operation: Operation, now: CheckPause, reason: Reason) -> dict[str, Any]:
    """The entry with what it says of this one, and with all that the study holds after it."""
    connection, study_id = operation.uow.connection, operation.command.study_id
    before = pauses_of(readers.study_by_id(connection, study_id).pauses)
    held = [one for one in before if one.n != now.n] + ([now] if now.state in _KEPT else [])
    known = readers.sites(connection, study_id).values()
    here = [site.site_id for site in known if site.number in now.sites]
    payload = metadata_json.dump(now) | {"pauses": metadata_json.dump(tuple(held)), "site_ids": here}
    operation.record([Effect(EntryKind.STUDY_CHECK, "", payload, reason=reason)])
    if any(one.n == now.n and one.state is PauseState.OFF for one in before):
        for site_id in here or [""]:
            checks.look_again(connection, study_id, STUDY_CHAIN, site_id)
    return {"n": now.n, "state": now.state.value}
