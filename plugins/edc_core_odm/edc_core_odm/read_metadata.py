"""Study and MetaDataVersion from ODM."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

from edc_core.api import (
    FunctionDef,
    Include,
    MeasurementUnit,
    MetaDataVersion,
    PluginUse,
    Policy,
    ReasonForChange,
    SiteDef,
    StudyInfo,
)
from edc_core_odm.own_marks import text_from_json
from edc_core_odm.read_definitions import Own, Source, content, json_list, strings
from edc_core_odm.read_items import NO_TEXT, code_list, distinct, item, measurement_unit
from edc_core_odm.read_structure import (
    condition,
    event,
    event_refs,
    form,
    group,
    imputation,
    method,
    presentation,
)
from edc_core_odm.safe_xml import Element
from edc_core_odm.schedule_marks import read_schedule
from edc_core_odm.vocabulary import LIST, LISTS_OF_POLICY, XML

_VERSION_PARTS = frozenset(
    {
        "Include", "Protocol", "StudyEventDef", "FormDef", "ItemGroupDef", "ItemDef", "CodeList", "ImputationMethod",
        "Presentation", "ConditionDef", "MethodDef",
    }
)  # fmt: skip


def study(source: Source, element: Element) -> list[MetaDataVersion]:
    """The MetaDataVersions of a Study, each with the study's facts and its units; includes not yet resolved."""
    oid = source.required(source.attributes(element, "OID"), "OID", element)
    if oid is None:
        return []
    facts = {
        name: content(child)
        for variables in source.all(element, "GlobalVariables")
        for name, child in source.children(variables, "StudyName", "StudyDescription", "ProtocolName")
    }
    info = StudyInfo(
        oid, facts.get("StudyName", oid), facts.get("StudyDescription", ""), facts.get("ProtocolName", "")
    )
    units: list[tuple[MeasurementUnit, str]] = []
    for basic in source.all(element, "BasicDefinitions"):
        parts = [child for _, child in source.children(basic, "MeasurementUnit")]
        units += distinct(source, parts, measurement_unit, lambda found: f"{found[0].oid}\0{found[1]}")
    for child in element:
        if source.name(child) not in ("GlobalVariables", "BasicDefinitions", "MetaDataVersion"):
            source.unexpected(child, element)
    return list(
        distinct(
            source,
            source.all(element, "MetaDataVersion"),
            lambda origin, child: _version(origin, child, info, units),
            lambda version: version.oid,
        )
    )


def _version(
    source: Source, element: Element, info: StudyInfo, units: list[tuple[MeasurementUnit, str]]
) -> MetaDataVersion | None:
    given = source.attributes(element, "OID", "Name", "Description")
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    for child in element:
        if source.name(child) not in _VERSION_PARTS:
            source.unexpected(child, element)
    protocol = element.find(source.tag("Protocol"))
    aliases, own = source.aliases(protocol) if protocol is not None else ((), Own(source.log, 0, {}))
    includes = [
        source.attributes(child, "StudyOID", "MetaDataVersionOID") for child in source.all(element, "Include")
    ]
    lists = distinct(source, source.all(element, "CodeList"), code_list, lambda d: d.oid)
    return MetaDataVersion(
        oid=oid,
        name=given.get("Name", oid),
        study=own.json("study", lambda data: StudyInfo(info.oid, *strings(data)), info),
        description=given.get("Description", ""),
        events=distinct(source, source.all(element, "StudyEventDef"), event, lambda d: d.oid),
        event_refs=event_refs(source, protocol) if protocol is not None else (),
        forms=distinct(source, source.all(element, "FormDef"), form, lambda d: d.oid),
        item_groups=distinct(source, source.all(element, "ItemGroupDef"), group, lambda d: d.oid),
        items=distinct(source, source.all(element, "ItemDef"), item, lambda d: d.oid),
        code_lists=tuple(d for d in lists if not d.oid.startswith(LIST)),
        measurement_units=tuple(unit for unit, version in units if version in ("", oid)),
        conditions=distinct(source, source.all(element, "ConditionDef"), condition, lambda d: d.oid),
        methods=distinct(source, source.all(element, "MethodDef"), method, lambda d: d.oid),
        imputation_methods=distinct(
            source, source.all(element, "ImputationMethod"), imputation, lambda d: d.oid
        ),
        presentations=distinct(source, source.all(element, "Presentation"), presentation, lambda d: d.oid),
        protocol_description=source.described(protocol) if protocol is not None else NO_TEXT,
        protocol_aliases=aliases,
        include=Include(includes[0].get("StudyOID", info.oid), includes[0].get("MetaDataVersionOID", ""))
        if includes
        else own.json("include", lambda data: Include(*strings(data)), None),
        languages=own.json("languages", strings, languages_of(source, element)),
        **own_facts(own),
        **read_schedule(own),
    )


class OwnFacts(TypedDict):
    """What no ODM has a word for, of a whole version."""

    sites: tuple[SiteDef, ...]
    plugins: tuple[PluginUse, ...]
    functions: tuple[FunctionDef, ...]
    policy: Policy


def own_facts(own: Own) -> OwnFacts:
    chosen = own.json("plugin_settings", _rows, [])
    return {
        "sites": own.json("sites", _sites, ()),
        "plugins": own.json("plugins", lambda data: tuple(_plugin(row, chosen) for row in _rows(data)), ()),
        "functions": own.json("functions", _functions, ()),
        "policy": replace(
            own.json("policy", lambda data: Policy(*strings(data)), Policy()),
            **{name: own.json(name, strings, ()) for name in LISTS_OF_POLICY},
            reasons=own.json("reasons", _reasons, ()),
            double_entry_share=own.json("double_entry_share", lambda data: int(str(data)), 100),
        ),
    }


def _reasons(data: object) -> tuple[ReasonForChange, ...]:
    """:raises TypeError: when it is not a list of codes with texts. :raises ValueError: one has not both."""
    reasons = []
    for part in json_list(data):
        code, text = json_list(part)
        reasons.append(ReasonForChange(*strings([code]), text_from_json(text)))
    return tuple(reasons)


def _sites(data: object) -> tuple[SiteDef, ...]:
    """:raises TypeError: when it is not a list of sites."""
    return tuple(SiteDef(*row[:4], tuple(" ".join(row[4:]).split())) for row in _rows(data))


def _plugin(row: tuple[str, ...], chosen: list[tuple[str, ...]]) -> PluginUse:
    return PluginUse(*row, settings=tuple((name, text) for plugin, name, text in chosen if plugin == row[0]))


def _functions(data: object) -> tuple[FunctionDef, ...]:
    """:raises TypeError: when it is not a list of functions."""
    return tuple(
        FunctionDef(row[0], tuple(row[1].split()), row[2], int(row[3]), row[4]) for row in _rows(data)
    )


def _rows(data: object) -> list[tuple[str, ...]]:
    return [strings(row) for row in json_list(data)]


def languages_of(source: Source, element: Element) -> tuple[str, ...]:
    found = {str(child.get(XML + "lang") or ""): None for child in element.iter(source.tag("TranslatedText"))}
    return tuple(language for language in found if language) or ("en",)
