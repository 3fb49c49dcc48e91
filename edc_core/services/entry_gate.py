"""Whether a site takes data: it is open, and in live every plugin of the study is the one in force there.

One place decides it, for every door: writes on a subject ask when they check the actor's right
(``SubjectOperation.require``), adding a subject asks itself. Reading, queries and protection go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.permission import Action
from edc_core.errors import EntryClosed
from edc_core.plugin_activation import Activation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edc_core.domain.metadata import PluginUse
    from edc_core.store.locks import HeldSite
    from edc_core.store.readers import SiteRow, StudyRow
    from edc_core.store.unit_of_work import Source, UnitOfWork

#: What brings in or changes data of subjects.
ENTRY = frozenset(
    {
        Action.ADD_SUBJECT,
        Action.ENTER_DATA,
        Action.STRIKE,
        Action.REOPEN_FORM,
        Action.CORRECT_SUBJECT,
        Action.MOVE_SUBJECT,
        Action.IMPORT_DATA,
    }
)
REMEDY = (
    "Everything can be read meanwhile. Tell your data manager: entry opens again when a trial builder asks for the "
    "installed version and a data manager approves it, or when the version in force is installed again."
)


SITE_REMEDY = "Everything there can be read, and nothing is entered any more. Ask a data manager if it has to be opened again."


def require_open(uow: UnitOfWork, site: HeldSite, action: Action) -> None:
    """Refuse an action that brings in data at a closed site, or while a plugin of a live study is another version than
    the one in force.

    :raises EntryClosed: the message names the site, or the plugins, the versions and what to do.
    """
    if action not in ENTRY:
        return
    if site.closed_at:
        raise EntryClosed(f"Site {site.number} was closed on {site.closed_at[:10]}. {SITE_REMEDY}")
    if site.environment != "live" or not site.meta_data_version:
        return
    uses = uow.versions.plugins(
        uow.connection, site.study_id, site.meta_data_version, upgraded_n=site.upgraded_n
    )
    if uses and (why := closed_because(uow.activate(uses))):
        raise EntryClosed(f"Nothing can be entered in this study now. {why} {REMEDY}")


def is_closed(
    source: Source, activate: Callable[[Iterable[PluginUse]], Activation], study: StudyRow, site: SiteRow
) -> bool:
    """Whether ``require_open`` would refuse entry at a site: for pages."""
    if site.closed_at or study.environment != "live" or not site.meta_data_version:
        return bool(site.closed_at)
    return bool(standing(source, activate, study, meta_data_version=site.meta_data_version).findings)


def closed_because(active: Activation) -> str:
    """What closes entry, a sentence for each plugin; empty when every plugin is as in force."""
    return " ".join(finding.text for finding in active.findings)


def standing(
    source: Source,
    activate: Callable[[Iterable[PluginUse]], Activation],
    study: StudyRow,
    *,
    meta_data_version: str = "",
) -> Activation:
    """The plugins of a version of a study (the newest, unless named) against those in force there.

    Whether a difference closes entry depends on the environment: in dev and uat it is only shown.
    """
    version = meta_data_version or study.meta_data_version
    if not version:
        return Activation()
    return activate(
        source.versions.plugins(source.connection, study.study_id, version, upgraded_n=study.upgraded_n)
    )
