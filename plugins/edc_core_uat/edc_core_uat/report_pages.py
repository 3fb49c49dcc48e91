"""The report as it stands, those that were recorded, and their files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from edc_core.api import Action, Attachment, Page, Refused, SeeOther
from edc_core_uat import files, report
from edc_core_uat.results import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from edc_core.api import PageRequest, Times
    from edc_core_uat.report import Recorded, Report


@dataclass(frozen=True, slots=True)
class ReportPage:
    """:param content: of the report as it stands now. :param failed: its scripts that failed, ``untested`` those nobody tried.
    :param is_recorded: the newest recorded one is this one. :param message: why it was not recorded.
    """

    study: str
    environment: str
    content: Mapping[str, Any]
    sha256: str
    failed: tuple[Mapping[str, Any], ...]
    own: int
    recorded: tuple[Recorded, ...]
    is_recorded: bool
    may_record: bool
    message: str
    op: str
    times: Times


def look(asked: PageRequest) -> ReportPage:
    """The report of the newest version as it stands, and those that were recorded."""
    return _page(asked, report.make(asked.study))


def _page(asked: PageRequest, made: Report, message: str = "") -> ReportPage:
    recorded = report.recorded_reports(asked.study)
    scripts = made.content["scripts"]
    return ReportPage(
        study=asked.study.name,
        environment=asked.study.environment,
        content=made.content,
        sha256=made.sha256,
        failed=tuple(one for one in scripts if one["status"] == Status.FAILED),
        own=sum(any(r["published_the_version"] for r in one["results"]) for one in scripts),
        recorded=recorded,
        is_recorded=bool(recorded) and recorded[0].content["report_sha256"] == made.sha256,
        may_record=asked.study.may(Action.RELEASE_STUDY),
        message=message,
        op=asked.op,
        times=asked.times,
    )


def record(asked: PageRequest) -> SeeOther | Refused:
    """Note in the ledger that this is the report, as the person saw it."""
    made = report.make(asked.study)
    if asked.text("sha256", required=True) != made.sha256:
        why = "A result came in since you opened this page. Nothing was recorded; look at the report as it is now."
        return Refused(_page(asked, made, why))
    report.record(asked.study, made, op=asked.text("op", required=True))
    return SeeOther("report", {}, "recorded")


def take(asked: PageRequest, file: Callable[[Report], Attachment]) -> Attachment:
    """A file of the report as it stands, or of the recorded one that the address names."""
    return file(report.again(asked.study, report.find(asked.study, asked.text("n"))))


PAGES = (
    Page(path="report", action=Action.COMPARE_VERSIONS, handler=look, template="report.html"),
    Page(path="report", action=Action.RELEASE_STUDY, handler=record, template="report.html", method="POST"),
    *(
        Page(path=f"report.{ending}", action=Action.COMPARE_VERSIONS, handler=partial(take, file=file))
        for ending, file in files.KINDS.items()
    ),
)
