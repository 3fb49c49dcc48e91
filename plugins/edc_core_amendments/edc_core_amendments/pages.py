"""The pages of versions: in force where and by which approval; two versions side by side; what one means for the data."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    ActivateVersion,
    Attachment,
    BadRequest,
    CancelActivation,
    ChangeClass,
    MenuEntry,
    NarrowsData,
    NotFound,
    Page,
    Reason,
    Refused,
    SeeOther,
    WrongState,
)
from edc_core_amendments.differences import differences
from edc_core_amendments.impact import IMPACT, write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import Job, PageRequest, StudyVersions, Times
    from edc_core_amendments.differences import Difference

SHOWN = 200  #: rows of a list on the page; the file holds all of them


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """:param may_plugins: the person sees the page of plugins. :param may_migrate: the person moves forms.

    :param message: why nothing was put in force; ``given`` is what was asked then.
    """

    study: str
    found: StudyVersions
    may_plugins: bool
    may_migrate: bool
    message: str
    given: Mapping[str, object]
    op: str
    times: Times


@dataclass(frozen=True, slots=True)
class ComparePage:
    """:param classes: (class, its differences), what breaks first. :param job: the person's last count, if any.

    :param may_count: the person sees data that can be counted.
    """

    study: str
    old: str
    new: str
    oids: tuple[str, ...]
    classes: tuple[tuple[ChangeClass, tuple[Difference, ...]], ...]
    job: Job | None
    may_count: bool
    polls: bool
    shown: int
    op: str
    times: Times


def versions(asked: PageRequest) -> VersionsPage:
    """In force where and why, what is planned, what was."""
    return _versions(asked)


def _versions(
    asked: PageRequest, message: str = "", given: Mapping[str, object] | None = None
) -> VersionsPage:
    study = asked.study
    return VersionsPage(
        study.name,
        study.versions(),
        study.may(Action.VIEW_PLUGINS),
        study.may(Action.MIGRATE_FORMS),
        message,
        given or {},
        asked.op,
        asked.times,
    )


def activate(asked: PageRequest) -> SeeOther | Refused:
    """Put a version in force at sites, plan it, or give up what is planned."""
    numbers = {site.number: site.site_id for site in asked.study.versions().sites}
    given = {
        "version": asked.text("version"),
        "sites": asked.texts("sites"),
        "effective_from": asked.text("effective_from", longest=10),
        "approval": asked.text("approval", longest=500),
        "reason": asked.text("reason", longest=2000),
    }
    if not given["sites"]:
        return Refused(_versions(asked, "Choose the sites first.", given))
    if unknown := [number for number in given["sites"] if number not in numbers]:
        raise NotFound(f"There is no site '{unknown[0]}' in this study.")
    op = asked.text("op", longest=200, required=True)
    reason = Reason(text=asked.text("reason", longest=2000))
    sites = tuple(numbers[number] for number in given["sites"])
    study_id = asked.study.study_id
    command: ActivateVersion | CancelActivation
    if asked.text("cancel") == "true":
        command = CancelActivation(study_id=study_id, op=op, site_ids=sites, reason=reason)
    else:
        command = ActivateVersion(
            study_id=study_id, op=op, site_ids=sites, meta_data_version=asked.text("version"),
            effective_from=asked.text("effective_from", longest=10), approval=asked.text("approval", longest=500),
            reason=reason,
        )  # fmt: skip
    try:
        asked.study.submit(command)
    except (NarrowsData, WrongState, BadRequest) as refused:
        return Refused(_versions(asked, refused.message, given))
    return SeeOther()


def compare(asked: PageRequest) -> ComparePage:
    """Two versions side by side: by default the newest and the one before."""
    study = asked.study
    oids = tuple(line.oid for line in study.versions().versions)
    new = asked.text("new") or (oids[0] if oids else "")
    older = oids[oids.index(new) + 1 :] if new in oids else ()
    old = asked.text("old") or (older[0] if older else new)
    told = differences(study.version(old), study.version(new))
    classes = tuple(
        (one, tuple(difference for difference in told if difference.change_class is one))
        for one in reversed(ChangeClass)
    )
    counts = (job for job in study.jobs(IMPACT.name) if job.request["version"] == new)
    job = next(counts, None)
    polls = job is not None and not job.is_over
    may_count = study.may(Action.VIEW_DATA)
    return ComparePage(
        study.name, old, new, oids, classes, job, may_count, polls, SHOWN, asked.op, asked.times
    )


def ask(asked: PageRequest) -> SeeOther:
    """Ask for the count of what a version means for the data."""
    old, new = asked.text("old", required=True), asked.text("new", required=True)
    asked.study.version(new)
    asked.study.ask(IMPACT.name, {"version": new})
    return SeeOther("compare", {"old": old, "new": new}, "impact")


def table(asked: PageRequest) -> Attachment:
    """One of the lists as a file."""
    job = asked.study.job(IMPACT.name, asked.arguments["job"])
    name = asked.arguments["file"].removesuffix(".csv")
    held = job.result["tables"].get(name)
    if held is None:
        raise NotFound("There is no such list. Go back and follow the link again.")
    text = io.StringIO()
    write_csv(text, held["columns"], held["rows"])
    return Attachment(f"impact-{name}.csv", "text/csv", text.getvalue())


PAGES = (
    Page(
        path="", action=Action.COMPARE_VERSIONS, handler=versions, template="versions.html",
        menu=MenuEntry("Versions", "v"),
    ),
    Page(
        path="", action=Action.ACTIVATE_VERSION, handler=activate, template="versions.html", method="POST"
    ),
    Page(
        path="compare", action=Action.COMPARE_VERSIONS, handler=compare, template="compare.html", block="impact"
    ),
    Page(path="impact", action=Action.COMPARE_VERSIONS, handler=ask, method="POST"),
    Page(path="impact/<job>/<file>", action=Action.COMPARE_VERSIONS, handler=table, leaves=True),
)  # fmt: skip
