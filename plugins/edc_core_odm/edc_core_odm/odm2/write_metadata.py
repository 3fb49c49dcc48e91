"""Study and MetaDataVersion as ODM 2.0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edc_core.api import (
    ConditionDef,
    ExportDataset,
    FormDef,
    FormRef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MetaDataVersion,
    MethodDef,
    SiteDef,
    StudyEventDef,
    StudyInfo,
    TranslatedText,
)
from edc_core_odm.odm2.code_lists import code_lists
from edc_core_odm.odm2.kept import Kept, arranged, of, with_own_ids
from edc_core_odm.odm2.shapes import Shapes
from edc_core_odm.odm2.vocabulary import EVENTS, METHOD_TYPES
from edc_core_odm.odm2.write_items import code_list, item
from edc_core_odm.odm2.write_parts import defined, expressions, kept_text, texts
from edc_core_odm.oid_space import OidSpace
from edc_core_odm.schedule_marks import write_event
from edc_core_odm.write_metadata import version_extras
from edc_core_odm.write_xml import Extras, Once, element


def study(dataset: ExportDataset) -> tuple[str, dict[str, OidSpace]]:
    """The Study element with all versions in use, and how OIDs are spelled in each."""
    versions = [index.version for index in dataset.versions.values()]
    spaces = {version.oid: OidSpace(version, {}) for version in versions}
    newest = versions[-1].study if versions else StudyInfo(dataset.study_oid, dataset.study_name)
    name = newest.name or dataset.study_name or dataset.study_oid
    kept = of(versions[-1].protocol_aliases)[0].inside.get("Study") if versions else None
    kept = kept or Kept()
    content = texts("Description", kept_text(newest.description, kept))
    written = [
        with_own_ids(_version(version, spaces[version.oid], newest, dataset.sites.values()), number)
        for number, version in enumerate(versions)
    ]
    content += "".join(written or [element("MetaDataVersion", {"OID": "1", "Name": "1"})])
    attributes = {"OID": dataset.study_oid, "StudyName": name, "ProtocolName": newest.protocol_name or name}
    more = {key: value for key, value in kept.attributes.items() if key != "Description"}
    return element("Study", {**attributes, **more}, content), spaces


def _version(version: MetaDataVersion, oids: OidSpace, newest: StudyInfo, sites: Iterable[SiteDef]) -> str:
    kept, _, others = of(version.protocol_aliases)
    shapes = Shapes(version)
    extras = version_extras(version, newest, sites)
    units = [
        [u.oid, u.name, [list(t) for t in u.symbol.texts], [[a.context, a.name] for a in u.aliases]]
        for u in version.measurement_units
    ]
    extras.json("units", units, unless=[])
    extras.json("imputation_methods", [[d.oid, d.text] for d in version.imputation_methods], unless=[])
    extras.json("presentations", [[d.oid, d.language, d.text] for d in version.presentations], unless=[])
    listed = element("StudyEventGroupRef", {"StudyEventGroupOID": EVENTS, "Mandatory": True})
    protocol = {
        "Description": texts("Description", version.protocol_description),
        "StudyEventGroupRef": listed,
        "Alias": extras.aliases(others),
    }
    forms = [_form(d, oids, shapes) for d in version.forms if d.oid not in shapes.shells]
    groups = [_group(d, oids, shapes) for d in version.item_groups if d.oid not in shapes.direct]
    written = {
        "Description": texts("Description", kept_text(version.description, kept)),
        "Protocol": element(
            "Protocol", {}, arranged("Protocol", protocol, kept.inside.get("Protocol") or Kept())
        ),
        "StudyEventGroupDef": _events(version, oids),
        "StudyEventDef": "".join(_event(d, oids, shapes) for d in version.events),
        "ItemGroupDef": "".join((*forms, *groups)),
        "ItemDef": "".join(item(d, oids) for d in version.items),
        "CodeList": "".join(code_list(d, oids) for d in version.code_lists) + code_lists(version),
        "ConditionDef": "".join(_condition(d, oids) for d in version.conditions),
        "MethodDef": "".join(_method(d, oids) for d in version.methods),
    }
    attributes: dict[str, object] = {"OID": version.oid, "Name": version.name or version.oid}
    more = {key: value for key, value in kept.attributes.items() if key != "Description"}
    return element(
        "MetaDataVersion", {**attributes, **more}, "\n" + arranged("MetaDataVersion", written, kept)
    )


def _ref(oid: str | None, spelled: Mapping[str, str]) -> str | None:
    return spelled.get(oid, oid) if oid else None


def _events(version: MetaDataVersion, oids: OidSpace) -> str:
    once = Once()
    refs = "".join(
        element(
            "StudyEventRef",
            {
                "StudyEventOID": oids.events.get(ref.study_event_oid, ref.study_event_oid),
                "OrderNumber": _positive(once, ref.order_number),
                "Mandatory": ref.mandatory,
                "CollectionExceptionConditionOID": _ref(ref.condition_oid, oids.conditions),
            },
        )
        for ref in version.event_refs
    )
    return element("StudyEventGroupDef", {"OID": EVENTS, "Name": "Events in their order"}, refs)


def _positive(once: Once, number: int | None) -> int | None:
    return once(number) if number is not None and number > 0 else None


def _event(d: StudyEventDef, oids: OidSpace, shapes: Shapes) -> str:
    extras = Extras()
    extras.texts("title", d.title, unless=TranslatedText.of(d.name))
    write_event(extras, d)
    kept, _, _ = of(d.aliases)
    once = Once()
    written = {
        "Description": texts("Description", d.description),
        "ItemGroupRef": "".join(_form_ref(ref, oids, shapes, once, kept) for ref in d.form_refs),
    }
    attributes = {
        "OID": oids.events[d.oid],
        "Name": d.name or d.oid,
        "Repeating": d.repeating,
        "Type": d.type.value,
        "Category": d.category,
    }
    return defined("StudyEventDef", attributes, written, extras, d.aliases)


def _form_ref(ref: FormRef, oids: OidSpace, shapes: Shapes, once: Once, kept: Kept) -> str:
    return _group_reference(
        shapes.spelled(ref.form_oid, oids), ref, oids, once, kept.within("ItemGroupRef", ref.form_oid)
    )


def _group_reference(
    spelling: str, ref: FormRef | ItemGroupRef, oids: OidSpace, once: Once, kept: Kept
) -> str:
    return element(
        "ItemGroupRef",
        {
            "ItemGroupOID": spelling,
            "OrderNumber": _positive(once, ref.order_number),
            "Mandatory": ref.mandatory,
            "CollectionExceptionConditionOID": _ref(ref.condition_oid, oids.conditions),
            **kept.attributes,
        },
    )


def _group_refs(refs: Iterable[ItemGroupRef], oids: OidSpace, kept: Kept) -> str:
    once = Once()
    return "".join(
        _group_reference(
            oids.groups.get(ref.item_group_oid, ref.item_group_oid),
            ref,
            oids,
            once,
            kept.within("ItemGroupRef", ref.item_group_oid),
        )
        for ref in refs
    )


def _form(d: FormDef, oids: OidSpace, shapes: Shapes) -> str:
    extras = Extras()
    name = d.odm_name or d.name
    extras.text("name", d.name, unless=name)
    extras.texts("title", d.title, unless=TranslatedText.of(name))
    kept, _, _ = of(d.aliases)
    direct = shapes.direct.get(d.oid)
    refs = [ref for ref in d.group_refs if direct is None or ref.item_group_oid != d.oid]
    written = {
        "Description": texts("Description", d.description),
        "ItemGroupRef": _group_refs(refs, oids, kept),
    }
    if direct is not None:
        written["ItemRef"] = _item_refs(direct, oids, extras)
        extras.text("sas_name", direct.sas_name)
    attributes = {
        "OID": shapes.spelled(d.oid, oids),
        "Name": name or d.oid,
        "Repeating": "Simple" if d.repeating else "No",
        "Type": "Form",
    }
    return defined("ItemGroupDef", attributes, written, extras, d.aliases)


def _group(d: ItemGroupDef, oids: OidSpace, shapes: Shapes) -> str:
    extras = Extras()
    extras.text("form_name", shapes.shells.get(d.oid, ""))
    extras.texts("title", d.title, unless=TranslatedText())
    extras.text("sas_name", d.sas_name)
    extras.text("origin", d.origin)
    extras.text("role", d.role)
    extras.text("comment", d.comment)
    extras.json("columns", list(d.columns), unless=[])
    extras.json("least_rows", d.least_rows, unless=0)
    extras.json("most_rows", d.most_rows, unless=0)
    extras.text("layout", d.layout)
    kept, _, _ = of(d.aliases)
    written = {
        "Description": texts("Description", d.description),
        "ItemRef": _item_refs(d, oids, extras),
        "ItemGroupRef": _group_refs(d.group_refs, oids, kept),
    }
    attributes = {
        "OID": oids.groups[d.oid],
        "Name": d.name or d.oid,
        "Repeating": "Simple" if d.repeating else "No",
        "IsReferenceData": True if d.is_reference_data else None,
        "DatasetName": d.sas_dataset_name,
        "Domain": d.domain,
        "Type": "Section",
        "Purpose": d.purpose,
    }
    return defined("ItemGroupDef", attributes, written, extras, d.aliases)


def _item_refs(d: ItemGroupDef, oids: OidSpace, extras: Extras) -> str:
    kept, _, _ = of(d.aliases)
    imputed = [[ref.item_oid, ref.imputation_method_oid] for ref in d.item_refs if ref.imputation_method_oid]
    extras.json("imputation", imputed, unless=[])
    orders, keys = Once(), Once()
    return "".join(
        _item_ref(ref, oids, orders, keys, kept.within("ItemRef", ref.item_oid)) for ref in d.item_refs
    )


def _item_ref(ref: ItemRef, oids: OidSpace, orders: Once, keys: Once, kept: Kept) -> str:
    return element(
        "ItemRef",
        {
            "ItemOID": oids.items.get(ref.item_oid, ref.item_oid),
            "OrderNumber": _positive(orders, ref.order_number),
            "Mandatory": ref.mandatory,
            "KeySequence": _positive(keys, ref.key_sequence),
            "MethodOID": _ref(ref.method_oid, oids.methods),
            "Role": ref.role,
            "RoleCodeListOID": _ref(ref.role_code_list_oid, oids.code_lists),
            "CollectionExceptionConditionOID": _ref(ref.condition_oid, oids.conditions),
            **kept.attributes,
        },
        arranged("ItemRef", {}, kept),
    )


def _condition(d: ConditionDef, oids: OidSpace) -> str:
    attributes = {"OID": oids.conditions[d.oid], "Name": d.name or d.oid}
    return _logic("ConditionDef", attributes, d, Extras())


def _method(d: MethodDef, oids: OidSpace) -> str:
    extras = Extras()
    known = d.type if d.type in METHOD_TYPES else ""
    extras.text("type", d.type, unless=known)
    attributes = {"OID": oids.methods[d.oid], "Name": d.name or d.oid, "Type": known}
    return _logic("MethodDef", attributes, d, extras)


def _logic(name: str, attributes: Mapping[str, object], d: ConditionDef | MethodDef, extras: Extras) -> str:
    kept, _, _ = of(d.aliases)
    written = {
        "Description": texts("Description", d.description, needed=True),
        "MethodSignature": "" if kept.part("MethodSignature") else "<MethodSignature/>\n",
        "FormalExpression": expressions(d.expressions),
    }
    return defined(name, attributes, written, extras, d.aliases)
