"""Select functions: verbatims with their codings, for who codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, not_, or_, select, true

from edc_core.domain.casebook import RECORD
from edc_core.domain.coding import CodingState
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import encode
from edc_core.store.base import same_subject
from edc_core.store.coding_readers import coding_of
from edc_core.store.coding_tables import coding
from edc_core.store.listing import lies_in, seen_in
from edc_core.store.review_readers import is_struck
from edc_core.store.subject_tables import event_data, form_data, item_data, subject

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection

    from edc_core.domain.casebook import Subject
    from edc_core.domain.coding import Coding
    from edc_core.store.listing import Scope


def codings_at(connection: Connection, of: Subject, paths: Collection[str]) -> dict[str, Coding]:
    """Codings at some places of a subject, by the texts of their paths."""
    statement = select(coding).where(
        coding.c.study_id == of.study_id,
        coding.c.subject_id == of.subject_id,
        coding.c.path.in_(sorted(paths)),
    )
    return {row["path"]: coding_of(row) for row in connection.execute(statement).mappings()}


def verbatims(
    connection: Connection, scope: Scope, items: Collection[str], *, waiting: bool = False
) -> Sequence[Any]:
    """Values of items in scope with their coding, by subject and place: what was struck or removed is left out.

    :param waiting: only those that are to be coded or approved.
    :returns: ``subject_key``, ``site_id``, ``value``, ``value_version``, ``status`` of the form and the columns of
        ``coding``, all of them ``None`` where there is none.
    """
    same = same_subject(item_data, coding)
    columns = [one for one in coding.c if one.name not in ("study_id", "subject_id", "path")]
    statement = (
        select(
            subject.c.subject_key, subject.c.site_id, item_data.c.subject_id, item_data.c.path, item_data.c.value,
            item_data.c.version.label("value_version"), form_data.c.status, *columns,
        )
        .select_from(item_data)
        .join(subject, same_subject(subject, item_data))
        .join(form_data, and_(same_subject(form_data, item_data), form_data.c.path == item_data.c.form_path))
        .outerjoin(coding, and_(same, coding.c.path == item_data.c.path))
        .where(
            item_data.c.study_id == scope.study_id,
            subject.c.site_id.in_(sorted(scope.sites)),
            subject.c.status != RECORD,
            item_data.c.item_oid.in_([encode(oid) for oid in sorted(items)]),
            item_data.c.value.is_not(None),
            form_data.c.status != EntryStatus.REMOVED.value,
            seen_in(scope, item_data.c.path),
            or_(coding.c.state.is_(None), coding.c.state != CodingState.CODED.value) if waiting else true(),
            not_(is_struck()),
            not_(lies_in(item_data, or_(event_data.c.removed, event_data.c.status == EntryStatus.NOT_DONE.value))),
        )
        .order_by(subject.c.subject_key, item_data.c.path)
    )  # fmt: skip
    return connection.execute(statement).mappings().all()
