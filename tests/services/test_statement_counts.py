"""How many statements a save sends: pinned, because each one costs a round trip while locks are held."""

import pytest

from edc_core.domain.change import ItemInput
from edc_core.domain.metadata import DataType
from edc_core.ids import new_id
from edc_core.services import capture
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
