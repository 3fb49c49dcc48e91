"""What a person types a value with: the control of an item and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    MISSING_WORDS,
    DataType,
    TranslatedText,
    display,
    join_codes,
    parse,
    split_codes,
    units_elsewhere,
)

if TYPE_CHECKING:
    from edc_core.api import ItemDef, MetaDataIndex, PageRequest
    from edc_core_double_entry.comparing import Given

MOST_RADIOS, MOST_OPTIONS, LONG = 6, 500, 100
YES_NO = (("true", "Yes"), ("false", "No"))
REASONS = {code: words.capitalize() for code, words in MISSING_WORDS.items()}  #: as they stand by themselves


@dataclass(frozen=True, slots=True)
class Control:
    """:param kind: ``radios``, ``checkboxes``, ``select``, ``textarea`` or ``text``.

    :param options: (value, text, whether it stands there). :param units: likewise; empty where there is no choice.
    :param unit: symbol of the only unit. :param missing: reason code that stands there; ``reasons`` are offered, (code, in words).
    """

    question: str
    help: str
    kind: str
    value: str
    options: tuple[tuple[str, str, bool], ...]
    units: tuple[tuple[str, str, bool], ...]
    unit: str
    missing: str
    missing_word: str
    reasons: tuple[tuple[str, str], ...]


def control(index: MetaDataIndex, item: ItemDef, given: Given, language: str, country: str) -> Control:
    """The control of an item with a value in it, at a site of a country."""
    code_list = index.code_lists.get(item.code_list_oid or "")
    offered = [
        (one.coded_value, _text(one.decode, language) or one.coded_value)
        for one in (code_list.items if code_list else ())
        if not one.retired or one.coded_value == given.value
    ]
    if item.data_type is DataType.BOOLEAN:
        offered = list(YES_NO)
    value = given.value if given.value is not None else given.raw
    chosen = set(split_codes(value)) if item.multiple else {value}
    several, away = len(item.measurement_unit_oids) > 1, units_elsewhere(item, country) - {given.unit}
    units = [(oid, _symbol(index, oid, language)) for oid in item.measurement_unit_oids if oid not in away]
    unit = given.unit or (units[0][0] if units else "")
    return Control(
        _text(item.question, language) or item.name,
        _text(item.help, language),
        _kind(item, len(offered)),
        value,
        tuple((code, text, code in chosen) for code, text in offered),
        tuple((oid, symbol, oid == unit) for oid, symbol in units) if several else (),
        units[0][1] if units and not several else "",
        given.missing,
        REASONS.get(given.missing, given.missing),
        tuple((code, REASONS.get(code, code)) for code in item.missing_reasons),
    )


def _kind(item: ItemDef, options: int) -> str:
    if options > MOST_OPTIONS:
        return "text"
    if options:
        return "checkboxes" if item.multiple else "radios" if options <= MOST_RADIOS else "select"
    return "textarea" if item.data_type is DataType.TEXT and (item.length or 0) > LONG else "text"


def _text(text: TranslatedText | None, language: str) -> str:
    return text.in_language(language) if text else ""


def _symbol(index: MetaDataIndex, oid: str, language: str) -> str:
    unit = index.units.get(oid)
    return (_text(unit.symbol, language) or unit.name) if unit else oid


def shown(index: MetaDataIndex, item: ItemDef, given: Given, language: str) -> str:
    """A value as people read it; empty where there is none."""
    if given.missing:
        return REASONS.get(given.missing, given.missing)
    if given.value is None:
        return f"{given.raw} (it cannot be read)" if given.raw else ""
    terms = index.code_lists.get(item.code_list_oid or "")
    decodes = (
        {one.coded_value: _text(one.decode, language) or one.coded_value for one in terms.items}
        if terms
        else None
    )
    unit = given.unit or next(iter(item.measurement_unit_oids), "")
    words = display(item, decodes or None, given.value)
    return f"{words} {_symbol(index, unit, language)}" if unit else words


def sent(asked: PageRequest, index: MetaDataIndex, item: ItemDef) -> tuple[dict[str, str | None], str]:
    """What was typed, as its note keeps it, and why it could not be read (empty where it could).

    Shapes as in ``item.set``: ``raw``, ``value``, ``missing``, ``unit``, ``parsed``.
    """
    missing = asked.text("missing", longest=20)
    values = asked.texts("value")
    raw = "" if missing else join_codes(values) if len(values) > 1 else next(iter(values), "")
    if missing and missing not in item.missing_reasons:
        missing = ""
    read = parse(item, index.code_lists.get(item.code_list_oid or ""), raw)
    unit = asked.text("unit") if raw and not missing else ""
    if unit not in item.measurement_unit_oids:
        unit = ""
    return {
        "raw": raw,
        "value": read.value,
        "missing": missing,
        "unit": unit,
        "parsed": read.reading,
    }, read.hint
