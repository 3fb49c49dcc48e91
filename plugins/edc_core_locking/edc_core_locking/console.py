"""Freeze and lock: what is open in the study, its sites and subjects, how each is protected, and the next step (REQ-LCK-01)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    BadRequest,
    EditConflict,
    ItemPath,
    MenuEntry,
    NotFound,
    Page,
    Protect,
    ProtectAction,
    Protected,
    Protection,
    ProtectStudy,
    Reason,
    ReasonRequired,
    Refused,
    SecondPersonRequired,
    SeeOther,
    TrailWanted,
    WrongState,
    strictest,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.api import AtLock, LockScopes, PageRequest, SubjectScope, Times, TrailEntry

#: Who has business on this page.
MAY = (Action.LOCK, Action.APPROVE_UNLOCK, Action.APPROVE_STUDY_LOCK, Action.FREEZE, Action.LOCK_STUDY)
#: Why a step is not taken, which the person can do something about.
REFUSED = (EditConflict, Protected, ReasonRequired, SecondPersonRequired, WrongState)
SHOWN = 100  #: subjects on a page
JOURNAL = 20  #: steps above subjects, newest first


@dataclass(frozen=True, slots=True)
class Open:
    """What is still open in a part of the study."""

    in_progress: int
    open_queries: int
    answered: int

    @property
    def total(self) -> int:
        return self.in_progress + self.open_queries + self.answered


@dataclass(frozen=True, slots=True)
class Line:
    """The study, a site or a subject. :param effective: what is set on it or above it, whichever is stricter.

    :param locked: how many of its ``subjects`` are locked, by whatever is set on them or above.
    """

    name: str
    title: str
    subjects: int
    locked: int
    open: Open
    at: AtLock
    effective: Protection


@dataclass(frozen=True, slots=True)
class LockPage:
    """:param two_persons: locking the study and every unlock take two. :param opened: number of the site whose subjects are ``lines``.

    :param reasons: the reason as it was typed, by site and subject. :param message: why nothing was done.
    """

    study: str
    whole: Line
    sites: tuple[Line, ...]
    opened: str
    lines: tuple[Line, ...]
    page: int
    pages: int
    earlier: Mapping[str, str]
    later: Mapping[str, str]
    journal: tuple[TrailEntry, ...]
    two_persons: bool
    reasons: Mapping[tuple[str, str], str]
    message: str
    op: str
    times: Times


def look(asked: PageRequest) -> LockPage:
    return _page(asked, asked.study.lock_scopes())


def act(asked: PageRequest) -> SeeOther | Refused:
    """Take a step for the study, a site or a subject, or ask for it where two persons do."""
    asked.only("op", "action", "reason", "site", "subject")
    scopes, number, key = asked.study.lock_scopes(), asked.text("site"), asked.text("subject")
    site_id = next((one.site_id for one in scopes.sites if one.number == number), "")
    if (number and not site_id) or (key and key not in {one.subject_key for one in scopes.subjects}):
        raise NotFound("There is no such site or subject in your part of this study.")
    try:
        action = ProtectAction(asked.text("action", required=True))
    except ValueError:
        raise BadRequest("There is no such step.") from None
    reason, op = Reason(text=asked.text("reason", longest=2000)), asked.text("op", required=True)
    common = {"study_id": asked.study.study_id, "op": op, "action": action, "reason": reason}
    try:
        if key:
            asked.study.submit(Protect(subject_key=key, path=ItemPath(), **common))
        else:
            asked.study.submit(ProtectStudy(site_id=site_id, **common))
    except REFUSED as refused:
        return Refused(_page(asked, scopes, refused.message))
    return SeeOther("console", {"site": number} if key else {})


def _page(asked: PageRequest, scopes: LockScopes, message: str = "") -> LockPage:
    site, whole = asked.text("site"), scopes.study
    of_site: dict[str, list[SubjectScope]] = defaultdict(list)
    for one in scopes.subjects:
        of_site[one.site_id].append(one)
    above = {one.site_id: strictest((one.at.own.state, whole.own.state)) for one in scopes.sites}
    opened = next((one for one in scopes.sites if one.number == site), None)
    found = of_site[opened.site_id] if opened else []
    page, pages = asked.page_of(len(found), SHOWN)
    return LockPage(
        study=asked.study.name,
        whole=_line("", "The whole study", whole, scopes.subjects, above, whole.own.state),
        sites=tuple(
            _line(one.number, one.name, one.at, of_site[one.site_id], above, above[one.site_id])
            for one in scopes.sites
        ),
        opened=opened.number if opened else "",
        lines=tuple(
            _line(one.subject_key, "", one.at, [one], above, _effective(one, above))
            for one in found[(page - 1) * SHOWN : page * SHOWN]
        ),
        page=page,
        pages=pages,
        earlier={"site": site, "page": str(page - 1)} if page > 1 else {},
        later={"site": site, "page": str(page + 1)} if page < pages else {},
        journal=_journal(asked),
        two_persons=asked.study.environment == "live",
        reasons={(site, asked.text("subject")): asked.text("reason", longest=2000)},
        message=message,
        op=asked.op,
        times=asked.times,
    )


def _effective(one: SubjectScope, above: Mapping[str, Protection]) -> Protection:
    return strictest((one.at.own.state, above[one.site_id]))


def _line(
    name: str,
    title: str,
    at: AtLock,
    subjects: Iterable[SubjectScope],
    above: Mapping[str, Protection],
    effective: Protection,
) -> Line:
    mine = tuple(subjects)
    locked = sum(_effective(one, above) is Protection.LOCKED for one in mine)
    is_open = Open(
        sum(one.in_progress for one in mine),
        sum(one.open_queries for one in mine),
        sum(one.answered for one in mine),
    )
    return Line(name, title, len(mine), locked, is_open, at, effective)


def _journal(asked: PageRequest) -> tuple[TrailEntry, ...]:
    if not asked.study.may(Action.READ_TRAIL):
        return ()
    wanted = TrailWanted(kinds=("protect.",), above=True, limit=JOURNAL)
    return asked.study.trail(wanted).entries


PAGES = (
    Page(
        path="console",
        action=MAY,
        handler=look,
        template="console.html",
        menu=MenuEntry("Lock", key="l", daily=True),
    ),
    Page(path="console", action=MAY, handler=act, template="console.html", method="POST"),
)
