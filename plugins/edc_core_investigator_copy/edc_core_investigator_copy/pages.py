"""The page of copies: of who makes them (hosting, sites, handing over), and of the investigator who receives one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    COPY_LASTS_DAYS,
    COPY_STATEMENT,
    Action,
    BadRequest,
    HandOverCopy,
    Hosting,
    MenuEntry,
    NotFound,
    Page,
    Reason,
    ReasonRequired,
    Refused,
    SeeOther,
    SetHosting,
    WrongState,
)
from edc_core_investigator_copy.stages import HANDED_OVER, OPENED, RECEIVED, stage_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import Attachment, HostingStanding, PageRequest, SiteAtCopy, SiteCopy, Times

HOSTS = {
    Hosting.SPONSOR: "The sponsor",
    Hosting.CRO: "A contract research organisation",
    Hosting.SITE: "The site itself",
    Hosting.THIRD_PARTY: "A third party",
}
EVERY_DAYS = "7"  #: what the form proposes


@dataclass(frozen=True, slots=True)
class CopiesPage:
    """:param sites: of who makes copies. :param mine: of who receives them. :param stages: of each copy, by its job.

    :param polls: something runs.

    :param said: why nothing was done, by form: ``hosting``, or the number of a site.
    """

    study: str
    live: bool
    makes: bool
    takes: bool
    hosting: HostingStanding
    hosts: tuple[tuple[str, str], ...]
    sites: tuple[SiteAtCopy, ...]
    mine: tuple[SiteCopy, ...]
    stages: Mapping[str, str]
    said: Mapping[str, str]
    given: Mapping[str, str]
    polls: bool
    op: str
    times: Times


@dataclass(frozen=True, slots=True)
class ReceivePage:
    """:param opened: the person has taken it out. :param received: UTC ISO 8601 of the receipt; empty for none."""

    study: str
    copy: SiteCopy
    handed_at: str
    opened: str
    received: str
    statement: str
    days: int
    said: str
    op: str
    times: Times


def look(asked: PageRequest) -> CopiesPage:
    """Copies of every site, or those that were handed to the person."""
    return _page(asked)


def _page(asked: PageRequest, said: Mapping[str, str] | None = None) -> CopiesPage:
    study = asked.study
    makes, takes = study.may(Action.MAKE_COPY), study.may(Action.TAKE_COPY)
    hosting = study.copies.hosting()
    sites = study.copies.sites() if makes else ()
    mine = study.copies.mine() if takes else ()
    every = [*mine, *(copy for site in sites for copy in site.copies)]
    given = {name: asked.text(name, longest=2000) for name in ("hosting", "every_days", "reason")}
    return CopiesPage(
        study=study.name,
        live=study.environment == "live",
        makes=makes,
        takes=takes,
        hosting=hosting,
        hosts=tuple((one.value, words) for one, words in HOSTS.items()),
        sites=sites,
        mine=mine,
        stages={copy.job.job_id: stage_of(copy) for copy in every},
        said=said or {},
        given={
            "hosting": given["hosting"] or hosting.hosting,
            "every_days": given["every_days"] or (str(hosting.every_days) if hosting.hosting else EVERY_DAYS),
            "reason": given["reason"],
        },
        polls=any(not copy.job.is_over for copy in every),
        op=asked.op,
        times=asked.times,
    )


def make(asked: PageRequest) -> SeeOther:
    """Queue the copy of a site."""
    asked.study.copies.ask(asked.text("site", required=True), op=asked.text("op", longest=150, required=True))
    return SeeOther(anchor="sites")


def hand_over(asked: PageRequest) -> SeeOther | Refused:
    """Have the code of a copy mailed to the investigator."""
    study = asked.study
    command = HandOverCopy(
        study_id=study.study_id, op=asked.text("op", required=True), copy=asked.text("copy", required=True),
        login=asked.text("login", required=True),
    )  # fmt: skip
    try:
        study.submit(command)
    except (BadRequest, NotFound) as refused:
        return Refused(_page(asked, {asked.text("site"): refused.message}))
    return SeeOther(anchor="sites")


def host(asked: PageRequest) -> SeeOther | Refused:
    """Note who hosts the study."""
    days = asked.text("every_days", longest=3) or "0"
    command = SetHosting(
        study_id=asked.study.study_id, op=asked.text("op", required=True), hosting=asked.text("hosting"),
        every_days=int(days) if days.isascii() and days.isdecimal() else -1,
        reason=Reason(text=asked.text("reason", longest=2000)),
    )  # fmt: skip
    try:
        asked.study.submit(command)
    except (BadRequest, ReasonRequired) as refused:
        return Refused(_page(asked, {"hosting": refused.message}))
    return SeeOther(anchor="hosting")


def receive(asked: PageRequest) -> ReceivePage:
    """One copy that was handed to the person: open it, then sign its receipt."""
    return _one(asked)


def take(asked: PageRequest) -> Attachment | Refused:
    """The copy, once."""
    try:
        return asked.study.copies.open(
            asked.arguments["copy_id"], asked.text("code", longest=200), op=asked.text("op", required=True)
        )
    except NotFound as refused:
        return Refused(_one(asked, refused.message))


def confirm(asked: PageRequest) -> SeeOther | Refused:
    """Sign the receipt."""
    copy = asked.arguments["copy_id"]
    try:
        asked.study.copies.confirm(
            copy, login=asked.text("login"), password=asked.text("password", longest=1024),
            op=asked.text("op", required=True),
        )  # fmt: skip
    except (ReasonRequired, WrongState) as refused:
        return Refused(_one(asked, refused.message))
    return SeeOther(f"copy/{copy}")


def _one(asked: PageRequest, said: str = "") -> ReceivePage:
    """:raises NotFound: it was handed to nobody, or to somebody else."""
    found = next(
        (one for one in asked.study.copies.mine() if one.job.job_id == asked.arguments["copy_id"]), None
    )
    if found is None:
        raise NotFound("This copy was not handed to you. Sign in with the account that the mail went to.")
    handed, opened, received = (found.last(kind) for kind in (HANDED_OVER, OPENED, RECEIVED))
    return ReceivePage(
        study=asked.study.name,
        copy=found,
        handed_at=handed.at if handed else "",
        opened=opened.at if opened else "",
        received=received.at if received else "",
        statement=COPY_STATEMENT,
        days=COPY_LASTS_DAYS,
        said=said,
        op=asked.op,
        times=asked.times,
    )


_MAKES, _TAKES = Action.MAKE_COPY, Action.TAKE_COPY
PAGES = (
    Page(
        path="", action=(_MAKES, _TAKES), handler=look, template="copies.html", block="copies",
        menu=MenuEntry("Copies of sites", seldom=True),
    ),
    Page(path="make", action=_MAKES, handler=make, method="POST"),
    Page(path="hand-over", action=_MAKES, handler=hand_over, template="copies.html", method="POST"),
    Page(path="hosting", action=_MAKES, handler=host, template="copies.html", method="POST"),
    Page(path="copy/<copy_id>", action=_TAKES, handler=receive, template="copy.html"),
    Page(path="copy/<copy_id>", action=_TAKES, handler=take, template="copy.html", method="POST"),
    Page(path="copy/<copy_id>/receipt", action=_TAKES, handler=confirm, template="copy.html", method="POST"),
)  # fmt: skip
