"""What leaves a study, in the hands of one person: exports, their tokens, kept states and copies of sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from edc_core.domain.export_choice import ExportChoice
    from edc_core.domain.export_token import ExportToken
    from edc_core.domain.exports import Exports
    from edc_core.domain.file_value import FileValue
    from edc_core.domain.page import Attachment
    from edc_core.domain.residency import Residency
    from edc_core.domain.site_copy import CopyDesk
    from edc_core.domain.snapshot_desk import SnapshotDesk


class ExportAccess(Protocol):
    """The part of ``StudyAccess`` that is about what leaves it."""

    def exports(self) -> Exports:
        """What the person may ask for, what runs and what was made.

        :raises NotAllowed: the person exports nothing of this study.
        """

    def ask_export(
        self,
        choice: ExportChoice,
        *,
        op: str,
        recipe: str = "",
        why: str = "",
        analysis: FileValue | None = None,
    ) -> str:
        """Queue an export.

        :param choice: its instant without a zone is UTC. :param recipe: the name under which it is asked for time and
            again; the ledger has it, and ``why``.
        :param analysis: a ZIP archive of what the sponsor has made, that the person staged, for a format that takes it.
        :returns: the job id. :raises NotAllowed: the person may not. :raises BadRequest: no instant, or less than a minute
            ago. :raises ExportRefused: unknown format or part of the study, a format that cannot be narrowed so, words that hold
            an identifier of a person, or a file that the format does not take or that is not staged any more.
        """

    def cancel_export(self, job_id: str) -> None:
        """Take back an export that waits, or have the worker leave the one it makes.

        :raises NotFound, NotAllowed: as ``take_export``. :raises WrongState: it is over.
        """

    def take_export(self, job_id: str, *, why: str = "downloaded") -> Attachment:
        """A finished export, as an archive; the access log has who took it. :param why: what is done with it, in one word.

        :raises NotFound: there is none, or not any more. :raises NotAllowed: it holds more than the person exports or sees.
        """

    def residency(self) -> Residency:
        """Which data stay in the country of their site, and what is on record why they may leave.

        :raises NotAllowed: the person neither exports the study nor manages its sites.
        """

    def export_tokens(self) -> tuple[ExportToken, ...]:
        """Every token that was given for a recipe, newest first; ``GiveExportToken`` and ``EndExportToken`` are the commands.

        :raises NotAllowed: the person does not export the study.
        """

    @property
    def snapshots(self) -> SnapshotDesk:
        """Kept states of the study, in the hands of the person."""

    @property
    def copies(self) -> CopyDesk:
        """Copies of the sites, in the hands of the person."""
