"""Checks of items, their limits and their code lists."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from edc_core.definitions.complete import SAS_NAME_LENGTH
from edc_core.definitions.conversions import lacks_factor
from edc_core.definitions.findings import closest
from edc_core.definitions.iso_countries import COUNTRIES
from edc_core.domain.file_value import ITEM_KINDS, MOST_MB
from edc_core.domain.metadata import NUMBERS, TEXTS, CodeList, Comparator, DataType, ItemDef, RangeCheck
from edc_core.domain.standard_value import rational
from edc_core.domain.text_language import LETTERS, letters_of, text_language
from edc_core.domain.values import parse
from edc_core.domain.widget import EARLIER_TERMS

if TYPE_CHECKING:
    from edc_core.definitions.lint import Lint

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SAS_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WITH_LENGTH = NUMBERS | TEXTS | {DataType.URI, DataType.HEX_BINARY, DataType.BASE64_BINARY}
_MANY = (Comparator.IN, Comparator.NOTIN)
_AS_TEXT = ", compared as text. Give it a type of numbers or dates"
_LOWER = (Comparator.GT, Comparator.GE)
_UPPER = (Comparator.LT, Comparator.LE)


def check_item(lint: Lint, item: ItemDef) -> None:
    """What is wrong with an item, told by itself, its code list and its units."""
    check_name(lint, "item", item.oid, item.name)
    _parts(lint, item)
    _limits(lint, item)


def check_name(lint: Lint, kind: str, oid: str, name: str) -> None:
    if _NAME.fullmatch(name):
        return
    message = f"'{name}' cannot be a name in expressions and columns: letters, digits and underscores, a letter first."
    usable = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")
    suggestion = usable if _NAME.fullmatch(usable) else ""
    lint.note(kind, oid, ("name",), "E203", message, suggestion=suggestion)


def _parts(lint: Lint, item: ItemDef) -> None:
    at = ("item", item.oid)
    if item.multiple and not item.code_list_oid:
        message = f"The item '{item.name}' allows several answers but has no code list."
        lint.note(*at, ("multiple",), "E225", message)
    code_list = lint.code_lists.get(item.code_list_oid or "")
    known = {term.coded_value for term in code_list.items} if code_list and item.multiple else set()
    if strangers := [code for code in item.exclusive if code not in known]:
        message = f"'{strangers[0]}' is none of several answers to '{item.name}', so it cannot stand alone among them."
        lint.note(*at, ("exclusive",), "E254", message)
    if item.censored and (item.data_type not in NUMBERS or item.code_list_oid or item.anchors):
        message = f"'{item.name}' is no number that is typed, so it takes no results such as <0.5."
        lint.note(*at, ("censored",), "E257", message)
    if item.widget == EARLIER_TERMS and item.sensitivity:
        message = f"'{item.name}' is {item.sensitivity}, so what was entered before is not suggested."
        lint.note(*at, ("widget",), "E258", message)
    if item.widget == EARLIER_TERMS and (item.data_type not in TEXTS or item.code_list_oid or item.file):
        message = f"'{item.name}' is no text that is typed, so it has no earlier terms."
        lint.note(*at, ("widget",), "E259", message)
    language = text_language(item)
    if language and (not letters_of(language) or item.data_type not in TEXTS or item.code_list_oid):
        message = f"'{language}' is no language of a typed text. Known are: {', '.join(LETTERS)}."
        lint.note(*at, ("alias",), "E272", message, suggestion=closest(language, LETTERS))
    _conversions(lint, item)
    _file(lint, item)
    if item.length is not None and (item.data_type not in _WITH_LENGTH or item.length < 1):
        message = f"A length of {item.length} means nothing for an item of type {item.data_type.value}."
        lint.note(*at, ("length",), "W308", message)
    if item.significant_digits is not None and (
        item.data_type not in (DataType.FLOAT, DataType.DOUBLE) or item.significant_digits < 0
    ):
        message = f"{item.significant_digits} decimal places mean nothing for type {item.data_type.value}."
        lint.note(*at, ("significant_digits",), "W308", message)
    if not item.question:
        lint.note(*at, (), "W310", f"The item '{item.name}' has no question.")


def _conversions(lint: Lint, item: ItemDef) -> None:
    at = ("item", item.oid)
    standard, *others = item.measurement_unit_oids or ("",)
    seen: set[str] = set()
    for i, conversion in enumerate(item.conversions):
        steps = ("convert", i)
        message = ""
        if (
            conversion.unit_oid not in others
            or conversion.unit_oid == standard
            or conversion.unit_oid in seen
        ):
            message = f"Each unit of '{item.name}' but its standard unit '{standard}' has one conversion; '{conversion.unit_oid}' is none, or stands twice."
        elif (rational(conversion.factor) or 0) <= 0:
            message = f"'{conversion.factor}' is no factor: a number above 0 or a ratio such as 5/9 is."
        elif rational(conversion.offset) is None:
            message = f"'{conversion.offset}' cannot be added: a number or a ratio such as -160/9 can."
        elif strange := [one for one in conversion.countries if one not in COUNTRIES]:
            message = f"'{strange[0]}' is no country code: two capitals such as KR (ISO 3166-1) are."
        if message:
            lint.note(*at, steps, "E234", message)
        seen.add(conversion.unit_oid)
    if item.standard_digits is not None and (item.standard_digits < 0 or not others):
        message = f"{item.standard_digits} decimal places of a standard value mean nothing for '{item.name}'."
        lint.note(*at, ("standard_digits",), "W308", message)
    for unit in sorted(set(others) - seen - {standard}):
        if item.data_type in NUMBERS and lacks_factor(lint.units, unit, standard):
            message = f"There is no factor from '{unit}' to '{standard}', so '{item.name}' gets no standard value. State `convert`, or UCUM codes of one kind of quantity."
            lint.note(*at, ("units",), "W313", message)


def _file(lint: Lint, item: ItemDef) -> None:
    """A file item takes kinds that are known, and has nothing that belongs to values that are typed."""
    rules, at = item.file, ("item", item.oid)
    if rules is None:
        return
    for i, kind in enumerate(rules.types):
        if kind not in ITEM_KINDS:
            message = f"'{kind}' is no kind of file that is known: {', '.join(ITEM_KINDS)}."
            lint.note(*at, ("file", "types", i), "E251", message, suggestion=closest(kind, ITEM_KINDS))
    if not rules.types or not 1 <= rules.max_mb <= MOST_MB:
        message = f"A file item takes at least one kind of file, of 1 to {MOST_MB} MB."
        lint.note(*at, ("file",), "E251", message)
    typed = {
        "codelist": item.code_list_oid, "units": item.measurement_unit_oids, "length": item.length,
        "range": any(check.comparator for check in item.range_checks),
        "type": item.data_type not in TEXTS,
    }  # fmt: skip
    for key in (key for key, given in typed.items() if given):
        lint.note(*at, (key,), "E251", f"The item '{item.name}' takes a file, so it has no '{key}'.")


def _limits(lint: Lint, item: ItemDef) -> None:
    at = ("item", item.oid)
    for i, check in enumerate(item.range_checks):
        steps = ("range_checks", i)
        if check.comparator is None:
            if not check.formal_expressions:
                lint.note(*at, steps, "E220", "This check has neither a comparator nor an expression.")
            continue
        word = check.comparator.value.lower()
        if not check.check_values or (len(check.check_values) > 1 and check.comparator not in _MANY):
            message = f"'{word}' takes {'values' if check.comparator in _MANY else 'one value'}."
            lint.note(*at, steps, "E220", message)
        for value in check.check_values:
            if not _readable(lint, item, value):
                message = f"'{value}' cannot be read as {_kind(item)} of item '{item.name}'."
                lint.note(*at, steps, "E205", message)
            elif _is_out_of_reach(item, check, value):
                message = f"No value of '{item.name}' comes to {value}, for its length is {item.length}. State a longer length, or another limit."
                lint.note(*at, steps, "W325", message)
    for oid, times in Counter(check.oid for check in item.range_checks if check.oid).items():
        if times > 1:
            message = f"The item '{item.name}' has {times} checks with the OID '{oid}'."
            lint.note(*at, ("range",), "E227", message)
    _crossed(lint, item)


def _is_out_of_reach(item: ItemDef, check: RangeCheck, text: str) -> bool:
    """Whether a limit has more digits than the item. Some count the point to a length, some don't: nobody is blamed for it."""
    if item.length is None or item.data_type not in NUMBERS or item.code_list_oid:
        return False
    most = Decimal(10) ** (item.length - (item.significant_digits or 0))
    limit = abs(Decimal(_value(item, text) or 0))
    return limit > most or (limit == most and check.comparator not in (Comparator.LT, Comparator.GT))


