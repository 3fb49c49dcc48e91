"""REQ-ACC-08, REQ-SIG-03: people sign in and sign at the provider of their organisation, asked over HTTP on loopback."""

import html
import json
import re
from urllib.parse import quote

import pytest
import requests
from joserfc.jwk import RSAKey
from sqlalchemy import select

from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import account_links, users
from edc_core.store import accounts, proofs
from edc_core.store.ledger_tables import access_log, ledger_entry
from edc_core.testing import FakeClock
from tests.plugins.oidc.provider import CLIENT
from tests.web.trial import CLI, PASSWORD, STUDY, SUBJECT

PI, CRC, DM = "haneul@site.example", "jiwoo@site.example", "dana@sponsor.example"
HOME = f"/s/{STUDY}"
SHEET = f"{HOME}/subjects/{SUBJECT}/signature"
FORM = ItemPath.parse("V2[1]/VS[1]")


def to_provider(client, purpose, **given):
    """Begin, go to the provider, and come back to where it sends: the address of the answer, not yet asked for."""
    page = client.post("/prove/oidc/begin", data={"purpose": purpose, **given})
    assert page.status_code == 200, page.text
    address = html.unescape(re.search(r'<a class="btn btn--primary" href="([^"]+)"', page.text)[1])
    sent = requests.get(address, allow_redirects=False, timeout=10)
    assert sent.status_code == 302, sent.text
    return sent.headers["Location"].removeprefix("http://localhost:8123")


def prove(client, purpose, **given):
    return client.get(to_provider(client, purpose, **given))


@pytest.fixture
def linked(client_as):
    """The investigator, whose account is linked to person-1 at the provider."""
    client = client_as(PI)
    done = prove(client, "link", password=PASSWORD)
    assert done.headers["Location"] == "/account", done.text
    return client


def test_account_is_linked_with_the_password_and_signs_in_afterwards(app, core, linked, provider):
    assert "Seoul Hospital: person-1" in linked.get("/account").text
    client = app.test_client()
    done = prove(client, "sign-in", next=f"{HOME}/subjects")
    assert (done.status_code, done.headers["Location"]) == (303, f"{HOME}/subjects")
    assert client.get(f"{HOME}/subjects").status_code == 200
    assert "Park Haneul" in client.get("/").text
    with core.read() as source:
        changes = source.connection.execute(
            select(ledger_entry.c.payload).where(ledger_entry.c.kind == "grant.user_change")
        ).scalars()
        assert "sign-in by oidc linked" in {json.loads(text)["changed"] for text in changes}
        row = source.connection.execute(select(access_log).where(access_log.c.action == "signed in")).all()[
            -1
        ]
    assert (row.login, row.detail) == (PI, "oidc")


def test_the_request_has_state_nonce_and_an_s256_challenge(app, linked, provider):
    provider.asked.clear()
    prove(app.test_client(), "sign-in")
    (asked,) = provider.asked
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://localhost:8123/prove/oidc"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 30
    assert "prompt" not in asked


def test_a_mail_address_opens_no_account(app, core, provider):
    """The provider says the investigator's address, verified; nobody has linked the subject."""
    with core.write(CLI) as uow:
        users.record_change(
            uow, accounts.UserRow(**{**vars_of(accounts.by_login(uow.connection, PI)), "email": PI}), "email"
        )
    provider.says = {"email": PI, "email_verified": True, "preferred_username": PI}
    client = app.test_client()
    refused = prove(client, "sign-in")
    assert (refused.status_code, "No account here is linked" in refused.text) == (422, True)
    assert client.get("/").status_code == 303


def vars_of(row):
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def test_the_same_subject_of_another_issuer_is_another_person(app, core, linked):
    with core.write(CLI) as uow:
        table = proofs.account_key
        uow.connection.execute(table.update().values(subject="http://elsewhere.example person-1"))
    assert prove(app.test_client(), "sign-in").status_code == 422


def test_a_closed_account_stays_closed(app, core, linked):
    from edc_core.services import people

    with core.write(CLI) as uow:
        people.set_active(uow, PI, active=False)
    assert prove(app.test_client(), "sign-in").status_code == 422


