"""Put right: a number, a site, data of another subject; and what a site that gave a subject away still sees."""

import re

import pytest

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.services import subjects, users
from edc_core.services.verifying import verify
from edc_core.store import readers
from tests.ids import without_ids
from tests.web.trial import CLI, FORM_URL, PASSWORD, STUDY, SUBJECT

HX = {"HX-Request": "true"}
HOME = f"/s/{STUDY}"
PAGE = f"{HOME}/x/corrections"
OTHER = "KR01-0002"
MARK = "ZQlater"
GERMAN = "lena@site.example"
FORM = "V2[1]/VS[1]"
SYSBP, NOTE = (ItemPath.parse(f"{FORM}/IG.VS[1]/{name}") for name in ("SYSBP", "NOTE"))
AE1, AE2 = (ItemPath.parse(f"{FORM}/IG.AE[{n}]/AETERM") for n in (1, 2))


@pytest.fixture
def core(core):
    """With a second subject in Seoul, and a coordinator in Berlin."""
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        sites = {site.number: site.site_id for site in readers.sites(source.connection, study_id).values()}
    with core.write(CLI) as uow:
        command = subjects.AddSubject(
            study_id=study_id, op=new_id(), subject_key=OTHER, site_id=sites["KR-01"]
        )
        subjects.add_subject(uow, command)
    with core.write(CLI) as uow:
        users.add_user(
            uow, users.AddUser(study_id="@system", op=new_id(), login=GERMAN, full_name="Lena Vogt")
        )
    with core.write(CLI) as uow:
        grant = users.AddGrant(
            study_id="@system", op=new_id(), login=GERMAN, role=Role.CRC, granted_study_id=study_id,
            scope="sites", site_ids=frozenset({sites["DE-01"]}),
        )  # fmt: skip
        users.add_grant(uow, grant)
    with core.write(CLI) as uow:
        users.set_password(uow, GERMAN, PASSWORD)
    return core


@pytest.fixture
def site(client_as):
    return client_as()


@pytest.fixture
def manager(client_as):
    return client_as("dana@sponsor.example")


def post(client, path, **data):
    return client.post(f"{PAGE}/{path}", data={"op": new_id(), **data})


def save(client, path, value, base=0, subject=SUBJECT):
    data = {"op": new_id(), "value": value, "base": base}
    answer = client.post(f"{HOME}/subjects/{subject}/items/{path}", data=data, headers=HX)
    assert answer.status_code == 200, answer.text


def transfer(manager, **more):
    given = {"subject": SUBJECT, "site": "DE-01", "day": "2026-03-02", "reason": "Moved to Berlin"}
    return post(manager, "site", **given | more)


def test_who_may_nothing_there_has_no_tab(site, manager, client_as):
    book = f"{HOME}/subjects/{SUBJECT}"
    assert f"{PAGE}?subject={SUBJECT}" in site.get(book).text
    assert f"{PAGE}?subject={SUBJECT}" in manager.get(book).text
    assert PAGE + "?" not in client_as("anna@cro.example").get(book).text
    offered = site.get(f"{PAGE}?subject={SUBJECT}").text
    assert "Data of another subject" in offered
    assert "Correct number" not in offered
    assert "Transfer subject" not in offered


def test_manager_corrects_the_number_and_the_history_keeps_both(manager):
    response = post(manager, "number", subject=SUBJECT, new_key="KR01-0009", reason="Mistyped")
    page = manager.get(response.headers["Location"]).text
    assert "The subject has the number KR01-0009 now." in page
    assert manager.get(f"{HOME}/subjects/{SUBJECT}").status_code == 404
    page = manager.get(f"{HOME}/subjects/KR01-0009/history").text
    assert f"Corrected the subject number from {SUBJECT} to KR01-0009." in page
    assert "Reason: Mistyped." in page


def test_a_correction_that_is_refused_says_why_beside_what_was_typed(manager):
    refused = post(manager, "number", subject=SUBJECT, new_key=OTHER, reason="Mistyped")
    assert refused.status_code == 422
    assert f"Subject {OTHER} is in this study already." in refused.text
    assert f'value="{OTHER}"' in refused.text
    unexplained = post(manager, "number", subject=SUBJECT, new_key="KR01-0009", reason=" ")
    assert (unexplained.status_code, "Say why" in unexplained.text) == (422, True)


def test_a_number_at_another_site_is_not_there(client_as):
    sub = client_as("minseo@site.example")
    assert post(sub, "number", subject="DE01-0001", new_key="DE01-0009", reason="typo").status_code == 404
    assert sub.get(f"{PAGE}?subject=DE01-0001").status_code == 404


