"""Transfers of subjects, read from the ledger: there are few, and nothing else needs them in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from sqlalchemy import exists, select

from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.subject_move import SubjectMove, last_kept
from edc_core.store.ledger_tables import ledger_entry

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

    from edc_core.domain.casebook import Subject

#: What shows that people of a site had worked with a subject: it came there, or something was entered.
_WORK = (EntryKind.SUBJECT_ADD, EntryKind.FORM_STATUS, EntryKind.ITEM_SET)


def moves(connection: Connection, study_id: str, subject_id: str = "") -> list[SubjectMove]:
    """Transfers in a study, or of one subject, oldest first."""
    move, work = ledger_entry.c, ledger_entry.alias()
    worked = exists().where(
        work.c.study_id == move.study_id,
        work.c.chain == move.chain,
        work.c.n < move.n,
        work.c.site_id == move.site_id,
        work.c.kind.in_([kind.value for kind in _WORK]),
    )
    statement = select(move.chain, move.n, move.at, move.payload, worked).where(
        move.study_id == study_id, move.kind == EntryKind.SUBJECT_SITE.value
    )
    if subject_id:
        statement = statement.where(move.chain == subject_id)
    found = []
    for chain, n, at, payload, had_worked in connection.execute(statement.order_by(move.at, move.n)):
        said = orjson.loads(payload)
        found.append(SubjectMove(chain, n, at, said["old"], said["new"], said["day"], bool(had_worked)))
    return found


def kept_at(connection: Connection, subject: Subject, sites: Collection[str]) -> SubjectMove | None:
    """The transfer up to which these sites keep a subject."""
    return last_kept(moves(connection, subject.study_id, subject.subject_id), sites)
