"""Freeze and lock, unfreeze and unlock: a form, an event, a subject, a site, the study.

Each takes the protection lock of the sites it concerns exclusively, so a save that began before has committed or
sees the protection. A study lock is one entry; where the environment is live it, and every unlock, takes two persons.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from edc_core.domain.commands import Protect, Reason
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.domain.lock_blocker import Obstacle
from edc_core.domain.permission import Action, Place
from edc_core.domain.protection import ProtectAction, transition
from edc_core.domain.study_commands import ProtectStudy
from edc_core.errors import EditConflict, NotFound, ReasonRequired, SecondPersonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services import gates, lock_readiness, rights_now
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.services.operation import Operation, SubjectOperation, once, open_study, open_subject
from edc_core.services.reading import StudyPicture
from edc_core.store import checks, protection_readers, readers, waivers
from edc_core.store.locks import take_sites_exclusively

if TYPE_CHECKING:
    from edc_core.store.unit_of_work import UnitOfWork

UNSEEN = "Something is open at items that you may not see. Ask somebody who sees them."
_RIGHTS = {
    ProtectAction.FREEZE: Action.FREEZE,
    ProtectAction.UNFREEZE: Action.FREEZE,
    ProtectAction.LOCK: Action.LOCK,
    ProtectAction.UNLOCK: Action.LOCK,
}


def _alone(uow: UnitOfWork, command: Protect) -> SubjectOperation:
    """The exclusive lock comes before the shared one of ``open_subject``, or two lockers could wait for each other."""
    subject = readers.subject_by_key(uow.connection, command.study_id, command.subject_key)
    take_sites_exclusively(uow.connection, command.study_id, [subject.site_id])
    return open_subject(uow, command)


@once(_alone)
def protect(operation: SubjectOperation, command: Protect) -> dict[str, Any]:
    """Freeze, unfreeze, lock or unlock a place of a subject.

    :returns: ``{"state", "pending"}``; pending when another person has to confirm (every unlock in live).
    :raises WrongState: the step does not exist from the present protection.
    :raises SecondPersonRequired: the same person asked for it before.
    """
    uow = operation.uow
    if command.path.event is not None:
        index = uow.versions.get(uow.connection, command.study_id, operation.site.meta_data_version)
        index.check(command.path, keys_as_found=True)
    chain = operation.subject.subject_id
    study = readers.study_by_id(uow.connection, command.study_id)
    two = study.environment == "live" and command.action is ProtectAction.UNLOCK
    return _step(
        operation,
        (chain, "", command.path),
        command.action,
        command.reason,
        where=operation.place,
        approve=Action.APPROVE_UNLOCK if two else None,
    )


def protect_study(uow: UnitOfWork, command: ProtectStudy) -> dict[str, Any]:
    """Freeze, unfreeze, lock or unlock the study or a site: one entry, in force for every subject at once.

    :returns: ``{"state", "pending"}``; in live, lock and unlock wait for another person.
    """
    known = readers.sites(uow.connection, command.study_id)
    if command.site_id and command.site_id not in known:
        raise NotFound("There is no such site in this study.")
    take_sites_exclusively(
        uow.connection, command.study_id, [command.site_id] if command.site_id else list(known)
    )
    operation = open_study(uow, command)
    if operation.earlier is not None:
        return operation.earlier
    study = readers.study_by_id(uow.connection, command.study_id)
    two = study.environment == "live" and (
        command.action is ProtectAction.UNLOCK
        or (command.action is ProtectAction.LOCK and not command.site_id)
    )
    approve = Action.APPROVE_STUDY_LOCK if not command.site_id else Action.APPROVE_UNLOCK
    result = _step(
        operation,
        (STUDY_CHAIN, command.site_id, ItemPath()),
        command.action,
        command.reason,
        where=Place(command.study_id, command.site_id, known[command.site_id].country)
        if command.site_id
        else Place.every_site(command.study_id),
        approve=approve if two else None,
    )
    operation.finish(result)
    return result


def _require_ready(uow: UnitOfWork, study_id: str) -> None:
    """Nothing is in the way of a study lock, whoever sees it; the exclusive locks keep it so until the entry is written.

    :raises WrongState: something is, and no waiver covers it; what the person may not see is not counted.
    :raises EditConflict: what lock checks of plugins said is of an earlier state.
    """
    study = readers.study_by_id(uow.connection, study_id)
    everything = StudyPicture(uow, SYSTEM_ACTOR, study, readers.sites(uow.connection, study_id))
    if uow.looked and uow.looked.entries not in (0, waivers.entries_of(uow.connection, study_id)):
        raise EditConflict("Something was written while plugins looked what is open. Lock the study again.")
    if not lock_readiness.what_is_open(everything, looked=uow.looked).remaining:
        return
    theirs = lock_readiness.what_is_open(replace(everything, actor=uow.actor), looked=uow.looked)
    seen = Counter(one.thing.why for one in theirs.remaining)
    said = ", ".join(f"{why}: {seen[why]}" for why in Obstacle if why in seen)
    raise WrongState(
        "The study cannot be locked yet. "
        + (f"Still open: {said}. Close these, or waive each with a reason." if said else UNSEEN),
        open=seen.total(),
    )


def _step(
    operation: Operation,
    place: tuple[str, str, ItemPath],
    action: ProtectAction,
    reason: Reason,
    *,
    where: Place,
    approve: Action | None,
) -> dict[str, Any]:
    """Take one step at a place (chain, scope, path).

    :param where: what a grant must reach. :param approve: the right of the second person, where it takes two.
    """
    chain, scope, path = place
    rights_now.look_again(operation.uow)
    actor = operation.uow.actor
    row = protection_readers.protection_row(
        operation.uow.connection, operation.command.study_id, chain, scope, path
    )
    confirms = approve is not None and row.requested == action.value
    operation.require(approve if confirms and approve else _right(action, chain, scope), where)
    after = transition(row.state, action, level=_level(path))
    if action is ProtectAction.LOCK and chain == STUDY_CHAIN and not scope:
        _require_ready(operation.uow, operation.command.study_id)
    if action is ProtectAction.LOCK and chain == STUDY_CHAIN:
        gates.require_lock(operation.uow, operation.command.study_id, scope)
    if confirms and row.requested_by == actor.name:
        raise SecondPersonRequired("You asked for this already. Another person has to confirm it.")
    if not reason and action is not ProtectAction.FREEZE and not confirms:
        raise ReasonRequired(f"Say why you {action} this.")
    pending = approve is not None and not confirms
    payload = {
        "scope": scope,
        "state": (row.state if pending else after).value,
        "requested": action.value if pending else "",
        "requested_by": actor.name if pending else "",
        "confirms": row.requested_by if confirms else "",
        # a request changes no protection: who froze or locked, when and why, stays what is shown
        "since": {"actor": row.actor, "at": row.at, "reason": row.reason} if pending and row.at else {},
    }
    operation.record([Effect(EntryKind.PROTECT_SET, str(path), payload, reason=reason)])
    if action in (ProtectAction.UNFREEZE, ProtectAction.UNLOCK) and not pending:
        checks.look_again(operation.uow.connection, operation.command.study_id, chain, scope)
    return {"state": payload["state"], "pending": pending}


def _right(action: ProtectAction, chain: str, scope: str) -> Action:
    if chain == STUDY_CHAIN and not scope and action in (ProtectAction.LOCK, ProtectAction.UNLOCK):
        return Action.LOCK_STUDY
    return _RIGHTS[action]


def _level(path: ItemPath) -> int:
    return len(path.ancestors()) - 1
