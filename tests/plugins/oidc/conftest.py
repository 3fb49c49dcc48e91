import pytest

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from tests.plugins.oidc.provider import CLIENT, SECRET, Provider
from tests.web.browsers import open_app
from tests.web.trial import PASSWORD, fill

BASE = "http://localhost:8123"


@pytest.fixture
def provider():
    provider = Provider(f"{BASE}/prove/oidc")
    yield provider
    provider.close()


@pytest.fixture
def core(core_url, provider, tmp_path):
    given = {
        "ISSUER": provider.issuer,
        "CLIENT_ID": CLIENT,
        "CLIENT_SECRET": SECRET,
        "LABEL": "Seoul Hospital",
    }
    core = Core(
        Settings(
            database_url=core_url,
            base_url=BASE,
            files_dir=tmp_path / "files",
            of_plugins={f"EDC_OIDC_{name}": text for name, text in given.items()},
        ),
        EdcPlugins(),
    )
    fill(core)
    yield core
    core.close()


@pytest.fixture
def app(core):
    return open_app(core)


@pytest.fixture
def client_as(app):
    def signed_in(login):
        client = app.test_client()
        client.post("/login", data={"login": login, "password": PASSWORD})
        return client

    return signed_in
