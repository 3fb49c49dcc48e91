"""Requests that are forged, damaged, late, repeated or not allowed: what is answered, and what is never said."""

import dataclasses
import logging
import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.protection import ProtectAction
from edc_core.ids import new_id
from edc_core.ledger.append import Effect, Reason
from edc_core.services import protecting, studies
from edc_core.services.operation import SubjectCommand, open_subject
from edc_core.store import readers
from tests.ids import without_ids
from tests.rendering.vital_signs import version
from tests.web.trial import CLI, FORM_URL, STUDY, SUBJECT, limited

HX = {"HX-Request": "true"}
GROUP = "V2[1]/VS[1]/IG.VS[1]"
BASE = f"/s/{STUDY}/subjects/{SUBJECT}"
ITEMS = f"{BASE}/items"
SYSBP = f"{ITEMS}/{GROUP}/SYSBP"
COMPLETE = f"{BASE}/forms/V2[1]/VS[1]/complete"
SECRET = "4711"  # a value that no log and no error page may repeat


def body(value="120", **more):
    return {"op": new_id(), "value": value, "base": 0} | more


def post(client, url=SYSBP, **data):
    return client.post(url, data=data or body(), headers=HX)


def stored(client):
    """The value that the form page shows for the blood pressure."""
    found = re.search(
        r'data-item="[^"]*/SYSBP".*?name="value" value="([^"]*)"', client.get(FORM_URL).text, re.DOTALL
    )
    return found[1]


@pytest.fixture
def study_id(core):
    with core.read() as source:
        return readers.find_study(source.connection, STUDY).study_id


# Who asks


@pytest.mark.parametrize("token", [None, "", "forged", "ImZvcmdlZCI.Zm9yZ2Vk.Zm9yZ2Vk"])
def test_write_without_the_pages_token_is_refused_with_what_to_do(app, client_as, token):
    client = client_as()
    app.config["WTF_CSRF_ENABLED"] = True
    headers = HX if token is None else HX | {"X-CSRFToken": token}
    response = client.post(SYSBP, data=body(), headers=headers)
    assert response.status_code == 403
    assert "Nothing was changed" in response.text
    assert "reload the page first" in response.text
    assert stored(client) == ""


def token_of(client):
    return re.search(r"X-CSRFToken(?:&#34;|\"): (?:&#34;|\")([^&\"]+)", client.get(FORM_URL).text)[1]


def test_token_in_a_header_is_not_believed_for_a_good_one_in_the_form(app, client_as):
    client, other = client_as(), client_as("dana@sponsor.example")
    app.config["WTF_CSRF_ENABLED"] = True
    good = token_of(client)
    sent = {"headers": HX | {"X-CSRFToken": "forged"}}
    assert client.post("/ping", **sent, data={"csrf_token": good}).status_code == 204
    assert client.post("/ping", **sent).status_code == 403
    assert client.post("/ping", headers=HX | {"X-CSRFToken": good}).status_code == 204
    assert client.post("/ping", headers=HX | {"X-CSRFToken": good}).status_code == 204
    token_of(other)
    assert other.post("/ping", headers=HX | {"X-CSRFToken": good}).status_code == 403


def test_token_of_another_persons_session_is_refused(app, client_as):
    mine, theirs = client_as(), client_as("minseo@site.example")
    app.config["WTF_CSRF_ENABLED"] = True
    token = re.search(r"X-CSRFToken&#34;: &#34;([^&]+)|X-CSRFToken\": \"([^\"]+)", theirs.get(FORM_URL).text)
    given = next(filter(None, token.groups()))
    assert mine.post(SYSBP, data=body(), headers=HX | {"X-CSRFToken": given}).status_code == 403


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("get", FORM_URL), ("post", SYSBP), ("post", COMPLETE), ("get", f"/s/{STUDY}/queries"),
        ("post", f"/s/{STUDY}/x/exports"), ("post", "/ping"), ("get", "/nowhere"), ("get", f"/s/{STUDY}/nowhere"),
    ],
)  # fmt: skip
def test_ended_session_is_401_for_a_part_of_a_page_and_never_a_redirect(app, client_as, method, url):
    client = client_as()
    client.post("/logout")
    response = getattr(client, method)(url, headers=HX)
    assert response.status_code == 401
    assert "Location" not in response.headers
    assert "HX-Redirect" not in response.headers


def test_signed_out_person_does_not_learn_which_studies_exist(app):
    client = app.test_client()
    answers = {client.get(f"/s/{study}/subjects", headers=HX).status_code for study in (STUDY, "NO-SUCH@uat")}
    assert answers == {401}


# The same operation again


