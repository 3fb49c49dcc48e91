"""How an installation speaks to SQLite; that writes are on the disk before anybody is told: test_disk.py."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

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


@on_sqlite
def test_glances_share_a_connection_that_sees_what_was_committed_meanwhile(core):
    def heads(source):
        return len(source.connection.execute(chain_head.select()).all())

    with core.glance() as source:
        first, before = driver_of(source), heads(source)
    with core.write(WRITER) as uow:
        uow.connection.execute(chain_head.insert(), ROW | {"chain": "new"})
    with core.glance() as source:
        assert driver_of(source) is first
        assert heads(source) == before + 1
    core.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        first.execute("SELECT 1")


@on_sqlite
def test_glances_at_once_have_a_connection_each_and_few_are_kept(core):
    with ExitStack() as stack:
        many = [driver_of(stack.enter_context(core.glance())) for _ in range(8)]
        assert len(set(map(id, many))) == 8
    with ExitStack() as stack:  # those who come next, and everybody who reads, find the pool as it was
        for _ in range(11):
            stack.enter_context(core.read())
        assert driver_of(stack.enter_context(core.glance())) in many


@on_sqlite
def test_a_glance_that_went_wrong_leaves_nothing_open(core):
    def go_wrong():
        with core.glance() as source:
            source.connection.execute(chain_head.insert(), ROW | {"chain": "wrong"})
            raise LookupError

    with pytest.raises(LookupError):
        go_wrong()
    with core.write(WRITER) as uow:
        uow.connection.execute(chain_head.insert(), ROW | {"chain": "right"})


def test_nothing_is_asked_of_a_transaction_that_is_over(core):
    with core.write(WRITER) as uow:
        pass
    assert uow.connection.closed
    with pytest.raises(AttributeError):
        uow.connection.execute(chain_head.select())
