"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Action, MenuEntry, Page, hookimpl
from edc_core_countries.roadmap_page import record_day, roadmap
from edc_core_countries.rules_page import deadlines, record, rules


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    seen, recorded = Action.VIEW_DATA, Action.RECORD_EVIDENCE
    yield Page(
        path="", action=seen, handler=rules, template="rules.html",
        menu=MenuEntry("Country rules", seldom=True),
    )  # fmt: skip
    yield Page(path="identifier", action=recorded, handler=record, template="rules.html", method="POST")
    yield Page(path="deadlines", action=seen, handler=deadlines, template="deadlines.html")
    yield Page(path="roadmap", action=seen, handler=roadmap, template="roadmap.html")
    yield Page(path="roadmap", action=recorded, handler=record_day, template="roadmap.html", method="POST")
