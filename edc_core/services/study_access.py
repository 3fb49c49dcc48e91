"""A study in the hands of the person at a page or behind a job of a plugin: see ``domain.study_access``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.check_pause import pauses_of
from edc_core.domain.file_value import FilesSince
from edc_core.domain.metadata import SiteDef
from edc_core.domain.permission import Action, Place
from edc_core.errors import NotAllowed, NotFound
from edc_core.ids import new_id
from edc_core.plugin_manager import settings_of
from edc_core.services import dispatch
from edc_core.services.export_access import CoreExportAccess
from edc_core.services.late import late
from edc_core.services.reading import look_at, look_at_subject
from edc_core.services.study_part import asked
from edc_core.store import file_entries, jobs, readers
from edc_core.store.staged_files import StagedFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from edc_core.domain.check_pause import CheckPause
    from edc_core.domain.commands import Command, Reason
    from edc_core.domain.foresight import Foresight
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.job import Job
    from edc_core.domain.lab_range import LabRange
    from edc_core.domain.lock_blocker import LockList, Waived
    from edc_core.domain.migration import MigrationOrder
    from edc_core.domain.plugin_access import PluginSession, StudyAtHand
    from edc_core.domain.range_load import RangesLoaded
    from edc_core.domain.signature import SignedManifest
    from edc_core.domain.unblinding import UnblindingDraft
    from edc_core.errors import EdcError
    from edc_core.services.reading import StudyPicture


def _untold(done: int, total: int) -> None:
    """Nobody waits to hear of it."""


class CoreStudyAccess(CoreExportAccess):
    """The ``StudyAccess`` of an installation. What only a job needs is loaded when one asks for it."""

    @property
    def name(self) -> str:
        """See ``StudyAccess``."""
        return str(self._study)

    @property
    def now(self) -> str:
        """See ``StudyAccess``."""
        return iso(self._core.clock.now())

    @property
    def login(self) -> str:
        """See ``StudyAccess``."""
        return self._actor.name

    @property
    def settings(self) -> Mapping[str, str]:
        """See ``StudyAccess``."""
        return settings_of(self._plugin, self._core.settings.of_plugins)

    @property
    def pauses(self) -> tuple[CheckPause, ...]:
        """See ``StudyAccess``."""
        return pauses_of(self._study.pauses)

    def may(self, action: Action, site_id: str = "") -> bool:
        """See ``StudyAccess``."""
        country = self._countries.get(site_id, "") if site_id.strip("*") else ""
        return self._actor.may(action, Place(self.study_id, site_id, country))

    @cached_property
    def _countries(self) -> dict[str, str]:
        with self._core.read() as source:
            sites = readers.sites(source.connection, self.study_id)
        return {site_id: site.country for site_id, site in sites.items()}

    def submit(self, *given: Command) -> list[dict[str, Any]]:
        """See ``StudyAccess``."""
        if any(command.study_id != self.study_id for command in given):
            raise NotAllowed("Commands that are carried out together belong to the study at hand.")
        return dispatch.submit(self._core, self._actor, given)

    def rehearse(self, *given: Command) -> list[dict[str, Any] | EdcError]:
        """See ``StudyAccess``."""
        if any(command.study_id != self.study_id for command in given):
            raise NotAllowed("Commands that are carried out together belong to the study at hand.")
        return dispatch.rehearse(self._core, self._actor, given)

    def lock_list(self, *, site_id: str = "", subject_key: str = "") -> LockList:
        """See ``StudyAccess``."""
        from edc_core.services import lock_checks, lock_readiness

        looked, day = lock_checks.look(self._core, self.study_id), iso(self._core.clock.now())[:10]
        with self._look(consistent=True) as picture:
            return lock_readiness.lock_list(
                picture, looked, site_id=site_id, subject_key=subject_key, day=day
            )

    lock_scopes = asked("lock_scopes", "lock_scopes")

    def waive(
        self, things: Mapping[str, tuple[Waived, ...]], reason: Reason, *, login: str, password: str, op: str,
        withdraw: bool = False,
    ) -> int:  # fmt: skip
        """See ``StudyAccess``."""
        from edc_core.services import lock_checks, waiving

        self._actor.role_for(Action.WAIVE_BLOCKER, Place(self.study_id))
        component = self.prove(login, password)
        looked = lock_checks.look(self._core, self.study_id)
        with self._core.write(self._actor) as uow:
            uow.looked = looked
            return sum(
                waiving.waive(
                    uow,
                    waiving.Waive(
                        study_id=self.study_id, op=f"{op}:{number}", subject_key=key, things=of_subject,
                        component=component, reason=reason, withdraw=withdraw,
                    ),
                )["waived"]
                for number, (key, of_subject) in enumerate(sorted(things.items()))
            )  # fmt: skip

    def unblind(self, draft: UnblindingDraft, reason: Reason, *, login: str, password: str, op: str) -> None:
        """See ``StudyAccess``."""
        from edc_core.services import unblinding

        with self._look() as picture:
            site_id = look_at_subject(picture, draft.subject_key).site_id
            picture.actor.role_for(Action.UNBLIND, picture.place(site_id))  # before a password is tried
        command = unblinding.RecordUnblinding(
            study_id=self.study_id, op=op, subject_key=draft.subject_key, kind=draft.kind, happened=draft.happened,
            told=draft.told, component=self.prove(login, password), reason=reason,
        )  # fmt: skip
        with self._core.write(self._actor) as uow:
            unblinding.record_unblinding(uow, command)

    unblindings = asked("unblinding", "unblindings")
    evidence = asked("evidence", "records")
    rights = asked("permissions", "rights")
    country_standards = asked("gates", "standards", lambda core: (core,))
    identifiers = asked("gates", "recorded")

    def sites(self) -> tuple[SiteDef, ...]:
        """See ``StudyAccess``."""
        with self._look() as picture:
            every = picture.actor.trusted
            seen = [site for site in picture.all_sites.values() if every or picture.roles(site.site_id)]
        return tuple(SiteDef(site.number, site.name, site.country, site.zone) for site in seen)

    def closed_sites(self) -> Mapping[str, str]:
        """See ``StudyAccess``."""
        with self._look() as picture:
            return {site.number: site.closed_at for site in picture.all_sites.values() if site.closed_at}

    def site_risks(self) -> Mapping[str, str]:
        """See ``StudyAccess``."""
        with self._look() as picture:
            return {site.number: site.risk for site in picture.all_sites.values()}

    ranged_tests = asked("lab_ranges", "ranged_tests")

    def load_ranges(
        self, ranges: Sequence[LabRange], *, progress: Callable[[int, int], None] = _untold
    ) -> RangesLoaded:
        """See ``StudyAccess``."""
        from edc_core.services import lab_ranges

        return lab_ranges.load_lab_ranges(self._core, self._actor, self.study_id, ranges, progress)

    queries = asked("query_facts", "query_facts", lambda core: (core.clock.now(),))

    versions = asked("version_list", "version_picture")

    def version(self, oid: str) -> MetaDataIndex:
        """See ``StudyAccess``."""
        with self._look() as picture:
            return picture.version(oid)

    def foresee(
        self,
        version: MetaDataIndex,
        *,
        site_ids: Collection[str] = (),
        progress: Callable[[int, int], None] = _untold,
    ) -> Foresight:
        """See ``StudyAccess``."""
        from edc_core.services import foreseeing

        with self._look(consistent=True) as picture:
            _require(picture, Action.COMPARE_VERSIONS, Action.VIEW_DATA)
            late("version_list", "require_own_name")(picture.source, picture.study, version)
            if not set(site_ids) <= set(picture.sites):
                raise NotFound("There is no such site in your part of this study.")
            return foreseeing.foresee(self._core, picture, version, site_ids=site_ids, progress=progress)

    def rehearse_migration(
        self,
        order: MigrationOrder,
        *,
        version: MetaDataIndex | None = None,
        progress: Callable[[int, int], None] = _untold,
    ) -> dict[str, Any]:
        """See ``StudyAccess``."""
        from edc_core.services import rehearsing

        with self._look() as picture:
            _require_at(picture, order)
            index = version or picture.version(order.meta_data_version)
            late("version_list", "require_own_name")(picture.source, picture.study, index)
        return rehearsing.rehearse(self._core, self._study, index.version, order, progress=progress).as_json()

    def migrate(
        self, order: MigrationOrder, *, progress: Callable[[int, int], None] = _untold
    ) -> dict[str, Any]:
        """See ``StudyAccess``."""
        from edc_core.services import migrating

        with self._look() as picture:
            _require_at(picture, order)
        return migrating.migrate(self._core, self._actor, self._study, order, progress=progress).as_json()

    trail = asked("trail", "found")

    accesses = asked("trail", "accesses")

    def roles(self, day: str) -> tuple[Mapping[str, str], ...]:
        """See ``StudyAccess``."""
        from edc_core.services.access_review import access_review

        with self._look() as picture:
            lines = access_review(picture.source, self._actor, day, study_id=self.study_id)
        return tuple(lines)

    @property
    def staged(self) -> StagedFiles:
        """See ``StudyAccess``."""
        root = self._core.settings.files_dir
        return StagedFiles(root, self.study_id, self._plugin, self._actor.name)

    def files_since(self, at: str) -> FilesSince:
        """See ``StudyAccess``."""
        self._require_standing()
        with self._core.read() as source:
            given = file_entries.every(source.connection, self.study_id, since=at)
            files = {entry.file.sha256: entry.file for entry in given}
            scans = file_entries.scans(source.connection, self.study_id, since=at)
        return FilesSince(files, scans, self._core.files.open)

    def without_picture(self) -> Iterator[SignedManifest]:
        """See ``StudyAccess``."""
        from edc_core.services import signed_pictures

        self._require_standing()
        return signed_pictures.without_picture(self._core, self.study_id)

    def keep_picture(self, signed: SignedManifest, pdf: bytes, by: str) -> None:
        """See ``StudyAccess``."""
        from edc_core.services import signed_pictures

        self._require_standing()
        signed_pictures.keep(self._core, self._actor, self.study_id, signed, pdf, by)

    def _require_standing(self) -> None:
        if not self._actor.trusted:
            raise NotAllowed("Only a standing job reads files of all subjects.")

    def session(self) -> tuple[PluginSession, StudyAtHand]:
        """See ``StudyAccess``."""
        from edc_core.services.plugin_session import CorePluginSession

        session = CorePluginSession(self._core, lambda _environment: self._actor)
        return session, session.study(self.name)

    review_groups = asked("review_list", "groups_of")

    review_coverage = asked("review_list", "coverage_of")
    review_desk = asked("review_list", "desk_of")

    verbatims = asked("coding", "verbatims")

    subjects = asked("study_lists", "subjects")

    moved = asked("study_lists", "moved")

    visits_not_done = asked("study_lists", "visits_not_done")

    at_hand = asked("subject_at_hand", "at_hand")

    forms = asked("study_lists", "forms", lambda core: (core.clock.now(),))

    listing_parts = asked("value_listing", "parts")

    listing = asked("value_listing", "listing")

    notes = asked("noting", "notes")

    form_notes = asked("form_notes", "form_notes")

    values_set = asked("form_notes", "values_set")

    second_entries = asked("second_entries", "second_entries")
    covers = asked("second_entries", "covers")

    redactions = asked("redacting", "waiting")

    def ask(self, kind: str, request: Mapping[str, Any]) -> str:
        """See ``StudyAccess``."""
        job_id, name = new_id(), f"{self._plugin}.{kind}"
        needs = next(one.job.actions for one in self._core.plugins.jobs() if one.kind == name)
        with self._core.write(self._actor) as uow:
            _require(look_at(uow, self._actor, self._study), *needs)
            jobs.add(
                uow.connection, job_id=job_id, study_id=self.study_id, kind=name, actor=self._actor.name,
                request=request, at=iso(uow.clock.now()),
            )  # fmt: skip
        return job_id

    def jobs(self, kind: str) -> tuple[Job, ...]:
        """See ``StudyAccess``."""
        with self._core.read() as source:
            found = jobs.of_study(source.connection, self.study_id, f"{self._plugin}.{kind}")
        return tuple(job for job in found if job.actor == self._actor.name)

    def job(self, kind: str, job_id: str) -> Job:
        """See ``StudyAccess``."""
        with self._core.read() as source:
            job = jobs.find(source.connection, job_id)
        own = (f"{self._plugin}.{kind}", self.study_id, self._actor.name)
        if job is None or not job.is_done or (job.kind, job.study_id, job.actor) != own:
            raise NotFound("This is not there (any more). Ask for it again.")
        return job


def _require(picture: StudyPicture, *actions: Action) -> None:
    for action in actions:
        picture.actor.role_for(action, picture.place())


def _require_at(picture: StudyPicture, order: MigrationOrder) -> None:
    """:raises NotAllowed: the person may not move forms at one of the sites. :raises NotFound: there is no such site."""
    for site_id in order.site_ids:
        if site_id not in picture.all_sites:
            raise NotFound("There is no such site in this study.")
        picture.actor.role_for(Action.MIGRATE_FORMS, picture.place(site_id))
