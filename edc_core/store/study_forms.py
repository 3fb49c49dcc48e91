"""Select functions for what a whole study has: its subjects, and the forms of many of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from edc_core.domain.casebook import RECORD
from edc_core.domain.entry_state import EntryStatus
from edc_core.store.base import same_subject
from edc_core.store.listing import FormRow
from edc_core.store.row_places import path_of
from edc_core.store.subject_tables import event_data, form_data, subject

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

    from edc_core.domain.item_path import ItemPath
    from edc_core.store.listing import Scope


def subjects(connection: Connection, scope: Scope) -> list[Any]:
    """Subjects of the sites in scope in the order in which they were added, without the study's own record."""
    statement = select(subject).where(
        subject.c.study_id == scope.study_id,
        subject.c.site_id.in_(sorted(scope.sites)),
        subject.c.status != RECORD,
    )
    return list(connection.execute(statement.order_by(subject.c.added_at, subject.c.subject_key)))


def visits_not_done(connection: Connection, scope: Scope) -> list[Any]:
    """``(subject_id, subject_key, site_id, path, reason)`` of events of these subjects that are marked as not done."""
    statement = select(
        subject.c.subject_id, subject.c.subject_key, subject.c.site_id, event_data.c.path, event_data.c.reason
    ).join_from(event_data, subject, same_subject(subject, event_data)).where(
        event_data.c.study_id == scope.study_id,
        event_data.c.status == EntryStatus.NOT_DONE.value,
        subject.c.site_id.in_(sorted(scope.sites)),
        subject.c.status != RECORD,
    )  # fmt: skip
    return list(connection.execute(statement.order_by(subject.c.subject_key, event_data.c.path)))


def form_rows(
    connection: Connection, study_id: str, ids: Collection[str]
) -> dict[str, dict[ItemPath, FormRow]]:
    """Forms begun of the subjects named, by subject id."""
    found: dict[str, dict[ItemPath, FormRow]] = {}
    statement = select(form_data).where(
        form_data.c.study_id == study_id, form_data.c.subject_id.in_(sorted(ids))
    )
    for row in connection.execute(statement):
        path = path_of(row.path)
        found.setdefault(row.subject_id, {})[path] = FormRow(
            path, row.meta_data_version, EntryStatus(row.status), row.reason, row.at, row.actor
        )
    return found
