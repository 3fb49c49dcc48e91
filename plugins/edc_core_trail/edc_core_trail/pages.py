"""The whole trail and the access log as pages: narrowed to a subject, a site, a person, a kind, a period or words, and as a file."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edc_core.api import Action, Attachment, BadRequest, MenuEntry, Page, TrailWanted
from edc_core_trail import as_of
from edc_core_trail.exporter import HEADER, cells, facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import Access, FoundTrail, PageRequest, Times

SHOWN = 200  #: lines of the access log on the page; the file holds more
#: What the access log can be narrowed to, as it stands there.
ACTIONS = (
    "looked at", "read identifying", "read blinded", "read restricted", "signed content taken", "file taken", "file downloaded", "export downloaded", "signed in", "signed out", "sign-in refused",
    "refused",
)  # fmt: skip
MOST = 20_000  #: entries in a file from the page; the export has no bound
MOST_PRINTED = 5_000  #: as PDF, which is set while the person waits
FILES = {"CSV": MOST, "JSON": MOST, "PDF": MOST_PRINTED}
KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "values": ("Values", ("item.", "derived.", "file.", "group.", "note.", "redact")),
    "queries": ("Queries", ("query.",)),
    "status": ("Forms and visits", ("form.", "event.", "subject.")),
    "protection": ("Freeze, lock, sign, review", ("protect.", "sign.", "review.", "waiver.")),
    "study": ("Versions, sites, plugins", ("study.", "site.", "plugin.", "import.")),
    "exports": ("Exports and anchors", ("export.", "cut.", "anchor")),
}
FIELDS = ("subject", "site", "who", "kind", "since", "until", "words")


@dataclass(frozen=True, slots=True)
class TrailPage:
    """:param given: what the trail is narrowed to, by field. :param older: fields of the address of the next page.

    :param files: kinds of file that hold as many entries as were found. :param too_large: those that do not, with how many they hold.
    """

    study: str
    found: FoundTrail
    given: Mapping[str, str]
    older: Mapping[str, str]
    is_first: bool
    kinds: tuple[tuple[str, str], ...]
    times: Times
    may_access: bool
    may_as_of: bool
    files: tuple[str, ...]
    too_large: tuple[tuple[str, int], ...]


def trail(asked: PageRequest) -> TrailPage:
    """A page of the trail, newest first."""
    given = _given(asked)
    found = asked.study.trail(_wanted(asked, given))
    too_large = too_large_for(found.total)
    chosen = {name: value for name, value in given.items() if value}
    return TrailPage(
        study=asked.study.name,
        found=found,
        given=given,
        older=chosen | {"before": found.older} if found.older else {},
        is_first=not asked.text("before"),
        kinds=tuple((name, words) for name, (words, _) in KINDS.items()),
        times=asked.times,
        may_access=(everywhere := asked.study.may(Action.READ_TRAIL, "*")),
        may_as_of=everywhere and asked.study.may(Action.COMPARE_VERSIONS),
        files=tuple(name for name in FILES if name not in dict(too_large)),
        too_large=too_large,
    )


def too_large_for(entries: int) -> tuple[tuple[str, int], ...]:
    """Kinds of file that do not hold so many entries, with how many they hold."""
    return tuple((name, most) for name, most in FILES.items() if entries > most)


def as_csv(asked: PageRequest) -> Attachment:
    """What the page is narrowed to, as a table."""
    return Attachment.table("trail.csv", HEADER, (cells(entry) for entry in _all(asked).entries))


def as_json(asked: PageRequest) -> Attachment:
    """What the page is narrowed to, with every column of the ledger."""
    entries = [facts(entry) for entry in _all(asked).entries]
    return Attachment("trail.json", "application/json", json.dumps(entries, ensure_ascii=False, indent=1))


def as_pdf(asked: PageRequest) -> Attachment:
    """What the page is narrowed to, on paper: of one site, one subject, or all of it."""
    from edc_core_trail.printing import line_of, pdf  # the typesetter is for who prints

    given = _given(asked)
    entries = reversed(_all(asked, MOST_PRINTED).entries)
    lines = [line_of(entry, of_several=not given["subject"]) for entry in entries]
    whose = f"of {given['subject']}" if given["subject"] else "of the study"
    if given["site"]:
        whose += f" at site {given['site']}" if given["subject"] else f", site {given['site']}"
    more = ", ".join(
        f"{name} {given[name]}" for name in ("who", "kind", "since", "until", "words") if given[name]
    )
    state = f"As it is at {asked.study.now}" + (f", narrowed to {more}" if more else "")
    return Attachment(
        "trail.pdf", "application/pdf", pdf(asked.study.name, whose, state, asked.study.now, lines)
    )


@dataclass(frozen=True, slots=True)
class AccessPage:
    """:param more: there are older lines than the page shows."""

    lines: tuple[Access, ...]
    more: bool
    given: Mapping[str, str]
    actions: tuple[str, ...]
    times: Times


def access(asked: PageRequest) -> AccessPage:
    """Who signed in, looked at pages and files and took exports."""
    lines = _lines(asked, SHOWN + 1)
    given = {name: asked.text(name) for name in ("since", "until", "who", "what")}
    return AccessPage(lines[:SHOWN], len(lines) > SHOWN, given, ACTIONS, asked.times)


def access_csv(asked: PageRequest) -> Attachment:
    """The same as a table."""
    header = ("at", "login", "name", "action", "detail", "address")
    return Attachment.table("access.csv", header, map(astuple, _lines(asked, MOST)))


def _lines(asked: PageRequest, limit: int) -> tuple[Access, ...]:
    zone = ZoneInfo(asked.times.zone)
    since, until = _begin(asked.text("since"), zone), _begin(asked.text("until"), zone, days=1)
    return asked.study.accesses(
        since=since, until=until, login=asked.text("who"), action=asked.text("what"), limit=limit
    )


def _all(asked: PageRequest, most: int = MOST) -> FoundTrail:
    """:raises BadRequest: more than fits a file of the page."""
    found = asked.study.trail(replace(_wanted(asked, _given(asked)), before="", limit=most))
    if found.older:
        raise BadRequest(
            f"These are {found.total} entries, and a file from this page holds {most}. Narrow them, or export the whole "
            "trail on the page Exports."
        )
    return found


def _given(asked: PageRequest) -> dict[str, str]:
    return {name: asked.text(name) for name in FIELDS}


def _wanted(asked: PageRequest, given: Mapping[str, str]) -> TrailWanted:
    zone = ZoneInfo(asked.times.zone)
    until = _begin(given["until"], zone, days=1)
    return TrailWanted(
        subject_key=given["subject"],
        site=given["site"],
        actor=given["who"],
        kinds=KINDS.get(given["kind"], ("", ()))[1],
        since=_begin(given["since"], zone),
        until=until,
        words=given["words"],
        before=_cursor(asked.text("before")),
    )


def _begin(day: str, zone: ZoneInfo, *, days: int = 0) -> str:
    """The first instant of a day of the person's calendar, or of one that many days later."""
    if not day:
        return ""
    try:
        begins = date.fromisoformat(day) + timedelta(days=days)
    except (ValueError, OverflowError):
        raise BadRequest(f"'{day}' is no day; write it like 2026-03-04.") from None
    local = datetime.combine(begins, time(), zone)
    return local.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _cursor(before: str) -> str:
    parts = before.split(" ")
    if before and (len(parts) != 3 or not parts[2].isdigit() or len(parts[2]) > 15):
        raise BadRequest("This is no place in the trail. Begin with the newest entries again.")
    return before


PAGES = (
    Page(
        path="", action=Action.READ_TRAIL, handler=trail, template="trail.html", menu=MenuEntry("Trail", "a")
    ),
    Page(path="trail.csv", action=Action.READ_TRAIL, handler=as_csv, leaves=True),
    Page(path="trail.json", action=Action.READ_TRAIL, handler=as_json, leaves=True),
    Page(path="access", action=Action.READ_TRAIL, handler=access, template="access.html"),
    Page(path="access.csv", action=Action.READ_TRAIL, handler=access_csv),
    Page(path="as-of", action=Action.READ_TRAIL, handler=as_of.page, template="as_of.html"),
    Page(path="as-of.json", action=Action.READ_TRAIL, handler=as_of.as_json, leaves=True),
    Page(path="trail.pdf", action=Action.READ_TRAIL, handler=as_pdf, leaves=True),
)
