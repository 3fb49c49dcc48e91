"""The ledger defends itself in the database: against other programs, and against mistakes in ours."""

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DatabaseError

from edc_core.errors import EdcError, LedgerDamaged
from edc_core.store import schema, triggers
from edc_core.store.engine import make_engine
from edc_core.store.ledger_tables import access_log, ledger_entry
from tests.databases import on_postgres, on_sqlite


def run(core, statement, **values):
    with core.engine.connect().execution_options(edc_write=True) as connection, connection.begin():
        return connection.execute(
            text(statement) if isinstance(statement, str) else statement, values or None
        )


def rows(core, table=ledger_entry):
    with core.engine.connect() as connection:
        return connection.execute(table.select()).all()


@pytest.fixture
def logged(trial):
    run(trial.core, insert(access_log).values(at="now", login="crc.kim", action="signed in"))
    return trial


FORBIDDEN = [
    "UPDATE ledger_entry SET actor = 'nobody'",
    "UPDATE ledger_entry SET payload = '{}' WHERE n = 1",
    "DELETE FROM ledger_entry",
    "DELETE FROM ledger_entry WHERE n = 1",
    "UPDATE access_log SET login = 'nobody'",
    "DELETE FROM access_log",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_what_was_written_is_not_changed_or_removed(logged, statement):
    before = rows(logged.core), rows(logged.core, access_log)
    with pytest.raises(DatabaseError, match="append-only"):
        run(logged.core, statement)
    assert (rows(logged.core), rows(logged.core, access_log)) == before


@on_postgres
@pytest.mark.parametrize("table", ["ledger_entry", "access_log"])
def test_truncate_is_refused(logged, table):
    with pytest.raises(DatabaseError, match="append-only"):
        run(logged.core, f"TRUNCATE {table}")


def copy_of(row, **other):
    return dict(row._mapping) | other


def test_a_second_row_for_a_position_is_refused(trial):
    first = rows(trial.core)[0]
    with pytest.raises(DatabaseError):
        run(trial.core, insert(ledger_entry).values(copy_of(first, op="another")))


@on_sqlite
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_replacing_is_refused(logged, verb):
    before = rows(logged.core), rows(logged.core, access_log)
    for row, table in ((before[0][0], ledger_entry), (before[1][0], access_log)):
        columns = ", ".join(column.name for column in table.c)
        values = ", ".join(f":{column.name}" for column in table.c)
        with pytest.raises(DatabaseError, match="append-only"):
            run(logged.core, f"{verb} INTO {table.name} ({columns}) VALUES ({values})", **copy_of(row))
    assert (rows(logged.core), rows(logged.core, access_log)) == before


@pytest.mark.parametrize(
    "broken",
    [
        {"prev": "edc1:" + "00" * 32},
        {"prev": ""},
        {"n": 9},
        {"n": 1, "prev": "edc1:" + "00" * 32, "chain": "another"},
        {"n": 2, "prev": "", "chain": "another"},
    ],
)
def test_a_broken_chain_is_refused(trial, broken):
    last = max((row for row in rows(trial.core) if not row.chain.startswith("@")), key=lambda row: row.n)
    good = copy_of(last, n=last.n + 1, prev=last.hash, hash="edc1:new", op="raw")
    with pytest.raises(DatabaseError, match="broken chain"):
        run(trial.core, insert(ledger_entry).values(good | broken))
    run(trial.core, insert(ledger_entry).values(good))


def test_the_same_operation_does_not_write_the_same_index_twice(trial):
    last = max((row for row in rows(trial.core) if not row.chain.startswith("@")), key=lambda row: row.n)
    with pytest.raises(DatabaseError):
        run(trial.core, insert(ledger_entry).values(copy_of(last, n=last.n + 1, prev=last.hash)))


def test_an_upgrade_puts_missing_guards_back(trial):
    core = trial.core
    on = "" if core.engine.dialect.name == "sqlite" else " ON ledger_entry"
    for name in ("ledger_entry_no_update", "ledger_entry_chain"):
        run(core, f"DROP TRIGGER {name}{on}")
    with core.engine.connect() as connection:
        assert triggers.missing(connection) == ["ledger_entry_chain", "ledger_entry_no_update"]
    schema.upgrade(core.engine)
    with core.engine.connect() as connection:
        assert triggers.missing(connection) == []
    with pytest.raises(DatabaseError, match="append-only"):
        run(core, "UPDATE ledger_entry SET actor = 'nobody'")


def test_an_altered_guard_counts_as_missing(core):
    if core.engine.dialect.name == "sqlite":
        run(core, "DROP TRIGGER ledger_entry_no_update")
        run(core, "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT 1; END")
    else:
        run(core, "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_no_update")
    with core.engine.connect() as connection:
        assert triggers.missing(connection) == ["ledger_entry_no_update"]


@on_postgres
@pytest.mark.parametrize(
    ("function", "guard"),
    [
        ("edc_append_only", "ledger_entry_no_delete"),
        ("edc_redacted_only", "ledger_entry_no_update"),
        ("edc_chain", "ledger_entry_chain"),
    ],
)
def test_a_guard_whose_function_was_emptied_counts_as_missing(core, function, guard):
    run(
        core,
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NEW; END $$",
    )
    with core.engine.connect() as connection:
        assert guard in triggers.missing(connection)


@on_postgres
def test_a_guard_that_calls_a_weaker_function_counts_as_missing(core):
    run(core, "DROP TRIGGER ledger_entry_no_delete ON ledger_entry")
    run(
        core,
        "CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry "
        "FOR EACH ROW EXECUTE FUNCTION edc_redacted_only()",
    )
    with core.engine.connect() as connection:
        assert triggers.missing(connection) == ["ledger_entry_no_delete"]


def test_a_database_that_does_not_keep_the_guards_is_refused(core, monkeypatch):
    monkeypatch.setattr(triggers, "present", lambda connection: set())
    with pytest.raises(LedgerDamaged, match="ledger_entry_no_update"):
        schema.upgrade(core.engine)


def test_an_empty_database_is_told_from_an_old_one(database_url):
    empty = make_engine(database_url)
    with pytest.raises(EdcError, match="empty"):
        schema.require_current(empty)
    empty.dispose()


def test_a_database_of_another_release_is_not_used(core):
    schema.require_current(core.engine)
    run(core, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(EdcError, match="schema 0000"):
        schema.require_current(core.engine)
