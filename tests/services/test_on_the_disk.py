"""A save on SQLite is acknowledged when it is on the disk, also one that comes twice; where the disk fails, none is."""

import pytest

from edc_core.core import Core
from edc_core.domain.change import ItemInput
from edc_core.errors import Busy
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.store import disk
from tests.builders import Trial, vital_signs
from tests.sharing import waits


@pytest.fixture
def on_sqlite(sqlite_core_url, clock, tmp_path):
    def open_core():
        made = Core(
            Settings(database_url=sqlite_core_url, files_dir=tmp_path / "files"), EdcPlugins(()), clock
        )
        opened.append(made)
        return made

    opened = []
    yield open_core
    for made in opened:
        made.close()


@pytest.fixture
def trial(on_sqlite):
    trial = Trial(on_sqlite(), vital_signs().build())
    trial.add_subject()
    return trial


@pytest.fixture
def sizes(monkeypatch, tmp_path):
    """How long the log was at each wait: what stood in it by then is on the disk."""
    seen = []

    def wait(handle):
        seen.append((tmp_path / "edc.db-wal").stat().st_size)
        waits[0](handle)

    monkeypatch.setattr(disk, "wait_for", wait)
    return seen


def test_a_save_that_is_acknowledged_was_waited_for(trial, sizes, tmp_path):
    log = tmp_path / "edc.db-wal"
    for number, value in enumerate(("120", "121", "122"), 1):
        trial.save("S-001", {"VS.SYSBP": value})
        assert len(sizes) == number
        assert sizes[-1] == log.stat().st_size


def test_the_answer_to_an_operation_that_came_before_is_waited_for_too(trial, sizes):
    first = trial.save("S-001", {"VS.SYSBP": "120"}, op="0" * 32)
    with trial.core.read() as source:
        before = source.connection.exec_driver_sql("SELECT count(*) FROM ledger_entry").scalar()
    again = trial.save("S-001", {"VS.SYSBP": "120"}, op="0" * 32, items=first_items(trial))
    assert again.versions == first.versions
    assert len(sizes) == 2, "the first may have been committed by another process, a moment ago"
    with trial.core.read() as source:
        assert source.connection.exec_driver_sql("SELECT count(*) FROM ledger_entry").scalar() == before


def first_items(trial):
    return (ItemInput(trial.path("VS.SYSBP"), "120", base_version=0),)


def test_where_the_disk_fails_nothing_is_acknowledged_until_the_system_is_started_again(
    trial, on_sqlite, monkeypatch
):
    def fail(_handle):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(disk, "wait_for", fail)
    with pytest.raises(Busy, match="The disk did not confirm"):
        trial.save("S-001", {"VS.SYSBP": "120"}, op="0" * 32)
    monkeypatch.setattr(disk, "wait_for", waits[0])
    told = []
    with pytest.raises(Busy, match="The disk did not confirm"), trial.core.write(trial.crc) as uow:
        uow.after_commit(lambda: told.append("acknowledged"))
    assert not told
    with pytest.raises(Busy, match="The disk did not confirm"):
        trial.save("S-001", {"VS.SYSBP": "120"}, op="0" * 32, items=first_items(trial))
    trial.core = on_sqlite()
    again = trial.save("S-001", {"VS.SYSBP": "120"}, op="0" * 32, items=first_items(trial))
    assert again.versions == {str(trial.path("VS.SYSBP")): 1}
