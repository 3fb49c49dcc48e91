"""Beside a result stands where it lies in the reference range of its lab, in the unit it was given in."""

import dataclasses

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import SiteDef
from edc_core.ids import new_id
from edc_core.store import readers
from tests.services.ranges import load_file
from tests.services.test_lab_ranges import RANGES
from tests.services.test_lab_ranges import STUDY as LABS
from tests.web.trial import CLI, STUDY, SUBJECT, make_core

HX = {"HX-Request": "true"}
BOOK = f"/s/{STUDY}/subjects/{SUBJECT}"


@pytest.fixture
def core(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(LABS.replace("oid: LABS", "oid: DEMO"), encoding="utf-8")
    sites = (SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul"), SiteDef("DE-01", "Berlin", "DE", "Europe/Berlin"))
    core = make_core(tmp_path, dataclasses.replace(load(file).required(), sites=sites))
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    assert load_file(core, CLI, study_id, RANGES).changed
    yield core
    core.close()


def save(client, form, item, value, **more):
    path = ItemPath.parse(f"SCR[1]/{form}[1]/{form}.{form}[1]/{form}.{item}")
    data = {"op": new_id(), "value": value, "base": 0} | more
    return client.post(f"{BOOK}/items/{path}", data=data, headers=HX).text


def test_the_flag_and_the_range_stand_beside_the_value(client_as):
    client = client_as()
    save(client, "DM", "SEX", "F")
    save(client, "DM", "BRTHDAT", "1980-05-05")
    save(client, "LB", "LBNAM", "Central")
    assert "range is" not in save(client, "LB", "HGB", "11.9", unit="g/dL"), "there is no date yet"
    answer = save(client, "LB", "LBDAT", "2026-03-04")
    assert "Low; the range is 12 to 16 g/dL" in answer, "a change of the date says it beside the result"
    assert "Low; the range is 12 to 16 g/dL" in client.get(f"{BOOK}/SCR/LB").text
    assert "Normal; the range is 12 to 16 g/dL" in save(client, "LB", "HGB", "12.1", unit="g/dL", base=1)
