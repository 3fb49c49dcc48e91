"""Occurrences of events: say that a visit was not done, or take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.commands import MarkEventNotDone
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.protection import Touch, require
from edc_core.errors import BadRequest, NotFound, ReasonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services.open_form import SaveResult
from edc_core.services.operation import open_subject
from edc_core.store import readers

if TYPE_CHECKING:
    from edc_core.store.unit_of_work import UnitOfWork

_NOT_BEGUN = (EntryStatus.NOT_STARTED, EntryStatus.NOT_DONE)


def mark_event_not_done(uow: UnitOfWork, command: MarkEventNotDone) -> SaveResult:
    """Mark a visit in which nothing was begun as not done, with a reason, or take that back.

    :raises WrongState: a form of it was begun, or it stands already as asked.
    :raises NotFound: the subject has no such visit. :raises ReasonRequired: marking it needs a reason.
    """
    operation = open_subject(uow, command)
    if operation.earlier is not None:
        return SaveResult.from_json(operation.earlier)
    operation.require(Action.ENTER_DATA)
    event = command.event
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
    result = SaveResult(operation.head.n, payload["status"])
    operation.finish(result.as_json())
    return result
