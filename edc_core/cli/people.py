"""Accounts, roles, and what a study lets a role do."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import click

from edc_core.cli.session import as_option, json_option, print_json, print_table, session_of
from edc_core.domain.commands import Reason
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.matrix_change import MatrixChange
from edc_core.domain.permission import Action, Role
from edc_core.errors import BadRequest
from edc_core.ids import new_id
from edc_core.services import users
from edc_core.services.permissions import ChangePermission, change_permission
from edc_core.store import accounts, readers

if TYPE_CHECKING:
    from edc_core.cli.session import Session
    from edc_core.domain.permission import Grant
    from edc_core.store.unit_of_work import UnitOfWork

_ACTION = click.Choice([action.name for action in Action])
_ROLE = click.Choice([role.value for role in Role])


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
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Give this role at once.")
@click.option("--study", default="", help="Study of the role; without it the role is of the installation.")
@click.option("--site", "sites", multiple=True, help="Site number of the role; may be said several times.")
@session_of
def user_add(
    session: Session,
    login: str,
    name: str,
    zone: str,
    language: str,
    role: str | None,
    study: str,
    sites: tuple[str, ...],
) -> None:
    """Create an account; the password is read from EDC_PASSWORD or from standard input."""
    core, actor = session.core, session.actor()
    password = os.environ.get("EDC_PASSWORD") or sys.stdin.readline().rstrip("\n")
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
            ),
        )
        users.set_password(uow, login, password)
        if role:
            _grant(uow, login, role, study, sites)
    click.echo(f"User {login} is there.")


@user.command("grant")
@click.argument("login")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--study", default="", help="Study of the role; without it the role is of the installation.")
@click.option("--site", "sites", multiple=True, help="Site number; may be said several times.")
@session_of
def user_grant(session: Session, login: str, role: str, study: str, sites: tuple[str, ...]) -> None:
    """Give a user a role in a study, for all its sites or some."""
    with session.core.write(session.actor()) as uow:
        _grant(uow, login, role, study, sites)
    click.echo(f"{login} is {role}{' in ' + study if study else ''} now.")


def _grant(uow: UnitOfWork, login: str, role: str, study: str, sites: tuple[str, ...]) -> None:
    study_id = readers.find_study(uow.connection, study).study_id if study else ""
    users.add_grant(uow, users.grant_for_sites(uow, login, Role(role), study_id, sites))


@user.command("token")
@click.argument("login")
@session_of
def user_token(session: Session, login: str) -> None:
    """Make a token for --as; an earlier one ends."""
    with session.core.write(session.actor()) as uow:
        click.echo(users.new_token(uow, login))


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
    text = f"{grant.role} in {studies.get(grant.study_id, grant.study_id)}"
    if grant.scope == "countries":
        return f"{text}, {' '.join(sorted(grant.countries))}"
    if grant.scope == "sites":
        return f"{text}, site {' '.join(sorted(numbers.get(one, one) for one in grant.site_ids))}"
    return text


@click.command()
@click.argument("study_name", metavar="STUDY")
@click.option(
    "--give", nargs=2, type=(_ROLE, _ACTION), metavar="ROLE ACTION", help="Let a role do this here."
)
@click.option(
    "--take", nargs=2, type=(_ROLE, _ACTION), metavar="ROLE ACTION", help="Let it no longer do this."
)
@click.option("--reason", default="", help="Why; required with a change.")
@as_option
@json_option
@session_of
def permissions(
    session: Session,
    study_name: str,
    give: tuple[str, str] | None,
    take: tuple[str, str] | None,
    reason: str,
    as_user: str,
    *,
    as_json: bool,
) -> None:
    """Show who may do what in a study, or change one cell of it."""
    if give and take:
        raise BadRequest("One change at a time: --give or --take.")
    with session.core.read() as source:
        row = readers.find_study(source.connection, study_name)
    if cell := give or take:
        command = ChangePermission(
            study_id=row.study_id,
            op=f"permission:{new_id()}",
            role=Role[cell[0]],
            action=Action[cell[1]],
            allowed=bool(give),
            reason=Reason(text=reason.strip()),
        )
        with session.core.write(session.actor(as_user, environment=row.environment)) as uow:
            matrix = MatrixChange.of(change_permission(uow, command)["matrix"])
    else:
        matrix = MatrixChange.of(json.loads(row.permissions))
    held = {action: [role.value for role in Role if matrix.allows(role, action)] for action in Action}
    if as_json:
        roles = {action.name: names for action, names in held.items()}
        print_json({"study": str(row), "roles": roles, "changes": matrix.data})
        return
    cells = ((action.name, action, " ".join(names) or "-") for action, names in held.items())
    print_table(("action", "meaning", "roles"), cells, empty="")


COMMANDS = (user,)
STUDY_COMMANDS = (permissions,)
