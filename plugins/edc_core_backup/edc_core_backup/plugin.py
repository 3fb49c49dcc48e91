"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import hookimpl
from edc_core_backup.commands import backup


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return [backup]
