"""The functions of the language that take values. Those that take names (``any``, ``missing``) are in ``calls``."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from edc_core.domain.function import Function, Kind
from edc_core.domain.partial_date import PartialDate
from edc_core.expressions.values import CONTEXT, UNDECIDED, Number, Partly, Span, Truth, Unknown, limits

MAX_PLACES = 12  #: decimal places that round takes


def rounded(value: Number, places: Number = Decimal(0)) -> Number:
    """Half away from zero, as a person rounds on paper; a span by its limits. Missing where the places are not known."""
    if value is None or not isinstance(places, Decimal):
        return None
    exponent = Decimal(1).scaleb(-max(0, min(int(places), MAX_PLACES)))
    if isinstance(value, Span):
        return Span(
            value.low.quantize(exponent, context=CONTEXT), value.high.quantize(exponent, context=CONTEXT)
        )
    return value.quantize(exponent, context=CONTEXT) if isinstance(value, Decimal) else None


def _floor(value: Decimal) -> Decimal:
    return value.to_integral_value(rounding="ROUND_FLOOR", context=CONTEXT)


def _sqrt(value: Decimal) -> Decimal | None:
    return None if value < 0 else CONTEXT.sqrt(value)


def _root(value: Decimal, degree: Decimal) -> Decimal | None:
    if value < 0 or degree <= 0:
        return None
    return CONTEXT.power(value, CONTEXT.divide(Decimal(1), degree)) if value else value


def _days(later: PartialDate, earlier: PartialDate) -> Number:
    low = Decimal((later.earliest - earlier.latest).days)
    high = Decimal((later.latest - earlier.earliest).days)
    return low if low == high else Span(low, high)


def _months_between(later: date, earlier: date) -> int:
    """Whole months; the day of the month must be reached again, the last of a short month counts as reached."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    if months >= 0:
        return months - (later.day < earlier.day and (later + timedelta(days=1)).day != 1)
    return -_months_between(earlier, later)


def _whole(later: PartialDate, earlier: PartialDate, size: int) -> Number:
    def between(one: date, other: date) -> Decimal:
        months = _months_between(one, other)
        return Decimal(months // size if months >= 0 else -(-months // size))

    low, high = between(later.earliest, earlier.latest), between(later.latest, earlier.earliest)
    return low if low == high else Span(low, high)


def _months(later: PartialDate, earlier: PartialDate) -> Number:
    return _whole(later, earlier, 1)


def _years(later: PartialDate, earlier: PartialDate) -> Number:
    return _whole(later, earlier, 12)


def plus_days(day: PartialDate, days: Decimal) -> PartialDate | None:
    """A number of days later; missing for a date that is not complete or leaves the calendar."""
    if not day.is_complete or days != days.to_integral_value():
        return None
    try:
        moved = day.earliest + timedelta(days=int(days))
    except OverflowError:
        return None
    return PartialDate(moved.year, moved.month, moved.day)


def _instant(local: datetime, zone: str) -> datetime:
    """Local time at the site as an instant: over a change of the clock an hour is what really passed."""
    return local.replace(tzinfo=ZoneInfo(zone or "UTC")).astimezone(UTC)


def _elapsed(later: datetime | Partly, earlier: datetime | Partly, zone: str, seconds: int) -> Number:
    """What passed between two date-times; missing at the ends of the calendar."""
    (first, last), (begin, end) = limits(later), limits(earlier)
    try:
        low, high = _passed(first, end, zone, seconds), _passed(last, begin, zone, seconds)
    except OverflowError:
        return None
    return low if low == high else Span(low, high)


def _passed(later: datetime, earlier: datetime, zone: str, seconds: int) -> Decimal:
    passed = _instant(later, zone) - _instant(earlier, zone)
    whole = Decimal(passed.days * 86_400 + passed.seconds) + Decimal(passed.microseconds).scaleb(-6)
    return CONTEXT.divide(whole, Decimal(seconds))


def _hours(later: datetime | Partly, earlier: datetime | Partly, zone: str) -> Number:
    return _elapsed(later, earlier, zone, 3600)


def _minutes(later: datetime | Partly, earlier: datetime | Partly, zone: str) -> Number:
    return _elapsed(later, earlier, zone, 60)


def _moment(day: PartialDate, clock: time | Partly) -> datetime | Partly | None:
    if not day.is_complete:
        return None
    low, high = (datetime.combine(day.earliest, limit) for limit in limits(clock))
    return Partly(low, high, f"{day}T{clock.text}") if isinstance(clock, Partly) else low


def day_of(moment: datetime | Partly) -> PartialDate:
    """The date of a date-time, as far as it is known."""
    if isinstance(moment, Partly):
        return PartialDate.parse(moment.text)
    return PartialDate(moment.year, moment.month, moment.day)


def _possible(truth: Truth) -> Truth:
    return True if truth is UNDECIDED else truth


def _certain(truth: Truth) -> Truth:
    return False if truth is UNDECIDED else truth


def _decided(truth: Truth) -> Truth:
    return None if truth is None else not isinstance(truth, Unknown)


_N, _T, _B, _D = Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.DATE
_C, _M, _S = Kind.TIME, Kind.DATETIME, Kind.CODES

FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function("round", (_N, _N), _N, rounded, required=1),
        Function("floor", (_N,), _N, _floor),
        Function("abs", (_N,), _N, abs),
        Function("sqrt", (_N,), _N, _sqrt),
        Function("root", (_N, _N), _N, _root),
        Function("least", (_N, _N), _N, min),
        Function("greatest", (_N, _N), _N, max),
        Function("days", (_D, _D), _N, _days),
        Function("months", (_D, _D), _N, _months),
        Function("years", (_D, _D), _N, _years),
        Function("hours", (_M, _M), _N, _hours, takes_zone=True),
        Function("minutes", (_M, _M), _N, _minutes, takes_zone=True),
        Function("moment", (_D, _C), _M, _moment),
        Function("day_of", (_M,), _D, day_of),
        Function("year", (_D,), _N, lambda day: Decimal(day.year)),
        Function("is_complete", (_D,), _B, lambda day: day.is_complete),
        Function("alike", (_D, _D), _B, lambda one, other: one == other),
        Function("length", (_T,), _N, lambda text: Decimal(len(text))),
        Function("upper", (_T,), _T, str.upper),
        Function("contains", (_T, _T), _B, lambda text, part: part.casefold() in text.casefold()),
        Function("starts", (_T, _T), _B, lambda text, part: text.casefold().startswith(part.casefold())),
        Function(
            "number", (_T,), _N, lambda text: Decimal(text) if text.isdecimal() and text.isascii() else None
        ),
        Function("size", (_S,), _N, lambda codes: Decimal(len(codes))),
        Function("possible", (_B,), _B, _possible, takes_missing=True),
        Function("certain", (_B,), _B, _certain, takes_missing=True),
        Function("decided", (_B,), _B, _decided, takes_missing=True),
    )
}
