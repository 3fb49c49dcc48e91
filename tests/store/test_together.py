"""Statements that are sent together: what they did, and what went wrong, is known at the end of their block."""

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from edc_core.domain.permission import Actor
from edc_core.errors import EditConflict
from edc_core.ledger import append
from edc_core.store.driver import Prepared
from edc_core.store.ledger_tables import chain_head
from edc_core.store.together import UNKNOWN, together
from tests.databases import on_postgres

ROW = {"study_id": "s", "chain": "c", "n": 0, "hash": "", "at": "", "checks_n": 0}
MOVE = Prepared(update(chain_head).where(chain_head.c.chain == bindparam("of")).values(n=7))


def heads(core):
    with core.read() as source:
        return [row.n for row in source.connection.execute(select(chain_head))]


def test_all_of_them_are_carried_out_in_order(core):
    with core.write(Actor("cli:test", trusted=True)) as uow, together(uow.connection):
        uow.connection.execute(insert(chain_head), ROW)
        moved = [MOVE.send(uow.connection, {"of": chain}) for chain in ("c", "none")]
    assert [cursor.rowcount for cursor in moved] == [1, 0]
    assert heads(core) == [7]


def insert_heads(core, *chains):
    opened = core.engine.connect().execution_options(edc_write=True)
    with opened as connection, connection.begin(), together(connection):
        for chain in chains:
            connection.execute(insert(chain_head), ROW | {"chain": chain})


def test_an_error_of_one_is_the_database_s_own_and_undoes_all(core):
    with pytest.raises(IntegrityError):
        insert_heads(core, "other", "c", "c")
    with pytest.raises(IntegrityError):
        insert_heads(core, "c", "c", "other")
    assert heads(core) == []


def move_a_head_that_is_gone(core):
    with core.write(Actor("cli:test", trusted=True)) as uow:
        uow.connection.execute(insert(chain_head), ROW)
        with together(uow.connection):
            append._write_head(uow, append.Head("s", "gone", n=4, at="2026-01-01"), "2026-01-02")


def test_a_head_that_did_not_move_undoes_the_write(core):
    with pytest.raises(EditConflict):
        move_a_head_that_is_gone(core)
    assert heads(core) == []


@on_postgres
def test_postgresql_knows_how_many_rows_changed_only_after_the_block(core):
    with core.write(Actor("cli:test", trusted=True)) as uow:
        with together(uow.connection):
            cursor = MOVE.send(uow.connection, {"of": "c"})
            assert cursor.rowcount == UNKNOWN
        assert cursor.rowcount == 0
