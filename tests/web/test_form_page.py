import re
from dataclasses import replace

import pytest

from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import ReasonForChange, TranslatedText
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.services import users
from edc_core.store import readers
from edc_core.web.app import create_app
from tests.ids import without_ids
from tests.rendering.vital_signs import version
from tests.web.trial import CLI, FORM_URL, PASSWORD, STUDY, SUBJECT, limited, make_core

HX = {"HX-Request": "true"}
SYSBP = ItemPath.parse("V2[1]/VS[1]/IG.VS[1]/SYSBP")
ITEMS = f"/s/{STUDY}/subjects/{SUBJECT}/items"


def save(client, value, *, path=SYSBP, base=0, **more):
    data = {"op": new_id(), "value": value, "base": base, **more}
    return client.post(f"{ITEMS}/{path}", data=data, headers=HX)


def test_form_page_stands_alone_and_as_a_fragment(client_as):
    client = client_as()
    page = client.get(FORM_URL)
    assert page.status_code == 200
    assert "<html" in page.text
    fragment = client.get(FORM_URL, headers=HX)
    assert "<html" not in fragment.text
    assert fragment.text.lstrip().startswith('<div id="form"')
    assert "HX-Request" in fragment.headers["Vary"]


def test_saved_item_answers_with_its_version_and_never_with_its_input(client_as):
    response = save(client_as(), "120", op="operation-1")
    assert response.status_code == 200
    assert (response.headers["Edc-Op"], response.headers["Edc-Version"]) == ("operation-1", "1")
    assert "<input" not in response.text
    assert "In progress" in response.text


def test_same_operation_twice_is_stored_once(client_as):
    client = client_as()
    first, second = (save(client, "120", op="operation-1") for _ in range(2))
    assert first.headers["Edc-Version"] == second.headers["Edc-Version"] == "1"


def test_value_beyond_a_soft_limit_is_stored_with_a_message(client_as):
    response = save(client_as(), "310")
    assert response.status_code == 200
    assert "This is above 250" in response.text


def test_value_beyond_a_hard_limit_is_not_stored_and_not_repeated(client_as):
    client = client_as()
    response = save(client, "987")
    assert response.status_code == 422
    assert "Not stored:" in response.text
    assert "987" not in without_ids(response.text)
    assert 'value="987"' not in client.get(FORM_URL).text


def test_value_saved_by_somebody_else_opens_a_choice_of_both(client_as):
    save(client_as("minseo@site.example"), "118")
    response = save(client_as(), "120")
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#dialogs"
    assert "118" in response.text
    assert "120" in response.text
    assert " checked" not in response.text


def test_complete_opens_queries_and_later_changes_need_a_reason(client_as):
    client = client_as()
    save(client, "310")
    url = f"/s/{STUDY}/subjects/{SUBJECT}/forms/V2[1]/VS[1]/complete"
    done = client.post(url, data={"op": new_id()}, headers=HX)
    assert done.status_code == 200
    assert "1 query" in done.text
    assert 'data-reason="always"' in done.text
    assert save(client, "130", base=1).status_code == 422
    assert save(client, "130", base=1, reason_code="transcription").status_code == 200


def test_monitor_reads_and_cannot_enter(client_as):
    client = client_as("anna@cro.example")
    page = client.get(FORM_URL)
    assert 'name="value"' not in page.text
    assert save(client, "120").status_code == 403


def test_other_sites_subject_does_not_exist_for_a_site(client_as):
    client = client_as()
    other = FORM_URL.replace(SUBJECT, "DE01-0001")
    nobody = FORM_URL.replace(SUBJECT, "XX99-9999")
    assert client.get(other).status_code == client.get(nobody).status_code == 404
    assert client_as("dana@sponsor.example").get(other).status_code == 200


def test_unknown_field_is_refused(client_as):
    assert save(client_as(), "120", extra="1").status_code == 400


