from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from edc_core.store import schema
from edc_core.store.base import metadata


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
