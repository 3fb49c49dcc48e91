"""The pages of a form and of a visit that are removed and restored."""

from edc_core.domain.item_path import ItemPath
from edc_core.ids import new_id
from tests.web.trial import FORM_URL, STUDY, SUBJECT

HX = {"HX-Request": "true"}
FORM = f"/s/{STUDY}/subjects/{SUBJECT}/forms/V2[1]/VS[1]"


def enter(client):
    path = ItemPath.parse("V2[1]/VS[1]/IG.VS[1]/SYSBP")
    data = {"op": new_id(), "value": "120", "base": 0}
    assert (
        client.post(f"/s/{STUDY}/subjects/{SUBJECT}/items/{path}", data=data, headers=HX).status_code == 200
    )


def remove(client, **given):
    said = {"op": new_id(), "reason_text": "Data of KR01-0002, worksheet of 4 Mar 2026"} | given
    return client.post(f"{FORM}/removal", data=said, headers=HX)


def test_a_removed_form_says_why_can_be_read_and_restored(client_as):
    site = client_as()
    assert 'id="remove-form"' not in site.get(FORM_URL).text
    enter(site)
    assert 'id="remove-form"' in site.get(FORM_URL).text
    page = remove(site).text
    assert "Removed: Data of KR01-0002, worksheet of 4 Mar 2026" in page
    assert "120" in page
    assert 'id="restore-form"' in page
    assert 'id="remove-form"' not in page
    restored = remove(site, undo="true", reason_text="It was hers after all").text
    assert 'id="remove-form"' in restored
    history = site.get(f"/s/{STUDY}/subjects/{SUBJECT}/history").text
    assert "Removed Vital signs." in history
    assert "Restored Vital signs." in history


def test_who_does_not_enter_is_offered_neither(client_as):
    enter(client_as())
    monitor = client_as("anna@cro.example")
    assert 'id="remove-form"' not in monitor.get(FORM_URL).text
    assert remove(monitor).status_code == 403


def test_without_a_reason_nothing_is_removed(client_as):
    site = client_as()
    enter(site)
    assert remove(site, reason_text="").status_code == 422
    assert 'id="remove-form"' in site.get(FORM_URL).text


def test_a_removed_visit_says_why_in_the_casebook_and_on_its_forms_and_is_restored(client_as):
    site = client_as()
    book = f"/s/{STUDY}/subjects/{SUBJECT}"
    assert "Remove visit" not in site.get(book).text
    enter(site)
    assert "Remove visit" in site.get(book).text
    said = {"op": new_id(), "reason": "Visit of KR01-0002, worksheet of 4 Mar 2026"}
    where = site.post(f"{book}/events/V2/removal", data=said).headers["Location"]
    page = site.get(where).text
    assert "Removed: Visit of KR01-0002, worksheet of 4 Mar 2026" in page
    assert "Restore visit" in page
    form = site.get(FORM_URL).text
    assert "This visit was removed." in form
    assert "120" in form
    assert 'id="remove-form"' not in form
    assert 'id="restore-form"' not in form
    site.post(f"{book}/events/V2/removal", data={"op": new_id(), "undo": "true", "reason": "It was hers"})
    assert 'id="remove-form"' in site.get(FORM_URL).text
    history = site.get(f"{book}/history").text
    assert "Removed Visit 2." in history
    assert "Restored Visit 2." in history


def test_who_does_not_enter_is_offered_no_removal_of_a_visit(client_as):
    enter(client_as())
    monitor = client_as("anna@cro.example")
    assert "Remove visit" not in monitor.get(f"/s/{STUDY}/subjects/{SUBJECT}").text
