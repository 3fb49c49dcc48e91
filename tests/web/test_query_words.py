"""Words of the study where a query is raised, and a query that is forwarded from its page and from the form."""

import dataclasses
import re
from urllib.parse import unquote

import pytest

from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import QueryTemplate, TranslatedText
from edc_core.ids import new_id
from edc_core.store import readers
from edc_core.web.app import create_app
from tests.rendering.vital_signs import version
from tests.web.trial import PASSWORD, STUDY, SUBJECT, limited, make_core

HOME = f"/s/{STUDY}"
BOOK = f"{HOME}/subjects/{SUBJECT}"
SYSBP = ItemPath.parse("V2[1]/VS[1]/IG.VS[1]/SYSBP")
NEW = f"{BOOK}/V2/VS/queries/new?item={SYSBP}"
MANAGER, MONITOR = "dana@sponsor.example", "anna@cro.example"
HX = {"HX-Request": "true"}
EN = TranslatedText.of
TEMPLATES = (
    QueryTemplate(TranslatedText((("en", "Does {value} for {item} agree?"), ("ko", "{item}: {value}?")))),
    QueryTemplate(EN("Who measured it?", "en"), ("VS",)),
    QueryTemplate(EN("Of another form.", "en"), ("AE",)),
)


@pytest.fixture
def offering(tmp_path):
    """Clients of a trial whose study offers words."""
    definition = dataclasses.replace(limited(version()), query_templates=TEMPLATES)
    core = make_core(tmp_path, definition)
    app = create_app(core)
    app.config.update(WTF_CSRF_ENABLED=False)

    def signed_in(login=MANAGER):
        client = app.test_client()
        assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303
        return client

    yield signed_in
    core.close()


def test_the_words_of_the_study_are_offered_where_a_query_is_raised(offering):
    page = offering().get(NEW, headers=HX).text
    assert 'data-say="Who measured it?"' in page
    assert "Of another form." not in page
    assert "agree?" not in page, "there is no value to ask about"
    data = {"op": new_id(), "value": "140", "base": 0}
    assert (
        offering("jiwoo@site.example").post(f"{BOOK}/items/{SYSBP}", data=data, headers=HX).status_code == 200
    )
    page = offering().get(NEW, headers=HX).text
    assert "Does 140 mmHg for Systolic blood pressure agree?" in page


def test_a_study_without_words_offers_none(client_as):
    assert "Words of the study" not in client_as(MANAGER).get(NEW, headers=HX).text


def asked(client, item=SYSBP):
    said = {"op": new_id(), "text": "Was it taken lying?"}
    assert client.post(f"{BOOK}/ask/{item}", data=said, headers=HX).status_code == 200


def the_query(core):
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        subject = readers.subject_by_key(source.connection, study_id, SUBJECT)
        (query,) = readers.casebook(source, subject).queries.values()
        return query


@pytest.mark.parametrize("page", [f"{HOME}/queries", f"{BOOK}/queries"])
def test_a_query_is_forwarded_with_a_note(core, client_as, page):
    monitor, site, manager = client_as(MONITOR), client_as(), client_as(MANAGER)
    asked(monitor)
    query_id = the_query(core).query_id
    assert 'value="forward"' in monitor.get(f"{page}/{query_id}", headers=HX).text
    assert 'value="forward"' not in site.get(f"{page}/{query_id}", headers=HX).text
    given = {"op": new_id(), "action": "forward", "recipient": "DM", "text": "A matter of coding?", "base": 1}
    done = monitor.post(f"{page}/{query_id}", data=given, headers=HX)
    assert done.status_code == 200, done.text
    assert the_query(core).recipient == "DM"
    seen = site.get(f"{page}/{query_id}", headers=HX).text
    assert "A matter of coding?" in seen
    assert 'value="answer"' not in seen
    assert "Forwarded" in manager.get("/").text
    assert "data manager" in site.get(f"{HOME}/queries").text.lower()
    given = {"op": new_id(), "action": "answer", "text": "No.", "base": 2}
    assert manager.post(f"{page}/{query_id}", data=given, headers=HX).status_code == 200
    assert the_query(core).state == "Answered"


def test_a_forward_without_a_group_or_words_says_so(core, client_as):
    monitor = client_as(MONITOR)
    asked(monitor)
    query_id = the_query(core).query_id
    for wrong in ({"recipient": "CRC", "text": "?"}, {"recipient": "MED", "text": ""}):
        given = {"op": new_id(), "action": "forward", "base": 1} | wrong
        assert monitor.post(f"{HOME}/queries/{query_id}", data=given, headers=HX).status_code == 422
    assert the_query(core).version == 1


def test_the_page_of_a_query_shows_the_value_as_the_form_does_with_its_unit(client_as):
    site, manager = client_as("jiwoo@site.example"), client_as(MANAGER)
    data = {"op": new_id(), "value": "140", "base": 0}
    assert site.post(f"{BOOK}/items/{SYSBP}", data=data, headers=HX).status_code == 200
    asked = manager.post(f"{BOOK}/ask/{SYSBP}", data={"op": new_id(), "text": "Was it lying?"}, headers=HX)
    assert asked.status_code == 200, asked.text
    query_id = re.search(rf"{HOME}/queries/([0-9a-f-]+)", manager.get(f"{HOME}/queries").text)[1]
    assert '<dd class="val">140 mmHg</dd>' in manager.get(f"{HOME}/queries/{query_id}").text
    data = {"op": new_id(), "value": "", "missing": "NASK", "base": 1}
    assert site.post(f"{BOOK}/items/{SYSBP}", data=data, headers=HX).status_code == 200
    assert '<dd class="val">no value: not asked</dd>' in manager.get(f"{HOME}/queries/{query_id}").text


@pytest.mark.parametrize(
    ("item", "row"),
    [
        (SYSBP, ""),
        (ItemPath.parse("V2[1]/VS[1]/IG.AE[1]/AETERM"), "?row=V2[1]/VS[1]/IG.AE[1]"),
        (ItemPath.parse("V2[1]/VS[1]/IG.AE[2]/AETERM"), "?row=V2[1]/VS[1]/IG.AE[2]"),
    ],
)
def test_the_item_of_a_query_is_open_on_the_form_that_its_page_leads_to(core, client_as, item, row):
    monitor, site = client_as(MONITOR), client_as()
    value = {"op": new_id(), "value": "120", "base": 0}
    assert site.post(f"{BOOK}/items/{item}", data=value, headers=HX).status_code == 200
    asked(monitor, item)
    page = monitor.get(f"{HOME}/queries/{the_query(core).query_id}").text
    (href,) = re.findall(r'href="([^"]+)">(?:(?!</a>).)*Open the item', page)
    assert unquote(href) == f"{BOOK}/V2/VS{row}#{item.dom_id}"
    assert f'id="{item.dom_id}"' in site.get(href.partition("#")[0]).text
