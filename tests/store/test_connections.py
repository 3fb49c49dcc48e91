"""How an installation speaks to SQLite; the tests' own connections do not wait for the disk (tests/sharing.py)."""

import sqlite3
from contextlib import closing

from tests.sharing import prepare_sqlite

FULL = 2


def test_a_commit_of_an_installation_is_on_the_disk_before_anybody_is_told(tmp_path):
    with closing(sqlite3.connect(tmp_path / "edc.db")) as connection:
        prepare_sqlite(connection, None)
        told = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous")
        }
        assert told == {"journal_mode": "wal", "synchronous": FULL}
