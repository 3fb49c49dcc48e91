"""How an installation speaks to SQLite; that writes are on the disk before anybody is told: test_disk.py."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from edc_core.domain.permission import Actor
from edc_core.store.ledger_tables import chain_head
from tests.databases import on_sqlite

WRITER = Actor("cli:test", trusted=True)
ROW = {"study_id": "s", "n": 0, "hash": "", "at": "", "checks_n": 0}


def driver_of(uow):
    return uow.connection.connection.driver_connection


@on_sqlite
def test_writes_of_all_threads_go_over_one_connection_whose_pages_stay_at_hand(core):
    def write(number):
        with core.write(WRITER) as uow:
            uow.connection.execute(chain_head.insert(), ROW | {"chain": f"c{number}"})
            asked = [
                driver_of(uow).execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "foreign_keys")
            ]
            return id(driver_of(uow)), *asked

    with ThreadPoolExecutor(4) as threads:
        told = set(threads.map(write, range(20)))
    with core.write(WRITER) as uow, core.read() as source:
        assert told == {(id(driver_of(uow)), "wal", 1)}
        assert driver_of(source) is not driver_of(uow)
        assert len(source.connection.execute(chain_head.select()).all()) >= 20


@on_sqlite
def test_the_connection_of_a_write_that_was_given_up_serves_the_next(core):
    def give_up():
        with core.write(WRITER) as uow:
            uow.connection.execute(chain_head.insert(), ROW | {"chain": "given up"})
            raise LookupError

    with pytest.raises(LookupError):
        give_up()
    with core.write(WRITER) as uow:
        of = uow.connection.execute(chain_head.select().where(chain_head.c.chain == "given up")).all()
    assert of == []


@on_sqlite
def test_the_connection_of_writes_is_closed_with_the_installation(core):
    with core.write(WRITER) as uow:
        kept = driver_of(uow)
    core.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        kept.execute("SELECT 1")
