"""Verification by keyboard: mark and go on, ask, all at once; clean and fitting at both sizes."""

import shutil

import pytest

from tests.browser.conftest import Person, Server
from tests.web.review_trial import ANSWERS, definition, save
from tests.web.trial import STUDY, SUBJECT, make_core

pytestmark = pytest.mark.browser
WORK = f"/s/{STUDY}/x/review"
DESK = f"{WORK}/subject?subject={SUBJECT}"
FORM = f"{WORK}/desk?subject={SUBJECT}&group=sdv&at=V2[1]/VS[1]"
MONITOR = "anna@cro.example"


@pytest.fixture(scope="session")
def review_database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("review")
    core = make_core(folder, definition())
    save(core, ANSWERS)
    core.close()
    return folder / "web.db"


@pytest.fixture
def monitor(page, tmp_path, review_database, forked_servers):
    shutil.copy(review_database, tmp_path / "web.db")
    server = Server(tmp_path, forked_servers).start()
    yield Person(page, server).sign_in(MONITOR, then="VS")
    server.kill()


def opened(monitor, address):
    monitor.page.goto(monitor.server.url + address)
    monitor.ready()
    return monitor.page


def progress(monitor):
    return monitor.page.locator("#progress").inner_text()


def test_values_are_marked_one_after_the_other_with_space_alone(monitor):
    page = opened(monitor, FORM)
    page.set_viewport_size({"width": 1366, "height": 768})
    assert progress(monitor) == "0 of 3 done, 3 to do"
    loads = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    monitor.shoot("review-desk")
    for done in ("1 of 3 done, 2 to do", "2 of 3 done, 1 to do", "All 3 done"):
        page.keyboard.press("Space")
        monitor.until(f"document.getElementById('progress').textContent === '{done}'")
    assert page.locator("[data-tick]").count() == 0
    assert page.locator("[data-letter=a]").count() == 0
    assert loads == [], "no page is loaded between values"
    monitor.shoot("review-desk-done")
    assert monitor.violations() == []
    for name, address, words in (
        ("casebook", f"/s/{STUDY}/subjects/{SUBJECT}", "Verified"),
        ("matrix", f"/s/{STUDY}/subjects", ""),
        ("form", f"/s/{STUDY}/subjects/{SUBJECT}/V2/VS", ""),
    ):
        opened(monitor, address)
        assert words in page.inner_text("main")
        assert page.locator('[aria-label*="erified"]').count() or words
        assert monitor.violations() == [], address
        monitor.shoot(f"review-{name}")
    assert monitor.complaints == []


def test_q_asks_about_the_value_at_hand(monitor):
    page = opened(monitor, FORM)
    page.keyboard.press("q")
    page.locator("#drawer #query-text").fill("Please check the date against the source.")
    monitor.shoot("review-ask")
    page.locator("#drawer button.btn--primary").click()
    page.locator("#drawer .thread").wait_for()
    page.keyboard.press("Escape")
    page.goto(f"{monitor.server.url}/s/{STUDY}/queries")
    assert "Please check the date against the source." in page.inner_text("main")


def test_a_marks_all_that_is_listed_after_a_question(monitor):
    page = opened(monitor, FORM.replace("V2[1]/VS[1]", "all"))
    page.keyboard.press("a")
    assert "Mark all 3 values?" in page.locator("#mark-all").inner_text()
    monitor.shoot("review-all")
    assert monitor.violations() == []
    page.locator("#mark-all .btn--primary").click()
    page.wait_for_url("**at=all")
    assert progress(monitor) == "All 3 done"


def test_a_mark_is_taken_back_in_place(monitor):
    page = opened(monitor, FORM)
    page.keyboard.press("Space")
    monitor.until("document.querySelectorAll('[data-tick]').length === 2")
    page.locator("details.alt summary").first.click()
    page.get_by_placeholder("Why?").fill("Wrong source page")
    monitor.shoot("review-take-back")
    page.keyboard.press("Enter")
    monitor.until("document.querySelectorAll('[data-tick]').length === 3")
    assert progress(monitor) == "0 of 3 done, 3 to do"
    assert monitor.complaints == []


def test_pages_are_clean_and_fit(monitor):
    page = monitor.page
    for number, address in enumerate((WORK, f"{WORK}?site=KR-01", DESK, FORM)):
        for width, height in ((1366, 768), (768, 1024)):
            page.set_viewport_size({"width": width, "height": height})
            opened(monitor, address)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
            for look in ("light", "dark"):
                page.emulate_media(color_scheme=look, reduced_motion="reduce")
                assert monitor.violations() == [], (address, look)
                monitor.shoot(f"review-{number}-{look}-{width}")
    assert monitor.complaints == []