def _kind(item: ItemDef) -> str:
    return "an answer" if item.code_list_oid else f"the type {item.data_type.value}"


def _readable(lint: Lint, item: ItemDef, text: str) -> bool:
    code_list = lint.code_lists.get(item.code_list_oid or "")
    if code_list is None:
        return _value(item, text) is not None
    exact = replace(item, significant_digits=None, multiple=False, censored=False)
    parsed = parse(exact, code_list, text)
    return parsed.reading == "ok" and parsed.value is not None


def _value(item: ItemDef, text: str) -> str | None:
    """What a limit says, as exact as it is stated."""
    return parse(item, None, text).value if item.file else _value_of(item.data_type, text)


@lru_cache(maxsize=4096)
def _value_of(data_type: DataType, text: str) -> str | None:
    """The same of any item of a type: a study states few limits again and again."""
    return parse(ItemDef("", "", data_type), None, text).value


def _crossed(lint: Lint, item: ItemDef) -> None:
    """A lower limit above an upper one of the same severity refuses or queries every value."""

    def limits(comparators: tuple[Comparator, ...]) -> list[tuple[int, RangeCheck, Decimal | str]]:
        return [
            (i, check, Decimal(value) if item.data_type in NUMBERS else value)
            for i, check in enumerate(item.range_checks)
            if check.comparator in comparators and len(check.check_values) == 1
            if (value := _value(item, check.check_values[0])) is not None
        ]

    for i, low, low_value in limits(_LOWER):
        for _, high, high_value in limits(_UPPER):
            same = low.hard == high.hard and low.measurement_unit_oid == high.measurement_unit_oid
            if same and type(low_value) is type(high_value) and low_value > high_value:  # type: ignore[operator]
                crossed = f"limit {low.check_values[0]} is above the upper limit {high.check_values[0]}"
                as_text = _AS_TEXT if item.data_type in TEXTS else ""
                message = f"The lower {crossed} for item '{item.name}'{as_text}."
                lint.note("item", item.oid, ("range_checks", i), "E204", message)


