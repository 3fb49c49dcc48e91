"""A form as it was: values and status of then, and nothing that could be changed."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from edc_core.domain.item_path import ItemPath
from edc_core.ids import new_id
from edc_core.services import cuts
from edc_core.testing.fake_clock import FakeClock
from tests.ids import without_ids
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
    assert "140" not in without_ids(then)
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


THEN = f"/s/{STUDY}/subjects/{SUBJECT}/then"


@pytest.fixture
def later(core, client_as):
    """A coordinator half an hour after two values were saved, and the ledger's instants of both."""
    client = client_as()
    save(client, "120", 0)
    save(client, "140", 1)
    (newest, *_, oldest), _page = instants(client)
    core.clock = FakeClock(datetime.now(UTC) + timedelta(minutes=30))
    return client_as(), oldest, newest


def test_a_casebook_as_it_was_leads_to_its_forms_of_then(later):
    client, oldest, _ = later
    page = client.get(THEN, query_string={"on": oldest}).text
    assert "As it was on" in page
    assert "1 answer" in page
    assert "in progress" in page.lower()
    (form,) = re.findall(r'href="([^"]*as_of=[^"]+)"', page)
    then = client.get(form.replace("&amp;", "&")).text
    assert "120" in then
    assert "140" not in without_ids(then)
    assert "/then?on=" in then


def test_a_time_is_that_of_the_site_and_means_the_end_of_its_minute(later):
    client, _, newest = later
    local = datetime.fromisoformat(newest).astimezone(ZoneInfo("Asia/Seoul"))
    page = client.get(THEN, query_string={"on": f"{local:%Y-%m-%dT%H:%M}"}).text
    assert "Seoul, UTC+9" in page
    assert f"{local:%H:%M}:59" in page
    (form,) = re.findall(r'href="([^"]*as_of=[^"]+)"', page)
    assert "140" in client.get(form.replace("&amp;", "&")).text


def test_the_casebook_of_the_last_minute_and_of_no_time_is_refused(client_as):
    client = client_as()
    for on, says in (
        (datetime.now(UTC).isoformat(), "at least one minute ago"),
        ("2999-01-01T00:00", "at least one minute ago"),
        ("yesterday", "is no time"),
    ):
        response = client.get(THEN, query_string={"on": on})
        assert (response.status_code, says in response.text) == (400, True)
    assert client.get(THEN, query_string={"on": "2020-01-01T00:00"}).status_code == 404
    assert "Choose a day" in client.get(THEN).text


def test_the_page_takes_a_fixed_number_of_statements(later, core, count_statements):
    client, oldest, newest = later
    counts = []
    for on in (oldest, newest, newest):
        with count_statements() as counted:
            assert client.get(THEN, query_string={"on": on}).status_code == 200
        counts.append(len(counted))
    assert max(counts[1:]) <= 12, counts


def test_somebody_of_another_site_finds_no_casebook_of_then(later):
    client, oldest, _ = later
    other = THEN.replace(SUBJECT, "DE01-0001")
    assert client.get(other, query_string={"on": oldest}).status_code == 404


def test_an_hour_that_comes_twice_is_meant_the_second_time():
    now = datetime(2026, 11, 28, tzinfo=UTC)
    assert cuts.settled("2026-10-25T02:30", "Europe/Berlin", now) == "2026-10-25T01:30:59.999999Z"
    assert cuts.settled("2026-10-25T02:30Z", "Europe/Berlin", now) == "2026-10-25T02:30:00.000000Z"
