"""``edc study import``: files of any installed format into the database, their definition as YAML too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from edc_core.api import as_option, json_option
from edc_core_study_import import writer

if TYPE_CHECKING:
    from edc_core.api import CommandLine, Imported


@click.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--format", "format_name", default="", help="Import format; without it the file is recognised.")
@click.option("--with-data", is_flag=True, help="Also bring in the collected data.")
@click.option(
    "--into", type=click.Path(path_type=Path), help="Write the definition as YAML into this folder."
)
@click.option(
    "--env", "environment", type=click.Choice(["dev", "uat", "live"]), default="dev", show_default=True,
    help="Environment; data never move between them.",
)  # fmt: skip
@as_option
@json_option
@click.pass_obj
def import_study(
    line: CommandLine, files: tuple[Path, ...], format_name: str, into: Path | None, environment: str, as_user: str,
    *, with_data: bool, as_json: bool,
) -> int:  # fmt: skip
    """Import a definition, and its data with --with-data. What cannot be represented is listed by line."""

    def write(read: Imported) -> None:
        if into is not None and read.versions:
            writer.write(read.versions[-1], into)

    with line.progress("Subjects", quiet=as_json) as tell:
        report = line.import_files(
            files, format_name=format_name, environment=environment, as_user=as_user, with_data=with_data,
            read=write, progress=tell,
        )  # fmt: skip
    if as_json:
        line.print_json(report.as_json())
    else:
        for problem in report.problems:
            click.echo(f"{problem.file}:{problem.line} {problem.code} {problem.text}")
        for subject_key, why in report.not_in.items():
            click.echo(f"not imported: subject {subject_key}: {why}")
        version = f"MetaDataVersion {report.meta_data_version}"
        click.echo(
            f"{report.study}: {version}, {len(report.subjects)} subjects, {report.item_values} values, {len(report.problems)} problems"
        )
    return 1 if report.not_in else 0
