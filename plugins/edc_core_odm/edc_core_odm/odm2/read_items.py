"""ItemDef and CodeList from ODM 2.0."""

from __future__ import annotations

from edc_core.api import (
    CodeList,
    CodeListItem,
    Comparator,
    DataType,
    ExternalCodeList,
    FormalExpression,
    ItemDef,
    RangeCheck,
    TranslatedText,
)
from edc_core_odm.check_marks import restored
from edc_core_odm.odm2.kept import Kept, codings, keep, take
from edc_core_odm.odm2.vocabulary import CODING_ATTRIBUTES, address
from edc_core_odm.read_definitions import Own, Source, content, json_list, strings
from edc_core_odm.read_items import anchors, conversions, external_questions, file_rules, json_number
from edc_core_odm.safe_xml import Element, line_of

_BARE = ItemDef("x", "x", DataType.TEXT)
_USED = {"OID", "Name", "DataType", "Length"}
_USED_PARTS = {
    "Description", "Question", "CRFCompletionInstructions", "RangeCheck", "CodeListRef", "Coding", "Alias",
}  # fmt: skip


def item(source: Source, element: Element) -> ItemDef | None:
    given, kept = take(source, element, _USED, _USED_PARTS)
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    aliases, own = source.aliases(element)
    listed = [
        source.attributes(child, "CodeListOID").get("CodeListOID", "")
        for child in source.all(element, "CodeListRef")
    ]
    checks = _range_checks(source, element, own, kept)
    data_type = data_type_of(source, given, element, kept)
    return ItemDef(
        oid=oid,
        name=own.text("name", ""),
        odm_name=given.get("Name", ""),
        data_type=data_type,
        length=source.whole(given, "Length", element),
        significant_digits=own.json("significant_digits", json_number, None),
        sas_name=own.text("sas_name", ""),
        sds_var_name=own.text("sds_var_name", ""),
        odm_origin=own.text("odm_origin", ""),
        odm_comment=own.text("odm_comment", ""),
        question=source.described(element, "Question"),
        description=source.described(element),
        help=source.described(element, "CRFCompletionInstructions"),
        code_list_oid=own.text("code_list", next(iter(listed), "")) or None,
        multiple=own.flag("multiple"),
        exclusive=own.json("exclusive", strings, ()),
        censored=own.flag("censored"),
        measurement_unit_oids=own.json("units", strings, ()),
        range_checks=checks,
        missing_reasons=own.json("missing_reasons", strings, _BARE.missing_reasons),
        conversions=own.json("conversions", conversions, ()),
        standard_digits=own.json("standard_digits", json_number, None),
        widget=own.text("widget", ""),
        anchors=own.json("anchors", anchors, ()),
        origin=own.text("origin", _BARE.origin),
        sensitivity=own.text("sensitivity", ""),
        file=own.json("file", file_rules, None),
        external_questions=own.json("external_questions", external_questions, ()),
        aliases=(*aliases, *codings(source, element), *kept.alias()),
    )


def data_type_of(source: Source, given: dict[str, str], element: Element, kept: Kept) -> DataType:
    """ODM 2.0 has a ``decimal``, which is what our ``float`` is; the word comes back as it was."""
    if given.get("DataType") == "decimal":
        kept.attributes["DataType"] = "decimal"
        return DataType.FLOAT
    return source.one_of(DataType, given, "DataType", element, default=DataType.TEXT)


