"""The workbench: a period and limits are chosen, risks are counted and read, and the review is kept with its findings."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edc_core.api import (
    Action,
    AddNote,
    Attachment,
    BadRequest,
    NotFound,
    Refused,
    SeeOther,
    TrailWanted,
    collector_resting,
)
from edc_core_audit_review.risks import KINDS, RISKS, Hit, Limits, Material, Risk, Told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import Access, PageRequest, StudyNote, Times

TOPIC = "audit-review.review"
MOST = 20_000  #: entries of a period that are looked through at once
DAYS = 30  #: of a period that nobody chose
SHOWN = 200  #: lines of a risk on the page; its file has all
FIELDS = ("since", "until", "site", "days", "changes", "opens", "closes", "critical")
HEADER = ("At (UTC)", "Subject", "Site", "Who", "Where", "What")


@dataclass(frozen=True, slots=True)
class Scope:
    """What is reviewed. :param since: first day, ``until`` the last one, of the person's calendar."""

    since: str
    until: str
    site: str
    limits: Limits

    def fields(self) -> dict[str, str]:
        """As fields of an address."""
        limits = asdict(self.limits) | {"critical": " ".join(self.limits.critical)}
        return {"since": self.since, "until": self.until, "site": self.site} | {
            name: str(value) for name, value in limits.items()
        }


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """:param risks: each with what it tells, and how often. :param reviews: kept ones, newest first.
    :param knows_refusals: the person reads the access log, so that refusals are counted.
    """

    study: str
    given: Mapping[str, str]
    sites: tuple[str, ...]
    risks: tuple[tuple[Risk, str, int], ...]
    entries: int
    knows_refusals: bool
    reviews: tuple[StudyNote, ...]
    titles: Mapping[str, str]
    times: Times
    op: str
    why_not: str = ""
    findings: str = ""


@dataclass(frozen=True, slots=True)
class LinesPage:
    study: str
    risk: Risk
    about: str
    given: Mapping[str, str]
    lines: tuple[Told, ...]
    total: int
    times: Times


@collector_resting()
def overview(asked: PageRequest) -> OverviewPage:
    """Every risk with its count, and the reviews that were kept."""
    return _overview(asked, _scope(asked))


@collector_resting()
def lines(asked: PageRequest) -> LinesPage:
    """What one risk tells, newest first."""
    scope, risk = _scope(asked), _risk(asked)
    found = _newest_first(risk, _material(asked, scope)[0])
    return LinesPage(
        asked.study.name, risk, _about(risk, scope), scope.fields(), tuple(hit.told() for hit in found[:SHOWN]), len(found), asked.times
    )  # fmt: skip


def as_csv(asked: PageRequest) -> Attachment:
    """The same as a file, all of it."""
    risk = _risk(asked)
    found = _newest_first(risk, _material(asked, _scope(asked))[0])
    lines = (hit.told() for hit in found)
    rows = ((one.at, one.subject_key, one.site, one.who, one.where, one.what) for one in lines)
    return Attachment.table(f"{risk.name}.csv", HEADER, rows)


def keep(asked: PageRequest) -> object:
    """Keep a review: who, what was looked through by which limits, how much each risk told, and what was found."""
    scope, findings = _scope(asked), asked.text("findings", longest=8000)
    material, _ = _material(asked, scope)
    if not findings:
        page = _overview(asked, scope, why_not="Write what you found, or that you found nothing.")
        return Refused(page)
    content = {
        "scope": scope.fields(),
        "entries": len(material.entries),
        "counts": {risk.name: len(risk.find(material)) for risk in RISKS},
        "findings": findings,
    }
    command = AddNote(
        study_id=asked.study.study_id, op=asked.text("op", required=True), topic=TOPIC,
        name=f"{scope.since} to {scope.until}, {asked.study.now[:19]}", content=content,
    )  # fmt: skip
    try:
        asked.study.submit(command)
    except BadRequest as error:
        return Refused(_overview(asked, scope, why_not=str(error), findings=findings))
    return SeeOther("", scope.fields(), "reviews")


