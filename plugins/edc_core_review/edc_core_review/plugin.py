"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Page, Panel, hookimpl
from edc_core_review.home import PANEL
from edc_core_review.pages import PAGES


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return PAGES


@hookimpl
def edc_register_panels() -> Iterable[Panel]:
    return (PANEL,)
