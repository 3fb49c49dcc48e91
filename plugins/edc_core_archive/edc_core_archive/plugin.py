"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import ARCHIVE, Exporter, hookimpl
from edc_core_archive.commands import archive, restore
from edc_core_archive.exporter import HOLDS, write


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [Exporter(ARCHIVE, "Archive of a whole study", write, trail=True, whole=True, holds=HOLDS)]


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return [archive, restore]
