"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import Action, MenuEntry, Page, Panel, PanelPlace, hookimpl
from edc_core_redaction import pages
from edc_core_redaction.commands import redact


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    asks, decides = Action.REDACT, Action.APPROVE_REDACTION
    of_trail = MenuEntry("Redactions", under="Trail", action=decides)
    at_entry = MenuEntry("Redact", under="Entry of a history")
    yield Page(path="", action=(asks, decides), handler=pages.look, template="redactions.html", menu=of_trail)
    yield Page(path="ask", action=asks, handler=pages.about, template="redactions.html", menu=at_entry)
    yield Page(path="ask", action=asks, handler=pages.ask, template="redactions.html", method="POST")
    yield Page(path="decide", action=decides, handler=pages.decide, template="redactions.html", method="POST")


@hookimpl
def edc_register_panels() -> Iterable[Panel]:
    yield Panel(
        name="redactions",
        place=PanelPlace.HOME,
        action=Action.APPROVE_REDACTION,
        handler=pages.waiting,
        template="home.html",
    )


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return [redact]