def _overview(asked: PageRequest, scope: Scope, *, why_not: str = "", findings: str = "") -> OverviewPage:
    material, sites = _material(asked, scope)
    return OverviewPage(
        study=asked.study.name,
        given=scope.fields(),
        sites=sites,
        risks=tuple((risk, _about(risk, scope), len(risk.find(material))) for risk in RISKS),
        entries=len(material.entries),
        knows_refusals=_knows_refusals(asked),
        reviews=asked.study.notes(TOPIC),
        titles={risk.name: risk.title for risk in RISKS},
        times=asked.times,
        op=asked.op,
        why_not=why_not,
        findings=findings,
    )


def _about(risk: Risk, scope: Scope) -> str:
    return risk.about.format(**asdict(scope.limits))


def _risk(asked: PageRequest) -> Risk:
    found = next((risk for risk in RISKS if risk.name == asked.arguments["risk"]), None)
    if found is None:
        raise NotFound("There is no such report.")
    return found


def _newest_first(risk: Risk, material: Material) -> list[Hit]:
    return sorted(risk.find(material), key=lambda one: one.at, reverse=True)


def _knows_refusals(asked: PageRequest) -> bool:
    return asked.study.may(Action.READ_TRAIL, "*")


def _material(asked: PageRequest, scope: Scope) -> tuple[Material, tuple[str, ...]]:
    """What the rules read, and the numbers of all sites whose trail the person reads.

    :raises BadRequest: the period holds more entries than are looked through at once.
    """
    zone = ZoneInfo(asked.times.zone)
    since, until = _begin(scope.since, zone), _begin(scope.until, zone, days=1)
    wanted = TrailWanted(site=scope.site, kinds=KINDS, since=since, until=until, limit=MOST)
    found = asked.study.trail(wanted)
    if found.older:
        raise BadRequest(
            f"This period holds {found.total:,} entries, and {MOST:,} are looked through at once. Choose fewer days "
            "or one site."
        )
    seen = tuple(entry for entry in reversed(found.entries) if not entry.is_withheld)
    refusals: tuple[Access, ...] = ()
    if _knows_refusals(asked):
        refusals = asked.study.accesses(since=since, until=until, action="refused", limit=MOST)
    material = Material(seen, asked.study.forms(), refusals, scope.limits)
    return material, tuple(number for number, _ in found.sites)


def _scope(asked: PageRequest) -> Scope:
    zone = ZoneInfo(asked.times.zone)
    today = datetime.fromisoformat(asked.study.now).astimezone(zone).date()
    limits = Limits()
    return Scope(
        since=_day(asked.text("since"), today - timedelta(days=DAYS)),
        until=_day(asked.text("until"), today),
        site=asked.text("site"),
        limits=Limits(
            days=_number(asked, "days", limits.days, 3650),
            changes=_number(asked, "changes", limits.changes, 1_000_000),
            opens=_number(asked, "opens", limits.opens, 24),
            closes=_number(asked, "closes", limits.closes, 24),
            critical=tuple(asked.text("critical", longest=2000).split()),
        ),
    )


def _day(text: str, otherwise: date) -> str:
    try:
        return (date.fromisoformat(text) if text else otherwise).isoformat()
    except ValueError:
        raise BadRequest(f"'{text}' is no day; write it like 2026-03-04.") from None


def _begin(day: str, zone: ZoneInfo, *, days: int = 0) -> str:
    """The first instant of a day of the person's calendar, or of one that many days later."""
    try:
        begins = date.fromisoformat(day) + timedelta(days=days)
    except OverflowError:
        raise BadRequest(f"'{day}' is too late.") from None
    local = datetime.combine(begins, time(), zone)
    return local.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _number(asked: PageRequest, name: str, otherwise: int, most: int) -> int:
    text = asked.text(name, longest=9)
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal() and int(text) <= most):
        raise BadRequest(f"'{text}' is no number from 0 to {most:,}.")
    return int(text)
