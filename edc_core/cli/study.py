"""``edc study``: check, publish and list definitions."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edc_core.cli.groups import StudyGroup
from edc_core.cli.permissions import permissions
from edc_core.cli.session import counted, print_json, print_table, session_of
from edc_core.command_options import as_option, json_option
from edc_core.domain.commands import Reason
from edc_core.domain.version_release import STEPS, ReleaseStep
from edc_core.errors import WrongState
from edc_core.ids import new_id
from edc_core.services import publishing, releasing
from edc_core.store import readers

if TYPE_CHECKING:
    from edc_core.cli.session import Session

folder_argument = click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))

environment_option = click.option(
    "--env", "environment", type=click.Choice(["dev", "uat", "live"]), default="dev", show_default=True,
    help="Environment; data never move between them.",
)  # fmt: skip


@click.group(cls=StudyGroup)
def study() -> None:
    """Study definitions."""


@study.command()
@folder_argument
@json_option
@session_of
def check(session: Session, path: Path, *, as_json: bool) -> int:
    """Check a definition. Every finding in one run, as file:line:column CODE message."""
    checked = publishing.check(session.bare.plugins, path, settings=session.settings.of_plugins)
    checks = checked.checks()
    if as_json:
        found = [dataclasses.asdict(one) | {"severity": one.severity} for one in checked.findings]
        print_json({"findings": found, "checks": [dataclasses.asdict(row) for row in checks]})
        return 0 if checked.is_publishable else 1
    for finding in checked.findings:
        click.echo(finding.report())
    errors = sum(finding.severity == "error" for finding in checked.findings)
    totals = f"{counted(errors, 'error')}, {counted(len(checked.findings) - errors, 'warning')}"
    said = totals if checked.findings else "no findings"
    click.echo(f"{path}: {said}; {counted(len(checks), 'check')}.")
    return 0 if checked.is_publishable else 1


@study.command()
@folder_argument
@environment_option
@click.option("--no-activate", is_flag=True, help="Sites keep their version until 'edc study activate'.")
@as_option
@json_option
@session_of
def publish(
    session: Session, path: Path, environment: str, as_user: str, *, no_activate: bool, as_json: bool
) -> int:
    """Freeze a definition and put it in force. It is a MetaDataVersion then, at all sites of the study.

    In live the first version alone comes into force so; an amendment does at each site by 'edc study activate'.
    """
    core = session.core
    published = publishing.publish_folder(
        core, session.actor(as_user, environment=environment), path, environment, activate=not no_activate
    )
    if published.result is None:
        for finding in published.findings:
            click.echo(finding.report(), err=True)
        return 1
    if as_json:
        print_json(published.result)
        return 0
    result: dict[str, Any] = published.result
    state = "published" if result["changed"] else "in force already"
    click.echo(
        f"{result['study']}: MetaDataVersion {result['meta_data_version']} {state}, SHA-256 {result['sha256']}"
    )
    if environment == "live" and result["changed"]:
        for what in ("--approve medical", "--approve sponsor", ""):
            click.echo(
                f"Next, by another person: edc study release {result['study']} {what}".strip() + " --as USER"
            )
    return 0


@study.command()
@click.argument("study_name", metavar="STUDY")
@click.option(
    "--sha256", default="", help="Digest of the definition you have reviewed; refused when it is another."
)
@click.option(
    "--approve",
    "step",
    type=click.Choice(["medical", "sponsor"]),
    help="Give this approval, which the release needs, instead.",
)
@click.option(
    "--uat-report",
    default="",
    metavar="SHA256",
    help="Digest of the report of acceptance testing you have read; refused when another is the newest.",
)
@click.option(
    "--uat-reason",
    default="",
    metavar="TEXT",
    help="Why it is released with scripts that failed or were not tried in uat, or without a report.",
)
@as_option
@json_option
@session_of
def release(
    session: Session, study_name: str, sha256: str, step: str | None, uat_report: str, uat_reason: str, as_user: str,
    *, as_json: bool,
) -> None:  # fmt: skip
    """Sign the release of the newest version of a live study. Without one it takes no subject.

    It needs two approvals before, by two persons: --approve medical, by a medical reviewer or a safety officer, and
    --approve sponsor, by a data manager or the sponsor. A data manager, a medical reviewer or the sponsor releases.
    The release names the newest report of acceptance testing in uat, which has to be of the same definition.
    Who published the version does none of it; EDC_TOKEN is the second component of each signature.
    """
    core = session.core
    with core.read() as source:
        row = readers.find_study(source.connection, study_name)
        state = releasing.release_state(source, row)
    if state is None:
        raise WrongState(f"{row} needs no release: only a live study with a published version does.")
    command = releasing.ReleaseStudy(
        study_id=row.study_id, op=f"release:{new_id()}", meta_data_version=state.version.oid,
        sha256=sha256.lower() or state.version.sha256, component="token", step=ReleaseStep(step or "release"),
        report_sha256=uat_report.lower(), reason=Reason(text=uat_reason.strip()),
    )  # fmt: skip
    with core.write(session.actor(as_user, environment=row.environment)) as uow:
        result = releasing.release_study(uow, command)
    if as_json:
        print_json({"study": str(row), "statement": STEPS[command.step].statement} | result)
        return
    click.echo(STEPS[command.step].statement)
    if report := result["acceptance"]:
        counts = f"{report['passed']} passed, {report['failed']} failed, {report['untested']} not tried"
        click.echo(f"Acceptance testing: {counts}, report SHA-256 {report['report_sha256']}")
    done = "released" if command.step is ReleaseStep.RELEASE else f"has the {result['meaning']}"
    click.echo(f"{row}: MetaDataVersion {result['meta_data_version']} {done}, SHA-256 {result['sha256']}")


@study.command("list")
@json_option
@session_of
def list_studies(session: Session, *, as_json: bool) -> None:
    """Show the studies of this installation."""
    with session.core.read() as source:
        rows = [
            {"study": row.oid, "environment": row.environment, "meta_data_version": row.meta_data_version}
            for row in readers.studies(source.connection)
        ]
    if as_json:
        print_json(rows)
    else:
        print_table(
            ("study", "environment", "version"),
            (tuple(row.values()) for row in rows),
            empty="No study yet. 'edc study publish PATH' or 'edc study import FILE' brings one.",
        )


study.add_command(permissions)

COMMANDS = (study,)
