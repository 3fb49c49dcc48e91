import shutil
from datetime import UTC, datetime, timedelta

import pytest

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.testing.fake_clock import FakeClock
from tests.web.browsers import open_app, signing_in
from tests.web.trial import make_core


@pytest.fixture(scope="session")
def trial_database(tmp_path_factory):
    """The trial's database, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("trial")
    make_core(folder).close()
    return folder / "web.db"


@pytest.fixture(scope="session")
def installed():
    """Plugins as they are installed, looked up once."""
    return EdcPlugins()


@pytest.fixture
def core(trial_database, installed, tmp_path):
    file = tmp_path / "web.db"
    shutil.copyfile(trial_database, file)
    core = Core(Settings(database_url=f"sqlite:///{file}", files_dir=tmp_path / "files"), installed)
    yield core
    core.close()


@pytest.fixture
def standing_clock(core):
    """Stands at noon of tomorrow, later than all that the trial holds: no midnight overtakes a test that names today."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    core.clock = FakeClock(tomorrow.replace(hour=12))
    return core.clock


@pytest.fixture
def app(core):
    return open_app(core)


@pytest.fixture
def client_as(app):
    return signing_in(app)
