"""Windows on the pages: in words for the eye and for a screen reader, never by colour alone."""

import dataclasses

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import SiteDef
from edc_core.ids import new_id
from tests.services.test_visit_windows import STUDY as WINDOWS
from tests.web.trial import STUDY, SUBJECT, make_core

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
