"""A trial in small: published, entered, questioned, answered, locked, exported and verified, each by its person."""

import csv
import io
import json
import zipfile

import pytest

pytestmark = pytest.mark.browser

SUBJECT = "KR01-0001"
VITAL_SIGNS = f"/subjects/{SUBJECT}/SCR/VS"
SYSTOLIC = "Systolic blood pressure"
ENTERED = {
    "Date": "12 JAN 2026",
    "Height": "160.0",
    "Weight": "61.5",
    "Body temperature": "36.6",
    SYSTOLIC: "250",
    "Diastolic blood pressure": "84",
    "Pulse": "71",
}
EXPORTED = {
    "VSPERF": "Y", "VSDAT": "2026-01-12", "HEIGHT": "160.0", "WEIGHT": "61.5",
    "BMI": "24.0", "BSA": "1.65", "TEMP": "36.6",
    "SYSBP": "250", "DIABP": "84", "PULSE": "71",
}  # fmt: skip


def enrol(coordinator):
    page = coordinator.page
    coordinator.go("/subjects")
    page.locator("#add summary").click()
    page.fill("#add-key", SUBJECT)
    page.get_by_role("button", name="Add subject").click()
    page.wait_for_url(f"**/subjects/{SUBJECT}")
    coordinator.shoot("01-enrolled")


def enter_vital_signs(coordinator):
    coordinator.go(VITAL_SIGNS)
    coordinator.row("Were vital signs measured?").locator("input[value=Y]").check()
    for label, text in ENTERED.items():
        coordinator.enter(label, text)
    coordinator.saved()
    coordinator.row(SYSTOLIC).get_by_text("outside 70 to 220").wait_for()
    coordinator.shoot("02-entered")


def complete(coordinator):
    page = coordinator.page
    page.keyboard.press("Control+s")
    page.wait_for_selector("#form-status:has-text('Complete')")
    page.wait_for_selector("#counts:has-text('1 query')")
    coordinator.shoot("03-complete")


def answer(coordinator, text, asked):
    """Answer at the item, in the drawer beside the form."""
    page = coordinator.page
    coordinator.go(VITAL_SIGNS)
    coordinator.row(SYSTOLIC).locator(".nt span", has_text=asked).get_by_role(
        "link", name="Answer"
    ).last.click()
    page.locator("#drawer").get_by_text(asked).wait_for()
    page.fill("#query-text", text)
    page.get_by_role("button", name="Send answer").click()
    page.wait_for_selector("#drawer .tag:has-text('Answered')")


def ask(monitor):
    page = monitor.page
    monitor.go(VITAL_SIGNS)
    monitor.row("Pulse").get_by_role("button", name="More for Pulse").click()
    page.get_by_role("menuitem", name="Ask a query").click()
    page.fill("#query-text", "The chart says 77. Which is right?")
    page.get_by_role("button", name="Send query").click()
    page.wait_for_selector("#drawer .tag:has-text('Open')")
    monitor.shoot("05-asked")


def close_all(manager):
    page = manager.page
    manager.go("/queries?state=Answered")
    for left in (2, 1):
        rows = page.locator("table.tbl tbody tr")
        assert rows.count() == left
        rows.first.locator("a.link").click()
        page.get_by_role("button", name="Close", exact=False).first.click()
        page.wait_for_selector("#thread .st:has-text('Closed')")
        manager.go("/queries?state=Answered")
    manager.go("/queries?state=Closed")
    manager.shoot("07-closed")


def lock(manager, what, address):
    page = manager.page
    manager.go(address)
    panel = page.locator("#subjects" if what == SUBJECT else "main")
    panel.locator("details.alt > summary").filter(has_text=what).first.click()
    details = panel.locator("details.alt[open]")
    details.locator("input[name=reason]").fill("Database lock of the interim analysis")
    details.get_by_role("button", name=f"Lock {what}", exact=True).click()
    page.wait_for_selector(
        f"tr:has-text('{what}'):has-text('Locked'), tr:has-text('HERSC-301'):has-text('Locked')"
    )
    manager.shoot(f"08-locked-{what.replace(' ', '-')}")


