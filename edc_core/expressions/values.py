"""Values as expressions see them, and what comparing and reckoning with them gives.

Three things are kept apart. ``None`` is *missing*: blank, a missing reason, unreadable, hidden, not there.
``UNDECIDED`` is a comparison that unknown parts of a date decide: ``2026-11`` lies neither certainly before nor
certainly after 10 NOV 2026. Everything else is known. ``and``, ``or`` and ``not`` are Kleene's: an unknown operand
matters only where it could change the answer. A missing operand makes any other result missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar

from edc_core.domain.function import Kind
from edc_core.domain.metadata import DataType
from edc_core.domain.partial_date import PartialDate
from edc_core.domain.values import split_codes

if TYPE_CHECKING:
    from collections.abc import Callable

    from edc_core.domain.metadata import ItemDef


class Unknown(StrEnum):
    """A comparison that the unknown parts of a date decide."""

    UNDECIDED = "undecided"


UNDECIDED: Final = Unknown.UNDECIDED

#: The answer of a condition.
Truth: TypeAlias = bool | Literal[Unknown.UNDECIDED] | None


@dataclass(frozen=True, slots=True)
class Span:
    """A number of which only the limits are known, both included: an age from a year of birth."""

    low: Decimal
    high: Decimal


#: 34 digits, halves away from zero: the arithmetic of the language, whatever a thread's own context says.
CONTEXT = Context(prec=34, rounding=ROUND_HALF_UP, traps=[DivisionByZero, InvalidOperation, Overflow])

_KINDS = {
    DataType.INTEGER: Kind.NUMBER,
    DataType.FLOAT: Kind.NUMBER,
    DataType.DOUBLE: Kind.NUMBER,
    DataType.BOOLEAN: Kind.BOOLEAN,
    DataType.DATE: Kind.DATE,
    DataType.PARTIAL_DATE: Kind.DATE,
    DataType.INCOMPLETE_DATE: Kind.DATE,
    DataType.TIME: Kind.TIME,
    DataType.DATETIME: Kind.DATETIME,
}


def kind_of(item: ItemDef) -> Kind:
    """The kind of an item's value. Types without arithmetic of their own are texts."""
    return Kind.CODES if item.multiple else _KINDS.get(item.data_type, Kind.TEXT)


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


T = TypeVar("T")


def _or_missing(read: Callable[[str], T]) -> Callable[[str], T | None]:
    def reader(text: str) -> T | None:
        try:
            return read(text)
        except ValueError:
            return None

    return reader


def _local(text: str) -> datetime:
    """A local date-time; an offset that came with it is left off: the site's zone says the same."""
    return datetime.fromisoformat(text).replace(tzinfo=None)


#: From canonical text to a value; what cannot be read as its kind (an import kept it) is missing.
READERS: dict[Kind, Callable[[str], object]] = {
    Kind.NUMBER: _number,
    Kind.TEXT: str,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _or_missing(PartialDate.parse),
    Kind.TIME: _or_missing(time.fromisoformat),
    Kind.DATETIME: _or_missing(_local),
    Kind.CODES: lambda text: tuple(split_codes(text)),
}


def written(value: object) -> str | None:
    """Canonical text of a value (decision "Values"); ``None`` when it is missing, undecided or only a span."""
    if value is None or isinstance(value, (Unknown, Span)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds" if value.second else "minutes")
    if isinstance(value, time):
        return value.isoformat(timespec="seconds" if value.second else "minutes")
    return str(value)


# Logic ---------------------------------------------------------------------------------------------------------


def unknown(one: Truth, other: Truth) -> Truth:
    """What an undecided and a missing operand make together: missing wins, nothing more could be said."""
    return None if one is None or other is None else UNDECIDED


# Dates ---------------------------------------------------------------------------------------------------------


def _span_of(value: PartialDate) -> tuple[date, date]:
    return value.earliest, value.latest


def date_lt(one: PartialDate | None, other: PartialDate | None) -> Truth:
    if one is None or other is None:
        return None
    found = one.before(other)
    return UNDECIDED if found is None else found


def date_le(one: PartialDate | None, other: PartialDate | None) -> Truth:
    found = date_lt(other, one)
    return not found if isinstance(found, bool) else found


def date_eq(one: PartialDate | None, other: PartialDate | None) -> Truth:
    if one is None or other is None:
        return None
    if one.is_complete and other.is_complete:
        return one == other
    (low, high), (other_low, other_high) = _span_of(one), _span_of(other)
    return False if high < other_low or other_high < low else UNDECIDED


# Numbers of which only the limits may be known -------------------------------------------------------------------

Number: TypeAlias = Decimal | Span | None


def _limits(value: Decimal | Span) -> tuple[Decimal, Decimal]:
    return (value.low, value.high) if isinstance(value, Span) else (value, value)


def span_lt(one: Number, other: Number) -> Truth:
    if one is None or other is None:
        return None
    (low, high), (other_low, other_high) = _limits(one), _limits(other)
    if high < other_low:
        return True
    return False if low >= other_high else UNDECIDED


def span_le(one: Number, other: Number) -> Truth:
    found = span_lt(other, one)
    return not found if isinstance(found, bool) else found


def span_eq(one: Number, other: Number) -> Truth:
    if one is None or other is None:
        return None
    (low, high), (other_low, other_high) = _limits(one), _limits(other)
    if low == high == other_low == other_high:
        return True
    return False if high < other_low or other_high < low else UNDECIDED


def negated(found: Truth) -> Truth:
    return not found if isinstance(found, bool) else found


def add(one: Number, other: Number) -> Number:
    if one is None or other is None:
        return None
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return CONTEXT.add(one, other)
    (low, high), (other_low, other_high) = _limits(one), _limits(other)
    return Span(CONTEXT.add(low, other_low), CONTEXT.add(high, other_high))


def subtract(one: Number, other: Number) -> Number:
    return add(one, minus(other))


def minus(value: Number) -> Number:
    if isinstance(value, Span):
        return Span(CONTEXT.minus(value.high), CONTEXT.minus(value.low))
    return None if value is None else CONTEXT.minus(value)


def multiply(one: Number, other: Number) -> Number:
    if one is None or other is None:
        return None
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return CONTEXT.multiply(one, other)
    ends = [CONTEXT.multiply(a, b) for a in _limits(one) for b in _limits(other)]
    return Span(min(ends), max(ends))


def divide(one: Number, other: Number) -> Number:
    """A quotient; missing where the divisor is, or may be, zero."""
    if one is None or other is None:
        return None
    low, high = _limits(other)
    if low <= 0 <= high:
        return None
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return CONTEXT.divide(one, other)
    ends = [CONTEXT.divide(a, b) for a in _limits(one) for b in (low, high)]
    return Span(min(ends), max(ends))
