"""Pages of a live study: its release and a plugin's upgrade, who may do what, and what everybody is told."""

import dataclasses
import re

import pytest
from flask import template_rendered
from sqlalchemy import text

from edc_core.domain.item_path import ItemPath
from edc_core.domain.version_release import STEPS, ReleaseStep
from edc_core.ids import new_id
from edc_core.web.releases.routes import ReleasePage
from tests.web.live_trial import BUILDER, MANAGER, MEDICAL, PLUGIN, SITE, SPONSOR, STUDY, make_live
from tests.web.trial import PASSWORD, SUBJECT

HOME = f"/s/{STUDY}"
HX = {"HX-Request": "true"}
SYSBP = ItemPath.parse("V2[1]/VS[1]").with_group("IG.VS", "1").with_item("SYSBP")
REASON = "Its tests pass."


@pytest.fixture(params=[{"released": False, "approved": True}])
def core(tmp_path, request):
    core = make_live(tmp_path, **request.param)
    yield core
    core.close()


unapproved = pytest.mark.parametrize("core", [{"released": False}], indirect=True)
older = pytest.mark.parametrize("core", [{"older": True}], indirect=True)


def post(client, url, headers=None, **data):
    return client.post(url, data={"op": new_id(), **data}, headers=headers or {})


def sign(client, password=PASSWORD, **data):
    page = client.get(f"{HOME}/release").text
    hidden = dict(
        re.findall(r'<input type="hidden" name="(meta_data_version|sha256|step)" value="([^"]*)">', page)
    )
    seen = {"meta_data_version": "1", "sha256": "0" * 64} | hidden
    given = {"password": password, "reason": "Tested on another installation"}
    return post(client, f"{HOME}/release", **(seen | given | data))


def kinds(core):
    with core.read() as source:
        return [row.kind for row in source.connection.execute(text("SELECT kind FROM ledger_entry"))]


def log(core):
    with core.read() as source:
        rows = source.connection.execute(text("SELECT login, action FROM access_log ORDER BY id"))
        return [tuple(row) for row in rows]


# The release


def test_empty_list_says_what_is_missing_and_who_can_do_it(client_as):
    for login in (SITE, MANAGER):
        page = client_as(login).get(f"{HOME}/subjects").text
        assert "is not released" in page
        assert "A data manager, a medical reviewer or the sponsor" in page
        assert 'id="add"' not in page
        assert f'href="{HOME}/release"' in page


def test_subject_is_refused_with_the_same_words_and_what_was_typed(core, client_as):
    answer = post(client_as(SITE), f"{HOME}/subjects", subject_key="KR01-0001", site="KR-01")
    assert (answer.status_code, "is not released" in answer.text) == (423, True)
    assert "subject.add" not in kinds(core)


def test_release_template_receives_the_fields_of_its_view_model(app, client_as):
    received = []
    with template_rendered.connected_to(lambda _app, context, **_: received.append(context), app):
        assert client_as(SPONSOR).get(f"{HOME}/release").status_code == 200
    ours = set(received[-1]) - {"shell", "csrf_token", "g", "request", "session", "config", "csrf_meta_tag"}
    assert ours == {field.name for field in dataclasses.fields(ReleasePage)}


@pytest.mark.parametrize("login", [MANAGER, SPONSOR])
def test_release_is_signed_with_the_password_and_then_subjects_are_taken(core, client_as, login):
    signer, site = client_as(login), client_as(SITE)
    assert "Release version" in signer.get("/").text
    assert STEPS[ReleaseStep.RELEASE].statement in signer.get(f"{HOME}/release").text
    assert sign(signer).status_code == 303
    assert kinds(core).count("study.release") == 1
    page = signer.get(f"{HOME}/release").text
    assert ("Released." in page, 'name="password"' in page.partition('id="relogin"')[0]) == (True, False)
    assert "Release version" not in signer.get("/").text
    assert "not released" not in site.get(f"{HOME}/subjects").text
    assert post(site, f"{HOME}/subjects", subject_key="KR01-0001", site="KR-01").status_code == 303
    assert (login, "signed out") in log(core), "the second component begins no session that stays"


def test_the_release_without_a_report_of_acceptance_testing_asks_why_and_keeps_it(core, client_as):
    signer = client_as(SPONSOR)
    page = signer.get(f"{HOME}/release").text
    assert "No report was recorded in uat." in page
    assert "Why it is released all the same" in page
    refused = sign(signer, reason=" ")
    assert refused.status_code == 422
    assert "no report of acceptance testing was recorded in uat" in refused.text
    again = sign(signer, "wrong password here", reason="Tested by hand").text
    assert 'value="Tested by hand"' in again
    assert sign(signer, reason="Tested by hand").status_code == 303
    with core.read() as source:
        rows = source.connection.execute(text("SELECT kind, reason_text FROM ledger_entry"))
        assert ("study.release", "Tested by hand") in [tuple(row) for row in rows]


