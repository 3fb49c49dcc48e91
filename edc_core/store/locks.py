"""Locks and receipts of the write path, and the first statements of every write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, func, insert, literal, select

from edc_core.domain.casebook import Subject
from edc_core.errors import NotFound
from edc_core.store.driver import Prepared
from edc_core.store.ledger_tables import chain_head, command_receipt, ledger_entry
from edc_core.store.many_rows import insert_rows
from edc_core.store.readers import SiteRow
from edc_core.store.study_tables import site, study
from edc_core.store.subject_tables import subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

_SITE_COLUMNS = (
    site.c.study_id, site.c.site_id, site.c.number, site.c.name, site.c.country, site.c.zone,
    site.c.meta_data_version, site.c.closed_at, site.c.risk, study.c.pauses, study.c.environment,
    study.c.upgraded_n,
)  # fmt: skip
_SITE = (
    select(*_SITE_COLUMNS)
    .join(study, study.c.study_id == site.c.study_id)
    .where(site.c.study_id == bindparam("study"), site.c.site_id == bindparam("site"))
)
_SUBJECT_SITE = (
    select(
        subject.c.subject_id,
        subject.c.subject_key,
        subject.c.status,
        *_SITE_COLUMNS,
        chain_head.c.n,
        chain_head.c.hash,
        chain_head.c.at,
    )
    .join(site, and_(site.c.study_id == subject.c.study_id, site.c.site_id == subject.c.site_id))
    .join(study, study.c.study_id == subject.c.study_id)
    .join(
        chain_head,
        and_(chain_head.c.study_id == subject.c.study_id, chain_head.c.chain == subject.c.subject_id),
    )
    .where(subject.c.study_id == bindparam("study"), subject.c.subject_key == bindparam("key"))
)
_SHARED = func.pg_advisory_xact_lock_shared(func.hashtext(bindparam("study")), func.hashtext(site.c.site_id))
_SITE_LOCKED = _SITE.add_columns(_SHARED)
#: The same, taking the shared protection lock of (study, site) as the row is read, and then the row of the head:
#: PostgreSQL makes the columns first and locks rows last, and reads a head that moved meanwhile again.
_SUBJECT_SITE_LOCKED = _SUBJECT_SITE.add_columns(_SHARED).with_for_update(of=chain_head)
_TAKE_SUBJECT = {"postgresql": Prepared(_SUBJECT_SITE_LOCKED), "sqlite": Prepared(_SUBJECT_SITE)}
_TAKE_SITE = {"postgresql": Prepared(_SITE_LOCKED), "sqlite": Prepared(_SITE)}
_RECEIPT = select(command_receipt).where(
    command_receipt.c.study_id == bindparam("study"), command_receipt.c.op == bindparam("op")
)
_GIVE_RECEIPT = insert(command_receipt)
_SUBJECT_OF = (
    select(subject.c.subject_key)
    .join(
        ledger_entry,
        and_(ledger_entry.c.study_id == subject.c.study_id, ledger_entry.c.chain == subject.c.subject_id),
    )
    .where(
        ledger_entry.c.study_id == bindparam("study"),
        ledger_entry.c.op == bindparam("op"),
        ledger_entry.c.op_index == 0,
    )
)
_RECEIPT_COLUMNS = ("study_id", "op", "user_id", "request_sha256", "status", "response")


@dataclass(frozen=True, slots=True)
class HeldSite(SiteRow):
    """A site whose protection is held, with what of its study decides whether entry is open (services/entry_gate)."""

    environment: str
    upgraded_n: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an operation was answered with when it was carried out."""

    user: str
    request_sha256: str
    status: int
    response: str


def no_subject(subject_key: str) -> NotFound:
    """The one sentence for a subject that is not there and for one of another site."""
    return NotFound(f"There is no subject '{subject_key}' in this study.")


@dataclass(frozen=True, slots=True)
class TakenSubject:
    """A subject with its site and the end of its chain (position, hash, time of the last entry), all held."""

    subject: Subject
    site: HeldSite
    n: int
    hash: str
    at: str


def take_subject(connection: Connection, study_id: str, subject_key: str) -> TakenSubject:
    """Take the site's shared protection lock, then the head of the subject's chain, until the transaction ends.

    Freeze and lock take that lock exclusively, so no save slips past a lock. SQLite has one writer and needs none.

    :raises NotFound: when the study has no subject with this key.
    """
    statement, named = _TAKE_SUBJECT[connection.dialect.name], {"study": study_id, "key": subject_key}
    rows = statement.rows(connection, named) or statement.rows(connection, named)  # see ``renew_head``
    if not rows:
        raise no_subject(subject_key)
    subject_id, key, status, *rest = rows[0]
    site_, (n, digest, at) = HeldSite(*rest[: len(_SITE_COLUMNS)]), rest[len(_SITE_COLUMNS) :][:3]
    return TakenSubject(Subject(study_id, subject_id, key, site_.site_id, status), site_, n, digest, at)


def renew_head(connection: Connection, study_id: str, chain: str) -> None:
    """Put the row of a chain's head anew, in place of the one that is held.

    Who waits for the one that is held would get the head as it is then, with the subject and the site as they were when
    the waiting began. It finds none, and reads all of it again.

    The entry that follows is nothing for plugin checks to look at: where they have seen the chain, they have seen it.
    """
    here = (chain_head.c.study_id == study_id) & (chain_head.c.chain == chain)
    head = connection.execute(delete(chain_head).where(here).returning(*chain_head.c)).one()
    seen = head.checks_n + (head.checks_n == head.n)
    connection.execute(insert(chain_head), head._asdict() | {"checks_n": seen})


def subject_of(connection: Connection, study_id: str, op: str) -> str | None:
    """The number that the subject of an operation has now, if that was carried out."""
    return connection.execute(_SUBJECT_OF, {"study": study_id, "op": op}).scalar()


def take_site(connection: Connection, study_id: str, site_id: str) -> HeldSite:
    """Read a site, holding its shared protection lock: for writes that have no subject yet.

    :raises NotFound: when the study has no such site.
    """
    rows = _TAKE_SITE[connection.dialect.name].rows(connection, {"study": study_id, "site": site_id})
    if not rows:
        raise NotFound("There is no such site in this study.")
    return HeldSite(*rows[0][: len(_SITE_COLUMNS)])


def take_name(connection: Connection, study_id: str, name: str) -> None:
    """Let those who begin something by the same name follow one another: it has no chain to lock yet."""
    if connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock(
            func.hashtext(literal(f"{study_id} names")), func.hashtext(literal(name))
        )
        connection.execute(select(lock))


def take_sites_exclusively(connection: Connection, study_id: str, site_ids: Iterable[str]) -> None:
    """Wait until no write is under way at these sites and keep new ones out (PostgreSQL; SQLite has one writer)."""
    if connection.dialect.name != "postgresql":
        return
    for site_id in sorted(site_ids):
        lock = func.pg_advisory_xact_lock(func.hashtext(literal(study_id)), func.hashtext(literal(site_id)))
        connection.execute(select(lock))


def find_receipt(connection: Connection, study_id: str, op: str) -> Receipt | None:
    row = connection.execute(_RECEIPT, {"study": study_id, "op": op}).first()
    return Receipt(row.user_id, row.request_sha256, row.status, row.response) if row else None


def give_receipt(connection: Connection, study_id: str, op: str, receipt: Receipt) -> None:
    row = (study_id, op, receipt.user, receipt.request_sha256, receipt.status, receipt.response)
    insert_rows(connection, _GIVE_RECEIPT, _RECEIPT_COLUMNS, [row])
