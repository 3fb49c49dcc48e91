"""Entry status of a form, one of five independent axes, as a table (state, action) -> state."""

from __future__ import annotations

from enum import StrEnum

from edc_core.errors import WrongState


class EntryStatus(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    NOT_DONE = "not_done"
    REMOVED = "removed"


class EntryAction(StrEnum):
    SAVE = "save"
    COMPLETE = "complete"
    REOPEN = "reopen"
    MARK_NOT_DONE = "mark not done"
    CLEAR_NOT_DONE = "clear not done"
    REMOVE = "remove"  #: a removed form is restored to the status it had


_S, _A = EntryStatus, EntryAction
TRANSITIONS: dict[tuple[EntryStatus, EntryAction], EntryStatus] = {
    (_S.NOT_STARTED, _A.SAVE): _S.IN_PROGRESS,
    (_S.NOT_STARTED, _A.MARK_NOT_DONE): _S.NOT_DONE,
    (_S.IN_PROGRESS, _A.SAVE): _S.IN_PROGRESS,
    (_S.IN_PROGRESS, _A.COMPLETE): _S.COMPLETE,
    (_S.COMPLETE, _A.SAVE): _S.COMPLETE,
    (_S.COMPLETE, _A.REOPEN): _S.IN_PROGRESS,
    (_S.NOT_DONE, _A.CLEAR_NOT_DONE): _S.NOT_STARTED,
    (_S.IN_PROGRESS, _A.REMOVE): _S.REMOVED,
    (_S.COMPLETE, _A.REMOVE): _S.REMOVED,
    (_S.NOT_DONE, _A.REMOVE): _S.REMOVED,
}

WORDS = {
    _S.NOT_STARTED: "Not started",
    _S.IN_PROGRESS: "In progress",
    _S.COMPLETE: "Complete",
    _S.NOT_DONE: "Not done",
    _S.REMOVED: "Removed",
}

_INSTEAD = {  #: what stands, and what is possible instead
    _S.NOT_STARTED: "Nothing is entered on this form yet. Enter an answer, or mark the form as not done.",
    _S.IN_PROGRESS: "This form is in progress. It can be completed, or removed with a reason.",
    _S.COMPLETE: "This form is complete already. Load the page again to see it.",
    _S.NOT_DONE: "This form is marked as not done. Take that back to enter something.",
    _S.REMOVED: "This form was removed. It can be restored on its own page.",
}


def transition(status: EntryStatus, action: EntryAction) -> EntryStatus:
    """The status after an action.

    :raises WrongState: when the action does not exist in this status.
    """
    after = TRANSITIONS.get((status, action))
    if after is None:
        raise WrongState(_INSTEAD[status], status=status, action=action)
    return after
