"""Checks of conformance: started, followed, cancelled and tried again like other exports, and their findings in one list.

A run is an export of the format ``conformance``. So the rights to it, its state of the data, what is kept from whom and how long its
file stays are those of exports, and the page of exports lists it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    BadRequest,
    ExportChoice,
    ExportRefused,
    MenuEntry,
    NotFound,
    Page,
    Refused,
    SeeOther,
    WrongState,
)
from edc_core_conformance.exporter import FORMAT
from edc_core_conformance.report_of_run import number_of_findings, runs_of

if TYPE_CHECKING:
    from edc_core.api import Attachment, ExportLine, KeptCut, PageRequest, Times

LONGEST_OP = 150
NEWEST = "There is no such check in this study."


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is over. :param findings: how many it has; ``None`` where no rule was asked."""

    line: ExportLine
    findings: int | None


@dataclass(frozen=True, slots=True)
class RunsPage:
    """:param kept: named states that can be checked. :param running: waits or runs; then the page asks again in two seconds.

    :param over: newest first. :param can_run: what makes and writes the datasets is installed. :param typed: what was asked, to be
        put right; ``message`` says why it was not taken. :param said: why a run could not be cancelled or tried again.
    """

    study: str
    kept: tuple[KeptCut, ...]
    running: tuple[ExportLine, ...]
    over: tuple[Run, ...]
    may_locked: bool
    may_working: bool
    can_run: bool
    typed: ExportChoice
    message: str
    said: str
    polls: bool
    op: str
    times: Times


NOTHING = ExportChoice(FORMAT, unlocked=True)


def runs(asked: PageRequest) -> RunsPage:
    """What can be checked, what runs, what was found."""
    return _page(asked)


def _page(
    asked: PageRequest, typed: ExportChoice = NOTHING, *, message: str = "", said: str = ""
) -> RunsPage:
    study, found, lines = asked.study, asked.study.exports(), runs_of(asked.study)
    running = tuple(line for line in lines if not line.job.is_over)
    makes = {one.name for one in found.formats if one.tabulation or one.tables}
    return RunsPage(
        study=study.name,
        kept=found.kept,
        running=running,
        over=tuple(Run(line, number_of_findings(line)) for line in lines if line.job.is_over),
        may_locked=study.may(Action.EXPORT_LOCKED),
        may_working=study.may(Action.EXPORT_WORKING),
        can_run={"sdtm", "xpt-v5", "dataset-json-1.1"} <= makes,
        typed=typed,
        message=message,
        said=said,
        polls=bool(running),
        op=asked.op,
        times=asked.times,
    )


def start(asked: PageRequest) -> SeeOther | Refused:
    """Queue a run."""
    choice = ExportChoice(FORMAT, asked.text("snapshot"), unlocked=asked.text("unlocked") == "1")
    try:
        asked.study.ask_export(choice, op=_op(asked))
    except (ExportRefused, BadRequest) as error:
        return Refused(_page(asked, choice, message=error.message))
    return SeeOther(anchor="runs")


def again(asked: PageRequest) -> SeeOther | Refused:
    """Queue once more what a run was asked for with."""
    line = _line(asked)
    try:
        asked.study.ask_export(ExportChoice.of(line.job.request), op=_op(asked))
    except (ExportRefused, BadRequest) as error:
        return Refused(_page(asked, said=error.message))
    return SeeOther(anchor="runs")


def cancel(asked: PageRequest) -> SeeOther | Refused:
    """Take a run back that waits, or have the worker leave the one it makes; the engine ends with it."""
    try:
        asked.study.cancel_export(_line(asked).job.job_id)
    except WrongState as error:
        return Refused(_page(asked, said=error.message))
    return SeeOther(anchor="runs")


def download(asked: PageRequest) -> Attachment:
    """The whole run: report, datasets, Define-XML and lineage."""
    return asked.study.take_export(_line(asked, asked.arguments["job_id"]).job.job_id)


def _line(asked: PageRequest, name: str = "") -> ExportLine:
    name = name or asked.text("job", required=True)
    found = next((line for line in runs_of(asked.study) if line.job.job_id == name), None)
    if found is None:
        raise NotFound(NEWEST)
    return found


def _op(asked: PageRequest) -> str:
    return asked.text("op", longest=LONGEST_OP, required=True)


EXPORT = (Action.EXPORT_WORKING, Action.EXPORT_LOCKED)
PAGES = (
    Page(
        path="", action=EXPORT, handler=runs, template="runs.html", block="runs",
        menu=MenuEntry("Conformance", under="Exports"),
    ),
    Page(path="", action=EXPORT, handler=start, template="runs.html", method="POST"),
    Page(path="again", action=EXPORT, handler=again, template="runs.html", method="POST"),
    Page(path="cancel", action=EXPORT, handler=cancel, template="runs.html", method="POST"),
    Page(path="<job_id>/files", action=EXPORT, handler=download),
)  # fmt: skip
