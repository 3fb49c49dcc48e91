"""What somebody with full rights on the database can do to the ledger, and that ``verify`` names it."""

import dataclasses
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from edc_core.core import Core
from edc_core.domain.ledger_entry import HASHED
from edc_core.ids import new_id
from edc_core.ledger.hashing import canonical, entry_hash, payload_digest
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import anchoring, users
from edc_core.services.verifying import verify
from edc_core.store import triggers


@pytest.fixture
def anchored(core, trial, tmp_path):
    """A study with data, anchored; and the installation that knows the anchor file."""
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.save("S-001", {"VS.DIABP": "80"})
    trial.complete("S-001", "VS")
    anchor_file = str(tmp_path / "anchors")
    settings = dataclasses.replace(core.settings, anchor_file=anchor_file)
    known = Core(settings, EdcPlugins(()), core.clock)
    with known.write(trial.cli) as uow:
        anchoring.anchor_study(uow, trial.study_id, settings)
    yield known
    known.close()


@pytest.fixture
def tamper(core):
    """Run statements as somebody who took the guards away first and put them back afterwards."""

    def tamper(*statements, restore=True):
        with core.engine.connect().execution_options(edc_write=True) as connection, connection.begin():
            names = triggers.present(connection)
            for name in names:
                on_table = "" if connection.dialect.name == "sqlite" else f" ON {_table(name)}"
                connection.execute(text(f"DROP TRIGGER {name}{on_table}"))
            for statement, values in statements:
                assert connection.execute(text(statement), values).rowcount == 1, statement
            if restore:
                triggers.create(connection)

    return tamper


def _table(trigger):
    return "ledger_entry" if trigger.startswith("ledger_entry") else "access_log"


def _problems(core, **options):
    report = verify(core, **options)
    assert not report.ok
    return {(p.code, p.chain, p.n) for p in report.problems}, report


def test_an_untouched_ledger_is_clean(anchored):
    report = verify(anchored, rebuild=True)
    assert report.problems == []
    assert report.entries >= 10


def test_a_changed_payload_is_named(anchored, trial, tamper):
    entry = next(e for e in trial.entries("S-001") if e["kind"] == "item.set")
    payload = json.dumps(entry["payload"] | {"value": "121"})
    key = {"c": entry["chain"], "n": entry["n"]}
    tamper(("UPDATE ledger_entry SET payload = :p WHERE chain = :c AND n = :n", key | {"p": payload}))
    found, _ = _problems(anchored)
    assert ("payload", entry["chain"], entry["n"]) in found


def test_a_changed_column_is_named(anchored, trial, tamper):
    entry = trial.entries("S-001")[1]
    key = {"c": entry["chain"], "n": entry["n"]}
    tamper(("UPDATE ledger_entry SET actor = 'somebody else' WHERE chain = :c AND n = :n", key))
    found, _ = _problems(anchored)
    assert ("columns", entry["chain"], entry["n"]) in found


def test_a_removed_entry_is_named(anchored, trial, tamper):
    entry = trial.entries("S-001")[1]
    key = {"c": entry["chain"], "n": entry["n"]}
    tamper(("DELETE FROM ledger_entry WHERE chain = :c AND n = :n", key))
    found, report = _problems(anchored)
    assert ("removed", entry["chain"], entry["n"] + 1) in found
    assert any("Entry 2 is missing" in problem.text for problem in report.problems)


def test_a_removed_last_entry_is_named(anchored, trial, tamper):
    entry = trial.entries("S-001")[-1]
    key = {"c": entry["chain"], "n": entry["n"]}
    tamper(("DELETE FROM ledger_entry WHERE chain = :c AND n = :n", key))
    found, _ = _problems(anchored)
    assert ("removed", entry["chain"], entry["n"]) in found


def test_an_inserted_entry_is_named(anchored, trial, tamper):
    """Everything after it moves up by one; its own hash is right, and the next does not follow from it."""
    rows = trial.entries("S-001")
    chain, position = rows[0]["chain"], 2
    shift = [
        ("UPDATE ledger_entry SET n = n + 1 WHERE chain = :c AND n = :n", {"c": chain, "n": row["n"]})
        for row in reversed(rows)
        if row["n"] >= position
    ]
    forged = dict(rows[1]) | {"op": "forged", "actor": "somebody else", "prev": rows[0]["hash"]}
    forged["payload"] = canonical(forged["payload"]).decode()
    forged["hash"] = entry_hash(forged["prev"], {name: forged[name] for name in HASHED})
    columns = ", ".join(forged)
    values = ", ".join(f":{name}" for name in forged)
    tamper(*shift, (f"INSERT INTO ledger_entry ({columns}) VALUES ({values})", forged))
    found, _ = _problems(anchored)
    assert any(code == "link" and where == chain and n == position + 1 for code, where, n in found)


def test_a_chain_hashed_anew_is_found_by_the_anchor_file_alone(anchored, trial, tamper):
    rows = trial.entries("S-001")
    chain = rows[0]["chain"]
    statements, prev = [], ""
    for row in rows:
        changed = dict(row)
        if row["n"] == 2:
            changed["payload"] = row["payload"] | {"raw": "999"}
        payload = canonical(changed["payload"])
        changed["payload_sha256"] = payload_digest(payload)
        digest = entry_hash(prev, {name: changed[name] for name in HASHED})
        values = {
            "c": chain, "n": row["n"], "p": payload.decode(), "d": changed["payload_sha256"], "v": prev, "h": digest
        }  # fmt: skip
        statements.append(
            (
                "UPDATE ledger_entry SET payload = :p, payload_sha256 = :d, prev = :v, hash = :h WHERE chain = :c AND n = :n",
                values,
            )
        )
        prev = digest
    statements.append(("UPDATE chain_head SET hash = :h WHERE chain = :c", {"h": prev, "c": chain}))
    tamper(*statements)
    without_anchor = Core(dataclasses.replace(anchored.settings, anchor_file=""), EdcPlugins(()))
    assert {p.code for p in verify(without_anchor).problems} <= {"projection"}
    without_anchor.close()
    found, _ = _problems(anchored)
    assert any(code == "anchor" and where == chain for code, where, _ in found)


