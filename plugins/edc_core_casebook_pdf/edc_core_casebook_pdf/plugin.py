"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Action, Exporter, ExportGroup, JobKind, hookimpl
from edc_core_casebook_pdf.exporter import write
from edc_core_casebook_pdf.signed import draw


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [
        Exporter(
            "casebook-pdf",
            "Casebooks (PDF/A)",
            write,
            about="A file for each subject, with history, queries and signatures, to read and to print",
            group=ExportGroup.PEOPLE,
        )
    ]


@hookimpl
def edc_register_jobs() -> Iterable[JobKind]:
    """One that the worker does by itself."""
    yield JobKind("signed", (Action.VIEW_DATA,), draw, standing=True)
