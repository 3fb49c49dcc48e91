"""Nobody is told of a write before it is on the disk; one wait serves all who committed meanwhile.

The other tests do not wait for the disk (tests/sharing.py): most of a commit is that wait. These do.
"""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from edc_core.errors import Busy
from edc_core.store import disk
from edc_core.store.disk import NOT_CONFIRMED, Disk
from tests.sharing import prepare_sqlite, waits

NORMAL = 1


@pytest.fixture
def waited(monkeypatch):
    """The real waits, and the names of what was waited for, in their order."""
    for_file, for_folder = waits
    seen = []

    def note_file(handle):
        seen.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        for_file(handle)

    def note_folder(folder):
        seen.append(f"{folder.name}/")
        for_folder(folder)

    monkeypatch.setattr(disk, "wait_for", note_file)
    monkeypatch.setattr(disk, "wait_for_folder", note_folder)
    return seen


@pytest.fixture
def database(tmp_path):
    """An open database with a committed row, so that its log is there."""
    with closing(sqlite3.connect(tmp_path / "edc.db")) as connection:
        prepare_sqlite(connection, None)
        connection.execute("CREATE TABLE t (x)")
        yield tmp_path / "edc.db"


def test_sqlite_waits_at_checkpoints_alone_since_commits_are_waited_for_here(tmp_path):
    with closing(sqlite3.connect(tmp_path / "edc.db")) as connection:
        prepare_sqlite(connection, None)
        told = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous")
        }
        assert told == {"journal_mode": "wal", "synchronous": NORMAL}


def test_the_log_is_waited_for_each_time_and_the_name_of_a_new_one_once(database, waited):
    one = Disk(database)
    one.settle()
    one.settle()
    assert waited == ["edc.db-wal", f"{database.parent.name}/", "edc.db-wal"]


def test_a_log_that_was_moved_into_the_database_leaves_nothing_to_wait_for(tmp_path, waited):
    with closing(sqlite3.connect(tmp_path / "edc.db")) as connection:
        prepare_sqlite(connection, None)
        connection.execute("CREATE TABLE t (x)")
    Disk(tmp_path / "edc.db").settle()
    Disk(None).settle()
    assert waited == []


def test_who_comes_while_others_are_waited_for_shares_the_next_wait(database, monkeypatch):
    one, first, goes_on, begun = Disk(database), threading.Event(), threading.Event(), []

    def wait(_handle):
        begun.append(len(begun) + 1)
        first.set()
        assert goes_on.wait(30)

    monkeypatch.setattr(disk, "wait_for", wait)
    with ThreadPoolExecutor(9) as threads:
        leader = threads.submit(one.settle)
        assert first.wait(30)
        arrived = threading.Barrier(9)
        # committed after the first wait began: it says nothing of them
        others = [threads.submit(lambda: (arrived.wait(30), one.settle())) for _ in range(8)]
        arrived.wait(30)
        assert not any(other.done() for other in others)
        goes_on.set()
        for thread in [leader, *others]:
            thread.result(30)
    assert len(begun) >= 2, "the wait that had begun before they committed did not serve them"
    assert len(begun) < 9, "they shared"


def test_after_a_wait_that_failed_nothing_is_said_to_be_on_the_disk(database, monkeypatch):
    def fail(_handle):
        raise OSError(5, "Input/output error")

    one = Disk(database)
    monkeypatch.setattr(disk, "wait_for", fail)
    with pytest.raises(Busy, match="did not confirm"):
        one.settle()
    monkeypatch.setattr(disk, "wait_for", lambda _handle: None)
    with pytest.raises(Busy) as later:
        one.settle()
    assert str(later.value) == NOT_CONFIRMED
    Disk(database).settle()