def test_row_is_added_struck_and_restored(client_as):
    client = client_as()
    add = f"/s/{STUDY}/subjects/{SUBJECT}/rows/V2[1]/VS[1]/IG.AE"
    opened = client.post(add, data={"op": new_id()}, headers=HX)
    assert opened.status_code == 200
    assert 'class="edit crf-edit"' in opened.text
    strike = f"/s/{STUDY}/subjects/{SUBJECT}/strike/V2[1]/VS[1]/IG.AE[1]"
    assert client.post(strike, data={"op": new_id()}, headers=HX).status_code == 422
    struck = client.post(strike, data={"op": new_id(), "reason_text": "wrong subject"}, headers=HX)
    assert "wrong subject" in struck.text
    back = client.post(
        strike, data={"op": new_id(), "reason_text": "right after all", "restore": "true"}, headers=HX
    )
    assert "wrong subject" not in back.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_signed_out_person_gets_401_for_htmx_and_never_a_redirect_to_it(app, method):
    client = app.test_client()
    response = getattr(client, method)(FORM_URL if method == "get" else f"{ITEMS}/{SYSBP}", headers=HX)
    assert response.status_code == 401
    page = client.get(FORM_URL)
    assert page.status_code == 303
    assert page.headers["Location"].startswith("/login?next=")


def open_query(client):
    save(client, "310")
    client.post(
        f"/s/{STUDY}/subjects/{SUBJECT}/forms/V2[1]/VS[1]/complete", data={"op": new_id()}, headers=HX
    )
    page = client.get(FORM_URL).text
    return re.search(rf'href="(/s/{STUDY}/subjects/{SUBJECT}/queries/[^"]+)"', page)[1]


def test_query_is_answered_at_its_item(client_as):
    client = client_as()
    url = open_query(client)
    thread = client.get(url, headers=HX).text
    assert "This is above 250" in thread
    base = re.search(r'name="base" value="(\d+)"', thread)[1]
    data = {"op": new_id(), "action": "answer", "text": "Value confirmed as in source", "base": base}
    answered = client.post(url, data=data, headers=HX)
    assert answered.status_code == 200
    assert "Answered" in answered.text
    assert "hx-swap-oob" in answered.text
    again = client.post(url, data={**data, "op": new_id()}, headers=HX)
    assert again.status_code == 409


def test_query_about_the_whole_form_stands_above_it_and_is_answered_there(client_as):
    site, manager = client_as(), client_as("dana@sponsor.example")
    save(site, "120")
    asked = manager.post(
        f"/s/{STUDY}/subjects/{SUBJECT}/ask/{SYSBP.form_path}",
        data={"op": new_id(), "text": "Please add the missing page of the source."},
        headers=HX,
    )
    assert 'id="form-queries"' in asked.text
    page = site.get(FORM_URL).text
    above, items = page.split('<div class="crf">')
    assert "Please add the missing page of the source." in above
    assert 'href="#form-queries"' in items, "the count leads there"
    url = re.search(rf'href="(/s/{STUDY}/subjects/{SUBJECT}/queries/[^"]+)"', above)[1]
    base = re.search(r'name="base" value="(\d+)"', site.get(url, headers=HX).text)[1]
    data = {"op": new_id(), "action": "answer", "text": "It was scanned today", "base": base}
    answered = site.post(url, data=data, headers=HX).text
    assert "Answered: It was scanned today" in answered.split('id="form-queries"')[1]


def test_monitor_asks_and_closes_what_was_asked(client_as):
    site, monitor = client_as(), client_as("anna@cro.example")
    save(site, "120")
    place = f"{SYSBP}"
    new = monitor.get(f"{FORM_URL}/queries/new?item={place}", headers=HX)
    assert "Question to the site" in new.text
    asked = monitor.post(
        f"/s/{STUDY}/subjects/{SUBJECT}/ask/{place}",
        data={"op": new_id(), "text": "120 differs from the chart. Which is right?"},
        headers=HX,
    )
    assert "Which is right?" in asked.text
    refused = site.post(
        f"/s/{STUDY}/subjects/{SUBJECT}/ask/{place}", data={"op": new_id(), "text": "Why?"}, headers=HX
    )
    assert refused.status_code == 403


