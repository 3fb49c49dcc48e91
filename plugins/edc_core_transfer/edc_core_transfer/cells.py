"""The text of a cell becomes what an item takes: codes, numbers, dates, missing reasons, units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from edc_core.api import parse
from edc_core_transfer.problems import Rejected

if TYPE_CHECKING:
    from edc_core.api import ItemDef, MetaDataIndex
    from edc_core_transfer.column_map import Column, Reading

_NUMBERS = ("integer", "float")
_WRITTEN = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime": "%Y-%m-%dT%H:%M"}


@dataclass(frozen=True, slots=True)
class Stated:
    """What a row says of an item: its canonical text, or a missing reason."""

    text: str
    missing: str = ""
    unit: str = ""


def word(column: Column, text: str, code: str, what: str) -> str:
    """The study's word for a text of the file; with ``codes`` there is one for every text, or the row is rejected."""
    if not column.codes:
        return text
    if text not in column.codes:
        raise Rejected(
            code, f"The map has no code for the {what} in column '{column.column}'. Add it under 'codes'."
        )
    return column.codes[text]


def stated(
    index: MetaDataIndex, item: ItemDef, reading: Reading, column: str, text: str, *, unit: str, decimal: str
) -> Stated:
    """Read a cell that is not empty.

    :param unit: text of the unit's cell. :param decimal: the file's decimal sign.
    :raises Rejected: TRF112, TRF113 or TRF114; the text itself is not repeated.
    """
    if text in reading.missing:
        return Stated("", reading.missing[text])
    if reading.codes:
        if text not in reading.codes:
            raise Rejected(
                "TRF112", f"The map has no code for the text in column '{column}'. Add it under 'codes'."
            )
        text = reading.codes[text]
    elif reading.dates:
        text = _moment(item, reading.dates, column, text)
    elif item.data_type.value in _NUMBERS:
        if ("," if decimal == "." else ".") in text:
            other = "comma" if decimal == "." else "point"
            raise Rejected(
                "TRF114",
                f"The number in column '{column}' holds a {other}, and the map says 'decimal: \"{decimal}\"'.",
            )
        text = text.replace(",", ".")
    parsed = parse(item, index.code_lists.get(item.code_list_oid or ""), text)
    if parsed.reading != "ok" or parsed.value is None:
        kind = "one of the answers" if item.code_list_oid else f"of type {item.data_type.value}"
        raise Rejected("TRF114", f"The text in column '{column}' is not {kind}, as '{item.name}' asks.")
    return Stated(parsed.value, "", _unit(index, item, reading, unit))


def _moment(item: ItemDef, dates: str, column: str, text: str) -> str:
    try:
        return datetime.strptime(text, dates).strftime(_WRITTEN.get(item.data_type.value, "%Y-%m-%d"))  # noqa: DTZ007
    except ValueError as error:
        raise Rejected("TRF114", f"The text in column '{column}' is not written as '{dates}'.") from error


def _unit(index: MetaDataIndex, item: ItemDef, reading: Reading, text: str) -> str:
    known = item.measurement_unit_oids
    if not known:
        return ""
    if not text:
        if len(known) == 1 and not reading.unit:
            return known[0]
        raise Rejected(
            "TRF113",
            f"'{item.name}' takes {', '.join(known)}; the row states no unit. Name the column that has it under 'unit'.",
        )
    if text in reading.units:
        return reading.units[text]
    for oid in known:
        unit = index.units.get(oid)
        if text == oid or (unit and text in (unit.name, unit.symbol.in_language("en"))):
            return oid
    raise Rejected(
        "TRF113",
        f"'{item.name}' takes {', '.join(known)}; the row states another unit. Map it under 'units' if it is the same.",
    )
