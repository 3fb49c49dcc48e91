"""The pages of an installation, and a browser for whoever signs in there by password."""

from edc_core.web.app import create_app
from tests.web.trial import PASSWORD


def open_app(core):
    app = create_app(core)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
    return app


def signing_in(app):
    """What signs somebody in, and gives the browser."""

    def signed_in(login="jiwoo@site.example"):
        client = app.test_client()
        answer = client.post("/login", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    return signed_in
