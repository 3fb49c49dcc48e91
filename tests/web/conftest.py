import pytest

from edc_core.web.app import create_app
from tests.web.trial import PASSWORD, make_core


@pytest.fixture
def core(tmp_path):
    core = make_core(tmp_path)
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
