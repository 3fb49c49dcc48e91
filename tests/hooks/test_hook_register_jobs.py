"""Jobs of plugins: queued and done as the person who asked, with the rights held now."""

import pytest

from edc_core.core import Core
from edc_core.errors import NotAllowed, NotFound
from edc_core.jobs.worker import Worker
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import users
from edc_core.services.study_access import CoreStudyAccess
from edc_core.settings import Settings
from edc_core.store import readers
from tests.web.trial import CLI, STUDY, make_core

CRC, DM = "jiwoo@site.example", "dana@sponsor.example"
PAGING = PluginSource("paging", "tests.hooks.pages_at_hand:paging")


@pytest.fixture
def core(tmp_path):
    make_core(tmp_path).close()
    core = Core(
        Settings(database_url=f"sqlite:///{tmp_path}/web.db", files_dir=tmp_path / "files"),
        EdcPlugins([PAGING]),
    )
    yield core
    core.close()


def access(core, login, plugin="paging"):
    with core.read() as source:
        actor = users.actor_of(source, login, users.today(core.clock))
        return CoreStudyAccess(core, actor, readers.find_study(source.connection, STUDY), plugin)


def test_a_job_is_done_by_the_worker_and_shown_to_who_asked_alone(core):
    job_id = access(core, CRC).ask("count", {"to": 3})
    with pytest.raises(NotFound):
        access(core, CRC).job("count", job_id)
    Worker(core).run(once=True)
    (job,) = access(core, CRC).jobs("count")
    assert (job.state, job.done, job.total) == ("done", 1, 3)
    assert access(core, CRC).job("count", job_id).result == {"study": STUDY, "to": 3}
    assert access(core, DM).jobs("count") == ()
    with pytest.raises(NotFound):
        access(core, DM).job("count", job_id)
    with pytest.raises(NotFound):
        access(core, CRC, "another").job("count", job_id)


def test_nobody_asks_for_what_the_role_does_not_include(core):
    with pytest.raises(NotAllowed, match="lock"):
        access(core, CRC).ask("lock", {"to": 1})
    assert access(core, DM).ask("lock", {"to": 1})


def test_a_right_that_was_taken_away_meanwhile_fails_the_job(core):
    access(core, DM).ask("lock", {"to": 1})
    with core.write(CLI) as uow:
        uow.connection.exec_driver_sql("UPDATE role_grant SET ends = '2000-01-01'")
    Worker(core).run(once=True)
    (job,) = access(core, DM).jobs("lock")
    assert (job.state, job.result["code"]) == ("failed", "EDC001")


def test_a_job_that_fails_names_its_place_in_the_log_and_the_worker_goes_on(core, caplog):
    access(core, CRC).ask("count", {"no": "number"})
    access(core, CRC).ask("count", {"to": 2})
    Worker(core).run(once=True)
    last, first = access(core, CRC).jobs("count")
    assert (last.state, first.state) == ("done", "failed")
    assert first.job_id in first.result["error"]
    assert first.job_id in caplog.text


def test_a_job_whose_plugin_is_gone_says_so(core, tmp_path):
    access(core, CRC).ask("count", {"to": 2})
    bare = Core(
        Settings(database_url=f"sqlite:///{tmp_path}/web.db", files_dir=tmp_path / "files"), EdcPlugins([])
    )
    Worker(bare).run(once=True)
    bare.close()
    (job,) = access(core, CRC).jobs("count")
    assert "Plugin 'paging', which does this, is not installed" in job.result["error"]


def test_a_kind_named_twice_is_none_and_the_plugin_is_named():
    manager = EdcPlugins([PluginSource("paging_twice", "tests.hooks.pages_at_hand:paging_twice")])
    assert manager.jobs() == ()
    assert manager.failures[0].text == "It registers JobKind 'same' twice."
