"""The versions of a study as a page shows them: what was published, what is in force where and why, what is planned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.permission import Action
from edc_core.errors import NotAllowed
from edc_core.store import amendment_readers, going_live, readers

if TYPE_CHECKING:
    from edc_core.services.reading import StudyPicture
    from edc_core.store.amendment_readers import ActivationRow
    from edc_core.store.going_live import Publication
    from edc_core.store.readers import SiteRow


@dataclass(frozen=True, slots=True)
class VersionLine:
    """:param sites: numbers of the sites where it is in force. :param released: in live; elsewhere no release is needed."""

    published: Publication
    sites: tuple[str, ...]
    released: bool


@dataclass(frozen=True, slots=True)
class SiteLine:
    """:param activation: how its version came into force, where that is known. :param plan: what comes next there."""

    site: SiteRow
    may_activate: bool
    activation: ActivationRow | None
    plan: ActivationRow | None


@dataclass(frozen=True, slots=True)
class VersionPicture:
    """:param history: every activation and plan, newest first, each with its site's number."""

    versions: tuple[VersionLine, ...]
    sites: tuple[SiteLine, ...]
    history: tuple[tuple[str, ActivationRow], ...]
    live: bool

    @property
    def may_activate(self) -> bool:
        return any(site.may_activate for site in self.sites)


def version_picture(picture: StudyPicture) -> VersionPicture:
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
    for oid in readers.versions(connection, study.study_id):
        published = going_live.publication(connection, study.study_id, oid)
        assert published is not None  # it is one of those published
        numbers = tuple(site.number for site in sites if site.meta_data_version == oid)
        versions.append(VersionLine(published, numbers, not live or oid in released))
    return VersionPicture(
        tuple(reversed(versions)),
        tuple(_site(picture, site, rows) for site in sites),
        tuple((picture.all_sites[row.site_id].number, row) for row in rows),
        live,
    )


def _site(picture: StudyPicture, site: SiteRow, rows: list[ActivationRow]) -> SiteLine:
    mine = [row for row in rows if row.site_id == site.site_id]
    last = next((row for row in mine if row.state == "in_force"), None)
    return SiteLine(
        site,
        picture.may(Action.ACTIVATE_VERSION, site.site_id),
        last if last is not None and last.meta_data_version == site.meta_data_version else None,
        next((row for row in mine if row.state == "planned"), None),
    )
