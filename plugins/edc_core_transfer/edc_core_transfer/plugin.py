"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import JobKind, Page, hookimpl
from edc_core_transfer.command import transfer
from edc_core_transfer.jobs import LOOK, STORE
from edc_core_transfer.pages import PAGES


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return [transfer]


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return PAGES


@hookimpl
def edc_register_jobs() -> Iterable[JobKind]:
    return (LOOK, STORE)
