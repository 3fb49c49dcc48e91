"""When something was entered, and the last recorded tick of the clock: what expressions know of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, and_, bindparam, func, select

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.store.base import same_subject
from edc_core.store.ledger_tables import chain_head, ledger_entry
from edc_core.store.row_places import path_of
from edc_core.store.study_tables import site
from edc_core.store.subject_tables import form_data, item_data, subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Connection

    from edc_core.domain.casebook import Subject
    from edc_core.domain.item_path import ItemPath

_ENTERED = (
    select(item_data.c.path, ledger_entry.c.at)
    .join(
        ledger_entry,
        and_(
            ledger_entry.c.study_id == item_data.c.study_id,
            ledger_entry.c.chain == item_data.c.subject_id,
            ledger_entry.c.n == item_data.c.n,
        ),
    )
    .where(
        item_data.c.study_id == bindparam("study"),
        item_data.c.subject_id == bindparam("subject"),
        item_data.c.form_path.in_(bindparam("forms", expanding=True)),
    )
)


def entered_at(
    connection: Connection, subject_: Subject, forms: Iterable[ItemPath]
) -> dict[ItemPath, datetime]:
    """UTC time of the last entry of each item of some forms."""
    values = {
        "study": subject_.study_id,
        "subject": subject_.subject_id,
        "forms": [str(form) for form in forms],
    }
    rows = connection.execute(_ENTERED, values)
    return {path_of(row.path): datetime.fromisoformat(row.at) for row in rows}


_LAST_TICK = (
    select(ledger_entry.c.at)
    .where(
        ledger_entry.c.study_id == bindparam("study"),
        ledger_entry.c.chain == STUDY_CHAIN,
        ledger_entry.c.kind == EntryKind.CLOCK_TICK.value,
        ledger_entry.c.site_zone == bindparam("zone"),
    )
    .order_by(ledger_entry.c.n.desc())
    .limit(1)
)


def last_tick(connection: Connection, study_id: str, zone: str) -> datetime | None:
    """UTC time of the last ``clock.tick`` of a study's sites in a zone."""
    at = connection.execute(_LAST_TICK, {"study": study_id, "zone": zone or "UTC"}).scalar()
    return None if at is None else datetime.fromisoformat(at)


def has_own_clock(connection: Connection) -> bool:
    """Whether the database may run on another machine. SQLite reads the clock of this one."""
    return connection.dialect.name == "postgresql"


def database_time(connection: Connection) -> datetime:
    """What the clock of a PostgreSQL server shows now, whenever the transaction began."""
    return connection.execute(select(func.clock_timestamp(type_=DateTime(timezone=True)))).scalar_one()


def newest_entry(connection: Connection) -> datetime | None:
    """UTC time of the newest entry of all chains of all studies."""
    at = connection.execute(select(func.max(chain_head.c.at))).scalar()
    return datetime.fromisoformat(at) if at else None


@dataclass(frozen=True, slots=True)
class StartedForm:
    """A form that was begun, and whose it is."""

    subject_id: str
    subject_key: str
    path: ItemPath
    meta_data_version: str


def started_forms(
    connection: Connection, study_id: str, zone: str, form_oids: Collection[str]
) -> list[StartedForm]:
    """Started forms of some OIDs at the sites of a zone, by subject; removed ones are left out."""
    there = (subject.c.study_id == site.c.study_id) & (subject.c.site_id == site.c.site_id)
    statement = (
        select(subject.c.subject_id, subject.c.subject_key, form_data.c.path, form_data.c.meta_data_version)
        .join(subject, same_subject(form_data, subject))
        .join(site, there)
        .where(
            form_data.c.study_id == study_id,
            form_data.c.form_oid.in_(form_oids),
            form_data.c.status.in_([EntryStatus.IN_PROGRESS.value, EntryStatus.COMPLETE.value]),
            site.c.zone.in_([zone, ""] if zone == "UTC" else [zone]),
        )
        .order_by(subject.c.subject_id, form_data.c.path)
    )
    return [
        StartedForm(row.subject_id, row.subject_key, path_of(row.path), row.meta_data_version)
        for row in connection.execute(statement)
    ]
