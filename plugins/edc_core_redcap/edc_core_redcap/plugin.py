"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Importer, hookimpl
from edc_core_redcap.importer import read, recognises


@hookimpl
def edc_register_importers() -> Iterable[Importer]:
    return [Importer("redcap", "REDCap (data dictionary, project XML, records as CSV)", recognises, read)]