def waive(manager):
    """The rest of the schedule stays empty, with a reason and the manager's name."""
    page = manager.page
    manager.go("/x/locking")
    page.get_by_label("Everything that the filters above leave").check()
    page.get_by_label("Reason").fill("Interim analysis of the first visit")
    page.locator("#login").fill("dana@sponsor.example")
    page.locator("#password").fill(manager.passwords["dana@sponsor.example"])
    manager.shoot("08-open-before-the-lock")
    page.get_by_role("button", name="Waive what is chosen").click()
    page.get_by_text("Nothing keeps the study from being locked").wait_for()


def export(sponsor):
    page = sponsor.page
    sponsor.go("/x/exports")
    page.get_by_role("radio", name="CSV", exact=True).check()
    page.fill("#destination", "KR")  # no consent to a transfer is on record
    page.get_by_role("button", name="Start export").click()
    take = page.get_by_role("link", name="Download")
    take.wait_for(timeout=30_000)
    sponsor.shoot("09-exported")
    with page.expect_download() as coming:
        take.click()
    return zipfile.ZipFile(io.BytesIO(coming.value.path().read_bytes()))


@pytest.mark.timeout(240)
def test_what_the_coordinator_typed_is_what_the_sponsor_gets(person, served):
    coordinator = person("jiwoo@site.example")
    enrol(coordinator)
    enter_vital_signs(coordinator)
    complete(coordinator)
    answer(coordinator, "Value confirmed as in source", "outside 70 to 220")
    coordinator.shoot("04-answered")

    monitor = person("anna@cro.example")
    ask(monitor)
    coordinator.go(VITAL_SIGNS)
    coordinator.row("Pulse").get_by_role("link", name="Answer").click()
    coordinator.page.locator("#drawer").get_by_text("Which is right?").wait_for()
    coordinator.page.fill("#query-text", "71 is right; the chart has been corrected.")
    coordinator.page.get_by_role("button", name="Send answer").click()
    coordinator.page.wait_for_selector("#drawer .tag:has-text('Answered')")
    coordinator.shoot("06-answered")

    manager = person("dana@sponsor.example")
    close_all(manager)
    lock(manager, SUBJECT, "/x/locking/console?site=KR-01")
    waive(manager)
    lock(manager, "the study", "/x/locking/console")

    coordinator.go(VITAL_SIGNS)
    coordinator.page.get_by_text("These data can be read.").wait_for()
    assert coordinator.page.locator("input[name=value]").count() == 0
    coordinator.shoot("08-locked-form")

    archive = export(person("sam@sponsor.example"))
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["counts"]["subjects"] == 1
    assert manifest["unlocked"] is False
    (row,) = rows(archive, "VS.csv")
    assert {name: row[name] for name in EXPORTED} == EXPORTED
    queries = rows(archive, "queries.csv")
    assert len({q["QUERY"] for q in queries}) == 2
    assert {q["STATE"] for q in queries} == {"Closed"}
    assert {"Value confirmed as in source", "The chart says 77. Which is right?"} <= {
        q["MESSAGE_TEXT"] for q in queries
    }
    served.installation.verified()
    for everybody in (coordinator, monitor, manager):
        assert everybody.complaints == []


def rows(archive, name):
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


@pytest.mark.timeout(240)
def test_nothing_is_lost_when_the_server_is_killed(person, served):
    coordinator = person("jiwoo@site.example")
    page = coordinator.page
    enrol(coordinator)
    coordinator.go(VITAL_SIGNS)
    coordinator.row("Were vital signs measured?").locator("input[value=Y]").check()
    labels = list(ENTERED)
    for label in labels[:2]:
        coordinator.enter(label, ENTERED[label])
    coordinator.enter(labels[2], ENTERED[labels[2]])  # perhaps under way when the power goes
    served.kill()
    for label in labels[3:]:
        coordinator.enter(label, ENTERED[label])
    page.wait_for_selector("#saved:has-text('Not sent (')")
    assert page.locator("#trouble").is_visible()
    assert shown(coordinator) == ENTERED
    coordinator.shoot("10-killed")

    served.start()
    coordinator.saved()
    page.wait_for_selector("#saved:has-text('Saved')")
    coordinator.go(VITAL_SIGNS)
    assert shown(coordinator) == ENTERED
    for label in labels:
        assert coordinator.row(label).get_attribute("data-v") == "1", label
    coordinator.shoot("11-sent")
    served.installation.verified()


def shown(coordinator):
    return {label: coordinator.box(label).input_value() for label in ENTERED}
