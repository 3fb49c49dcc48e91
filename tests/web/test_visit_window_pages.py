"""Windows on the pages: in words for the eye and for a screen reader, never by colour alone."""

import dataclasses
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from edc_core.definitions.loader import load
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import SiteDef
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.services import subjects, users
from edc_core.store import readers
from tests.services.test_visit_windows import STUDY as WINDOWS
from tests.web.trial import CLI, PASSWORD, STUDY, SUBJECT, make_core

HX = {"HX-Request": "true"}
HOME = f"/s/{STUDY}/subjects"


@pytest.fixture
def core(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(WINDOWS.replace("oid: WINDOWS", "oid: DEMO"), encoding="utf-8")
    sites = (SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul"), SiteDef("DE-01", "Berlin", "DE", "Europe/Berlin"))
    core = make_core(tmp_path, dataclasses.replace(load(file).required(), sites=sites))
    yield core
    core.close()


def dose(client, event, value):
    path = ItemPath.parse(f"{event}[1]/EX[1]/EX.EX[1]/EX.EXDAT")
    data = {"op": new_id(), "value": value, "base": 0}
    return client.post(f"{HOME}/{SUBJECT}/items/{path}", data=data, headers=HX).text


def test_a_visit_nobody_entered_is_overdue_in_the_list_and_the_casebook(client_as):
    client = client_as()
    dose(client, "C1", "2020-03-01")
    assert f'aria-label="{SUBJECT} C2: Overdue, Overdue: was due by 25 MAR 2020"' in client.get(HOME).text
    book = client.get(f"{HOME}/{SUBJECT}").text
    assert '<span class="when">Overdue: was due by 25 MAR 2020</span>' in book
    assert '<span class="when">01 MAR 2020</span>' in book
    assert "C2" in client.get(f"{HOME}.csv").text.splitlines()[0]
    assert "Not started; overdue" in client.get(f"{HOME}.csv").text


def test_a_date_outside_its_window_is_said_at_once_and_stays_said(client_as):
    client = client_as()
    dose(client, "C1", "2020-03-01")
    answer = dose(client, "C2", "2020-03-30")
    assert "30 MAR 2020 is outside the window of Cycle 2: 19 MAR 2020 to 25 MAR 2020" in answer
    book = client.get(f"{HOME}/{SUBJECT}").text
    assert "30 MAR 2020, after its window 19 MAR 2020 to 25 MAR 2020" in book
    assert "After its window" in client.get(HOME).text or "after its window" in client.get(HOME).text


def block(client):
    """The block of visits on the home page; empty where the person has none."""
    page = client.get("/").text
    return page[start:].partition("</section>")[0] if (start := page.find('id="visits"')) > 0 else ""


def screen(client, days):
    path = ItemPath.parse("SCR[1]/DM[1]/DM.DM[1]/DM.DMDAT")
    data = {"op": new_id(), "value": seoul(days), "base": 0}
    assert client.post(f"{HOME}/{SUBJECT}/items/{path}", data=data, headers=HX).status_code == 200


def seoul(days):
    return (datetime.now(ZoneInfo("Asia/Seoul")) + timedelta(days=days)).date().isoformat()


def test_home_leads_to_the_visits_that_are_overdue_and_due(client_as):
    client = client_as()
    assert "No visit is due." in block(client)
    dose(client, "C1", seoul(-40))
    shown = block(client)
    assert f'href="{HOME}/{SUBJECT}?event=SCR#' in shown, "the first that is overdue; cycle 2 is another"
    assert "and 1 more" in shown
    assert "Overdue: was due by" in shown
    assert "KR-01" in shown
    assert "2 things to do" in client.get("/").text, "the visits of the subject, and the form that was begun"


def test_home_tells_an_overdue_visit_before_one_that_is_due(client_as):
    client = client_as()
    screen(client, -35)
    dose(client, "C1", seoul(-21))
    shown = block(client)
    assert "Due by" in shown, "cycle 2, from 18 to 24 days after the dose"
    assert "Overdue" not in shown
    dose(client, "C2", seoul(-70))
    shown = block(client)
    assert "Overdue: was due by" in shown, "the follow-up, a month after cycle 2"
    assert "?event=FU#" in shown


def test_home_says_what_comes_next_where_nothing_is_due(client_as):
    client = client_as()
    screen(client, -14)
    dose(client, "C1", seoul(0))
    assert f"No visit is due. Next: {SUBJECT}, Cycle 2. Planned" in block(client)


def test_home_of_who_enters_no_data_or_enters_them_elsewhere_tells_of_no_visit(client_as, core):
    dose(client_as(), "C1", seoul(-40))
    assert block(client_as("anna@cro.example")) == ""
    assert block(client_as("dana@sponsor.example")) == ""
    with core.write(CLI) as uow:
        study = readers.find_study(uow.connection, STUDY)
        sites = {site.number: site.site_id for site in readers.sites(uow.connection, study.study_id).values()}
        users.add_user(
            uow, users.AddUser(study_id="@system", op=new_id(), login="e@b.example", full_name="Eva B")
        )
    with core.write(CLI) as uow:
        grant = users.AddGrant(
            study_id="@system", op=new_id(), login="e@b.example", role=Role.CRC, granted_study_id=study.study_id,
            scope="sites", site_ids=frozenset({sites["DE-01"]}),
        )  # fmt: skip
        users.add_grant(uow, grant)
    with core.write(CLI) as uow:
        users.set_password(uow, "e@b.example", PASSWORD)
    elsewhere = block(client_as("e@b.example"))
    assert "No visit is due." in elsewhere
    assert SUBJECT not in elsewhere


def test_home_takes_as_many_statements_for_twenty_subjects_as_for_one(client_as, core):
    client = client_as()
    dose(client, "C1", seoul(-40))
    seen = []
    event.listen(
        core.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: seen.append(statement),
    )

    def counted():
        client.get("/")
        seen.clear()
        page = client.get("/").text
        return len([one for one in seen if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]), page

    one, _ = counted()
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        sites = {
            site.number: site.site_id for site in readers.sites(source.connection, study.study_id).values()
        }
    for number in range(2, 22):
        key = f"KR01-{number:04}"
        with core.write(CLI) as uow:
            subjects.add_subject(
                uow,
                subjects.AddSubject(
                    study_id=study.study_id, op=new_id(), subject_key=key, site_id=sites["KR-01"]
                ),
            )
        path = ItemPath.parse("C1[1]/EX[1]/EX.EX[1]/EX.EXDAT")
        client.post(
            f"{HOME}/{key}/items/{path}", data={"op": new_id(), "value": seoul(-50), "base": 0}, headers=HX
        )
    many, page = counted()
    assert many == one <= 12 + 9
    assert "the 10 most urgent" in page
    assert block(client).count("Overdue: was due by") == 10
