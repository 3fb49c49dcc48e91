"""Bringing a database to the present schema, and saying whether it is there."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from edc_core.errors import EdcError
from edc_core.store import triggers
from edc_core.store.disk import Disk
from edc_core.store.engine import database_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _reached(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        why = str(error.orig).strip().splitlines()[0].rstrip(".")
        address = engine.url.render_as_string(hide_password=True)
        raise EdcError(f"The database of EDC_DATABASE_URL, {address}, cannot be used: {why}.") from error


def upgrade(engine: Engine) -> None:
    """Create or migrate the schema in one transaction and put the ledger's guards back.

    :raises LedgerDamaged: when a guard does not stand afterwards.
    """
    with _reached(engine), engine.connect():
        pass
    with engine.connect().execution_options(edc_write=True) as connection, connection.begin():
        command.upgrade(_config(connection), "head")
        triggers.create(connection)
    Disk(database_file(engine)).settle()


@cache
def _head() -> str | None:
    """The newest migration. Finding it loads all of them, and no release changes while it runs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def require_current(engine: Engine) -> None:
    """:raises EdcError: when it cannot be reached or was made by another release; the message says what to do."""
    head = _head()
    with _reached(engine), engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        raise EdcError("This database is empty. Run 'edc init' first.")
    if found != head:
        raise EdcError(
            f"This database has schema {found}; this release needs {head}. Run 'edc init' to upgrade it."
        )
