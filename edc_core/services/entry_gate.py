"""Whether a live study takes data: every plugin it uses is the one in force there (decision "Plugins per study").

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
    from edc_core.store.readers import StudyRow
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


def require_open(uow: UnitOfWork, site: HeldSite, action: Action) -> None:
    """Refuse an action that brings in data while a plugin of a live study is another version than the one in force.

    :raises EntryClosed: the message names the plugins, the versions and what to do.
    """
    if action not in ENTRY or site.environment != "live" or not site.meta_data_version:
        return
    uses = uow.versions.plugins(
        uow.connection, site.study_id, site.meta_data_version, upgraded_n=site.upgraded_n
    )
    if uses and (why := closed_because(uow.activate(uses))):
        raise EntryClosed(f"Nothing can be entered in this study now. {why} {REMEDY}")


def is_closed(
    source: Source, activate: Callable[[Iterable[PluginUse]], Activation], study: StudyRow, version: str
) -> bool:
    """Whether ``require_open`` would refuse entry at a site where this version is in force: for pages."""
    if study.environment != "live" or not version:
        return False
    return bool(standing(source, activate, study, meta_data_version=version).findings)


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
