"""From what a person typed to canonical text, or to a mark that it cannot be read.

Canonical text (decision "Values"): decimal without exponent, ISO 8601 dates (right-truncated when partial),
the code of a code list, ``true`` or ``false``. Nothing is refused here: what cannot be read is kept as typed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Literal

from edc_core.domain.censored import split_sign
from edc_core.domain.file_value import FileValue
from edc_core.domain.metadata import DATES, DataType
from edc_core.domain.partial_date import MONTHS, PartialDate
from edc_core.domain.said import said
from edc_core.domain.translated_text import TranslatedText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from edc_core.domain.metadata import CodeList, ItemDef

MAX_RAW_LENGTH = 100_000  #: characters of one value; a longer one is refused before it is parsed
UNKNOWN_PART = re.compile(r"^(UN|UNK|NK|\?\?|--)$", re.IGNORECASE)

_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})T(\d{2}(?::\d{2}(?::\d{2})?)?)(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII
)  #: a whole date with a time, as far as it is known
Reading = Literal["ok", "unreadable"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """The reading of one raw value.

    :param value: canonical text; ``None`` when blank or unreadable.
    :param hint: why it could not be read, or what is expected, in each language of ``said``; empty when it could.
    """

    value: str | None
    reading: Reading = "ok"
    hint: TranslatedText = TranslatedText()


def _unreadable(hint: str, **facts: str | int | TranslatedText) -> Parsed:
    return Parsed(None, "unreadable", said(f"hint {hint}", **facts))


def parse(item: ItemDef, code_list: CodeList | None, raw: str, *, today: date | None = None) -> Parsed:
    """Read a raw value as its item's type.

    :param today: the site's calendar day, for the shorthands ``t`` and ``t-1``; without it they are unreadable.
    """
    text = unicodedata.normalize("NFC", raw).strip()
    if not text:
        return Parsed(None)
    if code_list is not None and code_list.items and code_list.external is None:
        codes = (term.coded_value for term in code_list.items)
        return _codes(text, tuple(codes)) if item.multiple else _code(text, codes)
    if item.file is not None:
        return _file(text)
    reader = _READERS.get(item.data_type)
    if reader is None:
        return Parsed(text)
    sign, number = split_sign(item, text)
    parsed = reader(item, number, today)
    return replace(parsed, value=sign + parsed.value) if sign and parsed.value is not None else parsed


def split_codes(value: str) -> list[str]:
    """The codes of a multiple-choice value; ``;`` and ``%`` inside a code are percent-encoded."""
    return [code.replace("%3B", ";").replace("%25", "%") for code in value.split(";")] if value else []


def join_codes(codes: Sequence[str]) -> str:
    return ";".join(code.replace("%", "%25").replace(";", "%3B") for code in codes)


def _code(text: str, codes: Iterable[str]) -> Parsed:
    if text in codes:
        return Parsed(text)
    return _unreadable("code")


def _codes(text: str, codes: Sequence[str]) -> Parsed:
    given = split_codes(text)
    if all(code in codes for code in given):
        return Parsed(join_codes([code for code in codes if code in given]))
    return _unreadable("codes")


def _file(text: str) -> Parsed:
    try:
        return Parsed(str(FileValue.parse(text)))
    except ValueError:
        return _unreadable("file")


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def _number(text: str) -> Decimal | None:
    folded = unicodedata.normalize("NFKC", text).replace(" ", "").replace("\u2212", "-")
    if folded.count(",") == 1 and "." not in folded:
        folded = folded.replace(",", ".")
    if not _NUMBER.fullmatch(folded):
        return None
    try:
        return Decimal(folded)
    except InvalidOperation:
        return None


def _no_number(item: ItemDef, text: str, hint: str) -> Parsed:
    signed = unicodedata.normalize("NFKC", text).startswith(("<", ">", "\u2264", "\u2265"))
    return _unreadable(hint + (" or beyond" if item.censored else " without sign" if signed else ""))


def _integer(item: ItemDef, text: str, today: date | None) -> Parsed:
    del today
    number = _number(text)
    if number is None or number != number.to_integral_value():
        return _no_number(item, text, "integer")
    return Parsed(str(int(number)))


def _float(item: ItemDef, text: str, today: date | None) -> Parsed:
    del today
    number = _number(text)
    if number is None:
        return _no_number(item, text, "number")
    plain = format(number, "f")
    if item.significant_digits is not None:
        decimals = len(plain.partition(".")[2])
        if decimals > item.significant_digits and number != round(number, item.significant_digits):
            return _unreadable("places", places=item.significant_digits)
        plain = format(round(number, item.significant_digits), "f")
    return Parsed(plain.lstrip("+"))


def _boolean(item: ItemDef, text: str, today: date | None) -> Parsed:
    del item, today
    folded = text.casefold()
    if folded in ("true", "yes", "y", "1"):
        return Parsed("true")
    if folded in ("false", "no", "n", "0"):
        return Parsed("false")
    return _unreadable("boolean")


def _date_parts(text: str, today: date | None) -> PartialDate | Parsed:
    """A date with perhaps unknown parts, or why there is none."""
    folded = unicodedata.normalize("NFKC", text).upper().strip()
    if match := re.fullmatch(r"T(?:([+-])(\d{1,3}))?", folded):
        if today is None:
            return _unreadable("date")
        days = int(match[2] or 0) * (-1 if match[1] == "-" else 1)
        day = today + timedelta(days=days)
        return PartialDate(day.year, day.month, day.day)
    if re.fullmatch(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}", folded):
        return _slashed(folded)
    try:
        if match := re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", folded):
            return PartialDate.parse(folded)
        if match := re.fullmatch(r"(\d{2})(\d{2})(\d{4})", folded):
            return _checked(int(match[3]), int(match[2]), int(match[1]))
        if match := re.fullmatch(r"(\d{1,2}|UNK?|NK|\?\?)[\s/-]*([A-Z]{3}|UN|NK|\?\?)[\s/-]*(\d{4})", folded):
            return _named(match[1], match[2], int(match[3]))
        if match := re.fullmatch(r"([A-Z]{3})[\s/-]*(\d{4})", folded):
            return _named("UN", match[1], int(match[2]))
    except (ValueError, KeyError):
        return _not_in_calendar()
    return _unreadable("date")


def _slashed(text: str) -> PartialDate | Parsed:
    first, second, year = (int(part) for part in re.split(r"[/.]", text))
    if year < 100:
        year += 2000
    readings = []
    for day, month in {(first, second), (second, first)}:
        try:
            readings.append(_checked(year, month, day))
        except ValueError:
            continue
    if len(readings) == 1:
        return readings[0]
    if not readings:
        return _not_in_calendar()
    one, other = sorted(reading.display() for reading in readings)
    return _unreadable("either", one=one, other=other)


def _not_in_calendar() -> Parsed:
    return _unreadable("calendar", expected=said("hint date"))


def _checked(year: int, month: int, day: int) -> PartialDate:
    return PartialDate.parse(f"{year:04d}-{month:02d}-{day:02d}")


def _named(day: str, month: str, year: int) -> PartialDate:
    if UNKNOWN_PART.match(month):
        if not UNKNOWN_PART.match(day):
            raise ValueError(month)  # a known day of an unknown month cannot be truncated from the right
        return PartialDate(year)
    if month not in MONTHS:
        raise ValueError(month)
    number = MONTHS.index(month) + 1
    if UNKNOWN_PART.match(day):
        return PartialDate(year, number)
    return _checked(year, number, int(day))


def _date(item: ItemDef, text: str, today: date | None) -> Parsed:
    parsed = _date_parts(text, today)
    if isinstance(parsed, Parsed):
        return parsed
    if not parsed.is_complete and item.data_type is DataType.DATE:
        return _unreadable("whole date")
    return Parsed(str(parsed))


def _clock(text: str) -> str | None:
    folded = unicodedata.normalize("NFKC", text).strip()
    match = re.fullmatch(r"(\d{1,2}):?(\d{2})(?::?(\d{2}))?", folded, re.ASCII)
    if not match:
        return None
    try:
        value = time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        return None
    return value.strftime("%H:%M:%S" if match[3] else "%H:%M")


def _time(item: ItemDef, text: str, today: date | None) -> Parsed:
    del item, today
    value = _clock(text)
    if value is None:
        return _unreadable("time")
    return Parsed(value)


def _partial_clock(text: str) -> str | None:
    """``09:15``, ``09`` of ``9:UN``, nothing of ``UN:UN``; ``None`` for what is no time."""
    folded = unicodedata.normalize("NFKC", text).strip()
    hour, _, minute = folded.partition(":")
    if UNKNOWN_PART.match(hour):
        return "" if not minute or UNKNOWN_PART.match(minute) else None
    if re.fullmatch(r"\d{1,2}", hour, re.ASCII) and (not minute or UNKNOWN_PART.match(minute)):
        return f"{int(hour):02}" if int(hour) < 24 else None
    return _clock(folded)


def _partial_time(item: ItemDef, text: str, today: date | None) -> Parsed:
    del item, today
    value = _partial_clock(text)
    if value is None:
        return _unreadable("partial time")
    if not value:
        return _unreadable("no time")
    return Parsed(value)


def _partial_datetime(item: ItemDef, text: str, today: date | None) -> Parsed:
    """A date of which parts may be unknown, and the time of a whole one as far as it is known."""
    del item
    return _moment(text, today, "partial datetime")


def _datetime(item: ItemDef, text: str, today: date | None) -> Parsed:
    del item
    read = _moment(text, today, "datetime")
    return read if read.value is None or ":" in read.value.partition("T")[2] else _unreadable("datetime")


def _moment(text: str, today: date | None, expected: str) -> Parsed:
    """:param expected: names the hint on a text that is no such thing."""
    iso = _ISO.fullmatch(text)
    day: PartialDate | Parsed | None = _date_parts(iso[1] if iso else text, today)
    clock: str | None = _partial_clock(iso[2]) if iso else ""
    if isinstance(day, Parsed) and not iso:
        day_text, _, clock_text = text.rpartition(" ")
        day = _date_parts(day_text, today) if day_text else None
        clock = _partial_clock(clock_text)
    if isinstance(day, PartialDate) and clock is not None and (not clock or day.is_complete):
        if iso:
            return Parsed(text)  # an offset that came with the value stays with it
        return Parsed(f"{day}T{clock}" if clock else str(day))
    return day if isinstance(day, Parsed) and clock is not None else _unreadable(expected)


_READERS: dict[DataType, Callable[[ItemDef, str, date | None], Parsed]] = {
    DataType.INTEGER: _integer,
    DataType.FLOAT: _float,
    DataType.DOUBLE: _float,
    DataType.BOOLEAN: _boolean,
    DataType.DATE: _date,
    DataType.PARTIAL_DATE: _date,
    DataType.INCOMPLETE_DATE: _date,
    DataType.TIME: _time,
    DataType.DATETIME: _datetime,
    DataType.PARTIAL_TIME: _partial_time,
    DataType.PARTIAL_DATETIME: _partial_datetime,
}


def display(item: ItemDef, decodes: dict[str, str] | None, value: str | None) -> str:
    """A canonical value as people read it: dates with month letters, codes by their decode."""
    if value is None:
        return ""
    if decodes is not None:
        codes = split_codes(value) if item.multiple else [value]
        return ", ".join(decodes.get(code, code) for code in codes)
    if item.file is not None:
        return FileValue.parse(value).display()
    if item.data_type in DATES:
        try:
            return PartialDate.parse(value).display()
        except (ValueError, TypeError):
            return value
    if item.data_type is DataType.DATETIME and "T" in value:
        date_text, _, clock = value.partition("T")
        return f"{PartialDate.parse(date_text).display()} {clock}"
    if item.data_type is DataType.PARTIAL_TIME:
        return _clock_words(value)
    if item.data_type is DataType.PARTIAL_DATETIME:
        try:
            day = PartialDate.parse(value)
        except ValueError:
            return value
        return (
            f"{day.display()} {_clock_words(value.partition('T')[2])}" if day.is_complete else day.display()
        )
    if item.data_type is DataType.BOOLEAN:
        return {"true": "Yes", "false": "No"}.get(value, value)
    return value


def _clock_words(clock: str) -> str:
    """A time as people read it: ``09:UN`` where the minutes are not known, ``UN:UN`` where nothing is."""
    return f"{clock or 'UN'}:UN" if re.fullmatch(r"(?:\d{2})?", clock) else clock