def test_missing_guards_are_named_one_by_one(anchored, tamper):
    tamper(restore=False)
    found, report = _problems(anchored)
    assert {code for code, _, _ in found} == {"guard"}
    assert any("ledger_entry_no_update" in problem.text for problem in report.problems)


@pytest.mark.parametrize("statement", [
    "UPDATE item_data SET value = '121' WHERE value = '120'",
    "DELETE FROM item_data WHERE value = '120'",
])  # fmt: skip
def test_a_projection_that_says_something_else_is_named(anchored, core, statement):
    with core.engine.connect().execution_options(edc_write=True) as connection, connection.begin():
        assert connection.execute(text(statement)).rowcount == 1
    found, report = _problems(anchored, rebuild=True)
    assert {code for code, _, _ in found} == {"projection", "rebuild"}
    assert any("VS.SYSBP" in problem.text for problem in report.problems)


def test_a_row_that_no_entry_made_is_named(anchored, core):
    with core.engine.connect().execution_options(edc_write=True) as connection, connection.begin():
        connection.execute(
            text(
                "INSERT INTO user_account (user_id, login, full_name, zone, language, active, wants_digest) "
                "VALUES ('x', 'intruder', 'Nobody', 'UTC', 'en', :yes, :yes)"
            ),
            {"yes": True},
        )
    found, _ = _problems(anchored, rebuild=True)
    assert {code for code, _, _ in found} == {"rebuild"}


def test_the_installation_is_anchored_as_a_study_is(anchored, trial, tamper):
    """Somebody gives an account another name and hashes the whole chain anew: only the anchor file tells."""
    command = users.AddUser(study_id="@system", op=new_id(), login="ann@site", full_name="Ann")
    with anchored.write(trial.cli) as uow:
        users.add_user(uow, command)
    anchoring.anchor_everything(anchored, trial.cli)
    assert verify(anchored, rebuild=True).problems == []
    with anchored.engine.connect() as connection:
        rows = (
            connection.execute(text("SELECT * FROM ledger_entry WHERE chain = '@system' ORDER BY n"))
            .mappings()
            .all()
        )
    assert [row["kind"] for row in rows] == ["grant.user_add", "anchor"]
    prev, statements = "", []
    for row in rows:
        changed = dict(row) | {"payload": row["payload"].replace("Ann", "Eve"), "prev": prev}
        changed["payload_sha256"] = payload_digest(changed["payload"].encode())
        prev = changed["hash"] = entry_hash(prev, {name: changed[name] for name in HASHED})
        columns = ("payload", "payload_sha256", "prev", "hash")
        change = f"UPDATE ledger_entry SET {', '.join(f'{name} = :{name}' for name in columns)}"
        values = {name: changed[name] for name in (*columns, "n")}
        statements.append((f"{change} WHERE chain = '@system' AND n = :n", values))
    head = ("UPDATE chain_head SET hash = :hash WHERE chain = '@system'", {"hash": prev})
    account = ("UPDATE user_account SET full_name = 'Eve' WHERE login = 'ann@site'", {})
    tamper(*statements, head, account)
    found, _ = _problems(anchored)
    assert {(code, chain) for code, chain, _ in found} == {("anchor", "@system")}


def test_an_anchor_file_that_lost_a_line_is_named(anchored, trial):
    with anchored.write(trial.cli) as uow:
        anchoring.anchor_study(uow, trial.study_id, anchored.settings)
    with Path(anchored.settings.anchor_file).open("rb+") as handle:
        lines = handle.read().splitlines(keepends=True)
        handle.seek(0)
        handle.write(lines[1])
        handle.truncate()
    found, _ = _problems(anchored)
    assert {code for code, _, _ in found} == {"anchor"}


def test_verification_writes_nothing(anchored, core):
    before = _whole(core)
    verify(anchored, rebuild=True)
    assert _whole(core) == before


def _whole(core):
    from edc_core.store.base import metadata

    with core.engine.connect() as connection:
        return {
            name: sorted(map(str, connection.execute(table.select())))
            for name, table in metadata.tables.items()
        }


def test_a_file_that_is_damaged_on_disk_is_reported(tmp_path, sqlite_core_url, clock):
    """SQLite only: pages in the middle of the file are overwritten."""
    from edc_core.settings import Settings
    from tests.builders import Trial, vital_signs

    core = Core(Settings(database_url=sqlite_core_url, files_dir=tmp_path / "files"), EdcPlugins(()), clock)
    trial = Trial(core, vital_signs().build())
    for number in range(30):
        trial.add_subject(f"S-{number:03d}")
        trial.save(f"S-{number:03d}", {"VS.SYSBP": "120"})
    with core.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    core.close()
    path = Path(sqlite_core_url.removeprefix("sqlite:///"))
    with path.open("rb+") as handle:
        size = handle.seek(0, 2)
        for offset in range(8192, size, 8192):
            handle.seek(offset)
            handle.write(b"\x00" * 2048)
    report = verify(core)
    core.close()
    assert not report.ok
    said = [problem.text for problem in report.problems if problem.code == "unreadable"]
    assert said
    assert len(set(said)) == len(said), "each part that cannot be read is named"
    assert all("Restore a backup that verifies." in text for text in said)
