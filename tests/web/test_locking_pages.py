"""The way to a locked study on its pages: what is open, waivers, what a step would do, every casebook, the report."""

import csv
import io
import re

import pytest

from edc_core.domain.item_path import ItemPath
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.services.verifying import verify
from tests.web.trial import PASSWORD, STUDY, SUBJECT

HOME = f"/s/{STUDY}"
LOCKING = f"{HOME}/x/locking"
MANAGER = "dana@sponsor.example"
HX = {"HX-Request": "true"}


@pytest.fixture
def site(client_as):
    client = client_as()
    save(client, "120")
    return client


@pytest.fixture
def manager(site, client_as):
    return client_as(MANAGER)


def save(client, value, base=0, reason=""):
    path = ItemPath.parse("V2[1]/VS[1]/IG.VS[1]/SYSBP")
    data = {"op": new_id(), "value": value, "base": base, "reason_text": reason}
    return client.post(f"{HOME}/subjects/{SUBJECT}/items/{path}", data=data, headers=HX)


def post(client, address, **fields):
    return client.post(address, data={"op": new_id()} | fields)


def offered(page):
    return [value.replace("&#34;", '"') for value in re.findall(r'name="thing" value="([^"]*)"', page)]


def waive(client, things, **fields):
    given = {"thing": things, "reason": "Agreed in the data review", "login": MANAGER, "password": PASSWORD}
    return post(client, LOCKING, **(given | fields))


def step(client, action, site="", **fields):
    return post(
        client, f"{HOME}/x/locking/console", action=action, site=site, reason="Database lock", **fields
    )


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


def test_the_list_names_what_is_open_and_whose_work_it_is(manager):
    page = manager.get(LOCKING).text
    assert "Form not complete" in page
    assert "Kim Jiwoo" in page
    found = rows(manager.get(f"{LOCKING}/open-before-lock.csv"))
    assert [(row["subject"], row["what"], row["owner"], row["person"]) for row in found] == [
        (SUBJECT, "form not complete", "coordinator", "Kim Jiwoo")
    ]
    assert rows(manager.get(f"{LOCKING}/open-before-lock.csv?site=KR-01")) == found
    assert rows(manager.get(f"{LOCKING}/open-before-lock.csv?site=DE-01")) == []


def test_the_study_is_locked_once_what_is_open_was_waived_with_both_components(core, manager):
    refused = step(manager, "lock")
    assert refused.status_code == 422
    assert "form not complete: 1" in refused.text
    assert f'<a class="btn" href="{LOCKING}">Open before the lock</a>' in refused.text
    assert 'value="Database lock"' in refused.text, "what was typed stays"
    things = offered(manager.get(LOCKING).text)
    assert waive(manager, things).status_code == 303
    assert "Nothing keeps the study from being locked" in manager.get(LOCKING).text
    assert step(manager, "lock").status_code == 303
    assert verify(core, rebuild=True).ok


def test_a_waiver_is_withdrawn_with_both_components_and_counts_as_open_again(core, manager):
    things = offered(manager.get(LOCKING).text)
    waive(manager, things)
    assert "Withdraw the chosen waivers" in manager.get(LOCKING).text
    refused = waive(manager, things, do="withdraw", password="wrong")
    assert (refused.status_code, "not the password" in refused.text) == (422, True)
    assert waive(manager, things, do="withdraw", reason="It was begun after all").status_code == 303
    assert "1 thing keeps the study from being locked" in manager.get(LOCKING).text
    history = manager.get(f"{HOME}/subjects/{SUBJECT}/history").text
    assert re.search("No longer lets .+ stay as it is at the study lock", history)
    assert step(manager, "lock").status_code == 422
    assert verify(core, rebuild=True).ok


def test_everything_is_waived_at_once_as_long_as_it_is_what_was_seen(manager):
    assert "now they are 1" in waive(manager, [], every="2").text
    assert waive(manager, [], every="1").status_code == 303
    assert "Nothing keeps the study from being locked" in manager.get(LOCKING).text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password": "wrong"}, "not the password"),
        ({"login": "jiwoo@site.example"}, "Sign with your own user name"),
        ({"login": ""}, "Sign with your own user name"),
        ({"reason": ""}, "Say why"),
        ({"thing": []}, "Choose at least one"),
        ({"thing": ["nonsense"]}, "not on the page"),
        ({"thing": [f'["{SUBJECT}", "V2[1]/VS[1]", "open query", "q"]']}, "Nothing was waived"),
    ],
)
def test_what_is_not_a_waiver_leaves_no_entry_and_says_why(manager, given, said):
    things = offered(manager.get(LOCKING).text)
    answer = waive(manager, things, **given)
    assert answer.status_code == 422
    assert said in answer.text
    assert offered(manager.get(LOCKING).text) == things


def test_a_rehearsal_says_what_would_be_refused_and_changes_nothing(manager):
    refused = post(manager, f"{LOCKING}/rehearsal", do="look", action="lock").text
    assert "It would be refused." in refused
    assert "form not complete: 1" in refused
    done = post(manager, f"{LOCKING}/rehearsal", do="look", action="lock", site="KR-01").text
    assert "<b>1 form</b> of 1 subject would be affected, of 1 begun." in done
    assert "What is open" not in done
    assert "Nothing was frozen or locked yet." in manager.get(f"{LOCKING}/report").text


def test_every_casebook_is_locked_by_the_worker_and_what_refuses_is_named(core, manager):
    step(manager, "lock", site="KR-01", subject=SUBJECT)
    assert post(manager, f"{LOCKING}/rehearsal", do="each", action="lock").status_code == 422
    asked = post(manager, f"{LOCKING}/rehearsal", do="each", action="lock", reason="Lock of all")
    assert asked.status_code == 303
    Worker(core).run(once=True)
    page = manager.get(f"{LOCKING}/rehearsal").text
    assert "Done in 1 of 2 casebooks." in page
    assert "This is locked already." in page
    reasons = [row["reason"] for row in rows(manager.get(f"{LOCKING}/lock-report.csv"))]
    assert reasons.count("Lock of all.") == 1


def test_the_report_shows_what_changed_while_something_was_open_again(manager, site):
    step(manager, "lock", site="KR-01")
    assert save(site, "130", base=1).status_code == 423
    step(manager, "unlock", site="KR-01")
    assert save(site, "130", base=1).status_code == 200
    step(manager, "lock", site="KR-01")
    page = manager.get(f"{LOCKING}/report").text
    assert "3 steps, 1 unlock" in page
    assert "1 change while it was open" in page
    assert "from 120 to 130" in page
    found = rows(manager.get(f"{LOCKING}/lock-report.csv"))
    changed = [row for row in found if row["change"]]
    assert [(row["subject"], row["changed by"]) for row in changed] == [(SUBJECT, "Kim Jiwoo")]
    assert "120" in changed[0]["change"]
    assert changed[0]["until"]


def test_a_coordinator_finds_no_way_to_the_list_and_waives_nothing(site):
    assert site.get(LOCKING).status_code == 403
    assert waive(site, ["x"], login="jiwoo@site.example").status_code == 403


def test_the_lock_page_leads_to_all_of_them(manager):
    page = manager.get(f"{HOME}/x/locking/console").text
    for address in ("", "/rehearsal", "/report"):
        assert f'href="/s/{STUDY}/x/locking{address}"' in page
