"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import JobKind, Page, Panel, hookimpl
from edc_core_check_list import again, pages, switched_off
from edc_core_check_list.command import recheck


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return (*pages.PAGES, *again.PAGES, *switched_off.PAGES)


@hookimpl
def edc_register_panels() -> Iterable[Panel]:
    return (switched_off.PANEL,)


@hookimpl
def edc_register_jobs() -> Iterable[JobKind]:
    return (again.AGAIN,)


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return (recheck,)
