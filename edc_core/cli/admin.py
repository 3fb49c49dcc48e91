"""Commands of the installation: init, verify, anchor."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from edc_core.cli.session import counted, json_option, print_json, print_table, progress, session_of
from edc_core.services import cuts, verifying
from edc_core.store import readers, schema

if TYPE_CHECKING:
    from edc_core.cli.session import Session


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
            done.append(cuts.anchor_study(uow, row.study_id, session.settings.anchor_file))
    if as_json:
        print_json(done)
    else:
        print_table(
            ("study", "chains", "root"),
            ((d["study"], d["leaves"], d["root"]) for d in done),
            empty="No study yet.",
        )


COMMANDS = (init, verify, anchor)
