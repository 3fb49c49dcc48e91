"""Values as expressions see them, and what comparing and reckoning with them gives.

Three things are kept apart. ``None`` is *missing*: blank, a missing reason, unreadable, hidden, not there.
``UNDECIDED`` is a comparison that unknown parts of a date or time decide, or what a censored result really is:
``2026-11`` lies neither certainly before nor certainly after 10 NOV 2026, ``09:UN`` neither before nor after 09:15.
Everything else is known. ``and``, ``or`` and ``not`` are Kleene's: an unknown operand matters only where it could
change the answer. A missing operand makes any other result missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar

from edc_core.domain.censored import End, ends, number_of, split_sign
from edc_core.domain.function import Kind
from edc_core.domain.metadata import DATES, NUMBERS, DataType
from edc_core.domain.partial_date import PartialDate, lies_before
from edc_core.domain.values import split_codes

if TYPE_CHECKING:
    from collections.abc import Callable

    from edc_core.domain.metadata import ItemDef


class Unknown(StrEnum):
    """A comparison that the unknown parts of a date or time, or of a result, decide."""

    UNDECIDED = "undecided"


UNDECIDED: Final = Unknown.UNDECIDED

#: The answer of a condition.
Truth: TypeAlias = bool | Literal[Unknown.UNDECIDED] | None


@dataclass(frozen=True, slots=True)
class Span:
    """What only the limits are known of, both included: an age from a year of birth, a time without its minutes.

    :param low: a number, a local time or a local date-time, as ``high``.
    """

    low: Any
    high: Any


@dataclass(frozen=True, slots=True)
class Partly(Span):
    """A local time or date-time of which parts are not known: from the first to the last that it may be.

    :param text: its canonical text, ISO 8601 truncated from the right.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Beyond:
    """A censored result (see ``domain.censored``): compared by its side of the limit, and never reckoned with."""

    sign: str
    limit: Decimal


#: 34 digits, halves away from zero: the arithmetic of the language, whatever a thread's own context says.
CONTEXT = Context(prec=34, rounding=ROUND_HALF_UP, traps=[DivisionByZero, InvalidOperation, Overflow])

_KINDS = {
    **dict.fromkeys(NUMBERS, Kind.NUMBER),
    **dict.fromkeys(DATES, Kind.DATE),
    DataType.BOOLEAN: Kind.BOOLEAN,
    DataType.TIME: Kind.TIME,
    DataType.PARTIAL_TIME: Kind.TIME,
    DataType.DATETIME: Kind.DATETIME,
    DataType.PARTIAL_DATETIME: Kind.DATETIME,
}


def kind_of(item: ItemDef) -> Kind:
    """The kind of an item's value. Types without arithmetic of their own are texts."""
    return Kind.CODES if item.multiple else _KINDS.get(item.data_type, Kind.TEXT)


def is_partial(item: ItemDef) -> bool:
    """Whether parts of an item's times may be unknown, so that its values may be ``Partly``."""
    return not item.multiple and item.data_type in (DataType.PARTIAL_TIME, DataType.PARTIAL_DATETIME)


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def result(item: ItemDef, text: str) -> Decimal | Beyond | None:
    """The value of an item that takes censored results."""
    sign, number = split_sign(item, text)
    found = number_of(number)
    return Beyond(sign, found) if sign and found is not None else found


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


def _partial_time(text: str) -> time | Partly:
    """``09:15``, or ``09``: any time of that hour, to its last second."""
    if not re.fullmatch(r"\d\d", text):
        return time.fromisoformat(text)
    return Partly(time(int(text)), time(int(text), 59, 59), text)


def _partial_moment(text: str) -> datetime | Partly:
    """A date-time as far as it is known, from ``2026`` to ``2026-03-04T09``; the rest may be anything."""
    day, clock = PartialDate.parse(text), re.fullmatch(r"(\d\d)(?:Z|[+-]\d\d:?\d\d)?", text.partition("T")[2])
    if "T" in text and not clock:
        return _local(text)
    low, high = (time(int(clock[1])), time.max.replace(hour=int(clock[1]))) if clock else (time.min, time.max)
    return Partly(datetime.combine(day.earliest, low), datetime.combine(day.latest, high), text)


