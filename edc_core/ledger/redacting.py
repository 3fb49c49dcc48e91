"""Takes the payload of an entry out of the database: the only statement that changes the ledger.

The triggers let through exactly what an approved ``redact`` entry of the same chain says is left (store/triggers.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from edc_core.domain.ledger_entry import EntryKind
from edc_core.ledger.append import parse_payload, write_projection
from edc_core.ledger.projection import Tables
from edc_core.ledger.replay import entries, fold
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.subject_tables import subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

_THIS = (
    (ledger_entry.c.study_id == bindparam("of_study"))
    & (ledger_entry.c.chain == bindparam("of_chain"))
    & (ledger_entry.c.n == bindparam("of_n"))
)
_REDACT = update(ledger_entry).where(_THIS).values(payload=bindparam("left"))


def payloads(connection: Connection, study_id: str, chain: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Every entry of a chain with its payload, oldest first."""
    for row in entries(connection, study_id, chain):
        yield row, parse_payload(row["payload"])


def take_out(connection: Connection, study_id: str, chain: str, left: Mapping[int, str]) -> None:
    """Put what is left in place of payloads, and draw the queries of the chain anew.

    :param left: by position, as the approving entries say it. Present values hold nothing of it: nobody may ask for
        the redaction of one that stands, so no other table changes.
    """
    here = {"of_study": study_id, "of_chain": chain}
    connection.execute(_REDACT, [here | {"of_n": n, "left": text} for n, text in left.items()])
    folded, queries = fold(entries(connection, study_id, chain)), Tables()
    for name in ("query", "query_message"):
        queries.rows[name] = folded.rows[name]
    write_projection(connection, queries)


def requests(connection: Connection, *study_ids: str) -> list[tuple[Any, dict[str, Any]]]:
    """Redactions asked for that nobody has decided, oldest first: entry with ``subject_key`` and ``at_site``, payload."""
    entry = ledger_entry.c
    mine = (subject.c.study_id == entry.study_id) & (subject.c.subject_id == entry.chain)
    statement = (
        select(ledger_entry, subject.c.subject_key, subject.c.site_id.label("at_site"))
        .join(subject, mine)
        .where(entry.study_id.in_(study_ids), entry.kind == EntryKind.REDACT.value)
    )
    said = [
        (row, parse_payload(row.payload)) for row in connection.execute(statement.order_by(entry.at, entry.n))
    ]
    decided = {(row.chain, payload["request"]) for row, payload in said if payload["state"] != "requested"}
    return [
        (row, payload)
        for row, payload in said
        if payload["state"] == "requested" and (row.chain, row.n) not in decided
    ]
