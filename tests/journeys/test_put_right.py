"""What stands at the wrong place is put right in the browser: data of another subject, a subject at another site."""

import pytest

from tests.installation import Installation
from tests.journeys import roles_trial as trial
from tests.web.trial import STUDY

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
SYSTOLIC = "Systolic blood pressure"
FORM = "/subjects/{}/V2/VS"


@pytest.fixture(scope="module")
def served(tmp_path_factory, forked_edc):
    folder = tmp_path_factory.mktemp("right")
    url = f"sqlite:///{folder}/edc.db"
    trial.make(url)
    installation = Installation(folder, url, program=forked_edc.program)
    yield installation.serve()
    installation.verified()  # whatever the journeys did, the ledger holds
    installation.close()


@pytest.fixture
def study():
    return STUDY


@pytest.fixture
def passwords():
    return trial.PASSWORDS


def put_right(person, subject):
    person.go(f"/subjects/{subject}")
    person.page.get_by_role("link", name="Put right").click()
    person.page.wait_for_selector("html[data-ready]", state="attached")


def test_data_of_another_subject_are_shown_entered_there_and_removed_here(person):
    site = person(trial.SITE)
    page = site.page
    values = {"Weight": "63.0", SYSTOLIC: "117"}
    site.go(FORM.format(trial.WRONG))
    for label, text in values.items():
        site.enter(label, text)
    site.saved()
    put_right(site, trial.WRONG)
    page.get_by_role("link", name="Choose the forms").click()
    page.get_by_label("Visit 2, Vital signs").check()
    page.get_by_label("Number of the right subject").fill(trial.RIGHT)
    page.get_by_role("button", name="Show what would be done").click()
    page.get_by_role("heading", name="Put it right").wait_for()
    for label, text in values.items():
        assert text.removesuffix(".0") in page.get_by_role("row", name=label).inner_text()
    site.shoot("60-site-sees-what-would-be-done")
    page.get_by_label("Why, and from which source?").fill("Worksheet of 4 Mar 2026")
    page.get_by_role("button", name=f"Enter for {trial.RIGHT} and remove here").click()
    page.get_by_text(f"Entered for {trial.RIGHT}, removed here.").wait_for()
    site.shoot("61-site-has-put-it-right")

    page.get_by_role("link", name=f"{trial.RIGHT}: Visit 2, Vital signs").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    assert {label: site.box(label).input_value() for label in values} == values
    page.keyboard.press("Control+s")
    page.wait_for_selector("#form-status:has-text('Complete')")
    site.go(FORM.format(trial.WRONG))
    page.get_by_text(f"Removed: Data of subject {trial.RIGHT}: Worksheet of 4 Mar 2026").wait_for()
    assert "117" in site.row(SYSTOLIC).inner_text()
    assert page.locator("input[name=value]").count() == 0
    site.go(f"/subjects/{trial.RIGHT}/history")
    told = page.inner_text("main")
    assert f"Was entered for subject {trial.WRONG}, Visit 2, Vital signs: Worksheet of 4 Mar 2026" in told
    site.shoot("62-site-history-of-the-right-subject")
    assert site.complaints == []


def test_a_subject_is_transferred_and_both_sites_see_their_part(person):
    manager, berlin, seoul = person(trial.MANAGER), person(trial.BERLIN), person(trial.SITE)
    page = manager.page
    put_right(manager, trial.MOVED)
    page.get_by_label("To site").select_option("DE-01")
    page.get_by_label("Why is the subject transferred?").fill("Moved to Berlin")
    manager.shoot("63-manager-transfers")
    page.get_by_role("button", name="Transfer subject").click()
    page.get_by_text(f"{trial.MOVED} is at site DE-01 now.").wait_for()

    berlin.go("/subjects")
    assert trial.MOVED in berlin.page.inner_text("main")
    berlin.go(FORM.format(trial.MOVED))
    berlin.enter(SYSTOLIC, "131")
    berlin.page.get_by_role("button", name="Transcription error").click()
    berlin.saved()
    berlin.go(f"/subjects/{trial.MOVED}/history")
    told = berlin.page.inner_text("main")
    assert "Transferred the subject from site KR-01 to site DE-01" in told
    assert "Kim Jiwoo" in told
    berlin.shoot("64-the-other-site-reads-all-of-it")

    page = seoul.page
    seoul.go("/subjects")
    assert trial.MOVED not in page.locator("table").first.inner_text()
    page.get_by_role("link", name="Transferred subjects").click()
    seoul.shoot("65-the-site-before-finds-it")
    page.get_by_role("link", name=f"Copy of your site {trial.MOVED}").click()
    page.get_by_text("Transferred to another site on").wait_for()
    seoul.shoot("66-the-site-before-has-a-copy")
    page.get_by_role("link", name="Vital signs").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    assert "128" in seoul.row(SYSTOLIC).inner_text()
    assert "131" not in page.inner_text("body")
    assert page.locator("input[name=value]").count() == 0
    seoul.shoot("67-a-form-of-the-copy")
    assert manager.complaints == berlin.complaints == seoul.complaints == []
