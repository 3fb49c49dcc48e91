"""The versions of a study as a page shows them: what was published, what is in force where and why, what is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain import metadata_json
from edc_core.domain.permission import Action
from edc_core.domain.study_versions import SiteLine, StudyVersions, VersionLine
from edc_core.errors import AlreadyExists, NotAllowed
from edc_core.store import amendment_readers, going_live, readers

if TYPE_CHECKING:
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.study_versions import SiteActivation
    from edc_core.services.reading import StudyPicture
    from edc_core.store.readers import SiteRow, StudyRow
    from edc_core.store.unit_of_work import Source


def version_picture(picture: StudyPicture) -> StudyVersions:
    """Newest version first.

    :raises NotAllowed: the person's role does not look at versions.
    """
    if not picture.may(Action.COMPARE_VERSIONS):
        raise NotAllowed(
            f"Your role does not include: {Action.COMPARE_VERSIONS}.", action=str(Action.COMPARE_VERSIONS)
        )
    connection, study = picture.source.connection, picture.study
    live = study.environment == "live"
    released = going_live.released(connection, study.study_id) if live else frozenset()
    rows = amendment_readers.activations(connection, study.study_id)
    sites = picture.all_sites.values()
    versions = []
    for oid, published in going_live.publications(connection, study.study_id).items():
        numbers = tuple(site.number for site in sites if site.meta_data_version == oid)
        versions.append(
            VersionLine(
                oid, published.name, published.sha256, published.published_at, published.actor, numbers,
                not live or oid in released,
            )
        )  # fmt: skip
    return StudyVersions(
        tuple(reversed(versions)),
        tuple(_site(picture, site, rows) for site in sites),
        tuple((picture.all_sites[row.site_id].number, row) for row in rows),
        live,
    )


def _site(picture: StudyPicture, site: SiteRow, rows: list[SiteActivation]) -> SiteLine:
    mine = [row for row in rows if row.site_id == site.site_id]
    last = next((row for row in mine if row.state == "in_force"), None)
    return SiteLine(
        site.site_id,
        site.number,
        site.name,
        site.meta_data_version,
        picture.may(Action.ACTIVATE_VERSION, site.site_id),
        last if last is not None and last.meta_data_version == site.meta_data_version else None,
        next((row for row in mine if row.state == "planned"), None),
    )


def require_own_name(source: Source, study: StudyRow, index: MetaDataIndex) -> None:
    """Refuse to compare data with a version that has the name of another one.

    :raises AlreadyExists: the study has published another content under the OID.
    """
    published = readers.versions(source.connection, study.study_id).get(index.version.oid)
    if published is not None and published != metadata_json.sha256(index.version):
        raise AlreadyExists(
            f"Version '{index.version.oid}' of {study} is published with another content. "
            "Give the changed one a new OID in study.yaml."
        )
