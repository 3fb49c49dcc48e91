"""What differs between the columns and code lists of two states: those of the newest version that each of them knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core_snapshots.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import CodeListItem, MetaDataIndex, PlacedItem

#: Form, groups down to the item, item: OIDs.
Place = tuple[str, tuple[str, ...], str]


def structure(old: MetaDataIndex | None, new: MetaDataIndex | None) -> Iterator[Line]:
    """Columns in the order of their forms, each before the terms of its code list.

    A column that was removed is asked for no longer: exports keep it for what was entered in it.
    """
    if old is new:
        return
    before, after = _columns(old), _columns(new)
    for place in dict.fromkeys((*after, *before)):
        was = _column(old, before[place]) if old and place in before else ""
        now = _column(new, after[place]) if new and place in after else ""
        index = new if new and place in after else old
        assert index is not None, "a place is in one of them"
        if was != now:
            yield _line(index, place, "column", was, now)
        if old and new and was and now:
            yield from _terms(old, new, place, before[place], after[place])


def _columns(index: MetaDataIndex | None) -> dict[Place, PlacedItem]:
    if index is None:
        return {}
    return {
        (form.oid, placed.group_oids, placed.item.oid): placed
        for form in index.version.forms
        for placed in index.placed_items(form.oid)
    }


def _column(index: MetaDataIndex, placed: PlacedItem) -> str:
    """Label, type and what the values of a column may be."""
    item = placed.item
    size = ".".join(str(one) for one in (item.length, item.significant_digits) if one is not None)
    units = ", ".join(index.units[oid].name for oid in item.measurement_unit_oids if oid in index.units)
    facts = (
        f"{item.data_type.value} {size}".strip(),
        units,
        item.code_list_oid or "",
        "several" if item.multiple else "",
    )
    return f"{_label(placed)} ({'; '.join(filter(None, facts))})"


def _label(placed: PlacedItem) -> str:
    item = placed.item
    return item.description.in_language("en") or item.question.in_language("en") or item.name


def _terms(
    old: MetaDataIndex, new: MetaDataIndex, place: Place, before: PlacedItem, after: PlacedItem
) -> Iterator[Line]:
    was, now = _codes(old, before), _codes(new, after)
    for code in dict.fromkeys((*now, *was)):
        if was.get(code, "") != now.get(code, ""):
            yield _line(new, place, "term", was.get(code, ""), now.get(code, ""))


def _codes(index: MetaDataIndex, placed: PlacedItem) -> Mapping[str, str]:
    found = index.code_lists.get(placed.item.code_list_oid or "")
    return {term.coded_value: _term(term) for term in found.items} if found else {}


def _term(term: CodeListItem) -> str:
    decode = term.decode.in_language("en") if term.decode else ""
    retired = " (retired)" if term.retired else ""
    return f"{term.coded_value} = {decode}{retired}" if decode else f"{term.coded_value}{retired}"


def _line(index: MetaDataIndex, place: Place, what: str, old: str, new: str) -> Line:
    form, _, item = place
    change = "added" if not old else "removed" if not new else "changed"
    titled, named = index.forms[form], index.items[item]
    where = f"{titled.title.in_language('en') or titled.name}, {named.name}"
    return Line(form=form, item=item, what=what, change=change, where=where, old=old, new=new)
