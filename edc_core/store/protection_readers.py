"""Select functions: protections set at a place, and the steps that wait for a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.protection import Protection, ProtectionRow
from edc_core.store.subject_tables import protection

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from edc_core.domain.item_path import ItemPath


def protections_above(connection: Connection, study_id: str, site_id: str) -> tuple[Protection, ...]:
    """Protections of a site and of the study as a whole."""
    rows = connection.execute(
        select(protection.c.state).where(
            protection.c.study_id == study_id,
            protection.c.chain == STUDY_CHAIN,
            protection.c.scope.in_(["", site_id]),
        )
    )
    return tuple(Protection(row.state) for row in rows)


def protection_row(
    connection: Connection, study_id: str, chain: str, scope: str, path: ItemPath
) -> ProtectionRow:
    row = connection.execute(
        select(protection).where(
            protection.c.study_id == study_id,
            protection.c.chain == chain,
            protection.c.scope == scope,
            protection.c.path == str(path),
        )
    ).first()
    if row is None:
        return ProtectionRow()
    return ProtectionRow(
        Protection(row.state), row.requested, row.requested_by, row.reason, row.at, row.actor
    )
