"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import InstallationPage, hookimpl
from edc_core_people import pages


@hookimpl
def edc_register_pages() -> Iterable[InstallationPage]:
    return pages.PAGES
