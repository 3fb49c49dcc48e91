"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Action, MenuEntry, Page, hookimpl
from edc_core_listings import items, late

_SEES = Action.VIEW_DATA
PAGES = (
    Page(path="", action=_SEES, handler=late.missing, template="missing.html", menu=MenuEntry("Listings", "i")),
    Page(path="missing.csv", action=_SEES, handler=late.missing_csv, leaves=True),
    Page(path="overdue", action=_SEES, handler=late.overdue, template="overdue.html"),
    Page(path="overdue.csv", action=_SEES, handler=late.overdue_csv, leaves=True),
    Page(path="items", action=_SEES, handler=items.show, template="items.html"),
    Page(path="items.csv", action=_SEES, handler=items.as_csv, leaves=True),
    Page(path="items/keep", action=_SEES, handler=items.keep, template="items.html", method="POST"),
    Page(path="items/give-up", action=_SEES, handler=items.give_up, method="POST"),
)  # fmt: skip


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return PAGES
