"""Ways to prove who one is: what a plugin gets, what is taken of it, and a way that fails costs nobody the password."""

import pytest

from edc_core.api import AskBrowser, Authenticator, Proof, SendTo, hookimpl
from edc_core.core import Core
from edc_core.errors import PluginError
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.settings import Settings
from edc_core.web.app import create_app
from tests.web.trial import PASSWORD, make_core

CRC = "jiwoo@site.example"
ASKED = []

SECRET = "a secret of the plugin"


class Door:
    """Whoever says who they are is believed."""

    @hookimpl
    def edc_register_authenticators(self, settings):
        ASKED.append(settings)
        yield Authenticator(name="door", label="the door", begin=self.begin, finish=self.finish)

    @staticmethod
    def begin(wanted):
        return SendTo("https://door.example/", {"for": wanted.purpose.value})

    @staticmethod
    def finish(answer):
        return Proof(subject=answer.given["who"], words=f"Door: {answer.keep['for']}")


class BrokenDoor(Door):
    @staticmethod
    def begin(wanted):
        return AskBrowser({}, {})

    @staticmethod
    def finish(answer):
        raise RuntimeError(SECRET)


class NoDoor:
    @hookimpl
    def edc_register_authenticators(self):
        return ["door"]


door, broken_door, no_door = Door(), BrokenDoor(), NoDoor()


def at_hand(*names):
    return EdcPlugins([PluginSource(name, f"{__name__}:{name}") for name in names])


@pytest.fixture
def client_of(tmp_path):
    make_core(tmp_path).close()
    opened = []

    def client(name):
        core = Core(
            Settings(database_url=f"sqlite:///{tmp_path}/web.db", files_dir=tmp_path / "files"), at_hand(name)
        )
        opened.append(core)
        app = create_app(core)
        app.config.update(WTF_CSRF_ENABLED=False)
        return app.test_client()

    yield client
    for core in opened:
        core.close()


def test_a_plugin_gets_its_own_settings_and_no_secret_of_the_installation():
    ASKED.clear()
    given = {
        "EDC_DOOR_KEY": "k",
        "EDC_SECRET_KEY": "s",
        "EDC_DOORS_KEY": "x",
        "EDC_BASE_URL": "https://edc.example",
    }
    (found,) = at_hand("door").authenticators(given)
    assert found.name == "door"
    assert ASKED == [{"KEY": "k", "BASE_URL": "https://edc.example"}]


def test_account_is_linked_and_signs_in(client_of):
    client = client_of("door")
    assert "Sign in with the door" in client.get("/login").text
    client.post("/login", data={"login": CRC, "password": PASSWORD})
    led = client.post("/prove/door/begin", data={"purpose": "link", "password": PASSWORD}).text
    assert 'content="0; url=https://door.example/"' in led
    assert client.get("/prove/door?who=jiwoo").headers["Location"] == "/account"
    assert "Door: link" in client.get("/account").text
    client.post("/logout")
    assert client.get("/prove/door?who=jiwoo").status_code == 422
    client.post("/prove/door/begin", data={"purpose": "sign-in", "next": "https://elsewhere.example/"})
    assert client.get("/prove/door?who=jiwoo").headers["Location"] == "/"
    assert client.get("/").status_code == 200


def test_a_way_that_fails_is_said_without_what_it_said(client_of, caplog):
    client = client_of("broken_door")
    client.post("/prove/door/begin", data={"purpose": "sign-in"})
    answer = client.post("/prove/door", data={"answer": "x"})
    assert (answer.status_code, "the door cannot be asked now" in answer.text) == (422, True)
    assert SECRET not in answer.text
    assert SECRET not in caplog.text
    assert "in finish" in caplog.text, "the place in the plugin"
    assert client.post("/login", data={"login": CRC, "password": PASSWORD}).status_code == 303


def test_what_is_no_authenticator_is_a_failure_of_the_plugin():
    plugins = at_hand("no_door")
    assert plugins.authenticators({}) == ()
    assert "registers a str where a Authenticator is expected" in plugins.failures[0].text


def test_a_name_taken_twice_stops_the_start_and_names_both():
    with pytest.raises(PluginError, match=r"'door' is registered twice: by broken_door.* and door"):
        at_hand("door", "broken_door").authenticators({})


def test_there_is_no_way_that_nobody_registered(client_of):
    client = client_of("door")
    assert client.post("/prove/window/begin", data={"purpose": "sign-in"}).status_code == 404
    assert client.get("/prove/door/script.js").status_code == 404
