"""Select functions for an amendment: subjects of sites, values under an older version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from edc_core.domain.casebook import Subject
from edc_core.store.readers import item_data_of
from edc_core.store.study_tables import site
from edc_core.store.subject_tables import form_data, item_data, subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

    from edc_core.domain.casebook import ItemData


def subjects_of(connection: Connection, study_id: str, site_ids: Collection[str]) -> list[Subject]:
    """Subjects of some sites, by site number and subject key."""
    statement = (
        select(subject)
        .join(site, and_(site.c.study_id == subject.c.study_id, site.c.site_id == subject.c.site_id))
        .where(subject.c.study_id == study_id, subject.c.site_id.in_(list(site_ids)))
        .order_by(site.c.number, subject.c.subject_key)
    )
    return [
        Subject(row.study_id, row.subject_id, row.subject_key, row.site_id, row.status)
        for row in connection.execute(statement)
    ]


def versions_in_use(connection: Connection, study_id: str) -> frozenset[str]:
    """OIDs of the versions that forms of the study keep."""
    statement = select(form_data.c.meta_data_version).where(form_data.c.study_id == study_id).distinct()
    return frozenset(connection.execute(statement).scalars())


def values_under(
    connection: Connection, study_id: str, version: str, forms: Collection[str], site_ids: Collection[str]
) -> Iterator[tuple[str, ItemData]]:
    """(subject key, value) of everything that stands in some forms that keep a version, at some sites.

    :param forms: OIDs of forms.
    """
    statement = (
        select(item_data, subject.c.subject_key)
        .join(
            form_data,
            and_(
                form_data.c.study_id == item_data.c.study_id,
                form_data.c.subject_id == item_data.c.subject_id,
                form_data.c.path == item_data.c.form_path,
            ),
        )
        .join(
            subject,
            and_(subject.c.study_id == item_data.c.study_id, subject.c.subject_id == item_data.c.subject_id),
        )
        .where(
            item_data.c.study_id == study_id,
            item_data.c.form_oid.in_(list(forms)),
            form_data.c.meta_data_version == version,
            subject.c.site_id.in_(list(site_ids)),
        )
        .order_by(subject.c.subject_key, item_data.c.path)
    )
    for row in connection.execute(statement, execution_options={"yield_per": 5000}):
        yield row.subject_key, item_data_of(row)
