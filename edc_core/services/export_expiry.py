"""Files of exports go after their time, with a trace in the ledger; what was exported, and its digests, stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from edc_core.clock import iso
from edc_core.domain.job import EXPORT
from edc_core.domain.ledger_entry import EntryKind
from edc_core.ledger.append import Effect
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.services.operation import Command, open_study
from edc_core.store import jobs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edc_core.core import Core
    from edc_core.domain.job import Job


def kept_until(job: Job, days: int) -> str:
    """UTC ISO 8601; empty for one that is kept until somebody removes it. :param days: ``Settings.exports_kept_days``."""
    return iso(datetime.fromisoformat(job.changed_at) + timedelta(days=days)) if days else ""


def remove_due(core: Core) -> int:
    """Remove files whose time is over.

    The entry comes first: a file that is there still when a worker dies is removed by the next, without another entry.

    :returns: how many were removed.
    """
    removed = 0
    for file, job in _due(core):
        with core.write(SYSTEM_ACTOR) as uow:
            operation = open_study(uow, Command(study_id=job.study_id, op=f"{job.job_id}:expire"))
            if operation.earlier is None:
                facts = {
                    "format": job.request["format"],
                    "manifest_sha256": job.result["manifest_sha256"],
                    "kept_days": core.settings.exports_kept_days,
                }
                operation.record([Effect(EntryKind.EXPORT_EXPIRE, "", facts)])
                operation.finish({})
                jobs.note(uow.connection, job.job_id, {**job.result, "removed_at": iso(core.clock.now())})
        file.unlink(missing_ok=True)
        removed += 1
    return removed


def _due(core: Core) -> Iterator[tuple[Path, Job]]:
    """Files that lie there: there are as many as were made in the time that they are kept."""
    days, now = core.settings.exports_kept_days, iso(core.clock.now())
    for file in sorted(core.settings.exports_dir.glob("*.zip")) if days else ():
        with core.read() as source:
            job = jobs.find(source.connection, file.stem)
        if job is not None and job.kind == EXPORT and job.is_done and kept_until(job, days) <= now:
            yield file, job
