"""Snapshots: keep one, look whether it is as it was kept, compare two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.api import (
    Action,
    AlreadyExists,
    Attachment,
    BadRequest,
    JobKind,
    KeepSnapshot,
    MenuEntry,
    Page,
    Refused,
    SeeOther,
)
from edc_core_snapshots.difference import NOW, compare
from edc_core_snapshots.lines import HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import Job, JobRequest, PageRequest, Snapshot, Times
    from edc_core_snapshots.difference import Difference
    from edc_core_snapshots.lines import Line

MOST = 20_000  #: entries between two states that a page compares
SHOWN = 500  #: lines on the page; the file holds all
LONGEST = 80  #: letters of a name
VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class SnapshotLine:
    """:param looked: the newest look of the person at this snapshot, whether it was as it was kept."""

    state: Snapshot
    newer: int
    looked: Job | None


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """:param given: the name that was asked for, and ``message`` why it was not taken.

    :param polls: somebody looks through a snapshot, so the page asks again in two seconds.
    """

    study: str
    lines: tuple[SnapshotLine, ...]
    may_keep: bool
    may_compare: bool
    given: str
    message: str
    longest: int
    polls: bool
    op: str
    times: Times


def snapshots(asked: PageRequest) -> SnapshotPage:
    """What was kept."""
    return _page(asked)


def _page(asked: PageRequest, *, given: str = "", message: str = "") -> SnapshotPage:
    study = asked.study
    now, *kept = study.snapshots.all()
    looks: dict[str, Job] = {}
    for job in study.jobs(VERIFY):  # newest first
        looks.setdefault(str(job.request["name"]), job)
    return SnapshotPage(
        study=study.name,
        lines=tuple(SnapshotLine(one, now.entries - one.entries, looks.get(one.name)) for one in kept),
        may_keep=study.may(Action.SNAPSHOT, "*"),
        may_compare=study.may(Action.READ_TRAIL),
        given=given,
        message=message,
        longest=LONGEST,
        polls=any(not job.is_over for job in looks.values()),
        op=asked.op,
        times=asked.times,
    )


def keep(asked: PageRequest) -> SeeOther | Refused:
    """Keep the state of now."""
    name = asked.text("name")
    op = asked.text("op", longest=150, required=True)
    try:
        asked.study.submit(KeepSnapshot(study_id=asked.study.study_id, op=op, name=name))
    except (AlreadyExists, BadRequest) as error:
        return Refused(_page(asked, given=name, message=error.message))
    return SeeOther()


def look_through(asked: PageRequest) -> SeeOther:
    """Have a snapshot looked through."""
    asked.study.ask(VERIFY, {"name": asked.text("name", required=True)})
    return SeeOther()


def verify(asked: JobRequest) -> Mapping[str, Any]:
    """Look whether a snapshot is as it was kept."""
    return {"problems": list(asked.study.snapshots.problems(str(asked.request["name"])))}


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """:param names: states that can be chosen. :param lines: the first ones of what was chosen, of ``total``.

    :param structure: lines of columns and code lists. :param forms: (OID, title) of those in which something differs,
        ``items`` likewise (OID, OID and where). :param chosen: OIDs of items, none for all. :param message: why nothing was
        compared.
    """

    study: str
    names: tuple[str, ...]
    first: str
    second: str
    form: str
    chosen: tuple[str, ...]
    forms: tuple[tuple[str, str], ...]
    items: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]
    structure: tuple[Line, ...]
    lines: tuple[Line, ...]
    total: int
    message: str
    times: Times


def difference(asked: PageRequest) -> DifferencePage:
    """What differs between two states: of one form, of chosen items, or all."""
    names = tuple(state.name for state in asked.study.snapshots.all())
    first, second, form = asked.text("a"), asked.text("b") or NOW, asked.text("form")
    chosen = asked.texts("item")
    message, found = "", None
    if first:
        try:
            found = compare(asked.study, first, second, most=MOST)
        except BadRequest as error:
            message = error.message
    shown = found.of(form, chosen).lines if found else ()
    data = tuple(line for line in shown if line.subject)
    return DifferencePage(
        study=asked.study.name,
        names=names,
        first=found.older.name if found else first,
        second=found.newer.name if found else second,
        form=form,
        chosen=chosen,
        forms=_forms(found) if found else (),
        items=tuple(sorted({line.item for line in found.of(form).lines if line.item})) if found else (),
        counts=found.of(form, chosen).counts if found else {},
        structure=tuple(line for line in shown if not line.subject),
        lines=data[:SHOWN],
        total=len(data),
        message=message,
        times=asked.times,
    )


def _forms(found: Difference) -> tuple[tuple[str, str], ...]:
    oids = dict.fromkeys(line.form for line in found.lines if line.form)
    return tuple((oid, found.titles.get(oid, oid)) for oid in oids)


def difference_csv(asked: PageRequest) -> Attachment:
    """The same as a table, all of it."""
    first, second = asked.text("a", required=True), asked.text("b") or NOW
    found = compare(asked.study, first, second, most=MOST).of(asked.text("form"), asked.texts("item"))
    return Attachment.table("difference.csv", HEADER, found.rows())


JOBS = (JobKind(name=VERIFY, actions=(Action.EXPORT_LOCKED,), carry_out=verify),)
PAGES = (
    Page(
        path="", action=Action.EXPORT_LOCKED, handler=snapshots, template="snapshots.html", block="kept",
        menu=MenuEntry("Snapshots", under="Exports"),
    ),
    Page(path="", action=Action.SNAPSHOT, handler=keep, template="snapshots.html", method="POST"),
    Page(path="verify", action=Action.EXPORT_LOCKED, handler=look_through, method="POST"),
    Page(path="difference", action=Action.READ_TRAIL, handler=difference, template="difference.html"),
    Page(path="difference.csv", action=Action.READ_TRAIL, handler=difference_csv, leaves=True),
)  # fmt: skip
