"""Exports asked for on a page: queued as jobs, carried out by a worker, kept as one archive with its manifest."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.job import CANCELLED, EXPORT
from edc_core.domain.permission import Actor, Place
from edc_core.domain.site_copy import COPY, KEPT
from edc_core.errors import ExportRefused, NotFound, WrongState
from edc_core.ids import new_id
from edc_core.services import export_formats, exporting, scanning, users
from edc_core.services.export_list import find_export
from edc_core.services.operation import open_study_unread
from edc_core.store import jobs, readers
from edc_core.store.staged_files import KEPT_DAYS, StagedFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edc_core.core import Core
    from edc_core.domain.job import Job
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.services.exporting import RequestExport
    from edc_core.services.reading import StudyPicture
    from edc_core.store.unit_of_work import UnitOfWork

MOST_COPIES = 10_000  #: newest copies of sites that are looked at
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # archives carry no clock


def ask(core: Core, uow: UnitOfWork, command: RequestExport) -> str:
    """Queue an export, or the copy of a site.

    :returns: the job id. :raises NotAllowed: the actor may not export this. :raises ExportRefused: unknown format or part
        of the study, words that hold an identifier of a person, or an archive: it holds what is blinded and identifies, and
        goes to no browser.
    """
    exporter = export_formats.find_exporter(core, command.choice.format)
    if exporter.whole:
        raise ExportRefused("The archive of a study is written by who runs the installation: edc archive.")
    export_formats.require_makes(exporter, command.choice)
    export_formats.require_takes(exporter, command.analysis or command.choice.analysis_folder)
    if command.brought and not staged(core, command, uow.actor.name).holds(command.brought):
        raise ExportRefused(
            f"The analysis datasets ({command.brought.name}) are not here any more: what was sent is kept for {KEPT_DAYS} days, for who "
            "sent it. Choose the file again."
        )
    for action in export_formats.rights_to(exporter, command.choice):
        uow.actor.role_for(action, Place.every_site(command.study_id))
    sites = {site.number: site.country for site in readers.sites(uow.connection, command.study_id).values()}
    command.choice.require_leaves(sites, export_formats.kept_for(core, uow, exporter, command))
    if not (command.choice.snapshot or command.choice.as_of):
        _require_known(uow, command, sites)
    said = filter(None, (command.why, command.recipe, command.brought.name if command.brought else ""))
    scanning.refuse_words(
        uow, command, lambda fresh: open_study_unread(fresh, command), texts=said, error=ExportRefused
    )
    job_id = new_id()
    fields = asdict(command)
    del fields["study_id"]
    request = fields | fields.pop("choice")
    kind = COPY if isinstance(command, exporting.CopySite) else EXPORT
    jobs.add(
        uow.connection, job_id=job_id, study_id=command.study_id, kind=kind, actor=uow.actor.name, request=request,
        at=iso(uow.clock.now()),
    )  # fmt: skip
    return job_id


def staged(core: Core, command: RequestExport, login: str) -> StagedFiles:
    """Where what somebody sent for an export lies."""
    return StagedFiles(core.settings.files_dir, command.study_id, command.plugin, login)


def _require_known(uow: UnitOfWork, command: RequestExport, sites: Mapping[str, str]) -> None:
    """Refuse at once what would be refused when it is made."""
    connection, study_id = uow.connection, command.study_id
    versions = uow.versions.all(connection, study_id).values()
    command.choice.require_known(
        forms=dict.fromkeys(oid for index in versions for oid in index.forms),
        sites=sites,
        subjects={one.subject_key for one in readers.all_subjects(connection, study_id)}
        if command.choice.subjects
        else (),
    )


def cancel(uow: UnitOfWork, picture: StudyPicture, job_id: str, plugins: EdcPlugins) -> None:
    """Take back what waits, or have a worker leave what it makes.

    :raises NotFound, NotAllowed: as for who takes it. :raises WrongState: it is over.
    """
    job = find_export(picture, job_id, plugins)
    by = {"login": uow.actor.name, "by": uow.actor.full_name or uow.actor.name}
    if not jobs.end(uow.connection, job.job_id, CANCELLED, by, iso(uow.clock.now())):
        raise WrongState("This export is over, so it cannot be cancelled.")


def carry_out(core: Core, job: Job, tell: Callable[[int, int], None]) -> dict[str, Any]:
    """Make the export as the person who asked, with the rights held now; a scheduled copy as the system.

    :returns: the manifest, the digest of its file, and the archive's name; of a copy its cut and not the manifest.
    """
    with core.read() as source:
        if job.request.get("scheduled"):
            actor = Actor(job.actor, trusted=True)
        else:
            actor = users.actor_of(source, job.actor, users.today(core.clock))
    folder = core.settings.exports_dir / job.job_id
    kind = exporting.CopySite if job.kind == COPY else exporting.RequestExport
    choice = ExportChoice.of(job.request)
    asked = {name: value for name, value in job.request.items() if name not in asdict(choice)}
    command = kind(study_id=job.study_id, choice=choice, **asked)
    try:
        brought = staged(core, command, job.actor).path(command.brought) if command.brought else None
        made = exporting.export(core, actor, command, folder, progress=tell, analysis=brought)
        manifest = dict(made.manifest)
        archive = pack(folder, folder.with_suffix(".zip"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    digest = hashlib.sha256(exporting.manifest_file(manifest)).hexdigest()
    facts: dict[str, Any] = {"archive": archive.name, "manifest_sha256": digest, "manifest": manifest}
    if job.kind == COPY:  # there are many, and what a manifest says is not shown of them
        _clear_older(core, job)
        facts["cut"] = facts.pop("manifest")["cut"]
    return {"bytes": archive.stat().st_size, **facts}


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
        if job.result.get("removed_at"):
            raise NotFound(
                "The time that this export was kept for is over. Run it again: of the same state it is the same."
            )
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
