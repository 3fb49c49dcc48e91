"""Protection: OPEN, FROZEN, LOCKED. The effective one is the strictest of a place and all above it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.errors import Protected, WrongState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.item_path import ItemPath


class Protection(StrEnum):
    OPEN = "open"
    FROZEN = "frozen"
    LOCKED = "locked"


class Touch(StrEnum):
    """What an action does to protected data."""

    DATA = "data"
    QUERY = "query"
    REVIEW = "review"
    SIGN = "sign"
    CODING = "coding"


_ORDER = (Protection.OPEN, Protection.FROZEN, Protection.LOCKED)

#: What each protection still allows (domain model, table of protection).
ALLOWED: dict[Protection, frozenset[Touch]] = {
    Protection.OPEN: frozenset(Touch),
    Protection.FROZEN: frozenset({Touch.QUERY, Touch.REVIEW, Touch.SIGN, Touch.CODING}),
    Protection.LOCKED: frozenset(),
}


class ProtectAction(StrEnum):
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    LOCK = "lock"
    UNLOCK = "unlock"


TRANSITIONS: dict[tuple[Protection, ProtectAction], Protection] = {
    (Protection.OPEN, ProtectAction.FREEZE): Protection.FROZEN,
    (Protection.OPEN, ProtectAction.LOCK): Protection.LOCKED,
    (Protection.FROZEN, ProtectAction.UNFREEZE): Protection.OPEN,
    (Protection.FROZEN, ProtectAction.LOCK): Protection.LOCKED,
    (Protection.LOCKED, ProtectAction.UNLOCK): Protection.OPEN,
}


_AIM = {action: after for (_, action), after in TRANSITIONS.items()}


@dataclass(frozen=True, slots=True)
class ProtectionRow:
    """Protection set at one place, and a step that waits for a second person."""

    state: Protection = Protection.OPEN
    requested: str = ""
    requested_by: str = ""
    reason: str = ""
    at: str = ""
    actor: str = ""


def strictest(protections: Iterable[Protection]) -> Protection:
    return max(protections, key=_ORDER.index, default=Protection.OPEN)


def effective(
    place: ItemPath, own: dict[ItemPath, Protection], above: Iterable[Protection] = ()
) -> Protection:
    """The protection in force at a place.

    :param own: protections set below the subject, the subject itself at the empty path.
    :param above: those of its site and its study.
    """
    here = (own[p] for p in place.ancestors() if p in own) if own else ()
    return strictest((*here, *above))


def require(protection: Protection, touch: Touch) -> None:
    """:raises Protected: when data in this protection must not be touched that way."""
    if touch not in ALLOWED[protection]:
        raise Protected(
            f"This is {protection}, so nothing was stored. Ask the data manager to open it again.",
            protection=str(protection),
        )


def transition(protection: Protection, action: ProtectAction, *, level: int) -> Protection:
    """The protection after an action.

    :param level: depth of the place: 0 study, site or subject, 1 event, 2 form, 3 and more group or item.
    :raises WrongState: when the action does not exist here (locks exist from form up).
    """
    after = TRANSITIONS.get((protection, action))
    if after is None:
        already = protection is _AIM[action]
        raise WrongState(
            f"This is {protection}{' already' if already else f', so there is nothing to {action}'}."
        )
    if after is Protection.LOCKED and level > 2:
        raise WrongState("Locks are set on a form, an event, a subject, a site or the study.")
    return after
