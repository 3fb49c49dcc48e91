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
from edc_core.domain.metadata import Milestone, TranslatedText
from edc_core.domain.permission import Role
from edc_core.domain.signature import ACCEPTANCE
from edc_core.ids import new_id
from edc_core.services import users
from edc_core.store import readers, signature_readers
from edc_core.store.ledger_tables import access_log
from edc_core.web.app import create_app
from edc_core.web.signing.pages import MOST_AT_ONCE, ManyPage, SignPage, ToSignPage
from tests.rendering.vital_signs import version
from tests.web.trial import CLI, PASSWORD, STUDY, SUBJECT, limited, make_core

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


def test_a_change_in_a_row_of_a_log_leads_to_the_form_with_that_row_open(site, signer):
    sign(signer)
    item = VS.with_group("IG.AE", "1").with_item("AETERM")
    data = {"op": new_id(), "value": "Headache", "base": 0, "reason_code": "transcription"}
    assert site.post(f"{BOOK}/items/{item}", data=data, headers=HX).status_code == 200
    (href,) = re.findall(f'href="([^"]+)#{item.dom_id}"', signer.get(SHEET).text)
    assert f'id="{item.dom_id}"' in signer.get(href).text


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
    add(site, *OTHERS)
    complete(site, *OTHERS)
    return (SUBJECT, *OTHERS)


def add(site, *keys):
    for key in keys:
        site.post(f"{HOME}/subjects", data={"op": new_id(), "subject_key": key, "site": "KR-01"})


def complete(site, *keys):
    """Casebooks that are complete."""
    for key in keys:
        book = f"{HOME}/subjects/{key}"
        saved = site.post(
            f"{book}/items/{SYSBP}", data={"op": new_id(), "value": "110", "base": 0}, headers=HX
        )
        done = site.post(f"{book}/forms/{VS}/complete", data={"op": new_id()}, headers=HX)
        assert (saved.status_code, done.status_code) == (200, 200)


def read_together(signer, keys, **given):
    return signer.get(f"{HOME}/sign/read", query_string={"subject": list(keys), **given})


