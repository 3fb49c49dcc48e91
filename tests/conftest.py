"""An installation on each database. The schema is made once per process and copied for each test."""

import shutil
import uuid
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.store import schema
from tests.builders import Trial, vital_signs
from tests.postgres import execute, with_database


@pytest.fixture(scope="session")
def upgraded_postgres(postgres_url):
    """Name of a database with the schema and nothing in it."""
    name = f"edc_template_{uuid.uuid4().hex}"
    execute(postgres_url, f'CREATE DATABASE "{name}"')
    core = Core(Settings(database_url=with_database(postgres_url, name)), EdcPlugins(()))
    schema.upgrade(core.engine)
    core.close()
    yield name
    execute(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def postgres_copy(server, template):
    name = f"edc_test_{uuid.uuid4().hex}"
    execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield with_database(server, name)
    finally:
        execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgres_core_url(postgres_url, upgraded_postgres):
    """A PostgreSQL database of the test's own, with the schema."""
    with postgres_copy(postgres_url, upgraded_postgres) as url:
        yield url


@pytest.fixture
def sqlite_core_url(edc_sqlite_template, tmp_path):
    file = tmp_path / "edc.db"
    shutil.copyfile(edc_sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def core_url(request):
    """A database with the schema: on SQLite in the group `unit`, on PostgreSQL in the group `databases`."""
    return request.getfixturevalue(
        "postgres_core_url" if request.param == "postgresql" else "sqlite_core_url"
    )


@pytest.fixture
def clock(edc_clock):
    return edc_clock


@pytest.fixture
def core(core_url, clock):
    core = Core(Settings(database_url=core_url), EdcPlugins(()), clock)
    yield core
    core.close()


@pytest.fixture
def trial(core):
    """A live study with two sites and one subject, S-001, at the first."""
    trial = Trial(core, vital_signs().build())
    trial.add_subject()
    return trial


@pytest.fixture
def count_statements(core):
    """Statements that a block sends to the database; the beginning and the end of transactions are not among them."""

    @contextmanager
    def counting():
        seen = []

        def note(_connection, _cursor, statement, *_rest):
            if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
                seen.append(statement)

        event.listen(core.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(core.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def grep_database(core):
    """Every table that holds a text anywhere: for what must not be stored."""

    def grep(text):
        found = []
        with core.engine.connect() as connection:
            for table in schema_tables():
                for row in connection.execute(table.select()):
                    if any(text in str(cell) for cell in row):
                        found.append(table.name)
                        break
        return found

    return grep


def schema_tables():
    from edc_core.store.base import metadata

    return list(metadata.tables.values())
