"""Select functions for lists of subjects: what a page of them shows, in as many statements for one as for a hundred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, not_, or_, select

from edc_core.domain.casebook import RECORD, EventData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step, encode
from edc_core.domain.protection import Protection, ProtectionRow
from edc_core.domain.query import UNFINISHED, QueryState
from edc_core.store.base import same_subject
from edc_core.store.form_path import FormPath
from edc_core.store.ledger_tables import chain_head
from edc_core.store.query_tables import query
from edc_core.store.row_places import path_of
from edc_core.store.subject_tables import event_data, form_data, group_data, item_data, protection, subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Column, ColumnElement, Connection

    from edc_core.domain.query import Query

#: Statuses that the subject list can be narrowed to.
STATUSES = ("in_progress", "not_started", "locked")


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a study a person sees.

    :param sites: ids of the sites in scope.
    :param hidden: OIDs of items the person may not see, for whatever reason; nothing about them is counted or listed.
    :param covered: forms kept from the person until they are entered a second time, each with the id of its subject.
    :param states: query states the person may know of.
    :param record: the study's own record too, in lists of work; it is in no list of subjects.
    :param others: what stands in an entry about the study where it names a site that is out of scope.
    """

    study_id: str
    sites: frozenset[str]
    hidden: frozenset[str] = frozenset()
    states: frozenset[QueryState] = frozenset(QueryState)
    record: bool = False
    others: tuple[str, ...] = ()
    covered: frozenset[tuple[str, ItemPath]] = frozenset()

    def knows(self, one: Query, subject_id: str) -> bool:
        """Whether the person may know of a query of a subject in scope."""
        is_theirs = one.asked or QueryState.CANDIDATE in self.states
        return is_theirs and one.state in self.states and self.shows(subject_id, one.path)

    def shows(self, subject_id: str, place: ItemPath) -> bool:
        """Whether the person may see what stands at a place: no hidden item, and in no covered form."""
        covered = place.form is not None and (subject_id, place.form_path) in self.covered
        return place.item not in self.hidden and not covered


@dataclass(frozen=True, slots=True)
class SubjectFilter:
    """What the list of subjects is narrowed to.

    :param site_id: empty for every site in scope.
    :param status: one of ``STATUSES``, or empty.
    """

    site_id: str = ""
    text: str = ""
    status: str = ""
    with_queries: bool = False


@dataclass(frozen=True, slots=True)
class SubjectRow:
    subject_id: str
    subject_key: str
    site_id: str
    status: str


@dataclass(frozen=True, slots=True)
class SubjectCounts:
    """How many subjects are in scope, found by the filter, and found by each filter alone."""

    all: int = 0
    found: int = 0
    with_queries: int = 0
    in_progress: int = 0
    not_started: int = 0
    locked: int = 0


@dataclass(frozen=True, slots=True)
class EventForms:
    """Forms of one occurrence of an event that have one status."""

    subject_id: str
    event: Step
    status: EntryStatus
    forms: int


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form of a casebook with who wrote its status last."""

    path: ItemPath
    meta_data_version: str
    status: EntryStatus
    reason: str
    at: str
    actor: str


def seen_in(scope: Scope, path: Column[str]) -> ColumnElement[bool]:
    """Leave out what lies at a hidden item, the last part of a path, so its end tells; and in a covered form."""
    unseen = [path.endswith("/" + encode(oid), autoescape=True) for oid in sorted(scope.hidden)]
    if scope.covered:
        table = path.table.c
        unseen.append(
            is_covered(scope, table.chain if "chain" in table else table.subject_id, FormPath(path))
        )
    return not_(or_(*unseen)) if unseen else path.is_not(None)


def is_covered(scope: Scope, subject_id: Any, form: Any) -> ColumnElement[bool]:
    """Whether a form of a subject is one of the covered forms. :param form: its path."""
    # One text for both: PostgreSQL looks it up in a table of hashes, and compares pairs one by one.
    covered = sorted(f"{one}/{path}" for one, path in scope.covered)
    named: ColumnElement[bool] = (subject_id + "/" + form).in_(covered)
    return named


def _unfinished(scope: Scope) -> ColumnElement[bool]:
    states = [state.value for state in sorted(UNFINISHED & scope.states)]
    return and_(query.c.state.in_(states), seen_in(scope, query.c.path))


def _in_scope(scope: Scope) -> ColumnElement[bool]:
    return and_(
        subject.c.study_id == scope.study_id,
        subject.c.site_id.in_(sorted(scope.sites)),
        subject.c.status != RECORD,
    )


def _has(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(1).where(same_subject(table, subject), *conditions).correlate(subject).exists()


def lies_in(table: Any, gone: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether what a row of ``form_data`` or ``item_data`` is about lies in a visit that is gone."""
    inside = lies_below(table.c.path, event_data.c.path)
    return select(1).where(same_subject(event_data, table), gone, inside).correlate(table).exists()


