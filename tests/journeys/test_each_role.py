"""One installation, and each role at its work: investigator, data manager, inspector, administrator, site."""

import re
from urllib.parse import urljoin, urlsplit

import pytest

from tests.installation import Installation
from tests.journeys import roles_trial as trial
from tests.web.trial import PASSWORD, STUDY

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
SYSTOLIC = "Systolic blood pressure"
FORM = "/subjects/{}/V2/VS"


@pytest.fixture(scope="module")
def served(tmp_path_factory, forked_edc):
    folder = tmp_path_factory.mktemp("roles")
    url = f"sqlite:///{folder}/edc.db"
    trial.make(url)
    installation = Installation(folder, url, program=forked_edc.program, EDC_MAIL_DIR=str(folder / "mail"))
    yield installation.serve()
    installation.verified()  # whatever the journeys did, the ledger holds
    installation.close()


@pytest.fixture
def study():
    return STUDY


@pytest.fixture
def passwords():
    return trial.PASSWORDS


def sign(investigator):
    page = investigator.page
    page.fill("#login", trial.INVESTIGATOR)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign 1 form").click()
    page.get_by_role("heading", name="Signed", exact=True).wait_for()


def complete(person):
    person.page.keyboard.press("Control+s")
    person.page.wait_for_selector("#form-status:has-text('Complete')")


def test_s7_a_change_after_the_investigators_signature_breaks_it_and_it_is_given_again(person):
    """S7: signed, changed by the coordinator, found broken with the difference, signed again."""
    investigator, site = person(trial.INVESTIGATOR), person(trial.SITE)
    page = investigator.page
    page.get_by_role("link", name=f"Read and sign {trial.SIGNED}").click()
    page.get_by_label("My electronic signature in this study").check()
    investigator.shoot("20-investigator-reads")
    sign(investigator)
    investigator.shoot("21-investigator-signed")

    site.go(FORM.format(trial.SIGNED))
    site.page.get_by_text("A change breaks the signature").wait_for()
    site.enter(SYSTOLIC, "131")
    site.page.get_by_role("button", name="Transcription error").click()
    site.saved()

    page.goto(f"{investigator.server.url}/")
    page.get_by_role("link", name=f"Read and sign {trial.SIGNED}").click()
    page.get_by_text("Changed since the signature of").wait_for()
    assert page.locator("td.diff del").inner_text().endswith("128 mmHg")
    assert page.locator("td.diff ins").inner_text().endswith("131 mmHg")
    investigator.shoot("22-investigator-broken")
    sign(investigator)
    assert page.locator("td.diff").count() == 0
    investigator.go(f"/subjects/{trial.SIGNED}/history")
    told = page.inner_text("main")
    assert told.lower().count("signed") >= 2
    assert "Transcription error" in told
    investigator.shoot("23-investigator-history")
    assert investigator.complaints == site.complaints == []


def propose(monitor, text):
    page = monitor.page
    monitor.go(FORM.format(trial.ASKED))
    monitor.row(SYSTOLIC).get_by_role("button", name=f"More for {SYSTOLIC}").click()
    page.get_by_role("menuitem", name="Ask a query").click()
    page.fill("#query-text", text)
    page.get_by_role("button", name="Propose it to the data manager").click()
    page.wait_for_selector("#drawer .tag:has-text('Candidate')")
    monitor.shoot("30-monitor-proposed")


def forward(manager, text):
    page = manager.page
    manager.go("/queries?state=Candidate")
    page.locator("table.tbl tbody tr", has_text=text).locator("a.link").click()
    manager.shoot("31-manager-candidate")
    page.get_by_role("button", name="Ask the site").click()
    page.wait_for_selector("#thread .st:has-text('Open')")


def protect(manager, step, shown):
    page = manager.page
    manager.go("/x/locking/console?site=KR-01")
    row = page.locator("#subjects tr", has_text=trial.ASKED)
    row.locator("details.alt > summary").click()
    row.locator("input[name=reason]").fill("Review of the first visit")
    row.get_by_role("button", name=f"{step} {trial.ASKED}", exact=True).click()
    page.wait_for_selector(f"#subjects tr:has-text('{trial.ASKED}'):has-text('{shown}')")


