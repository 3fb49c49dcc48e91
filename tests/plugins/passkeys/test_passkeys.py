"""REQ-ACC-08, REQ-SIG-03: passkeys in Chromium with its virtual authenticator: added, used to sign in, used to sign."""

import json
import socket
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from edc_core.core import Core
from edc_core.domain.permission import Role
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.user_tables import account_key, proof_attempt
from edc_core.web.app import create_app
from tests.accessibility import violations
from tests.web.trial import PASSWORD, STUDY, SUBJECT, fill

PI = "haneul@site.example"
CRC = "jiwoo@site.example"
SHEET = f"/s/{STUDY}/subjects/{SUBJECT}/signature"


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("https://edc.example", ["passkeys"]),
        ("http://localhost:8000", ["passkeys"]),
        ("http://127.0.0.1:8000", []),
        ("https://[::1]", []),
        ("", []),
    ],
)
def test_passkeys_belong_to_a_host_with_a_name(address, names):
    found = EdcPlugins().authenticators({"EDC_BASE_URL": address})
    assert [one.name for one in found] == names


class Site:
    """An installation at a name of this machine, and a browser with a virtual authenticator."""

    def __init__(self, core, page, url):
        self.core, self.page, self.url, self.complaints = core, page, url, []
        page.set_default_timeout(8000)
        page.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        self.browser = page.context.new_cdp_session(page)
        self.browser.send("WebAuthn.enable")

    def give_key(self, *, verifies=True):
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": verifies, "automaticPresenceSimulation": True,
        }  # fmt: skip
        return self.browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def sign_in(self, login=PI):
        self.page.goto(f"{self.url}/login")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(f"{self.url}/")

    def add(self):
        self.page.goto(f"{self.url}/account")
        self.page.get_by_label("Your password, to add a passkey").fill(PASSWORD)
        self.page.get_by_role("button", name="Add a passkey").click()

    def sign_out(self):
        self.page.get_by_role("button", name="Sign out", exact=True).click()
        self.page.wait_for_url(f"{self.url}/login")

    def clean(self):
        assert violations(self.page) == [], self.page.url
        for width, height in ((1366, 768), (768, 1024)):
            self.page.set_viewport_size({"width": width, "height": height})
            assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, self.page.url

    def rows(self, table):
        with self.core.read() as source:
            return source.connection.execute(select(table)).all()


@pytest.fixture
def site(core_url, tmp_path, page):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    core = Core(Settings(database_url=core_url, base_url=url, files_dir=tmp_path / "files"), EdcPlugins())
    fill(core)
    server = make_server("127.0.0.1", port, create_app(core), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Site(core, page, url)
    server.shutdown()
    server.server_close()
    core.close()


@pytest.mark.browser
def test_passkey_is_added_signs_in_and_counts_as_two_factors(site):
    site.give_key()
    site.sign_in()
    site.add()
    site.page.get_by_role("button", name="Take away").wait_for()
    site.clean()
    site.sign_out()
    site.clean()
    site.core.settings = replace(site.core.settings, totp_roles=frozenset({Role.PI.value}))
    site.page.get_by_role("button", name="Sign in with a passkey").click()
    site.page.wait_for_url(f"{site.url}/")
    site.page.get_by_text("Park Haneul").wait_for(state="attached")
    (key,) = site.rows(account_key)
    assert json.loads(key.material)["sign_count"] >= 1
    assert key.used_at
    assert set(json.loads(key.material)) == {"public_key", "sign_count"}
    assert site.rows(proof_attempt) == []
    changes = [json.loads(row.payload).get("changed") for row in site.rows(ledger_entry)]
    assert "sign-in by passkeys linked" in changes
    assert site.complaints == []


@pytest.mark.browser
def test_passkey_that_was_not_opened_by_its_owner_is_none(site):
    site.give_key(verifies=False)
    site.sign_in()
    site.add()
    site.page.get_by_text("No passkey was used").wait_for()
    site.clean()
    assert site.rows(account_key) == []


@pytest.mark.browser
def test_passkey_that_was_taken_away_opens_nothing(site):
    site.give_key()
    site.sign_in()
    site.add()
    site.page.get_by_role("button", name="Take away").click()
    site.page.wait_for_url(f"{site.url}/account")
    assert site.rows(account_key) == []
    site.sign_out()
    site.page.get_by_role("button", name="Sign in with a passkey").click()
    site.page.get_by_text("This passkey is not linked to an account here").wait_for()


@pytest.mark.browser
def test_investigator_signs_with_a_passkey(site):
    app_client = create_app(site.core)
    app_client.config.update(WTF_CSRF_ENABLED=False)
    crc = app_client.test_client()
    crc.post("/login", data={"login": CRC, "password": PASSWORD})
    book, form = f"/s/{STUDY}/subjects/{SUBJECT}", "V2[1]/VS[1]"
    htmx = {"HX-Request": "true"}
    saved = {"op": "op-passkeys-1", "value": "120", "base": 0}
    assert crc.post(f"{book}/items/{form}/IG.VS[1]/SYSBP", data=saved, headers=htmx).status_code == 200
    done = crc.post(f"{book}/forms/{form}/complete", data={"op": "op-passkeys-2"}, headers=htmx)
    assert done.status_code == 200
    site.give_key()
    site.sign_in()
    site.add()
    site.page.get_by_role("button", name="Take away").wait_for()
    page = site.page
    page.goto(f"{site.url}{SHEET}?scope=V2%5B1%5D/VS%5B1%5D")
    site.clean()
    page.get_by_role("button", name="Prove it is you with a passkey").click()
    page.get_by_text("has just proved that it is you").wait_for()
    site.clean()
    assert page.locator("#password").count() == 0
    page.get_by_label("My electronic signature in this study").check()
    page.fill("#login", PI)
    page.get_by_role("button", name="Sign 1 form").click()
    page.get_by_role("heading", name="Signed", exact=True).wait_for()
    (given,) = [json.loads(row.payload) for row in site.rows(ledger_entry) if row.kind == "sign.set"]
    assert given["component"] == "passkeys"
