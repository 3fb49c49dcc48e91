"""Select functions for lists that cross subjects: queries, forms begun, steps that wait, the trail, jobs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, func, not_, or_, select, true

from edc_core.domain.casebook import RECORD
from edc_core.domain.exports import KeptCut
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.domain.query import Query, QuerySource, QueryState
from edc_core.store.base import same_subject
from edc_core.store.ledger_tables import cut, ledger_entry
from edc_core.store.listing import Scope, is_in_progress, seen_in
from edc_core.store.query_readers import message_of, query_of
from edc_core.store.query_tables import query, query_message
from edc_core.store.row_places import path_of
from edc_core.store.subject_tables import form_data, item_data, protection, subject
from edc_core.store.user_tables import user_account

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection


@dataclass(frozen=True, slots=True)
class QueryLine:
    """A query in a list: what facets count and the page shows, without its words."""

    query_id: str
    study_id: str
    subject_key: str
    site_id: str
    path: ItemPath
    state: QueryState
    source: QuerySource
    author_role: str
    check_oid: str
    opened_at: str
    state_at: str
    modified_after_close: bool
    recipient: str


@dataclass(frozen=True, slots=True)
class WaitsForRole:
    """Queries that wait for one group of people.

    :param author_role: whose queries; empty for all of them. :param recipient: to whom they were forwarded.
    """

    scope: Scope
    author_role: str = ""
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class BegunForm:
    study_id: str
    subject_key: str
    site_id: str
    path: ItemPath
    meta_data_version: str
    at: str
    actor: str


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which entries of a chain are wanted.

    :param before: entries below this position; 0 for the newest.
    :param kinds: beginnings of kinds, such as ``item.``; none for all.
    :param path: of one place, as text; empty for all.
    :param above: with it, entries of these kinds at the places it lies in: the row struck, the form locked.
    :param said: part of the payload, as canonical JSON; empty for all.
    """

    before: int = 0
    kinds: tuple[str, ...] = ()
    actor: str = ""
    path: str = ""
    above: tuple[str, ...] = ()
    said: str = ""


_LINE = (
    query.c.query_id, query.c.study_id, subject.c.subject_key, subject.c.site_id, query.c.path, query.c.state,
    query.c.source, query.c.author_role, query.c.check_oid, query.c.opened_at, query.c.state_at,
    query.c.modified_after_close, query.c.recipient,
)  # fmt: skip
_LINE_NAMES = [column.name for column in _LINE]
_SUBJECT_OF_QUERY = same_subject(subject, query)


def _line(row: Any) -> QueryLine:
    """:param row: begins with the columns of ``_LINE``."""
    known = dict(zip(_LINE_NAMES, row, strict=False))
    meant = {"path": path_of(row.path), "state": QueryState(row.state), "source": QuerySource(row.source)}
    return QueryLine(**known | meant)


def whose(scope: Scope) -> ColumnElement[bool]:
    """Subjects of the sites in scope, and the study's own record where it is, whichever site its times are in."""
    own = subject.c.status == RECORD
    of_sites = and_(subject.c.site_id.in_(sorted(scope.sites)), not_(own))
    return and_(subject.c.study_id == scope.study_id, or_(of_sites, own) if scope.record else of_sites)


def _queries_in(scope: Scope) -> ColumnElement[bool]:
    return and_(
        query.c.study_id == scope.study_id,
        whose(scope),
        query.c.state.in_([state.value for state in sorted(scope.states)]),
        true() if QueryState.CANDIDATE in scope.states else query.c.asked,
        seen_in(scope, query.c.path),
    )


def query_lines(connection: Connection, scope: Scope, subject_id: str = "") -> list[QueryLine]:
    """Every query in scope, or of one subject, oldest first."""
    statement = (
        select(*_LINE)
        .join(subject, _SUBJECT_OF_QUERY)
        .where(_queries_in(scope))
        .order_by(query.c.opened_at, query.c.query_id)
    )
    if subject_id:
        statement = statement.where(query.c.subject_id == subject_id)
    return [_line(row) for row in connection.execute(statement)]


MANY = 500  #: ids beyond which all texts of a study are read: a statement takes only so many parameters


