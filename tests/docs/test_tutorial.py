"""Every command and file of the tutorial, in order, from an empty folder; what is done in the browser too."""

import re
from pathlib import Path

import pytest

from tests.docs.console import Reader, fits

TUTORIAL = Path(__file__).resolve().parents[2] / "docs/tutorial"
PASSWORD = "a-long-sentence-nobody-guesses"
OWN = "a sentence of my own making"


class Person:
    """The steps that the pages describe in words."""

    def __init__(self, page):
        self.page = page
        self.passwords = {}  # login: the password chosen at the first sign-in

    def sign_in(self, url, login):
        self.page.context.clear_cookies()
        self.page.goto(url)
        self.page.locator("input[name=login]").fill(login)
        self.page.locator("input[name=password]").first.fill(self.passwords.get(login, PASSWORD))
        self.page.get_by_role("button", name="Sign in").click()
        if login not in self.passwords:
            self.page.get_by_label("Present password").fill(PASSWORD)
            self.page.get_by_label("New password", exact=True).fill(OWN)
            self.page.get_by_label("New password once more").fill(OWN)
            self.page.get_by_role("button", name="Change password").click()
            self.passwords[login] = OWN
        self.page.get_by_role("link", name="DEMO-01").first.click()

    def add_subject(self, number):
        self.page.get_by_role("link", name="Subjects", exact=True).first.click()
        form = self.page.locator("#add")
        if form.get_attribute("open") is None:
            form.locator("summary").click()
        self.page.get_by_label("Subject number").fill(number)
        self.page.get_by_role("button", name="Add subject").click()
        self.page.get_by_role("link", name="Vital signs").click()

    def box(self, question):
        return self.page.get_by_role("textbox", name=question)

    def type(self, question, value):
        self.box(question).fill(value)
        self.box(question).press("Tab")

    def says(self, words):
        self.page.get_by_text(words).first.wait_for(timeout=10_000)

    def enter(self, url):
        self.sign_in(url, "kim@seoul.example")
        self.add_subject("S-001")
        self.type("Date measured", "2026-03-04")
        self.type("Systolic blood pressure", "310")
        self.says("Expected is 70 to 220 mmHg")
        self.type("Diastolic blood pressure", "-5")
        self.says("not stored")
        self.type("Diastolic blood pressure", "80")
        self.complete()
        self.says("1 query")
        self.type("Systolic blood pressure", "130")
        self.page.get_by_text("Transcription error").click()
        self.page.get_by_text("1 query").wait_for(state="hidden", timeout=10_000)

    def complete(self):
        self.page.get_by_role("button", name="Complete form").click()
        self.page.get_by_role("button", name="Complete form").wait_for(state="hidden", timeout=10_000)

    def finding(self, url):
        self.sign_in(url, "kim@seoul.example")
        self.add_subject("S-002")
        self.type("Date measured", "2026-03-05")
        self.type("Systolic blood pressure", "80")
        self.type("Diastolic blood pressure", "120")
        self.says("Diastolic is not below systolic")
        self.complete()
        self.says("1 query")

    def lock(self, url):
        self.sign_in(url, "roth@sponsor.example")
        self.page.get_by_role("link", name="Lock", exact=True).first.click()
        self.says(re.compile("^1 things? .* open"))
        study = self.page.get_by_role("row", name="The whole study")
        study.get_by_text("Freeze or lock").click()
        study.get_by_placeholder("Reason").fill("Database lock")
        study.get_by_role("button", name="Lock the study").click()
        self.says("Reason: Database lock")


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_the_tutorial_can_be_followed(page, tmp_path):
    reader, person = Reader(tmp_path), Person(page)
    steps = {"enter": person.enter, "finding": person.finding, "lock": person.lock}
    try:
        for name in ("2-your-first-study", "3-your-first-check-plugin", "4-lock-and-export"):
            reader.follow(TUTORIAL / f"{name}.md", steps)
    finally:
        reader.stop()


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\n", "a\n", True),
        ("a ...\n", "a b c\n", True),
        ("a ...\n", "b\n", False),
        ("...\nz\n", "a\nb\nz\n", True),
        ("...\n", "", True),
        ("a\n", "a\nb\n", False),
        ("a.\n", "ab\n", False),
    ],
)
def test_output_is_compared_with_room_for_what_differs(shown, printed, same):
    assert fits(shown, printed) is same
