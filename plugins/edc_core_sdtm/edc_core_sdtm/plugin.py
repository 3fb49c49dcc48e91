"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

import click

from edc_core.api import Exporter, ExportGroup, StudySettings, hookimpl
from edc_core_sdtm.command import sdtm
from edc_core_sdtm.exporter import write
from edc_core_sdtm.study_settings import SETTINGS
from edc_core_sdtm.tabulation import tabulated


@hookimpl
def edc_register_exporters(settings: Mapping[str, str]) -> Iterable[Exporter]:
    return [
        Exporter(
            "sdtm",
            "SDTM",
            partial(write, settings),
            needs_locked_study=True,
            tabulation=partial(tabulated, settings),
            about="Datasets of the SDTM with Define-XML 2.1 and the way back to the forms",
            group=ExportGroup.CDISC,
        )
    ]


@hookimpl
def edc_register_study_settings() -> Iterable[StudySettings]:
    return [SETTINGS]


@hookimpl
def edc_register_study_commands() -> Iterable[click.Command]:
    return [sdtm]
