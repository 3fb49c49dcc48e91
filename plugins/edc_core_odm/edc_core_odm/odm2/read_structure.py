"""Events, forms and item groups from ODM 2.0, where a form is an ItemGroupDef as any other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from edc_core.api import (
    Alias,
    ConditionDef,
    EventType,
    FormDef,
    FormRef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MethodDef,
    StudyEventDef,
    StudyEventRef,
    TranslatedText,
)
from edc_core_odm.odm2.kept import Kept, codings, take
from edc_core_odm.odm2.read_items import expressions
from edc_core_odm.odm2.vocabulary import EVENTS, REPEATING
from edc_core_odm.own_marks import text_from_json
from edc_core_odm.read_definitions import Own, Source, json_list, strings
from edc_core_odm.read_items import NO_TEXT, json_number
from edc_core_odm.read_structure import title_of
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.schedule_marks import read_event

_REF = {"OrderNumber", "Mandatory", "CollectionExceptionConditionOID"}
_GROUP_PARTS = {"Description", "ItemRef", "ItemGroupRef", "Coding", "Alias"}
Ref = tuple[str, dict[str, str], Element]


def refs(source: Source, element: Element, tag: str, key: str, kept: Kept, *used: str) -> list[Ref]:
    """References by OID in document order; a second one to the same definition is reported and left out."""
    found: dict[str, Ref] = {}
    for child in source.all(element, tag):
        given, inside = take(source, child, {key, *_REF, *used}, ())
        oid = source.required(given, key, child)
        if oid is None:
            continue
        if oid in found:
            source.log.add("ODM017", line_of(child), f"{tag} to '{oid}'.")
            continue
        if inside.data():
            kept.inside[f"{tag} {oid}"] = inside
        found[oid] = (oid, given, child)
    return list(found.values())


def event_refs(
    source: Source, version: Element, events: Iterable[StudyEventDef]
) -> tuple[StudyEventRef, ...]:
    """The events in the order in which the Protocol and its groups list them, then those that none lists."""
    groups = {str(g.get("OID") or ""): g for g in source.all(version, "StudyEventGroupDef")}
    found: dict[str, StudyEventRef] = {}
    if EVENTS in groups:
        _listed(source, groups[EVENTS], {}, found, as_written=True)
        return tuple(found.values())
    many = len(groups) > 1
    for protocol in source.all(version, "Protocol"):
        _listed(source, protocol, groups, found)
    for oid in list(groups):
        if oid in groups:
            _listed(source, groups.pop(oid), groups, found)
    if many:  # order numbers of several groups cannot be compared
        found = {oid: replace(ref, order_number=None) for oid, ref in found.items()}
    for event in events:
        found.setdefault(event.oid, StudyEventRef(event.oid))
    return tuple(found.values())


def _listed(
    source: Source,
    around: Element,
    groups: dict[str, Element],
    found: dict[str, StudyEventRef],
    *,
    as_written: bool = False,
) -> None:
    """Find the events that an element refers to, and those of the groups it refers to, each group once.

    :param as_written: whatever the order numbers say.
    """
    tags = (source.tag("StudyEventRef"), source.tag("StudyEventGroupRef"))
    refs_found = around.iterchildren(*tags)
    for child in refs_found if as_written else sorted(refs_found, key=_order):
        if child.tag == tags[1]:
            group = groups.pop(str(child.get("StudyEventGroupOID") or ""), None)
            if group is not None:
                _listed(source, group, groups, found)
            continue
        given = source.attributes(child, "StudyEventOID", *_REF)
        if oid := given.get("StudyEventOID"):
            ref = StudyEventRef(
                oid,
                source.yes(given, "Mandatory", child),
                source.whole(given, "OrderNumber", child),
                given.get("CollectionExceptionConditionOID"),
            )
            found.setdefault(oid, ref)


def _order(ref: Element) -> int:
    """References without an order number stay where they are, after those with one."""
    number = str(ref.get("OrderNumber") or "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 1 << 40


def event(source: Source, element: Element) -> StudyEventDef | None:
    given, kept = take(
        source,
        element,
        {"OID", "Name", "Repeating", "Type", "Category"},
        {"Description", "ItemGroupRef", "Coding", "Alias"},
    )
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    aliases, own = source.aliases(element)
    name = given.get("Name") or oid
    form_refs = tuple(
        FormRef(
            form_oid,
            source.yes(ref, "Mandatory", child),
            source.whole(ref, "OrderNumber", child),
            ref.get("CollectionExceptionConditionOID"),
        )
        for form_oid, ref, child in refs(source, element, "ItemGroupRef", "ItemGroupOID", kept)
    )
    return StudyEventDef(
        oid,
        name,
        source.yes(given, "Repeating", element),
        source.one_of(EventType, given, "Type", element, default=EventType.SCHEDULED),
        form_refs,
        title_of(own, name),
        source.described(element),
        given.get("Category", ""),
        (*aliases, *codings(source, element), *kept.alias()),
        **read_event(own),
    )


class Groups:
    """The ItemGroupDefs of a version, sorted into forms and groups."""

    def __init__(self, source: Source, version: Element, events: Iterable[StudyEventDef]) -> None:
        self.source = source
        self.forms: list[FormDef] = []
        self.groups: list[ItemGroupDef] = []
        self._form_names: dict[str, str] = {}
        found = source.all(version, "ItemGroupDef")
        nested = {str(ref.get("ItemGroupOID")) for g in found for ref in source.all(g, "ItemGroupRef")}
        seen: set[str] = set()
        for element in found:
            oid = str(element.get("OID") or "")
            if oid in seen:
                source.log.add("ODM016", line_of(element), f"'{oid}'.")
                continue
            seen.add(oid)
            if element.get("Type") == "Form" and oid not in nested:
                self._form(element)
            elif (group := self._group(element)) is not None:
                self.groups.append(group)
        forms = {form.oid for form in self.forms}
        groups = {group.oid: group for group in self.groups}
        for oid in dict.fromkeys(ref.form_oid for e in events for ref in e.form_refs):
            if oid in groups and oid not in forms:
                self.forms.append(_shell(groups[oid], self._form_names.get(oid, "")))

    def _form(self, element: Element) -> None:
        source = self.source
        given, kept = take(source, element, {"OID", "Name", "Type", "Repeating"}, _GROUP_PARTS)
        oid = source.required(given, "OID", element)
        if oid is None:
            return
        aliases, own = source.aliases(element)
        repeating = self._repeating(given, element, kept)
        inner = Kept(is_="form")
        item_refs = self._item_refs(element, own, inner)
        group_refs = self._group_refs(element, kept)
        if item_refs:
            group = ItemGroupDef(
                oid,
                given.get("Name") or oid,
                item_refs=item_refs,
                sas_name=own.text("sas_name", ""),
                aliases=inner.alias(),
            )
            self.groups.append(group)
            group_refs = (ItemGroupRef(oid), *group_refs)
        name = given.get("Name", "")
        self.forms.append(
            FormDef(
                oid,
                own.text("name", ""),
                repeating,
                group_refs,
                title_of(own, name),
                source.described(element),
                name,
                (*aliases, *codings(source, element), *kept.alias()),
            )
        )

    def _group(self, element: Element) -> ItemGroupDef | None:
        source = self.source
        used = {"OID", "Name", "Repeating", "IsReferenceData", "DatasetName", "Domain", "Purpose"}
        if element.get("Type") == "Section":
            used.add("Type")
        given, kept = take(source, element, used, _GROUP_PARTS)
        oid = source.required(given, "OID", element)
        if oid is None:
            return None
        aliases, own = source.aliases(element)
        self._form_names[oid] = own.text("form_name", "")
        return ItemGroupDef(
            oid=oid,
            name=given.get("Name") or oid,
            repeating=self._repeating(given, element, kept),
            item_refs=self._item_refs(element, own, kept),
            group_refs=self._group_refs(element, kept),
            title=own.json("title", text_from_json, NO_TEXT),
            description=source.described(element),
            is_reference_data=source.yes(given, "IsReferenceData", element),
            domain=given.get("Domain", ""),
            sas_dataset_name=own.text("sas_dataset_name", given.get("DatasetName", "")),
            sas_name=own.text("sas_name", ""),
            origin=own.text("origin", ""),
            role=own.text("role", ""),
            purpose=given.get("Purpose", ""),
            comment=own.text("comment", ""),
            columns=own.json("columns", strings, ()),
            layout=own.text("layout", ""),
            least_rows=own.json("least_rows", json_number, 0) or 0,
            most_rows=own.json("most_rows", json_number, 0) or 0,
            aliases=(*aliases, *codings(source, element), *kept.alias()),
        )

    def _repeating(self, given: dict[str, str], element: Element, kept: Kept) -> bool:
        value = given.get("Repeating", "No")
        if value not in REPEATING:
            self.source.log.add(
                "ODM015", line_of(element), f"Repeating of ItemGroupDef is '{value}'; No was taken."
            )
            return False
        if value not in ("No", "Simple"):
            self.source.log.add("ODM050", line_of(element), f'Repeating="{value}".')
            kept.attributes["Repeating"] = value
        return value != "No"

    def _group_refs(self, element: Element, kept: Kept) -> tuple[ItemGroupRef, ...]:
        return tuple(
            ItemGroupRef(
                oid,
                self.source.yes(ref, "Mandatory", child),
                self.source.whole(ref, "OrderNumber", child),
                ref.get("CollectionExceptionConditionOID"),
            )
            for oid, ref, child in refs(self.source, element, "ItemGroupRef", "ItemGroupOID", kept)
        )

    def _item_refs(self, element: Element, own: Own, kept: Kept) -> tuple[ItemRef, ...]:
        none: dict[str, str] = {}
        imputed = own.json("imputation", _pairs, none)
        used = ("KeySequence", "MethodOID", "Role", "RoleCodeListOID")
        return tuple(
            ItemRef(
                oid,
                self.source.yes(ref, "Mandatory", child),
                self.source.whole(ref, "OrderNumber", child),
                self.source.whole(ref, "KeySequence", child),
                ref.get("MethodOID"),
                ref.get("CollectionExceptionConditionOID"),
                imputed.get(oid),
                ref.get("Role"),
                ref.get("RoleCodeListOID"),
            )
            for oid, ref, child in refs(self.source, element, "ItemRef", "ItemOID", kept, *used)
        )


def _pairs(data: object) -> dict[str, str]:
    return dict(strings(pair) for pair in json_list(data))  # type: ignore[misc]  # a wrong length raises


def _shell(group: ItemGroupDef, name: str) -> FormDef:
    """The form that an event needs which refers to a group that is none."""
    alias: tuple[Alias, ...] = Kept(is_="group").alias()
    title = group.title or TranslatedText.of(group.name)
    return FormDef(
        group.oid,
        name,
        False,
        (ItemGroupRef(group.oid, mandatory=True),),
        title,
        odm_name=group.name,
        aliases=alias,
    )


def condition(source: Source, element: Element) -> ConditionDef | None:
    given, kept = _take_logic(source, element, "OID", "Name")
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    aliases, _ = source.aliases(element)
    known = expressions(source, element, kept)
    description = source.described(element)
    return ConditionDef(oid, given.get("Name") or oid, description, known, (*aliases, *kept.alias()))


def method(source: Source, element: Element) -> MethodDef | None:
    given, kept = _take_logic(source, element, "OID", "Name", "Type")
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    aliases, own = source.aliases(element)
    known = expressions(source, element, kept)
    return MethodDef(
        oid,
        given.get("Name") or oid,
        own.text("type", given.get("Type", "")),
        source.described(element),
        known,
        (*aliases, *kept.alias()),
    )


def _take_logic(source: Source, element: Element, *used: str) -> tuple[dict[str, str], Kept]:
    """An empty MethodSignature says nothing; the standard demands one."""
    parts = {"Description", "FormalExpression", "Alias"}
    signature = element.find(source.tag("MethodSignature"))
    if signature is None or not len(signature):
        parts.add("MethodSignature")
    return take(source, element, set(used), parts)
