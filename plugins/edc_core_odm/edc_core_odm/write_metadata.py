"""Study and MetaDataVersion as ODM."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple

from edc_core.api import (
    ConditionDef,
    ExportDataset,
    FormDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MetaDataVersion,
    MethodDef,
    Policy,
    SiteDef,
    StudyEventDef,
    StudyInfo,
    TranslatedText,
)
from edc_core_odm.code_lists import code_lists
from edc_core_odm.nesting import Nesting
from edc_core_odm.oid_space import OidSpace, units_of
from edc_core_odm.schedule_marks import write_event, write_schedule
from edc_core_odm.vocabulary import LANGUAGE, LISTS_OF_POLICY, SAS_NAME
from edc_core_odm.write_items import code_list, item, measurement_unit
from edc_core_odm.write_xml import Extras, Once, attribute, body, element, expressions, texts

_METHOD_TYPES = frozenset({"Computation", "Imputation", "Transpose", "Other"})


def study(dataset: ExportDataset) -> tuple[str, dict[str, OidSpace]]:
    """The Study element with all versions in use, and how OIDs are spelled in each."""
    versions = [index.version for index in dataset.versions.values()]
    units, spelled = units_of(versions)
    spaces = {version.oid: OidSpace(version, spelled[version.oid]) for version in versions}
    newest = versions[-1].study if versions else StudyInfo(dataset.study_oid, dataset.study_name)
    name = newest.name or dataset.study_name or dataset.study_oid
    content = "<GlobalVariables>\n"
    content += f"<StudyName>{body(name)}</StudyName>\n"
    content += f"<StudyDescription>{body(newest.description)}</StudyDescription>\n"
    content += f"<ProtocolName>{body(newest.protocol_name or name)}</ProtocolName>\n</GlobalVariables>\n"
    if units:
        written = "".join(measurement_unit(*unit) for unit in units)
        content += f"<BasicDefinitions>\n{written}</BasicDefinitions>\n"
    for version in versions:
        content += _version(version, spaces[version.oid], newest, dataset.sites.values())
    return f'<Study OID="{attribute(dataset.study_oid)}">\n{content}</Study>\n', spaces


def _version(version: MetaDataVersion, oids: OidSpace, newest: StudyInfo, sites: Iterable[SiteDef]) -> str:
    nesting = Nesting(version)
    content = [_protocol(version, oids, newest, sites)]
    content += [_event(d, oids) for d in version.events]
    content += [_form(d, oids, nesting) for d in version.forms]
    content += [_group(d, oids) for d in version.item_groups]
    content += [item(d, oids) for d in version.items]
    content += [code_list(d, oids) for d in version.code_lists]
    content.append(code_lists(version))
    content += [
        f'<ImputationMethod OID="{attribute(oids.imputations[d.oid])}">{body(d.text)}</ImputationMethod>\n'
        for d in version.imputation_methods
    ]
    for shown in version.presentations:
        language = f' xml:lang="{shown.language}"' if LANGUAGE.fullmatch(shown.language) else ""
        oid = attribute(oids.presentations[shown.oid])
        content.append(f'<Presentation OID="{oid}"{language}>{body(shown.text)}</Presentation>\n')
    content += [_condition(d, oids) for d in version.conditions]
    content += [_method(d, oids) for d in version.methods]
    attributes = {"OID": version.oid, "Name": version.name or version.oid, "Description": version.description}
    return element("MetaDataVersion", attributes, "\n" + "".join(content))


def version_extras(version: MetaDataVersion, newest: StudyInfo, sites: Iterable[SiteDef]) -> Extras:
    """What no ODM has a word for, of a whole version; it stands at the Protocol."""
    extras = Extras()
    own = version.study
    facts = [own.name, own.description, own.protocol_name]
    shown = newest.name, newest.description, newest.protocol_name or newest.name
    extras.json("study", facts, unless=list(shown))
    if version.include:
        extras.json("include", [version.include.study_oid, version.include.meta_data_version_oid], unless=[])
    known = {site.number: site for site in (*sites, *version.sites)}
    told = [s for s in known.values() if s.country or s.zone != "UTC" or s in version.sites]
    extras.json(
        "sites",
        [[s.number, s.name, s.country, s.zone, *filter(None, (" ".join(s.languages),))] for s in told],
        unless=[],
    )
    extras.json("plugins", [[p.name, p.specifier, p.version, p.sha256] for p in version.plugins], unless=[])
    chosen = [[p.name, *one] for p in version.plugins for one in p.settings]
    extras.json("plugin_settings", chosen, unless=[])
    extras.json(
        "functions",
        [[f.name, " ".join(f.parameters), f.result, str(f.required), f.plugin] for f in version.functions],
        unless=[],
    )
    policy, usual = version.policy, Policy()
    choices, defaults = ([one for one in astuple(each) if isinstance(one, str)] for each in (policy, usual))
    while len(choices) > 3 and choices[-1] == defaults[len(choices) - 1]:
        choices.pop()  # what came later is written only where somebody chose it
    extras.json("policy", choices, unless=defaults[:3])
    for name in LISTS_OF_POLICY:
        extras.json(name, list(getattr(policy, name)), unless=[])
    reasons = [[one.code, [list(pair) for pair in one.text.texts]] for one in policy.reasons]
    extras.json("reasons", reasons, unless=[])
    extras.json("double_entry_share", policy.double_entry_share, unless=usual.double_entry_share)
    extras.json("languages", list(version.languages), unless=None)
    write_schedule(extras, version)
    return extras


def _protocol(version: MetaDataVersion, oids: OidSpace, newest: StudyInfo, sites: Iterable[SiteDef]) -> str:
    extras = version_extras(version, newest, sites)
    once = Once()
    refs = "".join(
        element(
            "StudyEventRef",
            {
                "StudyEventOID": oids.events.get(ref.study_event_oid, ref.study_event_oid),
                "OrderNumber": once(ref.order_number),
                "Mandatory": ref.mandatory,
                "CollectionExceptionConditionOID": oids.conditions.get(
                    ref.condition_oid or "", ref.condition_oid
                ),
            },
        )
        for ref in version.event_refs
    )
    content = (
        texts("Description", version.protocol_description) + refs + extras.aliases(version.protocol_aliases)
    )
    return element("Protocol", {}, content)


def _event(d: StudyEventDef, oids: OidSpace) -> str:
    extras = Extras()
    extras.texts("title", d.title, unless=TranslatedText.of(d.name))
    write_event(extras, d)
    once = Once()
    refs = "".join(
        element(
            "FormRef",
            {
                "FormOID": oids.forms.get(ref.form_oid, ref.form_oid),
                "OrderNumber": once(ref.order_number),
                "Mandatory": ref.mandatory,
                "CollectionExceptionConditionOID": oids.conditions.get(
                    ref.condition_oid or "", ref.condition_oid
                ),
            },
        )
        for ref in d.form_refs
    )
    attributes = {
        "OID": oids.events[d.oid],
        "Name": d.name or d.oid,
        "Repeating": d.repeating,
        "Type": d.type.value,
        "Category": d.category,
    }
    return element(
        "StudyEventDef", attributes, texts("Description", d.description) + refs + extras.aliases(d.aliases)
    )


def _group_ref(ref: ItemGroupRef, oids: OidSpace, once: Once) -> str:
    return element(
        "ItemGroupRef",
        {
            "ItemGroupOID": oids.groups.get(ref.item_group_oid, ref.item_group_oid),
            "OrderNumber": once(ref.order_number),
            "Mandatory": ref.mandatory,
            "CollectionExceptionConditionOID": oids.conditions.get(
                ref.condition_oid or "", ref.condition_oid
            ),
        },
    )


def _form(d: FormDef, oids: OidSpace, nesting: Nesting) -> str:
    """A form names its nested groups too, since ODM 1.3.2 data are flat; ours says which ones are only nested."""
    extras = Extras()
    name = d.odm_name or d.name
    extras.text("name", d.name, unless=name)
    extras.texts("title", d.title, unless=TranslatedText.of(name))
    top = {ref.item_group_oid for ref in d.group_refs}
    nested = [oid for oid in nesting.chains.get(d.oid, {}) if oid not in top]
    extras.json("nested", nested, unless=[])
    once = Once()
    refs = [*d.group_refs, *(ItemGroupRef(oid) for oid in nested)]
    content = texts("Description", d.description) + "".join(_group_ref(ref, oids, once) for ref in refs)
    attributes = {"OID": oids.forms[d.oid], "Name": name, "Repeating": d.repeating}
    return element("FormDef", attributes, content + extras.aliases(d.aliases))


def _group(d: ItemGroupDef, oids: OidSpace) -> str:
    extras = Extras()
    extras.texts("title", d.title, unless=TranslatedText())
    extras.text("sas_name", d.sas_name)
    dataset_name = d.sas_dataset_name if SAS_NAME.fullmatch(d.sas_dataset_name) else ""
    extras.text("sas_dataset_name", d.sas_dataset_name, unless=dataset_name)
    extras.json("columns", list(d.columns), unless=[])
    extras.json("least_rows", d.least_rows, unless=0)
    extras.json("most_rows", d.most_rows, unless=0)
    extras.text("layout", d.layout)
    nested = [
        [r.item_group_oid, "Yes" if r.mandatory else "No", r.order_number, r.condition_oid]
        for r in d.group_refs
    ]
    extras.json("group_refs", nested, unless=[])
    orders, keys = Once(), Once()
    refs = "".join(_item_ref(ref, oids, orders, keys) for ref in d.item_refs)
    attributes = {
        "OID": oids.groups[d.oid],
        "Name": d.name or d.oid,
        "Repeating": d.repeating,
        "IsReferenceData": True if d.is_reference_data else None,
        "SASDatasetName": dataset_name,
        "Domain": d.domain,
        "Origin": d.origin,
        "Role": d.role,
        "Purpose": d.purpose,
        "Comment": d.comment,
    }
    return element(
        "ItemGroupDef", attributes, texts("Description", d.description) + refs + extras.aliases(d.aliases)
    )


def _item_ref(ref: ItemRef, oids: OidSpace, orders: Once, keys: Once) -> str:
    return element(
        "ItemRef",
        {
            "ItemOID": oids.items.get(ref.item_oid, ref.item_oid),
            "OrderNumber": orders(ref.order_number),
            "Mandatory": ref.mandatory,
            "KeySequence": keys(ref.key_sequence),
            "MethodOID": oids.methods.get(ref.method_oid or "", ref.method_oid),
            "ImputationMethodOID": oids.imputations.get(
                ref.imputation_method_oid or "", ref.imputation_method_oid
            ),
            "Role": ref.role,
            "RoleCodeListOID": oids.code_lists.get(ref.role_code_list_oid or "", ref.role_code_list_oid),
            "CollectionExceptionConditionOID": oids.conditions.get(
                ref.condition_oid or "", ref.condition_oid
            ),
        },
    )


def _condition(d: ConditionDef, oids: OidSpace) -> str:
    content = (
        texts("Description", d.description, needed=True)
        + expressions(d.expressions)
        + Extras().aliases(d.aliases)
    )
    return element("ConditionDef", {"OID": oids.conditions[d.oid], "Name": d.name or d.oid}, content)


def _method(d: MethodDef, oids: OidSpace) -> str:
    extras = Extras()
    extras.text("type", d.type, unless=d.type if d.type in _METHOD_TYPES else "\0")
    content = (
        texts("Description", d.description, needed=True)
        + expressions(d.expressions)
        + extras.aliases(d.aliases)
    )
    kind = d.type if d.type in _METHOD_TYPES else "Other"
    return element("MethodDef", {"OID": oids.methods[d.oid], "Name": d.name or d.oid, "Type": kind}, content)
