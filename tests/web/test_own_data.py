"""An investigator reads all data of the own site as soon as they are there, who- or whatever sent them (REQ-QRY-07)."""

import csv
import dataclasses
import io
import json

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.change import ItemInput
from edc_core.domain.commands import TransferItems
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import SiteDef
from edc_core.ids import new_id
from edc_core.services import transferring
from edc_core.store import readers
from tests.web.trial import CLI, STUDY, SUBJECT, make_core

BOOK = f"/s/{STUDY}/subjects"
INVESTIGATOR = "haneul@site.example"
#: Long, for an id drawn at random holds a short number now and then.
ALT, SUM, READ, LEVEL = "470012381", "930456701", "ZQnewlesion", "880661123"
DEFINITION = """\
oid: DEMO
version: {oid: "1"}
events: [{oid: V1, title: Visit 1, forms: [LB]}]
forms:
  - oid: LB
    title: Sent by others
    items:
      - {name: ALT, question: Alanine aminotransferase, type: integer, origin: transferred}
      - {name: EPRO, question: Score of the diary, type: integer, origin: transferred}
      - {name: IMAGE, question: Central reading, origin: transferred}
      - {name: LEVEL, question: Drug level, type: integer, origin: transferred, sensitivity: blinded}
"""


@pytest.fixture
def core(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(DEFINITION, encoding="utf-8")
    sites = (SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul"), SiteDef("DE-01", "Berlin", "DE", "Europe/Berlin"))
    core = make_core(tmp_path, dataclasses.replace(load(file).required(), sites=sites))
    yield core
    core.close()


def path(item):
    return ItemPath.parse(f"V1[1]/LB[1]/LB.LB[1]/LB.{item}")


@pytest.fixture
def sent(core):
    """What a laboratory, a diary, a reading centre and a bioanalyst sent of a subject of each site."""
    values = {"ALT": ALT, "EPRO": SUM, "IMAGE": READ, "LEVEL": LEVEL}
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    for subject in (SUBJECT, "DE01-0001"):
        items = tuple(
            ItemInput(path(item), value, source={"file": "of-others.csv"}) for item, value in values.items()
        )
        command = TransferItems(
            study_id=study_id, op=new_id(), subject_key=subject, form=path("ALT").form_path, items=items
        )  # fmt: skip
        with core.write(CLI) as uow:
            transferring.transfer_items(uow, command)
    return values


def pages(client):
    """Everywhere the investigator would look for it: the form, the history of each value, the table and its file."""
    asked = {"part": json.dumps(["LB", ""])}
    form = client.get(f"{BOOK}/{SUBJECT}/V1/LB")
    table = client.get(f"/s/{STUDY}/x/listings/items", query_string=asked)
    file = client.get(f"/s/{STUDY}/x/listings/items.csv", query_string=asked)
    history = client.get(f"{BOOK}/{SUBJECT}/history")
    assert {one.status_code for one in (form, table, file, history)} == {200}
    return {"form": form.text, "table": table.text, "file": file.text, "history": history.text}


def test_the_investigator_reads_what_others_sent_of_the_own_site_at_once(sent, client_as):
    investigator = client_as(INVESTIGATOR)
    for name, page in pages(investigator).items():
        for item in ("ALT", "EPRO", "IMAGE"):
            assert sent[item] in page, (name, item)
    for item in ("ALT", "EPRO", "IMAGE"):
        said = investigator.get(
            f"{BOOK}/{SUBJECT}/V1/LB/history", query_string={"item": str(path(item))}
        ).text
        assert sent[item] in said


def test_what_would_unblind_is_nowhere(sent, client_as):
    investigator = client_as(INVESTIGATOR)
    for name, page in pages(investigator).items():
        assert LEVEL not in page, name
        assert "Drug level" not in page, name
    hidden = investigator.get(f"{BOOK}/{SUBJECT}/V1/LB/history", query_string={"item": str(path("LEVEL"))})
    assert hidden.status_code == 404


def test_of_another_site_nothing_is_there(sent, client_as):
    investigator = client_as(INVESTIGATOR)
    assert investigator.get(f"{BOOK}/DE01-0001/V1/LB").status_code == 404
    file = pages(investigator)["file"].removeprefix("\ufeff")
    assert {row["Subject"] for row in csv.DictReader(io.StringIO(file))} == {SUBJECT}
