"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import Page, hookimpl
from edc_core_exports.command import export
from edc_core_exports.copies import COPY_PAGES
from edc_core_exports.pages import PAGES
from edc_core_exports.residency import RESIDENCY_PAGES
from edc_core_exports.tokens import TOKEN_PAGES


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return (*PAGES, *TOKEN_PAGES, *RESIDENCY_PAGES, *COPY_PAGES)


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return [export]
