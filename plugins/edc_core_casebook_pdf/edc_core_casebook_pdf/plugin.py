"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Exporter, hookimpl
from edc_core_casebook_pdf.exporter import write


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [Exporter("casebook-pdf", "Casebooks as PDF/A, with history, queries and signatures", write)]
