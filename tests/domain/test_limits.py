"""What a declared limit says of dates and times of which parts are unknown: nothing that an unknown part decides."""

import pytest

from edc_core.domain.limits import Limits
from edc_core.domain.metadata import Comparator, DataType, ItemDef, RangeCheck


def breaks(data_type, comparator, value, *limits):
    check = RangeCheck(Comparator(comparator), limits, hard=True, oid="R")
    return Limits(ItemDef("I", "i", data_type, range_checks=(check,))).broken(value) == (check,)


@pytest.mark.parametrize(
    ("data_type", "comparator", "limit", "kept", "broken"),
    [
        (
            "partialDate",
            "GE",
            "2026-03-04",
            ["2026-03", "2026", "2026-03-04"],
            ["2026-02", "2025", "2026-03-03"],
        ),
        ("partialDate", "GT", "2026-03-31", ["2026-04", "2026"], ["2026-03", "2026-03-31"]),
        ("partialDate", "LE", "2026-03-04", ["2026-03", "2026-03-04"], ["2026-04", "2026-03-05"]),
        ("partialDate", "LT", "2026-03-01", ["2026", "2026-02-28"], ["2026-03", "2026-03-01"]),
        ("partialDate", "GE", "2026-03", ["2026-03-01", "2026-03", "2026"], ["2026-02-28"]),
        ("partialDate", "EQ", "2026-03-04", ["2026-03", "2026-03-04"], ["2026-04", "2026-03-05"]),
        ("partialDate", "NE", "2026-03-04", ["2026-03", "2026-03-05"], ["2026-03-04"]),
        ("incompleteDate", "GE", "2026-03-04", ["2026-03"], ["2026-02"]),
        ("partialTime", "LE", "09:15", ["09", "09:15"], ["10", "09:16"]),
        (
            "partialDatetime",
            "GE",
            "2026-03-04T09:15",
            ["2026-03", "2026-03-04", "2026-03-04T09"],
            ["2026-03-04T08"],
        ),
        (
            "partialDatetime",
            "LT",
            "2026-03-04T09:15",
            ["2026-03-04T09", "2026"],
            ["2026-03-04T10", "2026-03-05"],
        ),
    ],
)
def test_a_limit_is_broken_where_nothing_keeps_it_that_a_value_may_be(
    data_type, comparator, limit, kept, broken
):
    data_type = DataType(data_type)
    assert [value for value in kept if breaks(data_type, comparator, value, limit)] == []
    assert [value for value in broken if not breaks(data_type, comparator, value, limit)] == []


def test_a_list_of_dates_takes_what_may_be_one_of_them():
    limits = ("2026-03-04", "2026-05")
    assert not breaks(DataType.PARTIAL_DATE, "IN", "2026-03", *limits)
    assert not breaks(DataType.PARTIAL_DATE, "IN", "2026-05-06", *limits)
    assert breaks(DataType.PARTIAL_DATE, "IN", "2026-04", *limits)
    assert not breaks(DataType.PARTIAL_DATE, "NOTIN", "2026-03", *limits)
    assert breaks(DataType.PARTIAL_DATE, "NOTIN", "2026-03-04", *limits)


def test_whole_dates_and_times_are_compared_as_they_were():
    assert breaks(DataType.DATE, "GE", "2026-03-03", "2026-03-04")
    assert breaks(DataType.TIME, "LT", "09:15", "09:15")
    assert not breaks(DataType.DATETIME, "LE", "2026-03-04T09:15", "2026-03-04T09:15")
