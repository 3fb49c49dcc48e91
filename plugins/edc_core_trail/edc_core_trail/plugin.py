"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Exporter, ExportGroup, Page, hookimpl
from edc_core_trail import acceptances, pages
from edc_core_trail.exporter import write


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [
        Exporter(
            "audit-trail",
            "Audit trail",
            write,
            trail=True,
            about="Every entry as CSV, JSON and PDF, with a program that checks that nothing was changed",
            group=ExportGroup.TRAIL,
        )
    ]


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return (*pages.PAGES, *acceptances.PAGES)
