"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Exporter, Page, hookimpl
from edc_core_trail import acceptances, pages
from edc_core_trail.exporter import write


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [Exporter("audit-trail", "Audit trail with a verifier (CSV, JSON, PDF)", write, trail=True)]


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return (*pages.PAGES, *acceptances.PAGES)
