"""Select functions: some items of every subject of a study, as checks across subjects read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, encode
from edc_core.domain.study_view import StudyCells, StudySubject
from edc_core.store.ledger_tables import chain_head, ledger_entry
from edc_core.store.query_tables import finding
from edc_core.store.study_tables import site
from edc_core.store.subject_tables import event_data, form_data, group_data, item_data, subject

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection


def cells(connection: Connection, study_id: str, item_oids: Collection[str]) -> StudyCells:
    """The values of these items in a study, but those in struck rows, removed forms and removed visits."""
    subjects = connection.execute(
        select(subject.c.subject_id, subject.c.subject_key, site.c.number, site.c.zone)
        .join(site, and_(site.c.study_id == subject.c.study_id, site.c.site_id == subject.c.site_id))
        .where(subject.c.study_id == study_id)
    )
    values = connection.execute(
        select(item_data.c.subject_id, item_data.c.path, item_data.c.value).where(
            item_data.c.study_id == study_id,
            item_data.c.item_oid.in_(sorted(item_oids)),
            item_data.c.value.is_not(None),
        )
    ).all()
    removed = _removed(connection, study_id)
    return StudyCells(
        tuple(StudySubject(*row) for row in subjects),
        tuple(
            (row.subject_id, row.path, row.value)
            for row in values
            if not removed or not _lies_in(row.subject_id, row.path, removed)
        ),
    )


def _removed(connection: Connection, study_id: str) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for table, gone in (
        (group_data, group_data.c.removed),
        (event_data, event_data.c.removed),
        (form_data, form_data.c.status == EntryStatus.REMOVED.value),
    ):
        rows = connection.execute(
            select(table.c.subject_id, table.c.path).where(table.c.study_id == study_id, gone)
        )
        found.update((row.subject_id, row.path) for row in rows)
    return found


def _lies_in(subject_id: str, path: str, removed: set[tuple[str, str]]) -> bool:
    return any((subject_id, str(place)) in removed for place in ItemPath.parse(path).ancestors())


def touched(
    connection: Connection, study_id: str, subject_ids: Collection[str], item_oids: Collection[str]
) -> bool:
    """Whether plugin checks have yet to see a change of these items, or of a row, form or visit, in any of these.

    A path is told by its end, where the item's OID stands; one look too many does no harm.
    """
    ends = [f"%/{encode(oid)}" for oid in item_oids]
    entry, head = ledger_entry, chain_head
    statement = (
        select(entry.c.n)
        .join(head, and_(head.c.study_id == entry.c.study_id, head.c.chain == entry.c.chain))
        .where(
            entry.c.study_id == study_id,
            entry.c.chain.in_(sorted(subject_ids)),
            entry.c.n > head.c.checks_n,
            or_(
                *(entry.c.path.like(end) for end in ends),
                entry.c.kind.like("form.%"),
                entry.c.kind.like("group.%"),
                entry.c.kind.like("event.%"),
            ),
        )
        .limit(1)
    )
    return connection.execute(statement).first() is not None


def known_findings(
    connection: Connection, study_id: str, check_oids: Collection[str]
) -> dict[str, set[tuple[str, str, str, str]]]:
    """What these checks said last: subject id to (check, key, path, fingerprint)."""
    rows = connection.execute(
        select(
            finding.c.subject_id,
            finding.c.check_oid,
            finding.c.finding_key,
            finding.c.path,
            finding.c.fingerprint,
        ).where(finding.c.study_id == study_id, finding.c.check_oid.in_(sorted(check_oids)))
    )
    found: dict[str, set[tuple[str, str, str, str]]] = {}
    for row in rows:
        found.setdefault(row.subject_id, set()).add(tuple(row[1:]))
    return found
