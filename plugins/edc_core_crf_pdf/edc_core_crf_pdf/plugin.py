"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import Exporter, ExportGroup, hookimpl
from edc_core_crf_pdf.command import crf
from edc_core_crf_pdf.exporter import annotated_crf, write
from edc_core_crf_pdf.fonts import families


@hookimpl
def edc_register_study_commands() -> Iterable[click.Command]:
    return [crf]


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [
        Exporter(
            "crf", "Blank and annotated CRF", write, annotated_crf=annotated_crf, fonts=families,
            about="Every form once as PDF, and again with where each answer goes in SDTM", group=ExportGroup.PEOPLE,
        )
    ]  # fmt: skip
