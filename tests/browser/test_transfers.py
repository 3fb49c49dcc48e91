"""The page of transfers in a browser: by keyboard alone from the file to the stored value, clean in every state."""

import pytest

from edc_core.core import Core
from edc_core.jobs.worker import Worker
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from tests.accessibility import violations
from tests.web.trial import PASSWORD, STUDY, SUBJECT

pytestmark = pytest.mark.browser
HERE = f"/s/{STUDY}/x/transfer"
MAP = """\
source: CENTRAL-LAB
form: VS
subject: {column: SUBJID}
visit: {column: VISIT}
values:
  - {item: SYSBP, column: RESULT}
"""
SENT = f"SUBJID,VISIT,RESULT\n{SUBJECT},V2,120\nKR01-9999,V2,118\n"


def clean(person, name):
    page = person.page
    for width, height in ((1366, 768), (768, 1024)):
        page.set_viewport_size({"width": width, "height": height})
        person.shoot(f"transfer-{name}-{width}")
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name


def tab_to(page, selector):
    """Reach an element by Tab alone."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def choose(page, selector, name, content):
    """What the system's dialog, which no page can draw, hands over; the field is reached and opened by keyboard."""
    tab_to(page, selector)
    with page.expect_file_chooser() as dialog:
        page.keyboard.press("Enter")
    dialog.value.set_files({"name": name, "mimeType": "text/plain", "buffer": content.encode()})


def work(server):
    """What waits for a worker is done."""
    files = server.folder / "files"
    core = Core(Settings(database_url=f"sqlite:///{server.folder}/web.db", files_dir=files), EdcPlugins())
    Worker(core).run(once=True)
    core.close()


def test_a_file_is_sent_looked_at_and_stored_by_keyboard_alone(person):
    page = person.page
    page.goto(f"{person.server.url}/login?next={HERE}")
    page.fill("#login", "dana@sponsor.example")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    person.ready()
    clean(person, "empty")
    choose(page, "#file", "lab.csv", SENT)
    choose(page, "#map", "lab.yaml", MAP)
    tab_to(page, "form[enctype] button")
    page.keyboard.press("Enter")
    page.get_by_text("it waits for its turn.").wait_for()
    clean(person, "waits")
    work(person.server)
    page.get_by_text("Rows that are not taken").first.wait_for()
    assert page.get_by_text("The study has no such subject.").count()
    clean(person, "looked")
    tab_to(page, "button[value=store]")
    page.keyboard.press("Enter")
    page.get_by_text("It is being stored.").wait_for()
    work(person.server)
    page.get_by_text("as transfer").wait_for()
    clean(person, "stored")
    page.get_by_role("link", name="Another file").press("Enter")
    page.get_by_text("CENTRAL-LAB: lab.yaml").wait_for(state="attached")
    assert page.get_by_text("1 added, 0 changed, 1 rejected rows").count()
    clean(person, "again")
    assert person.complaints == []
