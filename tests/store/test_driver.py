"""Statements handed to the driver: the same rows, errors and transactions as the usual way."""

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from edc_core.domain.permission import Actor
from edc_core.errors import Busy
from edc_core.store.driver import Prepared, send
from edc_core.store.ledger_tables import chain_head
from tests.databases import on_postgres

HEAD = {"study_id": "s", "chain": "c", "n": 3, "hash": "h", "at": "t", "checks_n": 0}
ADD = Prepared(insert(chain_head))
FIND = Prepared(
    select(chain_head.c.n, chain_head.c.hash).where(
        chain_head.c.study_id == "s", chain_head.c.chain == bindparam("chain")
    )
)
BY = Actor("cli:test", trusted=True)


def test_row_comes_back_as_a_tuple_in_the_order_of_its_columns(core):
    with core.write(BY) as uow:
        assert ADD.send(uow.connection, HEAD).rowcount == 1
        assert FIND.rows(uow.connection, {"chain": "c"}) == [(3, "h")]
        assert FIND.rows(uow.connection, {"chain": "other"}) == []


def test_listener_of_the_engine_hears_the_statement_and_changes_nothing(core, count_statements):
    with count_statements() as seen, core.write(BY) as uow:
        ADD.send(uow.connection, HEAD)
        assert FIND.rows(uow.connection, {"chain": "c"}) == [(3, "h")]
    assert [statement.split()[0] for statement in seen] == ["INSERT", "SELECT"]


def test_what_the_driver_refuses_is_the_library_s_error_without_the_values(core):
    with core.engine.connect().execution_options(edc_write=True) as connection, connection.begin():
        ADD.send(connection, HEAD | {"hash": "secret"})
        with pytest.raises(IntegrityError) as refused:
            ADD.send(connection, HEAD | {"hash": "secret"})
    assert "secret" not in str(refused.value.args) + repr(refused.value.params)


def test_error_undoes_the_whole_write(core):
    def twice():
        with core.write(BY) as uow:
            ADD.send(uow.connection, HEAD)
            ADD.send(uow.connection, HEAD)

    with pytest.raises(Busy):
        twice()
    with core.read() as source:
        assert FIND.rows(source.connection, {"chain": "c"}) == []


def test_statement_the_database_does_not_understand(core):
    with core.read() as source, pytest.raises(DBAPIError):
        send(source.connection, "SELEC 1", ())


@on_postgres
def test_lost_connection_is_given_up_and_the_next_write_has_a_new_one(core):
    def lose():
        with core.write(BY) as uow:
            own = uow.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with core.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": own})
            FIND.rows(uow.connection, {"chain": "c"})

    with pytest.raises(Busy):
        lose()
    with core.write(BY) as uow:
        assert FIND.rows(uow.connection, {"chain": "c"}) == []
