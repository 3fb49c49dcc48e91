"""A form is typed again without a look at the first entry, compared, and decided by a third person."""

import csv
import dataclasses
import html
import io
import re
from urllib.parse import quote

import pytest

from edc_core.ids import new_id
from edc_core.services.verifying import verify
from edc_core.store import readers
from tests.plugins.double_entry.scene import FIRST, FORM, MANAGER, SECOND, THIRD, definition, make
from tests.rendering.vital_signs import ITEMS
from tests.web.browsers import open_app, signing_in
from tests.web.trial import STUDY, SUBJECT

HOME = f"/s/{STUDY}/x/double-entry"
BOOK = f"/s/{STUDY}/subjects/{SUBJECT}"
PAGE = f"{HOME}/form?subject={SUBJECT}&form={quote(FORM)}"
TYPED = {"SYSBP": "128", "WEIGHT": "61.4", "NOTE": "seen on the ward"}


@pytest.fixture
def core(tmp_path):
    core = make(tmp_path)
    yield core
    core.close()


@pytest.fixture
def client_as(core):
    return signing_in(open_app(core))


@pytest.fixture
def first(client_as):
    """The coordinator, who entered and completed the form."""
    client = client_as(FIRST)
    for item, value in TYPED.items():
        saved = client.post(f"{BOOK}/items/{place(item)}", data={"op": new_id(), "value": value, "base": "0"})
        assert saved.status_code == 200, saved.text
    assert client.post(f"{BOOK}/forms/{FORM}/complete", data={"op": new_id()}).status_code < 400
    return client


def place(item, row=""):
    return f"{FORM}/IG.AE[{row}]/{item}" if row else f"{FORM}/IG.VS[1]/{item}"


def token(text):
    return quote(quote(text, safe=""), safe="")


def keep(client, item, value="", base="0", row="", op="", **more):
    """As the script of the page sends it."""
    url = f"{HOME}/item/{token(SUBJECT)}/{token(place(item, row))}"
    data = {"op": op or new_id(), "value": value, "missing": "", "unit": "", "base": base} | more
    return client.post(url, data=data, headers={"HX-Request": "true"})


def finish(client):
    return client.post(f"{HOME}/compare", data={"op": new_id(), "subject": SUBJECT, "form": FORM})


def type_all(client, **other):
    for item, value in (TYPED | other).items():
        answer = keep(client, item, value)
        assert answer.status_code == 200, answer.text
    return client


def decide(client, item, choice, row="", **more):
    path = place(item, row)
    text = client.get(PAGE).text
    found = re.search(
        rf'name="path" value="{re.escape(html.escape(path))}"><input type="hidden" name="seen" value="([\d.]+)"',
        text,
    )
    seen = found[1] if found else "0.0"
    data = {
        "op": new_id(),
        "subject": SUBJECT,
        "form": FORM,
        "path": path,
        "seen": seen,
        "choice": choice,
        "why": "Paper",
    }
    return client.post(f"{HOME}/decide", data=data | more)


def values(client):
    page = client.get(f"{BOOK}/V2/VS").text
    return {
        item: re.search(
            rf'data-item="{re.escape(place(item))}".*?name="value" value="([^"]*)"', page, re.DOTALL
        )[1]
        for item in ("SYSBP", "WEIGHT")
    }


def rows(client, name):
    return list(csv.DictReader(io.StringIO(client.get(f"{HOME}/{name}.csv").text.removeprefix("\ufeff"))))


def states(client):
    return [row["State"] for row in rows(client, "second-entries")]


def test_the_second_person_sees_nothing_of_the_first_entry(first, client_as):
    page = client_as(SECOND).get(PAGE)
    assert page.status_code == 200
    assert "Systolic blood pressure" in page.text
    for value in TYPED.values():
        assert f'"{value}"' not in page.text
        assert f">{value}<" not in page.text
    assert page.text.count("data-item=") > 10
    assert 'data-do="history"' not in page.text


def test_who_entered_the_first_types_nothing(first, core):
    page = first.get(PAGE).text
    assert "Another person of the site types it a second time" in page
    assert "data-item=" not in page
    assert keep(first, "SYSBP", "1").status_code == 403
    assert finish(first).status_code == 403
    assert verify(core).ok


def test_the_sponsor_reads_the_list_and_types_nothing(first, client_as):
    manager = client_as(MANAGER)
    assert states(manager) == ["to be entered a second time"]
    assert "data-item=" not in manager.get(PAGE).text
    assert keep(manager, "SYSBP", "1").status_code == 403
    assert decide(manager, "SYSBP", "first").status_code == 403