def test_a_frozen_subject_has_nothing_to_put_right(manager):
    data = {"op": new_id(), "action": "freeze", "reason": "Interim analysis"}
    manager.post(f"{HOME}/subjects/{SUBJECT}/protection", data=data)
    page = manager.get(f"{PAGE}?subject={SUBJECT}").text
    assert "Nothing can be put right here" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    assert transfer(manager).status_code == 422


def test_an_investigator_of_one_site_is_told_who_transfers(client_as):
    page = client_as("haneul@site.example").get(f"{PAGE}?subject={SUBJECT}").text
    assert "Ask your data manager." in page
    assert "Transfer subject" not in page


def test_a_transferred_subject_is_at_the_other_site_and_its_old_site_reads_a_copy(site, manager, client_as):
    save(site, SYSBP, "120")
    response = transfer(manager)
    assert response.status_code == 303
    done = manager.get(response.headers["Location"]).text
    assert f"{SUBJECT} is at site DE-01 now." in done
    berlin = client_as(GERMAN)
    assert "120" in berlin.get(FORM_URL).text
    save(berlin, SYSBP, "141", 1)
    save(berlin, NOTE, MARK)
    assert "Moved to Berlin" in berlin.get(f"{HOME}/subjects/{SUBJECT}/history").text

    assert site.get(f"{HOME}/subjects/{SUBJECT}").status_code == 404
    listed = site.get(f"{PAGE}/transfers").text
    assert f"{HOME}/subjects/{SUBJECT}/then" in listed
    assert "DE-01" not in listed
    copy = site.get(f"{HOME}/subjects/{SUBJECT}/then").text
    assert "Transferred to another site on 2026-03-02." in copy
    assert "The casebook as it is now" not in copy
    form = site.get(re.search(r'href="([^"]+as_of=[^"]+)"', copy)[1].replace("&amp;", "&")).text
    assert "120" in form
    assert "As it was on" in form
    history = site.get(f"{HOME}/subjects/{SUBJECT}/history").text
    assert "Entered 120" in history
    assert "Up to the transfer" in history


@pytest.mark.parametrize("page", [
    "then", "then?on=2099-01-01T00:00Z", "V2/VS?as_of=2099-01-01T00:00:00Z", f"V2/VS/history?item={NOTE}",
    f"V2/VS/history?item={SYSBP}", "history", "history?before=99", "history?who=lena@site.example",
])  # fmt: skip
def test_the_old_site_learns_nothing_of_what_came_after(site, manager, client_as, page):
    save(site, SYSBP, "120")
    transfer(manager)
    berlin = client_as(GERMAN)
    save(berlin, SYSBP, "141", 1)
    save(berlin, NOTE, MARK)
    answer = site.get(f"{HOME}/subjects/{SUBJECT}/{page}", headers=HX if "item=" in page else {})
    assert answer.status_code == 200, answer.text
    assert MARK not in answer.text
    assert "141" not in without_ids(answer.text)
    assert "Lena Vogt" not in answer.text


@pytest.mark.parametrize("page", ["", "/queries", "/V2/VS", "/signature"])
def test_what_is_of_now_is_not_there_for_the_old_site(site, manager, page):
    save(site, SYSBP, "120")
    transfer(manager)
    assert site.get(f"{HOME}/subjects/{SUBJECT}{page}").status_code == 404


def test_nobody_else_finds_a_copy(site, manager, client_as):
    save(site, SYSBP, "120")
    berlin = client_as(GERMAN)
    assert berlin.get(f"{HOME}/subjects/{SUBJECT}/then").status_code == 404
    transfer(manager)
    transfer(manager, site="KR-01")
    assert berlin.get(f"{HOME}/subjects/{SUBJECT}/then").status_code == 404


def test_a_transfer_on_a_day_to_come_says_so(manager):
    refused = transfer(manager, day="2199-01-01")
    assert (refused.status_code, "still to come" in refused.text) == (422, True)


# Data of another subject


def shown(client, to=OTHER, form=FORM, subject=SUBJECT):
    return client.get(f"{PAGE}/data", query_string={"subject": subject, "form": form, "to": to}).text


def seen(page):
    return re.search(r'name="seen" value="([0-9a-f]{64})"', page)[1]


def put_right(client, page=None, *, op="", **more):
    page = page if page is not None else shown(client)
    given = {
        "subject": SUBJECT,
        "to": OTHER,
        "form": FORM,
        "reason": "Worksheet of 4 Mar",
        "seen": seen(page),
    }
    return client.post(f"{PAGE}/data", data=given | {"op": op or new_id()} | more)


