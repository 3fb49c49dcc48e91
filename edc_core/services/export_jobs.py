"""Exports asked for on a page: queued as jobs, carried out by a worker, kept as one archive with its manifest."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.job import EXPORT
from edc_core.domain.permission import Actor, Place
from edc_core.domain.site_copy import COPY, KEPT
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

MOST_COPIES = 10_000  #: newest copies of sites that are looked at
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # archives carry no clock


def ask(core: Core, uow: UnitOfWork, command: RequestExport) -> str:
    """Queue an export, or the copy of a site.

    :returns: the job id. :raises NotAllowed: the actor may not export this. :raises ExportRefused: unknown format.
    """
    exporter = exporting.find_exporter(core, command.format)
    action = exporting.right_to(exporter, unlocked=command.unlocked)
    uow.actor.role_for(action, Place.every_site(command.study_id))
    job_id = new_id()
    request = asdict(command)
    del request["study_id"]
    jobs.add(
        uow.connection,
        job_id=job_id,
        study_id=command.study_id,
        kind=COPY if isinstance(command, exporting.CopySite) else EXPORT,
        actor=uow.actor.name,
        request=request,
        at=iso(uow.clock.now()),
    )
    return job_id


def carry_out(core: Core, job: Job, tell: Callable[[int, int], None]) -> dict[str, Any]:
    """Make the export as the person who asked, with the rights held now; a scheduled copy as the system.

    :returns: the manifest and the archive's name; of a copy the digest of its ``manifest.json`` and its cut.
    """
    with core.read() as source:
        if job.request.get("scheduled"):
            actor = Actor(job.actor, trusted=True)
        else:
            actor = users.actor_of(source, job.actor, users.today(core.clock))
    folder = core.settings.exports_dir / job.job_id
    kind = exporting.CopySite if job.kind == COPY else exporting.RequestExport
    command = kind(study_id=job.study_id, **job.request)
    done = exporting.export(core, actor, command, folder, progress=tell)
    archive = pack(folder, folder.with_suffix(".zip"))
    shutil.rmtree(folder)
    facts: dict[str, Any] = {"manifest": dict(done.manifest)}
    if job.kind == COPY:  # there are many, and what a manifest says is not shown of them
        _clear_older(core, job)
        digest = hashlib.sha256(exporting.manifest_file(done.manifest)).hexdigest()
        facts = {"cut": done.manifest["cut"], "manifest_sha256": digest}
    return {"archive": archive.name, "bytes": archive.stat().st_size, **facts}


def _clear_older(core: Core, job: Job) -> None:
    """Keep the newest copies of the site; what the others were stands in the ledger."""
    with core.read() as source:
        found = jobs.of_study(source.connection, job.study_id, COPY, limit=MOST_COPIES)
    site = job.request["site"]
    older = [one for one in found if one.is_done and one.request["site"] == site and one.job_id != job.job_id]
    for one in older[KEPT - 1 :]:
        (core.settings.exports_dir / one.result["archive"]).unlink(missing_ok=True)


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
