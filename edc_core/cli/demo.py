"""``edc demo``: a database to look around in, filled and served."""

from __future__ import annotations

import dataclasses
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

import edc_core
from edc_core.cli.serve import run_server
from edc_core.cli.session import print_table, session_of
from edc_core.errors import AlreadyExists, EdcError, NotFound, UnsafeSettings
from edc_core.services import demo_people, publishing
from edc_core.store import readers, schema

if TYPE_CHECKING:
    from edc_core.cli.session import Session
    from edc_core.services.demo_people import Account

ENVIRONMENT = "dev"
SEED = 301
RANGES = "lab-ranges.csv"
DATABASE_FILES = ("edc.db", "edc.db-wal", "edc.db-shm", "edc.db.lock")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--subjects", default=24, show_default=True, type=click.IntRange(0), help="Made-up subjects a study."
)
@click.option("--fresh", is_flag=True, help="Begin anew; without it the database of the last time is kept.")
@click.option(
    "--folder",
    default=Path("demo"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the database.",
)
@click.option(
    "--forms", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of definitions."
)
@click.option("--no-serve", is_flag=True, help="Fill the database and stop.")
@session_of
def demo(
    session: Session,
    host: str,
    port: int,
    subjects: int,
    folder: Path,
    forms: Path | None,
    *,
    fresh: bool,
    no_serve: bool,
) -> None:
    """Serve the demo trials with made-up subjects and people. Their SQLite database is in ./demo.

    Everybody knows the password of these people, so production refuses a database that holds them.
    """
    if session.settings.mode == "production":
        raise UnsafeSettings(
            "The demo has a public password; it does not start where EDC_MODE is production."
        )
    accounts = _fill(session, folder, forms or _forms(), subjects, fresh=fresh)
    click.echo(
        f"Database: {folder / DATABASE_FILES[0]} (environment {ENVIRONMENT}: a playground, nothing in it is real)"
    )
    click.echo(f"Password of everybody below: {demo_people.PASSWORD}\n")
    rows = ((account.login, account.role_words, account.where) for account in accounts)
    print_table(("login", "role", "where"), rows, empty="Nobody.")
    if host not in LOOPBACK:
        click.echo(f"\nWhoever reaches {host}:{port} can sign in with this password.", err=True)
    if not no_serve:
        click.echo(f"\nSign in at http://{host}:{port}/login   (Ctrl+C stops)")
        run_server(session, host, port, threads=8)


def _forms() -> Path:
    """The definitions beside the working folder, else those of the checkout."""
    beside = Path(edc_core.__file__).parent.parent / "forms"
    found = next((place for place in (Path("forms"), beside) if place.is_dir()), None)
    if found is None:
        raise NotFound("There is no folder 'forms' here. Say where the definitions are: --forms PATH.")
    return found


def _fill(session: Session, folder: Path, forms: Path, subjects: int, *, fresh: bool) -> list[Account]:
    """Database, studies, people, subjects: each only where it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    if fresh:
        for name in DATABASE_FILES:
            (folder / name).unlink(missing_ok=True)
    session.use(
        dataclasses.replace(
            session.settings,
            database_url=f"sqlite:///{(folder / DATABASE_FILES[0]).resolve()}",
            mode="demo",
            exports_dir=folder / "exports",
            files_dir=folder / "files",
            secret_key=secrets.token_hex(32),
        )
    )
    core = session.bare
    schema.upgrade(core.engine)
    studies = [
        study
        for path in sorted(forms.iterdir())
        if (path / "study.yaml").is_file()
        for study in _publish(session, path)
    ]
    accounts = demo_people.invite(core, session.actor(), [study.study_id for study in studies])
    for study in studies:
        with core.read() as source:
            there = readers.count_subjects(source.connection, study.study_id)
        if there < subjects:
            _simulate(session, str(study), subjects)
    return accounts


def _load_ranges(session: Session, path: Path, study: readers.StudyRow) -> None:
    """Reference ranges that lie beside a definition; loading them again changes nothing."""
    command = {one.name: one for one in session.bare.plugins.study_commands()}.get("ranges")
    if command is not None and (path / RANGES).is_file():
        arguments = [str(study), str(path / RANGES)]
        command.main(args=arguments, prog_name="edc study ranges", obj=session, standalone_mode=False)


def _publish(session: Session, path: Path) -> list[readers.StudyRow]:
    """The study of a folder as it is in the database now; none when its definition has errors or no sites."""
    core = session.bare
    oid = ""
    try:
        published = publishing.publish_folder(core, session.actor(), path, ENVIRONMENT)
        if published.result is None:
            click.echo(f"{path}: not published; 'edc study check {path}' says why.", err=True)
            return []
        oid = published.result["study"]
    except AlreadyExists as error:
        click.echo(f"{path}: {error.message} 'edc demo --fresh' begins anew.", err=True)
        checked = publishing.check(core.plugins, path, settings=core.settings.of_plugins)
        if checked.version is not None:
            oid = f"{checked.version.study.oid}@{ENVIRONMENT}"
    with core.read() as source:
        rows = [row for row in readers.studies(source.connection) if str(row) == oid]
        # a library of forms has no sites: it is there to be copied from, not to enrol subjects
        rows = [row for row in rows if readers.sites(source.connection, row.study_id)]
    for row in rows:
        _load_ranges(session, path, row)
    return rows


def _simulate(session: Session, study: str, subjects: int) -> None:
    command = {one.name: one for one in session.bare.plugins.commands()}.get("simulate")
    if command is None:
        click.echo("No subjects: the plugin edc-core-simulate is not installed.", err=True)
        return
    arguments = [study, "--subjects", str(subjects), "--seed", str(SEED), "--scenario", "all", "--brief"]
    if command.main(args=arguments, prog_name="edc simulate", obj=session, standalone_mode=False):
        raise EdcError(f"Not every subject of {study} could be entered; the lines above say why.")


COMMANDS = (demo,)
