"""Records of unblinding, read from the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from edc_core.domain.ledger_entry import EntryKind
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.subject_tables import subject

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection


def unblindings(
    connection: Connection, study_id: str, site_ids: Collection[str], subject_key: str = ""
) -> list[tuple[Any, dict[str, Any]]]:
    """Entries with ``subject_key`` and ``at_site`` (where the subject is now), and their payloads; newest first."""
    entry = ledger_entry.c
    mine = (subject.c.study_id == entry.study_id) & (subject.c.subject_id == entry.chain)
    statement = (
        select(ledger_entry, subject.c.subject_key, subject.c.site_id.label("at_site"))
        .join(subject, mine)
        .where(entry.study_id == study_id, entry.kind == EntryKind.SUBJECT_UNBLIND.value)
        .where(subject.c.site_id.in_(sorted(site_ids)))
        .order_by(entry.at.desc(), entry.n.desc())
    )
    if subject_key:
        statement = statement.where(subject.c.subject_key == subject_key)
    return [(row, orjson.loads(row.payload)) for row in connection.execute(statement)]