def sign_together(signer, page, *, marked=None, **given):
    values = re.findall(r'name="sheet" value="([^"]+)"', page.text)
    data = {
        "op": new_id(), "meaning": "responsibility", "accepts": "true", "login": SIGNER, "password": PASSWORD,
        "subject": re.findall('name="subject" value="([^"]+)"', page.text),
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
    assert re.findall("I have read this casebook<span class=.vh.> ([^<]+)", nothing.text) == [
        SUBJECT,
        OTHERS[1],
    ]
    assert re.findall('name="subject" value="([^"]+)"', nothing.text) == list(more), (
        "what was chosen is there still"
    )


def test_what_was_not_marked_stays_on_the_page_for_the_next_time(core, more, signer):
    answer = sign_together(signer, read_together(signer, more), marked=[OTHERS[0]])
    assert answer.status_code == 200
    assert re.findall("I have read this casebook<span class=.vh.> ([^<]+)", answer.text) == [
        SUBJECT,
        OTHERS[1],
    ]
    assert sign_together(signer, answer).status_code == 200
    assert all(signatures(core, key) for key in more)


def test_a_casebook_that_changed_meanwhile_is_left_out_and_named(core, site, more, signer):
    page = read_together(signer, more)
    change(site)
    answer = sign_together(signer, page)
    assert answer.status_code == 409
    assert "Something has changed since you opened this page" in answer.text
    assert [bool(signatures(core, key)) for key in more] == [False, True, True]


def test_a_wrong_secret_signs_none_of_them(core, more, signer):
    page = read_together(signer, more)
    wrong = sign_together(signer, page, marked=OTHERS, password="wrong password")
    assert wrong.status_code == 422
    assert [bool(signatures(core, key)) for key in more] == [False] * 3
    assert re.findall(r'name="sheet" value="(\S+) \w+" checked', wrong.text) == list(OTHERS)
    assert re.findall(r'name="sheet" value="(\S+) \w+">', wrong.text) == [SUBJECT]


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


# Milestones

BOARD = Milestone(
    "DSMB-1",
    TranslatedText((("en", "Before the first board"), ("de", "Erstes Gremium"))),
    TranslatedText.of("I have reviewed these data for the first board.", "en"),
)
LOCK = Milestone(
    "LOCK", TranslatedText.of("Before the lock", "en"), TranslatedText.of("It is complete.", "en")
)


@pytest.fixture
def milestone_core(tmp_path):
    """A trial that names points at which casebooks are signed; Berlin reads and signs in German."""
    definition = dataclasses.replace(limited(version()), milestones=(BOARD, LOCK), languages=("en", "de"))
    seoul, berlin = definition.sites
    sites = (
        dataclasses.replace(seoul, languages=("en",)),
        dataclasses.replace(berlin, languages=("de",)),
    )
    core = make_core(tmp_path, dataclasses.replace(definition, sites=sites))
    yield core
    core.close()


@pytest.fixture
def with_milestone(milestone_core):
    """Clients of that trial."""
    app = create_app(milestone_core)
    app.config.update(WTF_CSRF_ENABLED=False)

    def signed_in(login):
        client = app.test_client()
        assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303
        return client

    return signed_in


def test_what_a_milestone_asks_for_is_signed_in_its_words(with_milestone):
    site, signer = with_milestone(SITE), with_milestone(SIGNER)
    save(site, "120")
    assert site.post(f"{BOOK}/forms/{VS}/complete", data={"op": new_id()}, headers=HX).status_code == 200
    assert sign(signer).status_code == 303
    any_time = signer.get(SHEET).text
    assert "Your signature</h2>" not in any_time
    assert "Before the first board" in any_time
    assert "Before the first board" not in signer.get(SHEET, query_string={"scope": str(VS)}).text
    page = signer.get(SHEET, query_string={"milestone": "DSMB-1"}).text
    assert "I have reviewed these data for the first board." in page
    assert 'type="radio"' not in page
    refused = sign(signer, page=page, milestone="DSMB-1", password="another secret entirely")
    assert (refused.status_code, "for the first board." in refused.text) == (422, True)
    done = sign(signer, page=page, milestone="DSMB-1")
    assert (done.status_code, "milestone=DSMB-1" in done.headers["Location"]) == (303, True)
    assert "<dd>Before the first board</dd>" in signer.get(SHEET).text
    assert signer.get(SHEET, query_string={"milestone": "NOWHERE"}).status_code == 404


def test_several_casebooks_are_signed_together_for_a_milestone(milestone_core, with_milestone):
    site, signer = with_milestone(SITE), with_milestone(SIGNER)
    add(site, *OTHERS)
    keys = (SUBJECT, *OTHERS)
    complete(site, *keys)
    assert sign_together(signer, read_together(signer, keys)).status_code == 200
    assert "Nothing waits for your signature." in signer.get(f"{HOME}/sign").text

    waiting = signer.get(f"{HOME}/sign", query_string={"milestone": "DSMB-1"}).text
    assert [f'name="subject" value="{key}"' in waiting for key in keys] == [True] * 3
    assert '<input type="hidden" name="milestone" value="DSMB-1">' in waiting
    any_time = read_together(signer, keys).text
    assert "I have read this casebook" not in any_time, "they are signed"
    assert any_time.count("Signed: Responsibility") == 3
    chips = re.findall(r'class="chip[^"]*" href="([^"]*)"', any_time)
    assert len(chips) == 3
    assert all(f"subject={key}" in chips[1] for key in keys)

    page = signer.get(chips[1].replace("&amp;", "&"))
    assert "I have reviewed these data for the first board." in page.text
    assert 'type="radio"' not in page.text
    assert (any_time.count('class="acc" open'), page.text.count('class="acc" open')) == (0, 3), (
        "to be read again"
    )
    wrong = sign_together(signer, page, milestone="DSMB-1", password="another secret entirely")
    assert (wrong.status_code, "for the first board." in wrong.text) == (422, True)
    assert 'name="milestone" value="DSMB-1"' in wrong.text, "a second try is for the same milestone"
    done = sign_together(signer, wrong, milestone="DSMB-1", marked=keys[:2])
    assert (done.status_code, "Signed for Before the first board:" in done.text) == (200, True)
    assert [signatures(milestone_core, key)[""].meaning for key in keys] == [
        "DSMB-1",
        "DSMB-1",
        "responsibility",
    ]
    assert "<dd>Before the first board</dd>" in signer.get(SHEET).text
    assert "Signed: Before the first board" in read_together(signer, keys).text
    waiting = signer.get(f"{HOME}/sign", query_string={"milestone": "DSMB-1"}).text
    assert [f'name="subject" value="{key}"' in waiting for key in keys] == [False, False, True]


def test_a_casebook_that_changed_meanwhile_is_left_out_of_the_milestone(milestone_core, with_milestone):
    site, signer = with_milestone(SITE), with_milestone(SIGNER)
    add(site, *OTHERS)
    keys = (SUBJECT, *OTHERS)
    complete(site, *keys)
    page = read_together(signer, keys, milestone="DSMB-1")
    change(site)
    answer = sign_together(signer, page, milestone="DSMB-1")
    assert answer.status_code == 409
    assert "Something has changed since you opened this page" in answer.text
    assert 'name="milestone" value="DSMB-1"' in answer.text
    assert [bool(signatures(milestone_core, key)) for key in keys] == [False, True, True]


def test_what_does_not_hold_for_all_chosen_casebooks_is_not_offered_and_named(milestone_core, with_milestone):
    with milestone_core.write(CLI) as uow:
        study_id = readers.find_study(uow.connection, STUDY).study_id
        users.add_grant(uow, users.grant_for_sites(uow, SIGNER, Role.PI, study_id, ("DE-01",)))
    complete(with_milestone(SITE), SUBJECT)
    signer, both = with_milestone(SIGNER), (SUBJECT, "DE01-0001")
    alone = read_together(signer, [SUBJECT], milestone="DSMB-1").text
    assert "These casebooks are not signed together for" not in alone
    for asked in ({}, {"milestone": "DSMB-1"}):
        page = read_together(signer, both, **asked).text
        assert (
            "These casebooks are not signed together for:</b> Before the first board, Erstes Gremium." in page
        )
        assert re.findall(r'class="chip[^"]*" href="[^"]*"[^>]*>([^<]+)<', page) == [
            "At any time",
            "Before the lock",
        ]
        assert 'name="milestone"' not in page
        assert 'type="radio"' in page
    assert "It is complete." in read_together(signer, both, milestone="LOCK").text
    listed = signer.get(f"{HOME}/sign", query_string={"milestone": "DSMB-1"}).text
    assert f'name="subject" value="{SUBJECT}"' in listed


def test_a_milestone_that_nobody_names_is_signed_for_no_casebook(milestone_core, with_milestone):
    complete(with_milestone(SITE), SUBJECT)
    signer = with_milestone(SIGNER)
    page = read_together(signer, [SUBJECT], milestone="NOWHERE")
    assert 'type="radio"' in page.text
    refused = sign_together(signer, page, milestone="NOWHERE")
    assert (refused.status_code, "Nothing is signed here for this milestone." in refused.text) == (409, True)
    assert signatures(milestone_core) == {}
    assert "Nothing waits" in signer.get(f"{HOME}/sign", query_string={"milestone": "NOWHERE"}).text
