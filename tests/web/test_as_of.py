"""A form as it was: values and status of then, and nothing that could be changed."""

import re

from edc_core.domain.item_path import ItemPath
from edc_core.ids import new_id
from tests.web.trial import FORM_URL, STUDY, SUBJECT

SYSBP = ItemPath.parse("V2[1]/VS[1]/IG.VS[1]/SYSBP")
ITEMS = f"/s/{STUDY}/subjects/{SUBJECT}/items"


def save(client, value, base):
    data = {"op": new_id(), "value": value, "base": base}
    response = client.post(f"{ITEMS}/{SYSBP}", data=data, headers={"HX-Request": "true"})
    assert response.status_code == 200, response.text


def instants(client):
    page = client.get(
        f"{FORM_URL}/history", query_string={"item": str(SYSBP)}, headers={"HX-Request": "true"}
    ).text
    return re.findall(r'<time datetime="([^"]+)"', page), page


def test_the_history_leads_to_the_form_as_it_was(client_as):
    client = client_as()
    save(client, "120", 0)
    save(client, "140", 1)
    (newest, *_, oldest), page = instants(client)
    assert page.count("as_of=") == 3  # two values, and that the form began
    then = client.get(FORM_URL, query_string={"as_of": oldest}).text
    assert "120" in then
    assert "140" not in then
    assert "As it was on" in then
    assert "<input" not in then.partition('<div class="crf">')[2].partition('<div class="foot">')[0]
    assert "Complete form" not in then
    assert "140" in client.get(FORM_URL, query_string={"as_of": newest}).text


def test_a_time_before_the_subject_came_is_not_found(client_as):
    response = client_as().get(FORM_URL, query_string={"as_of": "2020-01-01T00:00Z"})
    assert response.status_code == 404
    assert "not in the study at that time" in response.text


def test_what_is_no_time_is_said_so(client_as):
    response = client_as().get(FORM_URL, query_string={"as_of": "yesterday"})
    assert response.status_code == 400
    assert "is no time" in response.text
