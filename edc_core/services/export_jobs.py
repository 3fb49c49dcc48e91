"""Exports asked for on a page: queued as jobs, carried out by a worker, kept as one archive with its manifest."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.job import EXPORT
from edc_core.domain.permission import Place
from edc_core.errors import NotFound
from edc_core.ids import new_id
from edc_core.services import exporting, users
from edc_core.store import jobs

if TYPE_CHECKING:
    from collections.abc import Callable

    from edc_core.core import Core
    from edc_core.domain.job import Job
    from edc_core.services.exporting import RequestExport
    from edc_core.store.unit_of_work import UnitOfWork

ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # archives carry no clock


def ask(core: Core, uow: UnitOfWork, command: RequestExport) -> str:
    """Queue an export.

    :returns: the job id. :raises NotAllowed: the actor may not export this. :raises ExportRefused: unknown format.
    """
    exporter = exporting.find_exporter(core, command.format)
    action = exporting.right_to(exporter, unlocked=command.unlocked)
    uow.actor.role_for(action, Place.every_site(command.study_id))
    job_id = new_id()
    jobs.add(
        uow.connection,
        job_id=job_id,
        study_id=command.study_id,
        kind=EXPORT,
        actor=uow.actor.name,
        request=command.asked | {"op": command.op},
        at=iso(uow.clock.now()),
    )
    return job_id


def carry_out(core: Core, job: Job, tell: Callable[[int, int], None]) -> dict[str, Any]:
    """Make the export as the person who asked, with the rights held now.

    :returns: the manifest and the archive's name.
    """
    with core.read() as source:
        actor = users.actor_of(source, job.actor, users.today(core.clock))
    folder = core.settings.exports_dir / job.job_id
    command = exporting.RequestExport(study_id=job.study_id, **job.request)
    done = exporting.export(core, actor, command, folder, progress=tell)
    archive = pack(folder, folder.with_suffix(".zip"))
    shutil.rmtree(folder)
    return {"archive": archive.name, "manifest": dict(done.manifest), "bytes": archive.stat().st_size}


def archive_of(core: Core, job: Job) -> Path:
    """Where a finished export is.

    :raises NotFound: it is not finished, failed, or was cleared away.
    """
    path = core.settings.exports_dir / str(job.result.get("archive", ""))
    if not job.is_done or not path.is_file():
        raise NotFound("This export is not there (any more). Ask for it again.")
    return path


def pack(folder: Path, archive: Path) -> Path:
    """Files of a folder as a zip whose bytes depend on nothing but theirs."""
    partial = archive.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with path.open("rb") as source, target.open(info, "w", force_zip64=True) as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
    return partial.replace(archive)
