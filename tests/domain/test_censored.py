# ruff: noqa: RUF001 - what keyboards of other scripts type is what is tested
"""Results outside the limits of quantification: what is read, in which unit, and which limits they certainly break."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edc_core.domain.casebook import ItemData
from edc_core.domain.censored import ends
from edc_core.domain.data_impact import Harm, harm_to
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.lab_range import HIGH, LOW, NORMAL, LabRange
from edc_core.domain.limits import Limits
from edc_core.domain.metadata import Comparator, DataType, ItemDef, RangeCheck, UnitConversion
from edc_core.domain.standard_value import converted, standard_value
from edc_core.domain.values import parse
from edc_core.testing import a_study, find_path

CRP = ItemDef(
    "CRP", "CRP", DataType.FLOAT, censored=True, measurement_unit_oids=("mg/L", "mg/dL"),
    conversions=(UnitConversion("mg/dL", "10"),),
)  # fmt: skip
PLAIN = replace(CRP, censored=False)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("<0.5", "<0.5"),
        ("< 0,5", "<0.5"),
        (" ＜ ０．５ ", "<0.5"),
        ("≥ 10", ">=10"),
        ("≤.5", "<=0.5"),
        (">=1e3", ">=1000"),
        ("＞10", ">10"),
        ("<-2", "<-2"),
        ("0.5", "0.5"),
    ],
)
def test_a_sign_and_a_number_are_read_and_spelt_alike(raw, value):
    assert parse(CRP, None, raw).value == value
    assert parse(CRP, None, value).value == value


def test_decimal_places_and_whole_numbers_hold_for_the_limit_too():
    assert parse(replace(CRP, significant_digits=2), None, "<0.5").value == "<0.50"
    assert parse(replace(CRP, significant_digits=1), None, "<0.55").reading == "unreadable"
    whole = replace(CRP, data_type=DataType.INTEGER)
    assert parse(whole, None, "> 1,0").value == ">1"
    assert (
        parse(whole, None, ">1.5").hint.in_language("en")
        == "A whole number is expected, for example 72 or <5."
    )


@pytest.mark.parametrize("raw", ["<", "<<5", "<>5", "=<5", "5<", "< five", "<5 mg", "<5-10"])
def test_what_is_no_sign_and_number_is_kept_and_marked(raw):
    parsed = parse(CRP, None, raw)
    assert (parsed.value, parsed.reading) == (None, "unreadable")
    assert parsed.hint.in_language("en") == "A number is expected, for example 72.4 or <5."


@pytest.mark.parametrize("raw", ["<0.5", "＞5", "≥ 10"])
def test_where_the_item_takes_none_the_hint_says_so(raw):
    assert (
        parse(PLAIN, None, raw).hint.in_language("en")
        == "A number is expected, for example 72.4, without < or >."
    )
    assert parse(PLAIN, None, "many").hint.in_language("en") == "A number is expected, for example 72.4."


def test_the_standard_value_keeps_the_sign():
    assert standard_value(CRP, "<0.5", "mg/dL").payload() == {"value": "<5", "unit": "mg/L", "factor": "10"}
    assert standard_value(CRP, "<0.50", "mg/L").value == "<0.50"
    assert standard_value(PLAIN, "<0.5", "mg/dL") is None
    assert converted(CRP, ">=5", "mg/L", "mg/dL") == ">=0.5"


BREAKS = [
    ("LE", "10", {">10", ">=11"}, {">9", "<5", "<50", ">=10"}),
    ("LT", "10", {">10", ">=10"}, {">9.9", "<50"}),
    ("GE", "1", {"<1", "<=0.9"}, {"<=1", "<1.1", ">0"}),
    ("GT", "1", {"<1", "<=1"}, {"<1.1", ">=1"}),
    ("EQ", "5", {"<5", ">5"}, {"<=5", "<6", ">4"}),
    ("NE", "5", set(), {"<5", "<=5", ">=5"}),
]


@pytest.mark.parametrize(("comparator", "limit", "broken", "kept"), BREAKS)
def test_a_limit_is_broken_when_no_number_that_it_may_be_keeps_it(comparator, limit, broken, kept):
    check = RangeCheck(Comparator(comparator), (limit,))
    limits = Limits(replace(CRP, range_checks=(check,)))
    assert {value for value in broken | kept if limits.broken(value)} == broken


def test_limits_of_several_values_and_in_another_unit():
    listed = RangeCheck(Comparator.IN, ("1", "2"))
    other = RangeCheck(Comparator.NOTIN, ("1", "2"))
    in_mg_l = RangeCheck(Comparator.LE, ("50",), measurement_unit_oid="mg/L")
    limits = Limits(replace(CRP, range_checks=(listed, other, in_mg_l)))
    assert limits.broken("<1", "mg/L") == (listed,)
    assert limits.broken("<=1", "mg/L") == ()
    assert limits.broken(">5", "mg/dL") == (listed, in_mg_l)
    assert limits.broken(">4", "mg/dL") == (listed,)


@pytest.mark.parametrize(
    ("sign", "limit", "flag"),
    [("<", 5, LOW), ("<=", 5, None), ("<", 6, None), (">", 10, HIGH), (">=", 10, None), ("", 5, NORMAL), ("", 11, HIGH)],
)  # fmt: skip
def test_a_flag_is_told_where_every_number_has_it(sign, limit, flag):
    found = LabRange("L", "CRP", low=Decimal(5), high=Decimal(10))
    assert found.flag(*ends(sign, limit)) == flag
    assert LabRange("L", "CRP", high=Decimal(10)).flag(*ends("<", 10)) == NORMAL


@given(
    st.sampled_from(["<", "<=", ">", ">="]),
    st.integers(-9, 9),
    st.sampled_from(Comparator),
    st.integers(-9, 9),
    st.integers(-99, 99),
)
def test_no_number_that_a_result_may_be_keeps_a_limit_that_it_breaks(sign, number, comparator, limit, actual):
    """Whatever the number really is: a limit that the result breaks is broken by that number too."""
    check = RangeCheck(comparator, (str(limit),))
    broken = Limits(replace(CRP, range_checks=(check,))).broken(f"{sign}{number}")
    low, high = ends(sign, number)
    if broken and low <= (actual, 0) <= high:
        assert Limits(replace(PLAIN, range_checks=(check,))).broken(str(actual))


def test_a_version_that_takes_no_signs_would_read_the_value_differently():
    old = a_study().with_item("LB.CRP", DataType.FLOAT, censored=True).build()
    new = MetaDataIndex(replace(old, oid="2", items=(replace(old.items[0], censored=False),)))
    index = MetaDataIndex(old)
    path = find_path(index, "LB.CRP")
    assert harm_to(index, new, ItemData(path, "<5", "<5")).harm is Harm.PRECISION
    assert harm_to(index, new, ItemData(path, "5", "5")) is None
