"""A study's own matrix: single cells in which it differs from the default, changed with a reason and a ledger entry."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from edc_core.domain.commands import Command, Reason
from edc_core.domain.evidence import RECORDED, EvidenceKind
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.matrix_change import MatrixChange
from edc_core.domain.permission import Action, Place, Role, always, never
from edc_core.errors import BadRequest, ReasonRequired
from edc_core.ledger.append import Effect
from edc_core.services import users
from edc_core.services.operation import open_study
from edc_core.store import accounts, readers
from edc_core.store.investigators import investigators

if TYPE_CHECKING:
    from collections.abc import Callable

    from edc_core.services.reading import StudyPicture
    from edc_core.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePermission(Command):
    """Give a role an action in one study, or take it away."""

    role: Role
    action: Action
    allowed: bool
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequireEvidence(Command):
    """Let a role work in one study only while training or delegation is on record, or no longer ask for it."""

    role: Role
    kind: EvidenceKind
    required: bool
    reason: Reason = field(default_factory=Reason)


def change_permission(uow: UnitOfWork, command: ChangePermission) -> dict[str, Any]:
    """Set one cell of a study's matrix; it counts from the next request of everybody who holds the role.

    :returns: ``{"changed": bool, "matrix": {"more": [...], "less": [...]}}``.
    :raises BadRequest: no study may give this role that action. :raises ReasonRequired: no reason was given.
    """
    role, action = Role(command.role), Action(command.action)
    why = (never if command.allowed else always)(role, action)
    said_no = f"let {role} {action}" if command.allowed else f"take '{action}' from {role}"
    refusal = f"No study can {said_no}. {why}" if why else ""
    said = {"role": role.value, "action": action.name, "allowed": command.allowed}
    return _change(
        uow, command, refusal, said, lambda before: before.put(role, action, allowed=command.allowed)
    )


def require_evidence(uow: UnitOfWork, command: RequireEvidence) -> dict[str, Any]:
    """Say what has to be on record about a person before a role works; it counts from the next request on.

    :returns: as ``change_permission``. :raises ReasonRequired: no reason was given.
    :raises BadRequest: it would take reading from an investigator of whom there is no such record.
    """
    role, kind = Role(command.role), EvidenceKind(command.kind)
    said = {"role": role.value, "evidence": kind.value, "required": command.required}
    refusal = ""
    if role is Role.PI and command.required and kind in RECORDED:
        refusal = _unrecorded(uow, command.study_id, kind)
    return _change(
        uow, command, refusal, said, lambda before: before.require(role, kind, required=command.required)
    )


def rights(picture: StudyPicture) -> MatrixChange:
    """In what the study differs from the default matrix, and what its roles need on record.

    :raises NotAllowed: the person neither records training and delegation nor reads the trail of every site.
    """
    if not picture.may(Action.RECORD_EVIDENCE):
        picture.actor.role_for(Action.READ_TRAIL, Place.every_site(picture.study.study_id))
    return MatrixChange.of(json.loads(picture.study.permissions))


def _unrecorded(uow: UnitOfWork, study_id: str, kind: EvidenceKind) -> str:
    """An investigator reads without a gap, so what is asked for is on record before it is asked for (REQ-LCK-04)."""
    for one in investigators(uow.connection, users.today(uow.clock)):
        held = accounts.evidence_of(uow.connection, one.user_id)
        if one.study_id == study_id and (study_id, kind) not in {(e.study_id, e.kind) for e in held}:
            return f"Put the {kind} of '{one.login}' on record first: an investigator reads without a gap."
    return ""


def _change(
    uow: UnitOfWork,
    command: ChangePermission | RequireEvidence,
    refusal: str,
    said: dict[str, Any],
    changed: Callable[[MatrixChange], MatrixChange],
) -> dict[str, Any]:
    operation = open_study(uow, command)
    if operation.earlier is not None:
        return operation.earlier
    operation.require(Action.MANAGE_USERS, Place.every_site(command.study_id))
    if refusal:
        raise BadRequest(refusal)
    if not command.reason.text:
        raise ReasonRequired("Say why the study's permissions change.")
    study = readers.study_by_id(uow.connection, command.study_id)
    before = MatrixChange.of(json.loads(study.permissions))
    after = changed(before)
    if after != before:
        payload = said | {"matrix": after.data}
        operation.record([Effect(EntryKind.STUDY_PERMISSIONS, "", payload, reason=command.reason)])
    result = {"changed": after != before, "matrix": after.data}
    operation.finish(result)
    return result
