"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Importer, hookimpl
from edc_core_cosmos.importer import read, recognises


@hookimpl
def edc_register_importers() -> Iterable[Importer]:
    return [
        Importer(
            "cosmos",
            "CDISC COSMoS specializations (JSON) with controlled terminology (CSV)",
            recognises,
            read,
        )
    ]
