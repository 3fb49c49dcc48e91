"""The schedule on its pages: what is not required is shown, cannot be begun, and is no next form."""

import dataclasses

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import SiteDef
from edc_core.ids import new_id
from tests.services.test_scheduling import STUDY as DYNAMIC
from tests.web.trial import STUDY, SUBJECT, make_core

HX = {"HX-Request": "true"}
BOOK = f"/s/{STUDY}/subjects/{SUBJECT}"
DM = ItemPath.parse("SCR[1]/DM[1]")


@pytest.fixture
def core(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(DYNAMIC.replace("oid: DYNAMIC", "oid: DEMO"), encoding="utf-8")
    version = load(file).required()
    sites = (SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul"), SiteDef("DE-01", "Berlin", "DE", "Europe/Berlin"))
    core = make_core(tmp_path, dataclasses.replace(version, sites=sites))
    yield core
    core.close()


def save(client, item, value, form=DM, base=0):
    path = form.with_group("DM.DM", "1").with_item(item)
    return client.post(
        f"{BOOK}/items/{path}", data={"op": new_id(), "value": value, "base": base}, headers=HX
    )


def completed(client):
    return client.post(
        f"{BOOK}/forms/{DM}/complete", data={"op": new_id(), "go": "next"}, headers=HX
    ).headers["HX-Redirect"]


def test_the_casebook_says_what_is_not_required_and_leads_only_to_what_is(client_as):
    client = client_as()
    page = client.get(BOOK).text
    visits = page[page.index('id="visits-t"') : page.index("<aside")]
    assert visits.count("Not required") == 4, "a form of each visit, the third visit and its form"
    assert f'href="{BOOK}/SCR/PREG"' not in page
    save(client, "DM.KNOWN", "Y")
    save(client, "DM.SEX", "F")
    assert f'href="{BOOK}/SCR/PREG"' in client.get(BOOK).text


def test_a_form_that_is_not_required_takes_no_entry_and_says_so(client_as):
    client = client_as()
    page = client.get(f"{BOOK}/SCR/PREG").text
    assert "Not required for this subject." in page
    assert 'id="complete"' not in page
    assert "hx-post" not in page.split('class="crf"')[1].split('class="foot"')[0]
    path = ItemPath.parse("SCR[1]/PREG[1]/PREG.PREG[1]/PREG.HCG")
    refused = client.post(f"{BOOK}/items/{path}", data={"op": new_id(), "value": "N", "base": 0}, headers=HX)
    assert refused.status_code == 409
    assert "not required for this subject" in refused.text


def test_the_next_form_is_one_that_is_required(client_as):
    client = client_as()
    save(client, "DM.WEIGHT", "80")
    assert completed(client) == BOOK, "no other form of the visit is required"


def test_the_next_form_is_the_one_that_an_answer_brought(client_as):
    client = client_as()
    save(client, "DM.KNOWN", "Y")
    save(client, "DM.SEX", "F")
    assert completed(client) == f"{BOOK}/SCR/PREG"


def test_a_form_with_data_that_is_no_longer_required_can_be_read_and_cleared(client_as):
    client = client_as()
    save(client, "DM.KNOWN", "Y")
    save(client, "DM.SEX", "F")
    place = ItemPath.parse("SCR[1]/PREG[1]/PREG.PREG[1]/PREG.HCG")
    saved = client.post(f"{BOOK}/items/{place}", data={"op": new_id(), "value": "N", "base": 0}, headers=HX)
    assert saved.status_code == 200
    save(client, "DM.SEX", "M", base=1)
    assert "Not applicable, has data" in client.get(BOOK).text
    page = client.get(f"{BOOK}/SCR/PREG").text
    assert "It holds data that were entered before." in page
    cleared = client.post(f"{BOOK}/items/{place}", data={"op": new_id(), "value": "", "base": 1}, headers=HX)
    assert cleared.status_code == 200
    assert "Not applicable, has data" not in client.get(BOOK).text


def test_a_visit_is_marked_as_not_done_in_the_casebook_without_a_script(client_as):
    client = client_as()
    url = f"{BOOK}/events/V1/not-done"
    assert f'action="{url}"' in client.get(BOOK).text
    assert client.post(url, data={"op": new_id(), "reason": " "}).status_code == 422
    assert client.post(url, data={"op": new_id(), "reason": "Ill"}).status_code == 303
    page = client.get(BOOK).text
    assert "Not done: Ill" in page
    assert "It was done after all" in page
    form = client.get(f"{BOOK}/V1/VS").text
    assert "This visit was marked as not done." in form
    assert 'id="complete"' not in form
    assert client.post(url, data={"op": new_id(), "undo": "true"}).status_code == 303
    assert "Not done: Ill" not in client.get(BOOK).text


def test_who_may_not_enter_data_is_not_offered_to_mark_a_visit(client_as):
    client = client_as("dana@sponsor.example")
    assert "not-done" not in client.get(BOOK).text
    assert client.post(f"{BOOK}/events/V1/not-done", data={"op": new_id(), "reason": "x"}).status_code == 403
