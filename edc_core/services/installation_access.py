"""The installation in the hands of one person: see ``domain.installation_access``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.clock import iso
from edc_core.domain.permission import Place
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.core import Core
    from edc_core.domain.installation_access import People
    from edc_core.domain.permission import Action, Actor


class CoreInstallationAccess:
    """The ``InstallationAccess`` of an installation. :param plugin: whose jobs its studies ask for."""

    def __init__(self, core: Core, actor: Actor, plugin: str) -> None:
        self._core, self._actor, self._plugin = core, actor, plugin

    def may(self, action: Action) -> bool:
        """See ``InstallationAccess``."""
        return self._actor.may(action, Place(""))

    @property
    def now(self) -> str:
        """See ``InstallationAccess``."""
        return iso(self._core.clock.now())

    def roles(self, day: str) -> tuple[Mapping[str, str], ...]:
        """See ``InstallationAccess``."""
        from edc_core.services.access_review import access_review

        with self._core.read() as source:
            return tuple(access_review(source, self._actor, day))

    @property
    def people(self) -> People:
        """See ``InstallationAccess``."""
        from edc_core.services.people_desk import PeopleDesk

        return PeopleDesk(self._core, self._actor)

    def studies(self) -> tuple[CoreStudyAccess, ...]:
        """See ``InstallationAccess``."""
        with self._core.read() as source:
            rows = readers.studies(source.connection)
        own = sorted((row for row in rows if self._actor.roles(Place(row.study_id))), key=str)
        return tuple(CoreStudyAccess(self._core, self._actor, row, self._plugin) for row in own)
