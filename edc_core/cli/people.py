"""Accounts, roles, and what a study lets a role do."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from edc_core.cli.session import print_json, print_table, session_of
from edc_core.command_options import as_option, json_option
from edc_core.domain.evidence import RECORDED, EvidenceKind, Task
from edc_core.domain.installation_access import ROLE_COLUMNS
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Role
from edc_core.domain.study_commands import RecordEvidence
from edc_core.errors import NotFound
from edc_core.ids import new_id
from edc_core.services import access_review, account_links, command_tokens, second_factor, users
from edc_core.services import people as care
from edc_core.services.evidence import record_evidence
from edc_core.store import accounts, people, readers

if TYPE_CHECKING:
    from datetime import datetime

    from edc_core.cli.session import Session
    from edc_core.domain.permission import Grant
    from edc_core.store.unit_of_work import UnitOfWork

KIND = click.Choice([kind.value for kind in RECORDED])
ROLE = click.Choice([role.value for role in Role])
TASK = click.Choice(["", *(task.value for task in Task)])


def _day(_context: click.Context, _option: click.Parameter, given: datetime | None) -> str:
    return given.date().isoformat() if given else ""


DAY = click.DateTime(["%Y-%m-%d"])
starts_option = click.option(
    "--from", "starts", type=DAY, callback=_day, help="First day of the role; today without it."
)
ends_option = click.option(
    "--to", "ends", type=DAY, callback=_day, help="Last day of the role; open without it."
)
country_option = click.option(
    "--country", "countries", multiple=True,
    help="Country instead of sites, such as DE: its sites of today and later; may be said several times.",
)  # fmt: skip


@click.group()
def user() -> None:
    """Accounts and roles."""


@user.command("add")
@click.argument("login")
@click.option("--name", default="", help="Full name.")
@click.option("--zone", default="UTC", help="IANA time zone.")
@click.option(
    "--language", default="en", show_default=True, help="Forms are shown in it where the study has it."
)
@click.option("--email", default="", help="Where mail goes.")
@click.option(
    "--invite", is_flag=True, help="Mail a link with which the person sets a password, instead of giving one."
)
@click.option("--role", type=ROLE, help="Give this role at once.")
@click.option("--study", default="", help="Study of the role; without it the role is of the installation.")
@click.option("--site", "sites", multiple=True, help="Site number of the role; may be said several times.")
@country_option
@starts_option
@ends_option
@session_of
def user_add(
    session: Session,
    login: str,
    name: str,
    zone: str,
    language: str,
    email: str,
    role: str | None,
    study: str,
    sites: tuple[str, ...],
    countries: tuple[str, ...],
    starts: str,
    ends: str,
    *,
    invite: bool,
) -> None:
    """Create an account. Its first password is read from EDC_PASSWORD or from standard input, and changed at the first
    sign-in.
    """
    core, actor = session.core, session.actor()
    password = "" if invite else os.environ.get("EDC_PASSWORD") or sys.stdin.readline().rstrip("\n")
    with core.write(actor) as uow:
        users.add_user(
            uow,
            users.AddUser(
                study_id=SYSTEM_STUDY,
                op=new_id(),
                login=login,
                full_name=name or login,
                zone=zone,
                language=language,
                email=email,
            ),
        )
        if invite:
            account_links.invite(uow, login)
        else:
            users.set_password(uow, login, password, must_change=True)
        if role:
            _grant(uow, login, role, study, sites, countries, starts, ends)
    click.echo(f"User {login} is there.")


@user.command("grant")
@click.argument("login")
@click.argument("role", type=ROLE)
@click.option("--study", default="", help="Study of the role; without it the role is of the installation.")
@click.option("--site", "sites", multiple=True, help="Site number; may be said several times.")
@country_option
@starts_option
@ends_option
@click.option("--unblinded", is_flag=True, help="The person sees blinded and restricted items in this role.")
@session_of
def user_grant(
    session: Session, login: str, role: str, study: str, sites: tuple[str, ...], countries: tuple[str, ...],
    starts: str, ends: str, *,
    unblinded: bool,
) -> None:  # fmt: skip
    """Give a user a role in a study. For all its sites, some of them, or those of some countries."""
    with session.core.write(session.actor()) as uow:
        _grant(uow, login, role, study, sites, countries, starts, ends, unblinded=unblinded)
    click.echo(f"{login} is {role}{' in ' + study if study else ''} now.")


def _grant(
    uow: UnitOfWork, login: str, role: str, study: str, sites: tuple[str, ...], countries: tuple[str, ...],
    starts: str, ends: str, *,
    unblinded: bool = False,
) -> None:  # fmt: skip
    study_id = readers.find_study(uow.connection, study).study_id if study else ""
    command = users.grant_for_sites(uow, login, Role(role), study_id, sites, countries=countries)
    users.add_grant(uow, replace(command, starts=starts, ends=ends, unblinded=unblinded))


@user.command("end")
@click.argument("login")
@click.argument("role", type=ROLE)
@click.option("--study", default="", help="Study of the role; without it the role is of the installation.")
@click.option("--reason", required=True, help="Why the role ends.")
@session_of
def user_end(session: Session, login: str, role: str, study: str, reason: str) -> None:
    """End a role at once, wherever in the study it is held. What was done in it stays as it is."""
    with session.core.write(session.actor()) as uow:
        study_id = readers.find_study(uow.connection, study).study_id if study else ""
        user_id = users.named(uow, login).user_id
        rows = people.grant_rows(uow.connection, users.today(session.core.clock)).get(user_id, ())
        found = [row for row in rows if (row["role"], row["study_id"]) == (role, study_id)]
        if not found:
            raise NotFound(f"'{login}' is not {role}{' in ' + study if study else ''}.")
        for row in found:
            care.end_grant(uow, care.EndGrant.because(reason, row["grant_id"], f"end:{new_id()}"))
    click.echo(f"{login} is no longer {role}{' in ' + study if study else ''}.")


@user.command("change")
@click.argument("login")
@click.option("--email", help="Where mail goes; empty for nowhere.")
@click.option("--active/--inactive", default=None, help="Open the account again, or close it.")
@click.option("--unlock", is_flag=True, help="Let it sign in again after wrong passwords.")
@click.option("--end-sessions", is_flag=True, help="Sign it out everywhere.")
@click.option("--invite", is_flag=True, help="Mail a link with which the person sets a password.")
@click.option("--reset-factor", is_flag=True, help="Take the second factor away from somebody who lost it.")
@session_of
def user_change(
    session: Session, login: str, email: str | None, *, active: bool | None, unlock: bool, end_sessions: bool,
    invite: bool, reset_factor: bool,
) -> None:  # fmt: skip
    """Change facts of an account. It is never deleted, and its login never given to anybody else."""
    with session.core.write(session.actor()) as uow:
        if email is not None:
            care.set_email(uow, login, email)
        if active is not None:
            care.set_active(uow, login, active=active)
        if unlock:
            care.unlock(uow, login)
        if end_sessions:
            care.end_sessions(uow, login)
        if invite:
            account_links.invite(uow, login)
        if reset_factor:
            second_factor.remove(uow, login)
    click.echo(f"User {login} is changed.")


@user.command("review")
@click.argument("study", required=False)
@click.option("--on", "day", default="", metavar="DATE", help="Day (UTC, YYYY-MM-DD); today without it.")
@json_option
@session_of
def user_review(session: Session, study: str | None, day: str, *, as_json: bool) -> None:
    """Show who had which role on a day, from the ledger. With when they signed in last."""
    core = session.core
    with core.read() as source:
        study_id = readers.find_study(source.connection, study).study_id if study else ""
        day = day or users.today(core.clock)
        lines = access_review.access_review(source, session.actor(), day, study_id=study_id)
    if as_json:
        print_json(lines)
    else:
        print_table(ROLE_COLUMNS, (list(line.values()) for line in lines), empty="Nobody.")


@user.command("evidence")
@click.argument("login")
@click.argument("kind", type=KIND)
@click.option("--study", required=True, help="Study it is for.")
@click.option("--site", default="", help="Site number; a delegation has one.")
@click.option("--document", required=True, help="What shows it, for example a page of the delegation log.")
@click.option("--tasks", default="", help="What was delegated, in words.")
@click.option(
    "--task", type=TASK, default="", help="One task that is delegated by itself, with days of its own."
)
@click.option("--from", "starts", default="", metavar="DATE", help="First day; today without it.")
@click.option("--to", "ends", default="", metavar="DATE", help="Last day; open without it.")
@as_option
@session_of
def user_evidence(
    session: Session, login: str, kind: str, study: str, site: str, document: str, tasks: str, task: str, starts: str,
    ends: str, as_user: str,
) -> None:  # fmt: skip
    """Put training or delegation of a person on record. A later record takes its place."""
    row = session.find(study)
    command = RecordEvidence(
        study_id=row.study_id, op=f"evidence:{new_id()}", login=login, kind=EvidenceKind(kind), site=site,
        document=document, tasks=tasks, task=task, starts=starts, ends=ends,
    )  # fmt: skip
    with session.core.write(session.actor(as_user, environment=row.environment)) as uow:
        done = record_evidence(uow, command)
    click.echo(f"{login}: {kind} on record from {done['starts']} to {done['ends'] or 'open'}.")


@user.command("token")
@click.argument("login")
@session_of
def user_token(session: Session, login: str) -> None:
    """Make a token for --as; an earlier one ends."""
    with session.core.write(session.actor()) as uow:
        click.echo(command_tokens.new_token(uow, login))


@user.command("list")
@json_option
@session_of
def user_list(session: Session, *, as_json: bool) -> None:
    """Show accounts and their roles."""
    with session.core.read() as source:
        studies = {row.study_id: str(row) for row in readers.studies(source.connection)}
        numbers = {
            site.site_id: site.number
            for study_id in studies
            for site in readers.sites(source.connection, study_id).values()
        }
        rows = [
            {
                "login": row.login,
                "name": row.full_name,
                "active": bool(row.active),
                "roles": [
                    _in_words(grant, studies, numbers)
                    for grant in accounts.grants_of(source.connection, row.user_id)
                ],
            }
            for row in accounts.all_users(source.connection)
        ]
    if as_json:
        print_json(rows)
    else:
        cells = (
            (r["login"], r["name"], "yes" if r["active"] else "no", "; ".join(r["roles"]))  # type: ignore[arg-type]
            for r in rows
        )
        print_table(("login", "name", "active", "roles"), cells, empty="No user yet.")


def _in_words(grant: Grant, studies: dict[str, str], numbers: dict[str, str]) -> str:
    """``CRC in DEMO-01@dev, site 01``."""
    if not grant.study_id:
        return str(grant.role)
    text = f"{grant.role}{', unblinded,' if grant.unblinded else ''} in {studies.get(grant.study_id, grant.study_id)}"
    if grant.scope == "countries":
        return f"{text}, {' '.join(sorted(grant.countries))}"
    if grant.scope == "sites":
        return f"{text}, site {' '.join(sorted(numbers.get(one, one) for one in grant.site_ids))}"
    return text


COMMANDS = (user,)