def test_history_tells_who_changed_what_and_why(client_as):
    client = client_as()
    save(client, "118")
    save(client, "120", base=1)
    said = client.get(f"{FORM_URL}/history?item={SYSBP}", headers=HX).text
    assert "Kim Jiwoo" in said
    assert "changed Systolic blood pressure from 118" in said
    assert "Asia/Seoul" in said


def test_refusal_names_no_value(client_as):
    page = save(client_as("anna@cro.example"), "4711")
    assert "4711" not in without_ids(page.text)


def test_form_opened_under_another_version_of_the_study_is_told_so(client_as):
    assert save(client_as(), "120", version="v0").status_code == 412


def test_next_form_is_offered_and_the_last_leads_to_the_casebook(client_as):
    client = client_as()
    save(client, "120")
    url = f"/s/{STUDY}/subjects/{SUBJECT}/forms/V2[1]/VS[1]/complete"
    done = client.post(url, data={"op": new_id(), "go": "next"}, headers=HX)
    assert done.headers["HX-Redirect"] == f"/s/{STUDY}/subjects/{SUBJECT}"


WHO_AND_WHERE = 1  #: session, account, grants and study


UNITS = 1  #: which the site used last, where an item with several waits for its value


def test_a_form_is_read_in_at_most_six_statements_however_much_stands_in_it(client_as, count_statements):
    client = client_as()
    counts = []
    for base in range(3):
        save(client, str(300 + base), base=base)
        with count_statements() as seen:
            client.get(FORM_URL)
        counts.append(len(seen))
    assert set(counts) == {counts[0]}
    assert counts[0] <= WHO_AND_WHERE + 6 + UNITS


def test_a_saved_item_is_answered_from_the_write_alone(client_as, count_statements):
    client = client_as()
    save(client, "120")
    with count_statements() as seen:
        assert "Edc-Version" in save(client, "121", base=1).headers
    assert len(seen) <= WHO_AND_WHERE + 6


def test_an_answer_from_the_write_says_what_the_page_would_say(client_as):
    client = client_as()
    save(client, "310")
    client.post(
        f"/s/{STUDY}/subjects/{SUBJECT}/forms/V2[1]/VS[1]/complete", data={"op": new_id()}, headers=HX
    )
    answer = save(client, "311", base=1, reason_code="transcription").text
    page = client.get(FORM_URL).text
    for element in (f'id="m-{SYSBP.dom_id}"', 'id="counts"', 'id="form-status"'):
        drawn = re.search(rf"<div [^>]*{element}.*?</div>", answer, re.DOTALL)[0]
        assert drawn.replace(' hx-swap-oob="outerHTML"', "") in page
    assert "query" in answer


def test_what_is_kept_of_an_answer_is_drawn_anew_when_it_would_look_otherwise(client_as):
    client = client_as()
    temp = SYSBP.parent.with_item("TEMP")
    first, second = save(client, "120"), save(client, "36.5", path=temp, unit="C")
    said = [re.search(r"\d+ of \d+ answered", answer.text)[0] for answer in (first, second)]
    assert said[0].startswith("1 of ")
    assert said[1].startswith("2 of ")
    assert f'id="k-{SYSBP.dom_id}"' in first.text
    assert f'id="k-{temp.dom_id}"' in second.text
    assert "History of" not in second.text
    again = save(client, "310", base=1)
    assert f'id="k-{SYSBP.dom_id}"' in again.text
    assert "2 entries" in again.text
    assert "1 note" in again.text
    gone = save(client, "121", base=2)
    assert "3 entries" in gone.text
    assert "1 note" not in gone.text


