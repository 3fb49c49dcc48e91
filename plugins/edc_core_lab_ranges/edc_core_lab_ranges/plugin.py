"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import hookimpl
from edc_core_lab_ranges.command import ranges


@hookimpl
def edc_register_study_commands() -> Iterable[click.Command]:
    return (ranges,)
