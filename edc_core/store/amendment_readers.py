"""Select functions for an amendment: subjects of sites, values under an older version, what was put in force where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from edc_core.domain.casebook import Subject
from edc_core.domain.study_versions import SiteActivation
from edc_core.store.base import same_subject
from edc_core.store.readers import item_data_of
from edc_core.store.study_tables import site, site_activation
from edc_core.store.subject_tables import form_data, item_data, subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

    from edc_core.domain.casebook import ItemData


_ACTIVATIONS = select(*(site_activation.c[name] for name in SiteActivation.__dataclass_fields__)).order_by(
    site_activation.c.n.desc()
)


def activations(connection: Connection, study_id: str) -> list[SiteActivation]:
    """Everything that was put in force or planned at sites of a study, newest first."""
    rows = connection.execute(_ACTIVATIONS.where(site_activation.c.study_id == study_id))
    return [SiteActivation(**row._mapping) for row in rows]


def planned(connection: Connection) -> list[tuple[str, SiteActivation]]:
    """(study id, plan) of every plan of the installation that waits for its day."""
    statement = _ACTIVATIONS.add_columns(site_activation.c.study_id).where(
        site_activation.c.state == "planned"
    )
    found = []
    for row in connection.execute(statement):
        values = dict(row._mapping)
        found.append((str(values.pop("study_id")), SiteActivation(**values)))
    return found


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
        .join(form_data, and_(same_subject(form_data, item_data), form_data.c.path == item_data.c.form_path))
        .join(subject, same_subject(subject, item_data))
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
