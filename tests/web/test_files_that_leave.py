"""REQ-PRV-05, REQ-PRV-08: a file of subjects' data that a page hands out says into which country it goes, where some may not."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from edc_core.domain.page import Page
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.store.ledger_tables import access_log
from tests.web.trial import STUDY, make_core

TRAIL = f"/s/{STUDY}/x/trail/trail.csv"
BASIS = f"/s/{STUDY}/x/exports/residency"
FILES = ("csv", "json", "pdf", "html")
#: Files that hold nothing a subject has answered: definitions, people, counts, how the study was tested.
OF_NO_SUBJECT = {
    "access/evidence.csv", "amendments/table.csv", "check-list/checks.csv", "country-jp/inspection-sheet.csv", "double-entry/rates.csv",
    "locking/lock-report.csv", "privacy-record/assessment.csv", "privacy-record/record.csv", "privacy-record/record.html",
    "query-dashboard/query-ages.csv", "query-dashboard/query-yield.csv", "trail/acceptances.csv",
    "trail/access.csv", "uat/report.csv", "uat/report.html", "uat/report.json", "uat/report.pdf", "uat/traceability.csv",
}  # fmt: skip
#: What a run holds that has left out what stays, as exports do.
OF_A_RUN = {"conformance/<job_id>/findings.csv"}


@pytest.fixture
def core(tmp_path):
    core = make_core(tmp_path)
    core.settings = replace(core.settings, kept_countries=frozenset({"KR"}))
    yield core
    core.close()


def taken(core):
    with core.read() as source:
        rows = source.connection.execute(
            select(access_log.c.detail).where(access_log.c.action == "file taken")
        )
        return [row.detail for row in rows]


def test_who_acts_everywhere_says_where_it_goes(core, client_as):
    manager = client_as("dana@sponsor.example")
    asked = manager.get(f"{TRAIL}?what=x")
    assert (asked.status_code, taken(core)) == (422, [])
    assert "It holds data of sites in KR" in asked.text
    assert '<input type="hidden" name="what" value="x">' in asked.text, "what was chosen is kept"
    abroad = manager.get(f"{TRAIL}?goes_to=us")
    assert (abroad.status_code, taken(core)) == (422, [])
    assert "Data of sites in KR may not lie in US" in abroad.text
    home = manager.get(f"{TRAIL}?goes_to=kr")
    assert (home.status_code, home.mimetype) == (200, "text/csv")
    [detail] = taken(core)
    assert detail.startswith("trail/trail.csv to KR sha256:")


def test_with_a_legal_basis_nothing_is_asked(core, client_as):
    manager = client_as("dana@sponsor.example")
    told = {"op": new_id(), "country": "KR", "basis": "Consent form 2.0"}
    assert manager.post(BASIS, data=told).status_code == 303
    assert manager.get(TRAIL).status_code == 200


def test_who_acts_at_a_site_takes_its_own_data_there(core, client_as):
    assert client_as("haneul@site.example").get(TRAIL).status_code == 200


def test_where_nothing_stays_nothing_is_asked(core, client_as):
    core.settings = replace(core.settings, kept_countries=frozenset())
    assert client_as("dana@sponsor.example").get(TRAIL).status_code == 200


def test_every_file_of_a_page_asks_or_holds_nothing_of_a_subject():
    """A page that hands out a file of a new name fails here until somebody says which it is."""
    files = {
        f"{one.plugin.name}/{one.page.path}": one.page.leaves
        for one in EdcPlugins().pages()
        if isinstance(one.page, Page) and one.page.path.endswith(FILES)
    }
    assert {name for name, leaves in files.items() if not leaves} <= OF_NO_SUBJECT | OF_A_RUN
    assert {name for name, leaves in files.items() if leaves} >= {
        "trail/trail.csv", "trail/trail.json", "trail/trail.pdf", "trail/as-of.json", "listings/items.csv",
        "snapshots/difference.csv",
    }  # fmt: skip
