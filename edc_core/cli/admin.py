"""Commands of the installation: init, verify, anchor, users."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edc_core.cli.session import counted, json_option, print_json, print_table, progress, session_of
from edc_core.domain.commands import Reason
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.ledger import anchor_key
from edc_core.services import anchor_keys, anchoring, users, verifying
from edc_core.store import accounts, readers, schema

if TYPE_CHECKING:
    from edc_core.cli.session import Session
    from edc_core.domain.permission import Grant
    from edc_core.store.unit_of_work import UnitOfWork


@click.command()
@session_of
def init(session: Session) -> None:
    """Create the database, or bring it to this release."""
    schema.upgrade(session.bare.engine)
    click.echo("The database is ready.")


@click.command()
@click.argument("study", required=False)
@click.option("--rebuild", is_flag=True, help="Rebuild every projection from the ledger and compare.")
@json_option
@session_of
def verify(session: Session, study: str | None, *, rebuild: bool, as_json: bool) -> int:
    """Replay the ledger: chains, heads, guards, projections, anchors. Reads only."""
    with progress("Entries", quiet=as_json) as tell:
        report = verifying.verify(
            session.bare, study or "", rebuild=rebuild, progress=lambda done: tell(done, 0)
        )
    if as_json:
        problems = [dataclasses.asdict(problem) for problem in report.problems]
        print_json({"ok": report.ok, "entries": report.entries, "problems": problems})
    else:
        for problem in report.problems:
            place = " ".join(filter(None, (problem.study_id[:12], problem.chain[:32], str(problem.n or ""))))
            click.echo(f"{problem.code}: {place} {problem.text}".replace("  ", " "))
        verdict = "clean" if report.ok else counted(len(report.problems), "problem")
        chains = counted(report.chains, "chain")
        if report.redacted:
            click.echo(
                f"{counted(report.redacted, 'entry', 'entries')} lost words to a redaction by two persons."
            )
        click.echo(f"{counted(report.entries, 'entry', 'entries')} in {chains}: {verdict}")
    return 0 if report.ok else 1


@click.command()
@click.argument("study", required=False)
@json_option
@session_of
def anchor(session: Session, study: str | None, *, as_json: bool) -> None:
    """Append the present root of each study to EDC_ANCHOR_FILE."""
    core = session.core
    with core.read() as source:
        rows = [readers.find_study(source.connection, study)] if study else readers.studies(source.connection)
    done = []
    for row in rows:
        with core.write(session.actor()) as uow:
            done.append(anchoring.anchor_study(uow, row.study_id, session.settings))
    if as_json:
        print_json(done)
    else:
        print_table(
            ("study", "chains", "root"),
            ((d["study"], d["leaves"], d["root"]) for d in done),
            empty="No study yet.",
        )


@click.command("anchor-key")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--reason", default="", help="Why another key signs from now on; needed for all but the first.")
@click.option("--lost", is_flag=True, help="The key before is lost, so it cannot hand over.")
@json_option
@session_of
def anchor_key_(session: Session, file: str, reason: str, *, lost: bool, as_json: bool) -> None:
    """Sign the anchors with the key in FILE, which is made where there is none.

    EDC_ANCHOR_KEY_FILE names the key that signs until then; set it to FILE afterwards.
    """
    key = anchor_key.read(file) if Path(file).exists() else anchor_key.create(file)
    command = anchor_keys.SignWith(
        study_id=SYSTEM_STUDY, op=new_id(), key=key.public, reason=Reason(text=reason), lost=lost
    )
    with session.core.write(session.actor()) as uow:
        done = anchor_keys.sign_with(uow, command, session.settings, key)
    if as_json:
        print_json(done)
    else:
        click.echo(f"Public key {key.public}. Give it to whoever has to check the anchors.")


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


COMMANDS = (init, verify, anchor, anchor_key_, user)