def test_data_manager_forwards_a_query_rehearses_freezes_and_opens_again(person):
    asked = "Was the pressure taken lying or sitting?"
    monitor, manager, site = person(trial.MONITOR), person(trial.MANAGER), person(trial.SITE)
    page = manager.page
    propose(monitor, asked)
    site.go(FORM.format(trial.ASKED))
    assert asked not in site.page.inner_text("body")
    manager.go(f"/x/locking?subject={trial.ASKED}")
    assert "proposed" in page.locator("#open").inner_text().lower()
    forward(manager, asked)
    site.go(FORM.format(trial.ASKED))
    site.row(SYSTOLIC).get_by_text(asked).wait_for()

    manager.go("/x/query-dashboard")
    line = page.locator("table", has_text="The whole study").locator("tbody tr", has_text="KR-01")
    assert line.locator("td").last.inner_text() == "1"
    manager.shoot("32-manager-dashboard")
    manager.go(f"/x/locking?subject={trial.ASKED}")
    open_things = page.locator("#open").inner_text()
    assert asked in open_things
    assert "proposed" not in open_things.lower()
    manager.shoot("33-manager-readiness")

    manager.go("/x/locking/rehearsal")
    page.select_option("select[name=action]", "freeze")
    page.select_option("select[name=site]", "KR-01")
    page.get_by_role("button", name="What would happen?").click()
    page.get_by_role("status").get_by_text("would be affected").wait_for()
    manager.shoot("34-manager-rehearsal")
    site.go(FORM.format(trial.ASKED))
    assert site.page.get_by_text("Frozen.").count() == 0  # it was only rehearsed

    protect(manager, "Freeze", "Frozen")
    manager.shoot("35-manager-frozen")
    site.go(FORM.format(trial.ASKED))
    site.page.get_by_text("These data can be read.").wait_for()
    assert site.page.locator("input[name=value]").count() == 0
    protect(manager, "Unfreeze", "Open")
    site.go(FORM.format(trial.ASKED))
    site.enter(SYSTOLIC, "126")
    site.page.get_by_role("button", name="Answer to query").click()
    site.saved()
    assert manager.complaints == monitor.complaints == site.complaints == []


def writes(html):
    """What a page would send somewhere: where its forms post to, and the elements that post without a form."""
    forms = re.findall(r"<form\b[^>]*>", html)
    posts = [form for form in forms if re.search(r'method="?post', form, re.IGNORECASE)]
    return {re.search(r'action="([^"]*)"', form)[1] for form in posts} | set(
        re.findall(r'hx-(?:post|put|patch|delete)="([^"]*)"', html)
    )


def every_page(person, start):
    """Address and HTML of each page that links lead to from there, within the study."""
    inside, waiting, pages = f"/s/{person.study}", [start], {}
    while waiting:
        address = waiting.pop()
        if address in pages:
            continue
        answer = person.page.request.get(person.server.url + address)
        assert answer.ok, f"{address}: {answer.status}"
        pages[address] = ""
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        pages[address] = html = answer.text()
        for link in re.findall(r'<a\b[^>]*\bhref="([^"#]+)', html):
            to = urlsplit(urljoin(address, link.replace("&amp;", "&")))
            if to.path.startswith(inside) and (to.query == "" or "as_of" in to.query):
                waiting.append(to.path + (f"?{to.query}" if to.query else ""))
    return pages


