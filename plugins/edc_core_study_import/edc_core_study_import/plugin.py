"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import hookimpl
from edc_core_study_import.command import import_study


@hookimpl
def edc_register_study_commands() -> Iterable[click.Command]:
    return [import_study]
