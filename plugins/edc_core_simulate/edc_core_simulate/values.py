"""A plausible value for any item, from its definition alone: type, limits, code list, length, missing reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from edc_core.api import CodeList, Comparator, DataType, ItemDef, MetaDataIndex, PlacedItem, join_codes
from edc_core_simulate.chance import Draws

NUMBERS = frozenset({DataType.INTEGER, DataType.FLOAT, DataType.DOUBLE})
DATES = frozenset({DataType.DATE, DataType.PARTIAL_DATE, DataType.INCOMPLETE_DATE})
WORDS = (
    "as before",
    "seen by the nurse",
    "left arm",
    "after breakfast",
    "repeated once",
    "from the referral letter",
)
UNREADABLE = {
    DataType.TIME: "quarter past",
    DataType.DATETIME: "31 FEB 2026 09:00",
    DataType.BOOLEAN: "perhaps",
}
PLAIN = {
    DataType.HEX_BINARY: "00FF",
    DataType.BASE64_BINARY: "AAEC",
    DataType.HEX_FLOAT: "3FF0000000000000",
    DataType.BASE64_FLOAT: "P/AAAAAAAAA=",
    DataType.DURATION_DATETIME: "P3DT4H",
    DataType.URI: "https://example.org/record/1",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What is typed for one item."""

    raw: str = ""
    missing: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """How often people leave things out, mistype, or find something unusual (shares of values)."""

    blank: float = 0.12  #: of items that are not required
    forgotten: float = 0.005  #: of items that are required
    missing: float = 0.01
    unreadable: float = 0.004
    odd: float = 0.015  #: outside a soft limit


def plausible(placed: PlacedItem, index: MetaDataIndex, day: date, draws: Draws) -> str:
    """A value that the definition accepts and no declared limit asks about."""
    item = placed.item
    if item.file is not None:
        return ""  # a file is sent, not typed
    code_list = index.code_lists.get(item.code_list_oid or "")
    if code_list is not None and code_list.items and code_list.external is None:
        return _choice(item, code_list, draws)
    if item.data_type in NUMBERS:
        return _number(item, draws)
    if item.data_type in DATES:
        found = day - timedelta(days=draws.whole(0, 3))
        whole = item.data_type is DataType.DATE or draws.happens(0.8)
        return found.isoformat() if whole else found.isoformat()[: draws.one_of((4, 7))]
    if item.data_type in (DataType.TIME, DataType.PARTIAL_TIME, DataType.INCOMPLETE_TIME):
        return _clock(draws)
    if item.data_type in (DataType.DATETIME, DataType.PARTIAL_DATETIME, DataType.INCOMPLETE_DATETIME):
        return f"{day.isoformat()}T{_clock(draws)}"
    if item.data_type is DataType.BOOLEAN:
        return draws.one_of(("true", "false"))
    if item.data_type is DataType.INTERVAL_DATETIME:
        return f"{day.isoformat()}/{(day + timedelta(days=2)).isoformat()}"
    return PLAIN.get(item.data_type) or draws.one_of(WORDS)[: item.length or None]


def _choice(item: ItemDef, code_list: CodeList, draws: Draws) -> str:
    codes = [term.coded_value for term in code_list.items if not term.retired] or [
        code_list.items[0].coded_value
    ]
    allowed = [code for code in codes if not _refused(item, code)] or codes
    first = draws.one_of(allowed)
    if not item.multiple:
        return first
    also = draws.one_of(allowed)
    both = draws.happens(0.15) and {first, also}.isdisjoint(item.exclusive)
    chosen = {first, also} if both else {first}
    return join_codes([code for code in codes if code in chosen])


def _refused(item: ItemDef, code: str) -> bool:
    for check in item.range_checks:
        among = code in check.check_values
        if check.comparator in (Comparator.IN, Comparator.EQ) and not among:
            return True
        if check.comparator in (Comparator.NOTIN, Comparator.NE) and among:
            return True
    return False


def _clock(draws: Draws) -> str:
    return f"{draws.whole(8, 16):02d}:{draws.whole(0, 11) * 5:02d}"


def usual_unit(item: ItemDef) -> str:
    """The unit that goes with a plausible value: that of the limits, else the first."""
    named = [check.measurement_unit_oid for check in item.range_checks if check.measurement_unit_oid]
    offered = item.measurement_unit_oids
    return next((unit for unit in named if unit in offered), offered[0] if offered else "")


