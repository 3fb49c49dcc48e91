"""``edc study new`` and ``schema`` write files to begin with; ``edc study dev`` opens the playground, follows them, serves."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType

import click

from edc_core.api import CommandLine
from edc_core_preview import scaffold
from edc_core_preview.following import Following
from edc_core_preview.pages import PreviewPages


@click.command()
@click.argument("oid")
@click.option("--into", type=click.Path(path_type=Path), help="Folder; forms/<oid in lower case> without it.")
@click.pass_obj
def new(line: CommandLine, oid: str, into: Path | None) -> None:
    """Begin a study. A small definition to change, with its JSON Schemas beside it."""
    folder = into or Path("forms") / oid.lower()
    for path in scaffold.begin(oid, folder):
        click.echo(str(path))
    schemas = scaffold.write_schemas(folder, line.json_schemas())
    click.echo(
        f"{folder / '.edc'}: {len(schemas)} JSON Schemas, with which an editor completes and explains keys"
    )
    click.echo(f"Next: edc study check {folder}")


@click.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def schema(line: CommandLine, path: Path) -> None:
    """Write the JSON Schemas of this release beside a study. With them an editor completes and explains keys."""
    written = scaffold.write_schemas(path, line.json_schemas())
    click.echo(f"{path / '.edc'}: {len(written)} JSON Schemas")
    click.echo(
        "Name one in the first line of a file: # yaml-language-server: $schema=../.edc/form.schema.json"
    )


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--port", default=8010, show_default=True, help="Port on this machine; 0 takes a free one.")
@click.pass_obj
def dev(line: CommandLine, path: Path, port: int) -> None:
    """Show a study while it is written. Real pages follow the files, on a database that is thrown away."""
    # Either way the database is thrown away. Begun by a shell with '&', SIGINT is ignored: SIGTERM must not be.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with line.playground() as playground:
        following = Following(path, line.definition, playground.publish)

        def leave(number: int, frame: FrameType | None) -> None:
            following.let_go()
            signal.default_int_handler(number, frame)

        for number in (signal.SIGTERM, signal.SIGINT):
            if signal.getsignal(number) is signal.default_int_handler:
                signal.signal(number, leave)
        following.begin()
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
