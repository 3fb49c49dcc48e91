"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import Action, MenuEntry, Page, hookimpl
from edc_core_corrections import data, subject, transfers
from edc_core_corrections.commands import subject as command

OF_SUBJECT = (Action.CORRECT_SUBJECT, Action.MOVE_SUBJECT, Action.STRIKE)


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    number, site, form = OF_SUBJECT
    listed = MenuEntry("Transferred subjects", under="Subjects")
    page, of_data = "subject.html", "data.html"
    yield Page(path="", action=OF_SUBJECT, handler=subject.look, template=page, tab="Put right")
    yield Page(path="number", action=number, handler=subject.correct, template=page, method="POST")
    yield Page(path="site", action=site, handler=subject.transfer, template=page, method="POST")
    yield Page(path="data", action=form, handler=data.look, template=of_data)
    yield Page(path="data", action=form, handler=data.put_right, template=of_data, method="POST")
    yield Page(
        path="transfers",
        action=Action.VIEW_DATA,
        handler=transfers.look,
        template="transfers.html",
        menu=listed,
    )


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return [command]
