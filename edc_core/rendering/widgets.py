"""Which control asks for which kind of answer. A plugin's widget is one more entry with a template of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.metadata import CodeList, DataType, ItemDef

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_RADIOS = 7  #: more answers than digits are quickly read become a list to choose from
LONG_TEXT = 200
_DATES = frozenset({DataType.DATE, DataType.PARTIAL_DATE, DataType.INCOMPLETE_DATE})
_TIMES = frozenset({DataType.TIME, DataType.PARTIAL_TIME, DataType.INCOMPLETE_TIME})
_DATETIMES = frozenset({DataType.DATETIME, DataType.PARTIAL_DATETIME, DataType.INCOMPLETE_DATETIME})
_NUMBERS = frozenset({DataType.INTEGER, DataType.FLOAT, DataType.DOUBLE})

MISSING_WORDS: Mapping[str, str] = {
    "ND": "Not done",
    "NA": "Not applicable",
    "UNK": "Unknown",
    "NASK": "Not asked",
    "NAV": "Not available",
    "REF": "Refused by subject",
    "LOST": "Lost",
    "OTH": "Other reason",
}


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose. ``retired`` ones are shown only where they were given before."""

    value: str
    text: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """What the definition says about one item's control.

    :param widget: the template below ``items/`` that draws it.
    :param width: a width class of the style sheet.
    :param grouped: several inputs share the question, so it labels a group instead of one box.
    """

    widget: str
    options: tuple[Option, ...] = ()
    width: str = "w100"
    mode: str = "text"

    @property
    def grouped(self) -> bool:
        return self.widget in ("radios", "yes_no", "checkboxes")


def missing_word(code: str) -> str:
    return MISSING_WORDS.get(code, code)


def control(item: ItemDef, code_list: CodeList | None, language: str) -> Control:
    """The control for an item: what its definition asks for, else what fits its data type."""
    options = _options(code_list, language)
    return Control(
        item.widget if item.widget in WIDGETS else _widget(item, options),
        options or _boolean(item),
        _width(item),
        "numeric"
        if item.data_type is DataType.INTEGER
        else "decimal"
        if item.data_type in _NUMBERS
        else "text",
    )


def _options(code_list: CodeList | None, language: str) -> tuple[Option, ...]:
    if code_list is None or code_list.external is not None:
        return ()
    return tuple(
        Option(
            term.coded_value,
            (term.decode.in_language(language) if term.decode else "") or term.coded_value,
            term.retired,
        )
        for term in code_list.items
    )


def _boolean(item: ItemDef) -> tuple[Option, ...]:
    if item.data_type is not DataType.BOOLEAN:
        return ()
    return (Option("true", "Yes"), Option("false", "No"))


def _widget(item: ItemDef, options: tuple[Option, ...]) -> str:
    current = [option for option in options if not option.retired]
    if options and item.multiple:
        return "checkboxes"
    if {option.value.upper() for option in current} in ({"Y", "N"}, {"YES", "NO"}):
        return "yes_no"
    if options:
        return "radios" if len(current) <= MAX_RADIOS else "select"
    return _plain(item)


def _plain(item: ItemDef) -> str:
    kind = item.data_type
    if kind is DataType.BOOLEAN:
        return "yes_no"
    if kind in _NUMBERS:
        return "number"
    for types, widget in ((_DATES, "date"), (_TIMES, "time"), (_DATETIMES, "datetime")):
        if kind in types:
            return widget
    return "textarea" if (item.length or 0) > LONG_TEXT else "text"


def _width(item: ItemDef) -> str:
    kind = item.data_type
    if kind in _DATES:
        return "w8"
    if kind in _DATETIMES:
        return "w12"
    if kind in _TIMES:
        return "w4"
    if kind in _NUMBERS:
        return "w4" if (item.length or 0) <= 6 else "w8"
    return "w8" if item.length and item.length <= 10 else "w100"


WIDGETS = frozenset(
    {"text", "textarea", "number", "date", "time", "datetime", "yes_no", "radios", "select", "checkboxes"}
)
