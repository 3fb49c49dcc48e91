"""Which chains hold the records of a site, how far, and what the study's chain says of copies of sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import func, select

from edc_core.domain.casebook import RECORD
from edc_core.domain.ledger_entry import STUDY_CHAIN, SYSTEM_STUDY, EntryKind
from edc_core.store.ledger_tables import chain_head, ledger_entry

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection

_ENTRY = ledger_entry.c
_AT_ONCE = 500  #: chains asked about in one statement


def heads(connection: Connection, study_id: str) -> dict[str, int]:
    """The last position of every chain of a study."""
    rows = connection.execute(
        select(chain_head.c.chain, chain_head.c.n).where(chain_head.c.study_id == study_id)
    )
    return {row.chain: row.n for row in rows}


def by_site(connection: Connection, study_id: str, upto: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Chains of the subjects of each site, each to the position that is the site's: of a subject that moved to another
    site, to the last entry before. :param upto: of each chain, how far the state goes.
    """
    kinds = (EntryKind.SUBJECT_ADD.value, EntryKind.SUBJECT_SITE.value)
    rows = connection.execute(
        select(_ENTRY.chain, _ENTRY.n, _ENTRY.payload)
        .where(_ENTRY.study_id == study_id, _ENTRY.kind.in_(kinds))
        .order_by(_ENTRY.chain, _ENTRY.n)
    )
    found: dict[str, dict[str, int]] = {}
    at: dict[str, str] = {}  # chain to the site that the subject is at
    for row in rows:
        said = orjson.loads(row.payload)
        if row.n > upto.get(row.chain, 0) or said.get("status") == RECORD:
            continue
        if row.chain in at:
            found[at[row.chain]][row.chain] = row.n - 1
        at[row.chain] = said["new"] if "new" in said else said["site_id"]
        found.setdefault(at[row.chain], {})[row.chain] = upto[row.chain]
    return found


def writers(connection: Connection, study_id: str, positions: Mapping[str, int]) -> frozenset[str]:
    """Who wrote in these chains, each up to its position."""
    chains, found = sorted(positions), set()
    for begin in range(0, len(chains), _AT_ONCE):
        statement = (
            select(_ENTRY.chain, _ENTRY.actor, func.min(_ENTRY.n).label("first"))
            .where(_ENTRY.study_id == study_id, _ENTRY.chain.in_(chains[begin : begin + _AT_ONCE]))
            .group_by(_ENTRY.chain, _ENTRY.actor)
        )
        found |= {row.actor for row in connection.execute(statement) if row.first <= positions[row.chain]}
    return frozenset(found)


def accounts_made(connection: Connection, logins: Collection[str]) -> str:
    """When the newest account of some logins was made, UTC ISO 8601; empty where there is none."""
    made = select(_ENTRY.at, _ENTRY.payload).where(
        _ENTRY.study_id == SYSTEM_STUDY, _ENTRY.kind == EntryKind.GRANT_USER_ADD.value
    )
    rows = connection.execute(made)
    return max((row.at for row in rows if orjson.loads(row.payload)["login"] in logins), default="")


def hash_at(connection: Connection, study_id: str, chain: str, n: int) -> str:
    """The hash of one entry."""
    here = (_ENTRY.study_id == study_id) & (_ENTRY.chain == chain) & (_ENTRY.n == n)
    return str(connection.execute(select(_ENTRY.hash).where(here)).scalar_one())


def said(
    connection: Connection, study_id: str, kinds: Sequence[EntryKind]
) -> list[tuple[Any, dict[str, Any]]]:
    """Entries of some kinds in the study's chain, oldest first, each with its payload."""
    rows = connection.execute(
        select(_ENTRY.kind, _ENTRY.at, _ENTRY.actor, _ENTRY.role, _ENTRY.payload)
        .where(
            _ENTRY.study_id == study_id,
            _ENTRY.chain == STUDY_CHAIN,
            _ENTRY.kind.in_([kind.value for kind in kinds]),
        )
        .order_by(_ENTRY.n)
    )
    return [(row, orjson.loads(row.payload)) for row in rows]
