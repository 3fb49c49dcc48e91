"""Exports: ask for one, watch it, take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Action, ExportRefused, MenuEntry, Page, Refused, SeeOther

if TYPE_CHECKING:
    from edc_core.api import Attachment, Exports, PageRequest, Times


@dataclass(frozen=True, slots=True)
class ExportPage:
    """Formats on the left, what runs and what was made on the right.

    :param polls: something runs, so the page asks again in two seconds.
    """

    study: str
    found: Exports
    chosen: str
    message: str
    polls: bool
    op: str
    times: Times


def exports(asked: PageRequest) -> ExportPage:
    """What can be asked for, what runs, what was made."""
    return _page(asked)


def _page(asked: PageRequest, *, chosen: str = "", message: str = "") -> ExportPage:
    found = asked.study.exports()
    return ExportPage(asked.study.name, found, chosen, message, bool(found.running), asked.op, asked.times)


def ask(asked: PageRequest) -> SeeOther | Refused:
    """Queue an export."""
    name = asked.text("format", required=True)
    try:
        asked.study.ask_export(
            name,
            op=asked.text("op", longest=150, required=True),
            snapshot=asked.text("snapshot"),
            unlocked=asked.text("unlocked") == "1",
        )
    except ExportRefused as error:
        return Refused(_page(asked, chosen=name, message=error.message))
    return SeeOther()


def download(asked: PageRequest) -> Attachment:
    """A finished export."""
    return asked.study.take_export(asked.arguments["job_id"])


EXPORT = (Action.EXPORT_WORKING, Action.EXPORT_LOCKED)
PAGES = (
    Page(
        path="", action=EXPORT, handler=exports, template="exports.html", block="jobs",
        menu=MenuEntry("Exports", "e"),
    ),
    Page(path="", action=EXPORT, handler=ask, template="exports.html", method="POST"),
    Page(path="<job_id>", action=EXPORT, handler=download),
)  # fmt: skip
