"""As the second person follows every link, nothing of the first entry is found, until the two entries are compared."""

import dataclasses
import hashlib
import html
import re

import pytest

from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.file_value import FileRules
from edc_core.domain.permission import Action, Grant, Role
from edc_core.errors import ExportRefused
from edc_core.ids import new_id
from edc_core.services import exporting, users
from edc_core.store import readers
from edc_core.web.app import create_app
from tests.plugins.double_entry.scene import FIRST, FORM, MANAGER, SECOND, THIRD, make
from tests.rendering.vital_signs import ITEMS, item
from tests.web.test_no_leak import followed
from tests.web.trial import PASSWORD, STUDY, SUBJECT

HOME = f"/s/{STUDY}/x/double-entry"
BOOK = f"/s/{STUDY}/subjects/{SUBJECT}"
COVER = {"subject": SUBJECT, "form": FORM}
MARK = "ZQfirst"
PDF = b"%PDF-1.7 ZQfirst"
SCAN = f"{FORM}/IG.VS[1]/SCAN"
NOTE = f"{FORM}/IG.VS[1]/NOTE"


@pytest.fixture
def core(tmp_path):
    core = make(tmp_path, items=(*ITEMS, item("SCAN", question="Scan", file=FileRules())))
    yield core
    core.close()


@pytest.fixture
def client_as(core):
    app = create_app(core)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)

    def signed_in(login):
        client = app.test_client()
        assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303
        return client

    return signed_in


def send(client, address, **data):
    answer = client.post(address, data={"op": new_id(), **data})
    assert answer.status_code < 400, answer.text
    return answer


@pytest.fixture
def begun(client_as):
    """The first entry with its words as a value, in a row, a file, a query, its answer and a reason; not complete."""
    first, manager = client_as(FIRST), client_as(MANAGER)
    send(first, f"{BOOK}/items/{NOTE}", value=f"{MARK} note", base="0")
    send(first, f"{BOOK}/items/{FORM}/IG.VS[1]/SYSBP", value="300", base="0")
    send(first, f"{BOOK}/rows/{FORM}/IG.AE")
    send(first, f"{BOOK}/items/{FORM}/IG.AE[1]/AETERM", value=f"{MARK} row", base="0")
    sent = {"op": new_id(), "name": f"{MARK}.pdf"}
    file = first.post(
        f"{BOOK}/files/{SCAN}", query_string=sent, data=PDF, content_type="application/octet-stream"
    )
    assert file.status_code < 400, file.text
    send(manager, f"{BOOK}/ask/{NOTE}", text=f"{MARK} query")
    query = re.search(r"/queries/([0-9a-f]{32})", manager.get(f"{BOOK}/queries").text)[1]
    send(first, f"{BOOK}/queries/{query}", action="answer", text=f"{MARK} answer", base="1")
    return query


@pytest.fixture
def complete(begun, client_as):
    first = client_as(FIRST)
    send(first, f"{BOOK}/forms/{FORM}/complete")
    send(first, f"{BOOK}/items/{NOTE}", value=f"{MARK} again", base="1", reason_text=f"{MARK} reason")
    return begun


def begin(query):
    """Addresses of the first entry that nothing may lead to."""
    return [
        f"{BOOK}/queries/{query}", f"/s/{STUDY}/queries/{query}", f"{BOOK}/V2/VS/history?item={NOTE}", f"{BOOK}/V2/VS",
        f"{BOOK}/files/{SCAN}?sha256={hashlib.sha256(PDF).hexdigest()}", f"{BOOK}/V2/VS/history?item={SCAN}",
        f"{BOOK}/V2/VS?as_of=2099-01-01T00:00:00Z", f"{BOOK}/forms/{FORM}/messages?was=", f"{BOOK}/signature",
        f"{BOOK}/signature?scope={FORM}", f"{BOOK}/history", f"{BOOK}/then", f"{HOME}/values.csv",
        f"{HOME}/form?subject={SUBJECT}&form={FORM}", f"{HOME}/first?subject={SUBJECT}&form={FORM}",
    ]  # fmt: skip


def shown(client, query):
    """Addresses at which words of the first entry are found, of all that links lead to and some that none does."""
    return {address for address, text in followed(client, begin(query)) if MARK in html.unescape(text)}


def test_nothing_of_a_form_that_somebody_has_begun_is_shown(begun, client_as):
    assert shown(client_as(SECOND), begun) == set()


def test_nothing_of_a_complete_form_is_shown_until_it_is_compared(complete, client_as):
    second = client_as(SECOND)
    assert shown(second, complete) == set()
    send(second, f"{HOME}/compare", **COVER)
    assert len(shown(second, complete)) > 5, "the words can be found by who may see them"


