"""Commands that hand out data: export and snapshot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from edc_core.cli.session import as_option, json_option, print_json, print_table, progress, session_of
from edc_core.ids import new_id
from edc_core.services import cuts, exporting

if TYPE_CHECKING:
    from edc_core.cli.session import Session


@click.command()
@click.argument("study")
@click.option("--format", "format_name", required=True, help="Export format, for example csv or odm-1.3.2.")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to write into."
)
@click.option("--snapshot", default="", help="Name of a snapshot, or the root of a cut.")
@click.option(
    "--as-of", default="", metavar="TIME", help="State at a time, UTC ISO 8601, at least a minute ago."
)
@click.option("--unlocked", is_flag=True, help="Include data that are not locked; the manifest says so.")
@as_option
@json_option
@session_of
def export(
    session: Session,
    study: str,
    format_name: str,
    out: Path,
    snapshot: str,
    as_of: str,
    as_user: str,
    *,
    unlocked: bool,
    as_json: bool,
) -> int:
    """Write a study's locked data in a format, with their files and a manifest of counts and hashes.

    Ends with 1 when a file that the data name is not there as it was given.
    """
    core = session.core
    row = session.find(study)
    command = exporting.RequestExport(
        study_id=row.study_id,
        op=new_id(),
        format=format_name,
        snapshot=snapshot,
        as_of=cuts.instant(as_of) if as_of else "",
        unlocked=unlocked,
    )
    actor = session.actor(as_user, environment=row.environment)
    with progress("Subjects", quiet=as_json) as tell:
        done = exporting.export(core, actor, command, out, progress=tell)
    if as_json:
        print_json(done.manifest)
        return 1 if done.manifest["missing_files"] else 0
    files = (
        (name, facts.get("rows", ""), facts["bytes"], facts["sha256"])
        for name, facts in done.manifest["files"].items()
    )
    print_table(("file", "rows", "bytes", "SHA-256"), files, empty="No file.")
    left_out = {f"left out: {what}": number for what, number in done.manifest["left_out"].items()}
    for what, number in (done.manifest["counts"] | left_out).items():
        click.echo(f"{what}: {number}")
    click.echo(f"Cut {done.manifest['cut']} in {out}")
    if unscanned := len(done.manifest["unscanned_files"]):
        click.echo(f"files that nobody has looked through for viruses: {unscanned}")
    for bad in done.manifest["infected_files"]:
        click.echo(f"{bad['file']} was left out: it has the virus {bad['found']} ({bad['by']}).", err=True)
    for lost in done.manifest["missing_files"]:
        click.echo(
            f"{lost['file']} is {lost['problem']} in the folder of files, so the export has it not: restore it"
            " (EDC_FILES_DIR) and export again.",
            err=True,
        )
    return 1 if done.manifest["missing_files"] else 0


@click.group()
def snapshot() -> None:
    """Named states of a study."""


@snapshot.command("create")
@click.argument("study")
@click.argument("name")
@as_option
@json_option
@session_of
def create(session: Session, study: str, name: str, as_user: str, *, as_json: bool) -> None:
    """Keep the present state of a study under a name."""
    core = session.core
    row = session.find(study)
    command = cuts.TakeCut(study_id=row.study_id, op=new_id(), name=name)
    with core.write(session.actor(as_user, environment=row.environment)) as uow:
        taken = cuts.take_cut(uow, command)
    if as_json:
        print_json({"study": str(row), "name": name, "root": taken.root, "chains": len(taken.vector)})
    else:
        click.echo(f"Snapshot {name} of {row}: {taken.root}")


COMMANDS = (export, snapshot)
