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
from tests.made_before import begun

HERSC_301 = Path(__file__).parents[3] / "forms" / "hersc-301"
CLI = Actor("cli:test", trusted=True)


def filled(core):
    """Id of the example trial with two subjects in it."""
    done = publishing.publish_folder(core, CLI, HERSC_301, "dev")
    session = CorePluginSession(core, lambda environment: plugin_actor("simulate", environment))
    Simulation(session, session.study(done.result["study"]), Wanted(2, 7)).run()
    with core.read() as source:
        return readers.find_study(source.connection, done.result["study"]).study_id


@pytest.fixture
def study(core_url, clock):
    """An installation and the id of the trial in it."""
    core = Core(Settings(database_url=core_url), EdcPlugins(), clock)
    yield core, begun(core, "HERSC-301 with two subjects", filled)
    core.close()


@pytest.fixture
def export(study, tmp_path):
    """What an export in a format gives: its folder and its manifest."""
    core, study_id = study

    def exported(name):
        asked = exporting.RequestExport(
            study_id=study_id, op=new_id(), choice=ExportChoice(name, unlocked=True)
        )
        return exporting.export(core, CLI, asked, tmp_path / new_id())

    return exported
