"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import Exporter, ExportGroup, hookimpl
from edc_core_sdtm.command import sdtm
from edc_core_sdtm.exporter import write
from edc_core_sdtm.tabulation import tabulated


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [
        Exporter(
            "sdtm",
            "SDTM",
            write,
            needs_locked_study=True,
            tabulation=tabulated,
            about="Datasets of the SDTM with Define-XML 2.1 and the way back to the forms",
            group=ExportGroup.CDISC,
        )
    ]


@hookimpl
def edc_register_study_commands() -> Iterable[click.Command]:
    return [sdtm]
