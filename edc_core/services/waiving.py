"""Waive what stands in the way of a study lock, or withdraw that: thing by thing, with a reason, signed (REQ-LCK-02)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from edc_core.domain.commands import Reason, SubjectCommand
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.protection import Touch, require, strictest
from edc_core.errors import BadRequest, EditConflict, NotAllowed, ReasonRequired
from edc_core.ledger.append import Effect
from edc_core.services import clock_health, rights_now
from edc_core.services.lock_readiness import what_is_open
from edc_core.services.operation import once, open_subject
from edc_core.services.reading import look_at
from edc_core.store import readers
from edc_core.store.protection_readers import protections_above

if TYPE_CHECKING:
    from edc_core.domain.lock_blocker import Waived
    from edc_core.services.operation import SubjectOperation


@dataclass(frozen=True, slots=True, kw_only=True)
class Waive(SubjectCommand):
    """Say why things of a subject may stay open when the study is locked. The caller has proved who acts, just now.

    :param component: what proved the person besides the login, just before: ``password``, ``token`` or an authenticator.
    :param withdraw: take the waivers of these things back.
    """

    things: tuple[Waived, ...]
    component: str
    withdraw: bool = False
    reason: Reason = field(default_factory=Reason)


@once(open_subject, Action.WAIVE_BLOCKER)
def waive(operation: SubjectOperation, command: Waive) -> dict[str, Any]:
    """One entry for each thing.

    :returns: ``{"waived"}``, how many. :raises ReasonRequired: no reason. :raises Protected: the study or site is locked.
    :raises EditConflict: one is not open (any more), is waived already or, to withdraw, is not; or is hidden from the person.
    """
    uow = operation.uow
    rights_now.look_again(uow)
    operation.require(Action.WAIVE_BLOCKER)
    if not operation.role:
        raise NotAllowed("A person waives, in a role of the study.")
    if not command.reason:
        why = "may not stay open after all" if command.withdraw else "may stay open"
        raise ReasonRequired(f"Say why this {why}; it is kept with your name.")
    if not command.things:
        raise BadRequest("Choose at least one thing.")
    above = protections_above(uow.connection, command.study_id, operation.site.site_id)
    require(strictest(above), Touch.QUERY)
    study = readers.study_by_id(uow.connection, command.study_id)
    picture = look_at(uow, uow.actor, study)
    at = {"site_id": operation.site.site_id, "subject_key": command.subject_key}
    found = what_is_open(picture, **at, looked=uow.looked).blockers
    if not {*command.things} <= {one.thing for one in found if one.waived is command.withdraw}:
        raise EditConflict(
            "Something of this has changed since you opened the page. "
            f"{'No waiver was withdrawn' if command.withdraw else 'Nothing was waived'}. Look at the list again."
        )
    clock = clock_health.require_right(uow)
    texts = {one.thing: one.text for one in found}
    effects = [
        Effect(
            EntryKind.WAIVER_SET,
            str(thing.path),
            {
                "state": "withdrawn" if command.withdraw else "waived",
                "why": thing.why.value,
                "ref": thing.ref,
                "text": texts[thing],
                "full_name": uow.actor.full_name,
                "component": command.component,
                "clock": clock.standing.value,
            },
            reason=command.reason,
        )
        for thing in dict.fromkeys(command.things)
    ]
    operation.record(effects, meta_data_version=operation.site.meta_data_version)
    return {"waived": len(effects)}
