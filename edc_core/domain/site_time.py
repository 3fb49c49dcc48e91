"""Which offset the site's clock had at a collected date and time, and whether its hands stood there twice or never.

The two may be one item or two: a time is looked at with the date that stands beside it (``MetaDataIndex.days``).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple
from zoneinfo import ZoneInfo

from edc_core.domain.metadata import DataType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.casebook import ItemData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import ItemDef

_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", re.ASCII)

Clock = Literal["", "repeated", "absent"]


class SiteTime(NamedTuple):
    """The zone of a local date and time, stored beside it; the text itself is never converted.

    :param offset: ``+09:00``; of a repeated hour the first, of an absent one that before the clocks changed.
    :param clock: ``repeated`` when the clocks were put back over it, ``absent`` when they were put forward.
    """

    zone: str
    offset: str
    clock: Clock = ""


def site_time(item: ItemDef, value: str | None, zone: str, day: str = "") -> SiteTime | None:
    """The offset of a date-time at a site, or of a time on a day.

    :param zone: the site's IANA zone. :param day: the date that belongs to a time, ISO 8601.
    :return: ``None`` for other items, for what is no whole date and time, and where an offset came with the value.
    """
    if item.data_type is not DataType.DATETIME:
        value = f"{day}T{value}" if day else None
    if value is None or not zone or not _LOCAL.fullmatch(value):
        return None
    local = datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(zone))
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    assert before is not None and after is not None  # noqa: PT018
    clock: Clock = "" if before == after else "repeated" if before > after else "absent"
    return SiteTime(zone, _written(before), clock)


def day_beside(index: MetaDataIndex, items: Mapping[ItemPath, ItemData], path: ItemPath) -> str:
    """The date that belongs to a time, as it stands beside it; empty for other items."""
    oid = index.days.get(path.item or "")
    day = items.get(path.parent.with_item(oid)) if oid else None
    return (day.value if day is not None else None) or ""


def _written(offset: timedelta) -> str:
    minutes = round(abs(offset) / timedelta(minutes=1))  # old zones had seconds; ISO 8601 has none
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}:{minutes % 60:02}"
