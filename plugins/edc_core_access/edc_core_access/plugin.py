"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import InstallationPage, Page, Panel, hookimpl
from edc_core_access import commands, evidence, review, rights, roles, sites


@hookimpl
def edc_register_pages() -> Iterable[Page | InstallationPage]:
    return (*roles.PAGES, *review.PAGES, *evidence.PAGES, *sites.PAGES, *rights.PAGES)


@hookimpl
def edc_register_panels() -> Iterable[Panel]:
    return (review.REMINDER,)


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return (commands.site,)
