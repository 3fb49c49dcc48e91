"""Make definitions whole: includes resolved, and an empty definition for everything that is referred to but missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from edc_core.api import (
    CodeList,
    ConditionDef,
    DataType,
    FormDef,
    FormRef,
    ImputationMethod,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MeasurementUnit,
    MetaDataVersion,
    MethodDef,
    StudyEventDef,
    StudyEventRef,
)
from edc_core_odm.problems import ProblemLog


class _Definition(Protocol):
    @property
    def oid(self) -> str: ...


D = TypeVar("D", bound=_Definition)


def with_includes(
    version: MetaDataVersion, known: Sequence[MetaDataVersion], log: ProblemLog, lines: Mapping[str, int]
) -> MetaDataVersion:
    """A version with everything of the versions it builds on; its own definitions come before theirs."""
    chain = [version]
    while (include := chain[-1].include) is not None:
        base = next(
            (v for v in known if (v.study.oid, v.oid) == (include.study_oid, include.meta_data_version_oid)),
            None,
        )
        if base is None or any((base.study.oid, base.oid) == (v.study.oid, v.oid) for v in chain):
            if not _already_whole(version, base):
                log.add(
                    "ODM022",
                    lines.get(include.meta_data_version_oid, 0),
                    f"'{version.oid}' includes '{include.meta_data_version_oid}'.",
                )
            break
        chain.append(base)
    for base in chain[1:]:
        version = replace(
            version,
            events=_merged(version.events, base.events),
            event_refs=version.event_refs or base.event_refs,
            forms=_merged(version.forms, base.forms),
            item_groups=_merged(version.item_groups, base.item_groups),
            items=_merged(version.items, base.items),
            code_lists=_merged(version.code_lists, base.code_lists),
            measurement_units=_merged(version.measurement_units, base.measurement_units),
            conditions=_merged(version.conditions, base.conditions),
            methods=_merged(version.methods, base.methods),
            imputation_methods=_merged(version.imputation_methods, base.imputation_methods),
            presentations=_merged(version.presentations, base.presentations),
            protocol_description=version.protocol_description or base.protocol_description,
            protocol_aliases=version.protocol_aliases or base.protocol_aliases,
            languages=tuple(dict.fromkeys((*version.languages, *base.languages))),
        )
    return version


def _already_whole(version: MetaDataVersion, base: MetaDataVersion | None) -> bool:
    """A file of ours states what a version once included, but holds it whole (it need not hold the base)."""
    return base is None and bool(version.items)


def _merged(own: tuple[D, ...], base: tuple[D, ...]) -> tuple[D, ...]:
    """The base in its order with own definitions in place of theirs, then what is new."""
    mine = {definition.oid: definition for definition in own}
    theirs = {definition.oid for definition in base}
    return (*(mine.get(d.oid, d) for d in base), *(d for d in own if d.oid not in theirs))


def without_dangling(version: MetaDataVersion, log: ProblemLog, lines: Mapping[str, int]) -> MetaDataVersion:
    """Define emptily whatever the version refers to and lacks."""
    missing = _Missing(version, log, lines)
    events = missing.of("event", (r.study_event_oid for r in version.event_refs), version.events, empty_event)
    forms = missing.of("form", (r.form_oid for e in events for r in e.form_refs), version.forms, empty_form)
    groups = version.item_groups
    while True:  # an empty group refers to nothing, so this ends
        referred = [
            *(r.item_group_oid for f in forms for r in f.group_refs),
            *(r.item_group_oid for g in groups for r in g.group_refs),
        ]
        more = missing.of("item group", referred, groups, empty_group)
        if len(more) == len(groups):
            break
        groups = more
    refs = [ref for group in groups for ref in group.item_refs]
    items = missing.of("item", (ref.item_oid for ref in refs), version.items, empty_item)
    lists = [*(i.code_list_oid for i in items), *(ref.role_code_list_oid for ref in refs)]
    units = [
        *(oid for i in items for oid in i.measurement_unit_oids),
        *(check.measurement_unit_oid for i in items for check in i.range_checks),
    ]
    conditions = [
        *(ref.condition_oid for ref in version.event_refs),
        *(ref.condition_oid for event in events for ref in event.form_refs),
        *(ref.condition_oid for form in forms for ref in form.group_refs),
        *(ref.condition_oid for group in groups for ref in group.group_refs),
        *(ref.condition_oid for ref in refs),
    ]
    return replace(
        version,
        events=events,
        forms=forms,
        item_groups=groups,
        items=items,
        code_lists=missing.of("code list", lists, version.code_lists, lambda oid: CodeList(oid, oid)),
        measurement_units=missing.of(
            "unit", units, version.measurement_units, lambda oid: MeasurementUnit(oid, oid)
        ),
        conditions=missing.of(
            "condition", conditions, version.conditions, lambda oid: ConditionDef(oid, oid)
        ),
        methods=missing.of(
            "method", (r.method_oid for r in refs), version.methods, lambda oid: MethodDef(oid, oid)
        ),
        imputation_methods=missing.of(
            "imputation method",
            (r.imputation_method_oid for r in refs),
            version.imputation_methods,
            ImputationMethod,
        ),
    )


class _Missing:
    def __init__(self, version: MetaDataVersion, log: ProblemLog, lines: Mapping[str, int]) -> None:
        self.version = version
        self.log = log
        self.lines = lines

    def of(
        self, what: str, oids: Iterable[str | None], defined: tuple[D, ...], empty: _Empty[D]
    ) -> tuple[D, ...]:
        known = {definition.oid for definition in defined}
        lacking = [oid for oid in dict.fromkeys(oids) if oid and oid not in known]
        for oid in lacking:
            self.log.add(
                "ODM020", self.lines.get(oid, 0), f"The {what} '{oid}' of version '{self.version.oid}'."
            )
        return (*defined, *(empty(oid) for oid in lacking))


D_co = TypeVar("D_co", bound=_Definition, covariant=True)


class _Empty(Protocol[D_co]):
    def __call__(self, oid: str, /) -> D_co: ...


def empty_event(oid: str) -> StudyEventDef:
    return StudyEventDef(oid, oid, repeating=True)


def empty_form(oid: str) -> FormDef:
    return FormDef(oid, "", repeating=True, odm_name=oid)


def empty_group(oid: str) -> ItemGroupDef:
    return ItemGroupDef(oid, oid, repeating=True)


def empty_item(oid: str) -> ItemDef:
    return ItemDef(oid, "", DataType.TEXT, odm_name=oid)


def with_found(version: MetaDataVersion, places: Iterable[tuple[str, str, str, str]]) -> MetaDataVersion:
    """Add definitions and references for data found at ``(event, form, group, item)``; '' where there is none deeper."""
    events = {d.oid: d for d in version.events}
    forms = {d.oid: d for d in version.forms}
    groups = {d.oid: d for d in version.item_groups}
    items = {d.oid: d for d in version.items}
    event_refs = list(version.event_refs)
    for event_oid, form_oid, group_oid, item_oid in places:
        event = events.setdefault(event_oid, empty_event(event_oid))
        if all(ref.study_event_oid != event_oid for ref in event_refs) and event_oid not in _oids(
            version.events
        ):
            event_refs.append(StudyEventRef(event_oid))
        if not form_oid:
            continue
        form = forms.setdefault(form_oid, empty_form(form_oid))
        if all(ref.form_oid != form_oid for ref in event.form_refs):
            events[event_oid] = replace(event, form_refs=(*event.form_refs, FormRef(form_oid)))
        if not group_oid:
            continue
        group = groups.setdefault(group_oid, empty_group(group_oid))
        if all(ref.item_group_oid != group_oid for ref in form.group_refs) and not _nested(
            group_oid, groups.values()
        ):
            forms[form_oid] = replace(form, group_refs=(*form.group_refs, ItemGroupRef(group_oid)))
        if not item_oid:
            continue
        items.setdefault(item_oid, empty_item(item_oid))
        if all(ref.item_oid != item_oid for ref in group.item_refs):
            groups[group_oid] = replace(group, item_refs=(*group.item_refs, ItemRef(item_oid)))
    return replace(
        version,
        events=tuple(events.values()),
        event_refs=tuple(event_refs),
        forms=tuple(forms.values()),
        item_groups=tuple(groups.values()),
        items=tuple(items.values()),
    )


def _oids(definitions: Iterable[_Definition]) -> set[str]:
    return {definition.oid for definition in definitions}


def _nested(oid: str, groups: Iterable[ItemGroupDef]) -> bool:
    return any(ref.item_group_oid == oid for group in groups for ref in group.group_refs)
