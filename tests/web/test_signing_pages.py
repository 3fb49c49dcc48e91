"""The sign page: what it shows, what it asks for, what it refuses, and what other pages say of signatures."""

import csv
import dataclasses
import hashlib
import io
import json
import re

import pytest
from flask import template_rendered
from sqlalchemy import select

from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Role
from edc_core.domain.signature import ACCEPTANCE
from edc_core.ids import new_id
from edc_core.services import users
from edc_core.store import readers, signature_readers
from edc_core.store.ledger_tables import access_log
from edc_core.web.signing.pages import MOST_AT_ONCE, ManyPage, SignPage, ToSignPage
from tests.web.trial import CLI, PASSWORD, STUDY, SUBJECT

HX = {"HX-Request": "true"}
HOME = f"/s/{STUDY}"
BOOK = f"{HOME}/subjects/{SUBJECT}"
SHEET = f"{BOOK}/signature"
VS = ItemPath.parse("V2[1]/VS[1]")
SYSBP = VS.with_group("IG.VS", "1").with_item("SYSBP")
SITE, SIGNER, MONITOR = "jiwoo@site.example", "haneul@site.example", "anna@cro.example"


@pytest.fixture
def site(client_as):
    """The coordinator, after the form was completed."""
    client = client_as(SITE)
    save(client, "120")
    assert client.post(f"{BOOK}/forms/{VS}/complete", data={"op": new_id()}, headers=HX).status_code == 200
    return client


@pytest.fixture
def signer(site, client_as):
    return client_as(SIGNER)


def save(client, value, *, base=0, **reason):
    data = {"op": new_id(), "value": value, "base": base, **reason}
    return client.post(f"{BOOK}/items/{SYSBP}", data=data, headers=HX)


def change(site, value="130", base=1):
    assert save(site, value, base=base, reason_code="transcription").status_code == 200


def fields_of(page, form="signature"):
    return dict(
        re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"',
            page.partition("Your signature</h2>")[0].rpartition("<form")[2],
        )
    )


def sign(client, scope="", *, page="", **given):
    page = page or client.get(SHEET, query_string={"scope": scope}).text
    known = fields_of(page)
    data = {
        "op": new_id(), "scope": scope, "sha256": known["sha256"], "n": known["n"], "meaning": "responsibility",
        "accepts": "true", "login": SIGNER, "password": PASSWORD,
    } | given  # fmt: skip
    return client.post(SHEET, data=data)


def signatures(core, subject_key=SUBJECT):
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        subject = readers.subject_by_key(source.connection, study.study_id, subject_key)
        found = signature_readers.signatures(source.connection, study.study_id, subject.subject_id)
    return {str(one.path): one for one in found}


@pytest.mark.parametrize(("url", "view"), [
    (SHEET, SignPage), (f"{HOME}/sign", ToSignPage), (f"{HOME}/sign/read?subject={SUBJECT}", ManyPage),
])  # fmt: skip
def test_template_receives_the_fields_of_its_view_model(app, signer, url, view):
    received = []
    with template_rendered.connected_to(lambda _app, context, **_: received.append(context), app):
        assert signer.get(url).status_code == 200
    ours = set(received[-1]) - {"shell", "csrf_token", "g", "request", "session", "config", "csrf_meta_tag"}
    assert ours == {field.name for field in dataclasses.fields(view)}


def test_what_is_signed_stands_on_the_page_and_the_signature_says_who_when_and_what_for(core, signer):
    page = signer.get(SHEET).text
    assert "Systolic blood pressure" in page
    assert "120 mmHg" in page or ">120<" in page
    assert sign(signer, page=page).status_code == 303
    after = signer.get(SHEET).text
    assert "Park Haneul (haneul@site.example)" in after
    assert "Responsibility" in after
    assert signatures(core)[""].sha256 in after
    assert "Your signature</h2>" not in after


def test_both_components_are_asked_for_every_time(core, signer):
    for given in ({"login": SITE}, {"password": "wrong password here"}):
        answer = sign(signer, **given)
        assert answer.status_code == 422
        assert signatures(core) == {}
    assert "haneul@site.example" in sign(signer, login=SITE).text


