"""Events, forms, item groups and what they refer to, from ODM."""

from __future__ import annotations

from typing import TypeVar

from edc_core.api import (
    ConditionDef,
    EventType,
    FormDef,
    FormRef,
    ImputationMethod,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MethodDef,
    Presentation,
    StudyEventDef,
    StudyEventRef,
    TranslatedText,
)
from edc_core_odm.own_marks import text_from_json
from edc_core_odm.read_definitions import Own, Source, content, strings
from edc_core_odm.read_items import NO_TEXT, json_number
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.schedule_marks import read_event
from edc_core_odm.vocabulary import XML

R = TypeVar("R")


def _refs(
    source: Source, element: Element, tag: str, key: str, *more: str
) -> list[tuple[str, dict[str, str], Element]]:
    """References by OID in document order; a second one to the same definition is reported and left out."""
    found: dict[str, tuple[str, dict[str, str], Element]] = {}
    for child in source.all(element, tag):
        given = source.attributes(
            child, key, "OrderNumber", "Mandatory", "CollectionExceptionConditionOID", *more
        )
        oid = source.required(given, key, child)
        if oid is None:
            continue
        if oid in found:
            source.log.add("ODM017", line_of(child), f"{tag} to '{oid}'.")
            continue
        found[oid] = (oid, given, child)
    return list(found.values())


def event_refs(source: Source, protocol: Element) -> tuple[StudyEventRef, ...]:
    for part in protocol:
        if source.name(part) not in ("Description", "StudyEventRef", "Alias"):
            source.unexpected(part, protocol)
    return tuple(
        StudyEventRef(
            oid,
            source.yes(given, "Mandatory", child),
            source.whole(given, "OrderNumber", child),
            given.get("CollectionExceptionConditionOID"),
        )
        for oid, given, child in _refs(source, protocol, "StudyEventRef", "StudyEventOID")
    )


def title_of(own: Own, name: str) -> TranslatedText:
    return own.json("title", text_from_json, TranslatedText.of(name))


def event(source: Source, element: Element) -> StudyEventDef | None:
    given = source.attributes(element, "OID", "Name", "Repeating", "Type", "Category")
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    for part in element:
        if source.name(part) not in ("Description", "FormRef", "Alias"):
            source.unexpected(part, element)
    aliases, own = source.aliases(element)
    name = given.get("Name", oid)
    return StudyEventDef(
        oid,
        name,
        source.yes(given, "Repeating", element),
        source.one_of(EventType, given, "Type", element, default=EventType.SCHEDULED),
        tuple(
            FormRef(
                oid,
                source.yes(ref, "Mandatory", child),
                source.whole(ref, "OrderNumber", child),
                ref.get("CollectionExceptionConditionOID"),
            )
            for oid, ref, child in _refs(source, element, "FormRef", "FormOID")
        ),
        title_of(own, name),
        source.described(element),
        given.get("Category", ""),
        aliases,
        **read_event(own),
    )


def _group_refs(source: Source, element: Element) -> tuple[ItemGroupRef, ...]:
    return tuple(
        ItemGroupRef(
            oid,
            source.yes(ref, "Mandatory", child),
            source.whole(ref, "OrderNumber", child),
            ref.get("CollectionExceptionConditionOID"),
        )
        for oid, ref, child in _refs(source, element, "ItemGroupRef", "ItemGroupOID")
    )


def form(source: Source, element: Element) -> FormDef | None:
    given = source.attributes(element, "OID", "Name", "Repeating")
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    for part in element:
        if source.name(part) == "ArchiveLayout":
            source.log.add("ODM018", line_of(part), "ArchiveLayout.")
        elif source.name(part) not in ("Description", "ItemGroupRef", "Alias"):
            source.unexpected(part, element)
    aliases, own = source.aliases(element)
    none: tuple[str, ...] = ()
    nested = own.json("nested", strings, none)
    return FormDef(
        oid,
        own.text("name", ""),
        source.yes(given, "Repeating", element),
        tuple(ref for ref in _group_refs(source, element) if ref.item_group_oid not in nested),
        title_of(own, given.get("Name", oid)),
        source.described(element),
        given.get("Name", ""),
        aliases,
    )


