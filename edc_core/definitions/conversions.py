"""Factors between the units of an item, found by their UCUM codes and written into the version.

A published version holds the factors themselves, so a later release of the library changes no value of a study.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from edc_core.domain.metadata import UnitConversion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.metadata import ItemDef, MeasurementUnit

CONTEXT = "UCUM"  #: of the alias that holds a unit's UCUM code
_FLOAT_DIGITS = 12  #: the library computes some factors in binary; digits beyond these are noise


def lacks_factor(units: Mapping[str, MeasurementUnit], oid: str, standard: str) -> bool:
    """Whether two units that are defined have no UCUM codes that tell the factor between them."""
    return {oid, standard} <= units.keys() and _between(units, oid, standard) is None


def conversions_of(item: ItemDef, units: Mapping[str, MeasurementUnit]) -> tuple[UnitConversion, ...]:
    """Those declared, and those that nobody declared and that the UCUM codes of the item's units tell."""
    if len(item.measurement_unit_oids) < 2:
        return item.conversions
    standard, *others = item.measurement_unit_oids
    declared = {conversion.unit_oid for conversion in item.conversions}
    found = [
        conversion
        for oid in dict.fromkeys(others)
        if oid not in declared and oid != standard and (conversion := _between(units, oid, standard))
    ]
    return (*item.conversions, *found)


def _between(units: Mapping[str, MeasurementUnit], oid: str, standard: str) -> UnitConversion | None:
    codes = [ucum_code(units[name]) if name in units else "" for name in (oid, standard)]
    if not all(codes):
        return None
    line = ucum_factor(*codes)
    return UnitConversion(oid, _text(line[0]), _text(line[1])) if line else None


def ucum_code(unit: MeasurementUnit) -> str:
    return next((alias.name for alias in unit.aliases if alias.context == CONTEXT), "")


@cache
def ucum_factor(code: str, standard: str) -> tuple[Fraction, Fraction] | None:
    """Factor and offset from one UCUM code to another; ``None`` where the library knows none.

    That is so for different kinds of quantity (mass and amount of substance need a molar mass), for arbitrary units
    and for annotations such as ``{beats}/min``.
    """
    from lark.exceptions import LarkError
    from pint.errors import PintError

    registry = _registry()
    try:
        given, wanted = (registry.from_ucum(text) for text in (code, standard))
        if given.dimensionality != wanted.dimensionality:
            return None
        at_zero, at_one = (
            _exact(
                registry.Quantity(number * _exact(given.magnitude), given.units).to(wanted.units).magnitude
            )
            / _exact(wanted.magnitude)
            for number in (Fraction(0), Fraction(1))
        )
    except (LarkError, PintError, ValueError):
        return None
    return at_one - at_zero, at_zero


@cache
def _registry() -> Any:
    from ucumvert import PintUcumRegistry

    return PintUcumRegistry(non_int_type=Fraction)


def _exact(number: Fraction | float) -> Fraction:
    return Fraction(format(number, f".{_FLOAT_DIGITS}g")) if isinstance(number, float) else Fraction(number)


def _text(number: Fraction) -> str:
    """A decimal where there is an exact one of reasonable length, else a ratio."""
    for places in range(16):
        scaled = number * 10**places
        if scaled.denominator == 1:
            return format(Decimal(scaled.numerator).scaleb(-places), "f")
    return f"{number.numerator}/{number.denominator}"
