"""A date and a time that belong together: the page says where the clocks of the site were changed over them."""

import dataclasses

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import SiteDef
from edc_core.ids import new_id
from tests.services.test_site_time import PAIRED
from tests.web.trial import STUDY, SUBJECT, make_core

BOOK = f"/s/{STUDY}/subjects/{SUBJECT}"
TWICE, NEVER = "came twice when the clocks were put back", "did not exist"
DAT, TIM = (ItemPath.parse(f"V1[1]/PC[1]/PC.PC[1]/PC.{name}") for name in ("PCDAT", "PCTIM"))


@pytest.fixture
def core(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(PAIRED.replace("oid: PAIRS", "oid: DEMO"), encoding="utf-8")
    sites = tuple(SiteDef(number, "Berlin", "DE", "Europe/Berlin") for number in ("KR-01", "DE-01"))
    core = make_core(tmp_path, dataclasses.replace(load(file).required(), sites=sites))
    yield core
    core.close()


def save(client, path, value, base):
    data = {"op": new_id(), "value": value, "base": base}
    answer = client.post(f"{BOOK}/items/{path}", data=data, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_note_stands_below_the_time_and_comes_with_the_date_too(client_as):
    site = client_as()
    assert TWICE not in save(site, TIM, "02:30", 0)
    said = save(site, DAT, "2026-10-25", 0)
    assert TWICE in said
    assert f'id="m-{TIM.dom_id}"' in said
    assert "Europe/Berlin (UTC+02:00)" in site.get(f"{BOOK}/V1/PC").text
    assert NEVER in save(site, DAT, "2026-03-29", 1)
    plain = save(site, DAT, "2026-07-01", 2)
    assert TWICE not in plain
    assert NEVER not in plain
    assert "(UTC+02:00)" not in site.get(f"{BOOK}/V1/PC").text
