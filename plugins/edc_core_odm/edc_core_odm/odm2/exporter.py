"""Writing ODM 2.0: as ODM 1.3.2 is written, with other words."""

from __future__ import annotations

from edc_core.api import ExportDataset, ExportSink, TranslatedText
from edc_core_odm.exporter import SYSTEM, Format, environment, facts, start, write_as
from edc_core_odm.odm2.vocabulary import NAMESPACE
from edc_core_odm.odm2.write_admin import admin_data
from edc_core_odm.odm2.write_clinical import ClinicalWriter2
from edc_core_odm.odm2.write_metadata import study
from edc_core_odm.odm2.write_parts import texts


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write ODM 2.0 as ``odm.xml``."""
    write_as(Format(_head, study, admin_data, ClinicalWriter2), dataset, sink)


def _head(dataset: ExportDataset, file_type: str) -> str:
    attributes = {
        "xmlns": NAMESPACE,
        "ODMVersion": "2.0",
        **facts(dataset, file_type),
        "SourceSystem": SYSTEM,
    }
    return start(attributes) + texts("Description", TranslatedText.of(environment(dataset)))
