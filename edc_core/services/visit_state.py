"""What a visit or a form is shown as, by its entry, its protection and the conditions of the schedule."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.protection import Protection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.metadata import StudyEventDef
    from edc_core.services.scheduling import Outlook


class State(StrEnum):
    """What a visit or a form is shown as: its entry status, or the protection that says more.

    Of several occurrences in one cell, the earlier one in this order shows.
    """

    NONE = "none"  #: the event repeats and has no occurrence yet
    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    NOT_APPLICABLE = "not applicable, has data"  #: a condition leaves it out, but something was entered
    COMPLETE = "complete"
    NOT_DONE = "not done"
    FROZEN = "frozen"
    LOCKED = "locked"
    REMOVED = "removed"
    NOT_REQUIRED = "not required"  #: a condition leaves it out


WORDS = {state: state.value.capitalize() for state in State} | {State.NONE: ""}

_OF_ENTRY = {
    EntryStatus.NOT_STARTED: State.NOT_STARTED,
    EntryStatus.IN_PROGRESS: State.IN_PROGRESS,
    EntryStatus.COMPLETE: State.COMPLETE,
    EntryStatus.NOT_DONE: State.NOT_DONE,
    EntryStatus.REMOVED: State.REMOVED,
}
_MARKED = (EntryStatus.NOT_DONE, EntryStatus.REMOVED)
_OF_PROTECTION = {Protection.FROZEN: State.FROZEN, Protection.LOCKED: State.LOCKED}


def state_of(
    status: EntryStatus, protection: Protection = Protection.OPEN, left_out: State | None = None
) -> State:
    """:param left_out: what is said of a form that is not expected; one that was marked says so all the same."""
    if left_out is not None and status not in _MARKED:
        return _OF_PROTECTION.get(protection, left_out)
    return _OF_PROTECTION.get(protection, _OF_ENTRY[status])


def rolled_up(
    statuses: Counter[EntryStatus], expected: int, protection: Protection, left_out: State | None = None
) -> State:
    """One state for the forms of an event occurrence.

    :param statuses: of the forms begun that are expected, and of those the definition does not have there.
    :param expected: how many forms it is expected to have; those without a row are not started.
    :param left_out: what is said when none is expected because of conditions.
    """
    if protection in _OF_PROTECTION:
        return _OF_PROTECTION[protection]
    if left_out is not None and not (expected or statuses.total()):
        return left_out
    done, not_done = statuses[EntryStatus.COMPLETE], statuses[EntryStatus.NOT_DONE]
    closed = done + not_done + statuses[EntryStatus.REMOVED]
    if statuses[EntryStatus.IN_PROGRESS] or 0 < closed < expected:
        return State.IN_PROGRESS
    if closed == 0:
        return State.NOT_STARTED
    if done:
        return State.COMPLETE
    return State.NOT_DONE if not_done else State.REMOVED


def state_of_event(
    outlook: Outlook,
    step: Step,
    definition: StudyEventDef | None,
    statuses: Counter[EntryStatus],
    protection: Protection,
    *,
    not_done: bool,
    removed: bool = False,
) -> State:
    """The state of an event occurrence by those of its forms that are expected.

    Beside mandatory forms, one that is not mandatory there counts once it is begun (ODM Mandatory).

    :param definition: of the event, in the version in force; ``None`` where that has no such event. :param statuses: of all forms of it that were begun.
    :param not_done: the occurrence was marked so, which stands for all its forms; ``removed`` likewise.
    """
    if not_done or removed:
        return _OF_PROTECTION.get(protection, State.REMOVED if removed else State.NOT_DONE)
    uses = definition.form_refs if definition is not None else ()
    forms = {ItemPath(step, Step(use.form_oid)): use.mandatory for use in uses}
    left = {form for form in forms if not outlook.expects(form)}
    needed = any(forms.values())
    expected = sum(
        form not in left and (mandatory or not needed or form in outlook.forms)
        for form, mandatory in forms.items()
    )
    if not left:
        return rolled_up(statuses, expected, protection)
    begun = (form for form in outlook.forms.values() if form.path.event == step and form.path not in left)
    kept = any(form in outlook.kept for form in left)
    left_out = State.NOT_APPLICABLE if kept else State.NOT_REQUIRED
    return rolled_up(Counter(form.status for form in begun), expected, protection, left_out)


def of_many(states: Iterable[State]) -> State:
    """The state of several occurrences: what is unfinished shows through."""
    found = set(states) - {State.NOT_REQUIRED} or {State.NOT_REQUIRED}
    if len(found) > 1 and found & {State.IN_PROGRESS, State.NOT_STARTED}:
        return State.IN_PROGRESS
    return min(found, key=list(State).index)
