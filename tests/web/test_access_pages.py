"""Training, delegation and sites on pages: put on record, ended, added; each by who may, with what is wrong beside it."""

import csv
import html
import io
import re
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from edc_core.domain.commands import Reason
from edc_core.domain.permission import Action, Role
from edc_core.ids import new_id
from edc_core.services import permissions, users
from edc_core.store import readers
from tests.web.trial import CLI, STUDY

HOME = f"/s/{STUDY}/x/access"
SITE, MANAGER = "jiwoo@site.example", "dana@sponsor.example"

pytestmark = pytest.mark.usefixtures("standing_clock")


@pytest.fixture
def manager(client_as):
    return client_as(MANAGER)


def record(client, **more):
    typed = {
        "op": new_id(), "login": SITE, "kind": "delegation", "site": "KR-01", "document": "Delegation log, page 2",
        "tasks": "Data entry", "starts": "2026-01-15", "ends": "",
    }  # fmt: skip
    return client.post(f"{HOME}/evidence", data=typed | more)


def test_a_delegation_is_put_on_record_and_ended_by_its_last_day(manager, core):
    assert "Nothing is on record yet." in manager.get(f"{HOME}/evidence").text
    assert record(manager).status_code == 303
    page = manager.get(f"{HOME}/evidence").text
    for words in ("Kim Jiwoo", "Delegation log, page 2", "Data entry", "2026-01-15 – open"):
        assert words in page
    end = html.unescape(re.search(r'href="([^"]+#record)"', page)[1])
    filled = dict(parse_qsl(urlsplit(end).query, keep_blank_values=True))
    today = users.today(core.clock)
    assert filled["ends"] == today
    form = manager.get(end).text
    assert 'value="Delegation log, page 2"' in form
    yesterday = (date.fromisoformat(today) - timedelta(days=1)).isoformat()
    assert record(manager, **filled | {"ends": yesterday}).status_code == 303
    page = manager.get(f"{HOME}/evidence").text
    assert f"2026-01-15 – {yesterday}" in page
    assert "Ended" in page
    assert "#record" not in page, "what has ended is not ended again"


def test_a_review_of_all_sites_is_offered_to_who_reads_the_trail_of_all(client_as):
    """The person of one site reads its history, and finds no link there that would be refused."""
    site, manager = client_as(SITE), client_as(MANAGER)
    assert f'href="{HOME}/review"' not in site.get(f"/s/{STUDY}/history").text
    assert f'href="{HOME}/review"' in manager.get(f"/s/{STUDY}/history").text


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"login": "nobody@x"}, "There is no user"),
        ({"kind": ""}, "Choose training or delegation."),
        ({"kind": "second-factor"}, "Training and delegation are put on record."),
        ({"site": ""}, "A delegation is for a site."),
        ({"site": "XX-99"}, "There is no site"),
        ({"document": " "}, "Name the document"),
        ({"starts": "2026-05-01", "ends": "2026-04-01"}, "The last day is before the first."),
        ({"starts": "soon"}, "A day is written YYYY-MM-DD"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_recorded(manager, more, why):
    answer = record(manager, tasks="Data entry, phone calls", **more)
    assert (answer.status_code, why in html.unescape(answer.text)) == (422, True)
    assert 'value="Data entry, phone calls"' in answer.text
    assert "Nothing is on record yet." in answer.text


def test_only_who_records_sees_the_form_and_the_site_records_nothing(client_as, manager):
    record(manager)
    site = client_as(SITE)
    assert record(site).status_code == 403
    monitor = client_as("anna@cro.example").get(f"{HOME}/evidence")
    assert (monitor.status_code, "Put on record" in monitor.text) == (200, False)


def test_records_are_a_file(manager):
    record(manager)
    file = manager.get(f"{HOME}/evidence?as=csv")
    assert file.mimetype == "text/csv"
    assert "Delegation log, page 2" in file.text


def add(client, **more):
    site = {
        "op": new_id(),
        "number": "KR-77",
        "name": "Busan Hospital",
        "country": "KR",
        "zone": "Asia/Seoul",
    }
    return client.post(f"{HOME}/sites", data=site | more)


def test_a_site_is_added_once(manager):
    before = manager.get(f"{HOME}/sites").text
    assert "KR-01" in before
    assert "KR-77" not in before
    assert add(manager).status_code == 303
    assert "Busan Hospital" in manager.get(f"{HOME}/sites").text
    again = add(manager)
    assert (again.status_code, "There is a site KR-77 already." in again.text) == (422, True)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"number": "K R"}, "A number has 1 to 20"),
        ({"name": ""}, "Name the site"),
        ({"country": "Korea"}, "A country has two capital letters"),
        ({"zone": "Seoul"}, "A time zone is named like"),
    ],
)
def test_a_wrong_field_adds_nothing_and_says_so_beside_it(manager, more, why):
    answer = add(manager, **more)
    ((name, typed),) = more.items()
    assert (answer.status_code, why in answer.text) == (422, True)
    assert f'id="{name}-said"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert "Busan" not in manager.get(f"{HOME}/sites").text


