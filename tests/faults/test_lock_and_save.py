"""A save that began before a lock, on PostgreSQL, through the server: the lock waits, the save is whole."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.faults.conftest import Client
from tests.postgres import psycopg_url, until_waiting
from tests.web.trial import STUDY, SUBJECT

pytestmark = pytest.mark.faults

HOLD = """SELECT h.n FROM chain_head h JOIN subject s ON s.study_id = h.study_id AND s.subject_id = h.chain
          WHERE s.subject_key = %s FOR UPDATE OF h"""


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.database)], indirect=True
)
def test_save_that_began_first_is_stored_and_the_lock_waits_for_it(trial):
    server = trial.installation.serve()
    coordinator, manager = (
        Client(server.url, "jiwoo@site.example"),
        Client(server.url, "dana@sponsor.example"),
    )
    assert coordinator.save(SUBJECT, "SYSBP", "118").status == 200
    url = psycopg_url(trial.installation.database_url)
    with (
        psycopg.connect(url) as holding,
        psycopg.connect(url, autocommit=True) as watching,
        ThreadPoolExecutor(2) as pool,
    ):
        holding.execute(HOLD, [SUBJECT])
        saving = pool.submit(coordinator.save, SUBJECT, "SYSBP", "120", base=1)
        until_waiting(watching, 1)
        locking = pool.submit(
            manager.post,
            f"/s/{STUDY}/x/locking/console",
            op="lock-the-site",
            action="lock",
            site="KR-01",
            reason="Interim",
        )
        until_waiting(watching, 2)
        assert not locking.done()
        holding.rollback()
        assert saving.result(timeout=30).status == 200
        assert locking.result(timeout=30).status == 200
    assert [value for _, _, value in trial.stored(SUBJECT)] == ["118", "120"]
    late = coordinator.save(SUBJECT, "SYSBP", "121", base=2)
    assert late.status == 423
    assert [value for _, _, value in trial.stored(SUBJECT)] == ["118", "120"]
    trial.installation.verified()
