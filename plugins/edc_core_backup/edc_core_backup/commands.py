"""``edc backup``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from edc_core.api import CommandLine, json_option
from edc_core_backup import checking, making


@click.group(invoke_without_command=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder of the backups.")
@json_option
@click.pass_context
def backup(context: click.Context, out: Path | None, *, as_json: bool) -> None:
    """Back up the database, the anchors and the files. People can work meanwhile.

    Each backup has a folder named after its time; files lie beside them once, under their SHA-256.
    """
    if context.invoked_subcommand is not None:
        return
    if out is None:
        raise click.UsageError("Say where to: edc backup --out DIR.")
    line: CommandLine = context.obj
    with line.progress("Files", quiet=as_json) as tell:
        done = making.make(making.Installed.of(os.environ), out, tell)
    if as_json:
        line.print_json(done)
        return
    chains = "1 chain" if done["chains"] == 1 else f"{done['chains']} chains"
    click.echo(f"{out / done['at']}: {done['entries']} entries in {chains}, {done['new_files']} new files")


@backup.command("check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
@click.pass_obj
def check(line: CommandLine, folder: Path, *, as_json: bool) -> int:
    """Restore a backup aside and verify it whole. It is the newest of FOLDER or FOLDER itself, compared with what was copied.

    Ends with 1 when it is not what it should be. What was found is noted in checks.jsonl beside the backups.
    """
    done = checking.check(making.Installed.of(os.environ).url, making.newest(folder))
    if as_json:
        line.print_json(done)
    else:
        for problem in done["problems"]:
            click.echo(problem)
        verdict = "clean" if done["ok"] else f"{len(done['problems'])} problems"
        click.echo(f"{done['backup']}: {done['entries']} entries restored aside: {verdict}")
    return 0 if done["ok"] else 1
