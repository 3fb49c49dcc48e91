"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Exporter, hookimpl
from edc_core_csv.exporter import write


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [Exporter("csv", "CSV with data dictionary, queries and audit trail", write)]
