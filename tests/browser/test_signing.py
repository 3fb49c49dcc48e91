"""An investigator signs a casebook; a value changes; the signature is found broken with the difference; it is given
again, and once more for a milestone, from the list of what waits for it.
"""

from dataclasses import replace

import pytest

from edc_core.domain.metadata import Milestone, TranslatedText
from tests.accessibility import violations
from tests.web.long_form import definition
from tests.web.trial import PASSWORD, STUDY, SUBJECT, make_core

pytestmark = pytest.mark.browser
BOOK = f"/s/{STUDY}/subjects/{SUBJECT}"
SIGNER = "haneul@site.example"


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """The trial with a point at which casebooks are signed."""
    statement = TranslatedText.of("I have reviewed these data for the first board.", "en")
    board = Milestone("DSMB-1", TranslatedText.of("Before the first board", "en"), statement)
    folder = tmp_path_factory.mktemp("milestone")
    make_core(folder, replace(definition(), milestones=(board,))).close()
    return folder / "web.db"


def assert_clean_and_fits(page):
    for width, height in ((1366, 768), (768, 1024)):
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


@pytest.fixture
def another(colleague):
    """The investigator, in a browser of their own."""
    return colleague.sign_in(SIGNER, then="VS")


def not_done(person, form):
    """Mark a form of the visit as not done, so that nothing else stands in the way."""
    page = person.page
    page.goto(f"{person.server.url}{BOOK}/V2/{form}")
    person.ready()
    page.get_by_role("button", name="Mark form not done").click()
    page.get_by_label("Why was it not done?").fill("The device was broken.")
    page.get_by_role("button", name="Mark not done").click()
    page.wait_for_selector("#form-status:has-text('Not done')")


def give(page):
    page.fill("#login", SIGNER)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign 4 forms").click()
    page.get_by_role("heading", name="Signed", exact=True).wait_for()


def test_casebook_is_signed_broken_by_a_change_and_signed_again(person, another):
    site = person.sign_in(then="VS")
    for form in ("LONG", "TYPES", "LAB"):
        not_done(site, form)
    site.page.goto(f"{person.server.url}{BOOK}/V2/VS")
    site.ready()
    site.box("Systolic blood pressure").fill("120")
    site.box("Systolic blood pressure").press("Tab")
    site.saved()
    page = another.page
    page.goto(f"{person.server.url}{BOOK}/signature")
    page.get_by_text("In progress. It has to be completed first").wait_for()
    assert_clean_and_fits(page)

    site.page.keyboard.press("Control+s")
    site.page.wait_for_selector("#form-status:has-text('Complete')")
    page.goto(f"{person.server.url}/")
    page.get_by_role("link", name=f"Read and sign {SUBJECT}").wait_for()
    assert_clean_and_fits(page)
    page.goto(f"{person.server.url}/s/{STUDY}/sign")
    assert_clean_and_fits(page)
    page.get_by_role("checkbox", name=SUBJECT).check()
    page.get_by_role("button", name="Read the chosen casebooks together").click()
    page.get_by_role("heading", name="Read and sign").wait_for()
    assert_clean_and_fits(page)
    page.go_back()
    page.get_by_role("link", name=f"Read and sign {SUBJECT}").click()
    page.get_by_label("My electronic signature in this study").check()
    assert_clean_and_fits(page)
    give(page)
    assert_clean_and_fits(page)

    site.page.reload()
    site.page.get_by_text("A change breaks the signature").wait_for()
    assert_clean_and_fits(site.page)
    site.box("Systolic blood pressure").fill("130")
    site.box("Systolic blood pressure").press("Tab")
    site.page.get_by_role("button", name="Transcription error").click()
    site.saved()
    site.page.get_by_text("Signature broken. It was given by").wait_for()
    assert not site.page.get_by_text("A change breaks the signature").is_visible()

    page.goto(f"{person.server.url}{BOOK}/signature")
    page.get_by_text("Changed since the signature of").wait_for()
    assert page.locator("td.diff del").inner_text().endswith("120 mmHg")
    assert page.locator("td.diff ins").inner_text().endswith("130 mmHg")
    assert_clean_and_fits(page)
    for address in (BOOK, f"/s/{STUDY}/subjects"):
        page.goto(person.server.url + address)
        assert_clean_and_fits(page)
    page.goto(f"{person.server.url}{BOOK}/signature")
    give(page)
    assert page.locator("td.diff").count() == 0

    page.goto(f"{person.server.url}/s/{STUDY}/sign")
    page.get_by_text("Nothing waits for your signature.").wait_for()
    page.get_by_role("link", name="Before the first board").click()
    page.get_by_role("checkbox", name=SUBJECT).check()
    assert_clean_and_fits(page)
    page.get_by_role("button", name="Read the chosen casebooks together").click()
    page.get_by_text("I have reviewed these data for the first board.").wait_for()
    page.get_by_text("Signed: Responsibility").wait_for()
    assert_clean_and_fits(page)
    page.get_by_role("checkbox", name="I have read this casebook").check()
    page.fill("#login", SIGNER)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign what I have read").click()
    page.get_by_text("Signed for Before the first board:").wait_for()
    assert_clean_and_fits(page)
    assert another.complaints == person.complaints == []


def test_what_changes_while_it_is_read_is_shown_instead_of_signed(person, another):
    site = person.sign_in(then="VS")
    for form in ("LONG", "TYPES", "LAB"):
        not_done(site, form)
    site.page.goto(f"{person.server.url}{BOOK}/V2/VS")
    site.ready()
    site.box("Systolic blood pressure").fill("120")
    site.box("Systolic blood pressure").press("Tab")
    site.saved()
    site.page.keyboard.press("Control+s")
    site.page.wait_for_selector("#form-status:has-text('Complete')")
    page = another.page
    page.goto(f"{person.server.url}{BOOK}/signature")
    site.box("Systolic blood pressure").fill("131")
    site.box("Systolic blood pressure").press("Tab")
    site.page.get_by_role("button", name="Transcription error").click()
    site.saved()
    page.get_by_label("My electronic signature in this study").check()
    page.fill("#login", SIGNER)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign 4 forms").click()
    page.get_by_role("heading", name="Changed since you opened this page").wait_for()
    assert page.locator("td.diff ins").inner_text().endswith("131 mmHg")
    assert_clean_and_fits(page)
