"""TU: a lesion is identified once, however often a form repeats which one it is (SDTMIG 3.4, section 6.3.11)."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core_sdtm.record import Record

_APART = ("TULNKID", "TUTESTCD", "TUEVAL", "TUEVALID")


def identified(records: Iterable[Record]) -> list[Record]:
    """The earliest record of each lesion and evaluator; those without a link stay."""
    found: dict[tuple[str, ...], Record] = {}
    others = []
    for record in records:
        if "TULNKID" not in record.values:
            others.append(record)
            continue
        key = tuple(record.values.get(name, "") for name in _APART)
        before = found.get(key)
        if before is None or (record.day or "~", record.path) < (before.day or "~", before.path):
            found[key] = record
    return [*others, *found.values()]