@pytest.mark.parametrize(
    "says",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"]},
        {"azp": "another-client"},
        {"iss": "http://elsewhere.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"sub": None},
    ],
    ids=lambda says: " ".join(f"{name}={text}" for name, text in says.items()),
)
def test_what_was_not_said_to_this_request_proves_nothing(app, linked, provider, says):
    provider.says = says
    client = app.test_client()
    assert prove(client, "sign-in").status_code == 422
    assert client.get("/").status_code == 303


def test_a_token_signed_by_another_key_proves_nothing(app, linked, provider):
    provider.signs_with = RSAKey.generate_key(2048, private=True)
    assert prove(app.test_client(), "sign-in").status_code == 422


def test_an_answer_is_good_once_and_only_in_the_browser_that_began(app, linked):
    mine, other = app.test_client(), app.test_client()
    address = to_provider(mine, "sign-in")
    assert other.get(address).status_code == 422
    to_provider(other, "sign-in")  # a victim who has begun one of their own
    assert other.get(address).status_code == 422
    assert mine.get(address).status_code == 303
    assert mine.get(address).status_code == 422
    assert other.get("/").status_code == 303


def test_a_code_that_another_browser_got_is_refused_by_the_challenge(app, linked):
    """State stolen and put together with the own code: the verifier does not fit."""
    mine, other = app.test_client(), app.test_client()
    stolen = re.search(r"code=([^&]+)", to_provider(other, "sign-in"))[1]
    address = re.sub(r"code=[^&]+", f"code={stolen}", to_provider(mine, "sign-in"))
    assert mine.get(address).status_code == 422


def test_a_refusal_and_a_provider_that_is_away_are_said_and_cost_nobody_the_password(app, linked, provider):
    provider.refuses = "access_denied"
    client = app.test_client()
    refused = prove(client, "sign-in")
    assert (refused.status_code, "Seoul Hospital did not sign you in" in refused.text) == (422, True)
    provider.refuses = ""
    address = to_provider(client, "sign-in")
    provider.close()
    away = client.get(address)
    assert (away.status_code, "Seoul Hospital did not confirm" in away.text) == (422, True)
    assert client.post("/login", data={"login": PI, "password": PASSWORD}).status_code == 303


def test_invitation_is_taken_up_at_the_provider_without_a_password(app, core, provider):
    with core.write(CLI) as uow:
        users.add_user(
            uow, users.AddUser(study_id="@system", op=new_id(), login="new@site.example", full_name="New")
        )
        link = account_links.make_link(uow, users.named(uow, "new@site.example"), account_links.INVITE)
    provider.sub = "person-2"
    client = app.test_client()
    assert "Use Seoul Hospital instead of a password" in client.get(f"/password/{link}").text
    assert prove(client, "link", link=link).headers["Location"] == "/"
    assert "New" in client.get("/account").text
    assert app.test_client().get(f"/password/{link}").status_code == 404
    assert prove(app.test_client(), "sign-in").status_code == 303


def test_linking_asks_for_the_password_and_a_sign_in_at_that_moment(client_as, provider):
    client = client_as(PI)
    for password in ("", "wrong"):
        assert (
            client.post("/prove/oidc/begin", data={"purpose": "link", "password": password}).status_code
            == 422
        )
    provider.signed_in_at, provider.obeys = 1_700_000_000, False
    refused = prove(client, "link", password=PASSWORD)
    assert (refused.status_code, "did not ask you to sign in again" in refused.text) == (422, True)
    assert provider.asked[-1]["prompt"] == "login"
    assert client.post("/prove/oidc/begin", data={"purpose": "sign"}).status_code == 200
    assert client_as("nobody").post("/prove/oidc/begin", data={"purpose": "link"}).status_code == 401


def test_a_subject_opens_one_account(linked, client_as):
    refused = prove(client_as(CRC), "link", password=PASSWORD)
    assert (refused.status_code, "linked to an account already" in refused.text) == (409, True)


def test_a_way_to_sign_in_is_taken_away(app, core, linked):
    with core.read() as source:
        (key,) = proofs.keys_of(source.connection, accounts.by_login(source.connection, PI).user_id)
    linked.post("/account/keys", data={"authenticator": "oidc", "created_at": key.created_at})
    assert prove(app.test_client(), "sign-in").status_code == 422


