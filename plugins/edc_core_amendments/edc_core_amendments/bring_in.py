"""``edc study activate|migrate``: bring a version in, and move the forms that were begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from edc_core.api import (
    ActivateVersion,
    BadRequest,
    CancelActivation,
    CommandLine,
    MigrationOrder,
    NotFound,
    Reason,
    WrongState,
    as_option,
    json_option,
    new_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.api import StudyAccess

PLUGIN = "amendments"
sites_option = click.option(
    "--site", "site_numbers", multiple=True, metavar="NUMBER", help="Only this site; may be given again."
)


def sites_named(study: StudyAccess, numbers: Iterable[str]) -> frozenset[str]:
    """Ids of sites by their numbers.

    :raises NotFound: a number is no site that the person sees.
    """
    known = {site.number: site.site_id for site in study.versions().sites}
    for number in numbers:
        if number not in known:
            raise NotFound(f"There is no site '{number}' in {study.name}.")
    return frozenset(known[number] for number in numbers)


def counted(number: int, one: str) -> str:
    """``1 form``, ``2 forms``."""
    return f"{number} {one if number == 1 else one + 's'}"


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
@click.pass_obj
def activate(
    line: CommandLine, study_name: str, version: str, site_numbers: tuple[str, ...], effective_from: str,
    approval: str, reason: str, as_user: str, *, all_sites: bool, cancel: bool, as_json: bool,
) -> None:  # fmt: skip
    """Put a version in force at sites, now or from a day on. Without VERSION, show what is in force where and why.

    Sites that are not named keep the version they have, and forms that were begun keep theirs.
    """
    study = line.study_access(PLUGIN, study_name, as_user=as_user)
    if not version and not cancel:
        _show_activations(line, study, as_json=as_json)
        return
    site_ids = sites_named(study, site_numbers)
    if all_sites and not site_ids:
        site_ids = frozenset(site.site_id for site in study.versions().sites)
    if not site_ids:
        raise BadRequest("Name the sites with --site NUMBER, or say --all-sites.")
    op, at, why = f"activate:{new_id()}", tuple(sorted(site_ids)), Reason(text=reason)
    if cancel:
        (result,) = study.submit(CancelActivation(study_id=study.study_id, op=op, site_ids=at, reason=why))
    else:
        command = ActivateVersion(
            study_id=study.study_id, op=op, site_ids=at, meta_data_version=version,
            effective_from=effective_from, approval=approval, reason=why,
        )  # fmt: skip
        (result,) = study.submit(command)
    if as_json:
        line.print_json({"study": study.name} | result)
    elif cancel:
        click.echo(f"{study.name}: plans given up at {', '.join(result['sites'])}")
    else:
        for number, state in result["sites"].items():
            day = f" from {effective_from}" if state == "planned" else ""
            click.echo(f"{study.name}: version {version} {state} at {number}{day}")


def _show_activations(line: CommandLine, study: StudyAccess, *, as_json: bool) -> None:
    found = study.versions()
    columns = ("site", "version", "state", "from", "approval", "reason", "at", "by")
    listed = [
        (
            number,
            one.meta_data_version,
            one.state,
            one.effective_from,
            one.approval,
            one.reason,
            one.at,
            one.actor,
        )
        for number, one in found.history
    ]
    in_force = {site.number: site.meta_data_version for site in found.sites}
    if as_json:
        activations = [dict(zip(columns, one, strict=True)) for one in listed]
        line.print_json({"study": study.name, "in_force": in_force, "activations": activations})
        return
    line.print_table(("site", "version in force"), in_force.items(), empty=f"{study.name} has no site yet.")
    if listed:
        click.echo("")
        line.print_table(columns, listed, empty="")


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
@click.pass_obj
def migrate(
    line: CommandLine, study_name: str, version: str, site_numbers: tuple[str, ...], approval: str, reason: str,
    as_user: str, *, rehearse: bool, as_json: bool,
) -> int:  # fmt: skip
    """Move the forms that were begun to another version. It is in force at their sites; no value is touched.

    A run that was stopped is run again: it moves what is left. Exit 1 when forms keep their version.
    """
    study = line.study_access(PLUGIN, study_name, as_user=as_user)
    target = line.version(version, study=study.name).index
    chosen, oid = sites_named(study, site_numbers), target.version.oid
    if not chosen:
        sites = study.versions().sites
        chosen = frozenset(one.site_id for one in sites if rehearse or one.meta_data_version == oid)
    if not chosen:
        raise WrongState(f"Version {oid} is in force at no site. 'edc study activate' puts it there.")
    why = Reason(text=reason or ("Rehearsal" if rehearse else ""))
    order = MigrationOrder(meta_data_version=oid, site_ids=chosen, reason=why, approval=approval)
    with line.progress("Subjects", quiet=as_json) as tell:
        if rehearse:
            told = study.rehearse_migration(order, version=target, progress=tell)
        else:
            told = study.migrate(order, progress=tell)
    if as_json:
        line.print_json(told)
    else:
        _print_migration(line, told)
        if rehearse:
            _print_proof(told)
    is_clean = not rehearse or (told["values_untouched"] and told["verify"]["ok"])
    return 0 if is_clean and not told["kept"] else 1


def _print_migration(line: CommandLine, told: Mapping[str, Any]) -> None:
    queries = ", ".join(f"{number} {deed}" for deed, number in told["queries"].items())
    click.echo(
        f"{told['study']}: {counted(told['forms_moved'], 'form')} of {counted(told['subjects'], 'subject')} moved to "
        f"version {told['meta_data_version']}; {counted(told['values_calculated'], 'value')} calculated anew; "
        f"queries: {queries}"
    )
    if told["kept"]:
        rows = ((one["subject"], one["form"], one["why"]) for one in told["kept"])
        line.print_table(("subject", "form", "keeps its version because"), rows, empty="")


def _print_proof(told: Mapping[str, Any]) -> None:
    click.echo("This was a rehearsal on a copy; the study was only read.")
    click.echo(f"entered values: {'as they were' if told['values_untouched'] else 'CHANGED'}")
    click.echo(f"verify --rebuild of the copy: {'clean' if told['verify']['ok'] else 'problems'}")
    for problem in told["verify"]["problems"]:
        click.echo(f"  {problem}")


COMMANDS = (activate, migrate)
