"""Exports of a study as a page shows them: what can be asked for, what runs, what was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.permission import Action, Place
from edc_core.errors import NotAllowed, NotFound
from edc_core.services.export_jobs import KIND
from edc_core.store import jobs, listing_queries

if TYPE_CHECKING:
    from edc_core.domain.dataset import Exporter
    from edc_core.domain.job import Job
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.services.reading import StudyPicture
    from edc_core.store.listing_queries import KeptCut


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One export. :param rows: records in all its files; ``digest`` names its content, whatever wrote it.

    :param absent: files that its data name and that were not there as they were given.
    """

    job: Job
    title: str
    who: str
    rows: int
    files: int
    digest: str
    absent: int
    may_take: bool


@dataclass(frozen=True, slots=True)
class ExportPicture:
    formats: tuple[Exporter, ...]
    kept: tuple[KeptCut, ...]
    may_locked: bool
    may_working: bool
    running: tuple[ExportLine, ...]
    over: tuple[ExportLine, ...]


def export_picture(picture: StudyPicture, plugins: EdcPlugins) -> ExportPicture:
    """Three statements.

    :raises NotAllowed: the person's role has no export of this study.
    """
    may_locked, may_working = picture.may(Action.EXPORT_LOCKED), picture.may(Action.EXPORT_WORKING)
    if not (may_locked or may_working):
        raise NotAllowed(
            f"Your role does not include: {Action.EXPORT_LOCKED}.", action=str(Action.EXPORT_LOCKED)
        )
    connection, study_id = picture.source.connection, picture.study.study_id
    found = jobs.of_study(connection, study_id, KIND)
    names = listing_queries.full_names(connection, [job.actor for job in found])
    titles = {exporter.name: exporter.title for exporter in plugins.exporters()}
    lines = [_line(picture, job, titles, names, plugins) for job in found]
    return ExportPicture(
        formats=_formats(picture, plugins),
        kept=tuple(listing_queries.kept_cuts(connection, study_id)),
        may_locked=may_locked,
        may_working=may_working,
        running=tuple(line for line in lines if not line.job.is_over),
        over=tuple(line for line in lines if line.job.is_over),
    )


def _line(
    picture: StudyPicture, job: Job, titles: dict[str, str], names: dict[str, str], plugins: EdcPlugins
) -> ExportLine:
    manifest = job.result.get("manifest", {})
    files = manifest.get("files", {})
    name = str(job.request.get("format", ""))
    return ExportLine(
        job=job,
        title=titles.get(name, name),
        who=names.get(job.actor, job.actor),
        rows=sum(int(facts.get("rows", 0)) for facts in files.values()),
        files=len(files),
        digest=str(manifest.get("content_sha256", "")),
        absent=len(manifest.get("missing_files", ())),
        may_take=_may_take(picture, job, plugins),
    )


def _formats(picture: StudyPicture, plugins: EdcPlugins) -> tuple[Exporter, ...]:
    """Formats of data, then those of the audit trail for who may read all of it."""
    every_site = Place.every_site(picture.study.study_id)
    trail = picture.actor.may(Action.READ_TRAIL, every_site)
    found = sorted(plugins.exporters(), key=lambda exporter: exporter.trail)
    return tuple(exporter for exporter in found if trail or not exporter.trail)


def _may_take(picture: StudyPicture, job: Job, plugins: EdcPlugins) -> bool:
    """An audit trail holds what the person who asked may see, so it is for that person alone."""
    if any(exporter.trail and exporter.name == job.request.get("format") for exporter in plugins.exporters()):
        return job.actor == picture.actor.name and picture.may(Action.READ_TRAIL)
    return picture.may(_right(job))


def _right(job: Job) -> Action:
    return Action.EXPORT_WORKING if job.request.get("unlocked") else Action.EXPORT_LOCKED


def find_export(picture: StudyPicture, job_id: str, plugins: EdcPlugins) -> Job:
    """A finished or running export that the person may have.

    :raises NotFound: there is none in this study. :raises NotAllowed: it holds more than the role exports.
    """
    job = jobs.find(picture.source.connection, job_id)
    if job is None or job.study_id != picture.study.study_id or job.kind != KIND:
        raise NotFound("There is no such export in this study.")
    if not _may_take(picture, job, plugins):
        raise NotAllowed("This export holds more than your role exports.", action=str(_right(job)))
    return job
