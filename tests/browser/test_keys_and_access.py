import base64
import time

import pytest

from edc_core.domain.totp import PERIOD_S, code_at
from edc_core.ids import new_id
from tests.web.trial import PASSWORD, STUDY, SUBJECT

pytestmark = pytest.mark.browser


def complete(person):
    person.page.keyboard.press("Control+s")
    person.page.wait_for_selector("#form-status:has-text('Complete')")


def test_enter_goes_on_and_never_submits(person):
    page = person.sign_in().page
    person.box("Weight").fill("74.2")
    person.box("Weight").press("Enter")
    assert person.focused() == "Temperature"
    person.saved()
    assert "/V2/LONG" in page.url


def test_enter_that_confirms_a_word_in_an_input_method_does_nothing(person):
    person.sign_in()
    box = person.box("Where")
    box.fill("서울")
    for extra in ({"isComposing": True}, {"keyCode": 229}):
        box.evaluate(
            "(e, extra) => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, ...extra}))",
            extra,
        )
    assert person.focused() == "Where"


def test_menu_gives_a_missing_reason_without_the_mouse(person):
    page = person.sign_in().page
    person.box("Pulse").focus()
    page.keyboard.press("Control+.")
    page.wait_for_selector("#item-menu:popover-open")
    assert person.violations() == []
    person.shoot("item-menu")
    page.locator("#item-menu [data-reason=ND]").focus()
    page.keyboard.press("Enter")
    person.saved()
    assert person.row("Pulse").get_by_text("Not done").is_visible()
    page.reload()
    person.ready()
    assert person.row("Pulse").get_by_text("Not done").is_visible()
    person.row("Pulse").get_by_role("button", name="Enter a value instead").click()
    person.enter("Pulse", "71")
    person.saved()
    page.reload()
    assert person.box("Pulse").input_value() == "71"


def test_escape_closes_the_menu_and_gives_focus_back(person):
    page = person.sign_in().page
    person.box("Pulse").focus()
    page.keyboard.press("Control+.")
    page.keyboard.press("Escape")
    assert not page.locator("#item-menu").is_visible()
    assert person.focused() == "Pulse"


def test_change_after_complete_takes_one_key_for_its_reason(person):
    page = person.sign_in().page
    person.enter("Pulse", "71")
    person.saved()
    complete(person)
    person.enter("Pulse", "73")
    page.wait_for_selector(".strip")
    person.until("document.activeElement.matches('.strip .chip')")
    person.shoot("reason")
    assert person.violations() == []
    page.keyboard.press("1")
    person.saved()
    assert person.focused() == "Respiratory rate"
    page.reload()
    assert person.box("Pulse").input_value() == "73"


def test_other_reason_asks_for_its_words(person):
    page = person.sign_in().page
    person.enter("Pulse", "71")
    person.saved()
    complete(person)
    person.enter("Pulse", "73")
    person.until("document.activeElement.matches('.strip .chip')")
    page.keyboard.press("4")
    page.keyboard.type("The strip was read upside down")
    person.shoot("reason-other")
    assert person.violations() == []
    page.keyboard.press("Enter")
    person.saved()
    assert person.row("Pulse").get_attribute("data-v") == "2"
    assert person.focused() == "Respiratory rate"


def test_complete_leads_to_the_first_issue(person):
    page = person.sign_in(then="VS").page
    person.enter("Systolic blood pressure", "310")
    person.enter("Weight", "7o")
    person.saved()
    person.shoot("messages")
    complete(person)
    person.until("document.activeElement.closest('[data-label]')?.dataset.label == 'Weight'")
    person.shoot("complete")
    assert person.violations() == []
    page.keyboard.press("Alt+ArrowDown")
    assert person.focused() == "Systolic blood pressure"


def test_row_is_added_entered_and_struck_without_the_mouse(person):
    page = person.sign_in(then="VS").page
    page.locator("h1").click()
    page.keyboard.press("n")
    person.until("document.activeElement.closest('[data-label]')?.dataset.label == 'Event'")
    page.keyboard.type("Headache")
    page.keyboard.press("Tab")
    page.keyboard.type("unoct2026")
    page.keyboard.press("Tab")
    person.saved()
    person.shoot("row-editor")
    assert person.violations() == []
    page.get_by_role("button", name="Strike out row").click()
    person.shoot("strike-dialog")
    page.keyboard.type("same as row 2")
    page.keyboard.press("Enter")
    page.wait_for_selector("tr.struck:has-text('same as row 2')")
    person.shoot("struck")
    assert person.violations() == []


def test_keys_dialog_opens_on_question_mark(person):
    page = person.sign_in().page
    page.locator("h1").click()
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")
    assert person.violations() == []
    person.shoot("keys")
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


@pytest.mark.parametrize("size", [(1366, 768), (768, 1024), (320, 700)])
@pytest.mark.parametrize("login", ["jiwoo@site.example", "anna@cro.example"])
def test_form_is_accessible_and_never_scrolls_sideways(person, size, login):
    page = person.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    person.sign_in(login, then="VS")
    if login == "jiwoo@site.example":
        person.enter("Systolic blood pressure", "310")
        person.saved()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        person.shoot(f"form-{login.partition('@')[0]}-{size[0]}-{scheme}")
        assert person.violations() == [], scheme
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert person.complaints == []


def test_sixteen_items_are_in_view(person):
    page = person.sign_in().page
    seen = page.evaluate(
        """() => [...document.querySelectorAll('.crf .it')].filter(r => {
            const b = r.getBoundingClientRect();
            return b.top >= document.querySelector('.ctx').getBoundingClientRect().bottom &&
                b.bottom <= document.querySelector('.foot').getBoundingClientRect().top; }).length"""
    )
    assert seen >= 16


