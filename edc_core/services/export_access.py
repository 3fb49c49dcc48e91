"""What leaves a study, in the hands of the person at a page or behind a job: see ``domain.export_access``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edc_core.clock import iso
from edc_core.domain.page import Attachment
from edc_core.services.late import late
from edc_core.services.reading import look_at
from edc_core.services.study_part import StudyPart, asked
from edc_core.store import accounts

if TYPE_CHECKING:
    from edc_core.domain.export_choice import ExportChoice
    from edc_core.domain.file_value import FileValue
    from edc_core.domain.site_copy import CopyDesk
    from edc_core.domain.snapshot_desk import SnapshotDesk


class CoreExportAccess(StudyPart):
    """The ``ExportAccess`` of an installation."""

    exports = asked("export_list", "exports_of", lambda core: (core,))

    def ask_export(
        self,
        choice: ExportChoice,
        *,
        op: str,
        recipe: str = "",
        why: str = "",
        analysis: FileValue | None = None,
    ) -> str:
        """See ``ExportAccess``."""
        from edc_core.services import cuts, export_jobs, exporting

        choice.require_sense()
        if choice.as_of:
            choice = replace(
                choice, as_of=cuts.settled(cuts.instant(choice.as_of), "", self._core.clock.now())
            )
        command = exporting.RequestExport(
            study_id=self.study_id, op=op, choice=choice, recipe=recipe, why=why,
            analysis=str(analysis) if analysis else "", plugin=self._plugin if analysis else "",
        )  # fmt: skip
        with self._core.write(self._actor) as uow:
            return export_jobs.ask(self._core, uow, command)

    def cancel_export(self, job_id: str) -> None:
        """See ``ExportAccess``."""
        with self._core.write(self._actor) as uow:
            picture = look_at(uow, self._actor, self._study)
            late("export_jobs", "cancel")(uow, picture, job_id, self._core.plugins)

    def take_export(self, job_id: str, *, why: str = "downloaded") -> Attachment:
        """See ``ExportAccess``."""
        from edc_core.services import export_jobs, export_list

        with self._look() as picture:
            job = export_list.find_export(picture, job_id, self._core.plugins)
        archive = export_jobs.archive_of(self._core, job)
        with self._core.write(self._actor) as uow:
            accounts.log_access(
                uow.connection, iso(uow.clock.now()), self._actor.name, f"export {why}",
                study_id=self.study_id, detail=f"export {job_id}",
            )  # fmt: skip
        name = f"{self._study.oid}-{self.environment}-{job.request['format']}-{job.created_at[:10]}.zip"
        return Attachment(name, "application/zip", archive)

    residency = asked(
        "residency", "standing", lambda core: (core.settings.hosting, iso(core.clock.now())[:10])
    )
    export_tokens = asked("export_tokens", "tokens")

    @property
    def snapshots(self) -> SnapshotDesk:
        """See ``ExportAccess``."""
        from edc_core.services.snapshot_desk import CoreSnapshotDesk

        return CoreSnapshotDesk(self._core, self._actor, self._study, self.prove)

    @property
    def copies(self) -> CopyDesk:
        """See ``ExportAccess``."""
        from edc_core.services.site_copies import CoreCopyDesk

        return CoreCopyDesk(self._core, self._actor, self._study, self.prove)
