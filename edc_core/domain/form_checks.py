"""The checks every form has without a plugin: declared RangeChecks, readability, required answers."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING

from edc_core.domain.finding import Found, Severity
from edc_core.domain.index import PlacedItem
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import ItemDef, TranslatedText
from edc_core.domain.said import said
from edc_core.domain.values import parse, split_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edc_core.domain.casebook import GroupData, ItemData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.limits import Limits
    from edc_core.domain.metadata import ItemGroupDef, RangeCheck

RESERVED = "EDC."  #: begins the OIDs of checks that every form has
UNREADABLE = "EDC.UNREADABLE"
REQUIRED = "EDC.REQUIRED"
LENGTH = "EDC.LENGTH"
EXCLUSIVE = "EDC.EXCLUSIVE"
ROWS = "EDC.ROWS"


def fingerprint(data: ItemData | None) -> str:
    """SHA-256 of what a check on one item reads."""
    seen = None if data is None else [data.value, data.missing, data.unit, data.reading, data.raw]
    return hashlib.sha256(json.dumps(seen, ensure_ascii=True).encode()).hexdigest()


def limit_message(check: RangeCheck) -> TranslatedText:
    """The study's own words, else what was expected."""
    if check.message:
        return check.message
    assert check.comparator is not None
    return said("limit", expected=said(check.comparator.value, values=", ".join(check.check_values)))


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
        hint = parse(placed.item, None, data.raw).hint or said("hint code")
        return (Found(UNREADABLE, path, said("unreadable", hint=hint), Severity.QUERY, fingerprint(data)),)
    if data.value is None:
        return ()
    limits = index.limits[placed.item.oid]
    if not placed.item.exclusive and _is_kept(limits, data.value, data.unit):
        return ()
    found = []
    if limits.longest is not None and len(data.value) > limits.longest:
        text = said("length", most=limits.longest, n=len(data.value))
        found.append(Found(LENGTH, path, text, Severity.QUERY, fingerprint(data)))
    given = split_codes(data.value) if placed.item.exclusive else ()
    if len(given) > 1 and not set(placed.item.exclusive).isdisjoint(given):
        found.append(Found(EXCLUSIVE, path, said("exclusive"), Severity.QUERY, fingerprint(data)))
    for check in limits.broken(data.value, data.unit):
        severity = Severity.WARNING if check.warning else Severity.QUERY
        text = limit_message(check)
        found.append(Found(check_oid(placed.item, check), path, text, severity, fingerprint(data)))
    return found


@lru_cache(maxsize=8192)
def _is_kept(limits: Limits, value: str, unit: str) -> bool:
    """Whether a value keeps what is declared. Known again, for each save looks at every value of its form."""
    return (limits.longest is None or len(value) <= limits.longest) and not limits.broken(value, unit)


def form_findings(
    index: MetaDataIndex,
    form: ItemPath,
    items: Mapping[ItemPath, ItemData],
    groups: Mapping[ItemPath, GroupData],
) -> list[Found]:
    """Every finding of a form as it would stand when Complete, in the order of the page.

    What is said of the number of a log's rows is said of the form, with the OID of the group as its key.
    """
    every = [
        found
        for placed, path in expected_items(index, form, items, groups)
        for found in _with_required(index, placed, path, items.get(path))
    ]
    assert form.form is not None
    for ref in index.forms[form.form.oid].group_refs:
        group = index.groups[ref.item_group_oid]
        if group.least_rows or group.most_rows:
            every += _with_rows(group, form, items, groups)
    return every


def _with_rows(
    group: ItemGroupDef,
    form: ItemPath,
    items: Mapping[ItemPath, ItemData],
    groups: Mapping[ItemPath, GroupData],
) -> Iterator[Found]:
    """Whether a log of a form has as many rows as it states; struck ones do not count."""
    started = (path for path in (*groups, *items) if path.groups and path.form_path == form)
    keys = {path.groups[0].key for path in started if path.groups[0].oid == group.oid}
    struck = {key for key in keys if (row := groups.get(form.with_group(group.oid, key))) and row.removed}
    n, least, most = len(keys - struck), group.least_rows, group.most_rows
    if n < least or 0 < most < n:
        about, bound = ("fewer rows", least) if n < least else ("more rows", most)
        text = said(about, name=group.title or group.name, bound=bound, n=n)
        yield Found(
            ROWS, form, text, Severity.QUERY, hashlib.sha256(str(n).encode()).hexdigest(), key=group.oid
        )


def _with_required(
    index: MetaDataIndex, placed: PlacedItem, path: ItemPath, data: ItemData | None
) -> Iterator[Found]:
    if placed.ref.mandatory and (data is None or data.is_blank):
        yield Found(REQUIRED, path, said("required"), Severity.QUERY, fingerprint(data))
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
        if path.form != form.form or path.event != form.event:  # most of a casebook, where rules read it
            continue
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