def test_page_is_small(person, server):
    sizes = {}
    person.page.on(
        "response",
        lambda r: (
            sizes.update({r.url: len(r.body())})
            if (r.ok and "/V2/" in r.url) or "/static/" in r.url
            else None
        ),
    )
    person.sign_in()
    assert len(sizes) <= 12, list(sizes)
    assert sum(sizes.values()) < 250_000


def test_reading_works_without_javascript(browser, browser_context_args, server):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/login?next=/s/{STUDY}/subjects/{SUBJECT}/V2/VS")
    page.fill("#login", "anna@cro.example")
    page.fill("#password", "correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Vital signs')")
    assert "/login" not in page.url
    context.close()


def test_query_is_answered_in_the_drawer(person):
    page = person.sign_in(then="VS").page
    person.enter("Systolic blood pressure", "310")
    person.enter("Systolic blood pressure", "311")
    person.saved()
    complete(person)
    page.get_by_role("link", name="Answer").click()
    page.wait_for_selector("#drawer .thread")
    person.shoot("query-drawer")
    assert person.violations() == []
    page.get_by_role("button", name="Value confirmed as in source").click()
    page.get_by_role("button", name="Send answer").click()
    page.wait_for_selector("#drawer .tag:has-text('Answered')")
    assert page.get_by_text("Answered: Value confirmed as in source").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#drawer").is_visible()
    page.get_by_role("button", name="History of Systolic blood pressure").click()
    page.wait_for_selector("#drawer .hist")
    person.shoot("history-drawer")
    assert person.violations() == []


def test_query_about_the_whole_form_is_answered_by_keyboard(person):
    page = person.sign_in("dana@sponsor.example", then="VS").page
    asked = page.request.post(
        f"{person.server.url}/s/{STUDY}/subjects/{SUBJECT}/ask/V2[1]/VS[1]",
        form={"op": new_id(), "text": "Please add the missing page of the source."},
        headers={"HX-Request": "true", "X-CSRFToken": page.input_value("#logout input")},
    )
    assert asked.status == 200
    page.context.clear_cookies()
    person.sign_in(then="VS")
    for width, height in ((1366, 768), (768, 1024)):
        page.set_viewport_size({"width": width, "height": height})
        person.shoot(f"form-query-{width}")
    assert person.violations() == []
    page.get_by_role("link", name="1 query").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawer .thread")
    page.keyboard.type("It was scanned today")
    page.get_by_role("button", name="Send answer").press("Enter")
    page.wait_for_selector("#form-queries:has-text('Answered: It was scanned today')")


def test_idle_page_is_covered_and_comes_back(person):
    page = person.page
    page.clock.install()
    person.sign_in()
    person.box("Pulse").fill("71")
    page.clock.run_for(29 * 60 * 1000)
    page.wait_for_selector("#idle:not([hidden])")
    person.shoot("idle-warning")
    page.clock.run_for(90 * 1000)
    page.wait_for_selector("#relogin[open]")
    person.shoot("covered")
    assert not page.get_by_text("KR01-0001").is_visible()
    assert page.evaluate("sessionStorage.length") == 0
    page.fill("#relogin-password", "correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_selector("body:not(.covered)")
    assert person.box("Pulse").input_value() == "71"


def test_covered_page_goes_on_when_the_person_has_signed_in_in_another_tab(person):
    page = person.page
    page.clock.install()
    person.sign_in()
    person.box("Pulse").fill("71")
    page.clock.run_for(31 * 60 * 1000)
    page.wait_for_selector("#relogin[open]")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in another way").click()
    other = opened.value
    other.fill("#login", "jiwoo@site.example")
    other.fill("#password", "correct horse battery")
    other.keyboard.press("Enter")
    other.wait_for_selector("text=Close this tab")
    page.wait_for_selector("body:not(.covered)")
    assert not page.locator("#relogin").is_visible()
    assert person.box("Pulse").input_value() == "71"


def test_covered_page_of_an_account_with_a_second_factor_goes_on_and_sends_what_was_typed(person, server):
    """The session on the server has ended too, so the password alone does not open the page again."""
    page = person.page
    page.clock.install()
    page.goto(f"{server.url}/login?next=/account/second-factor")
    page.fill("#login", "jiwoo@site.example")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    secret = base64.b32decode(page.locator("code").first.inner_text())
    step = int(time.time()) // PERIOD_S
    page.fill("[name=code]", code_at(secret, step))
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("Recovery codes", exact=False).first.wait_for()
    page.goto(f"{server.url}/s/{STUDY}/subjects/{SUBJECT}/V2/LONG")
    person.ready()
    page.route("**/items/**", lambda route: route.abort())
    person.enter("Pulse", "71")
    page.wait_for_selector("#saved:has-text('Not sent')")
    page.context.clear_cookies()
    page.clock.run_for(31 * 60 * 1000)
    page.wait_for_selector("body.covered #relogin[open]")
    page.unroute("**/items/**")
    page.fill("#relogin-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#relogin-said:has-text('needs more than its password')")
    person.shoot("covered-second-factor")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in another way").click()
    other = opened.value
    other.fill("#login", "jiwoo@site.example")
    other.fill("#password", PASSWORD)
    other.keyboard.press("Enter")
    other.fill(
        "#code", code_at(secret, step + 1)
    )  # a code works once; the next one is taken half a minute early
    other.keyboard.press("Enter")
    other.wait_for_selector("text=Close this tab")
    page.wait_for_selector("body:not(.covered)")
    assert person.box("Pulse").input_value() == "71"
    person.saved()
    page.reload()
    person.ready()
    assert person.box("Pulse").input_value() == "71"
