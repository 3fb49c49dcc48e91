"""ItemDef, CodeList and MeasurementUnit as ODM."""

from __future__ import annotations

from edc_core.api import (
    CodeList,
    CodeListItem,
    DataType,
    ItemDef,
    MeasurementUnit,
    RangeCheck,
    TranslatedText,
)
from edc_core_odm.check_marks import extras_of
from edc_core_odm.oid_space import OidSpace
from edc_core_odm.vocabulary import SAS_FORMAT, SAS_NAME
from edc_core_odm.write_xml import Extras, Once, attribute, body, element, expressions, texts

_BARE = ItemDef("x", "x", DataType.TEXT)
_LIST_TYPES = frozenset({DataType.INTEGER, DataType.FLOAT, DataType.TEXT, DataType.STRING})


def item_extras(d: ItemDef) -> Extras:
    """What no ODM has a word for, of an item."""
    extras = Extras()
    extras.text("name", d.name, unless=d.odm_name or d.name)
    extras.flag("multiple", d.multiple)
    extras.json("exclusive", list(d.exclusive), unless=[])
    extras.flag("censored", d.censored)
    extras.json("missing_reasons", list(d.missing_reasons), unless=list(_BARE.missing_reasons))
    extras.text("widget", d.widget)
    extras.json(
        "conversions", [[c.unit_oid, c.factor, c.offset, *c.countries] for c in d.conversions], unless=[]
    )
    extras.json("standard_digits", d.standard_digits, unless=None)
    extras.json("anchors", [[list(pair) for pair in text.texts] for text in d.anchors], unless=[])
    extras.text("origin", d.origin, unless=_BARE.origin)
    extras.text("sensitivity", d.sensitivity)
    extras.json("file", [list(d.file.types), d.file.max_mb] if d.file else None, unless=None)
    return extras


def item(definition: ItemDef, oids: OidSpace) -> str:
    d = definition
    extras = item_extras(d)
    extras.texts("help", d.help, unless=TranslatedText())
    sas_name = d.sas_name if SAS_NAME.fullmatch(d.sas_name) else ""
    extras.text("sas_name", d.sas_name, unless=sas_name)
    sds_name = d.sds_var_name if SAS_NAME.fullmatch(d.sds_var_name) else ""
    extras.text("sds_var_name", d.sds_var_name, unless=sds_name)
    questions = [[q.dictionary, q.version, q.code] for q in d.external_questions]
    if len(questions) > 1:
        extras.json("external_questions", questions, unless=[])
    extras.text("odm_origin", d.odm_origin, unless="" if d.odm_origin == d.origin else d.odm_origin)
    details = [extras_of(check) for check in d.range_checks]
    if any(details):
        extras.json("range_checks", details, unless=[])
    content = [texts("Description", d.description), texts("Question", d.question)]
    content += [
        element("ExternalQuestion", {"Dictionary": dictionary, "Version": version, "Code": code})
        for dictionary, version, code in questions[:1]
    ]
    content += [
        element("MeasurementUnitRef", {"MeasurementUnitOID": oids.units.get(oid, oid)})
        for oid in d.measurement_unit_oids
    ]
    content += [_range_check(check, oids) for check in d.range_checks]
    if d.code_list_oid:
        content.append(
            element("CodeListRef", {"CodeListOID": oids.code_lists.get(d.code_list_oid, d.code_list_oid)})
        )
    content.append(extras.aliases(d.aliases))
    attributes = {
        "OID": oids.items[d.oid],
        "Name": d.odm_name or d.name,
        "DataType": d.data_type.value,
        "Length": d.length if d.length and d.length > 0 else None,
        "SignificantDigits": d.significant_digits,
        "SASFieldName": sas_name,
        "SDSVarName": sds_name,
        "Origin": d.odm_origin or (d.origin if d.origin != _BARE.origin else ""),
        "Comment": d.odm_comment,
    }
    return element("ItemDef", attributes, "".join(content))


