"""Plugins that hang, raise or answer nonsense in a real server: saves go on, and people see what failed."""

import dataclasses
import os
import statistics
import time

import pytest

from edc_core.core import Core
from edc_core.domain.metadata import PluginUse
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.settings import Settings
from tests.faults import bad_plugin
from tests.faults.conftest import Client, Trial
from tests.installation import Installation
from tests.rendering.vital_signs import version
from tests.web.trial import FORM_URL, STUDY, SUBJECT, fill, limited

pytestmark = pytest.mark.faults

SAVES = 15
WAIT_S = 60


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """A server whose study uses the plugin."""
    installations = []

    def served(bad):
        folder = tmp_path / (bad or "good")
        path = bad_plugin.install(folder / "site", bad or "None")
        installation = Installation(
            folder,
            f"sqlite:///{folder}/edc.db",
            PYTHONPATH=os.pathsep.join([str(path), os.environ.get("PYTHONPATH", "")]),
        )
        installations.append(installation)
        with monkeypatch.context() as patch:
            patch.syspath_prepend(path)
            source = PluginSource("bad", "edc_bad.plugin", "edc-bad", "1.0")
            core = Core(
                Settings(database_url=installation.database_url, files_dir=tmp_path / "files"),
                EdcPlugins([source]),
            )
            resolved = core.plugins.activate((PluginUse("edc-bad", ""),)).resolved
            fill(core, dataclasses.replace(limited(version()), plugins=resolved))
            core.close()
        return Trial(installation), Client(installation.serve().url, "jiwoo@site.example")

    yield served
    for installation in installations:
        installation.close()


def until(ask):
    deadline = time.monotonic() + WAIT_S
    while not (found := ask()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.3)
    return found


def seconds(client, n):
    begun = time.monotonic()
    answer = client.save(SUBJECT, "SYSBP", str(100 + n), base=n)
    assert answer.status == 200, answer.text
    return time.monotonic() - begun


@pytest.mark.parametrize(
    ("bad", "said"), [("sleeps", "Resting"), ("raises", "Failing"), ("nonsense", "Failing")]
)
def test_saves_go_on_at_the_usual_speed_and_people_see_what_failed(serve, bad, said):
    trial, client = serve(bad)
    _, beside = serve("")
    seconds(client, 0), seconds(beside, 0)  # the first starts the check host
    manager = Client(client.url, "dana@sponsor.example")
    health = until(lambda: (page := manager.get(f"/s/{STUDY}/plugins").text) and said in page and page)
    assert bad in health
    until(lambda: "cuff size" in beside.get(FORM_URL).text)

    with_bad, without = [], []
    for n in range(1, SAVES + 1):  # side by side, so that both meet the same machine
        with_bad.append(seconds(client, n))
        without.append(seconds(beside, n))
    assert statistics.median(with_bad) < 4 * statistics.median(without) + 0.05
    until(lambda: "cuff size" in client.get(FORM_URL).text)
    assert [value for _, _, value in trial.stored(SUBJECT)] == [str(100 + n) for n in range(SAVES + 1)]
    assert (
        "ValueError: 1" not in manager.get(f"/s/{STUDY}/plugins").text
    )  # a value, from the check's exception
    trial.installation.verified()
