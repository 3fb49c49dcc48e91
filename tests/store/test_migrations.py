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


#: Query: the states its messages left it in, and whether the site was ever asked.
THREADS = {
    "waiting": (["Candidate"], False),
    "dropped": (["Candidate", "Cancelled"], False),
    "released": (["Candidate", "Open", "Cancelled"], True),
    "asked": (["Open"], True),
    "cancelled": (["Open", "Cancelled"], True),
}


@pytest.fixture
def with_proposals(database_url):
    """A database from before queries were forwarded, with proposals among its queries."""
    engine = make_engine(database_url)
    new = {"recipient", "asked"}
    with engine.connect().execution_options(edc_write=True) as connection, connection.begin():
        command.upgrade(schema._config(connection), "0100")
        for query_id, (states, _) in THREADS.items():
            said = {"study_id": "1", "query_id": query_id, "subject_id": "s", "modified_after_close": False}
            row = {c.name: "" for c in metadata.tables["query"].c if c.name not in new}
            row |= said | {"state": states[-1], "version": len(states)}
            names = ", ".join(row)
            connection.execute(text(f"INSERT INTO query ({names}) VALUES (:{', :'.join(row)})"), row)
            for n, state in enumerate(states, 1):
                line = {c.name: "" for c in metadata.tables["query_message"].c}
                line |= {"study_id": "1", "query_id": query_id, "subject_id": "s", "n": n, "state": state}
                names = ", ".join(line)
                connection.execute(
                    text(f"INSERT INTO query_message ({names}) VALUES (:{', :'.join(line)})"), line
                )
    yield engine
    engine.dispose()


def test_what_the_site_was_never_asked_is_told_from_the_threads(with_proposals):
    schema.upgrade(with_proposals)
    with with_proposals.connect() as connection:
        rows = connection.execute(text("SELECT query_id, asked, recipient FROM query")).all()
    assert {row.query_id: bool(row.asked) for row in rows} == {
        query_id: asked for query_id, (_, asked) in THREADS.items()
    }
    assert {row.recipient for row in rows} == {""}
