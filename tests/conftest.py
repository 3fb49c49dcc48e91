"""An installation on each database. The schema is made once per process, copied (SQLite) or emptied (PostgreSQL) for each test."""

import shutil
import signal
import uuid
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.store import schema, triggers
from edc_core.store.base import metadata
from edc_core.store.engine import make_engine
from tests.builders import Trial, vital_signs
from tests.docs.forked_edc import ForkedEdc
from tests.made_before import emptied
from tests.postgres import execute, with_database


def pytest_configure():
    """Have what tests start hear Ctrl-C: whatever a shell starts in the background is deaf to it, and so is what that starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres_bench(postgres_url):
    """A PostgreSQL database of this process: (engine, revision). Emptying it costs a twentieth of making another."""
    name = f"edc_bench_{uuid.uuid4().hex}"
    execute(postgres_url, f'CREATE DATABASE "{name}"')
    engine = make_engine(with_database(postgres_url, name))
    schema.upgrade(engine)
    with engine.connect() as connection:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    yield engine, revision
    engine.dispose()
    execute(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgres_core_url(postgres_bench):
    """A PostgreSQL database with the schema and nothing in it, its guards whole."""
    engine, revision = postgres_bench
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '30s'"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # the guards look away
        connection.exec_driver_sql("; ".join(f"DELETE FROM {table}" for table in metadata.tables))
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": revision})
        if triggers.missing(connection):
            triggers.create(connection)
    address = engine.url.render_as_string(hide_password=False)
    emptied.add(address)
    return address


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
def core(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(()), clock)
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

    def grep(words):
        found = []
        with core.engine.connect() as connection:
            for table in metadata.tables.values():
                for row in connection.execute(table.select()):
                    if any(words in str(cell) for cell in row):
                        found.append(table.name)
                        break
        return found

    return grep


@pytest.fixture(scope="session")
def forked_edc():
    """Runs many commands of `edc`, each in a process of its own that need not import anything."""
    forked = ForkedEdc()
    yield forked
    forked.stop()
