"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Action, Page, Panel, PanelPlace, hookimpl
from edc_core_double_entry import deciding, first_entry, listing, typing_again

_SEES, _ENTERS = Action.VIEW_DATA, Action.ENTER_DATA


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    yield Page(path="", action=_SEES, handler=listing.look, template="list.html")
    yield Page(path="second-entries.csv", action=_SEES, handler=listing.as_csv, leaves=True)
    yield Page(path="rates.csv", action=_SEES, handler=listing.rates_csv)
    yield Page(path="values.csv", action=_SEES, handler=listing.values_csv, leaves=True)
    yield Page(path="form", action=_SEES, handler=deciding.look, template="form.html", block="form")
    yield Page(
        path="item/<subject>/<place>", action=_ENTERS, handler=typing_again.keep, template="item.html", block="note",
        method="POST",
    )  # fmt: skip
    yield Page(
        path="compare", action=_ENTERS, handler=typing_again.finish, template="form.html", method="POST"
    )
    yield Page(path="decide", action=_ENTERS, handler=deciding.decide, template="form.html", method="POST")
    yield Page(path="first", action=_ENTERS, handler=first_entry.look, template="first.html")
    yield Page(
        path="first", action=_ENTERS, handler=first_entry.open_it, template="first.html", method="POST"
    )


@hookimpl
def edc_register_panels() -> Iterable[Panel]:
    yield Panel(
        name="waiting",
        place=PanelPlace.SUBJECTS,
        action=_SEES,
        handler=listing.waiting,
        template="waiting.html",
    )
    yield Panel(
        name="forms",
        place=PanelPlace.SUBJECT,
        action=_SEES,
        handler=listing.of_subject,
        template="of_subject.html",
    )
