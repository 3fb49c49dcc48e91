"""The list of checks is that of the definition, with what each has asked, for those who may read a definition."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from edc_core.ids import new_id
from edc_core.web.app import create_app
from tests.web.live_trial import BUILDER, MEDICAL, SITE, SPONSOR, make_live
from tests.web.live_trial import MANAGER as LIVE_MANAGER
from tests.web.live_trial import STUDY as LIVE
from tests.web.trial import PASSWORD, STUDY, SUBJECT

HOME = f"/s/{STUDY}"
PAGE = f"{HOME}/x/check-list"
MANAGER = "dana@sponsor.example"
HX = {"HX-Request": "true"}
OFF = f"/s/{LIVE}/x/check-list/off"


def rows(client, **given):
    text = client.get(f"{PAGE}/checks.csv", query_string=given).data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_check_is_in_it_with_what_it_does_and_says(client_as):
    soft, hard = [row for row in rows(client_as(MANAGER)) if row["Item"] == "SYSBP"]
    assert (soft["Severity"], soft["What should hold"]) == ("asks a query", "LE 250")
    assert soft["What it says"] == "This is above 250. Check the source; correct it or keep it."
    assert (hard["Severity"], hard["What should hold"]) == ("refuses the value", "LE 400")
    assert (soft["Asked"], hard["Asked"]) == ("0", "0")


def test_what_a_check_asked_is_counted(client_as):
    site = client_as()
    form = f"{HOME}/subjects/{SUBJECT}"
    data = {"op": new_id(), "value": "300", "base": 0}
    assert site.post(f"{form}/items/V2[1]/VS[1]/IG.VS[1]/SYSBP", data=data, headers=HX).status_code == 200
    given = {"op": new_id(), "version": "v1", "go": "stay"}
    assert site.post(f"{form}/forms/V2[1]/VS[1]/complete", data=given, headers=HX).status_code == 200
    assert [row["Asked"] for row in rows(client_as(MANAGER)) if row["Item"] == "SYSBP"] == ["1", "0"]


def test_it_is_narrowed_by_form_and_words(client_as):
    manager = client_as(MANAGER)
    assert {row["Form"] for row in rows(manager, form="VS")} == {"VS"}
    assert [row["What should hold"] for row in rows(manager, text="ABOVE 250")] == ["LE 250"]
    assert "No check has this." in manager.get(PAGE, query_string={"text": "no such words"}).text
    assert "This is above 250." in manager.get(PAGE).text


def test_who_reads_no_definition_has_none_of_it(client_as):
    assert client_as().get(PAGE).status_code == 403


@pytest.fixture
def live(tmp_path):
    """The live trial, where two persons switch a check off."""
    core = make_live(tmp_path)
    yield core
    core.close()


@pytest.fixture
def signed_in(live):
    app = create_app(live)
    app.config.update(WTF_CSRF_ENABLED=False)

    def as_person(login):
        client = app.test_client()
        assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303
        return client

    return as_person


def asking(manager, severity="asks a query"):
    """What asks that a check be switched off for some days."""
    today = datetime.now(UTC).date()
    oid = next(row["Check"] for row in _listed(manager) if row["Severity"] == severity)
    return {"op": new_id(), "check": oid, "since": str(today), "until": str(today + timedelta(days=3))}


def _listed(client):
    text = client.get(f"/s/{LIVE}/x/check-list/checks.csv").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_check_is_switched_off_by_two_persons_and_the_list_says_so(signed_in):
    manager, sponsor = signed_in(LIVE_MANAGER), signed_in(SPONSOR)
    asked = asking(manager)
    refused = manager.post(OFF, data=asked | {"reason": " "})
    assert (refused.status_code, "Say why the check is switched off." in refused.text) == (422, True)
    assert f'value="{asked["until"]}"' in refused.text, "what was typed is there"
    assert manager.post(OFF, data=asked | {"reason": "The limit is wrong."}).status_code == 303
    assert ">Approve<" not in manager.get(OFF).text, "nobody approves what they asked for"
    shown = sponsor.get(OFF).text
    assert "waits for another person" in shown
    assert "The limit is wrong." in shown
    (n,) = set(re.findall(r'name="n" value="(\d+)"', shown))
    decided = {"op": new_id(), "n": n, "step": "approve"}
    assert sponsor.post(f"{OFF}/decide", data=decided).status_code == 303
    assert 'class="tag">switched off' in manager.get(OFF).text
    (row,) = [row for row in _listed(manager) if row["Check"] == asked["check"]]
    assert row["Switched off"].startswith("the whole study, until ")
    assert "Switched off: the whole study" in manager.get(f"/s/{LIVE}/x/check-list").text


def test_home_of_whoever_may_approve_says_how_many_requests_wait(signed_in):
    manager, sponsor = signed_in(LIVE_MANAGER), signed_in(SPONSOR)
    others = [manager, signed_in(SITE), signed_in(BUILDER)]
    assert OFF not in sponsor.get("/").text
    for severity in ("asks a query", "refuses the value"):
        given = asking(manager, severity) | {"reason": "The limit is wrong."}
        assert manager.post(OFF, data=given).status_code == 303
    for approver in (sponsor, signed_in(MEDICAL)):
        home = approver.get("/").text
        assert f'href="{OFF}"' in home
        assert "2 requests wait for your decision" in home
        assert given["check"] in home
    assert [OFF in client.get("/").text for client in others] == [False] * 3, (
        "nobody approves their own request"
    )
    n = re.findall(r'name="n" value="(\d+)"', sponsor.get(OFF).text)[0]
    assert sponsor.post(f"{OFF}/decide", data={"op": new_id(), "n": n, "step": "approve"}).status_code == 303
    assert "1 request waits for your decision" in sponsor.get("/").text


def test_home_takes_as_many_statements_with_a_request_as_without(live, signed_in):
    manager, sponsor = signed_in(LIVE_MANAGER), signed_in(SPONSOR)
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.append(statement)

    def statements():
        sponsor.get("/")
        seen.clear()
        sponsor.get("/")
        return len(seen)

    event.listen(live.engine, "before_cursor_execute", note)
    before = statements()
    assert manager.post(OFF, data=asking(manager) | {"reason": "The limit is wrong."}).status_code == 303
    assert statements() == before