def test_inspector_reads_everything_and_has_nothing_to_write_with(person):
    inspector = person(trial.INSPECTOR)
    page = inspector.page
    inspector.go(f"/subjects/{trial.INSPECTED}")
    page.get_by_role("link", name="Vital signs").first.wait_for()
    inspector.shoot("40-inspector-casebook")
    inspector.go(FORM.format(trial.INSPECTED))
    assert "140" in inspector.row(SYSTOLIC).inner_text()
    inspector.row(SYSTOLIC).get_by_role("button", name=f"History of {SYSTOLIC}").click()
    entries = page.locator("#drawer .hist li")
    entries.last.wait_for()
    assert "Kim Jiwoo" in entries.first.inner_text()
    assert "Transcription error" in entries.first.inner_text()
    inspector.shoot("41-inspector-history")
    entries.last.get_by_role("link", name="the form then").click()
    page.get_by_text("As it was on").wait_for()
    then = inspector.row(SYSTOLIC).inner_text()
    assert ("128" in then, "140" in then) == (True, False)
    inspector.shoot("42-inspector-as-of")
    inspector.go(f"/x/trail?subject={trial.INSPECTED}&words=140")
    assert "from 128" in page.locator("table.tbl tbody").inner_text()
    inspector.shoot("43-inspector-trail")
    page.get_by_role("link", name="Access log").click()
    page.get_by_role("heading", name="Access log").wait_for()
    assert "Vera Prado" in page.locator("table.tbl tbody").inner_text()
    inspector.shoot("44-inspector-access")

    pages = every_page(inspector, f"/s/{STUDY}/subjects/{trial.INSPECTED}")
    assert {
        f"/s/{STUDY}{FORM.format(trial.INSPECTED)}",
        f"/s/{STUDY}/subjects",
        f"/s/{STUDY}/x/trail",
    } <= set(pages)
    home = f"/s/{STUDY}"
    found = {
        address.removeprefix(home): writes(html) - {"/logout", "/reauth"} for address, html in pages.items()
    }
    assert {address: sent for address, sent in found.items() if sent} == {
        "/x/exports": {f"{home}/x/exports"},  # a copy for the authority
        "/x/conformance": {f"{home}/x/conformance"},  # what the rules say of such a copy
        "/x/audit-review": {f"{home}/x/audit-review/keep"},  # a record of what was reviewed
    }
    assert inspector.complaints == []


def link_mailed(installation):
    installation.edc("worker", "--once")
    letters = [file.read_text() for file in sorted((installation.folder / "mail").glob("*.eml"))]
    return re.findall(r"/password/\S+", "".join(letters))[-1]


def test_administrator_invites_gives_a_role_ends_it_and_opens_no_subject(person, served, passwords, browser):
    newcomer, own = "nora@site.example", "ochre tulip in a drawer"
    administrator = person(trial.ADMINISTRATOR)
    page = administrator.page
    page.goto(f"{served.url}/x/people")
    page.locator("summary", has_text="Invite a person").click()
    for field, text in (("full_name", "Nora New"), ("email", newcomer), ("login", newcomer)):
        page.fill(f"#{field}", text)
    page.get_by_role("button", name="Invite", exact=True).click()
    page.wait_for_url("**/x/people/person?login=*")
    page.get_by_text("has not chosen a password yet").wait_for()
    page.select_option("#role", "CRC")
    page.select_option("#study", STUDY)
    page.fill("#sites", "KR-01")
    administrator.shoot("50-administrator-gives")
    page.get_by_role("button", name="Give role").click()
    page.locator("tr", has_text="Coordinator").wait_for()

    invited = browser.new_context().new_page()
    invited.goto(served.url + link_mailed(served.installation))
    for field in ("#password", "#again"):
        invited.fill(field, own)
    invited.keyboard.press("Enter")
    invited.wait_for_url("**/login*")
    invited.context.close()
    coordinator = person_with(person, passwords, newcomer, own)
    coordinator.go("/subjects")
    coordinator.page.get_by_text(trial.SIGNED).first.wait_for()

    page.fill("tr:has-text('Coordinator') input[name=reason]", "Left the site")
    page.get_by_role("button", name=f"End coordinator {STUDY}").click()
    page.get_by_text("sees no study").wait_for()
    assert status(coordinator, f"/s/{STUDY}/subjects") == 404
    page.goto(f"{served.url}/x/access")
    administrator.shoot("51-administrator-review")
    held = page.locator("tr", has_text="Nora New").inner_text()
    assert "Coordinator" in held
    assert "KR-01" in held

    page.goto(f"{served.url}/")
    administrator.shoot("52-administrator-home")
    for name in (STUDY, trial.LOCKED_STUDY):
        assert page.locator("#ways").get_by_role("rowheader", name=name, exact=True).is_visible()
    assert page.locator("a[href^='/s/']").count() == 0  # none of their pages opens for who gives roles
    assert page.locator("#ways").get_by_role("link", name="People").is_visible()
    for address in (
        f"/subjects/{trial.SIGNED}",
        FORM.format(trial.SIGNED),
        f"/subjects/{trial.SIGNED}/history",
    ):
        assert status(administrator, f"/s/{STUDY}{address}") == 404, address
    for address in ("/subjects", "/queries", "/x/trail", "/x/listings", "/x/locking/console"):
        answer = page.request.get(f"{served.url}/s/{STUDY}{address}")
        assert answer.status in (200, 403), address
        assert "KR01-" not in answer.text(), address
    assert administrator.complaints == []


