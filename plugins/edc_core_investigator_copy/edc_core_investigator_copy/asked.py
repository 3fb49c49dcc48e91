"""What a site is asked at all: without the questions and units that belong to other countries or sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import holds_at, own_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import ItemDef, MetaDataIndex, PlacedItem, SiteDef


def asked_at(index: MetaDataIndex, form: str, site: SiteDef) -> Iterator[PlacedItem]:
    """Items of a form in their order, without those that no answer of anybody brings up at the site."""
    closed = {one.oid for one in index.version.conditions if holds_at(own_expression(one.expressions), site)}
    for placed in index.placed_items(form):
        above = (index.forms[form].group_refs, *(group.group_refs for group in placed.groups))
        within = (
            ref.condition_oid
            for group, refs in zip(placed.groups, above, strict=False)
            for ref in refs
            if ref.item_group_oid == group.oid
        )
        if closed.isdisjoint((placed.ref.condition_oid, *within)):
            yield placed


def units_at(item: ItemDef, site: SiteDef) -> list[str]:
    """OIDs of the units that an item takes at the site."""
    elsewhere = {
        one.unit_oid for one in item.conversions if one.countries and site.country not in one.countries
    }
    return [oid for oid in item.measurement_unit_oids if oid not in elsewhere]
