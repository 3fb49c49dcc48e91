"""Two who begin one chain at the same moment: the second waits for the first, and goes on after it or begins the chain itself."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import orjson
import psycopg
import pytest

from edc_core.core import Core
from edc_core.domain.ledger_entry import SYSTEM_CHAIN, SYSTEM_STUDY
from edc_core.ids import new_id
from edc_core.ledger.replay import entries
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import users
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from tests.postgres import psycopg_url, until_waiting
from tests.web.trial import CLI


class GivenUp(Exception):
    """What ends a transaction without a commit."""


@pytest.fixture
def other(core_url, clock, tmp_path):
    """The same installation, in another process as far as the database can tell."""
    other = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(()), clock)
    yield other
    other.close()


def add(uow, login):
    command = users.AddUser(study_id=SYSTEM_STUDY, op=new_id(), login=login, full_name=login)
    return users.add_user(uow, command)["login"]


def add_alone(core, login):
    with core.write(CLI) as uow:
        return add(uow, login)


def until_it_waits(core):
    """On SQLite the lock file is waited for, which nobody can see; whoever comes first, the other comes second."""
    if core.engine.dialect.name == "postgresql":
        url = core.engine.url.render_as_string(hide_password=False)
        with psycopg.connect(psycopg_url(url), autocommit=True) as watching:
            until_waiting(watching, 1)


def begin_together(core, other, *, gives_up):
    """The first has written when the second comes, and ends only when that waits; what the second did."""
    with ThreadPoolExecutor(1) as pool:
        with suppress(GivenUp), core.write(CLI) as uow:
            add(uow, "first")
            second = pool.submit(add_alone, other, "second")
            until_it_waits(core)
            if gives_up:
                raise GivenUp
        return second.result(timeout=60)


@pytest.mark.parametrize(("gives_up", "stored"), [(False, ["first", "second"]), (True, ["second"])])
def test_the_second_waits_for_the_first(core, other, gives_up, stored):
    assert begin_together(core, other, gives_up=gives_up) == "second"
    with core.read() as source:
        found = [
            (entry["n"], orjson.loads(entry["payload"])["login"])
            for entry in entries(source.connection, SYSTEM_STUDY, SYSTEM_CHAIN)
        ]
    assert found == list(enumerate(stored, start=1))
    assert verify(core, rebuild=True).problems == []
