"""``edc export``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edc_core.api import (
    BLINDED,
    CODES,
    LABELS,
    UNBLINDED,
    CommandLine,
    ExportChoice,
    as_option,
    json_option,
)
from edc_core_exports.recipes import find_recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

REMEDY = "Say where it goes (--to COUNTRY), or record a legal basis on the page Data that stay."


def _part(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that narrow an export."""
    for option in (
        click.option("--to", "destination", metavar="CODE", help="Country it goes to, as KR, for data that may lie there."),
        click.option("--since", metavar="CUT", help="Only what is otherwise than in this earlier state."),
        click.option("--terms", type=click.Choice((CODES, LABELS)), help="Codes alone, or labels alone."),
        click.option(
            "--blinding", type=click.Choice((BLINDED, UNBLINDED)),
            help="Leave blinded items out for everybody, or ask that they are in it.",
        ),
        click.option("--subject", "subjects", multiple=True, metavar="KEY", help="Only this subject; say it again."),
        click.option("--country", "countries", multiple=True, metavar="CODE", help="Only sites of this country, as KR."),
        click.option("--site", "sites", multiple=True, metavar="NUMBER", help="Only this site; may be said again."),
        click.option("--form", "forms", multiple=True, metavar="OID", help="Only this form; may be said again."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command()
@click.argument("study")
@click.option("--format", "format_name", default="", help="Export format, for example csv or odm-1.3.2.")
@click.option(
    "--recipe", default="", metavar="NAME", help="A recipe kept on the page of exports, in place of a format."
)
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to write into."
)
@click.option("--snapshot", default="", help="Name of a snapshot, or the root of a cut.")
@click.option(
    "--as-of", default="", metavar="TIME", help="State at a time, UTC ISO 8601, at least a minute ago."
)
@click.option("--unlocked", is_flag=True, help="Include data that are not locked; the manifest says so.")
@click.option(
    "--analysis",
    type=click.Path(exists=True, path_type=Path),
    metavar="DIR",
    help="Analysis datasets, their define.xml and programs, for a package: a folder, or a ZIP archive of one.",
)
@_part
@as_option
@json_option
@click.pass_obj
def export(
    line: CommandLine, study: str, format_name: str, recipe: str, out: Path, snapshot: str, as_of: str, as_user: str,
    analysis: Path | None, *, unlocked: bool, as_json: bool, **part: Any,
) -> int:  # fmt: skip
    """Write a study's locked data in a format. Their files and a manifest of counts and hashes go with them.

    A machine runs a recipe by a token that was given for it on the page of exports, in EDC_TOKEN and without --as.

    Ends with 1 when a file that the data name is not there as it was given.
    """
    choice = ExportChoice(
        format_name,
        snapshot,
        as_of,
        unlocked=unlocked,
        **{name: value for name, value in part.items() if value},
    )
    if recipe:
        if choice != ExportChoice("", since=choice.since):
            raise click.UsageError(
                "A recipe says the format, the state and which data: give --recipe alone, or with --since."
            )
        kept = find_recipe(line.study_access("exports", study, as_user=as_user, recipe=recipe), recipe)
        choice = replace(kept.choice, since=choice.since)
    elif not format_name:
        raise click.UsageError("Say what to export: --format, or --recipe.")
    with line.progress("Subjects", quiet=as_json) as tell:
        manifest = line.export(
            study, choice, out, as_user=as_user, recipe=recipe, progress=tell, analysis=analysis
        )
    if as_json:
        line.print_json(manifest)
        return 1 if manifest["missing_files"] else 0
    _print(line, manifest, out)
    return 1 if manifest["missing_files"] else 0


def _print(line: CommandLine, manifest: Mapping[str, Any], out: Path) -> None:
    """For people: its files and counts, then what they have to do something about."""
    files = (
        (name, facts.get("rows", ""), facts["bytes"], facts["sha256"])
        for name, facts in manifest["files"].items()
    )
    line.print_table(("file", "rows", "bytes", "SHA-256"), files, empty="No file.")
    left_out = {f"left out: {what}": number for what, number in manifest["left_out"].items()}
    for what, number in (manifest["counts"] | left_out).items():
        click.echo(f"{what}: {number}")
    click.echo(f"Cut {manifest['cut']} in {out}")
    if "subjects_that_stay" in manifest:
        click.echo(f"Data that stay were left out. {REMEDY}", err=True)
    if unscanned := len(manifest["unscanned_files"]):
        click.echo(f"files that nobody has looked through for viruses: {unscanned}")
    for bad in manifest["infected_files"]:
        click.echo(f"{bad['file']} was left out: it has the virus {bad['found']} ({bad['by']}).", err=True)
    for lost in manifest["missing_files"]:
        click.echo(
            f"{lost['file']} is {lost['problem']} in the folder of files, so the export has it not: restore it"
            " (EDC_FILES_DIR) and export again.",
            err=True,
        )
