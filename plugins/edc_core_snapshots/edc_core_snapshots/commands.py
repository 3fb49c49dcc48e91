"""``edc snapshot``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from edc_core.api import Attachment, CommandLine, KeepSnapshot, Meaning, as_option, json_option, new_id
from edc_core_snapshots.difference import Difference, compare
from edc_core_snapshots.lines import HEADER

PLUGIN = "snapshots"
MEANINGS = [one.value for one in Meaning if one is not Meaning.RESPONSIBILITY]  # which is the investigator's


@click.group()
def snapshot() -> None:
    """Named states of a study."""


@snapshot.command("create")
@click.argument("study")
@click.argument("name")
@as_option
@json_option
@click.pass_obj
def create(line: CommandLine, study: str, name: str, as_user: str, *, as_json: bool) -> None:
    """Keep the present state of a study under a name."""
    access = line.study_access(PLUGIN, study, as_user=as_user)
    (kept,) = access.submit(KeepSnapshot(study_id=access.study_id, op=new_id(), name=name))
    if as_json:
        line.print_json({"study": access.name, "name": name, **kept})
    else:
        click.echo(f"Snapshot {name} of {access.name}: {kept['root']}")


@snapshot.command("list")
@click.argument("study")
@as_option
@json_option
@click.pass_obj
def list_snapshots(line: CommandLine, study: str, as_user: str, *, as_json: bool) -> None:
    """List what was kept, newest first. With how many entries about subjects came after it."""
    now, *kept = line.study_access(PLUGIN, study, as_user=as_user).snapshots.all()
    if as_json:
        line.print_json(
            [
                {
                    "name": one.name, "root": one.root, "data_until": one.at, "kept_at": one.kept_at, "who": one.who,
                    "newer": now.entries - one.entries, "definitions": dict(one.said.get("definitions", {})),
                    "software": one.said.get("software", ""),
                }
                for one in kept
            ]
        )  # fmt: skip
        return
    rows = ((one.name, one.at, one.kept_at, one.who, now.entries - one.entries, one.root) for one in kept)
    columns = ("name", "data until", "kept at", "by", "newer entries", "root")
    line.print_table(columns, rows, empty="No snapshot yet. 'edc snapshot create STUDY NAME' makes one.")


@snapshot.command("sign")
@click.argument("study")
@click.argument("name")
@click.option(
    "--meaning", type=click.Choice(MEANINGS), default=Meaning.APPROVAL.value, help="What it attests."
)
@as_option
@json_option
@click.pass_obj
def sign(line: CommandLine, study: str, name: str, meaning: str, as_user: str, *, as_json: bool) -> None:
    """Sign a snapshot as a person. EDC_TOKEN is the second component of the signature."""
    access = line.study_access(PLUGIN, study, as_user=as_user)
    _, sha256, _ = access.snapshots.manifest(name)
    said, token = Meaning(meaning), os.environ.get("EDC_TOKEN", "")
    access.snapshots.sign(name, sha256, said, login=as_user, password=token, op=new_id())
    if as_json:
        line.print_json({"study": access.name, "name": name, "sha256": sha256, "meaning": meaning})
    else:
        click.echo(said.statement)
        click.echo(f"Signed snapshot {name} of {access.name}: manifest {sha256}")


@snapshot.command("seal")
@click.argument("study")
@click.argument("name")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@as_option
@click.pass_obj
def seal(line: CommandLine, study: str, name: str, out: Path, as_user: str) -> None:
    """Write a snapshot with its signatures into a sealed file. The key of the installation seals it."""
    access = line.study_access(PLUGIN, study, as_user=as_user)
    sealed = access.snapshots.sealed(name)
    out.write_text(json.dumps(sealed, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    click.echo(f"Sealed snapshot {name} of {access.name} with the key {sealed['key']} in {out}")


@snapshot.command("verify")
@click.argument("study", required=False)
@click.argument("name", required=False)
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A sealed snapshot to look at, in place of STUDY and NAME; no database is needed.",
)
@click.option("--key", default="", help="Public key of the installation that should have sealed the file.")
@as_option
@json_option
@click.pass_obj
def verify(
    line: CommandLine, study: str | None, name: str | None, file: Path | None, key: str, as_user: str, *, as_json: bool
) -> int:  # fmt: skip
    """Look whether a snapshot is still as it was kept. Every entry in it is read and hashed again.

    Ends with 1 when something is not so, and names the first thing of each subject.
    """
    if file is not None and not (study or name):
        return _verify_file(line, file, key, as_json=as_json)
    if file is not None or not (study and name):
        raise click.UsageError("Say STUDY and NAME, or --file.")
    access = line.study_access(PLUGIN, study, as_user=as_user)
    problems = access.snapshots.problems(name)
    if as_json:
        line.print_json({"ok": not problems, "study": access.name, "name": name, "problems": list(problems)})
    elif problems:
        for problem in problems:
            click.echo(problem)
    else:
        click.echo(f"Snapshot {name} of {access.name} is as it was kept.")
    return 1 if problems else 0


def _verify_file(line: CommandLine, file: Path, key: str, *, as_json: bool) -> int:
    try:
        sealed = json.loads(file.read_bytes())
    except ValueError:
        sealed = {}
    problems = line.seal_problems(sealed if isinstance(sealed, dict) else {}, key)
    if as_json:
        line.print_json({"ok": not problems, "file": str(file), "problems": list(problems)})
    elif problems:
        for problem in problems:
            click.echo(problem)
    else:
        found = sealed["manifest"]
        click.echo(
            f"Snapshot {found['name']} of {found['study']}@{found['environment']} is as it was sealed: {found['root']}"
        )
        for one in sealed["signatures"]:
            click.echo(f"Signed by {one['full_name']} ({one['role']}), {one['at']}: {one['statement']}")
        if not key:
            click.echo(
                f"Sealed with the key {sealed['key']}: compare it with that of the installation, or say --key."
            )
    return 1 if problems else 0


@snapshot.command("diff")
@click.argument("study")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--form", default="", metavar="OID", help="Only what lies in this form.")
@click.option("--item", "items", multiple=True, metavar="OID", help="Only this item; may be said again.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the lines as CSV.")
@as_option
@json_option
@click.pass_obj
def diff(
    line: CommandLine, study: str, first: str, second: str, form: str, items: tuple[str, ...], out: Path | None,
    as_user: str, *, as_json: bool,
) -> int:  # fmt: skip
    """Say what differs between two snapshots. With who and why; B may be `now`.

    Counts first, then a line for each column and term of a code list that is another, for each subject, visit, form and row
    that came or went, and for each value that is another.
    Ends with 1 when something differs.
    """
    access = line.study_access(PLUGIN, study, as_user=as_user)
    found = compare(access, first, second).of(form, items)
    if out is not None:
        table = Attachment.table(out.name, HEADER, found.rows())
        out.write_text(str(table.content), encoding="utf-8", newline="")
    if as_json:
        line.print_json(_as_json(access.name, found))
        return 1 if found.lines else 0
    click.echo(f"From {found.older.name} to {found.newer.name}:")
    for (what, change), number in found.counts.items():
        click.echo(f"{what}s {change}: {number}")
    rows = (
        (one.subject, one.where, one.change, one.old, one.new, one.at, one.who, one.role, one.reason)
        for one in found.lines
    )
    columns = ("subject", "where", "change", "old", "new", "at", "by", "role", "reason")
    line.print_table(columns, rows, empty="Nothing differs.")
    return 1 if found.lines else 0


def _as_json(study: str, found: Difference) -> dict[str, Any]:
    return {
        "study": study,
        "from": {"name": found.older.name, "root": found.older.root},
        "to": {"name": found.newer.name, "root": found.newer.root},
        "counts": [
            {"what": what, "change": change, "number": number}
            for (what, change), number in found.counts.items()
        ],
        "lines": [dict(zip(HEADER, one.cells, strict=True)) for one in found.lines],
    }