def limits(item: ItemDef, *, hard: bool | None = None) -> tuple[Decimal | None, Decimal | None]:
    """The narrowest lower and upper limit a number keeps; ``hard`` looks at hard or soft limits only."""
    low: Decimal | None = None
    high: Decimal | None = None
    step = _step(item)
    for check in item.range_checks:
        if hard is not None and check.hard is not hard:
            continue
        try:
            values = [Decimal(value) for value in check.check_values]
        except InvalidOperation:
            continue
        if not values:
            continue
        bottom: Decimal | None = None
        top: Decimal | None = None
        match check.comparator:
            case Comparator.GE:
                bottom = values[0]
            case Comparator.GT:
                bottom = values[0] + step
            case Comparator.LE:
                top = values[0]
            case Comparator.LT:
                top = values[0] - step
            case Comparator.EQ | Comparator.IN:
                bottom = top = values[0]
            case _:
                continue
        low = bottom if low is None else max(low, bottom if bottom is not None else low)
        high = top if high is None else min(high, top if top is not None else high)
    return low, high


def _step(item: ItemDef) -> Decimal:
    digits = 0 if item.data_type is DataType.INTEGER else item.significant_digits
    return Decimal(1).scaleb(-(1 if digits is None else digits))


def _widest(item: ItemDef) -> Decimal:
    """The largest number that the item's length holds."""
    decimals = max(0, -int(_step(item).adjusted()))
    places = min((item.length or 3) - (decimals + 1 if decimals else 0), 3)
    return Decimal(10) ** max(places, 1) - 1


def _number(item: ItemDef, draws: Draws) -> str:
    low, high = limits(item)
    if low is None:
        low = Decimal(0) if high is None or high > 0 else high - 100
    if high is None:
        high = max(_widest(item), low + 1) if low <= _widest(item) else low * 2 + 1
    return written(item, draws.middling(float(low), float(high)), low, high)


def written(item: ItemDef, number: float, low: Decimal | None = None, high: Decimal | None = None) -> str:
    """A number in the item's decimals, kept within limits."""
    value = Decimal(repr(number)).quantize(_step(item), rounding=ROUND_HALF_EVEN)
    if low is not None:
        value = max(value, low)
    if high is not None:
        value = min(value, high)
    return format(value, "f")


def exactly(placed: PlacedItem, raw: str) -> Given:
    """A value as it is, a number in its usual unit."""
    return Given(raw, unit=usual_unit(placed.item) if raw and placed.item.data_type in NUMBERS else "")


def mishap(placed: PlacedItem, raw: str, rates: Rates, draws: Draws) -> Given:
    """What becomes of a value on its way: as it is most of the time; left out, mistyped or unusual now and then."""
    item, unit = placed.item, exactly(placed, raw).unit
    share = draws.share()
    lost = rates.forgotten if placed.ref.mandatory else rates.blank
    if share < lost:
        return Given()
    share -= lost
    if share < rates.missing and item.missing_reasons:
        return Given(missing=draws.one_of(item.missing_reasons))
    share -= rates.missing
    if 0 <= share < rates.unreadable and (wrong := _unreadable(item)):
        return Given(wrong, unit=unit)
    share -= rates.unreadable
    if 0 <= share < rates.odd and (odd := _outside(item, draws)):
        return Given(odd, unit=unit)
    return Given(raw, unit=unit)


def _unreadable(item: ItemDef) -> str:
    if item.code_list_oid:
        return ""
    if item.data_type in NUMBERS:
        return "see note"
    if item.data_type in DATES:
        return "31 FEB 2026"
    return UNREADABLE.get(item.data_type, "")


def _outside(item: ItemDef, draws: Draws) -> str:
    """A number outside the soft limits that the hard ones let pass; nothing where there is no such number."""
    if item.data_type not in NUMBERS or item.code_list_oid:
        return ""
    soft_low, soft_high = limits(item, hard=False)
    hard_low, hard_high = limits(item, hard=True)
    margin = max(abs(soft_high or soft_low or Decimal(0)) / 10, _step(item) * 2)
    options = []
    if soft_high is not None and (hard_high is None or soft_high + margin <= hard_high):
        options.append(soft_high + margin)
    floor = hard_low if hard_low is not None else Decimal(0)
    if soft_low is not None and soft_low > floor:
        options.append(max(soft_low - margin, floor))
    return written(item, float(draws.one_of(options))) if options else ""
