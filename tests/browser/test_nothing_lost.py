import time

import pytest

from tests.web.trial import PASSWORD

pytestmark = pytest.mark.browser


def enter(person, label, text):
    person.box(label).fill(text)
    person.box(label).press("Tab")


def test_server_that_dies_and_returns_gets_everything(person, server):
    page = person.sign_in().page
    enter(person, "Weight", "74.2")
    person.saved()
    server.kill()
    for label, text in (("Pulse", "71"), ("Platelets", "188"), ("Where", "ward")):
        enter(person, label, text)
    page.wait_for_selector("#saved:has-text('Not sent (3 items, retrying)')")
    assert page.locator("#trouble").is_visible()
    person.shoot("server-down")
    server.start()
    person.saved()
    page.wait_for_selector("#saved:has-text('Saved')")
    page.reload()
    person.ready()
    assert [person.box(label).input_value() for label in ("Weight", "Pulse", "Platelets", "Where")] == [
        "74.2", "71", "188", "ward",
    ]  # fmt: skip


def test_page_that_is_left_while_the_server_is_down_sends_when_it_is_opened_again(person, server):
    page = person.sign_in().page
    server.kill()
    enter(person, "Pulse", "71")
    page.on("dialog", lambda dialog: dialog.accept())
    server.start()
    page.reload()
    person.ready()
    person.saved()
    page.reload()
    assert person.box("Pulse").input_value() == "71"


def test_value_changed_while_the_first_is_under_way_ends_with_the_last(person):
    page = person.sign_in().page
    page.route("**/items/**", lambda route: (page.wait_for_timeout(300), route.continue_()))
    for text in ("70", "71", "72", "73"):
        person.box("Pulse").fill(text)
        person.box("Pulse").dispatch_event("change")
    person.saved()
    page.reload()
    assert person.box("Pulse").input_value() == "73"


def test_answer_that_was_lost_is_asked_for_again_without_a_second_entry(person):
    page = person.sign_in().page
    lost = []

    def drop_first(route):
        response = route.fetch()
        if lost:
            route.fulfill(response=response)
        else:
            lost.append(route.request.post_data)
            route.abort()

    page.route("**/items/**", drop_first)
    enter(person, "Pulse", "71")
    person.saved()
    assert person.row("Pulse").get_attribute("data-v") == "1"


def test_server_that_says_how_long_to_wait_is_asked_again_then(person):
    page = person.sign_in().page
    asked = []

    def held_back_first(route):
        asked.append(time.monotonic())
        if len(asked) == 1:
            route.fulfill(status=429, headers={"Retry-After": "2", "Edc-Code": "EDC023"}, body="")
        else:
            route.continue_()

    page.route("**/items/**", held_back_first)
    enter(person, "Pulse", "71")
    page.wait_for_selector("#saved:has-text('Not sent')")
    assert "kept here" in page.locator("#trouble").inner_text()
    person.saved()
    assert asked[1] - asked[0] >= 2
    page.reload()
    assert person.box("Pulse").input_value() == "71"


def test_proxy_that_answers_200_is_not_taken_for_the_server(person):
    page = person.sign_in().page
    page.route(
        "**/items/**", lambda route: route.fulfill(status=200, body="Please log in to the guest network")
    )
    enter(person, "Pulse", "71")
    page.wait_for_selector("#saved:has-text('Not sent (1 item, retrying)')")
    page.unroute("**/items/**")
    person.saved()


def test_two_people_choose_between_both_values(person, colleague):
    person.sign_in()
    colleague.sign_in("minseo@site.example")
    enter(colleague, "Pulse", "72")
    colleague.saved()
    enter(person, "Pulse", "71")
    page = person.page
    page.wait_for_selector("#conflict[open]")
    assert page.locator("#conflict input:checked").count() == 0
    assert page.locator("[data-keep]").is_disabled()
    person.shoot("conflict")
    page.locator("#conflict input[value=mine]").check()
    page.locator("[data-keep]").click()
    person.saved()
    page.reload()
    assert person.box("Pulse").input_value() == "71"


def test_theirs_is_kept_when_chosen(person, colleague):
    person.sign_in()
    colleague.sign_in("minseo@site.example")
    enter(colleague, "Pulse", "72")
    colleague.saved()
    enter(person, "Pulse", "71")
    person.page.locator("#conflict input[value=theirs]").check()
    person.page.locator("[data-keep]").click()
    person.saved()
    assert person.box("Pulse").input_value() == "72"


