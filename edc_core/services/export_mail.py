"""A mail to who asked for an export, when it is ready or could not be made: where to look, nothing of what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.job import DONE
from edc_core.services import mailing
from edc_core.store import accounts, readers

if TYPE_CHECKING:
    from edc_core.domain.job import Job
    from edc_core.store.unit_of_work import UnitOfWork


def tell(uow: UnitOfWork, job: Job, state: str) -> None:
    """Queue it in the transaction in which the job ends. Who is no account, or is closed, gets none."""
    user = accounts.by_login(uow.connection, job.actor)
    if user is not None and user.active:
        study = str(readers.study_by_id(uow.connection, job.study_id))
        mailing.post(uow, user, "export" if state == DONE else "export-failed", study=study)
