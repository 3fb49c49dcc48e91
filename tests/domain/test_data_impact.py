"""One value under two versions: the same, unknown to the newer one, or read differently (REQ-BLD-05)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edc_core.domain.casebook import ItemData
from edc_core.domain.data_impact import Harm, harm_to
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import DataType
from edc_core.testing import a_study, find_path

OLD = (
    a_study()
    .with_item("VS.SYSBP", DataType.INTEGER)
    .with_item("VS.POS", codes=("SIT", "STAND"))
    .with_item("VS.WEIGHT", DataType.FLOAT, digits=2, units={"kg": "1", "lb": "0.45"})
    .with_item("VS.NOTE")
    .build()
)
INDEX = MetaDataIndex(OLD)


def item(oid, value=None, **fields):
    return ItemData(find_path(INDEX, oid), value or "", value, **fields)


def newer(oid, **fields):
    items = tuple(replace(one, **fields) if one.oid == oid else one for one in OLD.items)
    return MetaDataIndex(replace(OLD, oid="2", items=items))


def codes(*terms, retired=()):
    (code_list,) = OLD.code_lists
    items = tuple(replace(code_list.items[0], coded_value=term, retired=term in retired) for term in terms)
    return MetaDataIndex(replace(OLD, oid="2", code_lists=(replace(code_list, items=items),)))


@pytest.mark.parametrize(
    ("data", "target", "harm"),
    [
        (item("VS.SYSBP", "120"), newer("VS.SYSBP", data_type=DataType.FLOAT), Harm.TYPE),
        (item("VS.SYSBP", "120"), newer("VS.SYSBP", widget="slider"), None),
        (item("VS.NOTE", "longer"), newer("VS.NOTE", length=5), Harm.LENGTH),
        (item("VS.NOTE", "short"), newer("VS.NOTE", length=5), None),
        (item("VS.NOTE", "short"), newer("VS.NOTE", data_type=DataType.STRING), None),
        (item("VS.WEIGHT", "70.25", unit="kg"), newer("VS.WEIGHT", significant_digits=1), Harm.PRECISION),
        (item("VS.WEIGHT", "70.2", unit="kg"), newer("VS.WEIGHT", significant_digits=1), None),
        (item("VS.WEIGHT", "150", unit="lb"), newer("VS.WEIGHT", measurement_unit_oids=("kg",)), Harm.UNIT),
        (item("VS.WEIGHT", "150", unit="lb", standard="67.50", standard_unit="kg"),
         newer("VS.WEIGHT", standard_digits=0), Harm.STANDARD_VALUE),
        (item("VS.POS", "SIT"), codes("STAND"), Harm.CODE),
        (item("VS.POS", "STAND"), codes("STAND"), None),
        (item("VS.POS", "SIT"), codes("SIT", "STAND", retired=("SIT",)), None),
        (item("VS.SYSBP", missing="NA"), newer("VS.SYSBP", missing_reasons=("ND",)), Harm.MISSING_REASON),
        (item("VS.SYSBP"), newer("VS.SYSBP", data_type=DataType.FLOAT), None),
    ],
)  # fmt: skip
def test_what_becomes_of_one_value(data, target, harm):
    found = harm_to(INDEX, target, data)
    assert (found.harm if found else None) is harm


def test_a_place_that_is_gone_drops_its_value_and_a_blank_one_loses_nothing():
    (group,) = OLD.item_groups
    gone = MetaDataIndex(replace(OLD, oid="2", item_groups=(replace(group, item_refs=group.item_refs[1:]),)))
    assert harm_to(INDEX, gone, item("VS.SYSBP", "120")).harm is Harm.DROPPED
    assert harm_to(INDEX, gone, item("VS.SYSBP", missing="ND")).harm is Harm.DROPPED
    assert harm_to(INDEX, gone, item("VS.SYSBP")) is None
