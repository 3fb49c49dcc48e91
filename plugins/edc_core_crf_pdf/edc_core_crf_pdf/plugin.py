"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import Exporter, hookimpl
from edc_core_crf_pdf.command import crf
from edc_core_crf_pdf.exporter import annotated_crf, write


@hookimpl
def edc_register_study_commands() -> Iterable[click.Command]:
    return [crf]


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [
        Exporter("crf", "Case report form as PDF, blank and annotated", write, annotated_crf=annotated_crf)
    ]
