"""``edc study diff|impact|activate|migrate``: what an amendment changes, what it means for the data, and bringing it in."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
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
from edc_core.domain.change_class import ChangeClass
from edc_core.domain.commands import Reason
from edc_core.domain.permission import Action
from edc_core.domain.version_diff import differences
from edc_core.errors import BadRequest, NotFound, WrongState
from edc_core.ids import new_id
from edc_core.services import impact as impacts
from edc_core.services import impact_jobs, migrating, rehearsing
from edc_core.services.activating import (
    ActivateVersion,
    CancelActivation,
    activate_version,
    cancel_activation,
)
from edc_core.services.migrating import MigrationOrder
from edc_core.services.reading import look_at
from edc_core.services.version_names import find_version, require_own_name
from edc_core.store import amendment_readers, readers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.cli.session import Session
    from edc_core.domain.version_diff import Difference
    from edc_core.services.impact import Impact
    from edc_core.services.migrating import MigrationReport
    from edc_core.services.reading import StudyPicture
    from edc_core.services.rehearsing import Rehearsal
    from edc_core.store.readers import StudyRow

sites_option = click.option(
    "--site", "site_numbers", multiple=True, metavar="NUMBER", help="Only this site; may be given again."
)


@click.command()
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@json_option
@session_of
def diff(session: Session, old: str, new: str, *, as_json: bool) -> None:
    """Say what changed from version A to version B, each change safe, in need of migration, or breaking.

    A and B are folders, STUDY@ENV (its newest version) or STUDY@ENV:VERSION; B may be a version of A's study.
    """
    core = session.core
    with core.read() as source:
        before = find_version(source, core.plugins, old)
        after = find_version(source, core.plugins, new, of=before.study)
    found = differences(before.index, after.index)
    if as_json:
        counts = {one.value: sum(d.change_class is one for d in found) for one in ChangeClass}
        print_json(
            {
                "old": before.index.version.oid,
                "new": after.index.version.oid,
                "by_class": counts,
                "differences": [difference.as_json() for difference in found],
            }
        )
        return
    click.echo(f"{before.title} -> {after.title}: {counted(len(found), 'difference')}")
    for one in reversed(ChangeClass):
        _print_class(one, [difference for difference in found if difference.change_class is one])


def _print_class(change_class: ChangeClass, found: Iterable[Difference]) -> None:
    lines = [_line(difference) for difference in found]
    if lines:
        click.echo(f"\n{change_class.value} ({len(lines)})")
        for line in lines:
            click.echo(f"  {line}")


def _line(difference: Difference) -> str:
    told = difference.text
    if difference.name not in told:
        told = f"{difference.element} {difference.name}: {told}"
    if difference.before or difference.after:
        told += f" [{difference.before or '-'} -> {difference.after or '-'}]"
    return told


@click.command()
@click.argument("study_name", metavar="STUDY")
@click.argument("version", metavar="VERSION")
@sites_option
@click.option(
    "--csv",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write forms.csv, queries.csv and checks.csv into this folder.",
)
@as_option
@json_option
@session_of
def impact(
    session: Session, study_name: str, version: str, site_numbers: tuple[str, ...], folder: Path | None,
    as_user: str, *, as_json: bool,
) -> int:  # fmt: skip
    """Say what a version would mean for the data of a study; nothing is changed.

    VERSION is a version of the study or a folder. Exit 1 when values would be lost or read differently.
    """
    core = session.core
    with core.read(consistent=True) as source:
        row = readers.find_study(source.connection, study_name)
        actor = session.actor(as_user, environment=row.environment)
        picture = look_at(source, actor, row)
        impact_jobs.require_may(picture)
        target = find_version(source, core.plugins, version, of=row)
        require_own_name(source, row, target.index)
        with progress("Subjects", quiet=as_json) as tell:
            found = impacts.assess(
                core, picture, target.index, site_ids=sites_named(picture, site_numbers), progress=tell
            )
    if folder is not None:
        _write(found, folder)
    if as_json:
        print_json(found.as_json())
    else:
        _print(found)
    return 1 if found.breaks else 0


def sites_named(picture: StudyPicture, numbers: Iterable[str]) -> frozenset[str]:
    """Ids of sites by their numbers.

    :raises NotFound: a number is no site that the person sees.
    """
    known = {site.number: site_id for site_id, site in picture.sites.items()}
    for number in numbers:
        if number not in known:
            raise NotFound(f"There is no site '{number}' in {picture.study}.")
    return frozenset(known[number] for number in numbers)


def _print(found: Impact) -> None:
    by_class = ", ".join(f"{found.count(one)} {one.value}" for one in ChangeClass)
    click.echo(
        f"{found.study}, version {found.version}: {counted(found.subjects, 'subject')}, "
        f"{counted(len(found.forms), 'form')} of an older version: {by_class}"
    )
    click.echo(
        f"{counted(len(found.calculated), 'calculated value')} would change; "
        f"{counted(len(found.protected), 'form')} frozen or locked"
    )
    if found.partial:
        click.echo("Items that you may not see are not listed or counted.")
    print_table(
        ("check", "opens", "opens again", "resolves", "subjects"),
        ((c.check_oid, c.opens, c.opens_again, c.resolves, c.subjects) for c in found.by_check),
        empty="No query would be opened or resolved.",
    )
    for failure in found.failures:
        click.echo(f"not counted: check {failure.check_oid or '(all)'} of {failure.plugin}: {failure.text}")
    held = [form for form in found.forms if not form.moves]
    if held:
        click.echo("")
        print_table(
            ("subject", "form", "class", "keeps its version because"),
            ((f.subject_key, f.path, f.change_class.value, f.held_back_by) for f in held),
            empty="",
        )
        for form in held:
            for path, text in form.places:
                click.echo(f"{form.subject_key} {path} {text}")


def _write(found: Impact, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (columns, rows) in impacts.tables(found).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)


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
    with core.read() as source:
        row = readers.find_study(source.connection, study_name)
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
    listed = [
        {
            "site": sites[one.site_id].number,
            "version": one.meta_data_version,
            "state": one.state,
            "from": one.effective_from,
            "approval": one.approval,
            "reason": one.reason,
            "at": one.at,
            "by": one.actor,
        }
        for one in rows
    ]
    in_force = {site.number: site.meta_data_version for site in sites.values()}
    if as_json:
        print_json({"study": str(row), "in_force": in_force, "activations": listed})
        return
    print_table(("site", "version in force"), in_force.items(), empty=f"{row} has no site yet.")
    if listed:
        click.echo("")
        print_table(tuple(listed[0]), (tuple(one.values()) for one in listed), empty="")


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
        chosen = sites_named(picture, site_numbers)
        if not chosen:
            at = (
                site_id
                for site_id, site in picture.sites.items()
                if site.meta_data_version == target.index.version.oid
            )
            chosen = frozenset(picture.sites) if rehearse else frozenset(at)
    if not chosen:
        raise WrongState(
            f"Version {target.index.version.oid} is in force at no site. 'edc study activate' puts it there."
        )
    order = MigrationOrder(
        meta_data_version=target.index.version.oid,
        site_ids=chosen,
        reason=Reason(text=reason),
        approval=approval,
    )
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


COMMANDS = (diff, impact, activate, migrate)
