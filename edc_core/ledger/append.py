"""The only writer of the ledger and of its projections: entries, rows, head and receipt in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from edc_core.clock import iso
from edc_core.domain.commands import Reason
from edc_core.domain.ledger_entry import COLUMNS, GENESIS, EntryFacts, EntryKind
from edc_core.domain.redaction import digest_left
from edc_core.errors import AlreadyExists, BadRequest, EditConflict
from edc_core.ledger.hashing import EntryHasher, canonical, payload_digest
from edc_core.ledger.projection import FROM_KEY, ITEM_COLUMNS, KEYS, Tables
from edc_core.store import (  # noqa: F401
    coding_tables,
    job_tables,
    query_tables,
    review_tables,
    signature_tables,
    study_tables,
    subject_tables,
    user_tables,
)
from edc_core.store.base import metadata
from edc_core.store.driver import Prepared
from edc_core.store.ledger_tables import chain_head, ledger_entry
from edc_core.store.locks import take_name
from edc_core.store.many_rows import insert_rows
from edc_core.store.together import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Executable
    from sqlalchemy.sql.expression import Insert

    from edc_core.ledger.changes import Row
    from edc_core.store.unit_of_work import UnitOfWork


_NO_REASON = Reason()


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that happens: it becomes one ledger entry and the rows that follow from it.

    :param payload: JSON values; numbers inside collected values are text.
    :param actor: set where the system or a plugin acts within a person's operation.
    """

    kind: EntryKind
    path: str
    payload: dict[str, Any]
    meta_data_version: str = ""
    reason: Reason = _NO_REASON
    origin: str = ""
    actor: str | None = None
    role: str | None = None


