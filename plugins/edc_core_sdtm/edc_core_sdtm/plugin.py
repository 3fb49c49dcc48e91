"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import Exporter, hookimpl
from edc_core_sdtm.command import sdtm
from edc_core_sdtm.exporter import write


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [Exporter("sdtm", "SDTM datasets with Define-XML 2.1 and lineage", write, needs_locked_study=True)]


@hookimpl
def edc_register_study_commands() -> Iterable[click.Command]:
    return [sdtm]