def test_operation_sent_twice_gets_the_first_answer_again(client_as):
    client, data = client_as(), body()
    first, second = post(client, **data), post(client, **data)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.headers["Edc-Version"] == second.headers["Edc-Version"] == "1"


def test_refused_operation_sent_twice_is_refused_in_the_same_words(client_as):
    client, data = client_as(), body("987")
    first, second = post(client, **data), post(client, **data)
    assert (first.status_code, second.status_code) == (422, 422)
    assert first.text == second.text


def test_operation_of_another_body_is_409_and_stores_nothing(client_as):
    client, data = client_as(), body("120")
    post(client, **data)
    assert post(client, **data | {"value": "130", "base": 1}).status_code == 409
    assert stored(client) == "120"


def test_operation_of_another_person_is_409_and_stores_nothing(client_as):
    data = body("120")
    post(client_as(), **data)
    other = client_as("minseo@site.example")
    assert post(other, **data | {"value": "130", "base": 1}).status_code == 409
    assert post(other, **data).status_code == 409
    assert stored(other) == "120"


def test_value_over_an_older_version_is_409_with_both_values(client_as):
    client = client_as()
    post(client, **body("118"))
    post(client_as("minseo@site.example"), **body("119", base=1))
    response = post(client, **body("120", base=1))
    assert response.status_code == 409
    assert "119" in response.text
    assert "120" in response.text
    assert stored(client) == "119"


# Places that are not there


@pytest.mark.parametrize(
    "url",
    [
        f"/s/{STUDY}/subjects/DE01-0001/items/{GROUP}/SYSBP",
        f"/s/{STUDY}/subjects/NOBODY/items/{GROUP}/SYSBP",
        f"/s/NO-SUCH@uat/subjects/{SUBJECT}/items/{GROUP}/SYSBP",
        f"{ITEMS}/{GROUP}/NOSUCH",
        f"{ITEMS}/V2[1]/VS[1]/NOSUCH[1]/SYSBP",
        f"{ITEMS}/V2[1]/NOSUCH[1]/IG.VS[1]/SYSBP",
        f"{ITEMS}/NOSUCH[1]/VS[1]/IG.VS[1]/SYSBP",
        f"{ITEMS}/V2[2]/VS[1]/IG.VS[1]/SYSBP",
        f"{ITEMS}/V2[1]/VS[1]/IG.VS[2]/SYSBP",
        f"{BASE}/forms/V2[1]/NOSUCH[1]/complete",
        f"{BASE}/rows/V2[1]/VS[1]/NOSUCH",
        f"{BASE}/queries/00000000000000000000000000000000",
    ],
)
def test_place_that_is_not_there_is_404_whoever_else_may_see_it(client_as, url):
    data = {"op": new_id()} if "/items/" not in url else body(SECRET)
    if "/queries/" in url:
        data |= {"action": "answer", "text": "yes", "base": 1}
    response = client_as().post(url, data=data, headers=HX)
    assert response.status_code == 404
    assert SECRET not in without_ids(response.text)


@pytest.mark.parametrize(
    "place",
    [
        "V2", "V2[1]", "V2[1]/VS[1]", "V2[]/VS[1]/IG.VS[1]/SYSBP", "V2[1/VS[1]/IG.VS[1]/SYSBP",
        "V2[1]//IG.VS[1]/SYSBP", "V2[1]/VS[1]/IG.VS[1]/%25", "V2[1]/VS[1]/IG.VS[1]/%C3%28", "%00", "../../etc/passwd",
        "V2[1]/VS[1]/IG.VS[1]/SYSBP/", "~",
    ],
)  # fmt: skip
def test_malformed_place_is_refused_and_is_no_fault_of_the_server(client_as, place):
    response = client_as().post(f"{ITEMS}/{place}", data=body(), headers=HX)
    assert response.status_code in {400, 404}
    assert 'role="alert"' in response.text


@pytest.mark.parametrize("address", [f"{BASE}/V2[1/VS", f"{BASE}/V2/VS?row=x", f"{BASE}/V2/VS/history?item=~",
                                     f"{BASE}/V2/VS/history", f"{BASE}/V2/VS/queries/new?item=V2[1]",
                                     f"/s/{STUDY}/queries?page=x", f"/s/{STUDY}/subjects?page=-1",
                                     f"/s/{STUDY}/subjects?queries=maybe", f"/s/{STUDY}/x/exports/nosuch",
                                     f"/s/{STUDY}/audit?before=x",
                                     f"/s/{STUDY}/audit?before={9**40}", f"/s/{STUDY}/queries?page={9**40}",
                                     f"/s/{STUDY}/subjects?page={9**40}", f"/s/{STUDY}/x/locking/console?page={9**40}"])  # fmt: skip
