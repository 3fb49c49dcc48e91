"""Takes the payload of an entry, or the words of its reason, out of the database: the only statement that changes the ledger.

The triggers let through exactly what an approved ``redact`` entry of the same chain says is left (store/triggers.py).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Text, bindparam, func, or_, select, update

from edc_core.domain.ledger_entry import EntryKind
from edc_core.ledger.append import parse_payload, write_projection
from edc_core.ledger.projection import Tables
from edc_core.ledger.replay import entries, fold
from edc_core.store.job_tables import job
from edc_core.store.ledger_tables import command_receipt, ledger_entry
from edc_core.store.subject_tables import subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection

_THIS = (
    (ledger_entry.c.study_id == bindparam("of_study"))
    & (ledger_entry.c.chain == bindparam("of_chain"))
    & (ledger_entry.c.n == bindparam("of_n"))
)
_REDACT = (
    update(ledger_entry)
    .where(_THIS)
    .values(
        payload=func.coalesce(bindparam("left", type_=Text), ledger_entry.c.payload),
        reason_text=func.coalesce(bindparam("reason", type_=Text), ledger_entry.c.reason_text),
    )
)
#: Projections of a chain that hold the words of queries or a reason.
_QUOTING = (
    "query", "query_message", "event_data", "form_data", "group_data", "protection", "signature", "waiver",
    "site_activation", "plugin_upgrade",
)  # fmt: skip


class Left(NamedTuple):
    """What is left of an entry. :param left: its payload, and ``reason`` its reason; nothing where that stays as it is."""

    left: str | None = None
    reason: str | None = None


def payloads(connection: Connection, study_id: str, chain: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Every entry of a chain with its payload, oldest first."""
    for row in entries(connection, study_id, chain):
        yield row, parse_payload(row["payload"])


def take_out(connection: Connection, study_id: str, chain: str, left: Mapping[int, Left]) -> None:
    """Put what is left in place of payloads and reasons, and draw anew what quotes them.

    :param left: by position, as the approving entries say it. Present values hold nothing of it: nobody may ask for
        the redaction of one that stands.
    """
    here = {"of_study": study_id, "of_chain": chain}
    connection.execute(_REDACT, [here | {"of_n": n} | one._asdict() for n, one in left.items()])
    folded, quoting = fold(entries(connection, study_id, chain)), Tables()
    for name in _QUOTING:
        quoting.rows[name] = folded.rows[name]
    write_projection(connection, quoting)


def forget(connection: Connection, study_id: str, words: Iterable[str], instead: str) -> None:
    """Put something else in place of words in the answers to operations and in the jobs of a study: no part of a chain."""
    spelt = {json.dumps(word, ensure_ascii=plain)[1:-1] for word in words for plain in (True, False)}
    for table, name in ((command_receipt, "response"), (job, "request"), (job, "result")):
        column, keys = table.c[name], table.primary_key.columns
        quoting = or_(*(column.contains(form, autoescape=True) for form in spelt))
        for row in connection.execute(
            select(*keys, column).where(table.c.study_id == study_id, quoting)
        ).all():
            text = row[-1]
            for form in spelt:
                text = text.replace(form, instead)
            here = (key == part for key, part in zip(keys, row, strict=False))
            connection.execute(update(table).where(*here).values({name: text}))


def requests(connection: Connection, *study_ids: str) -> list[tuple[Any, dict[str, Any]]]:
    """Redactions asked for that nobody has decided, oldest first: entry with ``subject_key`` and ``at_site`` (nothing for
    the chain of a study), payload.
    """
    entry = ledger_entry.c
    mine = (subject.c.study_id == entry.study_id) & (subject.c.subject_id == entry.chain)
    statement = (
        select(ledger_entry, subject.c.subject_key, subject.c.site_id.label("at_site"))
        .outerjoin(subject, mine)
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
