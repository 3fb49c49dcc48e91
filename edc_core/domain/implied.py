"""What a definition says without words: names that OIDs propose, OIDs of its checks, what stands in which form."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edc_core.domain.metadata import (
        Comparator,
        FormDef,
        ItemDef,
        ItemGroupDef,
        MetaDataVersion,
        RangeCheck,
    )


def name_of(oid: str) -> str:
    """The name an OID proposes: what follows its last dot."""
    return oid.rpartition(".")[2]


def checks_with_oids(item: ItemDef) -> tuple[RangeCheck, ...]:
    """The checks of an item, each with its OID."""
    if all(check.oid for check in item.range_checks):
        return item.range_checks
    oids = check_oids(item.oid, [(check.oid, check.comparator) for check in item.range_checks])
    return tuple(replace(check, oid=oid) for check, oid in zip(item.range_checks, oids, strict=True))


def check_oids(item: str, stated: Sequence[tuple[str, Comparator | None]]) -> Iterator[str]:
    """The OIDs of an item's checks: its own, else one of item and comparator: ``VS.SYSBP.GE``.

    :param stated: of each check its own OID, or an empty text, and its comparator.
    """
    taken = {oid for oid, _ in stated}
    for oid, comparator in stated:
        name = oid
        if not oid:
            stem = f"{item}.{comparator.value if comparator else 'CHECK'}"
            names = (stem if n == 1 else f"{stem}.{n}" for n in count(1))
            name = next(name for name in names if name not in taken)
            taken.add(name)
        yield name


def forms_of_items(version: MetaDataVersion) -> dict[str, tuple[str, ...]]:
    """The OIDs of the forms each item stands in; an item in none is left out."""
    groups = {d.oid: d for d in version.item_groups}
    homes: dict[str, dict[str, None]] = {}
    for form in version.forms:
        for group in groups_of(form, groups):
            for ref in group.item_refs:
                homes.setdefault(ref.item_oid, {})[form.oid] = None
    return {oid: tuple(forms) for oid, forms in homes.items()}


def groups_of(form: FormDef, groups: dict[str, ItemGroupDef]) -> list[ItemGroupDef]:
    """All groups of a form, the outer before the inner, each once; undefined ones are passed over."""
    found: dict[str, ItemGroupDef] = {}
    waiting = [ref.item_group_oid for ref in form.group_refs]
    while waiting:
        oid = waiting.pop(0)
        if oid in groups and oid not in found:
            found[oid] = groups[oid]
            waiting[:0] = [ref.item_group_oid for ref in groups[oid].group_refs]
    return list(found.values())