def test_damaged_address_of_a_page_is_refused_in_words(client_as, address):
    response = client_as("dana@sponsor.example").get(address)
    assert response.status_code in {200, 400, 404}, response.text


# Bodies


@pytest.mark.parametrize("size", [200_000, 10_000_000])
def test_huge_value_is_refused_with_a_sentence(client_as, size):
    client = client_as()
    response = post(client, f"{ITEMS}/{GROUP}/NOTE", **body("x" * size))
    assert response.status_code in {400, 413}
    assert 'role="alert"' in response.text
    assert "xxx" not in response.text


@pytest.mark.parametrize(
    "data",
    [
        {}, {"value": "1"}, {"op": "short", "value": "1", "base": "0"}, {"op": "x" * 201, "value": "1", "base": "0"},
        {"op": "operation-1", "value": "1", "base": "-1"}, {"op": "operation-1", "value": "1", "base": "one"},
        {"op": "operation-1", "value": "1", "base": "1.5"}, {"op": "operation-1", "value": "1", "base": "9" * 30},
        {"op": "operation-1", "value": "1", "base": "0", "actor": "dana@sponsor.example"},
        {"op": "operation-1", "value": "1", "base": "0", "study_id": "other"},
    ],
)  # fmt: skip
def test_wrong_fields_are_400_and_store_nothing(client_as, data):
    client = client_as()
    response = post(client, **data or {"value": ""})
    assert response.status_code in {400, 409}
    assert stored(client) == ""


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("application/json", b'{"op": "operation-1", "value": "120", "base": 0}'),
        ("application/xml", b"<value>120</value>"),
        ("application/x-www-form-urlencoded", b"op=operation-1&base=0&value=%ff%fe%00"),
        (
            "application/x-www-form-urlencoded; charset=utf-16",
            "op=operation-1&base=0&value=120".encode("utf-16"),
        ),
        ("application/x-www-form-urlencoded", b"op=operation-1&base=0&value=%ED%A0%80"),
        ("application/x-www-form-urlencoded", b"op=operation-1&base=0&value=a%00b"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: nonsense\r\n\r\n"),
        ("", b"\x00\x01\x02"),
    ],
)
def test_wrong_encoding_is_refused_and_is_no_fault_of_the_server(client_as, content_type, data):
    client = client_as()
    url = f"{ITEMS}/{GROUP}/NOTE"
    response = client.post(url, data=data, content_type=content_type, headers=HX)
    assert response.status_code in {200, 400, 413, 415, 422}
    assert client.get(FORM_URL).status_code == 200
    if response.status_code == 200:  # bytes that are no text are kept as they were sent
        assert "%ED%A0%80" in client.get(FORM_URL).text


@pytest.mark.parametrize(
    ("method", "url", "allowed"),
    [
        ("get", SYSBP, {"POST", "OPTIONS"}), ("delete", SYSBP, {"POST", "OPTIONS"}),
        ("put", FORM_URL, {"GET", "HEAD", "OPTIONS"}), ("get", "/logout", {"POST", "OPTIONS"}),
        ("patch", "/login", {"GET", "HEAD", "POST", "OPTIONS"}),
    ],
)  # fmt: skip
def test_wrong_method_says_which_are_right(client_as, method, url, allowed):
    response = getattr(client_as(), method)(url, headers=HX)
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == allowed


# States that refuse


def protect(core, study_id, action, path="V2[1]/VS[1]"):
    command = protecting.Protect(
        study_id=study_id, op=new_id(), subject_key=SUBJECT, path=ItemPath.parse(path),
        action=action, reason=Reason(text="Interim analysis"),
    )  # fmt: skip
    with core.write(CLI) as uow:
        protecting.protect(uow, command)


@pytest.mark.parametrize("action", [ProtectAction.FREEZE, ProtectAction.LOCK])
def test_protected_data_are_423_and_stay_as_they_are(client_as, core, study_id, action):
    client = client_as()
    post(client, **body("120"))
    protect(core, study_id, action)
    response = post(client, **body(SECRET, base=1))
    assert response.status_code == 423
    assert "#notice" in response.headers["HX-Retarget"]
    assert SECRET not in without_ids(response.text)
    assert client.post(COMPLETE, data={"op": new_id()}, headers=HX).status_code == 423
    page = client.get(FORM_URL).text
    assert "120" in page
    assert 'name="value"' not in page


