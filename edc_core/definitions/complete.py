"""What every definition has although nobody wrote it: one order, check OIDs, unit factors and SAS names.

The loader completes what it read, so equal definitions are equal whatever the files' names and order.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from edc_core.definitions.conversions import conversions_of
from edc_core.domain.implied import checks_with_oids, forms_of_items
from edc_core.domain.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from edc_core.domain.metadata import ItemDef, ItemGroupDef, MeasurementUnit, MetaDataVersion

SAS_NAME_LENGTH = 8

_Defined = TypeVar("_Defined")


def completed(
    version: MetaDataVersion, *, published: MetaDataVersion | None = None, kept: Kept | None = None
) -> MetaDataVersion:
    """Arrange the definitions and propose what is missing; doing it again changes nothing.

    :param published: the version before; SAS names that it froze are proposed again.
    :param kept: items that were completed the time before.
    """
    kept = kept or Kept()
    ordered = _arranged(version)
    frozen_groups = {group.oid: group.sas_name for group in published.item_groups} if published else {}
    frozen_items = {item.oid: item.sas_name for item in published.items} if published else {}
    units = {unit.oid: unit for unit in version.measurement_units}
    items = []
    for item, sas_name in zip(ordered.items, _item_names(ordered, frozen_items), strict=True):
        inputs = (item, sas_name, [units.get(oid) for oid in item.measurement_unit_oids])
        items.append(kept.of("item", item.oid, inputs, partial(_completed, item, sas_name, units)))
    return replace(ordered, item_groups=_named_groups(ordered, frozen_groups), items=tuple(items))


def _completed(item: ItemDef, sas_name: str, units: Mapping[str, MeasurementUnit]) -> ItemDef:
    """An item with its SAS name, an OID for each check and the factors of its units."""
    checks, conversions = checks_with_oids(item), conversions_of(item, units)
    same = (item.sas_name, item.conversions) == (sas_name, conversions) and checks is item.range_checks
    return item if same else replace(item, sas_name=sas_name, conversions=conversions, range_checks=checks)


def _arranged(version: MetaDataVersion) -> MetaDataVersion:
    """Forms as the events use them, groups and items as the forms show them, everything else by OID."""
    groups = {d.oid: d for d in reversed(version.item_groups)}
    form_order = [ref.form_oid for event in version.events for ref in event.form_refs]
    forms = _sorted(version.forms, form_order)
    group_order: list[str] = []
    seen: set[str] = set()

    roots = [ref.item_group_oid for form in forms for ref in form.group_refs]
    waiting = roots + sorted(groups)
    while waiting:
        oid = waiting.pop(0)
        if oid in groups and oid not in seen:
            seen.add(oid)
            group_order.append(oid)
            waiting[:0] = [ref.item_group_oid for ref in groups[oid].group_refs]
    item_groups = _sorted(version.item_groups, group_order)
    item_order = [ref.item_oid for group in item_groups for ref in group.item_refs]
    return replace(
        version,
        forms=forms,
        item_groups=item_groups,
        items=_sorted(version.items, item_order),
        code_lists=_sorted(version.code_lists, ()),
        measurement_units=_sorted(version.measurement_units, ()),
        conditions=_sorted(version.conditions, ()),
        methods=_sorted(version.methods, ()),
        imputation_methods=_sorted(version.imputation_methods, ()),
        presentations=_sorted(version.presentations, ()),
    )


def _sorted(definitions: Sequence[_Defined], order: Iterable[str]) -> tuple[_Defined, ...]:
    rank = {oid: position for position, oid in reversed(list(enumerate(order)))}
    last = len(rank) + len(definitions) + 1_000_000

    def key(definition: _Defined) -> tuple[int, str]:
        oid: str = definition.oid  # type: ignore[attr-defined]  # every definition has one
        return rank.get(oid, last), oid

    return tuple(sorted(definitions, key=key))


def _named_groups(version: MetaDataVersion, frozen: dict[str, str]) -> tuple[ItemGroupDef, ...]:
    """The groups with SAS names that are unique in the study."""
    alone = {
        f.group_refs[0].item_group_oid: f.name for f in reversed(version.forms) if len(f.group_refs) == 1
    }
    names = [group.sas_name or frozen.get(group.oid, "") for group in version.item_groups]
    taken = {name.upper() for name in names if name}
    named: list[ItemGroupDef] = []
    for group, known in zip(version.item_groups, names, strict=True):
        name = known or _free(group.sas_dataset_name or alone.get(group.oid) or group.name, taken)
        taken.add(name.upper())
        named.append(group if name == group.sas_name else replace(group, sas_name=name))
    return tuple(named)


def _item_names(version: MetaDataVersion, frozen: dict[str, str]) -> Iterator[str]:
    """The SAS name of each item: at most eight characters, unique in each form."""
    homes = forms_of_items(version)
    taken: dict[str, set[str]] = {form.oid: set() for form in version.forms}
    taken[""] = set()
    names = [item.sas_name or frozen.get(item.oid, "") for item in version.items]
    for item, known in zip(version.items, names, strict=True):
        for form in homes.get(item.oid, ("",)) if known else ():
            taken[form].add(known.upper())
    for item, known in zip(version.items, names, strict=True):
        forms = homes.get(item.oid, ("",))
        near = taken[forms[0]] if len(forms) == 1 else set().union(*(taken[form] for form in forms))
        name = known or _free(item.name, near)
        for form in forms:
            taken[form].add(name.upper())
        yield name


def _free(wish: str, taken: set[str]) -> str:
    stem = re.sub(r"[^A-Z0-9_]", "", wish.upper()) or "X"
    stem = stem if not stem[0].isdigit() else f"_{stem}"
    name, number = stem[:SAS_NAME_LENGTH], 1
    while name in taken:
        number += 1
        name = f"{stem[: SAS_NAME_LENGTH - len(str(number))]}{number}"
    return name