def test_an_administrator_takes_a_lost_way_to_sign_in_from_an_account(app, core, linked, client_as):
    with core.write(CLI) as uow:
        users.add_user(
            uow, users.AddUser(study_id="@system", op=new_id(), login="admin@x.example", full_name="Adm")
        )
        users.add_grant(uow, users.grant_for_sites(uow, "admin@x.example", Role.UAD, "", ()))
        users.set_password(uow, "admin@x.example", PASSWORD)
    admin = client_as("admin@x.example")
    assert "Take the second factor away" in admin.get(f"/x/people/person?login={PI}").text
    assert admin.post("/x/people/care", data={"login": PI, "act": "reset factor"}).status_code == 303
    assert prove(app.test_client(), "sign-in").status_code == 422
    assert linked.get("/").status_code == 303


@pytest.fixture
def strict(core):
    """Investigators need a second factor."""
    from dataclasses import replace

    core.settings = replace(core.settings, totp_roles=frozenset({Role.PI.value}))


def test_the_claim_of_a_second_factor_stands_for_it(app, linked, strict, provider):
    client = app.test_client()
    prove(client, "sign-in")
    assert client.get("/").headers["Location"] == "/account/second-factor"
    provider.says = {"amr": ["pwd", "mfa"]}
    client = app.test_client()
    prove(client, "sign-in")
    assert client.get("/").status_code == 200


# Signing


@pytest.fixture
def complete(client_as):
    site = client_as(CRC)
    headers = {"HX-Request": "true"}
    path = FORM.with_group("IG.VS", "1").with_item("SYSBP")
    book = f"{HOME}/subjects/{SUBJECT}"
    saved = {"op": new_id(), "value": "120", "base": 0}
    assert site.post(f"{book}/items/{path}", data=saved, headers=headers).status_code == 200
    assert (
        site.post(f"{book}/forms/{FORM}/complete", data={"op": new_id()}, headers=headers).status_code == 200
    )


def sign(client, page, **given):
    hidden = dict(
        re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"',
            page.partition("Your signature</h2>")[0].rpartition("<form")[2],
        )
    )
    data = hidden | {"meaning": "review", "accepts": "true", "login": PI} | given
    return client.post(SHEET, data=data)


def signed(core):
    with core.read() as source:
        found = source.connection.execute(
            select(ledger_entry.c.payload).where(ledger_entry.c.kind == "sign.set")
        )
        return [json.loads(text)["component"] for text in found.scalars()]


def test_a_signature_takes_the_sign_in_at_the_provider_instead_of_the_password(
    core, linked, complete, provider
):
    here = f"{SHEET}?scope={quote(str(FORM))}"
    assert "Prove it is you with Seoul Hospital" in linked.get(here).text
    provider.signed_in_at = 1_700_000_000
    back = prove(linked, "sign", next=here)
    assert back.headers["Location"] == here
    assert provider.asked[-1] | {"prompt": "login", "max_age": "0"} == provider.asked[-1]
    page = linked.get(here).text
    assert "has just proved that it is you" in page
    wrong = sign(linked, page, login=CRC)
    assert "You are signed in as" in wrong.text
    assert signed(core) == []
    assert sign(linked, page).status_code == 303
    assert signed(core) == ["oidc"]


REVIEW, UNBLIND = f"{HOME}/x/access/review", f"{HOME}/x/unblinding/subject"


def test_a_plugins_page_takes_the_sign_in_at_the_provider_where_it_asks_for_both_components(core, client_as):
    manager = client_as(DM)
    prove(manager, "link", password=PASSWORD)
    assert "Prove it is you with Seoul Hospital" in manager.get(REVIEW).text
    shown = dict(re.findall(r'name="(op|sha256)" value="([^"]+)"', manager.get(REVIEW).text))
    typed = shown | {"findings": "Nothing is to be changed.", "login": DM, "password": ""}
    assert "Type your password." in manager.post(REVIEW, data=typed).text
    assert prove(manager, "sign", next=REVIEW).headers["Location"] == REVIEW
    assert "has just proved that it is you" in manager.get(REVIEW).text
    assert manager.post(REVIEW, data=typed).status_code == 303
    with core.read() as source:
        note = source.connection.execute(
            select(ledger_entry.c.payload).where(ledger_entry.c.kind == "note.add")
        ).scalar_one()
    assert json.loads(note)["content"]["component"] == "oidc"
    again = typed | {"op": new_id()}
    assert "Type your password." in manager.post(REVIEW, data=again).text, "it was good for one signature"


