"""Plugins of the installation on record: what came, changed and went, whether or not a study uses it (REQ-AUD-09)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import orjson
import pytest

from edc_core.core import Core
from edc_core.domain.ledger_entry import SYSTEM_CHAIN, SYSTEM_STUDY
from edc_core.ledger import cut
from edc_core.ledger.replay import entries
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services.installed_plugins import note_installed
from edc_core.services.trail import system_trail
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from tests.builders import Trial, vital_signs

MODULES = {"one": "tests.plugins.by_version", "two": "tests.plugins.by_row", "three": "tests.plugins.telling"}


@pytest.fixture
def starting(core_url, clock, tmp_path):
    """Starts an installation with these plugins: name and version."""
    started = []

    def start(**plugins):
        sources = [PluginSource(name, MODULES[name], version=version) for name, version in plugins.items()]
        core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(sources), clock)
        started.append(core)
        return core

    yield start
    for core in started:
        core.close()


def on_record(core):
    with core.read() as source:
        rows = [
            row
            for row in entries(source.connection, SYSTEM_STUDY, SYSTEM_CHAIN)
            if row["kind"] == "plugin.change"
        ]
    return [
        [
            (one["plugin"], one["change"], one["from_version"], one["version"])
            for one in orjson.loads(row["payload"])["changes"]
        ]
        for row in rows
    ]


def test_what_comes_changes_and_goes_is_on_record_once(core_url, starting):
    first = starting(one="1.0", two="2.0")
    assert [note_installed(first) for _ in range(2)] == [True, False]
    assert note_installed(starting(one="1.1", three="3.0"))
    assert not note_installed(starting(three="3.0", one="1.1"))
    assert note_installed(last := starting())
    assert on_record(last) == [
        [("one", "installed", "", "1.0"), ("two", "installed", "", "2.0")],
        [("one", "upgraded", "1.0", "1.1"), ("three", "installed", "", "3.0"), ("two", "removed", "2.0", "")],
        [("one", "removed", "1.1", ""), ("three", "removed", "3.0", "")],
    ]
    assert verify(last, rebuild=True).problems == []


def test_of_two_that_start_together_one_writes(starting):
    cores, together = [starting(one="1.0") for _ in range(2)], Barrier(2)

    def start(core):
        together.wait()
        return note_installed(core)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(start, cores)) == [False, True]
    assert len(on_record(cores[0])) == 1


def test_the_trail_of_the_installation_tells_it(starting, clock):
    core = starting(one="1.0")
    trial = Trial(core, vital_signs().build())
    note_installed(core)
    with core.read() as source:
        system = cut.cut_as_of(source.connection, SYSTEM_STUDY, "9999")
        entries_told = system_trail(source, trial.dm, trial.study_id, system, ())
        told = [entry.what for entry in entries_told if entry.what]
    assert "found plugins of the installation: installed one 1.0." in told
