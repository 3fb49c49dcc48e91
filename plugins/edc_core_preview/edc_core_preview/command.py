"""``edc study dev``: opens the playground, follows the files, serves."""

from __future__ import annotations

import signal
from pathlib import Path

import click

from edc_core.api import CommandLine
from edc_core_preview.following import Following
from edc_core_preview.pages import PreviewPages


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--port", default=8010, show_default=True, help="Port on this machine; 0 takes a free one.")
@click.pass_obj
def dev(line: CommandLine, path: Path, port: int) -> None:
    """Show a study while it is written: real pages that follow the files, on a database that is thrown away."""
    with line.playground() as playground:
        following = Following(path, line.definition, playground.publish)
        following.begin()
        signal.signal(
            signal.SIGTERM, signal.getsignal(signal.SIGINT)
        )  # either way the database is thrown away
        try:
            for finding in following.shown.findings:
                click.echo(f"{finding.file}:{finding.line}:{finding.column} {finding.code} {finding.message}")
            playground.serve(
                PreviewPages(playground, following).page_set(),
                port,
                lambda address: click.echo(f"Preview of {path}: {address}   (Ctrl+C stops)"),
            )
        finally:
            following.end()
