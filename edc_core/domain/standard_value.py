"""A number in its item's standard unit: exact arithmetic by the factors that were published, rounded once at the end."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING

from edc_core.domain.censored import split_sign
from edc_core.domain.metadata import DataType

if TYPE_CHECKING:
    from edc_core.domain.casebook import ItemData
    from edc_core.domain.metadata import ItemDef

SIGNIFICANT_DIGITS = 6  #: of a converted value whose item states no decimal places for it
_RATIONAL = re.compile(r"-?\d{1,30}(\.\d{1,30}|/0*[1-9]\d{0,29})?", re.ASCII)
_EXACT = 60  #: digits carried before rounding: beyond any factor and any number that a form takes


@dataclass(frozen=True, slots=True)
class StandardValue:
    """A value in its item's standard unit, and what it was multiplied by (REQ-DAT-10).

    :param value: decimal text, halves rounded away from zero; with the sign of a censored result.
    :param unit: OID of the standard unit.
    """

    value: str
    unit: str
    factor: str
    offset: str = "0"

    def payload(self) -> dict[str, str]:
        """As ``item.set`` holds it; an offset only where there is one (temperatures)."""
        known = {"value": self.value, "unit": self.unit, "factor": self.factor}
        return known if self.offset == "0" else known | {"offset": self.offset}


def exact_standard(item: ItemDef, value: str, unit: str) -> Fraction | None:
    """A number in the item's standard unit, unrounded.

    :param unit: OID of the unit it is stated in.
    :return: ``None`` when it is no number, or its unit has no factor.
    """
    known = _factor(item, unit)
    if known is None:
        return None
    number, factor, offset = rational(value), rational(known[0]), rational(known[1])
    return None if number is None or factor is None or offset is None else number * factor + offset


def rational(text: str) -> Fraction | None:
    """A decimal number or a ratio (``5/9``) as exactly what it says; ``None`` for any other text."""
    return Fraction(text) if _RATIONAL.fullmatch(text) else None


def standard_value(item: ItemDef, value: str | None, unit: str) -> StandardValue | None:
    """The standard value of a number given in one of several units.

    :return: ``None`` for a blank, for an item with one unit, and where no factor is known.
    """
    if value is None or not unit or len(item.measurement_unit_oids) < 2:
        return None
    sign, number = split_sign(item, value)
    factor = _factor(item, unit)
    exact = exact_standard(item, number, unit)
    if factor is None or exact is None:
        return None
    standard = item.measurement_unit_oids[0]
    text = number if unit == standard else rounded(exact, item.standard_digits)
    return StandardValue(sign + text, standard, *factor)


def converted(item: ItemDef, value: str, unit: str, wanted: str) -> str | None:
    """A number of one of the item's units in another one, for a person who is asked whether to convert it.

    It is rounded to the decimal places that the item takes, else to six significant digits.

    :return: ``None`` when it is no number, or one of the units has no factor.
    """
    sign, number = split_sign(item, value)
    exact = exact_in(item, number, unit, wanted)
    if exact is None:
        return None
    places = 0 if item.data_type is DataType.INTEGER else item.significant_digits
    return value if unit == wanted else sign + rounded(exact, places)


def exact_in(item: ItemDef, value: str, unit: str, wanted: str) -> Fraction | None:
    """A number of one of the item's units in another one, unrounded; ``None`` as for ``exact_standard``."""
    exact, known = exact_standard(item, value, unit), _factor(item, wanted)
    if exact is None or known is None:
        return None
    factor, offset = rational(known[0]), rational(known[1])
    return None if not factor or offset is None else (exact - offset) / factor


def units_elsewhere(item: ItemDef, country: str) -> frozenset[str]:
    """OIDs of units that sites in a country are not offered: those of other countries."""
    return frozenset(
        one.unit_oid for one in item.conversions if one.countries and country not in one.countries
    )


def with_standard(item: ItemDef, data: ItemData) -> ItemData:
    """The data of an item with the value in its standard unit, where there is one."""
    found = standard_value(item, data.value, data.unit)
    return data if found is None else replace(data, standard=found.value, standard_unit=found.unit)


def _factor(item: ItemDef, unit: str) -> tuple[str, str] | None:
    if item.measurement_unit_oids and unit == item.measurement_unit_oids[0]:
        return "1", "0"
    for conversion in item.conversions:
        if conversion.unit_oid == unit:
            return conversion.factor, conversion.offset
    return None


def rounded(number: Fraction, places: int | None = None) -> str:
    """Halves away from zero, decided on more digits than the number has; six significant digits without places."""
    exact = Context(prec=_EXACT, rounding=ROUND_HALF_UP).divide(
        Decimal(number.numerator), Decimal(number.denominator)
    )
    if places is None:
        text = format(Context(prec=SIGNIFICANT_DIGITS, rounding=ROUND_HALF_UP).plus(exact), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    try:
        rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=_EXACT))
    except InvalidOperation:  # more digits than are carried: no measurement, so nothing to round
        rounded = exact
    return format(rounded or abs(rounded), "f")