def test_removed_visit_takes_no_value(client_as, core, study_id):
    client = client_as()
    post(client, **body("120"))
    with core.write(CLI) as uow:
        operation = open_subject(uow, SubjectCommand(study_id=study_id, op=new_id(), subject_key=SUBJECT))
        operation.record([Effect(EntryKind.EVENT_REMOVE, "V2[1]", {})], meta_data_version="v1")
        operation.finish({})
    response = post(client, **body(SECRET, base=1))
    assert response.status_code == 409
    assert "removed" in response.text
    assert SECRET not in without_ids(response.text)


def test_form_opened_under_another_version_is_412(client_as, core):
    client = client_as()
    later = dataclasses.replace(limited(version()), oid="v2", name="Version 2")
    with core.write(CLI) as uow:
        studies.publish(uow, studies.Publish(study_id="", op=new_id(), environment="uat", version=later))
    response = post(client, **body(SECRET, version="v1"))
    assert response.status_code == 412
    assert "Your entries are kept" in response.text
    assert SECRET not in without_ids(response.text)
    assert post(client, **body("120", version="v2")).status_code == 200


def test_change_after_complete_without_a_reason_is_422(client_as):
    client = client_as()
    post(client, **body("120"))
    client.post(COMPLETE, data={"op": new_id()}, headers=HX)
    assert post(client, **body("121", base=1)).status_code == 422
    assert stored(client) == "120"


@pytest.mark.parametrize("login", ["anna@cro.example", "dana@sponsor.example"])
@pytest.mark.parametrize("place", ["items/V2[1]/VS[1]/IG.VS[1]/SYSBP", "forms/V2[1]/VS[1]/complete",
                                   "rows/V2[1]/VS[1]/IG.AE", "forms/V2[1]/VS[1]/not-done"])  # fmt: skip
def test_who_may_not_enter_is_refused_at_every_door(client_as, login, place):
    data = body(SECRET) if place.startswith("items") else {"op": new_id(), "reason_text": "because"}
    response = client_as(login).post(f"{BASE}/{place}", data=data, headers=HX)
    assert response.status_code == 403
    assert SECRET not in without_ids(response.text)


# What every answer has, and what no log has

ANSWERS = [
    ("/", 200), ("/login", 200), ("/healthz", 200), ("/nowhere", 404), ("/help", None), (FORM_URL, 200),
    (f"/s/{STUDY}/subjects", 200), (BASE, 200), (f"/s/{STUDY}/queries", 200), (f"/s/{STUDY}/audit", None),
    (f"/s/{STUDY}/x/locking/console", 200), (f"/s/{STUDY}/x/exports", 200), (f"/s/{STUDY}/plugins", 200),
    (f"/s/{STUDY}/subjects.csv", 200), (f"/s/{STUDY}/subjects/NOBODY", 404), (SYSBP, 405),
]  # fmt: skip


@pytest.mark.parametrize(("address", "status"), ANSWERS)
def test_every_answer_has_the_policy_and_is_not_kept(client_as, address, status):
    response = client_as("dana@sponsor.example").get(address)
    assert status in (None, response.status_code)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert not re.search(
        r"<script(?![^>]*\b(?:src|type=\"application/json\"))|\son\w+=|\sstyle=", response.text
    )


def test_no_value_gets_into_a_log(client_as, core, study_id, caplog):
    caplog.set_level(logging.DEBUG)
    client = client_as()
    for data in (body(SECRET), body("12", extra=SECRET), body("12", base=SECRET + "x"), body(f"a{SECRET}")):
        post(client, **data)
    post(client, f"{ITEMS}/{GROUP}/NOTE", **body(SECRET))
    post(client, f"{ITEMS}/{GROUP}/NOSUCH", **body(SECRET))
    post(client, f"{ITEMS}/{GROUP}/NOTE", **body(f"{SECRET}\0"))
    protect(core, study_id, ProtectAction.LOCK)
    post(client, f"{ITEMS}/{GROUP}/NOTE", **body(SECRET, base=1))
    assert SECRET not in without_ids(caplog.text)


def test_no_value_gets_into_a_log_when_the_database_is_at_fault(client_as, core, caplog):
    client = client_as()
    with core.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE item_data RENAME TO gone")
    response = post(client, f"{ITEMS}/{GROUP}/NOTE", **body(SECRET))
    assert response.status_code == 503
    assert "Nothing was stored" in response.text
    assert SECRET not in without_ids(response.text + caplog.text)
    broken = client.get(FORM_URL)
    assert broken.status_code == 500
    assert re.search(r"Reference ([0-9A-F]{8})", broken.text)[1] in caplog.text


def test_what_was_sent_with_a_statement_is_in_no_error_text(core):
    with core.engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text("SELECT nothing FROM nowhere WHERE x = :value"), {"value": SECRET})
    assert SECRET not in str(caught.value)
