"""Commands of the installation: init, verify, anchor."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edc_core.cli.session import counted, print_json, print_table, progress, session_of
from edc_core.command_options import json_option
from edc_core.domain.commands import Reason
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.ids import new_id
from edc_core.ledger import anchor_key
from edc_core.services import anchor_keys, anchoring, verifying
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
    """Replay the ledger. Chains, heads, guards, projections, anchors. Reads only."""
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
            lost = counted(report.redacted, "entry", "entries")
            click.echo(f"{lost} lost words to a redaction by two persons.")
        click.echo(f"{counted(report.entries, 'entry', 'entries')} in {chains}: {verdict}")
    return 0 if report.ok else 1


@click.command()
@click.argument("study", required=False)
@json_option
@session_of
def anchor(session: Session, study: str | None, *, as_json: bool) -> None:
    """Append the present roots to EDC_ANCHOR_FILE. Each study has one, and the installation."""
    core = session.core
    if study:
        with core.write(session.actor()) as uow:
            row = readers.find_study(uow.connection, study)
            done = [anchoring.anchor_study(uow, row.study_id, session.settings)]
    else:
        done = anchoring.anchor_everything(core, session.actor())
    if as_json:
        print_json(done)
    else:
        rows = ((one["study"], one["leaves"], one["root"]) for one in done)
        print_table(("study", "chains", "root"), rows, empty="No study yet.")


@click.command("anchor-key")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--reason", default="", help="Why another key signs from now on; needed for all but the first.")
@click.option("--lost", is_flag=True, help="The key before is lost, so it cannot hand over.")
@json_option
@session_of
def anchor_key_(session: Session, file: str, reason: str, *, lost: bool, as_json: bool) -> None:
    """Sign the anchors with the key in FILE. It is made where there is none.

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


COMMANDS = (init, verify, anchor, anchor_key_)
