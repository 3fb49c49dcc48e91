import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from edc_core.store import readers, schema
from edc_core.store.base import metadata
from edc_core.store.engine import make_engine


def test_migrations_make_the_tables_that_the_code_describes(core):
    with core.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_table_is_there_and_nothing_else(core):
    assert set(inspect(core.engine).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_upgrading_twice_changes_nothing_and_loses_nothing(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    before = trial.entries("S-001"), trial.casebook("S-001")
    schema.upgrade(trial.core.engine)
    schema.upgrade(trial.core.engine)
    assert (trial.entries("S-001"), trial.casebook("S-001")) == before


def test_constraints_have_the_names_of_the_convention(core):
    unnamed = [name for name in metadata.tables if not inspect(core.engine).get_pk_constraint(name)["name"]]
    assert unnamed == []


@pytest.fixture
def first_schema(database_url):
    """A database of the first schema with a study in it."""
    engine = make_engine(database_url)
    with engine.connect().execution_options(edc_write=True) as connection, connection.begin():
        command.upgrade(schema._config(connection), "0001")
        columns = "study_id, oid, environment, name, meta_data_version"
        connection.execute(text(f"INSERT INTO study ({columns}) VALUES ('1', 'OLD', 'live', 'Old', 'v1')"))
    yield engine
    engine.dispose()


def test_a_database_of_the_first_schema_is_brought_here_with_its_studies(first_schema):
    schema.upgrade(first_schema)
    with first_schema.connect() as connection:
        [study] = readers.studies(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert (str(study), study.meta_data_version, study.upgraded_n) == ("OLD@live", "v1", 0)
