"""A value that an item accepts, and one that a soft limit asks about."""

from __future__ import annotations

from decimal import Decimal

from edc_core.api import CodeList, Comparator, DataType, ItemDef, RangeCheck

DAY = "2026-03-04"
NUMBERS = frozenset({DataType.INTEGER, DataType.FLOAT, DataType.DOUBLE})
LOWER = frozenset({Comparator.GE, Comparator.GT})
UPPER = frozenset({Comparator.LE, Comparator.LT})

_PLAIN = {
    DataType.DATE: DAY,
    DataType.PARTIAL_DATE: DAY,
    DataType.INCOMPLETE_DATE: DAY,
    DataType.TIME: "09:30",
    DataType.PARTIAL_TIME: "09:30",
    DataType.INCOMPLETE_TIME: "09:30",
    DataType.DATETIME: f"{DAY}T09:30",
    DataType.PARTIAL_DATETIME: f"{DAY}T09:30",
    DataType.INCOMPLETE_DATETIME: f"{DAY}T09:30",
    DataType.BOOLEAN: "true",
    DataType.HEX_BINARY: "00FF",
    DataType.BASE64_BINARY: "AAEC",
    DataType.HEX_FLOAT: "3FF0000000000000",
    DataType.BASE64_FLOAT: "P/AAAAAAAAA=",
    DataType.DURATION_DATETIME: "P3D",
    DataType.INTERVAL_DATETIME: f"{DAY}/{DAY}",
    DataType.URI: "https://example.org/record/1",
}


def plain(item: ItemDef, code_list: CodeList | None) -> str:
    """A value that no declared limit asks about."""
    if code_list is not None and code_list.external is None:
        return next((term.coded_value for term in code_list.items if not term.retired), "")
    if item.data_type in NUMBERS:
        return _number(item)
    return _PLAIN.get(item.data_type) or "as written in the source"[: item.length or None]


def another(item: ItemDef, code_list: CodeList | None) -> str:
    """A value that differs from the plain one."""
    if code_list is not None and code_list.external is None:
        codes = [term.coded_value for term in code_list.items if not term.retired]
        return codes[-1] if codes else ""
    before = plain(item, code_list)
    if item.data_type in NUMBERS:
        return format(Decimal(before) + 1, "f")
    if item.data_type is DataType.BOOLEAN:
        return "false"
    return before.replace("2026-03-04", "2026-03-03").replace("09:30", "09:00").replace("as written", "not")


def _number(item: ItemDef) -> str:
    low = max((_limit(check) for check in item.range_checks if check.comparator in LOWER), default=None)
    high = min((_limit(check) for check in item.range_checks if check.comparator in UPPER), default=None)
    if low is None:
        low = Decimal(1) if high is None or high > 1 else high - 1
    middle = low + 1 if high is None else (low + high) / 2
    digits = (
        0
        if item.data_type is DataType.INTEGER
        else 1
        if item.significant_digits is None
        else item.significant_digits
    )
    return format(middle.quantize(Decimal(1).scaleb(-digits)), "f")


def _limit(check: RangeCheck) -> Decimal:
    return Decimal(check.check_values[0])


def unit(item: ItemDef) -> str:
    """The unit that goes with a plain value: that of the limits, else the standard one."""
    named = [check.measurement_unit_oid for check in item.range_checks if check.measurement_unit_oid]
    return named[0] if named else "".join(item.measurement_unit_oids[:1])
