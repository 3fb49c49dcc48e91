"""``edc study diff|impact``: what an amendment changes, and what it means for the data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from edc_core.api import ChangeClass, CommandLine, as_option, json_option
from edc_core_amendments import impact as impacts
from edc_core_amendments.bring_in import counted, sites_named
from edc_core_amendments.differences import differences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.api import Foresight
    from edc_core_amendments.differences import Difference


@click.command()
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@json_option
@click.pass_obj
def diff(line: CommandLine, old: str, new: str, *, as_json: bool) -> None:
    """Say what changed from version A to version B. Each change is safe, in need of migration, or breaking.

    A and B are folders, STUDY@ENV (its newest version) or STUDY@ENV:VERSION; B may be a version of A's study.
    """
    before = line.version(old)
    after = line.version(new, study=before.study)
    found = differences(before.index, after.index)
    if as_json:
        counts = {one.value: sum(d.change_class is one for d in found) for one in ChangeClass}
        line.print_json(
            {
                "old": before.index.version.oid,
                "new": after.index.version.oid,
                "by_class": counts,
                "differences": [difference.as_json() for difference in found],
            }
        )
        return
    click.echo(f"{before.title} -> {after.title}: {counted(len(found), 'difference')}")
    for one in reversed(ChangeClass):
        _print_class(one, [difference for difference in found if difference.change_class is one])


def _print_class(change_class: ChangeClass, found: Iterable[Difference]) -> None:
    lines = [_said(difference) for difference in found]
    if lines:
        click.echo(f"\n{change_class.value} ({len(lines)})")
        for line in lines:
            click.echo(f"  {line}")


def _said(difference: Difference) -> str:
    told = difference.text
    if difference.name not in told:
        told = f"{difference.element} {difference.name}: {told}"
    if difference.before or difference.after:
        told += f" [{difference.before or '-'} -> {difference.after or '-'}]"
    return told


@click.command()
@click.argument("study_name", metavar="STUDY")
@click.argument("version", metavar="VERSION")
@click.option(
    "--site", "site_numbers", multiple=True, metavar="NUMBER", help="Only this site; may be given again."
)
@click.option(
    "--csv",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write forms.csv, queries.csv, marks.csv and checks.csv into this folder.",
)
@as_option
@json_option
@click.pass_obj
def impact(
    line: CommandLine, study_name: str, version: str, site_numbers: tuple[str, ...], folder: Path | None,
    as_user: str, *, as_json: bool,
) -> int:  # fmt: skip
    """Say what a version would mean for data. Nothing is changed.

    VERSION is a version of the study or a folder. Exit 1 when values would be lost or read differently.
    """
    study = line.study_access("amendments", study_name, as_user=as_user)
    target = line.version(version, study=study.name)
    with line.progress("Subjects", quiet=as_json) as tell:
        found = study.foresee(target.index, site_ids=sites_named(study, site_numbers), progress=tell)
    if folder is not None:
        _write(found, folder)
    if as_json:
        line.print_json(impacts.as_json(found))
    else:
        _print(line, found)
    return 1 if impacts.breaks(found) else 0


def _print(line: CommandLine, found: Foresight) -> None:
    by_class = ", ".join(f"{impacts.count(found, one)} {one.value}" for one in ChangeClass)
    click.echo(
        f"{found.study}, version {found.version}: {counted(found.subjects, 'subject')}, "
        f"{counted(len(found.forms), 'form')} of an older version: {by_class}"
    )
    click.echo(
        f"{counted(len(found.calculated), 'calculated value')} would change; "
        f"{counted(len(impacts.protected(found)), 'form')} frozen or locked"
    )
    given = impacts.marks(found)
    broken, signed = given.pop("signature", 0), impacts.signatures(found)
    if signed:
        click.echo(f"{counted(len(signed), 'signature')} on what would move; {broken} would be broken")
    for one in signed[:broken]:
        click.echo(f"  {one.subject_key}, {one.path or 'the casebook'}")
        for part in one.lines:
            click.echo(f"    {part.path} {part.what}: '{part.before}' -> '{part.after}'")
    if given:
        groups = ", ".join(f"{number} {group}" for group, number in given.items())
        click.echo(f"marks of verification and review that would fall: {groups}")
    if found.partial:
        click.echo("Items that you may not see are not listed or counted.")
    line.print_table(
        ("check", "opens", "opens again", "resolves", "subjects"),
        ((c.check_oid, c.opens, c.opens_again, c.resolves, c.subjects) for c in impacts.by_check(found)),
        empty="No query would be opened or resolved.",
    )
    for failure in found.failures:
        click.echo(f"not counted: check {failure.check_oid or '(all)'} of {failure.plugin}: {failure.text}")
    held = [form for form in found.forms if not form.moves]
    if held:
        click.echo("")
        line.print_table(
            ("subject", "form", "class", "keeps its version because"),
            ((f.subject_key, f.path, f.change_class.value, f.held_back_by) for f in held),
            empty="",
        )
        for form in held:
            for path, text in form.places:
                click.echo(f"{form.subject_key} {path} {text}")


def _write(found: Foresight, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (columns, rows) in impacts.tables(found).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            impacts.write_csv(file, columns, rows)


COMMANDS = (diff, impact)
