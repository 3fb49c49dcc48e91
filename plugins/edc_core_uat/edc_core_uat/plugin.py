"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import Page, hookimpl
from edc_core_uat import pages, report_pages, traceability
from edc_core_uat.command import uat


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return (*pages.PAGES, *report_pages.PAGES, *traceability.PAGES)


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return [uat]
