"""Double data entry by keyboard: one types, a second types again, a third decides; nothing typed is lost on the way."""

import pytest

from tests.browser.conftest import Person, Server
from tests.plugins.double_entry.scene import FIRST, SECOND, THIRD, make
from tests.web.trial import STUDY, SUBJECT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
PAGE = f"/s/{STUDY}/x/double-entry"
SYSTOLIC, WEIGHT = "Systolic blood pressure", "Weight"


@pytest.fixture
def server(tmp_path, forked_servers):
    make(tmp_path).close()
    made = Server(tmp_path, forked_servers).start()
    yield made
    made.kill()


@pytest.fixture
def somebody(browser, server):
    """People at browsers of their own."""
    contexts = []

    def begins(login):
        contexts.append(browser.new_context(viewport={"width": 1366, "height": 768}))
        person = Person(contexts[-1].new_page(), server)
        return person.sign_in(login, then="VS")

    yield begins
    for context in contexts:
        context.close()


def open_form(person):
    person.page.goto(f"{person.server.url}/s/{STUDY}/subjects")
    person.page.get_by_role("link", name="To be entered a second time 1").or_(
        person.page.get_by_role("link", name="Begun 1")
    ).or_(person.page.get_by_role("link", name="Differences to decide 1")).focus()
    person.page.keyboard.press("Enter")
    person.page.get_by_role("link", name="Visit 2, Vital signs").focus()
    person.page.keyboard.press("Enter")
    person.page.get_by_role("heading", name="Vital signs", level=1).wait_for()
    person.ready()


def test_two_people_type_and_a_third_decides(somebody, server):
    first = somebody(FIRST)
    first.enter(SYSTOLIC, "128")
    first.enter(WEIGHT, "61.4")
    first.saved()
    first.page.keyboard.press("Control+s")
    first.page.get_by_text("Second entry: to be entered a second time").or_(
        first.page.get_by_text("Complete").first
    ).first.wait_for()

    second = somebody(SECOND)
    second.page.get_by_role(
        "link", name="Type the second entry"
    ).wait_for()  # the form itself is kept from them
    assert second.violations() == []
    second.shoot("double-entry-kept")
    open_form(second)
    assert second.violations() == []
    second.box(SYSTOLIC).focus()
    second.page.keyboard.type("182")
    second.page.keyboard.press("Enter")
    second.saved()
    second.shoot("double-entry-typing")
    server.kill()
    second.box(WEIGHT).focus()
    second.page.keyboard.type("61.4")
    second.page.keyboard.press("Tab")
    second.until("JSON.parse(sessionStorage.getItem('edc-outbox')).entries.length === 1")
    server.start()
    second.saved()
    second.page.reload()
    second.ready()
    assert (second.box(SYSTOLIC).input_value(), second.box(WEIGHT).input_value()) == ("182", "61.4")
    second.page.keyboard.press("Control+s")
    second.page.get_by_role("heading", name="Differences").wait_for()
    assert second.page.get_by_role("button", name="Keep decision").count() == 0

    third = somebody(THIRD)
    open_form(third)
    assert third.violations() == []
    third.shoot("double-entry-deciding")
    third.page.get_by_role("radio", name="The second entry is right").focus()
    third.page.keyboard.press("Space")
    third.page.keyboard.press("Tab")
    third.page.get_by_role("button", name="Keep decision").focus()
    third.page.keyboard.press("Enter")
    third.page.get_by_text("The second entry is right (Park Haneul)").wait_for()
    assert third.violations() == []
    third.page.set_viewport_size({"width": 768, "height": 1024})
    third.shoot("double-entry-agreed")
    third.page.goto(f"{server.url}{PAGE}")
    assert third.violations() == []
    third.shoot("double-entry-list")
    assert "Agreed 1" in third.page.get_by_role("navigation", name="States").inner_text()
    third.page.goto(f"{server.url}/s/{STUDY}/subjects/{SUBJECT}/V2/VS")
    assert third.page.get_by_text("Second entry: agreed").count() == 1
    assert third.box(SYSTOLIC).input_value() == "182"
    for one in (first, third):
        assert one.complaints == []
