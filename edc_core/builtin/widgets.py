"""The default controls: what an item gets when its definition names none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import (
    DATES,
    DATETIMES,
    EARLIER_TERMS,
    NUMBERS,
    TEXTS,
    TIMES,
    CodeList,
    DataType,
    ItemDef,
    ItemWidget,
)

if TYPE_CHECKING:
    from collections.abc import Callable

FEW_TERMS = 7  #: up to here all answers are shown at once; one look is quicker than opening a list
MANY_TERMS = 50  #: beyond, a page does not hold the answers; the server finds them while one types
LINES = ("vas", "vas_unread")  #: a visual analogue scale, with its number beside it or without
LONG_TEXT = 200  #: characters beyond which a box of several lines is offered

_YES_NO = ({"Y", "N"}, {"YES", "NO"})


def _offered(code_list: CodeList | None) -> int:
    """How many terms there are to choose from; none for a dictionary that stands elsewhere."""
    if code_list is None or code_list.external is not None:
        return 0
    return sum(1 for term in code_list.items if not term.retired)


def _is_any(item: ItemDef, code_list: CodeList | None) -> bool:
    return not _is_coded(item, code_list)


def _is_coded(item: ItemDef, code_list: CodeList | None) -> bool:
    return _offered(code_list) > 0


def _is_one_of(item: ItemDef, code_list: CodeList | None) -> bool:
    return _is_coded(item, code_list) and not item.multiple


def _is_one_of_few(item: ItemDef, code_list: CodeList | None) -> bool:
    return _is_one_of(item, code_list) and _offered(code_list) <= FEW_TERMS


def _is_one_of_many(item: ItemDef, code_list: CodeList | None) -> bool:
    return _is_one_of(item, code_list) and (item.widget == "combobox" or _offered(code_list) > MANY_TERMS)


def _are_several_of(item: ItemDef, code_list: CodeList | None) -> bool:
    return _is_coded(item, code_list) and item.multiple


def _is_yes_no(item: ItemDef, code_list: CodeList | None) -> bool:
    if item.data_type is DataType.BOOLEAN:
        return code_list is None
    if code_list is None or not _is_one_of(item, code_list):
        return False
    return {term.coded_value.upper() for term in code_list.items if not term.retired} in _YES_NO


def _is_file(item: ItemDef, code_list: CodeList | None) -> bool:
    return item.file is not None and _is_any(item, code_list)


def _is_long_text(item: ItemDef, code_list: CodeList | None) -> bool:
    return _typed(TEXTS)(item, code_list) and (item.length or 0) > LONG_TEXT


def _suggests(item: ItemDef, code_list: CodeList | None) -> bool:
    return item.widget == EARLIER_TERMS and _typed(TEXTS)(item, code_list) and item.file is None


def _typed(types: frozenset[DataType]) -> Callable[[ItemDef, CodeList | None], bool]:
    return lambda item, code_list: _is_any(item, code_list) and item.data_type in types


def _is_line(item: ItemDef, code_list: CodeList | None) -> bool:
    return item.widget in LINES and item.data_type is DataType.INTEGER and _is_any(item, code_list)


# Plain text takes whatever has no control of its own, so every item can be entered. The other priorities only settle
# who wins where two accept an item: yes/no before radio buttons before a list.
WIDGETS = (
    ItemWidget("text", "items/text.html", _is_any, priority=0),
    ItemWidget(EARLIER_TERMS, "items/earlier_terms.html", _suggests, priority=20),
    ItemWidget("textarea", "items/textarea.html", _is_long_text, priority=10),
    ItemWidget("number", "items/number.html", _typed(NUMBERS), priority=10),
    ItemWidget("date", "items/date.html", _typed(DATES), priority=10),
    ItemWidget("time", "items/time.html", _typed(TIMES), priority=10),
    ItemWidget("datetime", "items/datetime.html", _typed(DATETIMES), priority=10),
    ItemWidget("file", "items/file.html", _is_file, priority=40),
    ItemWidget("vas", "items/vas.html", _is_line, priority=20),
    ItemWidget("vas_unread", "items/vas.html", _is_line, priority=20, macro="unread"),
    ItemWidget("select", "items/select.html", _is_one_of, priority=10),
    ItemWidget("combobox", "items/combobox.html", _is_one_of_many, priority=20),
    ItemWidget("radios", "items/radios.html", _is_one_of_few, priority=20),
    ItemWidget("checkboxes", "items/checkboxes.html", _are_several_of, priority=20),
    ItemWidget("yes_no", "items/yes_no.html", _is_yes_no, priority=30),
)
