"""Transfers: values of another system on their way into forms, through the same cascade as a save in the browser.

What a file means is a plugin's business. Here stands what may be written: never a form that entry could not reach, in
live only items of origin ``transferred`` and nothing that a hard check forbids (decision "Imports").
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from edc_core.domain.change import decide_change
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.errors import NotAllowed, ReasonRequired
from edc_core.ledger.append import Effect, Reason
from edc_core.services import capture, following, scanning
from edc_core.services.open_form import OpenForm, open_form
from edc_core.services.operation import Operation, once, open_study, open_subject
from edc_core.store.locks import find_receipt

if TYPE_CHECKING:
    from edc_core.domain.change import ItemChange
    from edc_core.domain.commands import BeginTransfer, EndTransfer, TransferItems
    from edc_core.store.unit_of_work import UnitOfWork

TRANSFERRED = "transferred"
CODE = "transfer"  #: reason code of everything a transfer writes


def begin_transfer(uow: UnitOfWork, command: BeginTransfer) -> dict[str, Any]:
    """Record the beginning in the study's chain.

    :returns: ``again``: this transfer began before; ``ended``: and it came to its end.
    """
    operation = open_study(uow, command)
    if operation.earlier is not None:
        ended = find_receipt(uow.connection, command.study_id, end_of(command.transfer)) is not None
        return {"again": True, "ended": ended}
    operation.require(Action.IMPORT_DATA)
    operation.record([Effect(EntryKind.IMPORT_START, "", {"transfer": command.transfer, **command.facts})])
    answer = {"again": False, "ended": False}
    operation.finish(answer)
    return answer


@once(open_study, Action.IMPORT_DATA)
def end_transfer(operation: Operation, command: EndTransfer) -> dict[str, Any]:
    """Record the end in the study's chain."""
    operation.record([Effect(EntryKind.IMPORT_END, "", {"transfer": command.transfer, **command.facts})])
    return {}


def end_of(transfer: str) -> str:
    """The op of a transfer's end."""
    return f"transfer:{transfer}:end"


def transfer_items(uow: UnitOfWork, command: TransferItems) -> dict[str, Any]:
    """Store what is new or different.

    :returns: ``added`` and ``changed``: path texts; ``queries``: ids of queries opened, reopened or resolved.
    :raises NotAllowed: in live, for items that are not of origin ``transferred``; ``details['paths']`` names them.
    :raises ReasonRequired: a value that is there changes, and nobody said why.
    :raises NotFound, Protected, WrongState, EditConflict, BadRequest: as for a save in the browser.
    :raises ValueRefused: by a scanner and, in live, by a hard check; elsewhere the value is kept, marked and queried.
    """
    operation = open_subject(uow, command)
    if operation.earlier is not None:
        return operation.earlier
    operation.require(Action.IMPORT_DATA)
    form = open_form(operation, command)
    live = operation.site.environment == "live"
    if live:
        _only_transferred(form, command)
    bare = tuple(replace(given, source={}) for given in command.items)
    decision = decide_change(
        form.picture, bare, has_reason=True, today=form.today(), keeps_all=not live,
        look=scanning.look_of(uow, form.index, form.operation.site.country),
    )  # fmt: skip
    if not decision.changes:
        return {"n": operation.head.n, "added": [], "changed": [], "queries": []}
    sources = {given.path: given.source for given in command.items}
    changes = [replace(change, source=sources[change.after.path]) for change in decision.changes]
    different = [change for change in changes if _was_there(change)]
    if different and not command.reason:
        raise ReasonRequired("Values that are there change. Say why.", path=str(different[0].after.path))
    items = {**form.picture.items, **{change.after.path: change.after for change in changes}}
    if live:
        following.refuse_hard(form, items, form.picture.groups, changes)
    why = Reason(CODE, command.reason.text)
    changed = {str(change.after.path) for change in different}
    effects = [
        replace(effect, origin=TRANSFERRED, reason=why if effect.path in changed else Reason(CODE, ""))
        for effect in capture.changes_to_effects(form, changes, why)
    ]
    status = form.picture.status
    if status is EntryStatus.NOT_STARTED:
        status = EntryStatus.COMPLETE if command.complete else EntryStatus.IN_PROGRESS
        effects.append(form.status_effect(status, was_complete=command.complete))
    effects += following.follow(form, items, dict(form.picture.groups), status, changes)
    done = form.finish(effects, status, changed=len(changes))
    return {
        "n": done.n,
        "added": [str(c.after.path) for c in changes if not _was_there(c)],
        "changed": sorted(changed),
        "queries": list(done.queries),
    }


def _was_there(change: ItemChange) -> bool:
    return change.before is not None and not change.before.is_blank


def _only_transferred(form: OpenForm, command: TransferItems) -> None:
    entered = {
        given.path: form.index.place(given.path).item.name
        for given in command.items
        if form.index.place(given.path).item.origin != TRANSFERRED
    }
    if entered:
        raise NotAllowed(
            "In a live study only items of origin 'transferred' are taken; these are entered by the site: "
            f"{', '.join(sorted(set(entered.values())))}.",
            paths=[str(path) for path in entered],
        )
