import shutil

import pytest

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
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
def app(core):
    return open_app(core)


@pytest.fixture
def client_as(app):
    return signing_in(app)
