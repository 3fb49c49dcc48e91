import shutil

import pytest

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.web.app import create_app
from tests.web.trial import PASSWORD, make_core


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
    app = create_app(core)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def client_as(app):
    def signed_in(login="jiwoo@site.example"):
        client = app.test_client()
        response = client.post("/login", data={"login": login, "password": PASSWORD})
        assert response.status_code == 303, response.text
        return client

    return signed_in