def test_session_that_ended_is_renewed_in_place_and_keeps_focus(person):
    page = person.sign_in().page
    page.context.clear_cookies()
    person.box("Pulse").fill("71")
    person.box("Pulse").press("Tab")
    page.wait_for_selector("#relogin[open]")
    person.shoot("relogin")
    page.fill("#relogin-password", "wrong password")
    page.keyboard.press("Enter")
    page.wait_for_selector("#relogin-said:has-text('This is not the password of jiwoo@site.example.')")
    assert not page.get_by_text("KR01-0001").is_visible(), "what was on the screen is covered"
    page.fill("#relogin-password", PASSWORD)
    page.keyboard.press("Enter")
    person.saved()
    assert not page.locator("#relogin").is_visible()
    assert person.focused() == "Respiratory rate"
    page.reload()
    assert person.box("Pulse").input_value() == "71"


def test_refused_value_stays_on_the_screen_and_in_no_queue(person):
    page = person.sign_in(then="VS").page
    enter(person, "Systolic blood pressure", "987")
    page.wait_for_selector("text=Not stored:")
    assert person.box("Systolic blood pressure").input_value() == "987"
    assert person.outbox() == []
    person.shoot("not-stored")
    page.keyboard.press("Control+s")
    assert page.evaluate("document.activeElement.value") == "987"
    enter(person, "Systolic blood pressure", "120")
    person.saved()
    assert not page.locator("text=Not stored:").is_visible()


def test_another_persons_unsent_values_are_not_sent(person, server):
    page = person.sign_in().page
    page.route("**/items/**", lambda route: route.abort())
    enter(person, "Pulse", "71")
    page.wait_for_selector("#saved:has-text('Not sent')")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{server.url}/healthz")
    page.context.clear_cookies()
    page.unroute("**/items/**")
    other = type(person)(page, server)
    other.sign_in("minseo@site.example")
    assert other.outbox() == []
    assert other.box("Pulse").input_value() == ""


def test_token_that_no_longer_fits_is_renewed_and_nothing_is_refused(person):
    page = person.sign_in().page
    page.evaluate(
        """document.body.setAttribute("hx-headers:inherited", '{"X-CSRFToken": "of another key"}')"""
    )
    enter(person, "Pulse", "71")
    person.saved()
    assert person.row("Pulse").get_attribute("data-v") == "1"
    assert page.locator("#notice").inner_text() == ""
    page.evaluate(
        """document.body.setAttribute("hx-headers:inherited", '{"X-CSRFToken": "of another key"}')"""
    )
    page.keyboard.press("Control+s")
    page.wait_for_selector("#notice:has-text('Nothing was changed')")
    page.keyboard.press("Control+s")
    page.wait_for_selector("h1 ~ *:has-text('Complete')")


def test_signing_out_covers_the_pages_in_other_tabs(person):
    page = person.sign_in().page
    other = type(person)(page.context.new_page(), person.server)
    other.page.goto(page.url)
    other.ready()
    page.bring_to_front()
    page.click("#logout button")
    page.wait_for_url("**/login")
    other.page.wait_for_selector("body.covered #relogin[open]")
    assert not other.page.get_by_text("KR01-0001").is_visible()
    page.fill("#login", "jiwoo@site.example")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-ready]", state="attached")
    other.page.wait_for_selector("body:not(.covered)")
    enter(other, "Pulse", "71")
    other.saved()


def test_signing_out_empties_the_outbox(person, server):
    page = person.sign_in().page
    page.route("**/items/**", lambda route: route.abort())
    enter(person, "Pulse", "71")
    page.wait_for_selector("#saved:has-text('Not sent')")
    page.click("#logout button")
    page.wait_for_url("**/login")
    assert page.evaluate("sessionStorage.length") == 0


def test_values_typed_under_an_older_version_go_out_after_the_reload(person):
    page = person.sign_in().page
    page.evaluate("document.querySelector('[data-form-url]').dataset.version = 'v0'")
    enter(person, "Pulse", "71")
    page.wait_for_selector("#trouble:has-text('newer version')")
    assert len(person.outbox()) == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    person.ready()
    person.saved()
    page.reload()
    assert person.box("Pulse").input_value() == "71"