def test_the_third_wrong_password_ends_the_session(core, signer):
    page = signer.get(SHEET).text
    answers = [sign(signer, page=page, password="wrong password here").status_code for _ in range(3)]
    assert answers == [422, 422, 401]
    assert signer.get(SHEET).status_code == 303
    assert signatures(core) == {}
    with core.engine.connect() as connection:
        log = connection.exec_driver_sql("SELECT login, action FROM access_log").all()
    assert [tuple(row) for row in log if row[1] == "sign-in refused"] == [(SIGNER, "sign-in refused")] * 3


def test_without_the_acceptance_the_first_signature_is_not_given(core, signer):
    answer = sign(signer, accepts="false")
    assert answer.status_code == 422
    assert "Before your first signature in this study" in answer.text
    assert signatures(core) == {}


def test_a_change_made_meanwhile_is_shown_and_not_signed(core, site, signer):
    page = signer.get(SHEET).text
    change(site)
    answer = sign(signer, page=page)
    assert answer.status_code == 409
    assert "Changed since you opened this page" in answer.text
    assert re.search(r"<del>.*120.*</del> <ins>.*130.*</ins>", answer.text)
    assert signatures(core) == {}
    assert sign(signer, page=answer.text).status_code == 303
    assert signatures(core)[""].state == "signed"


def test_a_broken_signature_shows_what_changed_on_every_page_that_speaks_of_it(core, site, signer):
    sign(signer)
    change(site)
    page = signer.get(SHEET).text
    assert "Changed since the signature of" in page
    assert re.search(r"<del>.*120.*</del> <ins>.*130.*</ins>", page)
    for url in (BOOK, f"{HOME}/subjects", f"{BOOK}/V2/VS", f"{BOOK}/history"):
        assert re.search("[Ss]ignature.* broken", signer.get(url).text), url
    assert "broken, sign again" in signer.get(f"{HOME}/sign").text
    assert sign(signer, page=page).status_code == 303
    assert signatures(core)[""].state == "signed"
    assert "Nothing waits for your signature." in signer.get(f"{HOME}/sign").text
    assert "Nothing waits for your signature." in signer.get("/").text


def test_the_form_says_that_a_change_breaks_the_signature_before_it_is_made(site, signer):
    assert "breaks the signature" not in site.get(f"{BOOK}/V2/VS").text
    sign(signer, str(VS))
    assert "A change breaks the signature" in site.get(f"{BOOK}/V2/VS").text


def test_a_form_in_progress_is_named_as_what_stands_in_the_way(core, client_as):
    coordinator, signer = client_as(SITE), client_as(SIGNER)
    save(coordinator, "120")
    page = signer.get(SHEET).text
    assert "In progress. It has to be completed first" in page
    assert "Your signature</h2>" not in page
    known = re.search(r'"sha256" value="(\w+)"', page)
    assert known is None
    answer = signer.post(SHEET, data={
        "op": new_id(), "scope": "", "sha256": "0" * 64, "n": 1, "meaning": "review", "accepts": "true",
        "login": SIGNER, "password": PASSWORD,
    })  # fmt: skip
    assert answer.status_code == 409
    assert signatures(core) == {}


@pytest.mark.parametrize("login", [SITE, MONITOR, "minseo@site.example", "dana@sponsor.example"])
def test_others_read_the_page_and_sign_nothing(core, signer, client_as, login):
    known = signer.get(SHEET).text
    client = client_as(login)
    page = client.get(SHEET).text
    assert "An investigator of the site signs." in page
    assert "Your signature</h2>" not in page
    assert sign(client, page=known, login=login).status_code == 403
    assert ">Sign<" not in page
    assert signatures(core) == {}


def test_a_subject_of_another_site_is_not_there(signer):
    other = f"{HOME}/subjects/DE01-0001/signature"
    assert signer.get(other).status_code == 404
    assert signer.post(f"{other}/withdraw", data={"op": new_id(), "n": 1, "reason": "x"}).status_code == 404
    assert signer.get(f"{other}/manifest").status_code == 404


