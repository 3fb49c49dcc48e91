"""Select functions for the schedule: the values that decide what is expected, of one subject or of a page of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from edc_core.domain.casebook import FormData, GroupData, ItemData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, encode
from edc_core.store.readers import item_data_of
from edc_core.store.row_places import path_of
from edc_core.store.subject_tables import form_data, group_data, item_data

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement, Connection


@dataclass(slots=True)
class ScheduleFacts:
    """Of one subject: the items asked for, every form begun, every row struck out."""

    forms: dict[ItemPath, FormData] = field(default_factory=dict)
    items: dict[ItemPath, ItemData] = field(default_factory=dict)
    groups: dict[ItemPath, GroupData] = field(default_factory=dict)


def schedule_facts(
    connection: Connection, study_id: str, ids: Collection[str], items: Collection[str]
) -> dict[str, ScheduleFacts]:
    """What conditions of the schedule read, by subject id: three statements, however many subjects there are.

    :param items: OIDs.
    """
    found = {subject_id: ScheduleFacts() for subject_id in ids}

    wanted = item_data.c.item_oid.in_(sorted(encode(oid) for oid in items))
    for row in connection.execute(select(item_data).where(_of(item_data, study_id, ids), wanted)):
        found[row.subject_id].items[path_of(row.path)] = item_data_of(row)
    for row in connection.execute(select(form_data).where(_of(form_data, study_id, ids))):
        path = path_of(row.path)
        found[row.subject_id].forms[path] = FormData(
            path, row.meta_data_version, EntryStatus(row.status), row.was_complete, row.reason, row.n
        )
    struck = group_data.c.removed.is_(True)
    for row in connection.execute(select(group_data).where(_of(group_data, study_id, ids), struck)):
        path = path_of(row.path)
        found[row.subject_id].groups[path] = GroupData(path, removed=True, reason=row.reason)
    return found


def forms_with_data(
    connection: Connection, study_id: str, ids: Collection[str], forms: Collection[ItemPath]
) -> set[tuple[str, ItemPath]]:
    """Which of these forms hold a value, or a reason why there is none, as (subject id, form)."""
    given = or_(item_data.c.raw != "", item_data.c.missing != "", item_data.c.value.is_not(None))
    statement = (
        select(item_data.c.subject_id, item_data.c.form_path)
        .where(_of(item_data, study_id, ids), given)
        .where(item_data.c.form_path.in_(sorted(str(form) for form in forms)))
        .distinct()
    )
    return {(row.subject_id, path_of(row.form_path)) for row in connection.execute(statement)}


def _of(table: Any, study_id: str, ids: Collection[str]) -> ColumnElement[bool]:
    return and_(table.c.study_id == study_id, table.c.subject_id.in_(sorted(ids)))