def _range_checks(source: Source, element: Element, own: Own, kept: Kept) -> tuple[RangeCheck, ...]:
    none: list[object] = []
    extras = own.json("range_checks", json_list, none)
    checks = []
    for position, child in enumerate(source.all(element, "RangeCheck")):
        given, inside = take(
            source, child, {"Comparator", "SoftHard"}, {"CheckValue", "FormalExpression", "ErrorMessage"}
        )
        extra = extras[position] if position < len(extras) else {}
        if given.get("SoftHard", "Soft") not in ("Soft", "Hard"):
            source.log.add("ODM015", line_of(child), f"SoftHard is '{given['SoftHard']}'; Soft was taken.")
        known = expressions(source, child, inside)
        values = tuple(content(part) for part in source.all(child, "CheckValue"))
        if inside.parts and (values or not (known or inside.part("FormalExpression"))):
            source.log.add(
                "ODM056", line_of(child), "MethodSignature in RangeCheck: it has values, or no expression."
            )
            inside.parts.clear()
        if inside.data():
            kept.inside[f"RangeCheck {position}"] = inside
        unit = extra.get("unit") if isinstance(extra, dict) else None
        check = RangeCheck(
            comparator=source.one_of(Comparator, given, "Comparator", child, default=Comparator.EQ)
            if given.get("Comparator")
            else None,
            check_values=values,
            hard=given.get("SoftHard") == "Hard",
            message=source.described(child, "ErrorMessage"),
            measurement_unit_oid=str(unit) if unit else None,
            formal_expressions=known,
        )
        checks.append(restored(check, extra, own))
    return tuple(checks)


def expressions(source: Source, element: Element, kept: Kept) -> tuple[FormalExpression, ...]:
    """The expressions whose code stands in the file; one that only names a library is kept as it is."""
    found = []
    for child in source.all(element, "FormalExpression"):
        code = child.find(source.tag("Code"))
        if code is None:
            keep(source, child, str(source.name(element)), kept)
            continue
        context = source.attributes(child, "Context").get("Context", "")
        found.append(FormalExpression(context, content(code)))
    return tuple(found)


def code_list(source: Source, element: Element) -> CodeList | None:
    used = {"OID", "Name", "DataType"}
    given, kept = take(source, element, used, {"Description", "CodeListItem", "Coding", "Alias"})
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    aliases, own = source.aliases(element)
    terms: dict[str, CodeListItem] = {}
    for child in source.all(element, "CodeListItem"):
        term = _term(source, child)
        if term is not None and term.coded_value in terms:
            source.log.add("ODM017", line_of(child), f"Code '{term.coded_value}' of code list '{oid}'.")
        elif term is not None:
            terms[term.coded_value] = term
    coded = codings(source, element)
    external = None
    if not terms and coded and not own.flag("no_external"):
        external = _external(source, source.all(element, "Coding")[0])
        coded = coded[1:] if external else coded
        system = str(source.all(element, "Coding")[0].get("System") or "")
        if external and system != address(external.dictionary):
            kept.inside["Coding external"] = Kept({"System": system})
    written = data_type_of(source, given, element, Kept())
    stated = own.text("data_type", written.value)
    return CodeList(
        oid=oid,
        name=given.get("Name") or oid,
        data_type=DataType(stated) if stated in {kind.value for kind in DataType} else written,
        items=tuple(terms.values()),
        external=own.json("external", lambda data: ExternalCodeList(*strings(data)), external),
        description=source.described(element),
        sas_format_name=own.text("sas_format_name", "") or None,
        aliases=(*aliases, *coded, *kept.alias()),
    )


def _external(source: Source, element: Element) -> ExternalCodeList | None:
    """A Coding without a code, on a list without terms, names the dictionary that the terms are taken from."""
    given = source.attributes(element, *CODING_ATTRIBUTES)
    if given.get("Code") or set(given) & {"Label", "CommentOID"}:
        return None
    return ExternalCodeList(
        given.get("SystemName") or given.get("System", ""),
        given.get("SystemVersion", ""),
        given.get("href", ""),
        given.get("ref", ""),
    )


def _term(source: Source, element: Element) -> CodeListItem | None:
    given, kept = take(
        source,
        element,
        {"CodedValue", "Rank", "OrderNumber", "ExtendedValue"},
        {"Decode", "Coding", "Alias"},
    )
    if "CodedValue" not in given:
        source.required(given, "CodedValue", element)
        return None
    aliases, own = source.aliases(element)
    decode: TranslatedText | None = None
    if element.find(source.tag("Decode")) is not None:
        decode = source.described(element, "Decode")
    return CodeListItem(
        given["CodedValue"],
        decode,
        rank=own.text("rank", given.get("Rank", "")) or None,
        order_number=own.json("order_number", json_number, source.whole(given, "OrderNumber", element)),
        extended=given.get("ExtendedValue") == "Yes",
        retired=own.flag("retired"),
        aliases=(*aliases, *codings(source, element), *kept.alias()),
    )
