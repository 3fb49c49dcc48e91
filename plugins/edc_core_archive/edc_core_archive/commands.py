"""``edc archive`` and ``edc restore``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from edc_core.api import ARCHIVE, CommandLine, ExportChoice, ImportRefused, Problem, as_option, json_option
from edc_core_archive.package import Package


@click.command()
@click.argument("study")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to write into."
)
@click.option("--snapshot", default="", help="Name of a snapshot, or the root of a cut.")
@as_option
@json_option
@click.pass_obj
def archive(line: CommandLine, study: str, out: Path, snapshot: str, as_user: str, *, as_json: bool) -> int:
    """Write all of a study with its whole audit trail. Locked or not, it can be read and restored anywhere.

    It holds what is blinded: keep it as you keep the database. Ends with 1 when a file that the study names is not in it.
    """
    with line.progress("Subjects", quiet=as_json) as tell:
        choice = ExportChoice(ARCHIVE, snapshot, unlocked=True)
        manifest = line.export(study, choice, out, as_user=as_user, progress=tell)
    absent = [*manifest["missing_files"], *manifest["infected_files"]]
    if as_json:
        line.print_json(manifest)
        return 1 if absent else 0
    entries = manifest["files"]["trail/trail.jsonl"]["rows"]
    click.echo(
        f"{manifest['counts'].get('subjects', 0)} subjects and {entries} entries of the trail in {out}"
    )
    for lost in absent:
        why = f"has the virus {lost['found']}" if "found" in lost else f"is {lost['problem']}"
        click.echo(f"{lost['file']} {why}, so the archive has it not.", err=True)
    click.echo(f"Cut {manifest['cut']}")
    return 1 if absent else 0


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
@click.pass_obj
def restore(line: CommandLine, folder: Path, *, as_json: bool) -> int:
    """Take an archived study into an installation without it.

    Every file, entry, state and anchor is looked at first. Ends with 1, having written nothing, when one is not as it was.
    """
    package = Package(folder)
    with line.progress("Files", quiet=as_json) as tell:
        problems: list[Problem] = package.problems(tell)
    done: dict[str, Any] = {}
    if not problems:
        try:
            with line.progress("Entries", quiet=as_json) as tell:
                done = asdict(line.restore(package, progress=tell))
        except ImportRefused as refused:
            problems = list(refused.details["problems"])  # type: ignore[call-overload]
    if as_json:
        line.print_json({"ok": not problems, **done, "problems": [asdict(one) for one in problems]})
        return 1 if problems else 0
    for one in problems:
        click.echo(
            f"{one.file}:{one.line} {one.code} {one.text}"
            if one.line
            else f"{one.file}: {one.code} {one.text}"
        )
    if problems:
        click.echo("This archive cannot be restored; nothing was written.", err=True)
        return 1
    click.echo(
        f"{done['study']} is here: {done['entries']} entries in {done['chains']} chains, {done['files']} files."
    )
    click.echo(f"{done['people']} accounts are new, and closed: invite who comes back, and give roles anew.")
    for sha256 in done["absent"]:
        click.echo(f"The archive has not the file {sha256}.", err=True)
    return 0