def texts(connection: Connection, study_id: str, ids: Collection[str]) -> dict[str, str]:
    """The first words of queries by id."""
    statement = select(query.c.query_id, query.c.text).where(query.c.study_id == study_id)
    if len(ids) <= MANY:
        statement = statement.where(query.c.query_id.in_(sorted(ids)))
    return {row.query_id: row.text for row in connection.execute(statement)}


def led_to_change(connection: Connection, study_id: str) -> frozenset[str]:
    """Ids of queries whose item was written after they were opened."""
    entry, item = ledger_entry.c, item_data.c
    statement = (
        select(query.c.query_id)
        .join(
            item_data,
            and_(
                item.study_id == query.c.study_id,
                item.subject_id == query.c.subject_id,
                item.path == query.c.path,
            ),
        )
        .join(
            ledger_entry,
            and_(entry.study_id == item.study_id, entry.chain == item.subject_id, entry.n == item.n),
        )
        .where(query.c.study_id == study_id, entry.at > query.c.opened_at)
    )
    return frozenset(connection.execute(statement).scalars())


def one_query(connection: Connection, study_id: str, query_id: str) -> tuple[Query, str] | None:
    """A query with its thread, and the id of its subject."""
    here = (query.c.study_id == study_id) & (query.c.query_id == query_id)
    row = connection.execute(select(query).where(here)).mappings().first()
    if row is None:
        return None
    thread = connection.execute(
        select(query_message)
        .where(query_message.c.study_id == study_id, query_message.c.query_id == query_id)
        .order_by(query_message.c.n)
    )
    return query_of(row, [message_of(message) for message in thread.mappings()]), row["subject_id"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The first lines of a list, and how many there are."""

    lines: tuple[tuple[QueryLine, str], ...] = ()
    total: int = 0


def waiting_queries(connection: Connection, groups: Sequence[WaitsForRole], *, limit: int) -> Waiting:
    """Queries that wait for a person, oldest first, across studies in one statement."""
    conditions = [
        and_(
            _queries_in(group.scope),
            query.c.recipient == group.recipient,
            query.c.author_role == group.author_role if group.author_role else true(),
        )
        for group in groups
    ]
    mine = or_(false(), *conditions)
    total = select(func.count()).select_from(query.join(subject, _SUBJECT_OF_QUERY)).where(mine)
    statement = (
        select(*_LINE, query.c.text, total.scalar_subquery().correlate(None).label("total"))
        .join(subject, _SUBJECT_OF_QUERY)
        .where(mine)
        .order_by(query.c.opened_at, query.c.query_id)
        .limit(limit)
    )
    rows = connection.execute(statement).all()
    return Waiting(tuple((_line(row), row.text) for row in rows), rows[0].total if rows else 0)


def begun_forms(
    connection: Connection, scopes: Iterable[Scope], *, limit: int
) -> tuple[list[BegunForm], int]:
    """Forms begun and not complete, oldest first, across studies in one statement, and how many there are."""
    conditions = [whose(scope) for scope in scopes]
    statement = (
        select(
            form_data.c.study_id,
            subject.c.subject_key,
            subject.c.site_id,
            form_data.c.path,
            form_data.c.meta_data_version,
            form_data.c.at,
            form_data.c.actor,
            func.count().over().label("total"),
        )
        .join(subject, same_subject(subject, form_data))
        .where(is_in_progress(), or_(false(), *conditions))
        .order_by(form_data.c.at)
        .limit(limit)
    )
    rows = connection.execute(statement).all()
    names = [one.name for one in fields(BegunForm)]
    found = [BegunForm(**dict(zip(names, row, strict=False)) | {"path": path_of(row.path)}) for row in rows]
    return found, rows[0].total if rows else 0


@dataclass(frozen=True, slots=True)
class RequestedStep:
    """A protection step that waits for a second person."""

    study_id: str
    subject_key: str  #: empty for a site or the study
    site_id: str  #: empty for the study
    path: ItemPath
    requested: str
    requested_by: str
    reason: str
    at: str


def requested_steps(connection: Connection, study_ids: Collection[str]) -> list[RequestedStep]:
    mine = (subject.c.study_id == protection.c.study_id) & (subject.c.subject_id == protection.c.chain)
    statement = (
        select(protection, subject.c.subject_key, subject.c.site_id)
        .outerjoin(subject, mine)
        .where(protection.c.study_id.in_(sorted(study_ids)), protection.c.requested != "")
        .order_by(protection.c.at)
    )
    return [
        RequestedStep(
            row.study_id, row.subject_key or "", row.site_id or row.scope, path_of(row.path), row.requested,
            row.requested_by, row.reason, row.at,
        )
        for row in connection.execute(statement)
    ]  # fmt: skip


def entries(
    connection: Connection, scope: Scope, chain: str, wanted: TrailFilter, *, limit: int
) -> list[Any]:
    """Entries of a chain, newest first, without those at hidden items."""
    entry = ledger_entry.c
    statement = select(ledger_entry).where(
        entry.study_id == scope.study_id, entry.chain == chain, seen_in(scope, entry.path)
    )
    if chain == STUDY_CHAIN:
        statement = statement.where(not_(of_others(scope)))
    if wanted.before:
        statement = statement.where(entry.n < wanted.before)
    if wanted.kinds:
        statement = statement.where(of_kinds(wanted.kinds))
    if wanted.path:
        around = entry.path.in_(_places_above(wanted.path)) & of_kinds(wanted.above)
        statement = statement.where(or_(entry.path == wanted.path, around))
    if wanted.actor:
        statement = statement.where(entry.actor == wanted.actor)
    if wanted.said:
        statement = statement.where(entry.payload.contains(wanted.said, autoescape=True))
    return list(connection.execute(statement.order_by(entry.n.desc()).limit(limit)))


def of_others(scope: Scope) -> ColumnElement[bool]:
    """Entries about the study that name a site out of scope, or a person's papers at no site in it."""
    entry = ledger_entry.c
    if not scope.others:
        return false()
    own = (
        entry.payload.contains(f'"site_id":"{site_id}"', autoescape=True) for site_id in sorted(scope.sites)
    )
    papers = and_(entry.kind == EntryKind.GRANT_EVIDENCE.value, not_(or_(false(), *own)))
    return or_(papers, *(entry.payload.contains(named, autoescape=True) for named in scope.others))


def payload_at(connection: Connection, study_id: str, chain: str, n: int) -> str:
    """The payload of the entry at a position that is there, as JSON text."""
    entry = ledger_entry.c
    here = (entry.study_id == study_id) & (entry.chain == chain) & (entry.n == n)
    return str(connection.execute(select(entry.payload).where(here)).scalar_one())


def chain_upto(connection: Connection, study_id: str, chain: str, n: int) -> Iterator[Any]:
    """Every entry of a chain up to a position, oldest first, in constant memory."""
    entry = ledger_entry.c
    statement = select(ledger_entry).where(entry.study_id == study_id, entry.chain == chain, entry.n <= n)
    with connection.execute(statement.order_by(entry.n), execution_options={"yield_per": 5000}) as rows:
        yield from rows


def of_kinds(beginnings: Iterable[str]) -> ColumnElement[bool]:
    """Entries whose kind begins so."""
    return or_(false(), *(ledger_entry.c.kind.startswith(kind) for kind in beginnings))


def _places_above(path: str) -> list[str]:
    """The paths of what a place lies in; the subject as a whole is the empty one."""
    steps = path.split("/")
    return ["/".join(steps[:n]) for n in range(len(steps))]


def actors(connection: Connection, study_id: str, chain: str) -> list[str]:
    """Who wrote in a chain."""
    entry = ledger_entry.c
    statement = select(entry.actor).distinct().where(entry.study_id == study_id, entry.chain == chain)
    return sorted(connection.execute(statement).scalars())


def full_names(connection: Connection, logins: Iterable[str]) -> dict[str, str]:
    """Names of accounts by login; what is no account (the system, a plugin) is not in it."""
    statement = select(user_account.c.login, user_account.c.full_name).where(
        user_account.c.login.in_(sorted(set(logins)))
    )
    return {row.login: row.full_name for row in connection.execute(statement)}


def kept_cuts(connection: Connection, study_id: str) -> list[KeptCut]:
    """Named cuts of a study, newest first."""
    mine = select(cut.c.name, cut.c.at, cut.c.root).where(cut.c.study_id == study_id, cut.c.name != "")
    return [KeptCut(*row) for row in connection.execute(mine.order_by(cut.c.at.desc(), cut.c.name))]
