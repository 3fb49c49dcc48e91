"""What the pages say that a person does in the browser."""

import re

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

    def waive(self, login):
        """Everything that is open before the lock, from the page Lock on."""
        self.page.get_by_role("link", name="Open before the lock").click()
        self.says(re.compile("keeps? the study from being locked"))
        self.page.get_by_label("Everything that the filters above leave").check()
        self.page.get_by_label("Reason").fill("Agreed in the data review")
        self.page.locator("#login").fill(login)
        self.page.locator("#password").fill(self.passwords[login])
        self.page.get_by_role("button", name="Waive what is chosen").click()
        self.says("Nothing keeps the study from being locked")
        self.page.get_by_role("link", name="Lock", exact=True).first.click()

    def lock(self, url):
        self.sign_in(url, "roth@sponsor.example")
        self.page.get_by_role("link", name="Lock", exact=True).first.click()
        self.says(re.compile("^1 form or query is open"))
        self.waive("roth@sponsor.example")
        study = self.page.get_by_role("row", name="The whole study")
        study.get_by_text("Freeze or lock").click()
        study.get_by_placeholder("Reason").fill("Database lock")
        study.get_by_role("button", name="Lock the study").click()
        self.says("Reason: Database lock")

    def enter_live(self, url):
        self.sign_in(url, "kim@seoul.example")
        self.add_subject("S-001")
        self.type("Date measured", "2026-03-04")
        self.type("Systolic blood pressure", "130")
        self.complete()

    def lock_live(self, url):
        self.lock_page(url, "dm@sponsor.example")
        self.waive("dm@sponsor.example")
        study = self.page.get_by_role("row", name="The whole study")
        study.get_by_text("Freeze or lock").click()
        study.get_by_placeholder("Reason").fill("Database lock")
        study.get_by_role("button", name="Lock the study").click()
        self.says("asked to lock")
        self.lock_page(url, "sponsor@sponsor.example")
        self.page.get_by_role("button", name="Confirm lock").click()
        self.page.get_by_role("button", name="Confirm lock").wait_for(state="hidden", timeout=10_000)

    def lock_page(self, url, login):
        self.sign_in(url, login)
        self.page.get_by_role("link", name="Lock", exact=True).first.click()

    def preview(self, url):
        self.page.goto(f"{url}/preview/")
        self.says("Vital signs")

    def steps(self):
        """What how-to pages name."""
        return {"enter_live": self.enter_live, "lock_live": self.lock_live, "preview": self.preview}