def check_terms(lint: Lint, code_list: CodeList) -> None:
    at = ("codelist", code_list.oid)
    typed = ItemDef(oid="", name="", data_type=code_list.data_type)
    for i, term in enumerate(code_list.items):
        parsed = parse(typed, None, term.coded_value)
        if parsed.reading != "ok":
            message = f"The code '{term.coded_value}' cannot be read as {code_list.data_type.value}."
            lint.note(*at, ("terms", i), "E223", message)
    for code, times in Counter(term.coded_value for term in code_list.items).items():
        if times > 1:
            message = f"The code '{code}' stands {times} times in '{code_list.oid}'."
            lint.note(*at, ("terms",), "E221", message)


def check_sas_names(lint: Lint) -> None:
    for kind, oid, name in (
        *(("item", d.oid, d.sas_name) for d in lint.version.items),
        *(("group", d.oid, d.sas_name) for d in lint.version.item_groups),
    ):
        if name and (len(name) > SAS_NAME_LENGTH or not _SAS_NAME.fullmatch(name)):
            message = f"'{name}' is no SAS name: at most 8 letters, digits and underscores, no digit first."
            lint.note(kind, oid, ("sas_name",), "E212", message, suggestion=_shorter(name))
    owners: dict[tuple[str, str], str] = {}
    for group in lint.version.item_groups:
        key = ("", group.sas_name.upper())
        if group.sas_name and owners.setdefault(key, group.oid) != group.oid:
            message = f"The sas_name '{group.sas_name}' is taken by the item group '{owners[key]}'."
            lint.note("group", group.oid, ("sas_name",), "E213", message)
    for item in lint.version.items:
        for form in lint.homes.get(item.oid, ()) if item.sas_name else ():
            key = (form, item.sas_name.upper())
            if owners.setdefault(key, item.oid) != item.oid:
                message = (
                    f"The sas_name '{item.sas_name}' is taken by the item '{owners[key]}' of the same form."
                )
                lint.note("item", item.oid, ("sas_name",), "E213", message)


def _shorter(name: str) -> str:
    usable = re.sub(r"[^A-Za-z0-9_]", "", name)[:SAS_NAME_LENGTH]
    return usable if _SAS_NAME.fullmatch(usable) else ""
