"""Database triggers that refuse to change or remove ledger entries and to break a chain, on both databases.

One change is let through: what two persons redacted (``ledger/redacting.py``).

They are dropped by SQLite's table rebuilds, so they are created anew and asserted after every migration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.ledger_entry import COLUMNS
from edc_core.errors import LedgerDamaged

if TYPE_CHECKING:
    from sqlalchemy import Connection

APPEND_ONLY = ("ledger_entry", "access_log")

#: Columns of an entry that nothing ever changes.
_KEPT = [name for name in COLUMNS if name not in ("payload", "reason_text")]

_SQLITE = {
    f"{table}_no_{verb.lower()}": f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table in APPEND_ONLY
    for verb in ("UPDATE", "DELETE")
} | {
    # The one change: a payload or a reason becomes what an approved redaction of the same chain says is left of it.
    "ledger_entry_no_update": f"""
        CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
        WHEN NOT ({" AND ".join(f"NEW.{name} IS OLD.{name}" for name in _KEPT)} AND EXISTS (
            SELECT 1 FROM ledger_entry AS r
            WHERE r.study_id = OLD.study_id AND r.chain = OLD.chain AND r.n > OLD.n AND r.kind = 'redact'
              AND json_extract(r.payload, '$.state') = 'approved'
              AND json_extract(r.payload, '$.n') = OLD.n
              AND NEW.payload IN (OLD.payload, json_extract(r.payload, '$.left'))
              AND NEW.reason_text IN (OLD.reason_text, json_extract(r.payload, '$.reason'))))
        BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END""",  # noqa: S608 - names of our columns
    # INSERT OR REPLACE deletes silently; a second row for a key is refused before it can.
    "ledger_entry_no_replace": """
        CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry
        WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE study_id = NEW.study_id AND chain = NEW.chain AND n = NEW.n)
          OR EXISTS (SELECT 1 FROM ledger_entry
                     WHERE study_id = NEW.study_id AND op = NEW.op AND op_index = NEW.op_index)
        BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END""",
    "access_log_no_replace": """
        CREATE TRIGGER access_log_no_replace BEFORE INSERT ON access_log
        WHEN NEW.id IS NOT NULL AND EXISTS (SELECT 1 FROM access_log WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END""",
    "ledger_entry_chain": """
        CREATE TRIGGER ledger_entry_chain BEFORE INSERT ON ledger_entry
        WHEN NOT ((NEW.n = 1 AND NEW.prev = '') OR EXISTS (
            SELECT 1 FROM ledger_entry
            WHERE study_id = NEW.study_id AND chain = NEW.chain AND n = NEW.n - 1 AND hash = NEW.prev))
        BEGIN SELECT RAISE(ABORT, 'broken chain'); END""",
}

_POSTGRES_FUNCTIONS = (
    """
    CREATE OR REPLACE FUNCTION edc_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$""",
    """
    CREATE OR REPLACE FUNCTION edc_redacted_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF to_jsonb(NEW) - 'payload' - 'reason_text' = to_jsonb(OLD) - 'payload' - 'reason_text' AND EXISTS (
            WITH said AS MATERIALIZED (
                SELECT r.payload::jsonb AS p FROM ledger_entry r
                WHERE r.study_id = OLD.study_id AND r.chain = OLD.chain AND r.n > OLD.n AND r.kind = 'redact')
            SELECT 1 FROM said
            WHERE p->>'state' = 'approved' AND (p->>'n')::bigint = OLD.n
              AND NEW.payload IN (OLD.payload, p->>'left') AND NEW.reason_text IN (OLD.reason_text, p->>'reason'))
        THEN RETURN NEW; END IF;
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END $$""",
    """
    CREATE OR REPLACE FUNCTION edc_chain() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.n = 1 AND NEW.prev = '' THEN RETURN NEW; END IF;
        PERFORM 1 FROM ledger_entry
            WHERE study_id = NEW.study_id AND chain = NEW.chain AND n = NEW.n - 1 AND hash = NEW.prev;
        IF NOT FOUND THEN RAISE EXCEPTION 'broken chain'; END IF;
        RETURN NEW;
    END $$""",
)

_POSTGRES = {
    f"{table}_no_{verb.lower()}": f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    f"FOR EACH {'STATEMENT' if verb == 'TRUNCATE' else 'ROW'} EXECUTE FUNCTION edc_append_only()"
    for table in APPEND_ONLY
    for verb in ("UPDATE", "DELETE", "TRUNCATE")
} | {
    "ledger_entry_no_update": "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry "
    "FOR EACH ROW EXECUTE FUNCTION edc_redacted_only()",
    "ledger_entry_chain": "CREATE TRIGGER ledger_entry_chain BEFORE INSERT ON ledger_entry "
    "FOR EACH ROW EXECUTE FUNCTION edc_chain()",
}


def _wanted(connection: Connection) -> dict[str, str]:
    return _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES


def _table_of(trigger: str) -> str:
    return next(table for table in APPEND_ONLY if trigger.startswith(table))


def present(connection: Connection) -> set[str]:
    """Names of the triggers that stand in the database and are enabled."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        wanted = {name: " ".join(sql.split()) for name, sql in _SQLITE.items()}
        return {name for name, sql in rows if wanted.get(name) == " ".join(sql.split())}
    rows = connection.exec_driver_sql(
        "SELECT t.tgname, p.proname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') "
        "AND t.tgrelid IN (to_regclass('ledger_entry'), to_regclass('access_log'))"
    ).all()
    bodies = {_name_of(function): function.split("$$")[1] for function in _POSTGRES_FUNCTIONS}
    return {
        name
        for name, function, body in rows
        if name in _POSTGRES and _name_of(_POSTGRES[name]) == function and bodies.get(function) == body
    }


def _name_of(statement: str) -> str:
    """The function that a statement creates, or that a trigger calls."""
    return statement.partition("FUNCTION ")[2].partition("(")[0]


def missing(connection: Connection) -> list[str]:
    """Triggers that should stand and do not, or were altered."""
    return sorted(set(_wanted(connection)) - present(connection))


def create(connection: Connection) -> None:
    """Create every trigger anew, then assert that all stand.

    :raises LedgerDamaged: when the database did not take one.
    """
    if connection.dialect.name != "sqlite":
        for function in _POSTGRES_FUNCTIONS:
            connection.exec_driver_sql(function.replace("%", "%%"))
    for name, statement in _wanted(connection).items():
        on_table = "" if connection.dialect.name == "sqlite" else f" ON {_table_of(name)}"
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on_table}")
        connection.exec_driver_sql(statement)
    if absent := missing(connection):
        raise LedgerDamaged(f"The database did not keep the guards of the ledger: {', '.join(absent)}.")
