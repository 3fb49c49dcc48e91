"""The ledger of a study across its chains, as far as one person may see it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, not_, or_, select, tuple_

from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.domain.query import QueryState
from edc_core.domain.trail import TrailWanted
from edc_core.store.ledger_tables import access_log, ledger_entry
from edc_core.store.listing import seen_in
from edc_core.store.listing_queries import of_kinds, of_others, whose
from edc_core.store.subject_tables import subject
from edc_core.store.user_tables import grant, user_account

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from edc_core.store.listing import Scope

_ENTRY = ledger_entry.c
_MINE = (subject.c.study_id == _ENTRY.study_id) & (subject.c.subject_id == _ENTRY.chain)
_NAMED = re.compile(r"^subject:([0-9a-f]{32})\b")
_PLACE = tuple_(_ENTRY.at, _ENTRY.chain, _ENTRY.n)


def trail(connection: Connection, scope: Scope, wanted: TrailWanted) -> tuple[list[Any], int, str]:
    """Entries of all chains, newest first, each with ``subject_key``; how many there are; where the next page begins."""
    seen = _narrowed(scope, wanted)
    total = connection.execute(select(func.count()).select_from(seen.subquery())).scalar_one()
    if wanted.before:
        at, chain, n = wanted.before.split(" ")
        seen = seen.where(tuple_(at, chain, int(n)) > _PLACE)
    newest = seen.order_by(_ENTRY.at.desc(), _ENTRY.chain.desc(), _ENTRY.n.desc())
    rows = list(connection.execute(newest.limit(wanted.limit + 1)))
    more = len(rows) > wanted.limit
    rows = rows[: wanted.limit]
    return rows, total, f"{rows[-1].at} {rows[-1].chain} {rows[-1].n}" if more else ""


def newest_changes(connection: Connection, scope: Scope, since: str, most: int) -> list[str]:
    """When values were set after an instant, newest first: what stands in the index of kinds, and no more than ``most``."""
    seen = _narrowed(scope, TrailWanted()).with_only_columns(_ENTRY.at)
    changed = seen.where(_ENTRY.kind == EntryKind.ITEM_SET.value, _ENTRY.at > since)
    return list(connection.execute(changed.order_by(_ENTRY.at.desc()).limit(most)).scalars())


def _narrowed(scope: Scope, wanted: TrailWanted) -> Select[Any]:
    inside = whose(scope)
    of_subject = bool(wanted.subject_key or wanted.site)
    statement = (
        select(ledger_entry, subject.c.subject_key)
        .outerjoin(subject, _MINE)
        .where(
            _ENTRY.study_id == scope.study_id,
            inside if of_subject else or_(and_(_ENTRY.chain == STUDY_CHAIN, not_(of_others(scope))), inside),
            seen_in(scope, _ENTRY.path),
            _no_candidates(scope),
            *_no_notes_of(scope),
        )
    )
    for column, value in ((subject.c.subject_key, wanted.subject_key), (_ENTRY.actor, wanted.actor)):
        if value:
            statement = statement.where(column == value)
    if wanted.above:
        statement = statement.where(_ENTRY.chain == STUDY_CHAIN)
    if wanted.kinds:
        statement = statement.where(of_kinds(wanted.kinds))
    if wanted.since:
        statement = statement.where(_ENTRY.at >= wanted.since)
    if wanted.until:
        statement = statement.where(_ENTRY.at <= wanted.until)
    if wanted.words:
        statement = statement.where(_with_words(wanted.words))
    return statement


def _with_words(words: str) -> ColumnElement[bool]:
    """A payload is JSON, so words stand in it with its escapes."""
    inside = json.dumps(words, ensure_ascii=False)[1:-1].lower()
    return or_(
        func.lower(_ENTRY.payload).contains(inside, autoescape=True),
        func.lower(_ENTRY.reason_text).contains(words.lower(), autoescape=True),
    )


def _no_candidates(scope: Scope) -> ColumnElement[bool]:
    """Who may not know of candidates does not find them, nor the end of one, by their words or their number."""
    if QueryState.CANDIDATE in scope.states:
        return _ENTRY.path.is_not(None)
    said = (f'"state":"{QueryState.CANDIDATE}"', '"asked":false')
    unasked = or_(*(_ENTRY.payload.contains(one, autoescape=True) for one in said))
    return not_(_ENTRY.kind.startswith("query.") & unasked)


def _no_notes_of(scope: Scope) -> Iterator[ColumnElement[bool]]:
    """Who may not see an item does not find what was noted of it (``AddNote.items``), nor that there is something."""
    if scope.hidden:
        items = (json.dumps(oid, ensure_ascii=False) for oid in sorted(scope.hidden))
        of_hidden = or_(*(_ENTRY.payload.contains(one, autoescape=True) for one in items))
        noted = _ENTRY.payload.contains('"items":[', autoescape=True) & of_hidden
        yield not_((_ENTRY.chain == STUDY_CHAIN) & (_ENTRY.kind == EntryKind.NOTE_ADD.value) & noted)


def writers(connection: Connection, study_id: str) -> list[str]:
    """Who wrote in any chain of a study."""
    statement = select(_ENTRY.actor).distinct().where(_ENTRY.study_id == study_id)
    return sorted(connection.execute(statement).scalars())


def accesses(
    connection: Connection, study_id: str, *, since: str, until: str, login: str, action: str, limit: int
) -> list[Any]:
    """What was looked at or taken in a study, and sign-ins of people who ever had a role in it; newest first.

    :param login: of this person alone. :param action: of this kind alone.
    """
    log = access_log.c
    people = (
        select(user_account.c.login)
        .join(grant, grant.c.user_id == user_account.c.user_id)
        .where(grant.c.study_id.in_([study_id, ""]))
    )
    statement = (
        select(access_log, user_account.c.full_name)
        .outerjoin(user_account, user_account.c.login == log.login)
        .where(or_(log.study_id == study_id, (log.study_id == "") & log.login.in_(people)))
    )
    if since:
        statement = statement.where(log.at >= since)
    if until:
        statement = statement.where(log.at <= until)
    for column, wanted in ((log.login, login), (log.action, action)):
        if wanted:
            statement = statement.where(column == wanted)
    return list(connection.execute(statement.order_by(log.id.desc()).limit(limit)))


def in_numbers(connection: Connection, study_id: str, rows: Sequence[Any]) -> list[str]:
    """The details of rows of the access log, with the number that each subject has now."""
    ids = {found for row in rows for found in _NAMED.findall(row.detail)}
    statement = select(subject.c.subject_id, subject.c.subject_key).where(
        subject.c.study_id == study_id, subject.c.subject_id.in_(ids)
    )
    keys = {row.subject_id: row.subject_key for row in connection.execute(statement)} if ids else {}
    return [_NAMED.sub(lambda found: keys.get(found[1], found[0]), row.detail) for row in rows]
