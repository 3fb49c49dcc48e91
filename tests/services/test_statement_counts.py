"""How many statements a save sends: pinned, because each one costs a round trip while locks are held."""

from dataclasses import replace

import pytest

from edc_core.domain.change import ItemInput
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import DataType
from edc_core.domain.signature import Meaning
from edc_core.ids import new_id
from edc_core.services import capture, signing
from edc_core.services.to_sign import Desk
from edc_core.store import readers
from edc_core.testing.trial import SOME_REASON
from tests.builders import Trial, a_study

A_SAVE = 6
WITH_QUERIES = A_SAVE + 4
ITEMS = 30


@pytest.fixture
def wide(core):
    """A form of thirty items with limits, begun and known to this process."""
    study = a_study()
    for number in range(ITEMS):
        study.with_item(f"F.I{number}", DataType.INTEGER, required=True, soft=(0, 100))
    trial = Trial(core, study.build())
    trial.add_subject()
    trial.save("S-001", {"F.I0": "0"})
    return trial


def command(trial, values, **fields):
    items = tuple(ItemInput(trial.path(item), raw) for item, raw in values.items())
    form = trial.form("F")
    return capture.SaveItems(
        study_id=trial.study_id, op=new_id(), subject_key="S-001", form=form, items=items, **fields
    )


def counted(trial, count_statements, *arguments, **fields):
    to_do = command(trial, *arguments, **fields)
    with count_statements() as seen:
        trial.do(trial.crc, capture.save_items, to_do)
    return len(seen)


def test_the_first_save_of_a_form(wide, count_statements):
    wide.add_subject("S-002")
    assert counted(wide, count_statements, {"F.I1": "1"}) <= A_SAVE


@pytest.mark.parametrize("many", [1, 5, ITEMS])
def test_a_save_that_raises_nothing(wide, count_statements, many):
    assert counted(wide, count_statements, {f"F.I{n}": "50" for n in range(many)}) <= A_SAVE


@pytest.mark.parametrize("many", [1, 5, ITEMS])
def test_a_change_that_raises_queries_however_many(wide, count_statements, many):
    wide.save("S-001", {f"F.I{n}": "50" for n in range(ITEMS)}, complete=True)
    values = {f"F.I{n}": "500" for n in range(many)}
    assert counted(wide, count_statements, values, reason=SOME_REASON) <= WITH_QUERIES
    assert len(wide.casebook("S-001").queries) == many
    values = {f"F.I{n}": "50" for n in range(many)}
    assert counted(wide, count_statements, values, reason=SOME_REASON) <= WITH_QUERIES


def test_a_replay_reads_and_writes_nothing(wide, count_statements):
    to_do = command(wide, {"F.I1": "1"})
    wide.do(wide.crc, capture.save_items, to_do)
    with count_statements() as seen:
        wide.do(wide.crc, capture.save_items, to_do)
    assert len(seen) <= 2
    assert not [statement for statement in seen if statement.startswith(("INSERT", "UPDATE"))]


def test_a_casebook_is_read_in_eight_statements_however_full(wide, count_statements):
    wide.save("S-001", {f"F.I{n}": "500" for n in range(ITEMS)}, complete=True)
    with count_statements() as seen:
        wide.casebook("S-001")
    assert len(seen) <= 8


def sign(trial):
    with trial.core.write(trial.pi) as uow:
        study = readers.study_by_id(uow.connection, trial.study_id)
        subject = readers.subject_by_key(uow.connection, trial.study_id, "S-001")
        site = readers.sites(uow.connection, trial.study_id)[subject.site_id]
        seen = Desk(uow, trial.pi, study, subject, site).lay_out(ItemPath()).manifest
        fields = {"meaning": Meaning.REVIEW, "component": "password", "accepts": True, "path": ItemPath()}
        command = signing.Sign(
            study_id=trial.study_id, op=new_id(), subject_key="S-001", sha256=seen.sha256, **fields
        )
        signing.sign(uow, command, trial.core.files)


def test_a_change_that_breaks_a_signature_and_the_next_one(wide, count_statements):
    wide.save("S-001", {f"F.I{n}": "50" for n in range(ITEMS)}, complete=True)
    sign(wide)
    assert counted(wide, count_statements, {"F.I1": "51"}, reason=SOME_REASON) <= A_SAVE + 4
    assert [entry["kind"] for entry in wide.entries("S-001")][-2:] == ["item.set", "sign.break"]
    assert counted(wide, count_statements, {"F.I1": "52"}, reason=SOME_REASON) <= A_SAVE


def test_a_save_that_leaves_the_signature_of_another_subject_alone(wide, count_statements):
    wide.save("S-001", {f"F.I{n}": "50" for n in range(ITEMS)}, complete=True)
    sign(wide)
    wide.add_subject("S-002")
    wide.save("S-002", {"F.I0": "0"})
    items = (ItemInput(wide.path("F.I1"), "50"),)
    to_do = replace(command(wide, {"F.I1": "50"}), subject_key="S-002", items=items)
    with count_statements() as seen:
        wide.do(wide.crc, capture.save_items, to_do)
    assert len(seen) <= A_SAVE
