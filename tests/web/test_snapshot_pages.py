"""The pages of snapshots: keep one, have it looked through, compare two."""

import csv
import dataclasses
import io
import json
import re

import pytest

from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.ledger import anchor_key, snapshot_seal
from tests.rendering.vital_signs import version
from tests.web.trial import PASSWORD, STUDY, SUBJECT, limited, make_core

HOME = f"/s/{STUDY}/x/snapshots"
ITEM = f"/s/{STUDY}/subjects/{SUBJECT}/items/V2[1]/VS[1]/IG.VS[1]/SYSBP"
MANAGER, SITE = "dana@sponsor.example", "jiwoo@site.example"


@pytest.fixture
def core(tmp_path):
    core = make_core(tmp_path, limited(version()))
    yield core
    core.close()


@pytest.fixture
def manager(client_as):
    return client_as(MANAGER)


def post(client, url, **data):
    return client.post(url, data={"op": new_id(), **data})


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def test_before_anything_was_kept(manager):
    assert "No state of this study was kept yet." in words(manager.get(HOME))
    assert f'href="{HOME}"' in manager.get(f"/s/{STUDY}/x/exports").text
    assert "No state of this study was kept yet." in words(manager.get(f"{HOME}/difference"))


def test_drift_is_counted_by_a_worker_and_shown_as_charts_table_and_file(core, manager):
    page = f"{HOME}/drift"
    assert "only that of now is counted" in words(manager.get(page))
    post(manager, HOME, name="Interim 1")
    assert f'href="{page}"' in manager.get(HOME).text
    assert "Nothing was counted yet." in words(manager.get(page))
    assert post(manager, page).status_code == 303
    assert 'hx-trigger="every 2s"' in manager.get(page).text
    Worker(core).run(once=True)
    shown = manager.get(page).text
    assert "every 2s" not in shown
    assert shown.count('<svg class="ch"') == 6
    assert "Subjects: 2 in Interim 1, 2 in now." in shown
    table = list(csv.DictReader(io.StringIO(manager.get(f"{page}.csv").text.removeprefix("\ufeff"))))
    assert [(row["state"], row["subjects"], row["queries_waiting"]) for row in table] == [
        ("Interim 1", "2", "0"), ("now", "2", "0"),
    ]  # fmt: skip


def test_a_state_is_kept_listed_and_looked_through(core, manager):
    assert post(manager, HOME, name="Interim 1").status_code == 303
    page = words(manager.get(HOME))
    assert "Interim 1" in page
    assert "Nothing was written about subjects" in page
    assert post(manager, f"{HOME}/verify", name="Interim 1").status_code == 303
    waiting = manager.get(HOME).text
    assert "Is being looked through" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    Worker(core).run(once=True)
    done = manager.get(HOME).text
    assert "Yes, looked through" in done
    assert "every 2s" not in done


def test_a_name_that_cannot_be_is_refused_beside_its_field(manager):
    for name, why in (("now", "Give it a name"), ("a/b", "Give it a name")):
        refused = post(manager, HOME, name=name)
        assert refused.status_code == 422
        assert why in refused.text
        assert f'value="{name}"' in refused.text
        assert 'aria-invalid="true"' in refused.text
    post(manager, HOME, name="Interim 1")
    assert "This state is kept already" in post(manager, HOME, name="Interim 2").text


def test_two_states_are_compared_by_form_and_as_a_file(manager, client_as):
    post(manager, HOME, name="Interim 1")
    assert post(client_as(SITE), ITEM, value="120", base="0").status_code == 200
    assert "newer than this" in words(manager.get(HOME))
    page = manager.get(f"{HOME}/difference?a=Interim 1&b=now")
    said = words(page)
    assert "From Interim 1 to now" in said
    assert "1 value added" in said
    assert "120" in said
    assert "coordinator" in said
    other = words(manager.get(f"{HOME}/difference?a=Interim 1&b=now&form=nosuch"))
    assert "Nothing differs in what you may see." in other
    link = re.search(r'href="([^"]*difference\.csv[^"]*)"', page.text)[1].replace("&amp;", "&")
    rows = list(csv.DictReader(io.StringIO(manager.get(link).text.removeprefix("\ufeff"))))
    assert [row["new"] for row in rows if row["what"] == "value"] == ["120"]


def test_a_state_that_is_not_there(manager):
    assert manager.get(f"{HOME}/difference?a=nosuch").status_code == 404


def test_more_than_a_page_compares_is_said_with_what_does(manager, client_as, monkeypatch):
    monkeypatch.setattr("edc_core_snapshots.pages.MOST", 1)
    post(manager, HOME, name="Interim 1")
    post(client_as(SITE), ITEM, value="120", base="0")
    assert "edc snapshot diff" in words(manager.get(f"{HOME}/difference?a=Interim 1"))


def digest_of(page):
    return re.search(r'name="sha256" value="([0-9a-f]{64})"', page.text)[1]


def test_a_snapshot_is_signed_by_both_components(manager):
    post(manager, HOME, name="Interim 1")
    page = manager.get(f"{HOME}/sign?name=Interim 1")
    assert "Nobody has signed this snapshot yet." in words(page)
    asked = {"name": "Interim 1", "sha256": digest_of(page), "meaning": "approval", "login": MANAGER}
    for more, said in (
        ({"password": "wrong"}, "password"),
        ({"password": PASSWORD, "sha256": "0" * 64}, "not what you have read"),
    ):
        refused = post(manager, f"{HOME}/sign", **(asked | more))
        assert (refused.status_code, said in words(refused)) == (422, True)
    assert "Nobody has signed" in words(manager.get(f"{HOME}/sign?name=Interim 1"))
    assert post(manager, f"{HOME}/sign", **asked, password=PASSWORD).status_code == 303
    signed = words(manager.get(f"{HOME}/sign?name=Interim 1"))
    assert "I have reviewed these data and approve them." in signed
    again = post(manager, f"{HOME}/sign", **asked, password=PASSWORD)
    assert (again.status_code, "You have signed" in words(again)) == (422, True)
    assert post(manager, f"{HOME}/sign", **(asked | {"meaning": "responsibility"})).status_code == 400


def test_a_sealed_record_needs_the_key_of_the_installation(core, manager, tmp_path):
    post(manager, HOME, name="Interim 1")
    refused = manager.get(f"{HOME}/sealed?name=Interim 1")
    assert (refused.status_code, "EDC_ANCHOR_KEY_FILE" in words(refused)) == (422, True)
    file = str(tmp_path / "anchor.key")
    key = anchor_key.create(file)
    core.settings = dataclasses.replace(core.settings, anchor_key_file=file)
    sealed = json.loads(manager.get(f"{HOME}/sealed?name=Interim 1").text)
    assert snapshot_seal.problems(sealed, key.public) == ()


def test_a_comparison_is_narrowed_to_chosen_items(manager, client_as):
    post(manager, HOME, name="Interim 1")
    assert post(client_as(SITE), ITEM, value="120", base="0").status_code == 200
    page = manager.get(f"{HOME}/difference?a=Interim 1&item=SYSBP")
    assert "1 item chosen" in words(page)
    assert "1 value added" in words(page)
    assert "Nothing differs in what you may see." in words(
        manager.get(f"{HOME}/difference?a=Interim 1&item=DIABP")
    )
    link = re.search(r'href="([^"]*difference\.csv[^"]*)"', page.text)[1].replace("&amp;", "&")
    rows = list(csv.DictReader(io.StringIO(manager.get(link).text.removeprefix("\ufeff"))))
    assert {row["item"] for row in rows} == {"SYSBP"}
