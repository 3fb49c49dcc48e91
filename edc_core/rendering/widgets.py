"""What a definition says about an item's control: its answers, its width, its keyboard on touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain import value_words
from edc_core.domain.metadata import DATES, DATETIMES, NUMBERS, TEXTS, TIMES, CodeList, DataType, ItemDef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.widget import ItemWidget

#: As they stand by themselves.
MISSING_WORDS: Mapping[str, str] = {
    code: words.capitalize() for code, words in value_words.MISSING_WORDS.items()
}


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose. ``retired`` ones are shown only where they were given before; an ``alone`` one unticks the others."""

    value: str
    text: str
    retired: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """What the definition says about one item's control.

    :param widget: name of the widget that draws it.
    :param width: a width class of the style sheet.
    :param longest: characters that a text has by its declaration.
    :param grouped: several inputs share the question, so it labels a group instead of one box.
    """

    widget: str
    options: tuple[Option, ...] = ()
    width: str = "w100"
    mode: str = "text"
    longest: int | None = None

    @property
    def grouped(self) -> bool:
        return self.widget in ("radios", "yes_no", "checkboxes")


def missing_word(code: str) -> str:
    return MISSING_WORDS.get(code, code)


def control(item: ItemDef, code_list: CodeList | None, language: str, widget: ItemWidget) -> Control:
    """The control of an item, to be drawn by a widget."""
    return Control(
        widget.name,
        () if widget.name == "combobox" else _options(item, code_list, language) or _boolean(item),
        _width(item),
        _mode(item),
        item.length if item.data_type in TEXTS else None,
    )


def _mode(item: ItemDef) -> str:
    """The keyboard on touch; that of numbers has no < and >."""
    if item.data_type not in NUMBERS or item.censored:
        return "text"
    return "numeric" if item.data_type is DataType.INTEGER else "decimal"


def _options(item: ItemDef, code_list: CodeList | None, language: str) -> tuple[Option, ...]:
    if code_list is None or code_list.external is not None:
        return ()
    return tuple(
        Option(
            term.coded_value,
            (term.decode.in_language(language) if term.decode else "") or term.coded_value,
            term.retired,
            term.coded_value in item.exclusive,
        )
        for term in code_list.items
    )


def _boolean(item: ItemDef) -> tuple[Option, ...]:
    if item.data_type is not DataType.BOOLEAN:
        return ()
    return (Option("true", "Yes"), Option("false", "No"))


def _width(item: ItemDef) -> str:
    kind = item.data_type
    if kind in DATES:
        return "w8"
    if kind in DATETIMES:
        return "w12"
    if kind in TIMES:
        return "w4"
    if kind in NUMBERS:
        return "w4" if (item.length or 0) <= 6 else "w8"
    return "w8" if item.length and item.length <= 10 else "w100"
