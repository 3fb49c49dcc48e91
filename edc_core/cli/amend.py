"""``edc study activate|migrate``: bring a version in, and move the forms that were begun."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from edc_core.cli.session import (
    as_option,
    counted,
    json_option,
    print_json,
    print_table,
    progress,
    session_of,
)
from edc_core.domain.commands import Reason
from edc_core.domain.permission import Action
from edc_core.errors import BadRequest, NotFound, WrongState
from edc_core.ids import new_id
from edc_core.services import migrating, rehearsing
from edc_core.services.activating import (
    ActivateVersion,
    CancelActivation,
    activate_version,
    cancel_activation,
)
from edc_core.services.migrating import MigrationOrder
from edc_core.services.reading import look_at
from edc_core.services.version_list import require_own_name
from edc_core.services.version_names import find_version
from edc_core.store import amendment_readers, readers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.cli.session import Session
    from edc_core.services.migrating import MigrationReport
    from edc_core.services.reading import StudyPicture
    from edc_core.services.rehearsing import Rehearsal
    from edc_core.store.readers import StudyRow

sites_option = click.option(
    "--site", "site_numbers", multiple=True, metavar="NUMBER", help="Only this site; may be given again."
)


def sites_named(picture: StudyPicture, numbers: Iterable[str]) -> frozenset[str]:
    """Ids of sites by their numbers.

    :raises NotFound: a number is no site that the person sees.
    """
    known = {site.number: site_id for site_id, site in picture.sites.items()}
    for number in numbers:
        if number not in known:
            raise NotFound(f"There is no site '{number}' in {picture.study}.")
    return frozenset(known[number] for number in numbers)


@click.command()
@click.argument("study_name", metavar="STUDY")
@click.argument("version", metavar="VERSION", required=False, default="")
@sites_option
@click.option("--all-sites", is_flag=True, help="At every site of the study.")
@click.option(
    "--from",
    "effective_from",
    default="",
    metavar="DAY",
    help="First day at the site, for example 2026-12-01; a day to come is a plan. Without it: now.",
)
@click.option(
    "--approval", default="", help="Reference of the approval that holds there; live studies need it."
)
@click.option("--reason", default="", help="Why, in words.")
@click.option("--cancel", is_flag=True, help="Give up what is planned at these sites.")
@as_option
@json_option
@session_of
def activate(
    session: Session, study_name: str, version: str, site_numbers: tuple[str, ...], effective_from: str,
    approval: str, reason: str, as_user: str, *, all_sites: bool, cancel: bool, as_json: bool,
) -> None:  # fmt: skip
    """Put a version in force at sites, now or from a day on; without VERSION, show what is in force where and why.

    Sites that are not named keep the version they have, and forms that were begun keep theirs.
    """
    core = session.core
    row = session.find(study_name)
    if not version and not cancel:
        _show_activations(session, row, as_json=as_json)
        return
    actor = session.actor(as_user, environment=row.environment)
    with core.read() as source:
        picture = look_at(source, actor, row)
        site_ids = sites_named(picture, site_numbers) or (
            frozenset(picture.sites) if all_sites else frozenset()
        )
    if not site_ids:
        raise BadRequest("Name the sites with --site NUMBER, or say --all-sites.")
    op, at = f"activate:{new_id()}", tuple(sorted(site_ids))
    with core.write(actor) as uow:
        if cancel:
            given_up = CancelActivation(study_id=row.study_id, op=op, site_ids=at, reason=Reason(text=reason))
            result = cancel_activation(uow, given_up)
        else:
            command = ActivateVersion(
                study_id=row.study_id, op=op, site_ids=at, meta_data_version=version,
                effective_from=effective_from, approval=approval, reason=Reason(text=reason),
            )  # fmt: skip
            result = activate_version(uow, command)
    if as_json:
        print_json({"study": str(row)} | result)
    elif cancel:
        click.echo(f"{row}: plans given up at {', '.join(result['sites'])}")
    else:
        for number, state in result["sites"].items():
            day = f" from {effective_from}" if state == "planned" else ""
            click.echo(f"{row}: version {version} {state} at {number}{day}")


def _show_activations(session: Session, row: StudyRow, *, as_json: bool) -> None:
    with session.core.read() as source:
        sites = readers.sites(source.connection, row.study_id)
        rows = amendment_readers.activations(source.connection, row.study_id)
    columns = ("site", "version", "state", "from", "approval", "reason", "at", "by")
    listed = [
        (sites[one.site_id].number, one.meta_data_version, one.state, one.effective_from, one.approval, one.reason,
         one.at, one.actor)
        for one in rows
    ]  # fmt: skip
    in_force = {site.number: site.meta_data_version for site in sites.values()}
    if as_json:
        activations = [dict(zip(columns, one, strict=True)) for one in listed]
        print_json({"study": str(row), "in_force": in_force, "activations": activations})
        return
    print_table(("site", "version in force"), in_force.items(), empty=f"{row} has no site yet.")
    if listed:
        click.echo("")
        print_table(columns, listed, empty="")


@click.command()
@click.argument("study_name", metavar="STUDY")
@click.option(
    "--to", "version", required=True, metavar="VERSION", help="A version of the study; a folder to rehearse."
)
@sites_option
@click.option("--rehearse", is_flag=True, help="On a copy of the study; the study itself is only read.")
@click.option("--approval", default="", help="Reference of the approval; it is kept in every entry.")
@click.option("--reason", default="", help="Why the forms are moved; it is kept in every entry.")
@as_option
@json_option
@session_of
def migrate(
    session: Session, study_name: str, version: str, site_numbers: tuple[str, ...], approval: str, reason: str,
    as_user: str, *, rehearse: bool, as_json: bool,
) -> int:  # fmt: skip
    """Move the forms that were begun to another version, at the sites where it is in force; no value is touched.

    A run that was stopped is run again: it moves what is left. Exit 1 when forms keep their version.
    """
    core = session.core
    with core.read() as source:
        row = readers.find_study(source.connection, study_name)
        actor = session.actor(as_user, environment=row.environment)
        picture = look_at(source, actor, row)
        actor.role_for(Action.MIGRATE_FORMS, picture.place())
        target = find_version(source, core.plugins, version, of=row)
        require_own_name(source, row, target.index)
        chosen, oid = sites_named(picture, site_numbers), target.index.version.oid
        if not chosen:
            in_force = (key for key, site in picture.sites.items() if site.meta_data_version == oid)
            chosen = frozenset(picture.sites if rehearse else in_force)
    if not chosen:
        raise WrongState(f"Version {oid} is in force at no site. 'edc study activate' puts it there.")
    why = Reason(text=reason)
    order = MigrationOrder(meta_data_version=oid, site_ids=chosen, reason=why, approval=approval)
    with progress("Subjects", quiet=as_json) as tell:
        if rehearse:
            order = replace(order, reason=order.reason or Reason(text="Rehearsal"))
            tried = rehearsing.rehearse(core, row, target.index.version, order, progress=tell)
            report, as_told = tried.report, tried.as_json()
        else:
            report = migrating.migrate(core, actor, row, order, progress=tell)
            as_told = report.as_json()
    if as_json:
        print_json(as_told)
    else:
        _print_migration(report)
    if rehearse:
        if not as_json:
            _print_proof(tried)
        return 0 if tried.is_clean and not report.kept else 1
    return 1 if report.kept else 0


def _print_migration(report: MigrationReport) -> None:
    queries = ", ".join(f"{report.deeds[deed]} {deed}" for deed in ("opened", "opened again", "resolved"))
    click.echo(
        f"{report.study}: {counted(report.moved, 'form')} of {counted(report.subjects, 'subject')} moved to version "
        f"{report.version}; {counted(report.calculated, 'value')} calculated anew; queries: {queries}"
    )
    if report.kept:
        print_table(("subject", "form", "keeps its version because"), report.kept, empty="")


def _print_proof(tried: Rehearsal) -> None:
    click.echo("This was a rehearsal on a copy; the study was only read.")
    click.echo(f"entered values: {'as they were' if tried.untouched else 'CHANGED'}")
    click.echo(f"verify --rebuild of the copy: {'clean' if not tried.problems else 'problems'}")
    for problem in tried.problems:
        click.echo(f"  {problem}")


COMMANDS = (activate, migrate)