def lies_below(path: Any, place: Any) -> ColumnElement[bool]:
    begins: ColumnElement[bool] = func.substr(path, 1, func.length(place) + 1) == place + "/"
    return begins


def is_in_progress() -> ColumnElement[bool]:
    """Whether a form is begun and not complete; in a removed visit nobody is at it."""
    begun = form_data.c.status == EntryStatus.IN_PROGRESS.value
    return and_(begun, not_(lies_in(form_data, event_data.c.removed)))


def _has_queries(scope: Scope) -> ColumnElement[bool]:
    return _has(query, _unfinished(scope))


def _is_locked() -> ColumnElement[bool]:
    own = select(1).where(
        protection.c.study_id == subject.c.study_id,
        protection.c.chain == subject.c.subject_id,
        protection.c.path == "",
        protection.c.state == Protection.LOCKED.value,
    )
    return own.correlate(subject).exists()


def _has_status(status: str) -> ColumnElement[bool]:
    if status == "in_progress":
        return _has(form_data, is_in_progress())
    if status == "not_started":
        return not_(_has(form_data))
    return _is_locked()


def _matching(scope: Scope, wanted: SubjectFilter) -> ColumnElement[bool]:
    conditions = [_in_scope(scope)]
    if wanted.site_id:
        conditions.append(subject.c.site_id == wanted.site_id)
    if wanted.text:
        conditions.append(subject.c.subject_key.icontains(wanted.text, autoescape=True))
    if wanted.status in STATUSES:
        conditions.append(_has_status(wanted.status))
    if wanted.with_queries:
        conditions.append(_has_queries(scope))
    return and_(*conditions)


def count_subjects(connection: Connection, scope: Scope, wanted: SubjectFilter) -> SubjectCounts:
    """One statement, whatever is asked."""

    def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = connection.execute(
        select(
            func.count(),
            how_many(_matching(scope, wanted)),
            how_many(_has_queries(scope)),
            *(how_many(_has_status(status)) for status in STATUSES),
        )
        .select_from(subject)
        .where(_in_scope(scope))
    ).one()
    return SubjectCounts(*(int(number) for number in row))


def subjects(
    connection: Connection, scope: Scope, wanted: SubjectFilter, *, limit: int, offset: int = 0
) -> list[SubjectRow]:
    """A page of subjects in the order of their numbers."""
    statement = (
        select(subject.c.subject_id, subject.c.subject_key, subject.c.site_id, subject.c.status)
        .where(_matching(scope, wanted))
        .order_by(subject.c.subject_key)
        .limit(limit)
        .offset(offset)
    )
    return [SubjectRow(*row) for row in connection.execute(statement)]


def _of(table: Any, study_id: str, ids: Collection[str]) -> ColumnElement[bool]:
    return and_(table.c.study_id == study_id, table.c.subject_id.in_(sorted(ids)))


def heads(connection: Connection, study_id: str, ids: Collection[str]) -> dict[str, str]:
    """Hash of the last entry of each subject."""
    t = chain_head
    wanted = select(t.c.chain, t.c.hash).where(t.c.study_id == study_id, t.c.chain.in_(sorted(ids)))
    return {row.chain: row.hash for row in connection.execute(wanted)}


def state_of(connection: Connection, study_ids: Iterable[str]) -> dict[str, str]:
    """By study all hashes of the last entries of its chains, as one text: while it is the same, so is what entries say."""
    t = chain_head
    mine = select(t.c.study_id, t.c.hash).where(t.c.study_id.in_(sorted(study_ids)))
    each = mine.order_by(t.c.study_id, t.c.chain).subquery()
    wanted = select(each.c.study_id, func.aggregate_strings(each.c.hash, "").label("hashes"))
    return {row.study_id: row.hashes for row in connection.execute(wanted.group_by(each.c.study_id))}


def heads_in(connection: Connection, scope: Scope) -> list[Any]:
    """``(subject_id, subject_key, site_id, hash)`` of the subjects in scope by number: ``hash`` of the last entry."""
    own = and_(chain_head.c.study_id == subject.c.study_id, chain_head.c.chain == subject.c.subject_id)
    columns = (subject.c.subject_id, subject.c.subject_key, subject.c.site_id, chain_head.c.hash)
    statement = select(*columns).join_from(subject, chain_head, own).where(_in_scope(scope))
    return list(connection.execute(statement.order_by(subject.c.subject_key, subject.c.site_id)))


