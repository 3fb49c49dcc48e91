"""REQ-PRV-09: what subjects ask about their data is logged by their number, answered by a day, and read where it belongs."""

import csv
import dataclasses
import io
import re

import pytest
from edc_core_subject_rights.log import days_of, due_on, requests_of

from edc_core.domain.dataset import TrailEntry
from edc_core.domain.metadata import PluginUse
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.services import users
from edc_core.store import readers
from tests.rendering.vital_signs import version
from tests.web.browsers import open_app, signing_in
from tests.web.trial import CLI, PASSWORD, STUDY, SUBJECT, limited, make_core

PAGE = f"/s/{STUDY}/x/subject-rights"
MANAGER, INVESTIGATOR, ELSEWHERE = "dana@sponsor.example", "haneul@site.example", "lena@site2.example"
WORDS = "A copy of what was collected"


@pytest.fixture
def core(tmp_path):
    uses = (PluginUse("edc-core-scanners", ">=0.1"),)
    core = make_core(tmp_path, dataclasses.replace(limited(version()), plugins=uses))
    with core.write(CLI) as uow:
        users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login=ELSEWHERE, full_name="Lena"))
        study_id = readers.find_study(uow.connection, STUDY).study_id
        users.add_grant(uow, users.grant_for_sites(uow, ELSEWHERE, Role.PI, study_id, ("DE-01",)))
        users.set_password(uow, ELSEWHERE, PASSWORD)
    yield core
    core.close()


@pytest.fixture
def client_as(core):
    return signing_in(open_app(core))


def record(client, **more):
    asked = {"op": f"op-{new_id()}", "subject": SUBJECT, "kind": "access", "on": "2026-01-05", "words": WORDS}
    return client.post(PAGE, data=asked | more)


def key_of(client):
    return re.search(r'name="request" value="([^"]+)"', client.get(PAGE).text)[1]


def step(client, **more):
    asked = {
        "op": f"op-{new_id()}",
        "request": key_of(client),
        "step": "done",
        "on": "2026-01-09",
        "words": "Handed over",
    }
    return client.post(f"{PAGE}/step", data=asked | more)


def rows_of(client):
    return list(csv.DictReader(io.StringIO(client.get(f"{PAGE}/requests.csv").text.removeprefix("\ufeff"))))


def test_a_request_is_recorded_due_and_closed(client_as):
    site = client_as()
    assert record(site).status_code == 303
    assert "2026-02-04" in site.get(PAGE).text, "30 days after it came"
    assert step(site, step="noted", words="Asked the investigator").status_code == 303
    assert "Overdue" in site.get(PAGE).text
    assert step(site).status_code == 303
    rows = rows_of(site)
    assert [(row["Step"], row["On"], row["Words"], row["State"]) for row in rows] == [
        ("received", "2026-01-05", WORDS, "done"),
        ("noted", "2026-01-09", "Asked the investigator", "done"),
        ("done", "2026-01-09", "Handed over", "done"),
    ]
    assert {(row["Subject"], row["Site"], row["By"]) for row in rows} == {(SUBJECT, "KR-01", "Kim Jiwoo")}


def test_the_sponsor_reads_it_by_the_number_and_records_nothing(client_as):
    record(client_as())
    manager = client_as(MANAGER)
    page = manager.get(PAGE).text
    assert WORDS in page
    assert SUBJECT in page
    assert "Record a request" not in page
    assert record(manager).status_code == 403
    assert manager.post(f"{PAGE}/step", data={"op": "x", "request": "y"}).status_code == 403


def test_another_site_learns_nothing_of_it(client_as):
    record(client_as())
    other = client_as(ELSEWHERE)
    for address in (PAGE, f"{PAGE}/requests.csv", f"/s/{STUDY}/x/trail?words=subject-rights"):
        text = other.get(address).text
        assert WORDS not in text
        assert SUBJECT not in text
    assert record(other).status_code == 422
    assert rows_of(client_as())[0]["Words"] == WORDS


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "erasure"}, "Choose what the subject asks for"),
        ({"on": "yesterday"}, "Give the day"),
        ({"on": "2999-01-01"}, "has not come yet"),
        ({"words": ""}, "Write what was asked for"),
        ({"subject": "KR01-9999"}, "no subject"),
        ({"words": "Write to anna@mail.example"}, "e-mail address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(client_as, given, said):
    site = client_as()
    answer = record(site, **given)
    assert answer.status_code == 422
    assert said.casefold() in answer.text.casefold()
    assert rows_of(site) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"step": "received"}, "Choose what came of it"),
        ({"on": "2026-01-04"}, "before the request came"),
        ({"words": ""}, "without the name"),
    ],
)
def test_a_step_that_is_none_is_refused(client_as, given, said):
    site = client_as()
    record(site)
    answer = step(site, **given)
    assert (answer.status_code, said in answer.text) == (422, True)


def test_a_closed_request_takes_no_more_steps(client_as):
    site = client_as()
    record(site)
    key = key_of(site)
    step(site)
    answer = site.post(
        f"{PAGE}/step",
        data={"op": "late", "request": key, "step": "declined", "on": "2026-01-09", "words": "x"},
    )
    assert (answer.status_code, "closed this request meanwhile" in answer.text) == (422, True)


def test_the_days_are_set_for_requests_to_come(client_as):
    site, manager = client_as(), client_as(MANAGER)
    record(site)
    assert manager.post(f"{PAGE}/days", data={"op": "op-days", "days": "10"}).status_code == 303
    record(site, kind="restriction")
    assert {(row["Request"], row["Due"]) for row in rows_of(site)} == {
        ("access", "2026-02-04"), ("restriction", "2026-01-15")
    }  # fmt: skip
    assert manager.post(f"{PAGE}/days", data={"op": "op-days-2", "days": "0"}).status_code == 422
    assert site.post(f"{PAGE}/days", data={"op": "op-days-3", "days": "5"}).status_code == 403


def test_what_is_withheld_or_redacted_is_left_out():
    withheld = TrailEntry(
        {"study_id": "s", "chain": "c", "n": 1, "prev": "", "hash": "x"}, "S", "1", "", "", "", "", ""
    )
    assert requests_of([withheld]) == []


def test_due_days_are_counted_from_the_day_it_came():
    assert due_on("2026-01-31", 30) == "2026-03-02"
    assert days_of(()) == 30
