"""One form of an import: its values, rows and queries, through the same cascade as a save in the browser."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from edc_core.domain.change import ItemInput, decide_change
from edc_core.domain.commands import FormCommand
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.form_checks import check_oid
from edc_core.domain.imported import ImportedQuery
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.errors import ImportRefused
from edc_core.ledger.append import Effect, Reason
from edc_core.services import capture, following
from edc_core.services.import_queries import brought
from edc_core.services.open_form import SaveResult, open_form
from edc_core.services.operation import open_subject
from edc_core.store.file_entries import payload_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.store.files import Taken
    from edc_core.store.unit_of_work import UnitOfWork

IMPORTED = Reason("import", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportForm(FormCommand):
    """One form of an import: its values as found, rows that hold none, files that came with it, queries about it."""

    items: tuple[ItemInput, ...]
    rows: tuple[ItemPath, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[tuple[ItemPath, Taken], ...] = ()
    queries: tuple[ImportedQuery, ...] = ()
    complete: bool = True


def import_form(uow: UnitOfWork, command: ImportForm, *, version: str, live: bool) -> SaveResult:
    """Bring in one form: what cannot be read or breaks a hard limit is kept, marked and queried; it arrives Complete,
    or In progress where the source says so and it was not complete before.

    :raises ImportRefused: in live, for items that are not of origin ``transferred``.
    """
    operation = open_subject(uow, command)
    if operation.earlier is not None:
        return SaveResult.from_json(operation.earlier)
    operation.require(Action.IMPORT_DATA)
    form = open_form(operation, command, version=version)
    if live:
        entered = {
            form.index.place(i.path).item.name
            for i in command.items
            if form.index.place(i.path).item.origin != "transferred"
        }
        if entered:
            raise ImportRefused(
                f"In a live study only transferred items are imported; these are entered by the site: "
                f"{', '.join(sorted(entered))}.",
                problems=[],
            )
    decision = decide_change(form.picture, command.items, has_reason=True, keeps_all=True)
    effects = [
        Effect(EntryKind.GROUP_ADD, str(row), {}, reason=IMPORTED, origin="import")
        for row in command.rows
        if row not in form.picture.groups and form.index.groups[row.groups[-1].oid].repeating
    ]
    known = {effect.path for effect in effects}
    effects += [
        Effect(EntryKind.FILE_ADD, str(path), payload_of(*taken), reason=IMPORTED, origin="import")
        for path, taken in command.files
    ]
    effects += [
        e for e in capture.changes_to_effects(form, decision.changes, IMPORTED) if e.path not in known
    ]
    queries = [_of_this_version(form.index, one) for one in command.queries]
    threads = brought(operation, queries, form.queries.values())
    effects += threads.effects
    items = {**form.picture.items, **{change.after.path: change.after for change in decision.changes}}
    status = (
        EntryStatus.COMPLETE if command.complete or form.picture.was_complete else EntryStatus.IN_PROGRESS
    )
    if form.picture.status is not status or command.source:
        arrived = form.status_effect(status, was_complete=status is EntryStatus.COMPLETE)
        effects.append(replace(arrived, payload=arrived.payload | {"source": dict(command.source)}))
    effects += following.follow(
        form, items, dict(form.picture.groups), status, decision.changes, threads.queries
    )
    return form.finish(effects, status, changed=len(decision.changes))


def _of_this_version(index: MetaDataIndex, one: ImportedQuery) -> ImportedQuery:
    """A limit that had no OID of its own was named by its place; the imported definition gave it one."""
    query = one.query
    if query.path.item is None:
        return one
    item = index.place(query.path).item
    declared = [check_oid(item, check) for check in item.range_checks]
    by_place = {f"{item.oid}.RC{n}": oid for n, oid in enumerate(declared, start=1)}
    if query.check_oid in declared or query.check_oid not in by_place:
        return one
    return replace(one, query=replace(query, check_oid=by_place[query.check_oid]))
