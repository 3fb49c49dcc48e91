"""Declared limits (ODM RangeCheck) made ready once for a version, so that a value is only read and compared."""

from __future__ import annotations

import operator
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Any

from edc_core.domain.metadata import Comparator, DataType, RangeCheck
from edc_core.domain.standard_value import exact_standard
from edc_core.domain.values import parse, split_codes

if TYPE_CHECKING:
    from collections.abc import Callable

    from edc_core.domain.metadata import ItemDef

    Comparison = tuple[RangeCheck, Callable[[Any, Any], bool], object, str | None]

TEXTS = frozenset({DataType.TEXT, DataType.STRING})
_NUMBERS = frozenset({DataType.INTEGER, DataType.FLOAT, DataType.DOUBLE})
_HOLDS: dict[Comparator, Callable[[Any, Any], bool]] = {
    Comparator.LT: operator.lt,
    Comparator.LE: operator.le,
    Comparator.GT: operator.gt,
    Comparator.GE: operator.ge,
    Comparator.EQ: operator.eq,
    Comparator.NE: operator.ne,
    Comparator.IN: lambda found, limits: found in limits,
    Comparator.NOTIN: lambda found, limits: found not in limits,
}


class Limits:
    """The limits of one item, in their order.

    :ivar longest: characters that a text has by its declaration (ODM Length); what is longer is kept whole and asked about,
        for exports with fixed widths cannot take it.
    """

    __slots__ = ("_comparisons", "_is_multiple", "_item", "_read", "longest")

    def __init__(self, item: ItemDef) -> None:
        self._item = item
        self._is_multiple = item.multiple
        self.longest = item.length if item.data_type in TEXTS and not item.code_list_oid else None
        self._read: Callable[[str], Decimal | str | None] = (
            _number if item.data_type in _NUMBERS else partial(_canonical, item)
        )
        self._comparisons: list[Comparison] = [
            comparison for check in item.range_checks if (comparison := self._ready(check))
        ]

    def broken(self, value: str | None, unit: str = "") -> tuple[RangeCheck, ...]:
        """The limits that a canonical value does not keep.

        A limit in another unit than the value's is compared in the standard unit, unrounded; it holds where there is
        no factor between them.
        """
        if value is None or not self._comparisons:
            return ()
        read = self._read
        values = [read(code) for code in split_codes(value)] if self._is_multiple else (read(value),)
        broken = []
        for check, holds, limit, only_unit in self._comparisons:
            if only_unit and unit and unit != only_unit:
                if self._breaks_in_standard(check, holds, value, unit):
                    broken.append(check)
                continue
            for found in values:
                if found is not None and not holds(found, limit):
                    broken.append(check)
                    break
        return tuple(broken)

    def _breaks_in_standard(
        self, check: RangeCheck, holds: Callable[[Any, Any], bool], value: str, unit: str
    ) -> bool:
        found = exact_standard(self._item, value, unit)
        limits = [
            exact_standard(self._item, text, check.measurement_unit_oid or "") for text in check.check_values
        ]
        if found is None or None in limits:
            return False
        several = check.comparator in (Comparator.IN, Comparator.NOTIN)
        return not holds(found, limits if several else limits[0])

    def _ready(self, check: RangeCheck) -> Comparison | None:
        """``None`` for formal expressions alone, and for a limit that cannot be read.

        The definition's lint names a limit that cannot be read; it never blocks a site.
        """
        if check.comparator is None or not check.check_values:
            return None
        limits = [self._read(text) for text in check.check_values]
        if None in limits:
            return None
        several = check.comparator in (Comparator.IN, Comparator.NOTIN)
        limit = limits if several else limits[0]
        return check, _HOLDS[check.comparator], limit, check.measurement_unit_oid


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _canonical(item: ItemDef, text: str) -> str | None:
    return parse(item, None, text).value
