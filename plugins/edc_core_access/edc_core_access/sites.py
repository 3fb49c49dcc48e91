"""Sites of a study: which there are, a new one, and one that is closed or opened again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from edc_core.api import (
    RISKS,
    Action,
    AddSites,
    BadRequest,
    CloseSite,
    NotFound,
    Page,
    Reason,
    ReasonRequired,
    Refused,
    SeeOther,
    SetSiteRisk,
    SiteDef,
    ValueRefused,
    WrongState,
)
from edc_core_access.evidence import links_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import Command, PageRequest, Times

FIELDS = ("number", "name", "country", "zone")


@dataclass(frozen=True, slots=True)
class SitesPage:
    """:param wrong: by field, why what was typed there is none. :param closed: by number, when a site was closed.

    :param message: why a site was not closed or opened, or its risk stays. :param risks: by number, one of ``tiers``.
    """

    study: str
    live: bool
    sites: tuple[SiteDef, ...]
    closed: Mapping[str, str]
    given: Mapping[str, str]
    wrong: Mapping[str, str]
    op: str
    links: tuple[tuple[str, str, bool], ...]
    times: Times
    message: str
    risks: Mapping[str, str]
    tiers: tuple[str, ...] = RISKS


def look(asked: PageRequest) -> SitesPage:
    return _page(asked)


def add(asked: PageRequest) -> SeeOther | Refused:
    """Add one site; nothing is added while a field is wrong."""
    asked.only("op", *FIELDS)
    given = _given(asked)
    if wrong := _wrong(given, {site.number for site in asked.study.sites()}):
        return Refused(_page(asked, wrong))
    site = SiteDef(given["number"], given["name"], given["country"], given["zone"])
    asked.study.submit(
        AddSites(study_id=asked.study.study_id, op=asked.text("op", required=True), sites=(site,))
    )
    return SeeOther("sites")


def close(asked: PageRequest) -> SeeOther | Refused:
    """Close a site, or open it again."""
    asked.only("op", "number", "open_again", "reason")
    command = CloseSite(
        study_id=asked.study.study_id, op=asked.text("op", required=True), number=asked.text("number", required=True),
        open_again=asked.text("open_again") == "true", reason=Reason(text=asked.text("reason", longest=2000)),
    )  # fmt: skip
    return _done(asked, command)


def judge(asked: PageRequest) -> SeeOther | Refused:
    """Say in which tier of risk a site is."""
    asked.only("op", "number", "risk", "reason")
    command = SetSiteRisk(
        study_id=asked.study.study_id, op=asked.text("op", required=True), number=asked.text("number", required=True),
        risk=asked.text("risk"), reason=Reason(text=asked.text("reason", longest=2000)),
    )  # fmt: skip
    return _done(asked, command)


def _done(asked: PageRequest, command: Command) -> SeeOther | Refused:
    try:
        asked.study.submit(command)
    except (BadRequest, NotFound, ReasonRequired, ValueRefused, WrongState) as refused:
        return Refused(_page(asked, message=refused.message))
    return SeeOther("sites")


def _wrong(given: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    found = {}
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}", given["number"]):
        found["number"] = "A number has 1 to 20 letters, digits, dots or dashes, for example KR-02."
    elif given["number"] in taken:
        found["number"] = f"There is a site {given['number']} already. Choose another number."
    if not given["name"]:
        found["name"] = "Name the site, for example its hospital."
    if not re.fullmatch(r"[A-Z]{2}", given["country"]):
        found["country"] = "A country has two capital letters, for example KR."
    if given["zone"] not in available_timezones():
        found["zone"] = "A time zone is named like Asia/Seoul."
    return found


def _given(asked: PageRequest) -> dict[str, str]:
    return {name: asked.text(name) for name in FIELDS}


def _page(asked: PageRequest, wrong: Mapping[str, str] | None = None, message: str = "") -> SitesPage:
    study = asked.study
    return SitesPage(
        study.name,
        study.environment == "live",
        study.sites(),
        study.closed_sites(),
        _given(asked) if not message else dict.fromkeys(FIELDS, ""),
        wrong or {},
        asked.op,
        links_of(study, "sites"),
        asked.times,
        message,
        study.site_risks(),
    )


PAGES = (
    Page(
        path="sites",
        action=Action.MANAGE_SITES,
        handler=look,
        template="sites.html",
    ),
    Page(path="sites", action=Action.MANAGE_SITES, handler=add, template="sites.html", method="POST"),
    Page(path="sites/close", action=Action.MANAGE_SITES, handler=close, template="sites.html", method="POST"),
    Page(path="sites/risk", action=Action.MANAGE_SITES, handler=judge, template="sites.html", method="POST"),
)
