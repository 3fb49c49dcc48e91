import re

import pytest
from sqlalchemy import select

from edc_core.store.ledger_tables import access_log
from tests.web.trial import FORM_URL, PASSWORD


def sign_in(client, login, password, **more):
    return client.post("/login", data={"login": login, "password": password, **more})


@pytest.mark.parametrize("login", ["jiwoo@site.example", "nobody@site.example"])
def test_failed_sign_in_does_not_say_which_part_was_wrong(app, login):
    response = sign_in(app.test_client(), login, "wrong password")
    assert response.status_code == 422
    assert "The e-mail and password did not match." in response.text


def test_account_waits_after_five_failures_and_says_how_long(app):
    client = app.test_client()
    for _ in range(4):
        sign_in(client, "jiwoo@site.example", "wrong password")
    assert "waits for 15 minutes" in sign_in(client, "jiwoo@site.example", "wrong password").text
    assert sign_in(client, "jiwoo@site.example", PASSWORD).status_code == 422


def test_sign_in_returns_to_the_page_and_only_to_one_of_ours(app):
    there = sign_in(app.test_client(), "jiwoo@site.example", PASSWORD, next=FORM_URL)
    assert there.headers["Location"] == FORM_URL
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\\\evil.example", "javascript:alert(1)"):
        away = sign_in(app.test_client(), "jiwoo@site.example", PASSWORD, next=elsewhere)
        assert away.headers["Location"] == "/"


def test_cookie_is_out_of_reach_of_scripts_and_other_sites(app):
    cookie = sign_in(app.test_client(), "jiwoo@site.example", PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signed_out_session_opens_nothing(client_as, app):
    client = client_as()
    token = client.get_cookie("edc_session").value
    client.post("/logout")
    other = app.test_client()
    other.set_cookie("edc_session", token)
    assert other.get(FORM_URL).status_code == 303


def test_write_without_a_token_is_refused(app, client_as):
    client = client_as()
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/ping").status_code == 403


def test_sign_in_page_with_an_old_token_is_shown_again_with_a_good_one(app):
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    old = sign_in(client, "jiwoo@site.example", PASSWORD, next=FORM_URL, csrf_token="old")
    assert old.status_code == 403
    assert "Please sign in once more." in old.text
    assert 'value="jiwoo@site.example"' in old.text
    assert PASSWORD not in old.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', old.text)[1]
    again = sign_in(client, "jiwoo@site.example", PASSWORD, next=FORM_URL, csrf_token=token)
    assert again.headers["Location"] == FORM_URL


def test_browsers_own_request_for_an_icon_begins_no_session(app):
    client = app.test_client()
    with client.get("/favicon.ico", follow_redirects=True) as response:
        assert response.status_code == 200
        assert response.mimetype == "image/svg+xml"
    assert not client.get_cookie("edc_csrf")


def test_every_answer_carries_the_policy_and_no_page_is_stored(client_as):
    client = client_as()
    for address in ("/login", FORM_URL, "/nowhere", "/healthz"):
        response = client.get(address)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_static_file_is_kept_when_its_address_names_its_content(app):
    client = app.test_client()
    with client.get("/static/app.css?v=1") as kept:
        assert "immutable" in kept.headers["Cache-Control"]
    with client.get("/static/edc/rows.js") as asked_again:
        assert "no-cache" in asked_again.headers["Cache-Control"]


def test_unknown_address_is_told_in_words(client_as):
    response = client_as().get("/nowhere")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.text


def test_study_without_a_role_does_not_exist(client_as):
    client = client_as()
    assert client.get(FORM_URL.replace("DEMO@uat", "DEMO@live")).status_code == 404


def test_what_a_role_does_not_include_is_refused_and_noted(core, client_as):
    answer = client_as("anna@cro.example").post(
        "/s/DEMO@uat/subjects", data={"op": "op-000001", "subject_key": "X", "site": "KR-01"}
    )
    assert answer.status_code == 403
    with core.read() as source:
        rows = source.connection.execute(select(access_log).order_by(access_log.c.id)).all()
    assert (rows[-1].login, rows[-1].action, rows[-1].detail) == (
        "anna@cro.example",
        "refused",
        "add a subject or visit",
    )
