"""Who asks too often waits, is told how long, and loses nothing that was typed."""

import dataclasses
import html
import re
from datetime import timedelta

import pytest

from edc_core.errors import UnsafeSettings
from edc_core.ids import new_id
from edc_core.settings import Settings
from edc_core.web.app import create_app
from tests.web.trial import FORM_URL, PASSWORD, STUDY, SUBJECT

LIMITS = "sign-in=6/300 account=4/300 mail=2/3600 upload=2/60 write=8/60"
SITE = "jiwoo@site.example"
SYSBP = f"/s/{STUDY}/subjects/{SUBJECT}/items/V2[1]/VS[1]/IG.VS[1]/SYSBP"


@pytest.fixture
def limited(core, tmp_path):
    """The application with small limits, counted in a file that two workers share."""
    core.settings = dataclasses.replace(core.settings, limits=LIMITS, limits_file=str(tmp_path / "counts"))

    def worker():
        app = create_app(core)
        app.config.update(WTF_CSRF_ENABLED=False)
        return app

    return worker


def sign_in(client, login=SITE, password="wrong"):
    return client.post("/login", data={"login": login, "password": password, "next": "/account"})


def waits(answer):
    assert answer.status_code == 429, answer.text
    return int(answer.headers["Retry-After"])


def test_a_login_is_tried_so_often_by_whoever_and_on_whatever_worker(limited):
    clients = [limited().test_client(), limited().test_client()]
    assert [sign_in(clients[n % 2]).status_code for n in range(4)] == [422] * 4
    answer = sign_in(clients[0], password=PASSWORD)
    assert 0 < waits(answer) <= 300
    assert f'value="{SITE}"' in answer.text, "the login stays in the form"
    assert "Wait 5 minutes" in answer.text
    assert PASSWORD not in answer.text


def test_an_address_tries_many_logins_only_so_often(limited):
    client = limited().test_client()
    codes = [sign_in(client, f"nobody{n}@site.example").status_code for n in range(8)]
    assert codes == [422] * 6 + [429] * 2


def test_after_the_time_it_goes_on(limited, core, monkeypatch):
    client = limited().test_client()
    for _ in range(5):
        sign_in(client, "nobody@site.example")
    now = core.clock.now
    monkeypatch.setattr(core.clock, "now", lambda: now() + timedelta(seconds=301))
    assert sign_in(client, password=PASSWORD).status_code == 303


def test_in_place_sign_in_and_files_are_told_in_json(limited):
    client = limited().test_client()
    for _ in range(4):
        client.post("/reauth", data={"login": SITE, "password": "wrong"})
    assert "Wait" in client.post("/reauth", data={"login": SITE, "password": PASSWORD}).json["message"]


def test_mails_are_asked_for_so_often_and_the_login_is_sent_again(limited):
    client = limited().test_client()
    assert [client.post("/forgot", data={"login": SITE}).status_code for _ in range(2)] == [200, 200]
    answer = client.post("/forgot", data={"login": SITE})
    assert 0 < waits(answer) <= 3600
    form = answer.text[answer.text.index('action="/forgot"') :]
    assert f'name="login" value="{SITE}"' in form


def test_a_session_writes_so_often_and_reads_as_it_likes(limited):
    client = limited().test_client()
    sign_in(client, password=PASSWORD)
    for base in range(8):
        saved = client.post(
            SYSBP,
            data={"op": new_id(), "value": str(100 + base), "base": base},
            headers={"HX-Request": "true"},
        )
        assert saved.status_code == 200, saved.text
    held = client.post(
        SYSBP, data={"op": new_id(), "value": "190", "base": 8}, headers={"HX-Request": "true"}
    )
    assert 0 < waits(held) <= 60
    assert held.headers["HX-Retarget"] == "#notice"
    assert held.headers["Edc-Code"] == "EDC023"
    assert "Edc-Op" not in held.headers, "so the outbox keeps it"
    assert client.get(FORM_URL).status_code == 200


def test_a_form_that_came_too_often_comes_back_with_all_but_the_passwords(limited):
    client = limited().test_client()
    sign_in(client, password=PASSWORD)
    for _ in range(8):
        client.post("/ping")
    typed = {"op": new_id(), "name": 'A "list"', "column": ["SYSBP", "DIABP"], "password": PASSWORD}
    answer = client.post(f"/s/{STUDY}/x/listings/items/keep", data=typed)
    waits(answer)
    kept = [(n, html.unescape(v)) for n, v in re.findall(r'name="(\w+)" value="([^"]*)"', answer.text)]
    for pair in [("name", 'A "list"'), ("column", "SYSBP"), ("column", "DIABP"), ("op", typed["op"])]:
        assert pair in kept
    assert PASSWORD not in answer.text


def test_who_waits_is_logged_by_door_and_nothing_else(limited, caplog):
    client = limited().test_client()
    for _ in range(6):
        sign_in(client)
    said = [record.getMessage() for record in caplog.records if "held back" in record.getMessage()]
    assert said
    assert all(re.fullmatch(r"held back: account, for \d+ seconds", line) for line in said)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("EDC_LIMITS", "write=many", "write=many"),
        ("EDC_PROXIES", "-1", "EDC_PROXIES"),
        ("EDC_SESSION_MINUTES", "soon", "EDC_SESSION_MINUTES"),
    ],
)
def test_a_setting_that_cannot_be_read_stops_the_start(name, value, said):
    with pytest.raises(UnsafeSettings, match=said):
        Settings.from_env({name: value})
