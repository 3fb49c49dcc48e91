"""ItemDef and CodeList as ODM 2.0."""

from __future__ import annotations

from edc_core.api import CodeList, CodeListItem, DataType, ExternalCodeList, ItemDef, RangeCheck
from edc_core_odm.check_marks import extras_of
from edc_core_odm.odm2.kept import Kept, arranged, of
from edc_core_odm.odm2.vocabulary import address
from edc_core_odm.odm2.write_parts import defined, expressions, texts
from edc_core_odm.oid_space import OidSpace
from edc_core_odm.write_items import is_decimal, item_extras
from edc_core_odm.write_xml import Extras, Once, attribute, body, element

_LIST_TYPES = {
    DataType.INTEGER: "integer",
    DataType.FLOAT: "decimal",
    DataType.TEXT: "text",
    DataType.STRING: "string",
}


def item(d: ItemDef, oids: OidSpace) -> str:
    extras = item_extras(d)
    extras.text("sas_name", d.sas_name)
    extras.text("sds_var_name", d.sds_var_name)
    extras.text("odm_origin", d.odm_origin)
    extras.text("odm_comment", d.odm_comment)
    extras.json("significant_digits", d.significant_digits, unless=None)
    extras.json("units", list(d.measurement_unit_oids), unless=[])
    extras.json(
        "external_questions", [[q.dictionary, q.version, q.code] for q in d.external_questions], unless=[]
    )
    details = [_check_extras(check) for check in d.range_checks]
    if any(details):
        extras.json("range_checks", details, unless=[])
    kept, _, _ = of(d.aliases)
    listed = oids.code_lists.get(d.code_list_oid or "", d.code_list_oid)
    written = {
        "Description": texts("Description", d.description),
        "Question": texts("Question", d.question),
        "CRFCompletionInstructions": texts("CRFCompletionInstructions", d.help),
        "RangeCheck": "".join(
            _range_check(check, kept.within("RangeCheck", n)) for n, check in enumerate(d.range_checks)
        ),
        "CodeListRef": element("CodeListRef", {"CodeListOID": listed}) if listed else "",
    }
    attributes = {
        "OID": oids.items[d.oid],
        "Name": d.odm_name or d.name,
        "DataType": d.data_type.value,
        "Length": d.length if d.length and d.length > 0 else None,
    }
    return defined("ItemDef", attributes, written, extras, d.aliases)


def _check_extras(check: RangeCheck) -> dict[str, object]:
    extra = extras_of(check)
    if check.measurement_unit_oid:
        extra["unit"] = check.measurement_unit_oid
    return extra


def _range_check(check: RangeCheck, kept: Kept) -> str:
    """Check values or expressions, never both: the expressions of a check with values ride in the alias."""
    written = {"ErrorMessage": texts("ErrorMessage", check.message)}
    if check.check_values or not (check.formal_expressions or kept.part("FormalExpression")):
        values = check.check_values or ("",)
        written["CheckValue"] = "".join(f"<CheckValue>{body(value)}</CheckValue>\n" for value in values)
    else:
        written["FormalExpression"] = expressions(check.formal_expressions)
    attributes = {
        "Comparator": check.comparator.value if check.comparator else None,
        "SoftHard": "Hard" if check.hard else "Soft",
        **kept.attributes,
    }
    return element("RangeCheck", attributes, arranged("RangeCheck", written, kept))


def code_list(d: CodeList, oids: OidSpace) -> str:
    extras = Extras()
    kind = _LIST_TYPES.get(d.data_type, "text")
    extras.text(
        "data_type", d.data_type.value, unless=d.data_type.value if d.data_type in _LIST_TYPES else ""
    )
    extras.text("sas_format_name", d.sas_format_name or "")
    written = {"Description": texts("Description", d.description)}
    kept, codings, others = of(d.aliases)
    coded = "".join(codings)
    if d.items:
        once = Once()
        written["CodeListItem"] = "".join(_term(term, once) for term in d.items)
        if d.external is not None:
            e = d.external
            extras.json("external", [e.dictionary, e.version, e.href, e.ref], unless=[])
    elif d.external is not None:
        coded = _external(d.external, kept.within("Coding", "external"), extras) + coded
    elif coded:
        extras.flag("no_external", True)
    attributes = {"OID": oids.code_lists[d.oid], "Name": d.name or d.oid, "DataType": kind}
    written |= {"Coding": coded, "Alias": extras.aliases(others)}
    return element("CodeList", {**attributes, **kept.attributes}, arranged("CodeList", written, kept))


def _external(e: ExternalCodeList, kept: Kept, extras: Extras) -> str:
    """The dictionary as a Coding without a code. What is no address is made one, and stands beside as it was."""
    given = {
        "System": address(e.dictionary) or "urn:none",
        "SystemName": e.dictionary,
        "SystemVersion": e.version,
        "href": address(e.href),
        "ref": address(e.ref),
    }
    if not e.dictionary or (given["href"], given["ref"]) != (e.href, e.ref):
        extras.json("external", [e.dictionary, e.version, e.href, e.ref], unless=[])
    return element("Coding", {**given, **kept.attributes})


def _term(term: CodeListItem, once: Once) -> str:
    extras = Extras()
    extras.flag("retired", term.retired)
    rank = term.rank if term.rank is not None and is_decimal(term.rank) else None
    extras.text("rank", term.rank or "", unless=rank or "")
    order = once(term.order_number if term.order_number is None or term.order_number > 0 else None)
    extras.json("order_number", term.order_number, unless=order)
    kept, codings, others = of(term.aliases)
    written = {
        "Decode": "" if term.decode is None else texts("Decode", term.decode, needed=True),
        "Coding": "".join(codings),
        "Alias": extras.aliases(others),
    }
    numbers = {"Rank": rank, "OrderNumber": order, "ExtendedValue": "Yes" if term.extended else None}
    given = "".join(
        f' {key}="{attribute(str(value))}"'
        for key, value in {"CodedValue": term.coded_value, **numbers, **kept.attributes}.items()
        if value is not None
    )
    return f"<CodeListItem{given}>{arranged('CodeListItem', written, kept)}</CodeListItem>\n"