def test_a_site_is_not_added_by_who_does_not_manage_them(client_as):
    for login in (SITE, "anna@cro.example"):
        assert add(client_as(login)).status_code == 403


def test_a_site_is_closed_with_a_reason_and_opened_again(manager, client_as):
    sites, site = f"{HOME}/sites", client_as(SITE)
    casebook = f"/s/{STUDY}/subjects/KR01-0001"
    before = site.get(f"/s/{STUDY}/subjects").text
    assert 'id="add"' in before
    unsaid = manager.post(
        f"{sites}/close", data={"op": new_id(), "number": "KR-01", "open_again": "", "reason": ""}
    )
    assert (unsaid.status_code, "Say why the site is closed." in unsaid.text) == (422, True)
    ended = {"op": new_id(), "number": "KR-01", "open_again": "", "reason": "Last subject out"}
    assert manager.post(f"{sites}/close", data=ended).status_code == 303
    page = manager.get(sites).text
    assert '<span class="tag">Closed</span>' in page
    assert "Open site KR-01 again" in page
    assert "Site KR-01 was closed on" in site.get(casebook).text
    assert 'id="add"' not in site.get(f"/s/{STUDY}/subjects").text, "no form for what is refused"
    form = site.get(f"{casebook}/V2/VS").text
    assert 'id="complete"' not in form
    again = ended | {"op": new_id(), "open_again": "true", "reason": "A late result"}
    assert manager.post(f"{sites}/close", data=again).status_code == 303
    assert "was closed on" not in site.get(casebook).text
    assert 'id="add"' in site.get(f"/s/{STUDY}/subjects").text


def test_the_risk_of_a_site_is_changed_with_a_reason(manager):
    sites = f"{HOME}/sites"
    assert "Not judged, taken as high" in manager.get(sites).text
    given = {"op": new_id(), "number": "KR-01", "risk": "low", "reason": ""}
    unsaid = manager.post(f"{sites}/risk", data=given)
    assert (unsaid.status_code, "Say why the risk" in unsaid.text) == (422, True)
    said = given | {"op": new_id(), "reason": "No findings in a year"}
    assert manager.post(f"{sites}/risk", data=said).status_code == 303
    assert '<option value="low" selected>' in manager.get(sites).text
    trail = manager.get(f"/s/{STUDY}/x/trail").text
    assert "the risk of site KR-01 is low" in trail


def test_what_roles_may_do_is_a_page_and_a_file_with_what_the_study_changed(core, manager, client_as):
    assert "As the default matrix" in manager.get(f"{HOME}/rights").text
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    for role, action, allowed in (
        (Role.SRO, Action.READ_TRAIL, True),
        (Role.COD, Action.CREATE_QUERY, False),
    ):
        with core.write(CLI) as uow:
            change = {"role": role, "action": action, "allowed": allowed, "reason": Reason(text="Agreed")}
            permissions.change_permission(
                uow, permissions.ChangePermission(study_id=study_id, op=new_id(), **change)
            )
    page = manager.get(f"{HOME}/rights").text
    assert "2 cells differ from the default" in page
    cells = csv.DictReader(io.StringIO(manager.get(f"{HOME}/rights?as=csv").data.decode("utf-8-sig")))
    rows = {(row["action"], row["role"]): (row["may"], row["by default"]) for row in cells}
    assert rows["read the whole audit trail", "SRO site reader"] == ("yes", "")
    assert rows["create a query", "COD coder"] == ("", "yes")
    assert rows["create a query", "DM data manager"] == ("yes", "yes")
    assert len(rows) == len(Action) * len(Role)
    assert client_as().get(f"{HOME}/rights").status_code == 403
