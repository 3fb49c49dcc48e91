"""Redactions on a page: asked for from the history of an item, decided by another person."""

import html
import re
from urllib.parse import parse_qsl, urlsplit

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
PAGE = f"/s/{STUDY}/x/redaction"
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


def asking(drawer):
    """The fields with which the newest entry that has words is asked about."""
    address = html.unescape(re.findall(r'href="([^"]+/x/redaction/ask[^"]+)"', drawer)[-1])
    return dict(parse_qsl(urlsplit(address).query))


def test_asked_from_the_history_decided_by_another_and_gone(named, client_as, sponsor, grep_database):
    manager = client_as("dana@sponsor.example")
    before = history(manager)
    assert NAME in before
    ask = asking(before)
    assert "A former subject number" in manager.get(PAGE).text
    assert "A former subject number" not in sponsor.get(PAGE).text, "who decides does not ask"
    assert "Nothing brings the words back" in manager.get(f"{PAGE}/ask", query_string=ask).text
    sent = manager.post(f"{PAGE}/ask", data=ask | {"op": new_id(), "reason": "A name was entered."})
    assert sent.status_code == 303
    waits = manager.get(PAGE).text
    assert "You asked for this" in waits
    assert NAME not in waits
    waiting = sponsor.get("/").text
    assert f'href="{PAGE}">Review<span class="vh"> redaction {SUBJECT}</span>' in waiting
    assert "A name was entered." in waiting
    assert PAGE not in manager.get("/").text, "nobody decides what they asked for"
    (request,) = re.findall(r'name="request" value="(\d+)"', sponsor.get(PAGE).text)
    decide = {"subject": SUBJECT, "request": request, "approve": "true"}
    own = manager.post(f"{PAGE}/decide", data=decide | {"op": new_id(), "reason": "Yes."})
    assert own.status_code == 409
    assert "Another person" in own.text
    unsaid = sponsor.post(f"{PAGE}/decide", data=decide | {"op": new_id(), "reason": " "})
    assert (unsaid.status_code, "Say why it has to be taken out" in unsaid.text) == (422, True)
    done = sponsor.post(f"{PAGE}/decide", data=decide | {"op": new_id(), "reason": "It is a name."})
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
    ask = asking(history(manager)) | {"reason": "A name was entered."}
    assert manager.post(f"{PAGE}/ask", data=ask | {"op": new_id()}).status_code == 303
    again = manager.post(f"{PAGE}/ask", data=ask | {"op": new_id(), "reason": "Once more."})
    assert (again.status_code, "Once more." in again.text) == (422, True), "what was typed stays"
    with count_statements() as one:
        manager.get(PAGE)
    assert len(one) == len(nothing) + 1 <= 7, "and who asked"


def test_the_site_and_the_monitor_neither_ask_nor_decide(named, client_as):
    for client in (named, client_as("anna@cro.example")):
        assert "/x/redaction" not in history(client)
        assert client.get(PAGE).status_code == 403
        about = {"subject": SUBJECT, "entry": "2"}
        assert client.get(f"{PAGE}/ask", query_string=about).status_code == 403
        said = {"op": new_id(), "reason": "Because."}
        assert client.post(f"{PAGE}/ask", data=about | said).status_code == 403
        decide = {"subject": SUBJECT, "request": "2", "approve": "true"}
        assert client.post(f"{PAGE}/decide", data=decide | said).status_code == 403


def test_what_cannot_be_redacted_is_said(named, client_as):
    manager = client_as("dana@sponsor.example")
    ask = {"op": new_id(), "reason": "A name.", "subject": SUBJECT, "entry": "1"}
    refused = manager.post(f"{PAGE}/ask", data=ask)
    assert (refused.status_code, "number that the subject has now" in refused.text) == (422, True)
    assert manager.post(f"{PAGE}/ask", data=ask | {"entry": "one"}).status_code == 400
    assert manager.post(f"{PAGE}/ask", data=ask | {"more": "x"}).status_code == 400
    gone = {"op": new_id(), "reason": "A name.", "subject": SUBJECT, "request": "77", "approve": "true"}
    assert manager.post(f"{PAGE}/decide", data=gone).status_code == 404


def test_a_reason_of_the_study_is_asked_for_in_its_history_and_taken_out_by_another(core, client_as, sponsor):
    manager = client_as("dana@sponsor.example")
    closing = {
        "op": new_id(),
        "number": "KR-01",
        "open_again": "",
        "reason": f"{NAME} has left the hospital.",
    }
    assert manager.post(f"/s/{STUDY}/x/access/sites/close", data=closing).status_code == 303
    told = manager.get(f"/s/{STUDY}/history").text
    assert NAME in told
    fields = asking(told)
    assert (fields["subject"], fields["of"]) == ("@study", "reason")
    assert 'value="reason" checked' in manager.get(f"{PAGE}/ask", query_string=fields).text
    asked = {"op": new_id(), "reason": "An identity was entered by mistake."} | fields
    assert manager.post(f"{PAGE}/ask", data=asked).status_code == 303
    page = sponsor.get(PAGE).text
    assert "the study (the reason)" in page
    assert "the study" in sponsor.get("/").text
    (request,) = re.findall(r'name="request" value="(\d+)"', page)
    done = {"op": new_id(), "subject": "@study", "request": request, "reason": "Agreed.", "approve": "true"}
    assert sponsor.post(f"{PAGE}/decide", data=done).status_code == 303
    for client in (manager, sponsor):
        assert NAME not in client.get(f"/s/{STUDY}/history").text
        assert NAME not in client.get(f"/s/{STUDY}/x/trail").text
