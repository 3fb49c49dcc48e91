"""Remove a form that should not be there, and restore it: nothing is deleted, and both say why (REQ-AUD-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from edc_core.domain.entry_state import EntryAction, EntryStatus, transition
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.protection import Touch, require, strictest
from edc_core.errors import ReasonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services import following
from edc_core.services.open_form import SaveResult, changes_form
from edc_core.store.listing_queries import payload_at

if TYPE_CHECKING:
    from edc_core.domain.commands import RemoveForm
    from edc_core.services.open_form import OpenForm


@changes_form(Action.STRIKE)
def remove_form(form: OpenForm, command: RemoveForm) -> SaveResult:
    """Take a form out of the casebook with all it holds, or bring it back as it was.

    Its system queries are resolved, rules no longer read it, signatures on it break; restored, its checks ask again.

    :raises WrongState: it holds nothing, is removed already, or is not removed. :raises ReasonRequired: no reason.
    :raises Protected: the form, what it lies in, or a part of it is frozen or locked.
    """
    picture = form.picture
    inside = (state for place, state in picture.protections.items() if picture.path.contains(place))
    picture.require(Touch.DATA)
    require(strictest(inside), Touch.DATA)
    if not command.reason:
        raise ReasonRequired(
            "Say why the form returns." if command.restore else "Say why the form is removed."
        )
    if command.restore:
        if picture.status is not EntryStatus.REMOVED:
            raise WrongState("This form is not removed.")
        status, kind = _before(form), EntryKind.FORM_RESTORE
        kept = status
    else:
        status, kind = transition(picture.status, EntryAction.REMOVE), EntryKind.FORM_REMOVE
        kept = picture.status
    effects = [Effect(kind, str(picture.path), {"status": kept.value}, reason=command.reason)]
    effects += following.follow(form, picture.items, picture.groups, status)
    return form.finish(effects, status)


def _before(form: OpenForm) -> EntryStatus:
    """The status in which a removed form was removed: its row knows the entry."""
    assert form.picture.form is not None
    operation = form.operation
    payload = payload_at(
        operation.uow.connection,
        operation.command.study_id,
        operation.subject.subject_id,
        form.picture.form.n,
    )
    return EntryStatus(orjson.loads(payload)["status"])
