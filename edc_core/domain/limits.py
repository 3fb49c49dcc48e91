"""Declared limits (ODM RangeCheck) made ready once for a version, so that a value is only read and compared."""

from __future__ import annotations

import operator
from functools import partial
from typing import TYPE_CHECKING, Any

from edc_core.domain.censored import ends, number_of, split_sign
from edc_core.domain.metadata import DATES, NUMBERS, TEXTS, Comparator, DataType, RangeCheck
from edc_core.domain.partial_date import PartialDate
from edc_core.domain.standard_value import exact_standard
from edc_core.domain.values import parse, split_codes

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from edc_core.domain.metadata import ItemDef

    _Ends = tuple[str, str]  #: ISO 8601 of the first and the last that a date or time may be
    Comparison = tuple[RangeCheck, Callable[[Any, Any], bool], object, str | None]

_SEVERAL: dict[Comparator, Callable[[Any, Any], bool]] = {
    Comparator.IN: lambda found, limits: found in limits,
    Comparator.NOTIN: lambda found, limits: found not in limits,
}
_HOLDS: dict[Comparator, Callable[[Any, Any], bool]] = {
    one: _SEVERAL.get(one) or getattr(operator, one.lower()) for one in Comparator
}


def _meet(one: _Ends, other: _Ends) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


#: Whether a limit may hold of dates and times of which parts are unknown: of the first, or the last, that they may be.
_MAY_HOLD: dict[Comparator, Callable[[Any, Any], bool]] = {
    Comparator.LT: lambda found, limit: found[0] < limit[1],
    Comparator.LE: lambda found, limit: found[0] <= limit[1],
    Comparator.GT: lambda found, limit: found[1] > limit[0],
    Comparator.GE: lambda found, limit: found[1] >= limit[0],
    Comparator.EQ: _meet,
    Comparator.NE: lambda found, limit: len({*found, *limit}) > 1,
    Comparator.IN: lambda found, limits: any(_meet(found, one) for one in limits),
    Comparator.NOTIN: lambda found, limits: all(len({*found, *one}) > 1 for one in limits),
}
_PARTIAL = frozenset(
    {DataType.PARTIAL_DATE, DataType.INCOMPLETE_DATE, DataType.PARTIAL_TIME, DataType.PARTIAL_DATETIME}
)


class Limits:
    """The limits of one item, in their order.

    :ivar longest: characters that a text has by its declaration (ODM Length); what is longer is kept whole and asked about,
        for exports with fixed widths cannot take it.
    """

    __slots__ = ("_comparisons", "_holds", "_is_multiple", "_item", "_read", "longest")

    def __init__(self, item: ItemDef) -> None:
        self._item = item
        self._is_multiple = item.multiple
        self.longest = item.length if item.data_type in TEXTS and not item.code_list_oid else None
        is_partial = item.data_type in _PARTIAL and not item.code_list_oid
        self._holds = _MAY_HOLD if is_partial else _HOLDS
        self._read: Callable[[str], Decimal | str | _Ends | None] = (
            number_of if item.data_type in NUMBERS else partial(_ends if is_partial else _canonical, item)
        )
        self._comparisons: list[Comparison] = [
            comparison for check in item.range_checks if (comparison := self._ready(check))
        ]

    def broken(self, value: str | None, unit: str = "") -> tuple[RangeCheck, ...]:
        """The limits that a canonical value does not keep.

        A limit in another unit than the value's is compared in the standard unit, unrounded; it holds where there is
        no factor between them. A censored result, and a date or time of which parts are unknown, break what nothing
        keeps that they may be.
        """
        if value is None or not self._comparisons:
            return ()
        read = self._read
        values = [read(code) for code in split_codes(value)] if self._is_multiple else (read(value),)
        is_censored = self._item.censored and value[:1] in ("<", ">")
        broken = []
        for check, holds, limit, only_unit in self._comparisons:
            in_standard = bool(only_unit and unit and unit != only_unit)
            if in_standard or is_censored:
                if self._excludes(check, holds, value, unit if in_standard else ""):
                    broken.append(check)
                continue
            for found in values:
                if found is not None and not holds(found, limit):
                    broken.append(check)
                    break
        return tuple(broken)

    def _excludes(self, check: RangeCheck, holds: Callable[[Any, Any], bool], value: str, unit: str) -> bool:
        """Whether a limit takes none of the numbers that a value may be.

        :param unit: OID of the value's unit, to compare in the standard one; empty to compare the numbers as they stand.
        """

        def read(text: str, unit_oid: str) -> Any:
            return exact_standard(self._item, text, unit_oid) if unit else self._read(text)

        sign, number = split_sign(self._item, value)
        found = read(number, unit)
        limits = [(read(text, check.measurement_unit_oid or ""), 0) for text in check.check_values]
        if found is None or (None, 0) in limits:
            return False
        low, high = ends(sign, found)
        may_be = [low, high, *(limit for limit in limits if low <= limit <= high)]
        limit = limits if check.comparator in _SEVERAL else limits[0]
        return not any(holds(one, limit) for one in may_be)

    def _ready(self, check: RangeCheck) -> Comparison | None:
        """``None`` for formal expressions alone, and for a limit that cannot be read.

        The definition's lint names a limit that cannot be read; it never blocks a site.
        """
        if check.comparator is None or not check.check_values:
            return None
        limits = [self._read(text) for text in check.check_values]
        if None in limits:
            return None
        limit = limits if check.comparator in _SEVERAL else limits[0]
        return check, self._holds[check.comparator], limit, check.measurement_unit_oid


def _canonical(item: ItemDef, text: str) -> str | None:
    return parse(item, None, text).value


def _ends(item: ItemDef, text: str) -> _Ends | None:
    value = _canonical(item, text)
    if value is None:
        return None
    if item.data_type is DataType.PARTIAL_TIME:
        return _clock_ends(value)
    day, clock = PartialDate.parse(value), value.partition("T")[2]
    first, last = day.earliest.isoformat(), day.latest.isoformat()
    if item.data_type in DATES:
        return first, last
    begin, end = _clock_ends(clock) if clock else ("00:00", "23:59:59")
    return f"{first}T{begin}", f"{last}T{end}"


def _clock_ends(clock: str) -> _Ends:
    """A time that is known to the minute is that minute; of an hour alone it may be any second."""
    return (f"{clock}:00", f"{clock}:59:59") if len(clock) == len("09") else (clock, clock)
