"""Jobs of plugins: carried out by a worker as the person who asked, with the rights held now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edc_core.domain.page import JobRequest
from edc_core.domain.permission import Actor, Place
from edc_core.errors import PluginError
from edc_core.plugin_manager import settings_of
from edc_core.services import users
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Callable

    from edc_core.core import Core
    from edc_core.domain.job import Job


def do_standing(core: Core) -> None:
    """What plugins do by themselves, for each study in turn."""
    with core.read() as source:
        studies = readers.studies(source.connection)
    for one in core.plugins.jobs():
        request = settings_of(one.plugin, core.settings.of_plugins)
        for study in studies if one.job.standing else ():
            access = CoreStudyAccess(core, Actor(f"system:{one.plugin}", trusted=True), study, one.plugin)
            one.job.carry_out(JobRequest(access, request, lambda done, total: None))


def carry_out(core: Core, job: Job, tell: Callable[[int, int], None]) -> dict[str, Any]:
    """:raises PluginError: the plugin that does it is not here. :raises NotAllowed: the person may not (any more)."""
    found = next((one for one in core.plugins.jobs() if one.kind == job.kind), None)
    if found is None:
        plugin = job.kind.rpartition(".")[0] or job.kind
        raise PluginError(f"Plugin '{plugin}', which does this, is not installed here (any more).")
    with core.read() as source:
        actor = users.actor_of(source, job.actor, users.today(core.clock))
        study = readers.study_by_id(source.connection, job.study_id)
    for action in found.job.actions:
        actor.role_for(action, Place(job.study_id))
    access = CoreStudyAccess(core, actor, study, found.plugin)
    return dict(found.job.carry_out(JobRequest(access, job.request, tell)))
