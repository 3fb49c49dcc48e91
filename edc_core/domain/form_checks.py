"""The checks every form has without a plugin: declared RangeChecks, readability, required answers."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from edc_core.domain.finding import Found, Severity
from edc_core.domain.index import PlacedItem
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import Comparator, ItemDef, TranslatedText
from edc_core.domain.values import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edc_core.domain.casebook import GroupData, ItemData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import ItemGroupDef, RangeCheck

RESERVED = "EDC."  #: begins the OIDs of checks that every form has
UNREADABLE = "EDC.UNREADABLE"
REQUIRED = "EDC.REQUIRED"
LENGTH = "EDC.LENGTH"

_WORDS = {
    Comparator.LT: "below {0}",
    Comparator.LE: "at most {0}",
    Comparator.GT: "above {0}",
    Comparator.GE: "at least {0}",
    Comparator.EQ: "{0}",
    Comparator.NE: "anything but {0}",
    Comparator.IN: "one of {0}",
    Comparator.NOTIN: "none of {0}",
}


def fingerprint(data: ItemData | None) -> str:
    """SHA-256 of what a check on one item reads."""
    seen = None if data is None else [data.value, data.missing, data.unit, data.reading, data.raw]
    return hashlib.sha256(json.dumps(seen, ensure_ascii=True).encode()).hexdigest()


def limit_message(check: RangeCheck) -> TranslatedText:
    """The study's own words, else what was expected."""
    if check.message:
        return check.message
    assert check.comparator is not None
    expected = _WORDS[check.comparator].format(", ".join(check.check_values))
    return TranslatedText.of(
        f"Expected is {expected}. Please check the source; correct it or confirm it.", "en"
    )


def declared_oids(index: MetaDataIndex) -> frozenset[str]:
    """The OIDs of every check that a definition declares."""
    return frozenset(check_oid(item, check) for item in index.items.values() for check in item.range_checks)


def check_oid(item: ItemDef, check: RangeCheck) -> str:
    """The OID of a declared limit: its own, else made of the item and the limit's place."""
    return check.oid or f"{item.oid}.RC{item.range_checks.index(check) + 1}"


def item_findings(
    index: MetaDataIndex, placed: PlacedItem, path: ItemPath, data: ItemData | None
) -> Sequence[Found]:
    """What is to say about one value whatever its form's status: unreadable, or outside a soft limit.

    A hard limit is listed too: it is broken only by data that came through an import, which keeps what it finds.
    """
    if data is None:
        return ()
    if data.reading == "unreadable":
        hint = parse(placed.item, None, data.raw).hint or "This is none of the answers in the list."
        text = TranslatedText.of(f"{hint} Please correct it.", "en")
        return (Found(UNREADABLE, path, text, Severity.QUERY, fingerprint(data)),)
    if data.value is None:
        return ()
    found = []
    limits = index.limits[placed.item.oid]
    if limits.longest is not None and len(data.value) > limits.longest:
        these = f"{limits.longest} characters; these are {len(data.value)}"
        text = TranslatedText.of(f"Expected are at most {these}. Please shorten the text.", "en")
        found.append(Found(LENGTH, path, text, Severity.QUERY, fingerprint(data)))
    for check in limits.broken(data.value, data.unit):
        severity = Severity.WARNING if check.warning else Severity.QUERY
        text = limit_message(check)
        found.append(Found(check_oid(placed.item, check), path, text, severity, fingerprint(data)))
    return found


def form_findings(
    index: MetaDataIndex,
    form: ItemPath,
    items: Mapping[ItemPath, ItemData],
    groups: Mapping[ItemPath, GroupData],
) -> list[Found]:
    """Every finding of a form as it would stand when Complete, in the order of the page."""
    return [
        found
        for placed, path in expected_items(index, form, items, groups)
        for found in _with_required(index, placed, path, items.get(path))
    ]


def _with_required(
    index: MetaDataIndex, placed: PlacedItem, path: ItemPath, data: ItemData | None
) -> Iterator[Found]:
    if placed.ref.mandatory and (data is None or data.is_blank):
        text = TranslatedText.of("An answer is expected here. Enter it, or say why it is missing.", "en")
        yield Found(REQUIRED, path, text, Severity.QUERY, fingerprint(data))
    yield from item_findings(index, placed, path, data)


def expected_items(
    index: MetaDataIndex,
    form: ItemPath,
    items: Mapping[ItemPath, ItemData],
    groups: Mapping[ItemPath, GroupData],
) -> Iterator[tuple[PlacedItem, ItemPath]]:
    """Every place of a form where an item stands or should: each item of each row that is not struck."""
    rows: dict[tuple[ItemPath, str], list[ItemPath]] = {}
    seen: set[ItemPath] = set()
    for path in (*groups, *items):
        row = path.parent if path.item is not None else path
        while row.groups and row not in seen:
            seen.add(row)
            rows.setdefault((row.parent, row.groups[-1].oid), []).append(row)
            row = row.parent

    def walk(
        group: ItemGroupDef, parent: ItemPath, above: tuple[ItemGroupDef, ...]
    ) -> Iterator[tuple[PlacedItem, ItemPath]]:
        chain = (*above, group)
        first = parent.with_group(group.oid, "1")
        places = sorted_rows(rows.get((parent, group.oid), ())) if group.repeating else [first]
        for place in places:
            if (state := groups.get(place)) is not None and state.removed:
                continue
            for ref in group.item_refs:
                yield PlacedItem(chain, ref, index.items[ref.item_oid]), place.with_item(ref.item_oid)
            for nested in group.group_refs:
                yield from walk(index.groups[nested.item_group_oid], place, chain)

    assert form.form is not None
    for ref in index.forms[form.form.oid].group_refs:
        yield from walk(index.groups[ref.item_group_oid], form, ())


def sorted_rows(rows: tuple[ItemPath, ...] | list[ItemPath]) -> list[ItemPath]:
    """Rows of one group in the order of their keys, numbers as numbers."""
    return sorted(rows, key=lambda row: row.groups[-1].rank)
