"""``edc redact``: one person asks, another one decides."""

from __future__ import annotations

from dataclasses import asdict

import click

from edc_core.api import (
    CommandLine,
    DecideRedaction,
    Reason,
    RequestRedaction,
    as_option,
    json_option,
    new_id,
)

reason_option = click.option("--reason", required=True, help="Why, without the words themselves.")


@click.group()
def redact() -> None:
    """Words that two persons take out of the ledger."""


@redact.command("list")
@click.argument("study")
@as_option
@json_option
@click.pass_obj
def list_(line: CommandLine, study: str, as_user: str, *, as_json: bool) -> None:
    """Redactions that wait for a second person."""
    waiting = line.study_access("redaction", study, as_user=as_user).redactions()
    if as_json:
        line.print_json([asdict(one) for one in waiting])
        return
    line.print_table(
        ("subject", "request", "place", "asked by", "reason"),
        ((one.subject_key, one.request, one.path, one.asked_by, one.reason) for one in waiting),
        empty="No redaction waits.",
    )


@redact.command("ask")
@click.argument("study")
@click.argument("subject")
@click.argument("entry", type=int)
@click.option("--of-reason", is_flag=True, help="The words of the reason that ENTRY was given.")
@reason_option
@as_option
@json_option
@click.pass_obj
def ask(
    line: CommandLine, study: str, subject: str, entry: int, reason: str, as_user: str, *, of_reason: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Ask that the words of ENTRY be taken out. ENTRY is a position in the subject's history."""
    access = line.study_access("redaction", study, as_user=as_user)
    command = RequestRedaction(
        study_id=access.study_id, op=new_id(), subject_key=subject, n=entry, reason=Reason(text=reason),
        of_reason=of_reason,
    )  # fmt: skip
    (done,) = access.submit(command)
    if as_json:
        line.print_json(done)
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
@click.pass_obj
def decide(
    line: CommandLine, study: str, subject: str, request: int, reason: str, as_user: str, *, refuse: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Carry out what somebody else asked for. Nothing brings the words back."""
    access = line.study_access("redaction", study, as_user=as_user)
    command = DecideRedaction(
        study_id=access.study_id, op=new_id(), subject_key=subject, request=request, approve=not refuse,
        reason=Reason(text=reason),
    )  # fmt: skip
    (done,) = access.submit(command)
    if as_json:
        line.print_json(done)
    else:
        click.echo(f"{done['state'].capitalize()}: {len(done['entries'])} entries lost words.")
