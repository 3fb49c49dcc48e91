"""Signing in with an authenticator app: set up, asked for, recovered, required, taken away."""

import base64
import dataclasses
import re
from datetime import UTC, datetime

import pytest
from flask import template_rendered
from sqlalchemy import select

from edc_core.domain.commands import Reason
from edc_core.domain.evidence import EvidenceKind
from edc_core.domain.permission import Role
from edc_core.domain.totp import code_at
from edc_core.ids import new_id
from edc_core.services import permissions, users
from edc_core.store import readers
from edc_core.store.user_tables import credential
from edc_core.testing.fake_clock import FakeClock
from edc_core.web.account.routes import CodePage, FactorPage
from tests.web.trial import CLI, FORM_URL, PASSWORD, STUDY

SITE = "jiwoo@site.example"


@pytest.fixture
def clock():
    return FakeClock(datetime(2031, 3, 4, 9, 15, tzinfo=UTC))  # after the trial's roles began


@pytest.fixture
def core(core, clock):
    core.clock = clock
    return core


def app_code(core, secret):
    return code_at(base64.b32decode(secret), int(core.clock.now().timestamp()) // 30)


def set_up(core, client):
    """The secret and the recovery codes of the account that is signed in."""
    page = client.get("/account/second-factor").text
    sealed, secret = (
        re.search(r'name="sealed" value="([^"]+)"', page)[1],
        re.search(r"<code>(\w+)</code>", page)[1],
    )
    given = {"sealed": sealed, "code": app_code(core, secret), "password": PASSWORD}
    done = client.post("/account/second-factor", data=given)
    assert done.status_code == 200, done.text
    return secret, re.findall(r"<code>([0-9a-f]{6}-[0-9a-f]{6})</code>", done.text)


def sign_in(app, password=PASSWORD):
    client = app.test_client()
    client.post("/login", data={"login": SITE, "password": password})
    return client


@pytest.fixture
def protected(core, client_as, clock):
    """The account's secret and recovery codes, a while after they were set up."""
    found = set_up(core, client_as(SITE))
    clock.advance(minutes=5)
    return found


def test_code_is_asked_for_before_anything_else(app, core, protected):
    client = sign_in(app)
    for address in ("/", FORM_URL, "/account", "/account/second-factor"):
        assert client.get(address).headers["Location"].partition("?")[0] == "/code"
    assert client.post("/account/password", data={}).status_code == 401
    wrong = client.post("/code", data={"code": "000000"})
    assert (wrong.status_code, "This code is not right" in wrong.text) == (422, True)
    assert client.post("/code", data={"code": app_code(core, protected[0])}).headers["Location"] == "/"
    assert client.get(FORM_URL).status_code == 200


def test_after_the_code_comes_the_page_that_was_asked_for_and_none_elsewhere(app, core, clock, protected):
    client = sign_in(app)
    asked = client.get(client.get(FORM_URL).headers["Location"]).text
    onward = re.search(r'name="next" value="([^"]*)"', asked)[1]
    given = {"next": onward, "code": "000000"}
    assert f'name="next" value="{onward}"' in client.post("/code", data=given).text
    given["code"] = app_code(core, protected[0])
    assert client.post("/code", data=given).headers["Location"] == FORM_URL
    clock.advance(minutes=1)
    given = {"next": "//elsewhere.example", "code": app_code(core, protected[0])}
    assert sign_in(app).post("/code", data=given).headers["Location"] == "/"


def test_code_that_was_used_opens_nothing_again(app, core, protected):
    code = app_code(core, protected[0])
    assert sign_in(app).post("/code", data={"code": code}).status_code == 303
    assert sign_in(app).post("/code", data={"code": code}).status_code == 422


def test_recovery_code_works_once(app, protected):
    _, codes = protected
    assert len(codes) == 10
    assert sign_in(app).post("/code", data={"code": codes[0].upper()}).status_code == 303
    assert sign_in(app).post("/code", data={"code": codes[0]}).status_code == 422
    assert sign_in(app).post("/code", data={"code": codes[1]}).status_code == 303


def test_wrong_codes_make_the_account_wait(app, core, protected):
    client = sign_in(app)
    for _ in range(4):
        client.post("/code", data={"code": "000000"})
    assert "waits for 15 minutes" in client.post("/code", data={"code": "000000"}).text
    assert client.post("/code", data={"code": app_code(core, protected[0])}).status_code == 422


def test_right_password_does_not_forgive_wrong_codes(app, protected):
    for _ in range(4):
        sign_in(app).post("/code", data={"code": "000000"})
    assert "waits for" in sign_in(app).post("/code", data={"code": "000000"}).text


def test_ended_session_is_renewed_on_its_page_with_the_password_alone(app, core, clock, protected):
    client = sign_in(app)
    client.post("/code", data={"code": app_code(core, protected[0])})
    clock.advance(minutes=45)
    assert client.get(FORM_URL).status_code == 303
    assert client.post("/reauth", data={"login": SITE, "password": PASSWORD}).status_code == 200
    assert client.get(FORM_URL).status_code == 200
    stranger = app.test_client()
    answer = stranger.post("/reauth", data={"login": SITE, "password": PASSWORD})
    assert (answer.status_code, "more than its password" in answer.json["message"]) == (422, True)
    assert stranger.get(FORM_URL).status_code == 303
    clock.advance(minutes=13 * 60)
    assert client.post("/reauth", data={"login": SITE, "password": PASSWORD}).status_code == 422


def test_right_password_forgives_wrong_ones_where_the_code_was_given_before(app, core, protected):
    client = sign_in(app)
    client.post("/code", data={"code": app_code(core, protected[0])})
    right, wrong = {"login": SITE, "password": PASSWORD}, {"login": SITE, "password": "mistyped again"}
    for _ in range(2):
        assert [client.post("/reauth", data=wrong).status_code for _ in range(4)] == [422] * 4
        assert client.post("/reauth", data=right).status_code == 200


def test_role_that_needs_it_sets_it_up_at_the_next_sign_in(app, core):
    core.settings = dataclasses.replace(core.settings, totp_roles=frozenset({"CRC"}))
    client = sign_in(app)
    assert client.get(FORM_URL).headers["Location"] == "/account/second-factor"
    assert client.get("/account").headers["Location"] == "/account/second-factor"
    set_up(core, client)
    assert client.get(FORM_URL).status_code == 200
    other = app.test_client()
    other.post("/login", data={"login": "dana@sponsor.example", "password": PASSWORD})
    assert other.get("/").status_code == 200


def test_first_password_comes_before_the_app(app, core):
    core.settings = dataclasses.replace(core.settings, totp_roles=frozenset({"CRC"}))
    with core.write(CLI) as uow:
        users.set_password(uow, SITE, PASSWORD, must_change=True)
    client = sign_in(app)
    assert client.get("/").headers["Location"] == "/account"
    new = "ochre tulip in a drawer"
    client.post("/account/password", data={"present": PASSWORD, "password": new, "again": new})
    assert client.get("/").headers["Location"] == "/account/second-factor"


def test_another_app_needs_the_password(core, client_as):
    client = client_as(SITE)
    page = client.get("/account/second-factor").text
    sealed, secret = (
        re.search(r'name="sealed" value="([^"]+)"', page)[1],
        re.search(r"<code>(\w+)</code>", page)[1],
    )
    given = {"sealed": sealed, "code": app_code(core, secret), "password": "wrong"}
    refused = client.post("/account/second-factor", data=given)
    assert (refused.status_code, secret in refused.text) == (422, True)


def test_offer_of_somebody_else_is_not_taken(core, client_as):
    theirs = client_as("dana@sponsor.example").get("/account/second-factor").text
    sealed, secret = (
        re.search(r'name="sealed" value="([^"]+)"', theirs)[1],
        re.search(r"<code>(\w+)</code>", theirs)[1],
    )
    given = {"sealed": sealed, "code": app_code(core, secret), "password": PASSWORD}
    assert client_as(SITE).post("/account/second-factor", data=given).status_code == 422


def test_secret_is_encrypted_where_it_is_stored(core, protected):
    with core.read() as source:
        rows = source.connection.execute(select(credential)).mappings().all()
    held = next(row for row in rows if row["totp"])
    secret, codes = protected
    for text in (secret, base64.b32decode(secret).hex(), codes[0], codes[0].replace("-", "")):
        assert not any(text in str(cell) for row in rows for cell in row.values())
    assert held["totp_step"] > 0


def test_another_key_opens_nothing(app, core, protected):
    core.settings = dataclasses.replace(core.settings, totp_key="another key, thirty-two characters")
    assert sign_in(app).post("/code", data={"code": "123456"}).status_code == 500


def test_user_administrator_takes_it_away_and_nobody_else(app, core, client_as, protected):
    with core.write(CLI) as uow:
        users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login="uma", full_name="Uma"))
        users.add_grant(uow, users.AddGrant(study_id="@system", op=new_id(), login="uma", role=Role.UAD))
        users.set_password(uow, "uma", PASSWORD)
    address = "/x/people/care"
    assert (
        client_as("dana@sponsor.example")
        .post(address, data={"login": SITE, "act": "reset factor"})
        .status_code
        == 403
    )
    assert sign_in(app).get("/").headers["Location"] == "/code"
    uma = client_as("uma")
    assert "Take the second factor away" in uma.get(f"/x/people/person?login={SITE}").text
    uma.post(address, data={"login": SITE, "act": "reset factor"})
    assert sign_in(app).get("/").status_code == 200


