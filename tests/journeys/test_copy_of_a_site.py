"""A site's records go to its investigator past the sponsor, and a subject's request is recorded and answered."""

import email
import email.policy
import re
import time
import zipfile

import pytest

from edc_core.core import Core
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import people, users
from edc_core.settings import Settings
from tests.accessibility import violations
from tests.installation import Installation
from tests.journeys import roles_trial as trial
from tests.web.trial import CLI, PASSWORD, STUDY

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
HOST = "hosting@host.example"
COPIES, REQUESTS = "/x/investigator-copy", "/x/subject-rights"


@pytest.fixture(scope="module")
def served(tmp_path_factory, forked_edc):
    folder = tmp_path_factory.mktemp("copies")
    url = f"sqlite:///{folder}/edc.db"
    trial.make(url)
    hire(url)
    installation = Installation(folder, url, program=forked_edc.program, EDC_MAIL_DIR=str(folder / "mail"))
    yield installation.serve()
    installation.verified()
    installation.close()


def hire(url):
    """Whoever hosts, and the investigator's mail address."""
    core = Core(Settings(database_url=url), EdcPlugins())
    with core.write(CLI) as uow:
        users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login=HOST, full_name="Hana Host"))
        users.set_password(uow, HOST, PASSWORD)
        users.add_grant(uow, users.AddGrant(study_id="@system", op=new_id(), login=HOST, role=Role.ADM))
        people.set_email(uow, trial.INVESTIGATOR, trial.INVESTIGATOR)
    core.close()


def assert_clean_and_fits(page):
    for width, height in ((768, 1024), (1366, 768)):
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


@pytest.fixture
def study():
    return STUDY


@pytest.fixture
def passwords():
    return trial.PASSWORDS | {HOST: PASSWORD}


def mailed(folder):
    """The address of the copy in the newest mail, with its code."""
    for _ in range(100):
        for file in (folder / "mail").glob("*.eml"):
            letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if letter["To"] == trial.INVESTIGATOR and "copy" in letter["Subject"]:
                return re.search(r"(/s/\S+/copy/[0-9a-f]{32}#\S+)", letter.get_content())[1]
        time.sleep(0.1)
    raise AssertionError("no mail came")


def test_a_site_receives_its_records(person, served, tmp_path):
    host = person(HOST)
    page = host.page
    host.go(COPIES)
    host.shoot("40-copies-none-yet")
    page.get_by_label("The sponsor").check()
    page.get_by_label("Document it stands in").fill("Contract 12, annex 3")
    page.get_by_label("Days between copies").fill("0")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("alert").filter(has_text="say every how many days").wait_for()
    page.get_by_label("A contract research organisation").check()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("Noted by Hana Host").wait_for()
    page.get_by_role("button", name="Make a copy KR-01").click()
    page.get_by_role("button", name="Hand over KR-01").wait_for(timeout=60_000)
    page.get_by_role("button", name="Hand over KR-01").click()
    page.get_by_text("Handed over, not opened").wait_for()
    assert_clean_and_fits(page)
    host.shoot("41-copies-handed-over")

    investigator = person(trial.INVESTIGATOR)
    page = investigator.page
    investigator.go(COPIES)
    assert_clean_and_fits(page)
    investigator.shoot("42-copy-waits")
    page.goto(served.url + mailed(served.installation.folder))
    investigator.until("document.getElementById('code').value.length > 20 && !location.hash")
    assert_clean_and_fits(page)
    investigator.shoot("43-copy-to-open")
    with page.expect_download() as download:
        page.get_by_role("button", name="Open the copy").click()
    download.value.save_as(tmp_path / "copy.zip")
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        archive.extractall(tmp_path / "copy")

    page.reload()
    page.get_by_label("Your user name").fill(trial.INVESTIGATOR)
    page.get_by_label("Your password").fill("not the password")
    page.get_by_role("button", name="Sign the receipt").click()
    page.get_by_role("alert").wait_for()
    page.get_by_label("Your user name").fill(trial.INVESTIGATOR)
    page.get_by_label("Your password").fill(PASSWORD)
    assert_clean_and_fits(page)
    investigator.shoot("44-receipt")
    page.get_by_role("button", name="Sign the receipt").click()
    page.get_by_text("I have received the copy").wait_for()
    investigator.shoot("45-received")

    page.goto((tmp_path / "copy" / "index.html").as_uri())
    assert_clean_and_fits(page)
    investigator.shoot("46-index-of-the-copy")
    page.get_by_role("link", name=trial.SIGNED, exact=True).click()
    page.get_by_text("Sat down first").first.wait_for()
    assert_clean_and_fits(page)
    investigator.shoot("47-casebook-of-the-copy")

    host.go(COPIES)
    host.page.get_by_text("receipt signed by").wait_for()
    host.shoot("48-copies-received")


def test_a_request_of_a_subject_is_recorded_and_answered(person):
    site = person(trial.SITE)
    page = site.page
    site.go(REQUESTS)
    page.get_by_label("Subject", exact=True).select_option(trial.ASKED)
    page.get_by_label("Asks for").select_option("access")
    page.get_by_label("What is asked for").fill("A copy of what was collected")
    assert_clean_and_fits(page)
    page.get_by_role("button", name="Record request").click()
    page.get_by_text("A copy of what was collected").wait_for()
    site.shoot("50-request-recorded")
    page.get_by_text("Note what was done").click()
    page.get_by_label("What came of it").select_option("done")
    page.get_by_label("What was done").fill("Printed casebook handed over at the visit")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("Printed casebook handed over").wait_for()
    assert_clean_and_fits(page)

    manager = person(trial.MANAGER)
    manager.go(REQUESTS)
    manager.page.get_by_text("Printed casebook handed over").wait_for()
    assert manager.page.get_by_role("button", name="Record request").count() == 0
    assert_clean_and_fits(manager.page)
    manager.shoot("51-requests-of-all-sites")