def group(source: Source, element: Element) -> ItemGroupDef | None:
    given = source.attributes(
        element,
        "OID",
        "Name",
        "Repeating",
        "IsReferenceData",
        "SASDatasetName",
        "Domain",
        "Origin",
        "Role",
        "Purpose",
        "Comment",
    )
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    for part in element:
        if source.name(part) not in ("Description", "ItemRef", "Alias"):
            source.unexpected(part, element)
    aliases, own = source.aliases(element)
    return ItemGroupDef(
        oid=oid,
        name=given.get("Name", oid),
        repeating=source.yes(given, "Repeating", element),
        item_refs=tuple(_item_ref(source, *found) for found in _item_ref_elements(source, element)),
        group_refs=own.json("group_refs", _nested_refs, ()),
        title=own.json("title", text_from_json, NO_TEXT),
        description=source.described(element),
        is_reference_data=source.yes(given, "IsReferenceData", element),
        domain=given.get("Domain", ""),
        sas_dataset_name=own.text("sas_dataset_name", given.get("SASDatasetName", "")),
        sas_name=own.text("sas_name", ""),
        origin=given.get("Origin", ""),
        role=given.get("Role", ""),
        purpose=given.get("Purpose", ""),
        comment=given.get("Comment", ""),
        columns=own.json("columns", strings, ()),
        layout=own.text("layout", ""),
        least_rows=own.json("least_rows", json_number, 0) or 0,
        most_rows=own.json("most_rows", json_number, 0) or 0,
        aliases=aliases,
    )


def _nested_refs(data: object) -> tuple[ItemGroupRef, ...]:
    if not isinstance(data, list):
        raise TypeError("A list is expected.")
    return tuple(
        ItemGroupRef(oid, mandatory == "Yes", order, condition) for oid, mandatory, order, condition in data
    )


_ITEM_REF = ("KeySequence", "MethodOID", "ImputationMethodOID", "Role", "RoleCodeListOID")


def _item_ref_elements(source: Source, element: Element) -> list[tuple[str, dict[str, str], Element]]:
    return _refs(source, element, "ItemRef", "ItemOID", *_ITEM_REF)


def _item_ref(source: Source, oid: str, given: dict[str, str], child: Element) -> ItemRef:
    return ItemRef(
        oid,
        source.yes(given, "Mandatory", child),
        source.whole(given, "OrderNumber", child),
        source.whole(given, "KeySequence", child),
        given.get("MethodOID"),
        given.get("CollectionExceptionConditionOID"),
        given.get("ImputationMethodOID"),
        given.get("Role"),
        given.get("RoleCodeListOID"),
    )


def condition(source: Source, element: Element) -> ConditionDef | None:
    given = source.attributes(element, "OID", "Name")
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    aliases, _ = source.aliases(element)
    return ConditionDef(
        oid, given.get("Name", oid), source.described(element), source.expressions(element), aliases
    )


def method(source: Source, element: Element) -> MethodDef | None:
    given = source.attributes(element, "OID", "Name", "Type")
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    aliases, own = source.aliases(element)
    return MethodDef(
        oid,
        given.get("Name", oid),
        own.text("type", given.get("Type", "")),
        source.described(element),
        source.expressions(element),
        aliases,
    )


def imputation(source: Source, element: Element) -> ImputationMethod | None:
    oid = source.required(source.attributes(element, "OID"), "OID", element)
    return ImputationMethod(oid, content(element)) if oid else None


def presentation(source: Source, element: Element) -> Presentation | None:
    oid = source.required(source.attributes(element, "OID"), "OID", element)
    return Presentation(oid, str(element.get(XML + "lang") or ""), content(element)) if oid else None
