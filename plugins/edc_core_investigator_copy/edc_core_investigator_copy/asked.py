"""The units that a site is asked for: without those that belong to other countries."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.api import ItemDef, SiteDef


def units_at(item: ItemDef, site: SiteDef) -> list[str]:
    """OIDs of the units that an item takes at the site."""
    elsewhere = {
        one.unit_oid for one in item.conversions if one.countries and site.country not in one.countries
    }
    return [oid for oid in item.measurement_unit_oids if oid not in elsewhere]