def event_forms(connection: Connection, study_id: str, ids: Collection[str]) -> list[EventForms]:
    """Forms by event occurrence and status, of all the subjects named."""
    columns = (form_data.c.subject_id, form_data.c.event_oid, form_data.c.event_key, form_data.c.status)
    rows = connection.execute(
        select(*columns, func.count()).where(_of(form_data, study_id, ids)).group_by(*columns)
    )
    return [EventForms(row[0], Step(row[1], row[2]), EntryStatus(row[3]), row[4]) for row in rows]


def added_events(
    connection: Connection, study_id: str, ids: Collection[str]
) -> dict[str, dict[ItemPath, EventData]]:
    """Occurrences of events that were added or marked, by subject id."""
    found: dict[str, dict[ItemPath, EventData]] = {}
    for row in connection.execute(select(event_data).where(_of(event_data, study_id, ids))):
        path = path_of(row.path)
        found.setdefault(row.subject_id, {})[path] = EventData(
            path, row.removed, row.status == EntryStatus.NOT_DONE.value, row.reason
        )
    return found


def open_queries(
    connection: Connection, scope: Scope, ids: Collection[str] | None = None
) -> list[tuple[str, ItemPath, QueryState, int]]:
    """Unfinished queries as (subject id, form or shorter path, state, how many).

    :param ids: of these subjects; ``None`` for every subject in scope.
    """
    columns = (query.c.subject_id, query.c.form_path, query.c.state)
    statement = select(*columns, func.count()).where(query.c.study_id == scope.study_id, _unfinished(scope))
    if ids is not None:
        statement = statement.where(query.c.subject_id.in_(sorted(ids)))
    else:
        statement = statement.join(subject, same_subject(subject, query)).where(_in_scope(scope))
    rows = connection.execute(statement.group_by(*columns))
    return [(row[0], path_of(row[1]), QueryState(row[2]), row[3]) for row in rows]


@dataclass(frozen=True, slots=True)
class PlacedProtection:
    """A protection and where it is set: a path below a subject, or a site, or the study (no site)."""

    chain: str
    site_id: str
    path: ItemPath
    row: ProtectionRow


def above(placed: Iterable[PlacedProtection], site_id: str) -> list[Protection]:
    """Protections of the study and of one site among those that were read."""
    return [one.row.state for one in placed if one.chain == "@study" and one.site_id in ("", site_id)]


def protections(
    connection: Connection, study_id: str, ids: Collection[str] | None = None
) -> list[PlacedProtection]:
    """Protections of subjects (all of the study's when none are named), of the sites and of the study."""
    statement = select(protection).where(protection.c.study_id == study_id)
    if ids is not None:
        statement = statement.where(protection.c.chain.in_([*sorted(ids), "@study"]))
    return [
        PlacedProtection(
            row.chain,
            row.scope,
            path_of(row.path),
            ProtectionRow(
                Protection(row.state), row.requested, row.requested_by, row.reason, row.at, row.actor
            ),
        )
        for row in connection.execute(statement)
    ]


def forms_in_progress(connection: Connection, scope: Scope) -> dict[str, int]:
    """How many forms are begun and not complete, by subject id."""
    statement = (
        select(form_data.c.subject_id, func.count())
        .join(subject, same_subject(subject, form_data))
        .where(_in_scope(scope), is_in_progress())
        .group_by(form_data.c.subject_id)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def casebook_forms(connection: Connection, study_id: str, subject_id: str) -> dict[ItemPath, FormRow]:
    """Forms of a subject that were begun."""
    rows = connection.execute(select(form_data).where(_of(form_data, study_id, [subject_id])))
    found = (
        FormRow(
            path_of(row.path), row.meta_data_version, EntryStatus(row.status), row.reason, row.at, row.actor
        )
        for row in rows
    )
    return {form.path: form for form in found}


def answered_items(
    connection: Connection, study_id: str, subject_id: str, hidden: Iterable[str] = ()
) -> dict[ItemPath, int]:
    """How many items of each form hold a value or a reason why there is none."""
    given = or_(item_data.c.raw != "", item_data.c.missing != "", item_data.c.value.is_not(None))
    statement = (
        select(item_data.c.form_path, func.count())
        .where(
            _of(item_data, study_id, [subject_id]),
            given,
            item_data.c.item_oid.not_in([encode(h) for h in hidden]),
        )
        .group_by(item_data.c.form_path)
    )
    return {path_of(row[0]): row[1] for row in connection.execute(statement)}


def live_rows(connection: Connection, study_id: str, subject_id: str) -> dict[ItemPath, int]:
    """How many rows of repeating groups each form has, those struck out left aside."""
    statement = (
        select(group_data.c.form_path, func.count())
        .where(_of(group_data, study_id, [subject_id]), group_data.c.removed.is_(False))
        .group_by(group_data.c.form_path)
    )
    return {path_of(row[0]): row[1] for row in connection.execute(statement)}