@dataclass(slots=True)
class Head:
    """The end of a chain, held until the transaction ends.

    :param at: of the last entry; empty before the first.
    """

    study_id: str
    chain: str
    n: int = 0
    hash: str = GENESIS
    at: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What every entry of one operation has in common."""

    op: str
    actor: str
    role: str = ""
    site_id: str = ""
    user_zone: str = "UTC"
    site_zone: str = "UTC"
    meta_data_version: str = ""


_THIS_HEAD = and_(chain_head.c.study_id == bindparam("of_study"), chain_head.c.chain == bindparam("of_chain"))
_HEAD = Prepared(
    select(chain_head.c.n, chain_head.c.hash, chain_head.c.at).where(_THIS_HEAD).with_for_update()
)
_MOVE_HEAD = Prepared(
    update(chain_head).where(_THIS_HEAD).values({name: bindparam(name) for name in ("n", "hash", "at")})
)
_INSERT_ENTRY = insert(ledger_entry)
_INSERT_HEAD = insert(chain_head)


def take_head(uow: UnitOfWork, study_id: str, chain: str) -> Head:
    """Lock the end of a chain (its row on PostgreSQL; SQLite has one writer) and read it.

    A chain without entries has no row. Who begins it holds its name instead: others wait for that, and look again.
    """
    named = {"of_study": study_id, "of_chain": chain}
    found = _HEAD.rows(uow.connection, named)
    if not found:
        take_name(uow.connection, study_id, chain)
        found = _HEAD.rows(uow.connection, named)
    return Head(study_id, chain, *found[0]) if found else Head(study_id, chain)


def record(
    uow: UnitOfWork, head: Head, effects: Sequence[Effect], circumstances: Circumstances, *, op_index: int = 0
) -> list[EntryFacts]:
    """Write effects as entries, their projections, and the new head.

    :param op_index: where the operation's numbering goes on when it records more than once.
    :returns: what was written, in order.
    :raises AlreadyExists: a unique name (a subject key) was taken at the same moment.
    :raises BadRequest: a reason reads as one whose words were taken out.
    :raises EditConflict: when the head is gone although it was held.
    """
    if not effects:
        return []
    at = _moment(uow, head)
    rows: list[tuple[Any, ...]] = []
    written: list[EntryFacts] = []
    shared: _Shared | None = None
    for index, effect in enumerate(effects, start=op_index):
        if shared is None or not shared.fits(effect):
            shared = _Shared(head, effect, circumstances, at)
        shared.write(head, index, effect, rows, written)
    insert_rows(uow.connection, _INSERT_ENTRY, COLUMNS, rows)
    tables = Tables()
    tables.apply(written)
    try:
        write_projection(uow.connection, tables)
    except IntegrityError as error:  # two writers, each on a chain of its own, took one name (a subject key)
        raise AlreadyExists("This name was given to something else at the same moment.") from error
    _write_head(uow, head, at)
    uow.note(circumstances.op, written)
    return written


class _Shared:
    """What consecutive entries of one operation have in common, arranged once."""

    def __init__(self, head: Head, effect: Effect, common: Circumstances, at: str) -> None:
        if digest_left(effect.reason.text):
            raise BadRequest(
                "This is how a reason reads whose words were taken out. Say it in your own words."
            )
        self._effect = effect
        columns = {
            "study_id": head.study_id,
            "chain": head.chain,
            "op": common.op,
            "kind": effect.kind.value,
            "meta_data_version": effect.meta_data_version or common.meta_data_version,
            "actor": common.actor if effect.actor is None else effect.actor,
            "role": common.role if effect.role is None else effect.role,
            "site_id": common.site_id,
            "at": at,
            "user_zone": common.user_zone,
            "site_zone": common.site_zone,
            "reason_code": effect.reason.code,
            "reason_text": effect.reason.text,
            "origin": effect.origin,
        }
        self._hash_of = EntryHasher(columns)
        self._study, self._chain, self._op, self._kind, *rest = columns.values()
        self._rest = tuple(rest)
        self._version, self._actor, self._role = self._rest[:3]
        self._at, self._reason = at, effect.reason.text

    def fits(self, effect: Effect) -> bool:
        one = self._effect
        return (
            effect.kind is one.kind
            and (effect.reason is one.reason or effect.reason == one.reason)
            and effect.meta_data_version == one.meta_data_version
            and effect.origin == one.origin
            and effect.actor == one.actor
            and effect.role == one.role
        )

    def write(
        self, head: Head, index: int, effect: Effect, rows: list[tuple[Any, ...]], written: list[EntryFacts]
    ) -> None:
        """Add the next entry of the chain, in the order of ``COLUMNS``, and what projections are made of."""
        path, prev = effect.path, head.hash
        payload = canonical(effect.payload)
        digest = payload_digest(payload)
        head.n = n = head.n + 1
        head.hash = self._hash_of(prev, n, index, path, digest)
        rows.append((
            self._study, self._chain, n, self._op, index, self._kind, path, *self._rest,
            payload.decode(), digest, prev, head.hash,
        ))  # fmt: skip
        written.append(EntryFacts(
            self._study, self._chain, n, self._kind, path, self._version, self._actor, self._role, self._at,
            self._reason, effect.payload,
        ))  # fmt: skip


_facts = itemgetter(*EntryFacts._fields[:-1])


def facts_of(row: Any, payload: dict[str, Any]) -> EntryFacts:
    """The part of an entry that projections are made of, from a mapping of its columns."""
    return EntryFacts._make((*_facts(row), payload))


def _moment(uow: UnitOfWork, head: Head) -> str:
    """Server time, taken under the chain's lock, never before the chain's last entry."""
    return max(iso(uow.clock.now()), head.at)


def _write_head(uow: UnitOfWork, head: Head, at: str) -> None:
    begins, head.at = not head.at, at
    end = {"n": head.n, "hash": head.hash, "at": at}
    if begins:
        begun = {"study_id": head.study_id, "chain": head.chain, "checks_n": 0}
        uow.connection.execute(_INSERT_HEAD, begun | end)
        return
    moved = _MOVE_HEAD.send(uow.connection, {"of_study": head.study_id, "of_chain": head.chain} | end)
    if moved.rowcount == UNKNOWN:
        uow.before_commit(lambda: _require_moved(moved))
    else:
        _require_moved(moved)


def _require_moved(moved: Any) -> None:
    if moved.rowcount != 1:
        raise EditConflict("This subject was changed at the same moment. Please try again.")


def write_projection(connection: Connection, tables: Tables) -> None:
    """Write merged changes: one statement per table and kind, however many rows."""
    if tables.items:
        arranged = list(tables.items.values())
        insert_rows(connection, _upsert("item_data", connection.dialect.name), ITEM_COLUMNS, arranged)
    for name, rows in tables.rows.items():
        if rows:
            columns = tuple(next(iter(rows.values())))
            arranged = list(map(itemgetter(*columns), rows.values()))
            insert_rows(connection, _upsert(name, connection.dialect.name), columns, arranged)
    for name, patches in tables.patches.items():
        by_columns: dict[tuple[str, ...], list[Row]] = {}
        for key, values in patches.items():
            named = {f"key_{column}": part for column, part in zip(KEYS[name], key, strict=True)}
            by_columns.setdefault(tuple(sorted(values)), []).append(named | values)
        for columns, batch in by_columns.items():
            connection.execute(_patch(name, columns), batch)


@cache
def _upsert(name: str, dialect: str) -> Insert:
    table = metadata.tables[name]
    maker = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = maker(table)
    keys = KEYS[name]
    kept = FROM_KEY.get(name, frozenset()).union(keys)
    changed = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in kept}
    return statement.on_conflict_do_update(index_elements=list(keys), set_=changed)


@cache
def _patch(name: str, columns: tuple[str, ...]) -> Executable:
    table = metadata.tables[name]
    statement = update(table)
    for column in KEYS[name]:
        statement = statement.where(table.c[column] == bindparam(f"key_{column}"))
    return statement.values({column: bindparam(column) for column in columns})


def parse_payload(text: str) -> dict[str, Any]:
    payload: dict[str, Any] = orjson.loads(text)
    return payload