def test_each_item_is_kept_and_goes_on_later(first, client_as):
    second = client_as(SECOND)
    sent = keep(second, "SYSBP", "129", op="op-a-first-one")
    assert (sent.headers["Edc-Op"], sent.status_code) == ("op-a-first-one", 200)
    version = sent.headers["Edc-Version"]
    assert keep(second, "SYSBP", "129", op="op-a-first-one").headers["Edc-Version"] == version, "sent again"
    assert keep(second, "SYSBP", "130", base="0").status_code == 200, "sent before the first answer came"
    assert states(second) == ["begun"]
    page = second.get(PAGE).text
    assert 'value="130"' in page
    assert keep(second, "SYSBP", "13O").text.count("whole number"), "what cannot be read is kept, with a hint"
    assert keep(second, "VSPERF", missing="ND").status_code == 200
    kept = {row["Place"].rpartition("/")[2]: row for row in rows(second, "values")}
    assert (kept["SYSBP"]["Typed"], kept["SYSBP"]["Value"], kept["VSPERF"]["Missing"]) == ("13O", "", "ND")


def test_two_entries_that_say_the_same_are_agreed(first, client_as, core):
    second = type_all(client_as(SECOND), WEIGHT="61,4")
    assert finish(second).status_code == 303
    assert states(second) == ["agreed"]
    assert "agreed" in first.get(f"{BOOK}/V2/VS").text
    assert keep(second, "SYSBP", "1").status_code == 422, "it is finished"
    assert verify(core, rebuild=True).problems == []


def test_what_differs_is_decided_by_a_third_person(first, client_as, core):
    second = type_all(client_as(SECOND), SYSBP="182", WEIGHT="64.1", NOTE="")
    finish(second)
    assert states(second) == ["differences to decide"]
    for who in (first, second):
        assert "A third person of the site" in who.get(PAGE).text
        assert decide(who, "SYSBP", "second").status_code == 403
    third = client_as(THIRD)
    text = third.get(PAGE).text
    for value in ("128", "182", "61.4", "64.1", "seen on the ward"):
        assert value in text
    assert decide(third, "SYSBP", "").status_code == 422
    assert decide(third, "SYSBP", "second", seen="9.9").status_code == 422, "it looks different now"
    assert decide(third, "SYSBP", "second", why="").status_code == 422, (
        "the form was complete, so it asks why"
    )
    assert decide(third, "SYSBP", "second").status_code == 303
    assert decide(third, "WEIGHT", "neither", value="61.1").status_code == 303
    assert states(third) == ["differences to decide"]
    assert decide(third, "NOTE", "first").status_code == 303
    assert states(third) == ["agreed"]
    assert values(third) == {"SYSBP": "182", "WEIGHT": "61.1"}
    (rate,) = rows(third, "rates")
    assert (rate["Fields"], rate["Differences"], rate["Percent"]) == ("3", "3", "100.0")
    assert (rate["First"], rate["Second"]) == (FIRST, SECOND)
    decided = [row for row in rows(third, "values") if row["What"] == "decided"]
    chosen = {row["Place"].rpartition("/")[2]: row["Right"] for row in decided}
    assert chosen == {"SYSBP": "second", "WEIGHT": "neither", "NOTE": "first"}
    assert verify(core, rebuild=True).problems == []


def test_where_neither_is_right_there_may_be_a_reason_instead_of_a_value(first, client_as):
    finish(type_all(client_as(SECOND), SYSBP="13O"))
    third = client_as(THIRD)
    assert "13O (it cannot be read)" in third.get(PAGE).text
    assert decide(third, "SYSBP", "neither", value="", missing="ND").status_code == 303
    assert states(third) == ["agreed"]
    assert "Not done" in third.get(f"{BOOK}/V2/VS").text


def test_a_decision_that_changes_nothing_is_one_all_the_same(first, client_as, core):
    finish(type_all(client_as(SECOND), SYSBP="182"))
    third = client_as(THIRD)
    assert decide(third, "SYSBP", "neither", value="128", why="").status_code == 303
    assert states(third) == ["agreed"]
    with core.engine.connect() as connection:
        sets = connection.exec_driver_sql(
            "select count(*) from ledger_entry where kind = 'item.set'"
        ).scalar()
    assert sets == len(TYPED)