@pytest.mark.parametrize(("address", "view"), [("/code", CodePage), ("/account/second-factor", FactorPage)])
def test_template_receives_the_fields_of_its_view_model(app, client_as, address, view):
    client, received = client_as(SITE), []
    with template_rendered.connected_to(lambda _app, context, **_: received.append(context), app):
        assert client.get(address).status_code == 200
    ours = set(received[-1]) - {"shell", "csrf_token", "g", "request", "session", "config", "csrf_meta_tag"}
    assert ours == {field.name for field in dataclasses.fields(view)}


def test_study_asks_it_of_a_role_and_nobody_else_is_asked(app, core):
    """REQ-ACC-08: by study and role, beside the setting of the installation."""
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id

    def ask(*, required):
        fields = {"role": Role.CRC, "kind": EvidenceKind.SECOND_FACTOR, "required": required}
        with core.write(CLI) as uow:
            reason = Reason(text="Access from home")
            permissions.require_evidence(
                uow, permissions.RequireEvidence(study_id=study_id, op=new_id(), reason=reason, **fields)
            )

    ask(required=True)
    client = sign_in(app)
    assert client.get("/").headers["Location"] == "/account/second-factor"
    assert client.get(FORM_URL).headers["Location"] == "/account/second-factor"
    other = app.test_client()
    other.post("/login", data={"login": "dana@sponsor.example", "password": PASSWORD})
    assert other.get("/").status_code == 200
    page = client.get("/account/second-factor").text
    sealed, secret = (
        re.search(r'name="sealed" value="([^"]+)"', page)[1],
        re.search(r"<code>(\w+)</code>", page)[1],
    )
    given = {"sealed": sealed, "code": app_code(core, secret)}
    assert client.post("/account/second-factor", data=given).status_code == 200
    assert client.get(FORM_URL).status_code == 200, "the role works, for a second factor is on no record"
    ask(required=False)
    assert sign_in(app).get("/").headers["Location"] == "/code", "who has one keeps it"
