"""``edc plugins``: what is installed, and help for those who write one."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edc_core.cli.session import counted, json_option, print_json, print_table, session_of
from edc_core.plugin_author import begin, look

if TYPE_CHECKING:
    from edc_core.cli.session import Session


@click.group()
def plugins() -> None:
    """Installed plugins."""


@plugins.command("list")
@json_option
@session_of
def plugins_list(session: Session, *, as_json: bool) -> int:
    """Show what is installed, what each brings, and what could not be loaded."""
    manager = session.bare.plugins
    rows = [
        {
            "plugin": one.name,
            "distribution": one.distribution,
            "version": one.version,
            "sha256": one.sha256,
            "hooks": list(manager.hooks_of(one.name)),
        }
        for one in manager.installed
    ]
    manager.importers(), manager.exporters(), manager.widgets()  # what fails while registering shows here
    failures = [dataclasses.asdict(failure) for failure in manager.failures]
    if as_json:
        print_json({"plugins": rows, "failures": failures})
    else:
        cells = (
            (r["plugin"], r["distribution"], r["version"], str(r["sha256"])[:12], ", ".join(r["hooks"]))
            for r in rows
        )
        print_table(("plugin", "distribution", "version", "source", "hooks"), cells, empty="None.")
        for failure in failures:
            click.echo(f"failed: {failure['name']} {failure['version']}: {failure['text']}", err=True)
    return 1 if failures else 0


@plugins.command()
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder to make the package in.",
)
def new(name: str, into: Path) -> None:
    """Begin a plugin: a package with one check, its rows that fire and do not, and its tests."""
    names, written = begin.begin(name, into)
    for path in written:
        click.echo(str(path))
    folder = into / names.distribution
    click.echo(f"Next: pip install -e {folder}; edc plugins check {folder}; python -m pytest {folder}")


@plugins.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--study",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Definition folder of a study; the checks' forms are then looked for in it.",
)
@json_option
def check(path: Path, study: Path | None, *, as_json: bool) -> int:
    """Look a plugin over before it is installed: its files, its hooks, what it registers."""
    looked = look.look_over(path, study=study)
    if as_json:
        print_json(
            {
                "distribution": looked.distribution,
                "version": looked.version,
                "findings": [
                    dataclasses.asdict(finding) | {"severity": finding.severity}
                    for finding in looked.findings
                ],
                "offers": [{"hook": hook, "name": name} for hook, name in looked.offers],
            }
        )
        return 0 if looked.is_fit else 1
    for finding in looked.findings:
        click.echo(finding.report())
    for hook, name in looked.offers:
        click.echo(f"{hook}: {name}" if name else hook)
    errors = sum(finding.severity == "error" for finding in looked.findings)
    totals = (
        f"{counted(errors, 'error')}, {counted(len(looked.findings) - errors, 'warning')}"
        if looked.findings
        else "no findings"
    )
    click.echo(f"{looked.distribution} {looked.version}: {totals}.")
    return 0 if looked.is_fit else 1


COMMANDS = (plugins,)