@pytest.mark.parametrize(
    ("language", "shown", "says"), [("ko", "ko", "수축기 혈압"), ("fr", "en", "Systolic")]
)
def test_form_is_in_the_language_of_its_reader_where_the_study_has_it(tmp_path, language, shown, says):
    definition = limited(version())
    question = TranslatedText((("en", "Systolic"), ("ko", "수축기 혈압")))
    items = tuple(replace(i, question=question) if i.oid == "SYSBP" else i for i in definition.items)
    core = make_core(tmp_path, replace(definition, items=items, languages=("en", "ko")))
    with core.write(CLI) as uow:
        add = users.AddUser(
            study_id="@system", op=new_id(), login="reader", full_name="R", language=language, is_demo=True
        )
        users.add_user(uow, add)
        study_id = core_study(core).study_id
        users.add_grant(uow, users.grant_for_sites(uow, "reader", Role.CRC, study_id, ()))
        users.set_public_password(uow, ["reader"], PASSWORD)
    client = create_app(core).test_client()
    client.application.config.update(WTF_CSRF_ENABLED=False)
    assert client.post("/login", data={"login": "reader", "password": PASSWORD}).status_code == 303
    page = client.get(FORM_URL)
    core.close()
    assert f'lang="{shown}"' in page.text
    assert says in page.text


def core_study(core):
    with core.read() as source:
        return readers.find_study(source.connection, STUDY)


@pytest.mark.parametrize(
    ("language", "shown", "tag"), [("ko", "수축기", "ko"), ("en", "Systolic", "en"), ("de", "수축기", "ko")]
)
def test_a_form_is_shown_in_the_language_of_the_reader_where_the_site_reads_it(
    tmp_path, language, shown, tag
):
    """The third reader's language is the study's, but not the site's."""
    definition = version()
    item = replace(
        definition.items[0],
        question=TranslatedText((("en", "Systolic"), ("ko", "수축기"), ("de", "Systolisch"))),
    )
    definition = limited(
        replace(definition, languages=("en", "ko", "de"), items=(item, *definition.items[1:]))
    )
    first, *others = definition.sites
    definition = replace(definition, sites=(replace(first, languages=("ko", "en")), *others))
    core = make_core(tmp_path, definition)
    with core.write(CLI) as uow:
        users.add_user(
            uow,
            users.AddUser(
                study_id="@system", op=new_id(), login="l@b.example", full_name="L", language=language
            ),
        )
    with core.write(CLI) as uow:
        study_id = readers.find_study(uow.connection, STUDY).study_id
        grant = users.AddGrant(
            study_id="@system", op=new_id(), login="l@b.example", role=Role.CRC, granted_study_id=study_id
        )
        users.add_grant(uow, grant)
    with core.write(CLI) as uow:
        users.set_password(uow, "l@b.example", PASSWORD)
    app = create_app(core)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    client.post("/login", data={"login": "l@b.example", "password": PASSWORD})
    page = client.get(FORM_URL).text
    core.close()
    assert f'<html lang="{tag}">' in page
    assert shown in page
    assert "Systolisch" not in page


def test_the_reasons_of_the_study_are_offered_in_the_language_of_the_site(tmp_path):
    reasons = (
        ReasonForChange("lab_error", TranslatedText((("en", "Wrong sample"), ("ko", "검체 오류")))),
        ReasonForChange("other", TranslatedText((("en", "Other"), ("ko", "기타")))),
    )
    definition = limited(version())
    policy = replace(definition.policy, reasons=reasons)
    core = make_core(tmp_path, replace(definition, policy=policy, languages=("ko",)))
    try:
        app = create_app(core)
        app.config.update(WTF_CSRF_ENABLED=False)
        client = app.test_client()
        client.post("/login", data={"login": "jiwoo@site.example", "password": PASSWORD})
        strip = re.search(r'<template id="reason-strip">.*?</template>', client.get(FORM_URL).text, re.DOTALL)
        chips = re.findall(
            r'data-key="(\d)" data-code="(\w+)"( data-free="yes")?><kbd>\d</kbd>([^<]+)', strip[0]
        )
        assert chips == [("1", "lab_error", "", "검체 오류"), ("2", "other", ' data-free="yes"', "기타")]
        assert save(client, "310").status_code == 200
        url = f"/s/{STUDY}/subjects/{SUBJECT}/forms/V2[1]/VS[1]/complete"
        assert client.post(url, data={"op": new_id()}, headers=HX).status_code == 200
        assert save(client, "130", base=1, reason_code="transcription").status_code == 400
        assert save(client, "130", base=1, reason_code="lab_error").status_code == 200
    finally:
        core.close()
