"""Waive what stands in the way of a study lock: thing by thing, with a reason, signed as a signature is (REQ-LCK-02)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from edc_core.domain.commands import Reason, SubjectCommand
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.errors import BadRequest, EditConflict, NotAllowed, ReasonRequired
from edc_core.ledger.append import Effect
from edc_core.services import clock_health
from edc_core.services.lock_readiness import what_is_open
from edc_core.services.operation import once, open_subject
from edc_core.services.reading import look_at
from edc_core.store import readers

if TYPE_CHECKING:
    from edc_core.domain.lock_blocker import Waived
    from edc_core.services.operation import SubjectOperation


@dataclass(frozen=True, slots=True, kw_only=True)
class Waive(SubjectCommand):
    """Say why things of a subject may stay open when the study is locked. The caller has proved who acts, just now.

    :param component: what proved the person besides the login, at this very act.
    """

    things: tuple[Waived, ...]
    component: Literal["password", "token"]
    reason: Reason = field(default_factory=Reason)


@once(open_subject, Action.WAIVE_BLOCKER)
def waive(operation: SubjectOperation, command: Waive) -> dict[str, Any]:
    """One entry for each thing.

    :returns: ``{"waived"}``, how many. :raises ReasonRequired: no reason.
    :raises EditConflict: one of them is not open (any more), is waived already, or the person may not see it.
    """
    uow = operation.uow
    if not operation.role:
        raise NotAllowed("A person waives, in a role of the study.")
    if not command.reason:
        raise ReasonRequired("Say why this may stay open; it is kept with your name.")
    if not command.things:
        raise BadRequest("Choose at least one thing to waive.")
    study = readers.study_by_id(uow.connection, command.study_id)
    picture = look_at(uow, uow.actor, study)
    found = what_is_open(picture, site_id=operation.site.site_id, subject_key=command.subject_key).remaining
    if not {*command.things} <= {one.thing for one in found}:
        raise EditConflict(
            "Something of this has changed since you opened the page. Nothing was waived. Look at the list again."
        )
    clock = clock_health.require_right(uow)
    texts = {one.thing: one.text for one in found}
    effects = [
        Effect(
            EntryKind.WAIVER_SET,
            str(thing.path),
            {
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