@pytest.mark.parametrize("who", [FIRST, THIRD, MANAGER])
def test_who_types_no_second_entry_sees_it_all_along(complete, client_as, who):
    client = client_as(who)
    pages = (f"{BOOK}/V2/VS", f"{BOOK}/queries", f"{BOOK}/history", f"{BOOK}/V2/VS/history?item={NOTE}")
    assert [page for page in pages if MARK not in client.get(page).text] == []


def test_what_is_sent_to_a_covered_form_is_refused_and_says_nothing_of_it(complete, client_as):
    second = client_as(SECOND)
    for address, data in (
        (f"{BOOK}/items/{NOTE}", {"value": "x", "base": "0"}),
        (f"{BOOK}/forms/{FORM}/reopen", {"reason_text": "Late"}),
        (f"{BOOK}/strike/{FORM}/IG.AE[1]", {"reason_text": "Late"}),
        (f"{BOOK}/forms/{FORM}/removal", {"reason_text": "Late"}),
    ):
        for headers in ({}, {"HX-Request": "true"}):
            refused = second.post(address, data={"op": new_id(), **data}, headers=headers)
            assert (refused.status_code, MARK in refused.text) == (403, False)
            assert "kept from you" in html.unescape(refused.text)
            assert "This form is kept from you for now" in refused.text
            assert "not part of your role" not in refused.text


def test_the_form_leads_to_why_it_is_covered_and_to_the_second_entry(complete, client_as):
    second = client_as(SECOND)
    answer = second.get(f"{BOOK}/V2/VS")
    assert answer.status_code == 303
    page = second.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "entered twice" in page.text
    assert f"{HOME}/form?" in page.text
    assert second.get(f"{BOOK}/V2/VS", headers={"HX-Request": "true"}).headers["HX-Redirect"].startswith(HOME)


def test_before_it_is_complete_there_is_nothing_to_type(begun, client_as):
    page = client_as(SECOND).get(f"{HOME}/first", query_string=COVER)
    assert page.status_code == 200
    assert "once it is complete" in page.text
    assert f"{HOME}/form?" not in page.text


def test_who_has_it_shown_types_no_second_entry(complete, client_as):
    second = client_as(SECOND)
    opened = send(second, f"{HOME}/first", **COVER)
    assert "Open the form" in second.get(opened.headers["Location"]).text
    assert f"{MARK} again" in second.get(f"{BOOK}/V2/VS").text
    assert "Somebody from whom it is kept" in second.get(f"{HOME}/form", query_string=COVER).text
    assert second.post(f"{HOME}/compare", data={"op": new_id(), **COVER}).status_code == 403
    told = client_as(MANAGER).get(f"{BOOK}/history").text
    assert "the first entry was opened" in told


def test_the_investigator_reads_it_and_types_no_second_entry(complete, client_as):
    third = client_as(THIRD)
    assert f"{MARK} again" in third.get(f"{BOOK}/V2/VS").text
    assert third.post(f"{HOME}/compare", data={"op": new_id(), **COVER}).status_code == 403
    assert "Open the form" in third.get(f"{HOME}/first", query_string=COVER).text


@pytest.mark.parametrize("wrong", [{"form": "V2[1]/LONG[1]"}, {"form": "V2[1]"}, {"subject": "KR01-9999"}])
def test_a_form_that_is_not_entered_twice_has_no_such_page(begun, client_as, wrong):
    assert client_as(SECOND).get(f"{HOME}/first", query_string=COVER | wrong).status_code in {400, 404}


def exporting_typist(core):
    """The second person in a study that lets them export."""
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        person = users.actor_of(source, SECOND, users.today(core.clock))
    more = frozenset({Action.EXPORT_WORKING, Action.EXPORT_LOCKED})
    return study, dataclasses.replace(person, grants=(Grant(study.study_id, Role.SUB, more=more),))


def test_who_may_type_a_form_a_second_time_takes_no_export(complete, core, client_as, tmp_path):
    study, person = exporting_typist(core)
    command = exporting.RequestExport(
        study_id=study.study_id, op=new_id(), choice=ExportChoice("csv", unlocked=True)
    )
    with pytest.raises(ExportRefused, match="kept from you"):
        exporting.export(core, person, command, tmp_path / "refused")
    send(client_as(SECOND), f"{HOME}/first", **COVER)
    exporting.export(core, person, dataclasses.replace(command, op=new_id()), tmp_path / "taken")
    assert MARK in "".join(file.read_text() for file in (tmp_path / "taken").rglob("*.csv"))
