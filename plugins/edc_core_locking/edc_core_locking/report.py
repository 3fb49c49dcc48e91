"""The lock report: every freeze, lock and opening with its persons and reason, and what changed while it was open (REQ-LCK-03)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Action, Attachment, ItemPath, MenuEntry, Page, Protection, TrailWanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import PageRequest, StudyAccess, Times, TrailEntry

MOST = 5000  #: entries about protection that are read
SHOWN = 200  #: steps on a page, and changes of one opening; the file holds all
CHANGES = ("item.", "derived.", "form.", "event.", "group.", "subject.")


@dataclass(frozen=True, slots=True)
class Step:
    """An entry about protection.

    :param what: the subject's place, the site or the study, in words. :param asked_by: who had asked for it.
    :param opened: it unlocked something, which ended at ``until`` (empty: it is still open) with these ``changes``.
    """

    at: str
    who: str
    role: str
    subject_key: str
    where: str
    what: str
    reason: str
    asked_by: str
    opened: bool
    until: str
    total: int
    changes: tuple[TrailEntry, ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """:param steps: newest first. :param all: how many there are."""

    study: str
    steps: tuple[Step, ...]
    all: int
    unlocks: int
    times: Times


def look(asked: PageRequest) -> ReportPage:
    """Every step with what came of it."""
    steps = tuple(_steps(asked.study))
    return ReportPage(
        asked.study.name, steps[:SHOWN], len(steps), sum(step.opened for step in steps), asked.times
    )


def report_csv(asked: PageRequest) -> Attachment:
    """The same as a table: a line for each step, and one for each change while something was open again."""
    columns = (
        "at",
        "who",
        "role",
        "subject",
        "where",
        "what",
        "reason",
        "asked by",
        "until",
        "change",
        "changed by",
    )
    rows: list[tuple[str, ...]] = []
    for step in _steps(asked.study, most=MOST):
        own = (
            step.at,
            step.who,
            step.role,
            step.subject_key,
            step.where,
            step.what,
            step.reason,
            step.asked_by,
        )
        rows.append((*own, step.until, "", ""))
        for one in step.changes:
            at, key = str(one.columns["at"]), one.subject_key
            rows.append((at, *own[1:3], key, *own[4:], step.until, one.what, one.who))
    return Attachment.table("lock-report.csv", columns, rows)


def _steps(study: StudyAccess, most: int = SHOWN) -> Iterator[Step]:
    found = study.trail(TrailWanted(kinds=("protect.",), limit=MOST)).entries
    entries = [entry for entry in found if not entry.is_withheld]
    ended: dict[
        tuple[str, str, str], str
    ] = {}  # when the place was closed again, on the way back through time
    states = _states_before(entries)
    for entry in entries:
        said = json.loads(str(entry.columns["payload"]))
        place = _place(entry, said)
        opened = states[id(entry)] is Protection.LOCKED and said["state"] == Protection.OPEN
        until = ended.get(place, "") if opened else ""
        total, changes = _changes(study, entry, until, most) if opened else (0, ())
        if said["state"] != Protection.OPEN:
            ended[place] = str(entry.columns["at"])
        yield Step(
            str(entry.columns["at"]), entry.who, entry.role, entry.subject_key, entry.where, entry.what,
            entry.reason, said.get("confirms", ""), opened, until, total, changes,
        )  # fmt: skip


def _place(entry: TrailEntry, said: dict[str, str]) -> tuple[str, str, str]:
    return str(entry.columns["chain"]), said["scope"], str(entry.columns["path"])


def _states_before(entries: list[TrailEntry]) -> dict[int, Protection]:
    """The protection that each entry found, by the identity of the entry."""
    states: dict[tuple[str, str, str], Protection] = {}
    before = {}
    for entry in reversed(entries):
        said = json.loads(str(entry.columns["payload"]))
        place = _place(entry, said)
        before[id(entry)] = states.get(place, Protection.OPEN)
        states[place] = Protection(said["state"])
    return before


def _changes(
    study: StudyAccess, opened: TrailEntry, until: str, most: int
) -> tuple[int, tuple[TrailEntry, ...]]:
    """What was written at the place while it was open: before and after stand in the words of each entry."""
    path = ItemPath.parse(str(opened.columns["path"]))
    site = (
        opened.site_number
        if not opened.subject_key and json.loads(str(opened.columns["payload"]))["scope"]
        else ""
    )
    wanted = TrailWanted(
        subject_key=opened.subject_key, site=site, kinds=CHANGES,
        since=str(opened.columns["at"]), until=until, limit=MOST,
    )  # fmt: skip
    found = [
        entry
        for entry in study.trail(wanted).entries
        if not entry.is_withheld and path.contains(ItemPath.parse(str(entry.columns["path"])))
    ]
    return len(found), tuple(found[:most])


PAGES = (
    Page(
        path="report",
        action=Action.READ_TRAIL,
        handler=look,
        template="report.html",
        menu=MenuEntry("Lock report", under="Lock"),
    ),
    Page(path="lock-report.csv", action=Action.READ_TRAIL, handler=report_csv),
)
