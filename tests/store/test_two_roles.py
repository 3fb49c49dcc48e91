"""On PostgreSQL the server works as a role that owns nothing: it can do its work, and nothing to what is on record."""

import re
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from edc_core.core import Core
from edc_core.domain.commands import DecideRedaction, Reason, RequestRedaction
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import redacting
from edc_core.services.verifying import verify
from edc_core.testing import SOME_REASON
from tests.databases import on_postgres

PAGE = Path(__file__).parents[2] / "docs/how-to/run-on-postgresql.md"
WHY = Reason(text="A name was entered by mistake.")


@pytest.fixture
def as_app(trial):
    """The trial in the hands of a role that has what the page says, and nothing more."""
    [grants] = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    role = f"edc_app_{uuid.uuid4().hex}"  # roles are of the whole cluster
    with trial.core.engine.connect() as connection, connection.begin():
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        for statement in grants.split(";"):
            if statement.strip():
                connection.execute(text(statement.replace("edc_app", role)))
    url = make_url(trial.core.settings.database_url).set(username=role).render_as_string(hide_password=False)
    owner = trial.core
    trial.core = Core(replace(owner.settings, database_url=url), EdcPlugins(()), owner.clock)
    yield trial
    trial.core.close()
    with owner.engine.connect() as connection, connection.begin():
        connection.execute(text(f"DROP OWNED BY {role}"))
        connection.execute(text(f"DROP ROLE {role}"))


@on_postgres
def test_it_saves_and_redacts_and_the_ledger_verifies(as_app, grep_database):
    as_app.save("S-001", {"VS.SYSBP": "Gildong Hong", "VS.DIABP": "80"})
    as_app.save("S-001", {"VS.SYSBP": "120"}, reason=SOME_REASON)
    n = next(e["n"] for e in as_app.entries("S-001") if e["payload"].get("raw") == "Gildong Hong")
    ask = {"subject_key": "S-001", "n": n, "reason": WHY}
    request = as_app.act(as_app.dm, redacting.request_redaction, RequestRedaction, **ask)["request"]
    decide = {"subject_key": "S-001", "request": request, "approve": True, "reason": WHY}
    as_app.act(as_app.spo, redacting.decide_redaction, DecideRedaction, **decide)
    assert grep_database("Gildong Hong") == []
    assert verify(as_app.core).problems == []


@on_postgres
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET actor = 'nobody'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "UPDATE access_log SET login = 'nobody'",
        "DELETE FROM access_log",
        "DROP TRIGGER ledger_entry_no_update ON ledger_entry",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "CREATE OR REPLACE FUNCTION edc_append_only() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
        "DROP TABLE ledger_entry",
        "SET session_replication_role = replica",
    ],
)
def test_it_cannot_change_what_is_on_record_or_take_the_guards_away(as_app, statement):
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        as_app.core.engine.connect() as connection,
        connection.begin(),
    ):
        connection.execute(text(statement))
    assert verify(as_app.core).problems == []


@on_postgres
def test_it_may_change_a_payload_as_far_as_the_guard_lets_it(as_app):
    change = text("UPDATE ledger_entry SET payload = '{}'")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        as_app.core.engine.connect() as connection,
        connection.begin(),
    ):
        connection.execute(change)