@unapproved
def test_two_persons_approve_on_the_page_before_the_release(core, client_as):
    manager, medical, sponsor = client_as(MANAGER), client_as(MEDICAL), client_as(SPONSOR)
    page = medical.get(f"{HOME}/release").text
    for step in (ReleaseStep.MEDICAL, ReleaseStep.SPONSOR):
        assert f"The {STEPS[step].meaning} is missing." in page
    assert (STEPS[ReleaseStep.MEDICAL].statement in page, "Sign and release" in page) == (True, False)
    assert "Approve version" in medical.get("/").text
    assert sign(manager, step="release").status_code == 409
    assert sign(manager, step="medical").status_code == 403
    assert sign(sponsor, step="nonsense").status_code == 400
    assert sign(medical, "wrong password here").status_code == 422
    assert "study.approve" not in kinds(core)
    assert sign(medical).status_code == 303
    assert "Another person has to sign next." in medical.get(f"{HOME}/release").text
    assert "Approve version" not in medical.get("/").text
    assert sign(sponsor).status_code == 303
    assert (kinds(core).count("study.approve"), "study.release" in kinds(core)) == (2, False)
    page = manager.get(f"{HOME}/release").text
    assert ("Mina Wolf" in page, "Sven Berg" in page, "is missing" in page) == (True, True, False)
    assert sign(manager).status_code == 303
    assert "study.release" in kinds(core)


def test_session_of_the_page_goes_on_after_the_signature(client_as):
    signer = client_as(SPONSOR)
    sign(signer)
    assert signer.get("/").status_code == 200


def test_wrong_password_signs_nothing_and_counts(core, client_as):
    signer = client_as(SPONSOR)
    for _ in range(2):
        answer = sign(signer, "wrong password here")
        assert answer.status_code == 422
        assert "This is not the password of sven@sponsor.example." in answer.text
    assert sign(signer, "wrong password here").status_code == 401, (
        "as with every signature, three end the session"
    )
    assert sign(signer).status_code == 401, "the right one comes too late"
    assert "study.release" not in kinds(core)
    assert (SPONSOR, "sign-in refused") in log(core)


@pytest.mark.parametrize("login", [SITE, BUILDER])
def test_who_may_not_release_reads_the_page_and_signs_nothing(core, client_as, login):
    client = client_as(login)
    page = client.get(f"{HOME}/release").text
    assert "Your role does not include" in page
    assert "Sign and release" not in page
    assert sign(client).status_code == 403
    assert "study.release" not in kinds(core)


def test_release_of_what_was_not_seen_is_refused(core, client_as):
    assert sign(client_as(SPONSOR), sha256="0" * 64).status_code == 409
    assert post(client_as(SPONSOR), f"{HOME}/release", password=PASSWORD).status_code == 400
    assert "study.release" not in kinds(core)


# Another version of a plugin


@older
def test_everybody_is_told_and_nothing_is_entered(core, client_as):
    site = client_as(SITE)
    for url in ("/subjects", f"/subjects/{SUBJECT}", f"/subjects/{SUBJECT}/V2/VS", "/queries"):
        page = site.get(HOME + url)
        assert page.status_code == 200
        assert "Nothing can be entered in this study now." in page.text
        assert "in this study 0.0.1 is in force" in page.text
    assert "Entry closed" in site.get("/").text
    form = site.get(f"{HOME}/subjects/{SUBJECT}/V2/VS").text
    assert 'name="value"' not in form.split('<div class="crf">')[1], "the form is only read"
    assert "Mark visit not done" not in site.get(f"{HOME}/subjects/{SUBJECT}?event=V2[1]").text
    answer = post(site, f"{HOME}/subjects/{SUBJECT}/items/{SYSBP}", HX, value="120", base=0)
    assert answer.status_code == 423
    assert answer.headers["Edc-Code"] == "EDC021"
    assert PLUGIN in answer.text
    assert "Tell your data manager" in answer.text
    answer = post(site, f"{HOME}/subjects", subject_key="KR01-0002", site="KR-01")
    assert (answer.status_code, "KR01-0002" in answer.text) == (423, True)
    assert "item.set" not in kinds(core)
    assert kinds(core).count("subject.add") == 1


@older
def test_two_persons_open_entry_again_on_the_plugin_page(core, client_as):
    builder, manager, site = client_as(BUILDER), client_as(MANAGER), client_as(SITE)
    assert "Ask for plugin" in builder.get("/").text
    page = manager.get(f"{HOME}/plugins").text
    assert ("Entry closed" in page, "A trial builder asks for" in page) == (True, True)
    assert post(manager, f"{HOME}/plugins", plugin=PLUGIN, reason=REASON).status_code == 403
    assert post(manager, f"{HOME}/plugins", plugin=PLUGIN, reason=REASON, approve="true").status_code == 409
    assert post(builder, f"{HOME}/plugins", plugin=PLUGIN).status_code == 422
    assert post(builder, f"{HOME}/plugins", plugin=PLUGIN, reason=REASON).status_code == 303
    assert "Approve plugin" in manager.get("/").text
    page = manager.get(f"{HOME}/plugins").text
    assert (BUILDER in page, REASON in page, ">Approve " in page) == (True, True, True)
    assert ">Approve " not in builder.get(f"{HOME}/plugins").text
    assert post(builder, f"{HOME}/plugins", plugin=PLUGIN, reason=REASON, approve="true").status_code == 403
    assert post(manager, f"{HOME}/plugins", plugin=PLUGIN, reason=REASON, approve="true").status_code == 303
    assert kinds(core).count("plugin.upgrade") == 2
    assert "Nothing can be entered" not in site.get(f"{HOME}/subjects").text
    answer = post(site, f"{HOME}/subjects/{SUBJECT}/items/{SYSBP}", HX, value="120", base=0)
    assert answer.status_code == 200


@older
def test_site_has_no_say_about_plugins(core, client_as):
    assert post(client_as(SITE), f"{HOME}/plugins", plugin=PLUGIN, reason=REASON).status_code == 403
    assert "plugin.upgrade" not in kinds(core)
