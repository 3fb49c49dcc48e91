"""Study and MetaDataVersion from ODM 2.0."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from edc_core.api import (
    Alias,
    ImputationMethod,
    Include,
    MeasurementUnit,
    MetaDataVersion,
    Presentation,
    StudyEventRef,
    StudyInfo,
    TranslatedText,
)
from edc_core_odm.odm2.kept import Kept, keep, take
from edc_core_odm.odm2.read_items import code_list, item
from edc_core_odm.odm2.read_structure import Groups, condition, event, event_refs, method
from edc_core_odm.odm2.vocabulary import EVENTS
from edc_core_odm.own_marks import text_from_json, text_to_json
from edc_core_odm.read_definitions import Own, Source, json_list, strings
from edc_core_odm.read_items import distinct
from edc_core_odm.read_metadata import languages_of, own_facts
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.schedule_marks import read_schedule
from edc_core_odm.vocabulary import LIST

T = TypeVar("T")
_DEFINED = {
    "Description", "Include", "Protocol", "StudyEventGroupDef", "StudyEventDef", "ItemGroupDef", "ItemDef",
    "CodeList", "ConditionDef", "MethodDef",
}  # fmt: skip


def study(source: Source, element: Element) -> list[MetaDataVersion]:
    """The MetaDataVersions of a Study; includes not yet resolved."""
    given, kept = take(
        source, element, {"OID", "StudyName", "ProtocolName"}, {"Description", "MetaDataVersion"}
    )
    oid = source.required(given, "OID", element)
    if oid is None:
        return []
    described = source.described(element)
    info = StudyInfo(oid, given.get("StudyName") or oid, _in_one(described), given.get("ProtocolName", ""))
    _keep_texts(kept, described)
    return list(
        distinct(
            source,
            source.all(element, "MetaDataVersion"),
            lambda origin, child: version_of(origin, child, info, kept),
            lambda version: version.oid,
        )
    )


def version_of(
    source: Source, element: Element, info: StudyInfo, of_study: Kept | None = None
) -> MetaDataVersion | None:
    """One version. :param of_study: what is kept of the Study around it."""
    _drop_second_leaves(source, element)
    taken = {
        str(child.get("OID")) for child in element if source.name(child) in _DEFINED - {"StudyEventGroupDef"}
    }
    given, kept = take(source, element, {"OID", "Name"}, _DEFINED, taken)
    oid = source.required(given, "OID", element)
    if oid is None:
        return None
    if of_study is not None and of_study.data():
        kept.inside["Study"] = of_study
    for child in source.all(element, "StudyEventGroupDef"):
        if child.get("OID") != EVENTS:
            keep(source, child, "MetaDataVersion", kept, taken)
    described = source.described(element)
    _keep_texts(kept, described)
    protocols = source.all(element, "Protocol")
    aliases, own, protocol = _protocol(source, protocols[0] if protocols else None)
    if protocol.data():
        kept.inside["Protocol"] = protocol
    events = distinct(source, source.all(element, "StudyEventDef"), event, lambda d: d.oid)
    groups = Groups(source, element, events)
    lists = distinct(source, source.all(element, "CodeList"), code_list, lambda d: d.oid)
    refs: tuple[StudyEventRef, ...] = event_refs(source, element, events)
    return MetaDataVersion(
        oid=oid,
        name=given.get("Name") or oid,
        study=own.json("study", lambda data: StudyInfo(info.oid, *strings(data)), info),
        description=_in_one(described),
        events=events,
        event_refs=refs,
        forms=tuple(groups.forms),
        item_groups=tuple(groups.groups),
        items=distinct(source, source.all(element, "ItemDef"), item, lambda d: d.oid),
        code_lists=tuple(d for d in lists if not d.oid.startswith(LIST)),
        measurement_units=own.json("units", _units, ()),
        conditions=distinct(source, source.all(element, "ConditionDef"), condition, lambda d: d.oid),
        methods=distinct(source, source.all(element, "MethodDef"), method, lambda d: d.oid),
        imputation_methods=own.json("imputation_methods", _rows(ImputationMethod), ()),
        presentations=own.json("presentations", _rows(Presentation), ()),
        protocol_description=source.described(protocols[0]) if protocols else TranslatedText(),
        protocol_aliases=(*aliases, *kept.alias()),
        include=_include(source, element, own, info),
        languages=own.json("languages", strings, languages_of(source, element)),
        **own_facts(own),
        **read_schedule(own),
    )


def _drop_second_leaves(source: Source, version: Element) -> None:
    """A file has one space of ids."""
    seen: set[str] = set()
    for leaf in list(version.iter(source.tag("Leaf"))):
        identity = str(leaf.get("ID") or "")
        parent = leaf.getparent()
        if identity in seen and parent is not None:
            source.log.add("ODM016", line_of(leaf), f"Leaf '{identity}'.")
            parent.remove(leaf)
        seen.add(identity)


def _protocol(source: Source, element: Element | None) -> tuple[tuple[Alias, ...], Own, Kept]:
    if element is None:
        return (), Own(source.log, 0, {}), Kept()
    _, kept = take(source, element, (), {"Description", "StudyEventGroupRef", "Alias"})
    for child in source.all(element, "StudyEventGroupRef"):
        if child.get("StudyEventGroupOID") != EVENTS:
            keep(source, child, "Protocol", kept)
    aliases, own = source.aliases(element)
    return aliases, own, kept


def _in_one(text: TranslatedText) -> str:
    """The model has one text for a study and for a version, in no stated language."""
    return text.in_language("en")


def _keep_texts(kept: Kept, text: TranslatedText) -> None:
    if text and text != TranslatedText.of(_in_one(text)):
        kept.attributes["Description"] = text_to_json(text)


def _include(source: Source, element: Element, own: Own, info: StudyInfo) -> Include | None:
    for child in source.all(element, "Include"):
        given = source.attributes(child, "StudyOID", "MetaDataVersionOID", "href")
        return Include(given.get("StudyOID", info.oid), given.get("MetaDataVersionOID", ""))
    return own.json("include", lambda data: Include(*strings(data)), None)


def _units(data: object) -> tuple[MeasurementUnit, ...]:
    found = []
    for row in json_list(data):
        oid, name, symbol, aliases = json_list(row)
        pairs = (strings(pair) for pair in json_list(aliases))
        found.append(
            MeasurementUnit(
                str(oid), str(name), text_from_json(symbol), tuple(Alias(*pair) for pair in pairs)
            )
        )
    return tuple(found)


def _rows(kind: Callable[..., T]) -> Callable[[object], tuple[T, ...]]:
    return lambda data: tuple(kind(*strings(row)) for row in json_list(data))
