"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Action, MenuEntry, Page, hookimpl
from edc_core_unblinding import pages


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    reads, puts = (Action.UNBLIND, Action.READ_TRAIL), Action.UNBLIND
    of_trail = MenuEntry("Unblinding", under="Trail")
    yield Page(path="", action=reads, handler=pages.look, template="records.html", menu=of_trail, leaves=True)
    yield Page(
        path="subject", action=puts, handler=pages.of_subject, template="subject.html", tab="Unblinding"
    )
    yield Page(path="subject", action=puts, handler=pages.record, template="subject.html", method="POST")
