from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edc_core.domain.limits import Limits
from edc_core.domain.metadata import Comparator, DataType, ItemDef, RangeCheck, UnitConversion
from edc_core.domain.standard_value import StandardValue, rational, standard_value


def item(*conversions, digits=None, checks=()):
    units = ("std", *(conversion.unit_oid for conversion in conversions), "odd")
    return ItemDef(
        "I",
        "I",
        DataType.FLOAT,
        measurement_unit_oids=units,
        conversions=conversions,
        standard_digits=digits,
        range_checks=checks,
    )


CREATININE = item(UnitConversion("mg/dL", "88.42"), digits=1)
TEMPERATURE = item(UnitConversion("F", "5/9", "-160/9"))


def test_a_number_is_multiplied_exactly_and_rounded_once():
    found = standard_value(CREATININE, "1.2", "mg/dL")
    assert found == StandardValue("106.1", "std", "88.42")
    assert found.payload() == {"value": "106.1", "unit": "std", "factor": "88.42"}


def test_an_offset_is_recorded_beside_the_factor():
    found = standard_value(TEMPERATURE, "98.6", "F")
    assert found.payload() == {"value": "37", "unit": "std", "factor": "5/9", "offset": "-160/9"}


@pytest.mark.parametrize(
    ("number", "factor", "digits", "expected"),
    [
        ("0.5", "1", 0, "1"),
        ("-0.5", "1", 0, "-1"),
        ("2.345", "1", 2, "2.35"),
        ("-0.04", "1", 1, "0.0"),
        ("1", "1/3", None, "0.333333"),
        ("1234567.8", "1", None, "1234570"),
        ("12", "10", None, "120"),
        ("9.9999999", "1", None, "10"),
        ("1" * 30, "1000", 2, "1" * 30 + "000.00"),
    ],
)
def test_halves_are_rounded_away_from_zero(number, factor, digits, expected):
    assert standard_value(item(UnitConversion("u", factor), digits=digits), number, "u").value == expected


def test_a_number_in_the_standard_unit_stays_as_it_was_entered():
    assert standard_value(CREATININE, "1.20", "std") == StandardValue("1.20", "std", "1")


@pytest.mark.parametrize(
    ("value", "unit"), [(None, "mg/dL"), ("1", ""), ("1", "odd"), ("1", "unknown"), ("<5", "mg/dL")]
)
def test_without_number_unit_or_factor_there_is_no_standard_value(value, unit):
    assert standard_value(CREATININE, value, unit) is None


def test_an_item_with_one_unit_has_no_standard_value():
    single = ItemDef("I", "I", DataType.FLOAT, measurement_unit_oids=("kg",))
    assert standard_value(single, "1", "kg") is None


@pytest.mark.parametrize("text", ["", "1/0", "1e999999999", "nan", "1/2/3", "٣", " 1", "1."])
def test_only_plain_numbers_and_ratios_are_read(text):
    assert rational(text) is None


@given(
    st.decimals(-(10**6), 10**6, places=4),
    st.integers(1, 10**6),
    st.integers(1, 10**6),
    st.integers(0, 6),
)
def test_the_result_is_the_nearest_number_of_its_places(number, above, below, places):
    converted = item(UnitConversion("u", f"{above}/{below}"), digits=places)
    found = standard_value(converted, format(number, "f"), "u").value
    assert len(found.partition(".")[2]) == places
    exact = Fraction(number) * Fraction(above, below)
    assert abs(Fraction(Decimal(found)) - exact) * 2 <= Fraction(1, 10**places)


def at_most_38(unit):
    return RangeCheck(Comparator.LE, ("38",), measurement_unit_oid=unit)


def test_a_limit_is_compared_in_its_own_unit_after_conversion():
    limits = Limits(item(UnitConversion("F", "5/9", "-160/9"), checks=(at_most_38("std"),)))
    assert limits.broken("100.4", "F") == ()
    assert limits.broken("100.5", "F") == (at_most_38("std"),)
    assert limits.broken("38.1", "std") == (at_most_38("std"),)


def test_a_limit_in_another_unit_is_met_by_a_value_in_the_standard_one():
    check = RangeCheck(Comparator.IN, ("212", "32"), measurement_unit_oid="F")
    limits = Limits(item(UnitConversion("F", "5/9", "-160/9"), checks=(check,)))
    assert limits.broken("100", "std") == ()
    assert limits.broken("99", "std") == (check,)


def test_a_limit_without_a_factor_to_its_unit_holds():
    assert Limits(item(checks=(at_most_38("std"),))).broken("900", "odd") == ()
