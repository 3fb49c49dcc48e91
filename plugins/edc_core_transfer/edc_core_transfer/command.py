"""``edc transfer``: reads the options, runs, prints."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edc_core.api import CommandLine, as_option, json_option
from edc_core_transfer import column_map as maps
from edc_core_transfer import tables
from edc_core_transfer.run import Report, Transfer
from edc_core_transfer.staging import Staging, staging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHOWN = 20  #: rejects and changes printed; all of them go into the files asked for

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


def _options(command: Callable[..., int]) -> Callable[..., int]:
    for option in (
        json_option,
        as_option,
        click.option("--changes", type=_OUT, help="Write what is added and changed into this CSV file."),
        click.option("--rejects", type=_OUT, help="Write the rows that are not taken into this CSV file."),
        click.option(
            "--map", "map_file", required=True, type=_FILE, help="The map that says which column is what."
        ),
        click.argument("file", type=_FILE),
        click.argument("study"),
    ):
        command = option(command)
    return command


@click.group()
def transfer() -> None:
    """Bring in files of laboratories and other vendors. Look first, approve, then store."""


@transfer.command()
@_options
@click.pass_obj
def check(
    line: CommandLine,
    study: str,
    file: Path,
    map_file: Path,
    rejects: Path | None,
    changes: Path | None,
    as_user: str,
    *,
    as_json: bool,
) -> int:
    """Match a file with a study and rehearse it; nothing is stored. Ends with 1 when a row is rejected."""
    with _begun(line, study, file, map_file, as_user) as (begun, staged):
        with line.progress("Subjects", quiet=as_json) as tell:
            report = begun.check(tell)
        _print(line, report, staged, rejects, changes, as_json=as_json)
        if not as_json and report.subjects:
            reason = " --reason TEXT" if report.changed else ""
            click.echo("Next, once this is what you want:")
            click.echo(
                f"  edc transfer run {report.study} {file} --map {map_file} --approve {report.transfer}{reason}"
            )
    return 1 if report.rejected else 0


@transfer.command()
@_options
@click.option(
    "--approve", required=True, metavar="ID", help="The transfer as 'check' named it; nothing else is stored."
)
@click.option("--reason", default="", help="Why values that are there change.")
@click.pass_obj
def run(
    line: CommandLine,
    study: str,
    file: Path,
    map_file: Path,
    rejects: Path | None,
    changes: Path | None,
    as_user: str,
    approve: str,
    reason: str,
    *,
    as_json: bool,
) -> int:
    """Store what was looked at and approved, subject by subject. Ends with 1 when a row or a subject is not in.

    The same file again changes nothing. A run that was killed goes on when the same command is given again.
    """
    with _begun(line, study, file, map_file, as_user) as (begun, staged):
        with line.progress("Looking", quiet=as_json) as tell:
            begun.check(tell)
        with line.progress("Storing", quiet=as_json) as tell:
            report = begun.store(approve, reason, tell)
        _print(line, report, staged, rejects, changes, as_json=as_json)
    return 1 if report.rejected or report.not_in else 0


@contextmanager
def _begun(
    line: CommandLine, study: str, file: Path, map_file: Path, as_user: str
) -> Iterator[tuple[Transfer, Staging]]:
    session = line.plugin_session("transfer", as_user=as_user)
    at_hand = session.study(study)
    column_map = maps.load(map_file)
    with staging(column_map.columns()) as staged:
        yield Transfer(session, at_hand, column_map, file, staged), staged


def _print(
    line: CommandLine,
    report: Report,
    staged: Staging,
    rejects: Path | None,
    changes: Path | None,
    *,
    as_json: bool,
) -> None:
    if rejects is not None:
        rejects.write_bytes(tables.rejects(staged))
    if changes is not None:
        changes.write_bytes(tables.changes(staged))
    if as_json:
        line.print_json(report.as_json())
        return
    for number, one in enumerate(staged.rejects()):
        if number == SHOWN:
            click.echo(f"... and {report.rejected - SHOWN} more; --rejects FILE lists all.")
            break
        click.echo(f"{report.file}:{one.line} {one.code} {one.subject}: {one.text}")
    for key, why in report.not_in.items():
        click.echo(f"not stored: subject {key}: {why}", err=True)
    verb = "stored" if report.stored else "to store"
    click.echo(
        f"{report.study}, {report.source}, {report.file}: {report.rows} rows, {report.rejected} rejected, "
        f"{report.empty} without a value."
    )
    click.echo(
        f"{verb.capitalize()}: {report.added} values added and {report.changed} changed for {report.subjects} subjects; "
        f"{report.unchanged} stand there already. Queries touched: {report.queries}."
    )
    if not report.subjects:
        click.echo("There is nothing to store.")
