"""Numbers and dates of authorities that are on record: notes in the study's chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from sqlalchemy import exists, select, true

from edc_core.domain.casebook import RECORD
from edc_core.domain.gate import RecordedIdentifier
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.store.base import same_subject
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.subject_tables import item_data, subject

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

NOTE = "identifier"  #: what such a note is called
_SAID = f'"note":"{NOTE}"'


def recorded(
    connection: Connection, study_id: str, *, upto: int | None = None
) -> dict[tuple[str, str], RecordedIdentifier]:
    """The newest of each by name and place: one statement. :param upto: the last entry of the study's chain that counts."""
    c = ledger_entry.c
    rows = connection.execute(
        select(c.payload, c.actor, c.at)
        .where(c.study_id == study_id, c.chain == STUDY_CHAIN, c.kind == EntryKind.NOTE_ADD.value)
        .where(c.payload.contains(_SAID), c.n <= upto if upto is not None else true())
        .order_by(c.n)
    )
    found = {}
    for row in rows:
        said = orjson.loads(row.payload)
        if said.get("note") == NOTE:
            one = said["content"]
            found[one["identifier"], one["place"]] = RecordedIdentifier(
                one["identifier"], one["place"], one["value"], one["document"], row.actor, row.at
            )
    return found


def lacks_value(connection: Connection, study_id: str, sites: Collection[str], oid: str) -> bool:
    """Whether a subject at some sites (ids) has no value of an item."""
    answered = exists().where(
        same_subject(item_data, subject),
        item_data.c.item_oid == oid,
        item_data.c.value.is_not(None),
    )
    found = select(subject.c.subject_id).where(
        subject.c.study_id == study_id,
        subject.c.site_id.in_(sorted(sites)),
        subject.c.status != RECORD,
        ~answered,
    )
    return connection.execute(found.limit(1)).first() is not None