@pytest.fixture
def wrong(site):
    """Values, and two rows of which the first was struck, of OTHER at SUBJECT."""
    save(site, SYSBP, "120")
    save(site, NOTE, "Had a rash")
    save(site, AE1, "Rash on the wrong line")
    save(site, AE2, "Rash")
    said = {"op": new_id(), "reason_text": "Wrong line"}
    struck = site.post(f"{HOME}/subjects/{SUBJECT}/strike/{FORM}/IG.AE[1]", data=said, headers=HX)
    assert struck.status_code == 200, struck.text
    return site


def test_a_form_that_was_complete_is_complete_for_the_right_subject(core, wrong):
    data = {"op": new_id()}
    done = wrong.post(f"{HOME}/subjects/{SUBJECT}/forms/{FORM}/complete", data=data, headers=HX)
    assert done.status_code == 200, done.text
    before = shown(wrong)
    assert "completed there" in before
    answer = put_right(wrong, before)
    assert answer.status_code == 303, answer.text
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        book = readers.casebook(source, readers.subject_by_key(source.connection, study_id, OTHER))
        here = readers.casebook(source, readers.subject_by_key(source.connection, study_id, SUBJECT))
    assert book.forms[ItemPath.parse(FORM)].status is EntryStatus.COMPLETE
    assert here.is_removed(ItemPath.parse(FORM))
    assert put_right(wrong, before).status_code == 422  # done once
    assert verify(core, rebuild=True).ok


def test_data_of_another_subject_are_entered_there_and_removed_here(core, wrong):
    page = shown(wrong)
    assert "Rash" in page
    assert "Rash on the wrong line" not in page
    answer = put_right(wrong, page)
    assert answer.status_code == 303, answer.text
    done = wrong.get(answer.headers["Location"]).text
    assert f"Entered for {OTHER}, removed here." in done
    assert f"{HOME}/subjects/{OTHER}/V2/VS" in done.replace("%5B1%5D", "")
    there = wrong.get(f"{HOME}/subjects/{OTHER}/V2/VS").text
    assert 'value="120"' in there
    assert "Complete form" in there
    assert "Removed: Data of subject KR01-0002: Worksheet of 4 Mar" in wrong.get(FORM_URL).text
    history = wrong.get(f"{HOME}/subjects/{OTHER}/history").text
    assert f"Was entered for subject {SUBJECT}, Visit 2, Vital signs: Worksheet of 4 Mar." in history
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        book = readers.casebook(source, readers.subject_by_key(source.connection, study_id, OTHER))
    assert book.items[AE1].value == "Rash"  # the one row that counts is the first of her form
    assert AE2 not in book.items
    assert verify(core, rebuild=True).ok


def test_a_request_whose_answer_was_lost_is_answered_and_nothing_is_done_twice(wrong):
    page, op = shown(wrong), new_id()
    first = put_right(wrong, page, op=op)
    again = put_right(wrong, page, op=op)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    later = put_right(wrong, page)
    assert (later.status_code, "data changed" in later.text) == (422, True)


def test_where_the_other_subject_has_data_both_are_shown_and_nothing_is_done(wrong):
    save(wrong, SYSBP, "133", subject=OTHER)
    page = shown(wrong)
    assert "has data in this form already" in page
    assert "133" in page
    assert "120" in page
    assert 'name="seen"' not in page
    assert put_right(wrong, page='name="seen" value="' + "0" * 64 + '"').status_code == 422
    assert "Removed:" not in wrong.get(FORM_URL).text


def test_what_changed_since_it_was_looked_at_is_looked_at_again(wrong):
    page = shown(wrong)
    save(wrong, SYSBP, "121", 1)
    refused = put_right(wrong, page)
    assert (refused.status_code, "data changed" in refused.text) == (422, True)
    assert "121" in refused.text


def test_without_a_reason_nothing_is_done(wrong):
    refused = put_right(wrong, reason=" ")
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    assert "Removed:" not in wrong.get(FORM_URL).text


@pytest.mark.parametrize("to", ["DE01-0001", "KR01-9999"])
def test_a_subject_of_another_site_is_told_as_one_that_is_not_there(wrong, to):
    page = shown(wrong, to=to)
    assert f"There is no subject &#39;{to}&#39; in this study." in page
    assert 'name="seen"' not in page
    assert put_right(wrong, page='name="seen" value="' + "0" * 64 + '"', to=to).status_code == 404


def test_the_very_subject_is_refused(wrong):
    assert "of this very subject" in shown(wrong, to=SUBJECT)


def test_who_does_not_enter_data_puts_nothing_right(wrong, manager):
    page = shown(wrong)
    assert manager.get(f"{PAGE}/data?subject={SUBJECT}").status_code == 403
    assert put_right(manager, page).status_code == 403
