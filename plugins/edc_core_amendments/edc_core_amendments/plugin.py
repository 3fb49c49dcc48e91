"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import JobKind, Page, hookimpl
from edc_core_amendments import bring_in, moves
from edc_core_amendments.commands import COMMANDS
from edc_core_amendments.impact import IMPACT
from edc_core_amendments.pages import PAGES


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return (*PAGES, *moves.PAGES)


@hookimpl
def edc_register_jobs() -> Iterable[JobKind]:
    return (IMPACT, *moves.JOBS)


@hookimpl
def edc_register_study_commands() -> Iterable[click.Command]:
    return (*COMMANDS, *bring_in.COMMANDS)