def _range_check(check: RangeCheck, oids: OidSpace) -> str:
    if check.check_values or not check.formal_expressions:
        content = "".join(
            f"<CheckValue>{body(value)}</CheckValue>\n" for value in check.check_values or ("",)
        )
    else:
        content = expressions(check.formal_expressions)
    if check.measurement_unit_oid:
        unit = oids.units.get(check.measurement_unit_oid, check.measurement_unit_oid)
        content += element("MeasurementUnitRef", {"MeasurementUnitOID": unit})
    content += texts("ErrorMessage", check.message)
    comparator = check.comparator.value if check.comparator else None
    return element(
        "RangeCheck", {"Comparator": comparator, "SoftHard": "Hard" if check.hard else "Soft"}, content
    )


def code_list(definition: CodeList, oids: OidSpace) -> str:
    d = definition
    extras = Extras()
    extras.text(
        "data_type", d.data_type.value, unless=d.data_type.value if d.data_type in _LIST_TYPES else ""
    )
    sas_format = d.sas_format_name if d.sas_format_name and SAS_FORMAT.fullmatch(d.sas_format_name) else None
    extras.text("sas_format_name", d.sas_format_name or "", unless=sas_format or "")
    external = d.external
    content = texts("Description", d.description)
    if d.items:
        if external is not None:
            extras.json(
                "external", [external.dictionary, external.version, external.href, external.ref], unless=[]
            )
        once = Once()
        enumerated = all(term.decode is None for term in d.items)
        content += "".join(_term(term, once, enumerated=enumerated) for term in d.items)
    elif external is not None:
        href = external.href.replace(" ", "%20")
        given = {
            "Dictionary": external.dictionary,
            "Version": external.version,
            "href": href,
            "ref": external.ref,
        }
        content += element("ExternalCodeList", given)
    else:
        extras.flag("no_external", True)
        content += element("ExternalCodeList", {})
    attributes = {
        "OID": oids.code_lists[d.oid],
        "Name": d.name or d.oid,
        "DataType": d.data_type.value if d.data_type in _LIST_TYPES else "text",
        "SASFormatName": sas_format,
    }
    return element("CodeList", attributes, content + extras.aliases(d.aliases))


def _term(term: CodeListItem, once: Once, *, enumerated: bool) -> str:
    extras = Extras()
    extras.flag("extended", term.extended)
    extras.flag("retired", term.retired)
    extras.flag("enumerated", not enumerated and term.decode is None)
    rank = term.rank if term.rank is not None and is_decimal(term.rank) else None
    extras.text("rank", term.rank or "", unless=rank or "")
    order = once(term.order_number)
    extras.json("order_number", term.order_number, unless=order)
    decode = term.decode or TranslatedText()
    if term.decode is None:
        decode = TranslatedText.of(term.coded_value)
    content = "" if enumerated else texts("Decode", decode, needed=True)
    content += extras.aliases(term.aliases)
    numbers = "".join(
        f' {key}="{attribute(str(value))}"'
        for key, value in (("Rank", rank), ("OrderNumber", order))
        if value is not None
    )
    name = "EnumeratedItem" if enumerated else "CodeListItem"
    return f'<{name} CodedValue="{attribute(term.coded_value)}"{numbers}>{content}</{name}>\n'


def is_decimal(text: str) -> bool:
    whole, _, part = text.strip().lstrip("+-").partition(".")
    return (whole + part).isascii() and (whole + part).isdigit()


def measurement_unit(spelling: str, unit: MeasurementUnit, version: str) -> str:
    extras = Extras()
    extras.text("version", version)
    content = texts("Symbol", unit.symbol, needed=True) + extras.aliases(unit.aliases)
    return f'<MeasurementUnit OID="{attribute(spelling)}" Name="{attribute(unit.name)}">{content}</MeasurementUnit>\n'
