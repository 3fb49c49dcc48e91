"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Exporter, ExportGroup, Importer, hookimpl
from edc_core_odm.exporter import write
from edc_core_odm.importer import read
from edc_core_odm.odm2.exporter import write as write_2
from edc_core_odm.odm2.importer import read as read_2
from edc_core_odm.odm2.roots import recognises as recognises_2
from edc_core_odm.safe_xml import recognises


@hookimpl
def edc_register_importers() -> Iterable[Importer]:
    return [
        Importer("odm-1.3.2", "CDISC ODM 1.3.2 (XML)", recognises, read),
        Importer("odm-2.0", "CDISC ODM 2.0 (XML)", recognises_2, read_2),
    ]


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [
        Exporter(
            "odm-1.3.2",
            "ODM 1.3.2",
            write,
            about="Definitions and data with audit records in one XML file, to exchange with other systems",
            group=ExportGroup.CDISC,
            increments=True,
        ),
        Exporter(
            "odm-2.0",
            "ODM 2.0",
            write_2,
            about="The same by the newest standard, with queries as it has them",
            group=ExportGroup.CDISC,
            increments=True,
        ),
    ]
