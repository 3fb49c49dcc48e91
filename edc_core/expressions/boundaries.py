"""Examples of declared limits, made at their bounds: the last value that passes, the first that fires (REQ-DAT-05)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from edc_core.domain.metadata import DATES, NUMBERS, CheckExample, Comparator, DataType
from edc_core.domain.partial_date import PartialDate

if TYPE_CHECKING:
    from edc_core.domain.metadata import ItemDef, RangeCheck

#: By comparator: how far from the limit the value lies that passes, and the one that fires, in steps.
_OFFSETS = {
    Comparator.GE: (0, -1),
    Comparator.GT: (1, 0),
    Comparator.LE: (0, 1),
    Comparator.LT: (-1, 0),
    Comparator.EQ: (0, 1),
    Comparator.NE: (1, 0),
}


def boundary_examples(item: ItemDef, check: RangeCheck) -> tuple[CheckExample, ...]:
    """One example that passes and one that fires; none where the values have no next one."""
    limits = check.check_values
    if check.comparator in (Comparator.IN, Comparator.NOTIN):
        listed, outside = limits[0] if limits else "", _outside(item, limits)
        passing, firing = (listed, outside) if check.comparator is Comparator.IN else (outside, listed)
    elif check.comparator is not None and limits:
        passing, firing = (_moved(item, limits[0], steps) for steps in _OFFSETS[check.comparator])
    else:
        return ()
    if not passing or not firing:
        return ()
    return (
        CheckExample(fires=True, values=((item.name, firing),)),
        CheckExample(fires=False, values=((item.name, passing),)),
    )


def _moved(item: ItemDef, limit: str, steps: int) -> str:
    """The value a number of smallest steps away; empty where there is no such thing."""
    if not steps:
        return limit
    if item.data_type in NUMBERS:
        digits = 0 if item.data_type is DataType.INTEGER else item.significant_digits or 2
        return format(Decimal(limit) + Decimal(steps).scaleb(-digits), "f")
    if item.data_type in DATES:
        day = PartialDate.parse(limit)
        return (day.earliest + timedelta(days=steps)).isoformat() if day.is_complete else ""
    return ""


def _outside(item: ItemDef, listed: tuple[str, ...]) -> str:
    if item.data_type in NUMBERS and listed:
        return format(max(Decimal(value) for value in listed) + 1, "f")
    return "" if item.code_list_oid or item.data_type in DATES else "".join(listed) + "x"
