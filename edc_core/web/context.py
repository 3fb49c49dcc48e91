"""What a request needs at hand: the installation, who asks, which study. The only place that reads them from Flask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app, g

from edc_core.services import dispatch

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Any

    from edc_core.core import Core
    from edc_core.domain.authenticator import Authenticator
    from edc_core.domain.commands import Command
    from edc_core.domain.permission import Actor
    from edc_core.plugin_offers import RegisteredPage, RegisteredPanel
    from edc_core.rendering.item_markup import MarkupStore
    from edc_core.services.check_queue import CheckQueue
    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import Reading, UnitOfWork


@dataclass(frozen=True, slots=True)
class Web:
    """What the application keeps between requests: the pages, panels and authenticators are those of plugins."""

    core: Core
    markup: MarkupStore
    checks: CheckQueue
    pages: tuple[RegisteredPage, ...]
    panels: tuple[RegisteredPanel, ...]
    authenticators: tuple[Authenticator, ...]


def web() -> Web:
    return cast("Web", current_app.extensions["edc_core"])


def core() -> Core:
    return web().core


def actor() -> Actor:
    """Who asks. The doorkeeper in ``auth`` has let the request in, so there is one."""
    return cast("Actor", g.actor)


def study() -> StudyRow:
    """The study in the address; set before the view runs."""
    return cast("StudyRow", g.study)


def read() -> AbstractContextManager[Reading]:
    return core().read()


def write() -> UnitOfWork:
    return core().write(actor())


def carry_out(command: Command) -> dict[str, Any]:
    """Carry out a command as the person who asks; see ``dispatch.carry_out``."""
    with write() as uow:
        return dispatch.carry_out(uow, command)
