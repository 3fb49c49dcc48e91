"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Action, MenuEntry, Page, hookimpl
from edc_core_audit_review import pages


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    reads = Action.READ_TRAIL
    menu = MenuEntry("Risks", "w")
    yield Page(path="", action=reads, handler=pages.overview, template="overview.html", menu=menu)
    yield Page(path="risk/<risk>", action=reads, handler=pages.lines, template="lines.html")
    yield Page(path="risk/<risk>/lines.csv", action=reads, handler=pages.as_csv, leaves=True)
    yield Page(path="keep", action=reads, handler=pages.keep, template="overview.html", method="POST")
