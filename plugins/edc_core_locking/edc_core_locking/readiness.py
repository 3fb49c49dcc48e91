"""What is open before a study lock, thing by thing with its owner, and the waivers of what may stay open (REQ-LCK-02)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from edc_core.api import (
    ROLE_WORDS,
    Action,
    Attachment,
    BadRequest,
    EditConflict,
    ItemPath,
    MenuEntry,
    NotFound,
    Obstacle,
    Page,
    Reason,
    ReasonRequired,
    Refused,
    SeeOther,
    Waived,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import LockBlocker, LockList, PageRequest, SiteAtLock, Times

SHOWN = 200  #: things on a page; the file holds all
MOST = 1000  #: things that are waived at once


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is open. :param value: what a form sends for it; empty where it cannot be waived.

    :param settle: address of the page of a plugin where it is settled; empty for none.
    """

    blocker: LockBlocker
    site: str
    where: str
    owner: str
    name: str
    value: str
    settle: str


@dataclass(frozen=True, slots=True)
class ReadinessPage:
    """:param kinds: (what, how many remain, how many are waived). :param has_missing: required forms are among them. :param by_site: (site, how many remain there).

    :param found: how many the filters leave, ``waivable`` of them not waived; ``lines`` are the first. :param message: why nothing was done.
    """

    study: str
    all: LockList
    kinds: tuple[tuple[Obstacle, int, int], ...]
    has_missing: bool
    by_site: tuple[tuple[SiteAtLock, int], ...]
    lines: tuple[Line, ...]
    found: int
    waivable: int
    withdrawable: int
    remaining: int
    given: Mapping[str, str]
    chosen: frozenset[str]
    may_waive: bool
    message: str
    said: str
    op: str
    times: Times


FILTERS = ("site", "subject", "why", "owner")


def look(asked: PageRequest) -> ReadinessPage:
    """Everything that is open, or what the filters leave of it."""
    return _page(asked)


def _page(
    asked: PageRequest, message: str = "", chosen: frozenset[str] = frozenset(), said: str = ""
) -> ReadinessPage:
    found = asked.study.lock_list()
    given = {name: asked.text(name) for name in FILTERS}
    lines = [line for line in _lines(asked, found) if _fits(line, given)]
    blockers = found.open.blockers
    left = Counter(one.thing.why for one in blockers if not one.waived)
    waived = Counter(one.thing.why for one in blockers if one.waived)
    sites = Counter(one.site_id for one in blockers if not one.waived)
    return ReadinessPage(
        study=asked.study.name,
        all=found,
        kinds=tuple((why, left[why], waived[why]) for why in Obstacle if left[why] or waived[why]),
        has_missing=bool(left[Obstacle.MISSING_FORM]),
        by_site=tuple((site, sites[site.site_id]) for site in found.sites),
        lines=tuple(lines[:SHOWN]),
        found=len(lines),
        waivable=sum(bool(line.value) and not line.blocker.waived for line in lines),
        withdrawable=sum(line.blocker.waived for line in lines),
        remaining=len(found.open.remaining),
        given=given,
        chosen=chosen,
        may_waive=asked.study.may(Action.WAIVE_BLOCKER),
        message=message,
        said=said,
        op=asked.op,
        times=asked.times,
    )


def _lines(asked: PageRequest, found: LockList) -> list[Line]:
    numbers = {site.site_id: site.number for site in found.sites}
    pages = f"/s/{quote(asked.study.name, safe='@')}/x/"
    return [
        Line(
            one,
            numbers.get(one.site_id, ""),
            (found.where[one.thing.path] or "The casebook") if one.subject_key else "The study",
            ROLE_WORDS[one.owner],
            found.names.get(one.login, one.login),
            json.dumps([one.subject_key, str(one.thing.path), one.thing.why.value, one.thing.ref])
            if one.subject_key
            else "",
            pages + one.page if one.page else "",
        )
        for one in found.open.blockers
    ]


def _fits(line: Line, given: Mapping[str, str]) -> bool:
    facts = {
        "site": line.site,
        "subject": line.blocker.subject_key,
        "why": line.blocker.thing.why.value,
        "owner": line.owner,
    }
    return all(not given[name] or given[name] == facts[name] for name in FILTERS)


def blockers_csv(asked: PageRequest) -> Attachment:
    """Everything that is open, as a table."""
    given = {name: asked.text(name) for name in FILTERS}
    columns = ("site", "subject", "where", "what", "values", "owner", "person", "since", "text", "waived")
    rows = (
        (
            line.site,
            line.blocker.subject_key,
            line.where,
            line.blocker.thing.why.value,
            line.blocker.count,
            line.owner,
            line.name,
            line.blocker.since,
            line.blocker.text,
            "yes" if line.blocker.waived else "",
        )
        for line in _lines(asked, asked.study.lock_list())
        if _fits(line, given)
    )
    return Attachment.table("open-before-lock.csv", columns, rows)


def waive(asked: PageRequest) -> SeeOther | Refused:
    """Let what was chosen stay open, or no longer: all of it, or nothing."""
    chosen, every = asked.texts("thing"), asked.text("every")
    reason = asked.text("reason", longest=2000)
    try:
        chosen = _everything(asked, every) if every and asked.text("do") != "withdraw" else chosen
        asked.study.waive(
            _things(chosen),
            Reason(text=reason),
            login=asked.text("login"),
            password=asked.text("password", longest=1024),
            op=asked.text("op", required=True),
            withdraw=asked.text("do") == "withdraw",
        )
    except (BadRequest, ReasonRequired, EditConflict, NotFound) as error:
        return Refused(_page(asked, error.message, frozenset(chosen), reason))
    return SeeOther("", {name: value for name in FILTERS if (value := asked.text(name))}, "open")


def _everything(asked: PageRequest, seen: str) -> tuple[str, ...]:
    """All that the filters leave, if it is as many as the person has seen.

    :raises EditConflict: it is not.
    """
    given = {name: asked.text(name) for name in FILTERS}
    lines = [line for line in _lines(asked, asked.study.lock_list()) if _fits(line, given)]
    left = tuple(line.value for line in lines if line.value and not line.blocker.waived)
    if str(len(left)) != seen:
        raise EditConflict(
            f"These were {seen} things when you opened the page; now they are {len(left)}. Look again."
        )
    return left


def _things(chosen: tuple[str, ...]) -> dict[str, tuple[Waived, ...]]:
    """What a form sent, by subject.

    :raises BadRequest: nothing, too much, or nothing that the page offered.
    """
    if not chosen:
        raise BadRequest("Choose at least one thing.")
    if len(chosen) > MOST:
        raise BadRequest(f"Choose at most {MOST} things at once; these are {len(chosen)}.")
    found: dict[str, list[Waived]] = defaultdict(list)
    for value in chosen:
        try:
            key, path, why, ref = json.loads(value)
            found[str(key)].append(Waived(ItemPath.parse(str(path)), Obstacle(why), str(ref)))
        except (ValueError, TypeError):
            raise BadRequest("The request names something that is not on the page.") from None
    return {key: tuple(things) for key, things in found.items()}


PAGES = (
    Page(
        path="",
        action=Action.LOCK,
        handler=look,
        template="readiness.html",
        menu=MenuEntry("Open before the lock", under="Lock"),
    ),
    Page(path="", action=Action.WAIVE_BLOCKER, handler=waive, template="readiness.html", method="POST"),
    Page(path="open-before-lock.csv", action=Action.LOCK, handler=blockers_csv, leaves=True),
)
