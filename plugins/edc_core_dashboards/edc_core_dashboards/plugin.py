"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Action, MenuEntry, Page, hookimpl
from edc_core_dashboards.pages import as_csv, status


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    seen = Action.VIEW_DATA
    yield Page(path="", action=seen, handler=status, template="status.html", menu=MenuEntry("Status", "u"))
    yield Page(path="numbers/<name>", action=seen, handler=as_csv)
