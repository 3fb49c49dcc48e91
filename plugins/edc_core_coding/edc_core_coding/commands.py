"""``edc coding``: dictionaries are loaded, listed and compared."""

from __future__ import annotations

from pathlib import Path

import click

from edc_core.api import CommandLine, ImportRefused
from edc_core_coding import shelf
from edc_core_coding.reading import read
from edc_core_coding.terms import About, Problems
from edc_core_coding.versions import compared

COLUMNS = ("dictionary", "version", "language", "terms", "layout", "sha256")
language_option = click.option(
    "--language", default="en", show_default=True, metavar="TAG", help="Language of its terms."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@click.group()
def coding() -> None:
    """Dictionaries that verbatims are coded by."""


@coding.command("load")
@click.argument("name")
@click.argument("version")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@language_option
@json_option
@click.pass_obj
def load(line: CommandLine, name: str, version: str, folder: Path, language: str, *, as_json: bool) -> int:
    """Read the files of a dictionary and keep it. MedDRA (ASCII), MedDRA/J with --language ja, WHODrug (B3, C3).

    Everything that is wrong with the files is told at once; then nothing is kept, and it ends with 1.
    """
    if " " in name or not version.strip():
        raise ImportRefused("The name of a dictionary is one word, such as MedDRA; its version is not empty.")
    problems = Problems()
    delivery = read(folder, problems, language)
    if delivery is None:
        if as_json:
            line.print_json(
                {"problems": [{"file": f, "line": n, "text": text} for f, n, text in problems.found]}
            )
        else:
            for said in problems.lines():
                click.echo(said)
            click.echo("Nothing was kept.")
        return 1
    with line.progress("Terms", quiet=as_json) as tell:
        kept = shelf.keep(
            About(name, version, language), delivery, shelf.folder(line.settings_of("coding")), tell
        ).about
    if as_json:
        line.print_json(kept._asdict() | {"problems": []})
    else:
        terms = "1 term" if kept.terms == 1 else f"{kept.terms:,} terms"
        click.echo(f"{kept.title}: {terms}, SHA-256 {kept.sha256}")
    return 0


@coding.command("list")
@json_option
@click.pass_obj
def list_dictionaries(line: CommandLine, *, as_json: bool) -> None:
    """List the dictionaries of this installation."""
    found = [one.about for one in shelf.shelf(shelf.folder(line.settings_of("coding")))]
    if as_json:
        line.print_json([one._asdict() for one in found])
        return
    rows = [(one.name, one.version, one.language, one.terms, one.layout, one.sha256) for one in found]
    line.print_table(
        COLUMNS, rows, empty="No dictionary yet. 'edc coding load NAME VERSION FOLDER' reads one."
    )


@coding.command("diff")
@click.argument("name")
@click.argument("old")
@click.argument("new")
@language_option
@json_option
@click.pass_obj
def diff(line: CommandLine, name: str, old: str, new: str, language: str, *, as_json: bool) -> None:
    """Count what became of the terms of a dictionary in another one."""
    where = shelf.folder(line.settings_of("coding"))
    found = compared(shelf.find(name, old, language, where), shelf.find(name, new, language, where))
    if as_json:
        line.print_json(dict(found))
    else:
        line.print_table(("terms", "how many"), sorted(found.items()), empty="")
