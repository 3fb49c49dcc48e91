"""Entry: save items, complete and reopen a form, mark it not done, rows of repeating groups, added events."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edc_core.domain.casebook import GroupData
from edc_core.domain.change import FormPicture, decide_change
from edc_core.domain.commands import (
    AddEvent,
    AddRow,
    CompleteForm,
    FormCommand,
    MarkNotDone,
    Reason,
    ReopenForm,
    SaveItems,
    StrikeRow,
)
from edc_core.domain.entry_state import EntryAction, EntryStatus, transition
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.protection import Touch, require
from edc_core.domain.site_time import day_beside, site_time
from edc_core.errors import BadRequest, NotFound, ReasonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services import cascade, file_items, following, gates, scanning, scheduling
from edc_core.services.form_after import form_after
from edc_core.services.open_form import OpenForm, SaveResult, changes_form, open_form
from edc_core.services.operation import open_subject, open_unread
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core.domain.change import ItemChange
    from edc_core.errors import ValueRefused
    from edc_core.store.unit_of_work import UnitOfWork


@changes_form(Action.ENTER_DATA)
def save_items(form: OpenForm, command: SaveItems) -> SaveResult:
    """Store items as the site typed them, then let the declared checks ask their questions.

    :raises NotAllowed, NotFound, Protected, WrongState, EditConflict, ReasonRequired, VersionChanged: nothing is stored.
    :raises ValueRefused: a hard limit or a scanner; an entry without the value is left, see ``note_refusal``.
    """
    if form.index.version.gates and form.picture.path.form is not None:
        name = form.index.forms[form.picture.path.form.oid].name
        gates.require_sample(form.operation.uow, form.index.version, form.operation.site, name)
    decision = decide_change(
        form.picture, command.items, has_reason=bool(command.reason), today=form.today(), language=form.reads,
        look=scanning.look_of(
            form.operation.uow, form.index, form.operation.site.country, cleared=command.cleared
        ),
    )  # fmt: skip
    file_items.require_given(form.operation, decision.changes)
    effects = changes_to_effects(form, decision.changes, command.reason)
    if command.cleared:
        effects += [
            Effect(EntryKind.NOTE_ADD, str(change.after.path), {"note": "said to be no identifier"})
            for change in decision.changes
        ]
    items = {**form.picture.items, **{change.after.path: change.after for change in decision.changes}}
    status = decision.status
    if command.complete and status is EntryStatus.IN_PROGRESS:
        status = transition(status, EntryAction.COMPLETE)
    if effects or command.complete:
        effects = _with_status(form, effects, status)
    following.refuse_hard(form, items, form.picture.groups, decision.changes)
    effects += following.follow(form, items, dict(form.picture.groups), status, decision.changes)
    versions = {str(given.path): data.version for given in command.items if (data := items.get(given.path))}
    result = form.finish(effects, status, versions=versions, changed=len(decision.changes))
    has_queries = bool(form.queries or result.queries)
    return replace(
        result, after=form_after(form.operation, form.picture, form.written, has_queries=has_queries)
    )


def changes_to_effects(form: OpenForm, changes: Sequence[ItemChange], reason: Reason) -> list[Effect]:
    """The entries of changed values; a row that is new comes before its values."""
    effects: list[Effect] = []
    known = set(form.picture.groups)
    items = {**form.picture.items, **{change.after.path: change.after for change in changes}}
    for change in changes:
        for row in reversed(change.after.path.parent.ancestors()):
            if not row.groups or row in known:
                continue
            known.add(row)
            if form.index.groups[row.groups[-1].oid].repeating:
                effects.append(Effect(EntryKind.GROUP_ADD, str(row), {}))
        day = day_beside(form.index, items, change.after.path)
        effects.append(item_effect(change, reason, form.operation.site.zone, day))
    return effects


def item_effect(change: ItemChange, reason: Reason, zone: str, day: str = "") -> Effect:
    """The ``item.set`` entry of a change (decision "The ledger is the truth").

    :param zone: of the site, kept with dates that have a time (decision "Time"). :param day: the date that stands beside
        a time.
    """
    after = change.after
    local = site_time(change.item, after.value, zone, day)
    payload = following.value_payload(change.item, after, change.before) | {"source": dict(change.source)}
    if local is not None:
        payload["site_time"] = local._asdict()
    return Effect(EntryKind.ITEM_SET, str(after.path), payload, reason=reason, origin=change.item.origin)


def _with_status(form: OpenForm, effects: list[Effect], status: EntryStatus) -> list[Effect]:
    if status is form.picture.status:
        return effects
    was_complete = form.picture.was_complete or status is EntryStatus.COMPLETE
    return [*effects, form.status_effect(status, was_complete=was_complete)]


def note_refusal(uow: UnitOfWork, command: FormCommand, refused: ValueRefused) -> None:
    """Leave an entry that a value was refused, without the value (decision "Never lost").

    Called in a transaction of its own after the service raised.
    """
    operation = open_unread(uow, command)
    if operation.earlier is not None:
        return
    operation.require(Action.ENTER_DATA)
    form = open_form(operation, command)
    payload = {"note": "value refused", "check": str(refused.details["check"])}
    effects = [
        Effect(EntryKind.NOTE_ADD, str(refused.details["path"]), payload, actor=cascade.SYSTEM, role="")
    ]
    operation.record(effects, meta_data_version=form.index.version.oid)
    operation.finish({"refused": refused.message} | refused.details, status=422)


@changes_form(Action.ENTER_DATA)
def complete_form(form: OpenForm, command: CompleteForm) -> SaveResult:
    """Close entry: declared checks raise their queries, later changes need a reason.

    :raises WrongState: the form is not In progress.
    """
    form.picture.require(Touch.DATA)
    status = transition(form.picture.status, EntryAction.COMPLETE)
    effects = [form.status_effect(status, was_complete=True)]
    effects += following.follow(form, form.picture.items, form.picture.groups, status)
    return form.finish(effects, status)


@changes_form(Action.REOPEN_FORM)
def reopen_form(form: OpenForm, command: ReopenForm) -> SaveResult:
    """Take a Complete form back to In progress, with a reason; its later changes still need one."""
    form.picture.require(Touch.DATA)
    status = transition(form.picture.status, EntryAction.REOPEN)
    _require_reason(command.reason, "Say why the form is opened again.")
    return form.finish([form.status_effect(status, was_complete=True, reason=command.reason)], status)


@changes_form(Action.ENTER_DATA)
def mark_not_done(form: OpenForm, command: MarkNotDone) -> SaveResult:
    """Mark a form that was never started as not done, with a reason, or take that back."""
    form.picture.require(Touch.DATA)
    action = EntryAction.MARK_NOT_DONE if command.not_done else EntryAction.CLEAR_NOT_DONE
    status = transition(form.picture.status, action)
    if command.not_done:
        _require_reason(command.reason, "Say why the form was not done.")
    return form.finish([form.status_effect(status, was_complete=False, reason=command.reason)], status)


@changes_form(Action.ENTER_DATA)
def add_row(form: OpenForm, command: AddRow) -> SaveResult:
    """Add a row with the next integer key of its parent; keys are never reused, struck rows keep theirs."""
    form.picture.require(Touch.DATA, command.parent)
    status = transition(form.picture.status, EntryAction.SAVE)
    key = next_key(
        [
            row.groups[len(command.parent.groups)]
            for row in _known_rows(form.picture)
            if _is_child(row, command)
        ]
    )
    row = command.parent.with_group(command.group_oid, key)
    form.index.check(row)
    if not form.index.groups[command.group_oid].repeating:
        raise WrongState("This item group does not repeat, so it has no rows to add.")
    effects = _with_status(form, [Effect(EntryKind.GROUP_ADD, str(row), {}, reason=command.reason)], status)
    return form.finish(effects, status, key=key)


def _known_rows(picture: FormPicture) -> set[ItemPath]:
    return set(picture.groups) | {path.parent for path in picture.items}


def _is_child(row: ItemPath, command: AddRow) -> bool:
    depth = len(command.parent.groups)
    return (
        len(row.groups) > depth
        and row.groups[:depth] == command.parent.groups
        and row.groups[depth].oid == command.group_oid
    )


def next_key(steps: Sequence[Step]) -> str:
    """The integer after the highest numeric key; keys that are not numbers do not count."""
    numbers = [int(step.key) for step in steps if step.key.isascii() and step.key.isdecimal()]
    return str(max(numbers, default=0) + 1)


@changes_form(Action.STRIKE)
def strike_row(form: OpenForm, command: StrikeRow) -> SaveResult:
    """Strike out or restore a row, with a reason; its system queries are resolved, or raised again."""
    form.picture.require(Touch.DATA, command.row)
    if form.picture.status is EntryStatus.REMOVED:
        raise WrongState("This form is removed. Restore it before you change its rows.")
    if command.row not in _known_rows(form.picture):
        raise NotFound("There is no such row in this form.")
    current = form.picture.groups.get(command.row)
    if (current is not None and current.removed) != command.restore:
        raise WrongState(
            "This row is struck out already." if not command.restore else "This row is not struck out."
        )
    _require_reason(
        command.reason, "Say why the row is struck out." if not command.restore else "Say why it returns."
    )
    kind = EntryKind.GROUP_RESTORE if command.restore else EntryKind.GROUP_REMOVE
    groups = {
        **form.picture.groups,
        command.row: GroupData(command.row, not command.restore, command.reason.text),
    }
    effects = [Effect(kind, str(command.row), {}, reason=command.reason)]
    effects += following.follow(form, form.picture.items, groups, form.picture.status)
    return form.finish(effects, form.picture.status)


def add_event(uow: UnitOfWork, command: AddEvent) -> SaveResult:
    """Add an occurrence of a repeating or unscheduled event with the next integer key.

    :raises BadRequest: the event is not one that is added. :raises WrongState: it is there, and does not repeat.
    """
    operation = open_subject(uow, command)
    if operation.earlier is not None:
        return SaveResult.from_json(operation.earlier)
    operation.require(Action.ADD_SUBJECT)
    book = readers.casebook(uow, operation.subject)
    index = uow.versions.get(uow.connection, command.study_id, operation.site.meta_data_version)
    definition = index.events.get(command.event_oid)
    if definition is None or not definition.is_added:
        raise BadRequest(
            f"Event '{command.event_oid}' is scheduled and does not repeat, so none can be added."
        )
    scheduling.require_level(index, ItemPath(Step(command.event_oid)), operation.subject)
    steps = [
        p.event
        for p in (*book.events, *book.forms)
        if p.event is not None and p.event.oid == command.event_oid
    ]
    if steps and not definition.repeating:
        raise WrongState("This visit is there already, and it does not repeat.")
    key = next_key(steps)
    path = ItemPath(Step(command.event_oid, key))
    require(book.protection(path), Touch.DATA)
    operation.record([Effect(EntryKind.EVENT_ADD, str(path), {})], meta_data_version=index.version.oid)
    result = SaveResult(operation.head.n, "", key=key)
    operation.finish(result.as_json())
    return result


def _require_reason(reason: Reason, message: str) -> None:
    if not reason:
        raise ReasonRequired(message)
