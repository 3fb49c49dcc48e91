"""Every projection built anew from the ledger, in a database of its own, and compared row by row with the live one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, select
from sqlalchemy.exc import DatabaseError

from edc_core.ledger.append import write_projection
from edc_core.ledger.projection import KEYS
from edc_core.ledger.replay import entries, fold
from edc_core.store.base import metadata
from edc_core.store.ledger_tables import chain_head

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from edc_core.ledger.verify import Report


def prove(connection: Connection, report: Report, study_id: str | None, scratch: Path) -> None:
    """Rebuild into a scratch SQLite file and add a problem for the first difference of each table."""
    engine = create_engine(f"sqlite:///{scratch}")
    tables = [metadata.tables[name] for name in KEYS]
    try:
        with engine.begin() as rebuilt:
            metadata.create_all(rebuilt, tables=tables)
            statement = select(chain_head.c.study_id, chain_head.c.chain)
            if study_id is not None:
                statement = statement.where(chain_head.c.study_id == study_id)
            for row in connection.execute(statement).all():
                write_projection(rebuilt, fold(entries(connection, row.study_id, row.chain)))
            for name in KEYS:
                if study_id is not None and "study_id" not in KEYS[name]:
                    continue  # accounts and grants belong to the installation
                _compare(connection, rebuilt, report, name, study_id)
    except DatabaseError as error:
        report.add(study_id or "", "", 0, "unreadable", f"Nothing could be rebuilt: {error.orig}")
    finally:
        engine.dispose()


def _compare(live: Connection, rebuilt: Connection, report: Report, name: str, study_id: str | None) -> None:
    ours, theirs = _rows(live, name, study_id), _rows(rebuilt, name, study_id)
    keys = KEYS[name]
    mine, built = next(ours, None), next(theirs, None)
    while mine is not None or built is not None:
        if mine != built:
            row = mine or built or {}
            place = " ".join(str(row[key]) for key in keys)
            what = "has no entry" if built is None else "is missing" if mine is None else "differs"
            report.add(study_id or "", "", 0, "rebuild", f"Row '{place}' of {name} {what} when rebuilt.")
            return
        mine, built = next(ours, None), next(theirs, None)


def _rows(connection: Connection, name: str, study_id: str | None) -> Iterator[dict[str, Any]]:
    """Rows in an order that is the same on every database: sorted here, since collations differ."""
    table = metadata.tables[name]
    statement = select(table)
    if study_id is not None:
        statement = statement.where(table.c.study_id == study_id)
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    rows.sort(key=lambda row: tuple(str(row[key]) for key in KEYS[name]))
    yield from rows