@pytest.mark.parametrize("scope", ["V2[1]/VS[1]/IG.VS[1]", "nonsense", "V2[1]/VS[1]/IG.VS[1]/SYSBP"])
def test_parts_of_a_form_and_nonsense_are_no_scope(signer, scope):
    assert signer.get(SHEET, query_string={"scope": scope}).status_code == 400


def test_a_signature_is_withdrawn_with_a_reason_by_whoever_gave_it(core, signer, client_as):
    sign(signer)
    n = signatures(core)[""].n
    data = {"op": new_id(), "n": n, "reason": "Signed too early."}
    assert client_as(SITE).post(f"{SHEET}/withdraw", data=data).status_code == 403
    assert signer.post(f"{SHEET}/withdraw", data=data).status_code == 303
    assert "Signature withdrawn" in (page := signer.get(SHEET).text)
    assert "Signed too early." in page
    assert "Your signature</h2>" in page


def test_the_manifest_is_downloaded_byte_for_byte_by_whoever_may_see_all_of_it(core, signer, client_as):
    sign(signer)
    sha256 = signatures(core)[""].sha256
    answer = signer.get(f"{SHEET}/manifest")
    assert hashlib.sha256(answer.data).hexdigest() == sha256
    assert json.loads(answer.data)["subject"] == SUBJECT
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{sha256}.json"'
    assert client_as(MONITOR).get(f"{SHEET}/manifest").status_code == 200
    with core.engine.connect() as connection:
        taken = select(access_log.c.login, access_log.c.detail).where(
            access_log.c.action == "signed content taken"
        )
        said = connection.execute(taken.order_by(access_log.c.id)).all()
    assert [login for login, _ in said] == [SIGNER, MONITOR]
    assert all(re.fullmatch(rf"subject:[0-9a-f]{{32}}  {sha256}", detail) for _, detail in said)
    manager = client_as("dana@sponsor.example")
    assert (
        manager.get(f"{SHEET}/manifest").status_code == 200
    )  # the study has nothing that is hidden from her
    assert (
        signer.get(f"{SHEET}/manifest", query_string={"picture": "true"}).status_code == 404
    )  # none is drawn yet
    assert signer.get(f"{SHEET}/manifest", query_string={"scope": str(VS)}).status_code == 404


OTHERS = ("KR01-0002", "KR01-0003")


@pytest.fixture
def more(site):
    """Two further casebooks of the site that are complete."""
    for key in OTHERS:
        site.post(f"{HOME}/subjects", data={"op": new_id(), "subject_key": key, "site": "KR-01"})
        data = {"op": new_id(), "value": "110", "base": 0}
        site.post(f"{HOME}/subjects/{key}/items/{SYSBP}", data=data, headers=HX)
        done = site.post(f"{HOME}/subjects/{key}/forms/{VS}/complete", data={"op": new_id()}, headers=HX)
        assert done.status_code == 200
    return (SUBJECT, *OTHERS)


def read_together(signer, keys):
    return signer.get(f"{HOME}/sign/read", query_string={"subject": list(keys)})


def sign_together(signer, page, *, marked=None, **given):
    values = re.findall(r'name="sheet" value="([^"]+)"', page.text)
    data = {
        "op": new_id(), "meaning": "responsibility", "accepts": "true", "login": SIGNER, "password": PASSWORD,
        "sheet": [value for value in values if marked is None or value.split()[0] in marked],
    } | given  # fmt: skip
    return signer.post(f"{HOME}/sign/read", data=data)


def test_several_casebooks_are_read_on_one_page_and_signed_with_one_secret(core, more, signer):
    page = read_together(signer, more)
    assert page.text.count("Systolic blood pressure") == 3
    assert page.text.count("I have read this casebook") == 3
    answer = sign_together(signer, page)
    assert answer.status_code == 200
    assert all(key in answer.text for key in more)
    assert {signatures(core, key)[""].state for key in more} == {"signed"}
    assert len({signatures(core, key)[""].sha256 for key in more}) == 3


