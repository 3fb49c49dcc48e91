"""Occurrences of events: say that a visit was not done, remove one that should not be there, or take that back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from edc_core.domain.casebook import EventData
from edc_core.domain.commands import MarkEventNotDone, RemoveEvent
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.protection import Touch, require, strictest
from edc_core.errors import BadRequest, NotFound, ReasonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services.answering import judged_anew
from edc_core.services.operation import once, open_subject
from edc_core.store import readers

if TYPE_CHECKING:
    from edc_core.services.operation import SubjectOperation

_NOT_BEGUN = (EntryStatus.NOT_STARTED, EntryStatus.NOT_DONE)


@once(open_subject, Action.ENTER_DATA)
def mark_event_not_done(operation: SubjectOperation, command: MarkEventNotDone) -> dict[str, Any]:
    """Mark a visit in which nothing was begun as not done, with a reason, or take that back.

    :returns: ``{"n", "status"}``. :raises WrongState: a form of it was begun, or it stands already as asked.
    :raises NotFound: the subject has no such visit. :raises ReasonRequired: marking it needs a reason.
    """
    event, uow = command.event, operation.uow
    if event.event is None or event.form is not None:
        raise BadRequest("Only a visit as a whole is marked here; a form has its own mark.")
    book = readers.casebook(uow, operation.subject)
    version = operation.site.meta_data_version
    index = uow.versions.get(uow.connection, command.study_id, version)
    index.check(event, keys_as_found=event in book.events)
    known = book.events.get(event)
    begun = [form for form in book.forms.values() if form.path.event == event.event]
    if index.events[event.event.oid].is_added and not (known or begun):
        raise NotFound("This visit was not added, so it cannot be marked.")
    require(book.protection(event), Touch.DATA)
    if known is not None and known.removed:
        raise WrongState("This visit was removed, so it cannot be marked.")
    if (known is not None and known.not_done) == command.not_done:
        word = "marked as not done already" if command.not_done else "not marked as not done"
        raise WrongState(f"This visit is {word}.")
    if command.not_done:
        if any(form.status not in _NOT_BEGUN for form in begun):
            raise WrongState(
                "A form of this visit was begun, so the visit was not missed. Mark the other forms as not done."
            )
        if not command.reason:
            raise ReasonRequired("Say why the visit was not done.")
    payload = {"status": EntryStatus.NOT_DONE.value if command.not_done else ""}
    operation.record(
        [Effect(EntryKind.EVENT_STATUS, str(event), payload, reason=command.reason)],
        meta_data_version=version,
    )
    return {"n": operation.head.n, **payload}


@once(open_subject, Action.STRIKE)
def remove_event(operation: SubjectOperation, command: RemoveEvent) -> dict[str, Any]:
    """Take a visit out of the casebook with all it holds, or bring it back as it was (REQ-AUD-12).

    System queries in it are resolved, rules no longer read it, signatures on it break; restored, its checks ask again.

    :returns: ``{"n", "removed"}``. :raises WrongState: it holds nothing, was not done, or stands already as asked.
    :raises ReasonRequired: no reason. :raises Protected: it, what it lies in, or a part of it is frozen or locked.
    """
    event, version = command.event, operation.site.meta_data_version
    if event.event is None or event.form is not None:
        raise BadRequest("Only a visit as a whole is removed here; a form is removed on its own page.")
    book = readers.casebook(operation.uow, operation.subject)
    inside = (state for place, state in book.protections.items() if event.contains(place))
    require(strictest((book.protection(event), *inside)), Touch.DATA)
    known = book.events.get(event, EventData(event))
    if known.removed != command.restore:
        raise WrongState(f"This visit is {'not removed' if command.restore else 'removed already'}.")
    if known.not_done:
        raise WrongState("This visit is marked as not done. Take that back before you remove it.")
    if event not in book.events and all(form.event != event.event for form in book.forms):
        raise WrongState(
            "Nothing was entered in this visit. If it did not take place, mark it as not done instead."
        )
    if not command.reason:
        raise ReasonRequired(f"Say why the visit {'returns' if command.restore else 'is removed'}.")
    now = EventData(event, removed=not command.restore, reason=command.reason.text)
    after = replace(book, events={**book.events, event: now})
    kind = EntryKind.EVENT_RESTORE if command.restore else EntryKind.EVENT_REMOVE
    effects = [Effect(kind, str(event), {}, reason=command.reason), *judged_anew(operation, after, event)]
    operation.record(effects, meta_data_version=version)
    return {"n": operation.head.n, "removed": now.removed}
