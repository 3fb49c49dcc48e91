"""Exports of a study as a page shows them: what can be asked for, what runs, what was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.exports import ExportLine, Exports
from edc_core.domain.job import EXPORT
from edc_core.domain.permission import Action, Place
from edc_core.errors import NotAllowed, NotFound
from edc_core.store import jobs, listing_queries

if TYPE_CHECKING:
    from edc_core.domain.dataset import Exporter
    from edc_core.domain.job import Job
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.services.reading import StudyPicture

HOLDS_MORE = "This export holds more than your role exports."
HOLDS_HIDDEN = "This export holds items that your role does not see. Ask for one of your own."


def exports_of(picture: StudyPicture, plugins: EdcPlugins) -> Exports:
    """Three statements.

    :raises NotAllowed: the person's role has no export of this study.
    """
    may_locked, may_working = picture.may(Action.EXPORT_LOCKED), picture.may(Action.EXPORT_WORKING)
    if not (may_locked or may_working):
        picture.actor.role_for(Action.EXPORT_LOCKED, picture.place())
    connection, study_id = picture.source.connection, picture.study.study_id
    found = jobs.of_study(connection, study_id, EXPORT)
    names = listing_queries.full_names(connection, [job.actor for job in found])
    titles = {exporter.name: exporter.title for exporter in plugins.exporters()}
    lines = [_line(job, titles, names, _refusal(picture, job, plugins)) for job in found]
    return Exports(
        formats=_formats(picture, plugins),
        kept=tuple(listing_queries.kept_cuts(connection, study_id)),
        may_locked=may_locked,
        may_working=may_working,
        running=tuple(line for line in lines if not line.job.is_over),
        over=tuple(line for line in lines if line.job.is_over),
    )


def _line(job: Job, titles: dict[str, str], names: dict[str, str], refused: str) -> ExportLine:
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
        infected=len(manifest.get("infected_files", ())),
        unscanned=len(manifest.get("unscanned_files", ())),
        may_take=not refused,
    )


def _formats(picture: StudyPicture, plugins: EdcPlugins) -> tuple[Exporter, ...]:
    """Formats of data, then those of the audit trail for who may read all of it."""
    every_site = Place.every_site(picture.study.study_id)
    trail = picture.actor.may(Action.READ_TRAIL, every_site)
    found = sorted(plugins.exporters(), key=lambda exporter: exporter.trail)
    return tuple(one for one in found if (trail or not one.trail) and not one.of_site)


def _refusal(picture: StudyPicture, job: Job, plugins: EdcPlugins) -> str:
    """Why an export is not for this person; nothing where it is.

    An audit trail holds what the person who asked may see, so it is for that person alone.
    """
    if any(exporter.trail and exporter.name == job.request.get("format") for exporter in plugins.exporters()):
        own = job.actor == picture.actor.name and picture.may(Action.READ_TRAIL)
        return "" if own else HOLDS_MORE
    if not picture.may(_right(job)):
        return HOLDS_MORE
    withheld = job.result.get("manifest", {}).get("withheld_items", ())
    return HOLDS_HIDDEN if job.is_over and picture.hidden_at(picture.all_sites) - set(withheld) else ""


def _right(job: Job) -> Action:
    return Action.EXPORT_WORKING if job.request.get("unlocked") else Action.EXPORT_LOCKED


def find_export(picture: StudyPicture, job_id: str, plugins: EdcPlugins) -> Job:
    """A finished or running export that the person may have.

    :raises NotFound: there is none in this study. :raises NotAllowed: it holds more than the role exports.
    """
    job = jobs.find(picture.source.connection, job_id)
    if job is None or job.study_id != picture.study.study_id or job.kind != EXPORT:
        raise NotFound("There is no such export in this study.")
    if refused := _refusal(picture, job, plugins):
        raise NotAllowed(refused, action=str(_right(job)))
    return job
