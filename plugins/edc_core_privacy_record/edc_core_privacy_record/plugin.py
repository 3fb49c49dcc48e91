"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Page, hookimpl
from edc_core_privacy_record.pages import PAGES


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return PAGES
