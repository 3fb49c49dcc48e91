"""The page that moves forms to another version: rehearsed on a copy first, then through the ledger, site by site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.api import Action, JobKind, MigrationOrder, NotFound, Page, Reason, Refused, SeeOther

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.api import Job, JobRequest, PageRequest, SiteLine, StudyAccess, Times

SHOWN = 200  #: forms that keep their version, on the page


@dataclass(frozen=True, slots=True)
class MovePage:
    """:param oids: published versions, newest first; ``version`` is the one looked at, empty where there is none.

    :param sites: where the version is in force and the person may move forms.
    :param rehearsal: the person's last one for this version; ``migration`` likewise.
    :param proved: the rehearsal left values and ledger as they have to be. :param offers: so the move is offered, until it is done.
    :param message: why nothing was begun; ``given`` is what was asked then, or for the last rehearsal.
    """

    study: str
    oids: tuple[str, ...]
    version: str
    sites: tuple[SiteLine, ...]
    rehearsal: Job | None
    migration: Job | None
    proved: bool
    offers: bool
    numbers: Mapping[str, str]
    polls: bool
    message: str
    given: Mapping[str, Any]
    shown: int
    op: str
    times: Times


def look(asked: PageRequest) -> MovePage:
    """The newest version in force anywhere, or the one named."""
    return _page(asked, asked.text("to"))


def _page(
    asked: PageRequest, version: str, message: str = "", given: Mapping[str, Any] | None = None
) -> MovePage:
    study = asked.study
    found = study.versions()
    oids = tuple(line.oid for line in found.versions)
    version = version or next((line.oid for line in found.versions if line.sites), "")
    if version and version not in oids:
        raise NotFound(f"This study has no version '{version}'. Choose one of its versions.")
    rehearsal, migration = _last(study, REHEARSAL, version), _last(study, MIGRATION, version)
    proved = rehearsal is not None and _is_proved(rehearsal)
    return MovePage(
        study=study.name,
        oids=oids,
        version=version,
        sites=_sites(study, found.sites, version),
        rehearsal=rehearsal,
        migration=migration,
        proved=proved,
        offers=proved and not _is_later(migration, rehearsal),
        numbers={site.site_id: site.number for site in found.sites},
        polls=any(job is not None and not job.is_over for job in (rehearsal, migration)),
        message=message,
        given=given or (rehearsal.request if rehearsal else {}),
        shown=SHOWN,
        op=asked.op,
        times=asked.times,
    )


def _sites(study: StudyAccess, sites: Iterable[SiteLine], version: str) -> tuple[SiteLine, ...]:
    return tuple(
        site
        for site in sites
        if site.meta_data_version == version and study.may(Action.MIGRATE_FORMS, site.site_id)
    )


def _last(study: StudyAccess, kind: JobKind, version: str) -> Job | None:
    return next((job for job in study.jobs(kind.name) if job.request["version"] == version), None)


def _is_proved(rehearsal: Job) -> bool:
    result = rehearsal.result
    return rehearsal.is_done and result["values_untouched"] and result["verify"]["ok"]


def _is_later(migration: Job | None, rehearsal: Job | None) -> bool:
    """Whether a move that came to its end was asked for after the rehearsal; one that failed is offered again."""
    return bool(migration and rehearsal and migration.is_done and migration.created_at > rehearsal.created_at)


def begin(asked: PageRequest) -> SeeOther | Refused:
    """Ask for the rehearsal, or for the move that was rehearsed."""
    version, study = asked.text("to", required=True), asked.study
    moves = asked.text("do", required=True) == "move"
    offered = {site.number: site.site_id for site in _sites(study, study.versions().sites, version)}
    sites = sorted(offered[number] for number in asked.texts("sites") if number in offered)
    request = {
        "version": version,
        "sites": sites,
        "approval": asked.text("approval", longest=500),
        "reason": asked.text("reason", longest=2000),
    }
    if refused := _why_not(study, request, moves=moves):
        return Refused(_page(asked, version, refused, request))
    study.ask((MIGRATION if moves else REHEARSAL).name, request)
    return SeeOther("move", {"to": version}, "runs")


def _why_not(study: StudyAccess, request: Mapping[str, Any], *, moves: bool) -> str:
    if not request["sites"]:
        return "Choose at least one site where the version is in force."
    if not moves:
        return ""
    rehearsal = _last(study, REHEARSAL, request["version"])
    if rehearsal is None or not _is_proved(rehearsal):
        return "Rehearse it first: the move is offered once the copy has shown that no value is touched."
    if not set(request["sites"]) <= set(rehearsal.request["sites"]):
        return "Not all of these sites were rehearsed. Rehearse it for them first, or choose fewer."
    return "" if request["reason"] else "Say why the forms are moved; it is kept in every entry."


def _order(asked: JobRequest, reason: str) -> MigrationOrder:
    request = asked.request
    return MigrationOrder(
        meta_data_version=request["version"], site_ids=frozenset(request["sites"]),
        reason=Reason(text=request["reason"] or reason), approval=request["approval"],
    )  # fmt: skip


def _rehearse(asked: JobRequest) -> dict[str, Any]:
    return asked.study.rehearse_migration(_order(asked, "Rehearsal"), progress=asked.tell)


def _migrate(asked: JobRequest) -> dict[str, Any]:
    return asked.study.migrate(_order(asked, ""), progress=asked.tell)


REHEARSAL = JobKind("rehearsal", (Action.COMPARE_VERSIONS, Action.MIGRATE_FORMS), _rehearse)
MIGRATION = JobKind("migration", (Action.COMPARE_VERSIONS, Action.MIGRATE_FORMS), _migrate)
JOBS = (REHEARSAL, MIGRATION)
PAGES = (
    Page(path="move", action=Action.MIGRATE_FORMS, handler=look, template="move.html", block="runs"),
    Page(path="move", action=Action.MIGRATE_FORMS, handler=begin, template="move.html", method="POST"),
)
