"""``edc site``: sites of a study, one closed, or opened again."""

from __future__ import annotations

import click

from edc_core.api import CloseSite, CommandLine, Reason, as_option, json_option, new_id

reason_option = click.option("--reason", required=True, help="Why; it stays in the trail.")


@click.group()
def site() -> None:
    """Sites of a study."""


@site.command("list")
@click.argument("study")
@as_option
@json_option
@click.pass_obj
def list_(line: CommandLine, study: str, as_user: str, *, as_json: bool) -> None:
    """Sites, and when one was closed (UTC)."""
    access = line.study_access("access", study, as_user=as_user)
    closed = access.closed_sites()
    rows = [
        {"number": one.number, "name": one.name, "country": one.country, "zone": one.zone}
        | {"closed": closed.get(one.number, "")}
        for one in access.sites()
    ]
    if as_json:
        line.print_json(rows)
    else:
        columns = ("number", "name", "country", "zone", "closed")
        line.print_table(columns, (list(row.values()) for row in rows), empty="No site yet.")


@site.command("close")
@click.argument("study")
@click.argument("number")
@reason_option
@as_option
@click.pass_obj
def close(line: CommandLine, study: str, number: str, reason: str, as_user: str) -> None:
    """Close site NUMBER to entry. Everything can still be read there."""
    _put(line, study, number, reason, as_user, open_again=False)
    click.echo(f"Site {number} is closed. Everything there can be read; nothing is entered any more.")


@site.command("open")
@click.argument("study")
@click.argument("number")
@reason_option
@as_option
@click.pass_obj
def open_(line: CommandLine, study: str, number: str, reason: str, as_user: str) -> None:
    """Open site NUMBER again."""
    _put(line, study, number, reason, as_user, open_again=True)
    click.echo(f"Site {number} is open again.")


def _put(line: CommandLine, study: str, number: str, reason: str, as_user: str, *, open_again: bool) -> None:
    access = line.study_access("access", study, as_user=as_user)
    command = CloseSite(
        study_id=access.study_id, op=new_id(), number=number, open_again=open_again,
        reason=Reason(text=reason),
    )  # fmt: skip
    access.submit(command)
