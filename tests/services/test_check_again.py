"""Checks on demand (REQ-DAT-06): the same result as after a save, for whoever may, in the part of the study that is theirs."""

from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain.metadata import DataType, PluginUse
from edc_core.domain.permission import Role
from edc_core.errors import NotAllowed, NotFound
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services.plugin_session import CorePluginSession
from edc_core.settings import Settings
from tests.builders import Trial, a_study

SYSBP = "V1[1]/VS[1]/VS[1]/VS.SYSBP"


@pytest.fixture
def core_with(core_url, clock, tmp_path):
    """An installation on the same database with one check of the misbehaving plugin."""
    made = []

    def make(name=""):
        sources = [PluginSource("bad", f"tests.plugins.misbehaving:only.{name}.plugin")] if name else []
        made.append(
            Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(sources), clock)
        )
        return made[-1]

    yield make
    for core in made:
        core.close()


def a_trial(core, environment="dev"):
    version = (
        a_study()
        .with_item("VS.SYSBP", DataType.INTEGER, soft=(60, 200))
        .with_site("KR-01")
        .with_site("US-01", "US", "America/New_York")
        .build()
    )
    version = replace(version, plugins=core.plugins.activate((PluginUse("bad", ""),)).resolved)
    trial = Trial(core, version, environment=environment)
    trial.add_subject("S-KR")
    trial.add_subject("S-US", site="US-01")
    for key in ("S-KR", "S-US"):
        trial.save(key, {"VS.SYSBP": "222"}, by=trial.cli, complete=True)
        trial.run_checks(key)
    return trial


def run(trial, core, actor, *keys):
    session = CorePluginSession(core, lambda environment: actor)
    told = []
    waiting = session.check_again(session.study(f"TRIAL-1@{trial.environment}"), keys, told.append)
    return waiting, told


def test_a_plugin_that_was_mended_asks_what_it_has_missed_and_nothing_twice(core_with):
    trial = a_trial(core_with("raises"))
    assert trial.open_queries("S-KR") == [("VS.SYSBP.RC2", SYSBP)]
    mended = core_with("good")
    assert run(trial, mended, trial.dm, "S-KR") == ((), [1])
    assert trial.open_queries("S-KR") == [("VS.SYSBP.RC2", SYSBP), ("good", SYSBP)]
    assert trial.open_queries("S-US") == [("VS.SYSBP.RC2", SYSBP)]
    before = [trial.entries(key) for key in ("S-KR", "S-US")]
    assert run(trial, mended, trial.dm, "S-KR")[0] == ()
    assert [trial.entries(key) for key in ("S-KR", "S-US")] == before
    assert run(trial, mended, trial.dm, "S-KR", "S-US") == ((), [2])
    assert trial.open_queries("S-US") == trial.open_queries("S-KR")


def test_what_could_not_be_looked_at_is_named(core_with):
    trial = a_trial(core_with("good"), environment="live")
    other = core_with()  # without the plugin, the checks of a live study wait
    before = trial.entries("S-KR")
    assert run(trial, other, trial.dm, "S-KR") == (("S-KR",), [1])
    assert [entry["kind"] for entry in trial.entries("S-KR")] == [entry["kind"] for entry in before]


def test_it_is_for_data_managers_where_they_work(core_with):
    core = core_with("good")
    trial = a_trial(core)
    trial.local = trial.person(Role.DM, "dm.local", site="KR-01")
    assert run(trial, core, trial.local, "S-KR")[0] == ()
    with pytest.raises(NotFound):
        run(trial, core, trial.local, "S-KR", "S-US")
    for somebody in (trial.cra, trial.crc, trial.pi, trial.med):
        with pytest.raises(NotAllowed):
            run(trial, core, somebody, "S-KR")
    with pytest.raises(NotFound):
        run(trial, core, trial.dm, "S-KR", "S-none")
