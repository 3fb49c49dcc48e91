"""The group ``edc`` and how its failures end."""

from __future__ import annotations

import sys
from typing import Any

import click

from edc_core import __version__
from edc_core.cli import admin, demo, people, plugins, serve, study
from edc_core.cli.groups import PluginGroup
from edc_core.cli.session import Session
from edc_core.errors import EdcError, ImportRefused


@click.group(cls=PluginGroup)
@click.version_option(__version__, prog_name="edc")
@click.pass_context
def edc(ctx: click.Context) -> None:
    """Electronic data capture for clinical trials. The database is EDC_DATABASE_URL (sqlite:///edc.db)."""
    ctx.call_on_close(ctx.ensure_object(Session).close)


for group in (admin, demo, people, plugins, serve, study):
    for command in group.COMMANDS:
        edc.add_command(command)


def main(args: list[str] | None = None) -> None:
    """Run a command; a failure a person can act on is one sentence on standard error and exit code 2."""
    try:
        result: Any = edc.main(args=args, prog_name="edc", standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except EdcError as error:
        click.echo(f"edc: {error.code} {error.message}", err=True)
        if isinstance(error, ImportRefused):
            for problem in error.details.get("problems", ()):  # type: ignore[attr-defined]
                click.echo(f"  {problem.file}:{problem.line} {problem.code} {problem.text}", err=True)
        sys.exit(2)
    except OSError as error:
        place = f"'{error.filename}': " if error.filename else ""
        click.echo(f"edc: {place}{error.strerror or error}", err=True)
        sys.exit(2)
    sys.exit(result if isinstance(result, int) else 0)