def test_an_unblinding_is_put_on_record_without_a_password(core, linked):
    here = f"{UNBLIND}?subject={SUBJECT}"
    prove(linked, "sign", next=here)
    typed = {
        "op": new_id(), "subject": SUBJECT, "kind": "planned", "happened": "2026-03-01", "told": "Statistician",
        "reason": "Interim analysis", "login": PI,
    }  # fmt: skip
    assert linked.post(UNBLIND, data=typed).status_code == 303
    with core.read() as source:
        kept = source.connection.execute(
            select(ledger_entry.c.payload).where(ledger_entry.c.kind == "subject.unblind")
        ).scalar_one()
    assert json.loads(kept)["component"] == "oidc"


@pytest.mark.usefixtures("linked")
def test_a_covered_page_goes_on_when_the_same_person_has_just_signed_in_elsewhere(app, core, clock_of):
    def wait(client, login=PI):
        return client.post("/reauth", data={"login": login})

    assert wait(app.test_client()).status_code == 422, "nobody is signed in"
    other_tab = app.test_client()
    assert prove(other_tab, "sign-in", next="/reauth").headers["Location"] == "/reauth"
    assert "goes on where it was" in other_tab.get("/reauth").text
    assert wait(other_tab).json["csrf"]
    assert wait(other_tab, CRC).status_code == 422, "the page is another person's"
    clock_of(core, minutes=3)
    answer = wait(other_tab)
    assert (answer.status_code, "not signed in again yet" in answer.json["message"]) == (
        422, True
    ), "a session that went on behind the cover opens nothing"  # fmt: skip


def test_a_proof_is_good_for_one_signature_on_its_page_and_five_minutes(
    core, linked, complete, provider, clock_of
):
    here = f"{SHEET}?scope={quote(str(FORM))}"
    prove(linked, "sign", next=f"{HOME}/subjects")
    page = linked.get(here).text
    assert "has just proved" not in page
    assert sign(linked, page).status_code == 422
    prove(linked, "sign", next=here)
    clock_of(core, minutes=6)
    assert sign(linked, page).status_code == 422
    provider.says = {"auth_time": int(core.clock.now().timestamp())}  # its clock is as late
    prove(linked, "sign", next=here)
    assert sign(linked, page).status_code == 303
    again = sign(linked, page, op=new_id())
    assert again.status_code >= 400
    assert signed(core) == ["oidc"]


def test_a_session_that_stands_open_at_the_provider_signs_nothing(core, linked, complete, provider):
    provider.signed_in_at, provider.obeys = 1_700_000_000, False
    refused = prove(linked, "sign", next=f"{SHEET}?scope={FORM}")
    assert (refused.status_code, "did not ask you to sign in again" in refused.text) == (422, True)
    assert sign(linked, linked.get(f"{SHEET}?scope={FORM}").text).status_code == 422
    assert signed(core) == []


def test_another_person_at_the_provider_proves_nothing_for_who_is_signed_in(
    core, linked, complete, provider, client_as
):
    provider.sub = "person-2"
    assert prove(client_as(CRC), "link", password=PASSWORD).status_code == 303
    here = f"{SHEET}?scope={quote(str(FORM))}"
    refused = prove(linked, "sign", next=here)
    assert (refused.status_code, "proves somebody else" in refused.text) == (422, True)
    assert sign(linked, linked.get(here).text).status_code == 422
    assert signed(core) == []


@pytest.fixture
def clock_of():
    from datetime import timedelta

    def advance(core, **by):
        core.clock = FakeClock(core.clock.now() + timedelta(**by))

    return advance


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"ISSUER": "http://idp.example", "CLIENT_ID": "x"}, "begins with https"),
        ({"ISSUER": "https://idp.example"}, "EDC_OIDC_CLIENT_ID is missing"),
    ],
)
def test_settings_that_cannot_be_right_are_a_failure_of_the_plugin(settings, says):
    plugins = EdcPlugins()
    assert plugins.authenticators({f"EDC_OIDC_{name}": text for name, text in settings.items()}) == ()
    assert [failure.name for failure in plugins.failures if says in failure.text] == ["oidc"]


def test_without_settings_there_is_no_other_way_to_sign_in():
    assert EdcPlugins().authenticators({}) == ()
