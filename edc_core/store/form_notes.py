"""Select functions: notes at forms and items, whether a form changed after one, and who set its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import func, not_, select

from edc_core.domain.casebook import RECORD
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.second_entry import FIRST_OPENED, SECOND_ENTRY
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.listing import lies_below, lies_in, seen_in
from edc_core.store.listing_queries import whose
from edc_core.store.subject_tables import event_data, form_data, subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection

    from edc_core.store.listing import Scope

_ENTRY = ledger_entry.c
_NOTE, _LATER = ledger_entry.alias("note").c, ledger_entry.alias("later").c
#: What changes what a person has entered in a form. A calculated value follows from what is entered.
_CHANGES = [
    kind.value
    for kind in (EntryKind.ITEM_SET, EntryKind.GROUP_ADD, EntryKind.GROUP_REMOVE, EntryKind.GROUP_RESTORE)
]


def _is_note(topic: str) -> ColumnElement[bool]:
    said = f'"topic":{orjson.dumps(topic).decode()}'
    return (_ENTRY.kind == EntryKind.NOTE_ADD.value) & _ENTRY.payload.contains(said, autoescape=True)


def newest(
    connection: Connection, scope: Scope, topic: str, *, subject_id: str = "", form: str = ""
) -> Sequence[Any]:
    """The newest note of a topic at each place in scope: ``subject_key``, ``path``, ``n``, ``payload``, ``actor``, ``at``.

    :param form: at this form and below alone.
    """
    mine = (subject.c.study_id == _ENTRY.study_id) & (subject.c.subject_id == _ENTRY.chain)
    key = subject.c.subject_key
    last = select(_ENTRY.chain, key, _ENTRY.path, func.max(_ENTRY.n).label("n")).join(subject, mine)
    last = last.where(
        _ENTRY.study_id == scope.study_id, _is_note(topic), whose(scope), seen_in(scope, _ENTRY.path)
    )
    if subject_id:
        last = last.where(_ENTRY.chain == subject_id)
    if form:
        last = last.where((_ENTRY.path == form) | lies_below(_ENTRY.path, form))
    place = last.group_by(_ENTRY.chain, key, _ENTRY.path).subquery("place").c
    here = (_ENTRY.study_id == scope.study_id) & (_ENTRY.chain == place.chain) & (_ENTRY.n == place.n)
    columns = (place.subject_key, _ENTRY.path, _ENTRY.n, _ENTRY.payload, _ENTRY.actor, _ENTRY.at)
    found = select(*columns).join(ledger_entry, here)
    return connection.execute(found.order_by(place.subject_key, _ENTRY.n)).all()


def newest_n(
    connection: Connection, study_id: str, chain: str, topic: str, paths: Collection[str]
) -> dict[str, int]:
    """Position of the newest note of a topic at each of these places that has one."""
    here = (_ENTRY.study_id == study_id) & (_ENTRY.chain == chain) & _ENTRY.path.in_(sorted(paths))
    wanted = select(_ENTRY.path, func.max(_ENTRY.n).label("n")).where(here, _is_note(topic))
    return {row.path: row.n for row in connection.execute(wanted.group_by(_ENTRY.path))}


def _deed_of(person: str) -> ColumnElement[bool]:
    """Whether an entry at a form says that a person knows it: who began, completed, opened or reopened it."""
    deeds: ColumnElement[bool] = _ENTRY.kind.startswith("form.") | _is_note(FIRST_OPENED)
    return (_ENTRY.actor == person) & deeds


def knows(connection: Connection, study_id: str, chain: str, form: str, person: str) -> bool:
    """Whether a person set a value in a form, or knows it otherwise."""
    here = (_ENTRY.study_id == study_id) & (_ENTRY.chain == chain) & (_ENTRY.actor == person)
    value = (_ENTRY.kind == EntryKind.ITEM_SET.value) & lies_below(_ENTRY.path, form)
    found = select(1).where(here, value | ((_ENTRY.path == form) & _deed_of(person))).limit(1)
    return connection.execute(found).first() is not None


def unseen_firsts(
    connection: Connection, study_id: str, sites: Iterable[str], forms: Iterable[str], person: str
) -> Sequence[Any]:
    """Forms of these OIDs at these sites that were begun, were never compared with a second entry, and that a person does
    not know: ``subject_id``, ``site_id``, ``path``, ``form_oid``.
    """
    form, at_form = form_data.c, _at_form()
    mine = (subject.c.study_id == form.study_id) & (subject.c.subject_id == form.subject_id)
    compared = _is_note(SECOND_ENTRY) & _ENTRY.payload.contains('"compared":true')
    begun = form.status.in_([EntryStatus.IN_PROGRESS.value, EntryStatus.COMPLETE.value])
    wanted = select(form.subject_id, subject.c.site_id, form.path, form.form_oid).join(subject, mine)
    return connection.execute(
        wanted.where(
            form.study_id == study_id, subject.c.site_id.in_(sorted(sites)), subject.c.status != RECORD,
            form.form_oid.in_(sorted(forms)), begun, not_(lies_in(form_data, _gone())),
            *(not_(select(1).where(at_form, one).correlate(form_data).exists()) for one in (compared, _deed_of(person))),
        )
    ).all()  # fmt: skip


def _at_form() -> ColumnElement[bool]:
    form = form_data.c
    same: ColumnElement[bool] = (_ENTRY.study_id == form.study_id) & (_ENTRY.chain == form.subject_id)
    return same & (_ENTRY.path == form.path)


def _gone() -> ColumnElement[bool]:
    """Whether a visit was removed or did not take place."""
    return event_data.c.removed | (event_data.c.status == EntryStatus.NOT_DONE.value)


def values_set(connection: Connection, study_id: str, chain: str, form: str) -> Sequence[Any]:
    """Who set a value in a form, oldest first: ``path``, ``n``, ``actor``."""
    wanted = select(_ENTRY.path, _ENTRY.n, _ENTRY.actor).where(
        _ENTRY.study_id == study_id, _ENTRY.chain == chain, _ENTRY.kind == EntryKind.ITEM_SET.value,
        lies_below(_ENTRY.path, form),
    )  # fmt: skip
    return connection.execute(wanted.order_by(_ENTRY.n)).all()


def complete_forms(
    connection: Connection, scope: Scope, forms: Iterable[str], topic: str, subject_id: str = ""
) -> Sequence[Any]:
    """Complete forms of these OIDs in visits that took place, each with the newest note of a topic at it: ``subject_id``,
    ``subject_key``, ``site_id``, ``path``, ``form_oid``, ``at``; ``payload`` and ``noted_at`` or ``None``, and ``changed``:
    whether something was entered in the form after it.
    """
    form = form_data.c
    mine = (subject.c.study_id == form.study_id) & (subject.c.subject_id == form.subject_id)
    last = select(func.max(_ENTRY.n)).where(_at_form(), _is_note(topic)).correlate(form_data)
    is_last = _NOTE.n == last.scalar_subquery()
    note = (_NOTE.study_id == form.study_id) & (_NOTE.chain == form.subject_id) & is_last
    after = (_LATER.study_id == form.study_id) & (_LATER.chain == form.subject_id) & (_LATER.n > _NOTE.n)
    changed = select(1).where(after, _LATER.kind.in_(_CHANGES), lies_below(_LATER.path, form.path))
    wanted = (
        select(
            subject.c.subject_id, subject.c.subject_key, subject.c.site_id, form.path, form.form_oid, form.at
        )
        .add_columns(_NOTE.payload, _NOTE.at.label("noted_at"))
        .add_columns(changed.correlate(form_data, _NOTE.n.table).exists().label("changed"))
        .join(form_data, mine)
        .outerjoin(_NOTE.n.table, note)
        .where(whose(scope), form.form_oid.in_(sorted(forms)))
        .where(form.status == EntryStatus.COMPLETE.value, not_(lies_in(form_data, _gone())))
    )
    if subject_id:
        wanted = wanted.where(subject.c.subject_id == subject_id)
    return connection.execute(wanted.order_by(subject.c.subject_key, form.path)).all()