def test_only_what_was_marked_as_read_is_signed(core, more, signer):
    sign_together(signer, read_together(signer, more), marked=[OTHERS[0]])
    assert [bool(signatures(core, key)) for key in more] == [False, True, False]
    nothing = sign_together(signer, read_together(signer, more), marked=[])
    assert nothing.status_code == 400
    assert "Nothing was marked as read" in nothing.text


def test_a_casebook_that_changed_meanwhile_is_left_out_and_named(core, site, more, signer):
    page = read_together(signer, more)
    change(site)
    answer = sign_together(signer, page)
    assert answer.status_code == 409
    assert "Something has changed since you opened this page" in answer.text
    assert [bool(signatures(core, key)) for key in more] == [False, True, True]


def test_a_wrong_secret_signs_none_of_them(core, more, signer):
    assert sign_together(signer, read_together(signer, more), password="wrong password").status_code == 422
    assert [bool(signatures(core, key)) for key in more] == [False] * 3


def test_more_than_a_person_reads_at_a_sitting_are_refused(signer):
    keys = [f"KR01-{number:04}" for number in range(MOST_AT_ONCE + 1)]
    assert read_together(signer, keys).status_code == 400


def test_others_sign_none_together_and_subjects_of_other_sites_are_not_there(core, more, signer, client_as):
    page = read_together(signer, more)
    assert sign_together(client_as(SITE), page, login=SITE).status_code == 403
    assert read_together(signer, ["DE01-0001"]).status_code == 404
    assert sign_together(signer, page, sheet=["DE01-0001 " + "0" * 64]).status_code == 404
    assert sign_together(signer, page, sheet=["nonsense"]).status_code == 400
    assert [bool(signatures(core, key)) for key in more] == [False] * 3


# Who has accepted


ACCEPTED = f"{HOME}/x/trail/acceptances"


def accepted(client):
    text = client.get(f"{ACCEPTED}.csv").text.removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_report_of_acceptances_names_each_person_once_with_the_statement(core, more, signer, client_as):
    manager = client_as("dana@sponsor.example")
    assert "Nobody has signed in this study yet." in manager.get(ACCEPTED).text
    assert accepted(manager) == []
    sign_together(signer, read_together(signer, more))
    (line,) = accepted(manager)
    first = signatures(core, line["subject"])[""]
    assert line["at"] == first.at == min(signatures(core, key)[""].at for key in more)
    assert (line["login"], line["name"], line["site"]) == (SIGNER, "Park Haneul", "KR-01")
    assert line["statement"] == ACCEPTANCE
    page = manager.get(ACCEPTED).text
    assert "1 person" in page
    assert ACCEPTANCE in page
    assert "You see those whose first signature was at your sites." not in page
    assert "You see those whose first signature was at your sites." in signer.get(ACCEPTED).text
    assert f'href="{ACCEPTED}"' in manager.get(f"{HOME}/x/trail").text


def test_who_reads_no_trail_of_a_site_does_not_learn_who_accepted_there(core, more, signer, client_as):
    with core.write(CLI) as uow:
        study_id = readers.find_study(uow.connection, STUDY).study_id
        sites = readers.sites(uow.connection, study_id).values()
        site_id = next(one.site_id for one in sites if one.number == "DE-01")
        grant = users.AddGrant(
            study_id="@system", op=new_id(), login="berlin@site.example", role=Role.PI, granted_study_id=study_id,
            scope="sites", site_ids=frozenset({site_id}),
        )  # fmt: skip
        person = users.AddUser(study_id="@system", op=new_id(), login=grant.login, full_name="Eva Stern")
        users.add_user(uow, person)
    with core.write(CLI) as uow:
        users.add_grant(uow, grant)
        users.set_password(uow, grant.login, PASSWORD)
    sign_together(signer, read_together(signer, more))
    elsewhere = client_as(grant.login)
    assert accepted(elsewhere) == []
    assert "Nobody has signed at your sites yet." in elsewhere.get(ACCEPTED).text
