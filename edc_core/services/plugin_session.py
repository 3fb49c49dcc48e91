"""A plugin's command at work: pictures in, commands out (decision "Plugins register frozen objects")."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from edc_core.domain.finding import Severity
from edc_core.domain.permission import Action, Actor, Place
from edc_core.domain.plugin_access import DemoPerson, StudyAtHand, StudySite
from edc_core.domain.plugin_study import PluginStudy
from edc_core.errors import NotAllowed
from edc_core.services import checking, dispatch, following, ticking, tracing, users
from edc_core.services.check_list import checks_of
from edc_core.services.reading import look_at, look_at_subject
from edc_core.services.subject_at_hand import at_hand
from edc_core.store import checks, readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from edc_core.core import Core
    from edc_core.domain.casebook import Casebook
    from edc_core.domain.commands import Command
    from edc_core.domain.finding import Found
    from edc_core.domain.function import Function
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.query import Query
    from edc_core.domain.tracing import TracedRule
    from edc_core.errors import EdcError
    from edc_core.services.reading import StudyPicture
    from edc_core.store.unit_of_work import Source

AT_ONCE = 20  #: subjects between two reports of progress
EVERY = 1_000_000  #: more subjects than any study has


class CorePluginSession:
    """The ``PluginSession`` of an installation.

    :param actor: who acts in an environment; raises where nobody may.
    """

    def __init__(self, core: Core, actor: Callable[[str], Actor]) -> None:
        self._core = core
        self._actor = actor

    def study(self, name: str, version: str = "") -> StudyAtHand:
        """See ``PluginSession``."""
        with self._core.read() as source:
            row = readers.find_study(source.connection, name)
            picture = look_at(source, self._actor(row.environment), row)
            index = picture.version(version) if version else picture.index
            return StudyAtHand(
                study_id=row.study_id,
                name=str(row),
                environment=row.environment,
                index=index,
                sites=tuple(
                    StudySite(site.site_id, site.number, site.country, site.zone)
                    for site in picture.sites.values()
                ),
                subject_keys=readers.subject_keys(source.connection, row.study_id, picture.sites),
                checks=checks_of(self._core.plugins, index, row.environment),
                hidden=picture.hidden_at(picture.sites),
            )

    def _look(self, source: Source, study: StudyAtHand) -> StudyPicture:
        row = readers.study_by_id(source.connection, study.study_id)
        return look_at(source, self._actor(row.environment), row)

    def submit(self, study: StudyAtHand, *given: Command) -> list[dict[str, Any]]:
        """See ``PluginSession``."""
        if any(command.study_id != study.study_id for command in given):
            raise NotAllowed("Commands that are carried out together belong to the study at hand.")
        return dispatch.submit(self._core, self._actor(study.environment), given)

    def rehearse(self, study: StudyAtHand, *given: Command) -> list[dict[str, Any] | EdcError]:
        """See ``PluginSession``."""
        if any(command.study_id != study.study_id for command in given):
            raise NotAllowed("Commands that are rehearsed together belong to the study at hand.")
        return dispatch.rehearse(self._core, self._actor(study.environment), given)

    def casebook(self, study: StudyAtHand, subject_key: str) -> Casebook:
        """See ``PluginSession``."""
        self._actor(study.environment).role_for(Action.VIEW_DATA, Place.every_site(study.study_id))
        with self._core.read() as source:
            return readers.casebook(
                source, readers.subject_by_key(source.connection, study.study_id, subject_key)
            )

    def values_of(self, study: StudyAtHand, item_oid: str) -> Iterator[tuple[str, ItemPath, str]]:
        """See ``PluginSession``."""
        self._actor(study.environment).role_for(Action.VIEW_DATA, Place.every_site(study.study_id))
        with self._core.read() as source:
            yield from readers.values_of(source.connection, study.study_id, item_oid)

    def acting_as(self, person: DemoPerson) -> CorePluginSession:
        """See ``PluginSession``."""

        def demo_actor(environment: str) -> Actor:
            with self._core.read() as source:
                if environment == "live" or person.login not in users.demo_logins(source):
                    raise NotAllowed(f"'{person.login}' is nobody for whom a plugin may act.")
                return users.actor_of(source, person.login, users.today(self._core.clock))

        return CorePluginSession(self._core, demo_actor)

    def demo_people(self, study: StudyAtHand) -> tuple[DemoPerson, ...]:
        """See ``PluginSession``."""
        with self._core.read() as source:
            return tuple(
                DemoPerson(login, grant.role.value, grant.site_ids)
                for login in sorted(users.demo_logins(source))
                for grant in users.actor_of(source, login, users.today(self._core.clock)).grants
                if grant.study_id == study.study_id
            )

    def queries(self, study: StudyAtHand, subject_key: str) -> tuple[Query, ...]:
        """See ``PluginSession``."""
        with self._core.read() as source:
            return tuple(at_hand(self._look(source, study), subject_key).book.queries.values())

    def findings(self, study: StudyAtHand, subject_key: str) -> tuple[Found, ...]:
        """See ``PluginSession``."""
        with self._core.read() as source:
            picture = self._look(source, study)
            subject = look_at_subject(picture, subject_key)
            said = checks.findings(source.connection, subject)
            book = readers.casebook(source, subject)
            site = picture.sites[subject.site_id]
            versions = {form.meta_data_version for form in book.forms.values()}
            indexes = [
                source.versions.get(source.connection, study.study_id, oid) for oid in sorted(versions)
            ]
            declared = following.declared(source, book, site, indexes)
            warnings = (found for found in declared if found.severity is Severity.WARNING)
            seen = picture.scope_at([subject.site_id])
            return tuple(one for one in (*said, *warnings) if seen.shows(subject.subject_id, one.path))

    def trace(
        self, study: StudyAtHand, subject_key: str, form: ItemPath, language: str = "en"
    ) -> list[TracedRule]:
        """See ``PluginSession``."""
        with self._core.read() as source:
            picture = self._look(source, study)
            subject = look_at_subject(picture, subject_key)
            if picture.covered or picture.hidden_at([subject.site_id]):
                raise NotAllowed(
                    "A trace shows every value that a rule reads; some items of this study are hidden from you."
                )
            functions = partial(self.functions, study)
            return tracing.trace_form(source, study.study_id, subject_key, form, language, functions)

    def functions(self, study: StudyAtHand, index: MetaDataIndex) -> Mapping[str, Function]:
        """See ``PluginSession``."""
        plugins = self._core.plugins
        active = plugins.activate(index.version.plugins)
        return plugins.functions(PluginStudy.of(index, study.environment), active).functions

    def check_due(self, study: StudyAtHand, progress: Callable[[int], None] = lambda done: None) -> int:
        """See ``PluginSession``."""
        self._actor(study.environment)
        done = 0
        while batch := checking.check_due(self._core, study.study_id, limit=AT_ONCE):
            done += batch
            progress(done)
        return done

    def tick(self, study: StudyAtHand) -> int:
        """See ``PluginSession``."""
        self._actor(study.environment)
        zones = sorted({site.zone or "UTC" for site in study.sites})
        return sum(ticking.tick(self._core, study.study_id, zone) for zone in zones)

    def check_again(
        self,
        study: StudyAtHand,
        subject_keys: Sequence[str],
        progress: Callable[[int], None] = lambda done: None,
    ) -> tuple[str, ...]:
        """See ``PluginSession``."""
        with self._core.read() as source:
            picture = self._look(source, study)
            subjects = [look_at_subject(picture, key) for key in subject_keys]
            for subject in subjects:
                picture.actor.at(picture.place_of(subject)).role_for(Action.RUN_CHECKS)
        for begin in range(0, len(subjects), AT_ONCE):
            batch = subjects[begin : begin + AT_ONCE]
            with self._core.write(picture.actor) as uow:
                for subject in batch:
                    checks.look_again(uow.connection, study.study_id, subject.subject_id, "")
            self.check_due(study)
            progress(begin + len(batch))
        with self._core.read() as source:
            waiting = set(checks.due(source.connection, study.study_id, limit=EVERY))
        return tuple(sorted(one.subject_key for one in subjects if one.subject_id in waiting))


def plugin_actor(plugin: str, environment: str) -> Actor:
    """The system actor of a plugin.

    :raises NotAllowed: in a live study, which is changed by persons.
    """
    if environment == "live":
        raise NotAllowed("A live study is changed by a person: say --as USER and set EDC_TOKEN.")
    return Actor(f"plugin:{plugin}", full_name=f"Plugin {plugin}", trusted=True)
