"""Items of a form at a cut, as objects and as runs of plain tuples."""

import pytest

from edc_core.domain.export_items import (
    NOTHING,
    AuditRecord,
    ExportItem,
    ItemNotes,
    ItemRun,
    Items,
    runs_of,
)
from edc_core.domain.item_path import Step

ROW = (Step("IG", "1"),)
OTHER = (Step("IG", "2"),)


def record(value, *, act="Insert", raw=None, source=NOTHING):
    return (
        act, value or "" if raw is None else raw, value, "", "", "ok", "kim", "CRC", "01",
        "2026-01-01T00:00:00.000000Z", "", "1/op", source,
    )  # fmt: skip


FIRST, SECOND = record("120"), record("130", act="Update")
STANDARD = {"value": "13", "unit": "KPA", "factor": "0.1"}
RUNS = [
    ItemRun(ROW, False, [("SYSBP", [FIRST, SECOND]), ("DIABP", [record("80")])], {"SYSBP": ItemNotes(STANDARD)}),
    ItemRun(OTHER, True, [("SYSBP", [record(None)])], {}),
    ItemRun(ROW, False, [("PULSE", [record("70")])], {"SYSBP": ItemNotes(STANDARD)}),
]  # fmt: skip


def test_items_are_made_in_the_order_of_their_runs_with_the_last_record_as_value():
    items = Items(RUNS)
    assert len(items) == 4
    assert [(item.oid, item.groups, item.value, item.removed) for item in items] == [
        ("SYSBP", ROW, "130", False),
        ("DIABP", ROW, "80", False),
        ("SYSBP", OTHER, None, True),
        ("PULSE", ROW, "70", False),
    ]
    first = items[0]
    assert first.history == (AuditRecord._make(FIRST), AuditRecord._make(SECOND))
    assert first.history[1].transaction == "Update"
    assert (first.standard, items[1].standard, items[3].standard) == (STANDARD, NOTHING, NOTHING)
    assert [item.oid for item in items[1:3]] == ["DIABP", "SYSBP"]


def test_items_are_made_once():
    items = Items(RUNS)
    assert items[0] is next(iter(items))


def test_items_are_equal_to_those_of_other_readings_and_to_tuples_of_the_same():
    items = Items(RUNS)
    assert items == Items([ItemRun(*run) for run in RUNS])
    assert items == tuple(items)
    assert items != Items(RUNS[:2])
    assert items != tuple(items)[:3]
    changed = RUNS[0]._replace(values=[("SYSBP", [FIRST]), *RUNS[0].values[1:]])
    assert items != Items([changed, *RUNS[1:]])


def test_runs_of_items_made_by_others_hold_the_same():
    again = tuple(Items(RUNS))
    assert Items(runs_of(again)) == again
    (first, second, third) = runs_of(again)
    assert [oid for oid, _ in first.values] == ["SYSBP", "DIABP"]
    assert (second.removed, third.groups) == (True, ROW)
    assert first.notes == {"SYSBP": ItemNotes(STANDARD)}
    assert runs_of(Items(RUNS)) is RUNS
    assert runs_of(()) == []


@pytest.mark.parametrize("history", [(), (AuditRecord._make(FIRST),)])
def test_an_item_whose_history_does_not_end_with_its_value_is_refused_as_a_run(history):
    item = ExportItem(ROW, "SYSBP", "130", "130", "", "", "ok", False, history)
    with pytest.raises(ValueError, match="history of 'SYSBP' does not end with its value"):
        runs_of((item,))
