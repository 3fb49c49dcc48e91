"""``edc study diff|impact``: what an amendment changes, and what it means for the data."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edc_core.cli.session import (
    as_option,
    counted,
    json_option,
    print_json,
    print_table,
    progress,
    session_of,
)
from edc_core.domain.change_class import ChangeClass
from edc_core.domain.permission import Action
from edc_core.domain.version_diff import differences
from edc_core.errors import NotFound
from edc_core.services import impact as impacts
from edc_core.services.reading import look_at
from edc_core.services.version_names import find_version, require_own_name
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.cli.session import Session
    from edc_core.domain.version_diff import Difference
    from edc_core.services.impact import Impact
    from edc_core.services.reading import StudyPicture

sites_option = click.option(
    "--site", "site_numbers", multiple=True, metavar="NUMBER", help="Only this site; may be given again."
)


@click.command()
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@json_option
@session_of
def diff(session: Session, old: str, new: str, *, as_json: bool) -> None:
    """Say what changed from version A to version B, each change safe, in need of migration, or breaking.

    A and B are folders, STUDY@ENV (its newest version) or STUDY@ENV:VERSION; B may be a version of A's study.
    """
    core = session.core
    with core.read() as source:
        before = find_version(source, core.plugins, old)
        after = find_version(source, core.plugins, new, of=before.study)
    found = differences(before.index, after.index)
    if as_json:
        counts = {one.value: sum(d.change_class is one for d in found) for one in ChangeClass}
        print_json(
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
    lines = [_line(difference) for difference in found]
    if lines:
        click.echo(f"\n{change_class.value} ({len(lines)})")
        for line in lines:
            click.echo(f"  {line}")


def _line(difference: Difference) -> str:
    told = difference.text
    if difference.name not in told:
        told = f"{difference.element} {difference.name}: {told}"
    if difference.before or difference.after:
        told += f" [{difference.before or '-'} -> {difference.after or '-'}]"
    return told


@click.command()
@click.argument("study_name", metavar="STUDY")
@click.argument("version", metavar="VERSION")
@sites_option
@click.option(
    "--csv",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write forms.csv, queries.csv and checks.csv into this folder.",
)
@as_option
@json_option
@session_of
def impact(
    session: Session, study_name: str, version: str, site_numbers: tuple[str, ...], folder: Path | None,
    as_user: str, *, as_json: bool,
) -> int:  # fmt: skip
    """Say what a version would mean for the data of a study; nothing is changed.

    VERSION is a version of the study or a folder. Exit 1 when values would be lost or read differently.
    """
    core = session.core
    with core.read(consistent=True) as source:
        row = readers.find_study(source.connection, study_name)
        actor = session.actor(as_user, environment=row.environment)
        picture = look_at(source, actor, row)
        actor.role_for(Action.COMPARE_VERSIONS, picture.place())
        target = find_version(source, core.plugins, version, of=row)
        require_own_name(source, row, target.index)
        with progress("Subjects", quiet=as_json) as tell:
            found = impacts.assess(
                core, picture, target.index, site_ids=sites_named(picture, site_numbers), progress=tell
            )
    if folder is not None:
        _write(found, folder)
    if as_json:
        print_json(found.as_json())
    else:
        _print(found)
    return 1 if found.breaks else 0


def sites_named(picture: StudyPicture, numbers: Iterable[str]) -> frozenset[str]:
    """Ids of sites by their numbers.

    :raises NotFound: a number is no site that the person sees.
    """
    known = {site.number: site_id for site_id, site in picture.sites.items()}
    for number in numbers:
        if number not in known:
            raise NotFound(f"There is no site '{number}' in {picture.study}.")
    return frozenset(known[number] for number in numbers)


def _print(found: Impact) -> None:
    by_class = ", ".join(f"{found.count(one)} {one.value}" for one in ChangeClass)
    click.echo(
        f"{found.study}, version {found.version}: {counted(found.subjects, 'subject')}, "
        f"{counted(len(found.forms), 'form')} of an older version: {by_class}"
    )
    click.echo(
        f"{counted(len(found.calculated), 'calculated value')} would change; "
        f"{counted(len(found.protected), 'form')} frozen or locked"
    )
    if found.partial:
        click.echo("Items that you may not see are not listed or counted.")
    print_table(
        ("check", "opens", "opens again", "resolves", "subjects"),
        ((c.check_oid, c.opens, c.opens_again, c.resolves, c.subjects) for c in found.by_check),
        empty="No query would be opened or resolved.",
    )
    for failure in found.failures:
        click.echo(f"not counted: check {failure.check_oid or '(all)'} of {failure.plugin}: {failure.text}")
    held = [form for form in found.forms if not form.moves]
    if held:
        click.echo("")
        print_table(
            ("subject", "form", "class", "keeps its version because"),
            ((f.subject_key, f.path, f.change_class.value, f.held_back_by) for f in held),
            empty="",
        )
        for form in held:
            for path, text in form.places:
                click.echo(f"{form.subject_key} {path} {text}")


def _write(found: Impact, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (columns, rows) in impacts.tables(found).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)


COMMANDS = (diff, impact)
