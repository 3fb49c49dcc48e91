"""``edc plugins``: what is installed, and help for those who write one."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edc_core.cli.session import counted, print_json, print_table, session_of
from edc_core.command_options import as_option, json_option
from edc_core.domain.commands import Reason
from edc_core.errors import EdcError
from edc_core.ids import new_id
from edc_core.plugin_author import begin, look
from edc_core.services.plugin_standing import differences
from edc_core.services.plugin_upgrades import UpgradePlugin, upgrade_plugin
from edc_core.store import readers

if TYPE_CHECKING:
    from edc_core.cli.session import Session
    from edc_core.services.plugin_standing import Difference


@click.group()
def plugins() -> None:
    """Installed plugins."""


@plugins.command("list")
@json_option
@session_of
def plugins_list(session: Session, *, as_json: bool) -> int:
    """Show what is installed and what each brings. Also what could not be loaded, and where a study uses another version.

    Ends with 1 when a plugin failed, or when another version closes entry in a live study.
    """
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
    differ = _differences(session)
    if as_json:
        print_json(
            {
                "plugins": rows,
                "failures": failures,
                "studies": [dataclasses.asdict(difference) for difference in differ],
            }
        )
    else:
        cells = (
            (r["plugin"], r["distribution"], r["version"], str(r["sha256"])[:12], ", ".join(r["hooks"]))
            for r in rows
        )
        print_table(("plugin", "distribution", "version", "source", "hooks"), cells, empty="None.")
        for failure in failures:
            click.echo(f"failed: {failure['name']} {failure['version']}: {failure['text']}", err=True)
        for difference in differ:
            click.echo(f"{difference.study}: {difference.text} {_consequence(difference)}", err=True)
    return 1 if failures or any(difference.closes for difference in differ) else 0


def _differences(session: Session) -> list[Difference]:
    """Where installed plugins are not those in force. What is installed is told without a database too."""
    try:
        core = session.core
    except EdcError as error:
        click.echo(f"Studies were not looked at: {error.message}", err=True)
        return []
    with core.read() as source:
        return [
            difference
            for study in readers.studies(source.connection)
            for difference in differences(source, core.plugins.activate, study)
        ]


def _consequence(difference: Difference) -> str:
    if not difference.closes:
        return "It is used as it is: only live studies keep to a version."
    if not difference.may_be_approved:
        return "Entry is closed until the version in force is installed again."
    if difference.requested_by:
        return f"Entry is closed; {difference.requested_by} asked for it, a data manager has to approve it."
    return f"Entry is closed. 'edc plugins upgrade {difference.study} {difference.plugin}' asks for it."


@plugins.command()
@click.argument("study")
@click.argument("plugin")
@click.option("--reason", required=True, help="Why this version is asked for, or approved: what was tested.")
@click.option("--approve", is_flag=True, help="Approve what a trial builder asked for.")
@as_option
@json_option
@session_of
def upgrade(
    session: Session, study: str, plugin: str, reason: str, as_user: str, *, approve: bool, as_json: bool
) -> None:
    """Ask that a study use the installed version of a plugin. --approve is said by a second person.

    In a live study entry stays closed until a data manager has approved what a trial builder asked for. In dev and
    uat asking is enough.
    """
    core = session.core
    row = session.find(study)
    command = UpgradePlugin(
        study_id=row.study_id,
        op=f"upgrade:{new_id()}",
        plugin=plugin,
        reason=Reason(text=reason.strip()),
        approve=approve,
    )
    with core.write(session.actor(as_user, environment=row.environment)) as uow:
        result = upgrade_plugin(uow, command)
    if as_json:
        print_json({"study": str(row)} | result)
        return
    what = f"{row}: version {result['version']} of plugin {plugin} instead of {result['from_version']}"
    if result["state"] == "approved":
        click.echo(f"{what} is in force.")
    else:
        click.echo(f"{what} is asked for. Entry stays closed until a data manager approves it:")
        click.echo(f"  edc plugins upgrade {row} {plugin} --approve --reason TEXT --as USER")


@plugins.command()
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder to make the package in.",
)
def new(name: str, into: Path) -> None:
    """Begin a plugin. It is a package with one check, its rows that fire and do not, and its tests."""
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
    """Look a plugin over before it is installed. Its files, its hooks, what it registers."""
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
