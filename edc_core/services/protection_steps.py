"""Which steps a person may take from a protection: to freeze, lock and open again, and to confirm another's step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.permission import Action
from edc_core.domain.protection import TRANSITIONS, ProtectAction

if TYPE_CHECKING:
    from edc_core.domain.protection import ProtectionRow
    from edc_core.services.reading import StudyPicture


def steps_for(
    picture: StudyPicture, own: ProtectionRow, *, site_id: str, is_study: bool = False
) -> tuple[tuple[ProtectAction, ...], ProtectAction | None]:
    """Steps a person may take from a protection, and the one that waits and that this person may confirm."""
    may_freeze = picture.may(Action.FREEZE, site_id)
    may_lock = picture.may(Action.LOCK_STUDY if is_study else Action.LOCK, site_id)
    allowed = {
        ProtectAction.FREEZE: may_freeze,
        ProtectAction.UNFREEZE: may_freeze,
        ProtectAction.LOCK: may_lock,
        ProtectAction.UNLOCK: may_lock,
    }
    waits = ProtectAction(own.requested) if own.requested else None
    steps = tuple(
        action
        for (state, action) in TRANSITIONS
        if state is own.state and allowed[action] and action is not waits
    )
    approve = Action.APPROVE_STUDY_LOCK if is_study else Action.APPROVE_UNLOCK
    may_confirm = own.requested_by != picture.actor.name and picture.may(approve, site_id)
    return steps, waits if may_confirm else None
