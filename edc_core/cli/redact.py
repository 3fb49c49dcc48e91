"""Taking out of the ledger what should never have got into it: one person asks, another one decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from edc_core.cli.session import as_option, json_option, print_json, print_table, session_of
from edc_core.domain.commands import Reason
from edc_core.ids import new_id
from edc_core.services import redacting
from edc_core.services.reading import look_at
from edc_core.store import readers

if TYPE_CHECKING:
    from edc_core.cli.session import Session

reason_option = click.option(
    "--reason", required=True, help="Why. It stays for good: without the words themselves."
)


@click.group()
def redact() -> None:
    """Words that two persons take out of the ledger."""


@redact.command("list")
@click.argument("study")
@as_option
@json_option
@session_of
def list_(session: Session, study: str, as_user: str, *, as_json: bool) -> None:
    """Redactions that wait for a second person."""
    with session.core.read() as source:
        row = readers.find_study(source.connection, study)
        waiting = redacting.waiting(look_at(source, session.actor(as_user, environment=row.environment), row))
    if as_json:
        print_json([{name: getattr(one, name) for name in one.__slots__} for one in waiting])
        return
    print_table(
        ("subject", "request", "place", "asked by", "reason"),
        ((one.subject_key, one.request, one.path, one.asked_by, one.reason) for one in waiting),
        empty="No redaction waits.",
    )


@redact.command("ask")
@click.argument("study")
@click.argument("subject")
@click.argument("entry", type=int)
@reason_option
@as_option
@json_option
@session_of
def ask(
    session: Session, study: str, subject: str, entry: int, reason: str, as_user: str, *, as_json: bool
) -> None:
    """Ask that the words of ENTRY, a position in the subject's history, be taken out."""
    with session.core.read() as source:
        row = readers.find_study(source.connection, study)
    command = redacting.RequestRedaction(
        study_id=row.study_id, op=new_id(), subject_key=subject, n=entry, reason=Reason(text=reason)
    )
    with session.core.write(session.actor(as_user, environment=row.environment)) as uow:
        done = redacting.request_redaction(uow, command)
    if as_json:
        print_json(done)
        return
    click.echo(f"Request {done['request']} about {len(done['entries'])} entries waits for another person.")
    for place in done["elsewhere"]:
        click.echo(f"The same words stand at {place}: ask for those too.")


@redact.command("decide")
@click.argument("study")
@click.argument("subject")
@click.argument("request", type=int)
@click.option("--refuse", is_flag=True, help="Refuse it; without this, it is carried out.")
@reason_option
@as_option
@json_option
@session_of
def decide(
    session: Session,
    study: str,
    subject: str,
    request: int,
    reason: str,
    as_user: str,
    *,
    refuse: bool,
    as_json: bool,
) -> None:
    """Carry out what somebody else asked for. Nothing brings the words back."""
    with session.core.read() as source:
        row = readers.find_study(source.connection, study)
    command = redacting.DecideRedaction(
        study_id=row.study_id, op=new_id(), subject_key=subject, request=request, approve=not refuse,
        reason=Reason(text=reason),
    )  # fmt: skip
    with session.core.write(session.actor(as_user, environment=row.environment)) as uow:
        done = redacting.decide_redaction(uow, command)
    if as_json:
        print_json(done)
    else:
        click.echo(f"{done['state'].capitalize()}: {len(done['entries'])} entries lost words.")


COMMANDS = (redact,)
