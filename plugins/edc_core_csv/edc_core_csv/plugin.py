"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Exporter, hookimpl
from edc_core_csv.exporter import write, write_all


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [
        Exporter("csv", "CSV with data dictionary, queries and audit trail", write),
        Exporter(
            "csv-with-removed",
            "CSV as above, with struck rows and removed forms flagged",
            write_all,
            removed=True,
        ),
    ]
