"""ItemDef, CodeList and MeasurementUnit from ODM."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from edc_core.api import (
    CodeList,
    CodeListItem,
    Comparator,
    DataType,
    ExternalCodeList,
    ExternalQuestion,
    FileRules,
    ItemDef,
    MeasurementUnit,
    RangeCheck,
    TranslatedText,
    UnitConversion,
)
from edc_core_odm.check_marks import restored
from edc_core_odm.own_marks import text_from_json
from edc_core_odm.read_definitions import Own, Source, content, json_list, strings
from edc_core_odm.safe_xml import Element, line_of

T = TypeVar("T")
NO_TEXT = TranslatedText()


def item(source: Source, element: Element) -> ItemDef | None:
    given = source.attributes(
        element,
        "OID",
        "Name",
        "DataType",
        "Length",
        "SignificantDigits",
        "SASFieldName",
        "SDSVarName",
        "Origin",
        "Comment",
    )
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    aliases, own = source.aliases(element)
    name = given.get("Name", "")
    for part in element:
        if source.name(part) not in _ITEM_PARTS:
            source.unexpected(part, element)
    for role in source.all(element, "Role"):
        source.log.add("ODM018", line_of(role), "Role of an item.")
    listed = source.all(element, "CodeListRef")
    return ItemDef(
        oid=oid,
        name=own.text("name", ""),
        odm_name=name,
        data_type=source.one_of(DataType, given, "DataType", element, default=DataType.TEXT),
        length=source.whole(given, "Length", element),
        significant_digits=source.whole(given, "SignificantDigits", element),
        sas_name=own.text("sas_name", given.get("SASFieldName", "")),
        sds_var_name=own.text("sds_var_name", given.get("SDSVarName", "")),
        odm_origin=own.text(
            "odm_origin", "" if given.get("Origin") == own.text("origin", "") else given.get("Origin", "")
        ),
        odm_comment=given.get("Comment", ""),
        question=source.described(element, "Question"),
        description=source.described(element),
        help=own.json("help", text_from_json, NO_TEXT),
        code_list_oid=own.text("code_list", _ref(source, listed[0], "CodeListOID") if listed else "") or None,
        multiple=own.flag("multiple"),
        exclusive=own.json("exclusive", strings, ()),
        censored=own.flag("censored"),
        measurement_unit_oids=own.json(
            "units",
            strings,
            tuple(
                dict.fromkeys(
                    _ref(source, e, "MeasurementUnitOID") for e in source.all(element, "MeasurementUnitRef")
                )
            ),
        ),
        range_checks=_range_checks(source, element, own),
        missing_reasons=own.json("missing_reasons", strings, _MISSING_REASONS),
        conversions=own.json("conversions", conversions, ()),
        standard_digits=own.json("standard_digits", json_number, None),
        widget=own.text("widget", ""),
        anchors=own.json("anchors", anchors, ()),
        origin=own.text("origin", "collected"),
        sensitivity=own.text("sensitivity", ""),
        file=own.json("file", file_rules, None),
        external_questions=own.json(
            "external_questions", external_questions, _external_questions(source, element)
        ),
        aliases=aliases,
    )


_ITEM_PARTS = frozenset(
    {
        "Description",
        "Question",
        "ExternalQuestion",
        "MeasurementUnitRef",
        "RangeCheck",
        "CodeListRef",
        "Role",
        "Alias",
    }
)
_MISSING_REASONS: tuple[str, ...] = ItemDef("x", "x", DataType.TEXT).missing_reasons


def _ref(source: Source, element: Element, key: str) -> str:
    return source.attributes(element, key).get(key, "")


def _external_questions(source: Source, element: Element) -> tuple[ExternalQuestion, ...]:
    found = []
    for child in source.all(element, "ExternalQuestion"):
        given = source.attributes(child, "Dictionary", "Version", "Code")
        found.append(
            ExternalQuestion(given.get("Dictionary", ""), given.get("Version", ""), given.get("Code", ""))
        )
    return tuple(found)


def external_questions(data: object) -> tuple[ExternalQuestion, ...]:
    return tuple(ExternalQuestion(*strings(part)) for part in json_list(data))


def conversions(data: object) -> tuple[UnitConversion, ...]:
    parts = (strings(part) for part in json_list(data))
    return tuple(UnitConversion(*part[:3], countries=part[3:]) for part in parts)


def file_rules(data: object) -> FileRules:
    types, most = json_list(data)
    if not isinstance(most, int):
        raise TypeError("A number is expected.")
    return FileRules(strings(types), most)


def anchors(data: object) -> tuple[TranslatedText, ...]:
    return tuple(map(text_from_json, json_list(data)))


def _range_checks(source: Source, element: Element, own: Own) -> tuple[RangeCheck, ...]:
    none: list[object] = []
    extras = own.json("range_checks", json_list, none)
    checks = []
    for position, child in enumerate(source.all(element, "RangeCheck")):
        given = source.attributes(child, "Comparator", "SoftHard")
        parts = list(
            source.children(child, "CheckValue", "FormalExpression", "MeasurementUnitRef", "ErrorMessage")
        )
        units = [
            _ref(source, part, "MeasurementUnitOID") for name, part in parts if name == "MeasurementUnitRef"
        ]
        extra = extras[position] if position < len(extras) else {}
        if given.get("SoftHard", "Soft") not in ("Soft", "Hard"):
            source.log.add("ODM015", line_of(child), f"SoftHard is '{given['SoftHard']}'; Soft was taken.")
        check = RangeCheck(
            comparator=source.one_of(Comparator, given, "Comparator", child, default=Comparator.EQ)
            if given.get("Comparator")
            else None,
            check_values=tuple(content(part) for name, part in parts if name == "CheckValue"),
            hard=given.get("SoftHard") == "Hard",
            message=source.described(child, "ErrorMessage"),
            measurement_unit_oid=units[0] if units else None,
            formal_expressions=source.expressions(child),
        )
        checks.append(restored(check, extra, own))
    return tuple(checks)


def code_list(source: Source, element: Element) -> CodeList | None:
    given = source.attributes(element, "OID", "Name", "DataType", "SASFormatName")
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    aliases, own = source.aliases(element)
    terms: dict[str, CodeListItem] = {}
    external: ExternalCodeList | None = None
    for name, child in source.children(
        element, "Description", "CodeListItem", "EnumeratedItem", "ExternalCodeList", "Alias"
    ):
        if name == "ExternalCodeList":
            known = source.attributes(child, "Dictionary", "Version", "href", "ref")
            external = ExternalCodeList(
                known.get("Dictionary", ""),
                known.get("Version", ""),
                known.get("href", ""),
                known.get("ref", ""),
            )
        elif name in ("CodeListItem", "EnumeratedItem"):
            term = _term(source, child, enumerated=name == "EnumeratedItem")
            if term is not None and term.coded_value in terms:
                source.log.add("ODM017", line_of(child), f"Code '{term.coded_value}' of code list '{oid}'.")
            elif term is not None:
                terms[term.coded_value] = term
    if own.flag("no_external"):
        external = None
    return CodeList(
        oid=oid,
        name=given.get("Name", oid),
        data_type=_data_type(own, source.one_of(DataType, given, "DataType", element, default=DataType.TEXT)),
        items=tuple(terms.values()),
        external=own.json("external", lambda data: ExternalCodeList(*strings(data)), external),
        description=source.described(element),
        sas_format_name=own.text("sas_format_name", given.get("SASFormatName", "")) or None,
        aliases=aliases,
    )


def _data_type(own: Own, written: DataType) -> DataType:
    stated = own.text("data_type", written.value)
    return DataType(stated) if stated in {kind.value for kind in DataType} else written


def _term(source: Source, element: Element, *, enumerated: bool) -> CodeListItem | None:
    given = source.attributes(element, "CodedValue", "Rank", "OrderNumber")
    if "CodedValue" not in given:
        source.required(given, "CodedValue", element)
        return None
    aliases, own = source.aliases(element)
    decode = None if enumerated or own.flag("enumerated") else source.described(element, "Decode")
    for part in element:
        if source.name(part) not in ("Alias", "Decode"):
            source.unexpected(part, element)
    return CodeListItem(
        given["CodedValue"],
        decode,
        rank=own.text("rank", given.get("Rank", "")) or None,
        order_number=own.json("order_number", json_number, source.whole(given, "OrderNumber", element)),
        extended=own.flag("extended"),
        retired=own.flag("retired"),
        aliases=aliases,
    )


def json_number(data: object) -> int | None:
    if not isinstance(data, int):
        raise TypeError("A number is expected.")
    return data


def measurement_unit(source: Source, element: Element) -> tuple[MeasurementUnit, str] | None:
    """A unit and the MetaDataVersion it is for (empty: every one)."""
    given = source.attributes(element, "OID", "Name")
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    aliases, own = source.aliases(element)
    unit = MeasurementUnit(oid, given.get("Name", oid), source.described(element, "Symbol"), aliases)
    return unit, own.text("version", "")


def distinct(
    source: Source,
    elements: list[Element],
    read: Callable[[Source, Element], T | None],
    oid_of: Callable[[T], str],
) -> tuple[T, ...]:
    """Definitions by OID in order; a second one of the same OID is reported and left out."""
    found: dict[str, T] = {}
    for element in elements:
        definition = read(source, element)
        if definition is None:
            continue
        oid = oid_of(definition)
        if oid in found:
            source.log.add("ODM016", line_of(element), f"'{oid}'.")
            continue
        found[oid] = definition
    return tuple(found.values())
