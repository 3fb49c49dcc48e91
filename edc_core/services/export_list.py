"""Exports of a study as a page shows them: what can be asked for, what runs, what was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.exports import MOST_NEWER, ExportLine, Exports
from edc_core.domain.job import EXPORT
from edc_core.domain.permission import Action, Place
from edc_core.errors import NotAllowed, NotFound
from edc_core.services.export_expiry import kept_until
from edc_core.store import jobs, listing_queries, trail_queries

if TYPE_CHECKING:
    from edc_core.core import Core
    from edc_core.domain.job import Job
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.services.reading import StudyPicture

NEVER = "9"  #: after every instant
HOLDS_MORE = "This export holds more than your role exports."
HOLDS_HIDDEN = "This export holds items that your role does not see. Ask for one of your own."


def exports_of(picture: StudyPicture, core: Core) -> Exports:
    """Four statements.

    :raises NotAllowed: the person's role has no export of this study.
    """
    if not (picture.may(Action.EXPORT_LOCKED) or picture.may(Action.EXPORT_WORKING)):
        picture.actor.role_for(Action.EXPORT_LOCKED, picture.place())
    plugins, kept_days = core.plugins, core.settings.exports_kept_days
    connection, study_id = picture.source.connection, picture.study.study_id
    found = jobs.of_study(connection, study_id, EXPORT)
    names = listing_queries.full_names(connection, [job.actor for job in found])
    known = {exporter.name: exporter for exporter in plugins.exporters(core.settings.of_plugins)}
    until = {job.job_id: str(job.result["manifest"]["data_until"]) for job in found if job.is_done}
    oldest = min(until.values(), default=NEVER)
    changes = trail_queries.newest_changes(connection, picture.scope, oldest, MOST_NEWER)
    lines = []
    for job in found:
        name = str(job.request.get("format", ""))
        newer = sum(at > until.get(job.job_id, NEVER) for at in changes)
        may_take = not _refusal(picture, job, plugins)
        who = names.get(job.actor, job.actor)
        until_day = kept_until(job, kept_days) if job.is_done else ""
        removed = str(job.result.get("removed_at", ""))
        title, steps = (known[name].title, known[name].steps) if name in known else (name, 0)
        lines.append(ExportLine(job, title, who, newer, may_take, until_day, removed, not steps))
    trail = picture.actor.may(Action.READ_TRAIL, Place.every_site(study_id))
    # Formats of data, then those of the audit trail for who may read all of it.
    formats = sorted(known.values(), key=lambda exporter: exporter.trail)
    offered = tuple(one for one in formats if (trail or not one.trail) and not (one.of_site or one.whole))
    kept = tuple(listing_queries.kept_cuts(connection, study_id))
    sites = sorted((site.number, site.name, site.country) for site in picture.all_sites.values())
    return Exports(
        offered, kept, tuple(lines), _forms(picture),
        tuple((number, name) for number, name, _ in sites), tuple(sorted({country for *_, country in sites})),
        has_blinded=bool(picture.blinded),
    )  # fmt: skip


def _forms(picture: StudyPicture) -> tuple[tuple[str, str], ...]:
    """As the newest version that has a form names it, in its order; those of older versions after them."""
    versions = list(picture.source.versions.all(picture.source.connection, picture.study.study_id).values())
    titles: dict[str, str] = {}
    for index in reversed(versions):
        for form in index.version.forms:
            titles.setdefault(form.oid, form.title.in_language("en") or form.name)
    return tuple(titles.items())


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
    unseen = picture.covered or picture.hidden_at(picture.all_sites) - set(withheld)
    return HOLDS_HIDDEN if job.is_over and unseen else ""


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