def test_a_change_after_it_was_agreed_is_shown_and_decided(first, client_as):
    finish(type_all(client_as(SECOND)))
    changed = {"op": new_id(), "value": "128", "base": "1", "reason_text": "Again"}
    assert first.post(f"{BOOK}/items/{place('SYSBP')}", data=changed | {"value": "120"}).status_code == 200
    again = {"op": new_id(), "value": "128", "base": "2", "reason_text": "No, it was right"}
    assert first.post(f"{BOOK}/items/{place('SYSBP')}", data=again).status_code == 200
    third = client_as(THIRD)
    assert states(third) == ["form changed since it was agreed"], "however often it was changed, and back"
    assert "The form was changed here after the comparison" in third.get(PAGE).text
    assert finish(third).status_code == 409
    assert decide(third, "SYSBP", "first").status_code == 303
    assert states(third) == ["agreed"]


def test_rows_of_a_log_are_typed_and_missing_ones_come_into_the_form(first, client_as, core):
    second = type_all(client_as(SECOND))
    assert keep(second, "AETERM", "Headache", row="1").status_code == 200
    assert "row 2" in second.get(PAGE).text.replace("Row 2", "row 2")
    assert keep(second, "AETERM", "Nausea", row="2").status_code == 200
    finish(second)
    third = client_as(THIRD)
    assert decide(third, "AETERM", "second", row="1").status_code == 303
    assert decide(third, "AETERM", "first", row="2").status_code == 303
    assert states(third) == ["agreed"]
    assert "Headache" in third.get(f"{BOOK}/V2/VS").text
    assert verify(core, rebuild=True).problems == []


def test_an_identifier_is_not_kept_and_leaves_an_entry_without_it(first, client_as, core):
    second = client_as(SECOND)
    refused = keep(second, "NOTE", "Write to anna@mail.example")
    assert refused.status_code == 422
    assert "Not stored" in refused.text
    assert "anna@mail" not in refused.text
    assert rows(second, "values") == []
    with core.engine.connect() as connection:
        payloads = (
            connection.exec_driver_sql("select payload from ledger_entry where kind = 'note.add'")
            .scalars()
            .all()
        )
    assert len(payloads) == 1
    assert "anna@mail" not in payloads[0]


def test_panels_say_what_waits(first, client_as):
    second = client_as(SECOND)
    assert "To be entered a second time 1" in second.get(f"/s/{STUDY}/subjects").text
    assert "to be entered a second time" in second.get(BOOK).text
    assert "to be entered a second time" in first.get(f"{BOOK}/V2/VS").text
    finish(type_all(second))
    assert "Second entry" not in second.get(f"/s/{STUDY}/subjects").text


def test_a_form_that_holds_what_a_person_may_not_see_is_not_theirs(tmp_path):
    items = tuple(dataclasses.replace(i, sensitivity="blinded") if i.oid == "NOTE" else i for i in ITEMS)
    core = make(tmp_path, items=items)
    signed_in = signing_in(open_app(core))
    first, second = signed_in(FIRST), signed_in(SECOND)
    first.post(f"{BOOK}/items/{place('SYSBP')}", data={"op": new_id(), "value": "120", "base": "0"})
    first.post(f"{BOOK}/forms/{FORM}/complete", data={"op": new_id()})
    assert "You do not see all of this form" in second.get(PAGE).text
    assert keep(second, "SYSBP", "120").status_code == 403
    assert keep(second, "NOTE", "x").status_code == 403
    core.close()


def test_a_form_says_when_its_second_entry_begins_and_when_none_is_needed(tmp_path):
    core = make(tmp_path, double_entry_share=50)
    client = signing_in(open_app(core))(FIRST)
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        subject = readers.subject_by_key(source.connection, study_id, SUBJECT)
    twice = definition(double_entry_share=50).policy.enters_twice("VS", subject.subject_id)
    page = client.get(f"{BOOK}/V2/VS").text
    assert ("Second entry: when this form is complete" in page) is twice
    assert ("Second entry: not needed for this subject" in page) is not twice
    core.close()


@pytest.mark.parametrize(
    "wrong", [{"form": ""}, {"form": "V2[1]"}, {"form": "V2[1]/NONE[1]"}, {"subject": "KR01-9999"}]
)
def test_a_form_that_is_not_there(first, wrong):
    asked = {"subject": SUBJECT, "form": FORM} | wrong
    assert first.get(f"{HOME}/form", query_string=asked).status_code in {400, 404}
