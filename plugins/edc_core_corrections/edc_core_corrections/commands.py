"""``edc subject transfer``: a subject goes to another site."""

from __future__ import annotations

import click

from edc_core.api import CommandLine, MoveSubject, Reason, as_option, new_id


@click.group()
def subject() -> None:
    """Subjects of a study."""


@subject.command("transfer")
@click.argument("study")
@click.argument("subject_key", metavar="SUBJECT")
@click.argument("site", metavar="SITE")
@click.option("--day", required=True, help="From which day that site has the subject, like 2026-03-04.")
@click.option("--reason", required=True, help="Why. It stays in the history of the subject.")
@as_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a sentence.")
@click.pass_obj
def transfer(
    line: CommandLine, study: str, subject_key: str, site: str, day: str, reason: str, as_user: str, *, as_json: bool
) -> None:  # fmt: skip
    """Transfer SUBJECT to SITE, the number of a site. It sees the whole casebook, the site before keeps a copy."""
    access = line.study_access("corrections", study, as_user=as_user)
    command = MoveSubject(
        study_id=access.study_id, op=new_id(), subject_key=subject_key, site=site,
        day=day, reason=Reason(text=reason),
    )  # fmt: skip
    (done,) = access.submit(command)
    if as_json:
        line.print_json(done)
    else:
        click.echo(f"Subject {done['subject_key']} is at site {done['site']} now.")
