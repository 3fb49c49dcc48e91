from pathlib import Path

import pytest

from tests.installation import PASSWORD, Installation

ROOT = Path(__file__).parents[2]
OWN = "a sentence of my own making"
SHOTS = ROOT / "artifacts" / "journey"
STUDY = "HERSC-301@dev"
PEOPLE = {
    "jiwoo@site.example": ("Kim Jiwoo", "CRC", "KR-01"),
    "anna@cro.example": ("Anna Weber", "CRA", ""),
    "dana@sponsor.example": ("Dana Ortiz", "DM", ""),
    "sam@sponsor.example": ("Sam Reed", "SPO", ""),
}


@pytest.fixture
def served(database_url, tmp_path, forked_edc):
    """HERSC-301 in dev with its people, all by the command line, and a server on it."""
    installation = Installation(tmp_path, database_url, program=forked_edc.program)
    installation.edc("init")
    installation.edc("study", "publish", ROOT / "forms/hersc-301")
    for login, (name, role, site) in PEOPLE.items():
        at = ("--site", site) if site else ()
        installation.edc("user", "add", login, "--name", name, "--role", role, "--study", STUDY, *at)
    yield installation.serve()
    installation.close()


class Person:
    """Somebody at a browser of their own, and what that browser complained about."""

    def __init__(self, context, server, study, passwords):
        self.page, self.server, self.complaints = context.new_page(), server, []
        self.study, self.passwords = study, passwords
        self.page.set_default_timeout(10_000)
        self.page.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, login):
        self.page.goto(f"{self.server.url}/login")
        self.page.fill("#login", login)
        self.page.fill("#password", self.passwords.get(login, PASSWORD))
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#logout")
        if login not in self.passwords:
            self.page.fill("#present", PASSWORD)
            for field in ("#password", "#again"):
                self.page.fill(field, OWN)
            self.page.keyboard.press("Enter")
            self.page.wait_for_selector("#present", state="detached")
            self.passwords[login] = OWN
        return self

    def go(self, path):
        self.page.goto(f"{self.server.url}/s/{self.study}{path}")
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def row(self, label):
        return self.page.locator(f'[data-label="{label}"]')

    def box(self, label):
        return self.row(label).locator("[name=value]").first

    def enter(self, label, text):
        self.box(label).fill(text)
        self.box(label).press("Tab")

    def until(self, expression):
        """Wait for something true. Playwright's own waiting evaluates text in the page, which the policy forbids."""
        for _ in range(200):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(expression)

    def saved(self):
        self.until("!sessionStorage.getItem('edc-outbox')")

    def shoot(self, name):
        SHOTS.mkdir(parents=True, exist_ok=True)
        database = "sqlite" if "sqlite" in self.server.installation.database_url else "postgresql"
        self.page.screenshot(path=SHOTS / f"{name}-{database}.png", full_page=True, caret="initial")


@pytest.fixture
def study():
    """The study that the people of a test work in."""
    return STUDY


@pytest.fixture
def passwords():
    """Login to the password that was chosen at the first sign-in; whoever is not in it chooses one."""
    return {}


@pytest.fixture
def person(browser, browser_context_args, served, study, passwords):
    """Sign somebody in, each in a browser context of their own."""
    contexts = []

    def signed_in(login):
        contexts.append(browser.new_context(**browser_context_args))
        return Person(contexts[-1], served, study, passwords).sign_in(login)

    yield signed_in
    for context in contexts:
        context.close()