#: From canonical text to a value; what cannot be read as its kind (an import kept it) is missing.
READERS: dict[Kind, Callable[[str], object]] = {
    Kind.NUMBER: number_of,
    Kind.TEXT: str,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _or_missing(PartialDate.parse),
    Kind.TIME: _or_missing(time.fromisoformat),
    Kind.DATETIME: _or_missing(_local),
    Kind.CODES: lambda text: tuple(split_codes(text)),
}
#: The same of values of which parts may be unknown.
PARTIAL_READERS = READERS | {
    Kind.TIME: _or_missing(_partial_time),
    Kind.DATETIME: _or_missing(_partial_moment),
}


def written(value: object) -> str | None:
    """Canonical text of a value (decision "Values"); ``None`` when it is missing, undecided or not exactly known."""
    if isinstance(value, Partly):
        return value.text
    if value is None or isinstance(value, (Unknown, Span, Beyond)):
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


# What only the limits may be known of: dates, times and numbers ----------------------------------------------------

Number: TypeAlias = Decimal | Span | Beyond | None


def limits(value: Any) -> tuple[Any, Any]:
    """The least and the most that a value may be."""
    if isinstance(value, PartialDate):
        return value.earliest, value.latest
    return (value.low, value.high) if isinstance(value, Span) else (value, value)


def ends_of(value: Any) -> tuple[End, End]:
    """The lowest and the highest that a value may be."""
    if isinstance(value, Beyond):
        return ends(value.sign, value.limit)
    low, high = limits(value)
    return (low, 0), (high, 0)


def span_lt(one: Any, other: Any) -> Truth:
    if one is None or other is None:
        return None
    before = lies_before(ends_of(one), ends_of(other))
    return UNDECIDED if before is None else before


def span_le(one: Any, other: Any) -> Truth:
    found = span_lt(other, one)
    return not found if isinstance(found, bool) else found


def span_eq(one: Any, other: Any) -> Truth:
    if one is None or other is None:
        return None
    (low, high), (other_low, other_high) = ends_of(one), ends_of(other)
    if low == high == other_low == other_high:
        return True
    return False if high < other_low or other_high < low else UNDECIDED


def negated(found: Truth) -> Truth:
    return not found if isinstance(found, bool) else found


def add(one: Number, other: Number) -> Number:
    if not isinstance(one, (Decimal, Span)) or not isinstance(other, (Decimal, Span)):
        return None
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return CONTEXT.add(one, other)
    (low, high), (other_low, other_high) = limits(one), limits(other)
    return Span(CONTEXT.add(low, other_low), CONTEXT.add(high, other_high))


def subtract(one: Number, other: Number) -> Number:
    return add(one, minus(other))


def minus(value: Number) -> Number:
    if isinstance(value, Span):
        return Span(CONTEXT.minus(value.high), CONTEXT.minus(value.low))
    return CONTEXT.minus(value) if isinstance(value, Decimal) else None


def multiply(one: Number, other: Number) -> Number:
    if not isinstance(one, (Decimal, Span)) or not isinstance(other, (Decimal, Span)):
        return None
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return CONTEXT.multiply(one, other)
    ends = [CONTEXT.multiply(a, b) for a in limits(one) for b in limits(other)]
    return Span(min(ends), max(ends))


def divide(one: Number, other: Number) -> Number:
    """A quotient; missing where the divisor is, or may be, zero."""
    if not isinstance(one, (Decimal, Span)) or not isinstance(other, (Decimal, Span)):
        return None
    low, high = limits(other)
    if low <= 0 <= high:
        return None
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return CONTEXT.divide(one, other)
    ends = [CONTEXT.divide(a, b) for a in limits(one) for b in (low, high)]
    return Span(min(ends), max(ends))
