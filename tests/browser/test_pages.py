"""The pages around the form in a browser: no complaint, nothing that axe finds, nothing that runs off the side."""

import pytest

from tests.accessibility import violations
from tests.web.trial import STUDY, SUBJECT

pytestmark = pytest.mark.browser
HOME = f"/s/{STUDY}"
PAGES = {
    "jiwoo@site.example": ["/", "/help", f"{HOME}/subjects", f"{HOME}/subjects/{SUBJECT}", f"{HOME}/queries"],
    "dana@sponsor.example": [
        "/",
        f"{HOME}/subjects/{SUBJECT}/queries",
        f"{HOME}/subjects/{SUBJECT}/history",
        f"{HOME}/history",
        f"{HOME}/x/locking/console?site=KR-01",
        f"{HOME}/x/locking",
        f"{HOME}/x/query-dashboard",
        f"{HOME}/x/query-dashboard/many",
        f"{HOME}/x/locking/rehearsal",
        f"{HOME}/x/locking/report",
        f"{HOME}/x/exports",
        f"{HOME}/x/snapshots",
        f"{HOME}/x/snapshots/drift",
        f"{HOME}/plugins",
        f"{HOME}/x/listings",
        f"{HOME}/x/listings/overdue",
        f"{HOME}/x/listings/items?part=[%22VS%22,%22%22]",
        f"{HOME}/x/dashboards",
        f"{HOME}/x/audit-review",
        f"{HOME}/x/audit-review/risk/refused",
    ],
}


@pytest.mark.parametrize("login", PAGES)
def test_pages_are_clean_and_fit(person, login):
    page = person.page
    person.sign_in(login)
    for address in PAGES[login]:
        for width, height in ((1366, 768), (768, 1024)):
            page.set_viewport_size({"width": width, "height": height})
            page.goto(person.server.url + address)
            person.ready()
            for look in ("light", "dark"):
                page.emulate_media(color_scheme=look, reduced_motion="reduce")
                assert violations(page) == [], (address, width, look)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
    assert person.complaints == []


def test_a_snapshot_is_kept_verified_and_compared(person):
    page = person.sign_in("dana@sponsor.example").page
    page.goto(person.server.url + f"{HOME}/x/exports")
    page.get_by_role("link", name="Snapshots").click()
    page.get_by_label("Name").fill("Interim 1")
    page.get_by_role("button", name="Keep snapshot").click()
    page.get_by_role("button", name="Verify Interim 1").click()
    page.get_by_text("Is being looked through").wait_for()
    assert violations(page) == []
    page.context.clear_cookies()
    person.sign_in(then="VS").box("Systolic blood pressure").fill("120")
    page.keyboard.press("Tab")
    person.ready()
    page.context.clear_cookies()
    person.sign_in("dana@sponsor.example")
    page.goto(person.server.url + f"{HOME}/x/snapshots")
    page.get_by_role("link", name="Compare with now Interim 1").click()
    page.get_by_role("cell", name="120", exact=True).wait_for()
    assert violations(page) == []
    assert person.complaints == []


def test_subject_is_added_and_its_form_opened_by_keyboard(person):
    page = person.sign_in().page
    page.goto(f"{person.server.url}{HOME}/subjects")
    person.ready()
    page.locator("#add summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("KR01-0777")
    page.keyboard.press("Enter")
    page.wait_for_url("**/subjects/KR01-0777")
    page.locator("details[open] a.id").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/subjects/KR01-0777/V2/*")
    assert person.complaints == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_query_is_answered_on_its_page(person, browser, browser_context_args, script):
    site = person.sign_in(then="VS")
    site.box("Systolic blood pressure").fill("310")
    site.box("Systolic blood pressure").press("Tab")
    site.saved()
    site.page.keyboard.press("Control+s")
    site.page.wait_for_selector("#form-status:has-text('Complete')")
    context = browser.new_context(**browser_context_args, java_script_enabled=script)
    page = context.new_page()
    page.set_default_timeout(8000)
    page.goto(f"{person.server.url}/login?next={HOME}/queries")
    page.fill("#login", "jiwoo@site.example")
    page.fill("#password", "correct horse battery")
    page.keyboard.press("Enter")
    page.locator("table a.link").first.click()
    page.fill("#words", "Confirmed as in source.")
    page.get_by_role("button", name="Send answer").click()
    page.get_by_text("Waits for the data manager.").wait_for()
    assert page.locator(".thread li").count() == 2
    context.close()


def test_pages_behind_more_are_reached_by_keyboard(person):
    page = person.sign_in("dana@sponsor.example", then="VS").page
    page.set_viewport_size({"width": 768, "height": 1024})
    page.goto(f"{person.server.url}/s/{STUDY}/queries")
    person.ready()
    assert page.evaluate("(n => n.scrollWidth - n.clientWidth)(document.querySelector('.nav'))") <= 0
    more = page.get_by_role("button", name="More")
    more.press("Enter")
    first = page.locator("#more a").first
    first.wait_for(state="visible")
    assert person.violations() == []
    page.keyboard.press("Escape")
    first.wait_for(state="hidden")
    more.press("Enter")
    page.keyboard.press("Tab")
    address = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
    assert (
        page.locator(".nav [aria-current]").inner_text()
        == page.locator("#more [aria-current]").text_content()
    )
    assert person.complaints == []