def person_with(person, passwords, login, password):
    passwords[login] = password
    return person(login)


def status(person, address):
    return person.page.request.get(person.server.url + address, max_redirects=0).status


def test_s4_an_identifier_in_a_narrative_is_not_stored_and_logged_without_it(person, served):
    """S4: the refused text is on the screen, and neither in the database nor in the log of the server."""
    typed = "Neighbour called, hospital number 40417703 on the card"
    site, manager = person(trial.SITE), person(trial.MANAGER)
    site.go(FORM.format(trial.NARRATED))
    site.enter("Remarks", typed)
    site.row("Remarks").get_by_text("This holds a medical record number.").wait_for()
    assert site.box("Remarks").input_value() == typed
    assert site.page.evaluate("sessionStorage.getItem('edc-outbox')") is None
    site.shoot("70-site-identifier")
    manager.go(f"/x/trail?subject={trial.NARRATED}&words=refused")
    logged = manager.page.locator("table.tbl tbody").inner_text()
    assert (
        "Refused a value for Remarks by the scanner record-number for identifiers; it was not stored."
        in logged
    )
    assert "40417703" not in logged
    manager.shoot("71-manager-sees-it-logged")
    folder = served.installation.folder
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert any(file.name == "edc.db" for file in files)
    assert [file.name for file in files if b"40417703" in file.read_bytes()] == []
    assert ["422" in complaint for complaint in site.complaints] == [True]  # the refusal, and nothing else
    assert manager.complaints == []


class TestLocked:
    @pytest.fixture
    def study(self):
        return trial.LOCKED_STUDY

    def test_s12_a_lock_is_refused_then_granted_once_the_rest_is_waived(self, person):
        """S12, its first part: lock refused, waiver, lock."""
        manager = person(trial.MANAGER)
        page = manager.page
        ask_lock(manager)
        page.get_by_text("The study cannot be locked yet. Still open: form not complete: 1.").wait_for()
        assert page.locator("tr .k-lock").count() == 0
        manager.shoot("80-manager-refused")
        manager.go("/x/locking")
        assert trial.SIGNED in page.locator("#open").inner_text()
        page.get_by_label("Everything that the filters above leave").check()
        page.get_by_label("Reason").fill("The subject left before the first visit")
        page.locator("#login").fill(trial.MANAGER)
        page.locator("#password").fill(PASSWORD)
        page.get_by_role("button", name="Waive what is chosen").click()
        page.get_by_text("Nothing keeps the study from being locked").wait_for()
        manager.shoot("81-manager-waived")
        ask_lock(manager)
        page.locator("tr .k-lock").first.wait_for()
        manager.shoot("82-manager-locked")
        manager.go(f"/subjects/{trial.SIGNED}/history")
        assert "The subject left before the first visit" in page.inner_text("main")
        assert ["422" in complaint for complaint in manager.complaints] == [
            True
        ]  # the refusal, and nothing else


def ask_lock(manager):
    manager.go("/x/locking/console")
    row = manager.page.locator(
        "tr", has=manager.page.get_by_role("button", name="Lock the study", include_hidden=True)
    ).first
    row.locator("details.alt > summary").click()
    row.locator("input[name=reason]").fill("Database lock")
    row.get_by_role("button", name="Lock the study", exact=True).click()
