"""A study copied into a database of its own: what is tried there touches nothing (the rehearsal of a migration).

The copy is an SQLite file whatever the database: rows go over as they are, the ledger's guards are put in place after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from edc_core.store import triggers
from edc_core.store.base import metadata
from edc_core.store.engine import make_engine

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

BATCH = 5000


def copy_study(source: Connection, study_id: str, file: Path) -> str:
    """Copy every row of a study as one instant holds it.

    :param source: of a consistent read transaction.
    :returns: the address of the copy.
    """
    address = f"sqlite:///{file}"
    engine = make_engine(address)
    try:
        with engine.connect().execution_options(edc_write=True) as copy, copy.begin():
            metadata.create_all(copy)
            for table in metadata.sorted_tables:
                if "study_id" not in table.c:
                    continue  # accounts and settings are the installation's
                rows = source.execute(
                    select(table).where(table.c.study_id == study_id), execution_options={"yield_per": BATCH}
                )
                for part in rows.mappings().partitions(BATCH):
                    copy.execute(insert(table), [dict(row) for row in part])
            triggers.create(copy)
    finally:
        engine.dispose()
    return address
