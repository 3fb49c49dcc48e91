import re
import shutil
import socket
import time
import urllib.request
from pathlib import Path

import pytest

from tests.accessibility import violations
from tests.web.forked_servers import ForkedServers
from tests.web.long_form import definition
from tests.web.trial import PASSWORD, STUDY, SUBJECT, make_core

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "artifacts"


class Server:
    """A server process of the test's own, to be killed and started again at the same address."""

    def __init__(self, folder, forked):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder, self.forked, self.process = folder, forked, None
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = self.forked.start(self.folder, self.port)
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                    return self
            except OSError:
                time.sleep(0.05)
        self.kill()
        raise AssertionError("the server did not start")

    def kill(self):
        self.forked.kill(self.process)


@pytest.fixture(scope="session")
def forked_servers():
    forked = ForkedServers()
    yield forked
    forked.stop()


@pytest.fixture(scope="session")
def trial(tmp_path_factory):
    """A database with the trial in it, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("trial")
    make_core(folder, definition()).close()
    return folder / "web.db"


@pytest.fixture
def server(tmp_path, trial, forked_servers):
    shutil.copy(trial, tmp_path / "web.db")
    made = Server(tmp_path, forked_servers).start()
    yield made
    made.kill()


class Person:
    """Somebody at a browser, and what the browser complained about."""

    def __init__(self, page, server):
        self.page, self.server, self.complaints = page, server, []
        page.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        # Dialogs for files are caught from the start: a listener that a test adds just before a key is pressed is told to
        # the browser without waiting for it, and on a busy machine the key comes first.
        page.on("filechooser", lambda _dialog: None)
        page.set_default_timeout(8000)

    def sign_in(self, login="jiwoo@site.example", then="LONG"):
        """Ask what the sign-in page asks, without the page; test_keys_and_access.py and others type on it."""
        ask, address = self.page.context.request, f"{self.server.url}/login"
        token = re.search(r'name="csrf_token" value="([^"]+)"', ask.get(address).text())[1]
        typed = {"login": login, "password": PASSWORD, "csrf_token": token}
        assert ask.post(address, form=typed, max_redirects=0).status == 303
        self.page.goto(f"{self.server.url}/s/{STUDY}/subjects/{SUBJECT}/V2/{then}")
        self.ready()
        return self

    def ready(self):
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def row(self, label):
        return self.page.locator(f'[data-label="{label}"]')

    def box(self, label):
        return self.row(label).locator("input[name=value]").first

    def enter(self, label, text):
        """Type into a box and leave it."""
        self.box(label).fill(text)
        self.box(label).press("Tab")

    def violations(self):
        """What axe finds on the page."""
        return violations(self.page)

    def compose(self, *syllables):
        """Type Hangul as an input method does: each syllable grows letter by letter before it stands."""
        keyboard = self.page.context.new_cdp_session(self.page)
        for growing in syllables:
            for text in growing:
                keyboard.send(
                    "Input.imeSetComposition", {"text": text, "selectionStart": 1, "selectionEnd": 1}
                )
            keyboard.send("Input.insertText", {"text": growing[-1]})

    def until(self, expression):
        """Wait for something true. Playwright's own waiting evaluates text in the page, which the policy forbids."""
        for _ in range(160):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(expression)

    def saved(self):
        self.until("!sessionStorage.getItem('edc-outbox')")

    def focused(self):
        return self.page.evaluate("document.activeElement.closest('[data-label]')?.dataset.label")

    def outbox(self):
        return self.page.evaluate(
            "JSON.parse(sessionStorage.getItem('edc-outbox') || '{\"entries\": []}').entries"
        )

    def shoot(self, name):
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", caret="initial")  # hiding it needs inline style


@pytest.fixture
def person(page, server):
    return Person(page, server)


@pytest.fixture
def colleague(browser, browser_context_args, server):
    context = browser.new_context(**browser_context_args)
    yield Person(context.new_page(), server)
    context.close()
