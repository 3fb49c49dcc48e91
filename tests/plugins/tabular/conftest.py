"""The example trial with two subjects, exported in any format."""

from pathlib import Path

import pytest
from edc_core_simulate.run import Simulation, Wanted

from edc_core.core import Core
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, publishing
from edc_core.services.plugin_session import CorePluginSession, plugin_actor
from edc_core.settings import Settings
from edc_core.store import readers

HERSC_301 = Path(__file__).parents[3] / "forms" / "hersc-301"
CLI = Actor("cli:test", trusted=True)


@pytest.fixture
def export(core_url, clock, tmp_path):
    """What an export in a format gives: its folder and its manifest."""
    core = Core(Settings(database_url=core_url), EdcPlugins(), clock)
    done = publishing.publish_folder(core, CLI, HERSC_301, "dev")
    session = CorePluginSession(core, lambda environment: plugin_actor("simulate", environment))
    Simulation(session, session.study(done.result["study"]), Wanted(2, 7)).run()
    with core.read() as source:
        study_id = readers.find_study(source.connection, done.result["study"]).study_id

    def exported(name):
        asked = exporting.RequestExport(
            study_id=study_id, op=new_id(), choice=ExportChoice(name, unlocked=True)
        )
        return exporting.export(core, CLI, asked, tmp_path / new_id())

    yield exported
    core.close()
