"""Plugins are told after the commit what was committed, in a process of their own, and never a collected value."""

from dataclasses import replace

import pytest

from edc_core.check_host import CheckHost
from edc_core.core import Core
from edc_core.domain.metadata import DataType, PluginUse
from edc_core.errors import ReasonRequired
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services.notifying import Notifier
from edc_core.settings import Settings
from tests.builders import Trial, a_study
from tests.ids import without_ids


@pytest.fixture
def told(tmp_path, monkeypatch, core_url, clock):
    """A trial whose plugin listens, and what the plugin was told once everything is."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("edc_core.core.CheckHost", CheckHost)  # a process of its own, which has this HOME
    core = Core(
        Settings(database_url=core_url, files_dir=tmp_path / "files"),
        EdcPlugins([PluginSource("telling", "tests.plugins.telling")]),
        clock,
    )
    notifier = Notifier(core)
    notifier.attach()
    version = (
        a_study("T").with_event("V1", "VS").with_item("VS.SYSBP", DataType.INTEGER).with_site("KR-01").build()
    )
    version = replace(version, plugins=core.plugins.activate((PluginUse("telling", ""),)).resolved)
    trial = Trial(core, version)
    trial.add_subject()

    def lines():
        notifier.close()
        return (tmp_path / "told.txt").read_text().splitlines()

    yield trial, lines
    core.closing.clear()
    core.close()


def test_what_was_committed_is_told_in_order_and_without_values(told):
    trial, lines = told
    trial.save("S-001", {"VS.SYSBP": "222"})
    trial.complete("S-001", "VS")
    path = trial.path("VS.SYSBP")
    said = lines()
    assert said[0].startswith("DefinitionPublished")
    assert f"ItemValueChanged S-001 {path} crc.kim" in said
    assert said[-1] == f"FormStatusChanged S-001 {path.form_path} crc.kim"
    assert "222" not in without_ids("\n".join(said))


def test_what_was_rolled_back_is_not_told(told):
    trial, lines = told
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.complete("S-001", "VS")
    with pytest.raises(ReasonRequired):
        trial.save("S-001", {"VS.SYSBP": "121"})
    assert sum(line.startswith("ItemValueChanged") for line in lines()) == 1
