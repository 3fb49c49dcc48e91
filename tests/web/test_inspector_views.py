"""REQ-EXP-08: every page of a study that an inspector looks at stands in the access log, by its address, without a value."""

import csv
import io

import pytest
from sqlalchemy import select

from edc_core.domain.permission import Role
from edc_core.store.ledger_tables import access_log
from tests.web.one_of_each import account, client_of
from tests.web.trial import FORM_URL, STUDY, SUBJECT

HOME = f"/s/{STUDY}"
ITEM = "V2[1]/VS[1]/IG.VS[1]/SYSBP"


@pytest.fixture
def inspector(core, app):
    account(core, Role.AUD)
    return client_of(core, app, Role.AUD)


def looks(core):
    with core.read() as source:
        rows = source.connection.execute(
            select(access_log).where(access_log.c.action == "looked at").order_by(access_log.c.id)
        ).all()
    assert {(row.login, bool(row.study_id), row.address) for row in rows} <= {
        (f"x.{Role.AUD}", True, "127.0.0.1")
    }
    return [row.detail for row in rows]


def test_page_by_page_with_the_subject_form_and_item(core, inspector):
    for address in (f"{HOME}/subjects", f"{HOME}/subjects/{SUBJECT}", FORM_URL):
        assert inspector.get(address).status_code == 200
    drawer = inspector.get(f"{FORM_URL}/history", query_string={"item": ITEM}, headers={"HX-Request": "true"})
    assert drawer.status_code == 200
    assert looks(core) == [
        "/subjects",
        f"/subjects/{SUBJECT}",
        f"/subjects/{SUBJECT}/V2/VS",
        f"/subjects/{SUBJECT}/V2/VS/history item={ITEM}",
    ]


def test_pages_of_plugins_and_files_too_and_what_was_searched_for_is_left_out(core, inspector):
    inspector.get(f"{HOME}/x/trail?words=Gildong&subject={SUBJECT}")
    inspector.get(f"{HOME}/subjects?q=Gildong")
    inspector.get(f"{HOME}/x/check-list/check-list.csv")
    assert looks(core)[:2] == [f"/x/trail subject={SUBJECT}", "/subjects"]
    assert not [line for line in looks(core) if "Gildong" in line]


def test_what_was_not_shown_and_what_is_no_page_of_a_study_leaves_no_line(core, inspector):
    assert inspector.get(f"{HOME}/subjects/NOBODY").status_code == 404
    assert inspector.get(f"{HOME}/x/access/sites").status_code == 403
    assert inspector.get("/account").status_code == 200
    assert looks(core) == []


def test_others_are_not_followed_page_by_page(core, client_as):
    assert client_as().get(FORM_URL).status_code == 200
    assert looks(core) == []


def test_the_access_log_can_be_narrowed_to_it(inspector, client_as):
    inspector.get(FORM_URL)
    manager = client_as("dana@sponsor.example")
    page = manager.get(f"{HOME}/x/trail/access?what=looked+at").text
    assert f"/subjects/{SUBJECT}/V2/VS" in page
    assert "signed in</td>" not in page
    table = manager.get(f"{HOME}/x/trail/access.csv?who=x.AUD").text.removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(table)))
    assert {line["login"] for line in lines} == {"x.AUD"}
    assert f"/subjects/{SUBJECT}/V2/VS" in {line["detail"] for line in lines}
    assert manager.get(f"{HOME}/x/trail/access?who=nobody").text.count("<tr>") == 0
