"""Redactions on a page: asked for from the history of an item, decided by another person."""

import re

import pytest

from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.services import users
from edc_core.store import readers
from tests.web.trial import CLI, FORM_URL, PASSWORD, STUDY, SUBJECT

NAME = "Gildong Hong"
HX = {"HX-Request": "true"}
SYSBP = ItemPath.parse("V2[1]/VS[1]/IG.VS[1]/SYSBP")
PAGE = f"/s/{STUDY}/redactions"
SPONSOR = "min@sponsor.example"


@pytest.fixture
def sponsor(core, client_as):
    """Somebody of the sponsor, who may decide."""
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    with core.write(CLI) as uow:
        users.add_user(
            uow, users.AddUser(study_id="@system", op=new_id(), login=SPONSOR, full_name="Min Seo")
        )
    with core.write(CLI) as uow:
        grant = users.AddGrant(
            study_id="@system", op=new_id(), login=SPONSOR, role=Role.SPO, granted_study_id=study_id
        )
        users.add_grant(uow, grant)
    with core.write(CLI) as uow:
        users.set_password(uow, SPONSOR, PASSWORD)
    return client_as(SPONSOR)


@pytest.fixture
def named(client_as):
    """A name that was typed and corrected."""
    site = client_as()
    for base, value in enumerate((NAME, "120")):
        data = {"op": new_id(), "value": value, "base": base}
        url = f"/s/{STUDY}/subjects/{SUBJECT}/items/{SYSBP}"
        assert site.post(url, data=data, headers=HX).status_code == 200
    return site


def history(client):
    return client.get(f"{FORM_URL}/history", query_string={"item": str(SYSBP)}, headers=HX).text


def test_asked_from_the_history_decided_by_another_and_gone(named, client_as, sponsor, grep_database):
    manager = client_as("dana@sponsor.example")
    before = history(manager)
    assert NAME in before
    ask = re.findall(r'href="([^"]+/redactions/\d+/ask)"', before)[-1]
    assert "Nothing brings the words back" in manager.get(ask).text
    sent = manager.post(ask, data={"op": new_id(), "reason": "A name was entered."})
    assert sent.status_code == 303
    waits = manager.get(PAGE).text
    assert "You asked for this" in waits
    assert NAME not in waits
    waiting = sponsor.get("/").text
    assert f'href="{PAGE}">Review<span class="vh"> redaction {SUBJECT}</span>' in waiting
    assert "A name was entered." in waiting
    assert PAGE not in manager.get("/").text
    (decide,) = re.findall(r'action="([^"]+/redactions/\d+)"', sponsor.get(PAGE).text)
    own = manager.post(decide, data={"op": new_id(), "reason": "Yes.", "approve": "true"})
    assert own.status_code == 409
    assert "Another person" in own.text
    done = sponsor.post(decide, data={"op": new_id(), "reason": "It is a name.", "approve": "true"})
    assert done.status_code == 303
    assert "Nothing waits." in sponsor.get(PAGE).text
    assert NAME not in history(manager)
    assert "two persons removed later" in history(manager)
    assert grep_database(NAME) == []


def test_the_page_takes_a_fixed_number_of_statements(named, client_as, count_statements):
    manager = client_as("dana@sponsor.example")
    manager.get(PAGE)
    with count_statements() as nothing:
        manager.get(PAGE)
    ask = re.findall(r'href="([^"]+/redactions/\d+/ask)"', history(manager))[-1]
    manager.post(ask, data={"op": new_id(), "reason": "A name was entered."})
    assert manager.post(ask, data={"op": new_id(), "reason": "Once more."}).status_code == 409
    with count_statements() as one:
        manager.get(PAGE)
    assert len(one) == len(nothing) + 1 <= 7, "and who asked"


def test_the_site_and_the_monitor_neither_ask_nor_decide(named, client_as):
    for client in (named, client_as("anna@cro.example")):
        assert "/redactions/" not in history(client)
        assert client.get(PAGE).status_code == 403
        url = f"/s/{STUDY}/subjects/{SUBJECT}/redactions/2"
        assert client.get(f"{url}/ask").status_code == 403
        data = {"op": new_id(), "reason": "Because."}
        assert client.post(f"{url}/ask", data=data).status_code == 403
        assert client.post(url, data=data | {"approve": "true"}).status_code == 403


def test_what_cannot_be_redacted_is_said(named, client_as):
    manager = client_as("dana@sponsor.example")
    url = f"/s/{STUDY}/subjects/{SUBJECT}/redactions"
    ask = {"op": new_id(), "reason": "A name."}
    assert manager.post(f"{url}/1/ask", data=ask).status_code == 400
    assert manager.post(f"{url}/1/ask", data=ask | {"reason": ""}).status_code == 400
    gone = manager.post(f"{url}/77", data=ask | {"approve": "true"})
    assert gone.status_code == 404
