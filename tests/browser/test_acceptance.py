"""Acceptance testing by keyboard, from a script to a recorded report; clean and fitting at both sizes, light and dark."""

import pytest

from tests.web.trial import STUDY

pytestmark = pytest.mark.browser
UAT = f"/s/{STUDY}/x/uat"
MANAGER = "dana@sponsor.example"
FORM = f"{UAT}/script?script=form:LONG"


def opened(person, address):
    person.page.goto(person.server.url + address)
    person.ready()
    return person.page


def clean(person, name):
    page = person.page
    for look in ("light", "dark"):
        page.emulate_media(color_scheme=look, reduced_motion="reduce")
        for width, height in ((1366, 768), (768, 1024)):
            page.set_viewport_size({"width": width, "height": height})
            assert person.violations() == [], (name, look)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
            person.shoot(f"acceptance-{name}-{width}-{look}")


def test_a_script_is_tried_and_the_report_recorded_by_keyboard(person):
    person.sign_in(MANAGER)
    page = opened(person, UAT)
    clean(person, "list-before")
    opened(person, FORM)
    page.locator("#note").focus()
    page.keyboard.type("Each box asks what the protocol asks.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#results").get_by_text("Each box asks what the protocol asks.").wait_for()
    clean(person, "script")
    page.locator("#note").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Write what happened instead of what is expected").wait_for()
    assert page.evaluate("document.activeElement.id") == "note"
    clean(person, "refused")
    opened(person, f"{UAT}/report")
    clean(person, "report")
    page.get_by_role("button", name="Record this report").focus()
    page.keyboard.press("Enter")
    page.get_by_text("This report is recorded.").wait_for()
    clean(person, "recorded")
    with page.expect_download() as taken:
        page.locator("#recorded").get_by_text("JSON").click()
    assert taken.value.suggested_filename == f"acceptance-{STUDY}-v1.json"
    assert [text for text in person.complaints if "422" not in text] == []


def test_several_scripts_pass_at_once_by_keyboard(person):
    person.sign_in(MANAGER)
    page = opened(person, f"{UAT}?kind=form")
    boxes = page.locator("input[name=chosen]")
    for number in range(boxes.count()):
        boxes.nth(number).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="What is chosen passed").focus()
    page.keyboard.press("Enter")
    page.locator("#scripts").get_by_text("passed").first.wait_for()
    assert page.locator("#scripts tbody tr").count() == page.locator("#scripts .tag--green").count()
    clean(person, "list-after")
    assert person.complaints == []
