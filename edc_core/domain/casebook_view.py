"""The read-only picture handed to checks. Every read is noted: the fingerprint of a finding is made of what was read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.partial_date import PartialDate
from edc_core.domain.values import split_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.domain.casebook import Casebook, FormData, ItemData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import FormDef, ItemGroupDef, ItemGroupRef


@dataclass(slots=True)
class Reads:
    """What a check has looked at: items as they stood, and which forms and rows there were.

    Items are only noted while the check runs; most checks find nothing, and then nobody asks for the fingerprint.
    """

    seen: dict[str, object] = field(default_factory=dict)
    items: list[tuple[ItemPath, ItemData | None]] = field(default_factory=list)

    def clear(self) -> None:
        self.seen.clear()
        self.items.clear()

    def fingerprint(self) -> str:
        """SHA-256 over what was read, whatever its order."""
        whole = self.seen | {
            str(path): None if data is None else [data.value, data.missing, data.unit, data.reading, data.raw]
            for path, data in self.items
        }
        text = json.dumps(whole, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class CasebookView:
    """One subject's data as a check may see it: struck rows and removed forms are absent.

    :param others: further versions of the study by OID; a form of one of them is seen as that version defines it.
    """

    def __init__(
        self,
        casebook: Casebook,
        index: MetaDataIndex,
        reads: Reads | None = None,
        others: Mapping[str, MetaDataIndex] | None = None,
    ) -> None:
        self._casebook = casebook
        self._index = index
        self._others = others or {}
        self._reads = reads or Reads()

    @property
    def subject_key(self) -> str:
        return self._casebook.subject.subject_key

    def forms(self, form: str, *, event: str = "") -> tuple[FormView, ...]:
        """Started forms of a kind (form name or OID), in the order of the study's events and then of repeat keys.

        :param event: OID of the event they belong to; empty takes any.
        """
        order = {d.oid: position for position, d in enumerate(self._index.version.events)}
        views = [
            FormView(self, data, definition, self._reads)
            for path, data in self._casebook.forms.items()
            if path.form is not None
            and path.event is not None
            and (definition := self.index_of(data).forms.get(path.form.oid)) is not None
            and form in (definition.oid, definition.name)
            and event in ("", path.event.oid)
            and not self._casebook.is_removed(path)
        ]
        views.sort(
            key=lambda v: (order.get(v.event.oid, len(order)), _natural(v.event.key), _natural(v.path_key))
        )
        self._reads.seen[f"forms({form},{event})"] = [str(view.path) for view in views]
        return tuple(views)

    def form(self, form: str, *, event: str = "") -> FormView | None:
        """The first started form of a kind, or ``None``."""
        return next(iter(self.forms(form, event=event)), None)

    def at(self, path: ItemPath) -> FormView | None:
        """The form at a path, or ``None`` when it is not started or is removed."""
        data = self._casebook.forms.get(path)
        if data is None or path.form is None or self._casebook.is_removed(path):
            return None
        return FormView(self, data, self.index_of(data).forms[path.form.oid], self._reads)

    def index_of(self, form: FormData) -> MetaDataIndex:
        """The version a form keeps (decision "Versions")."""
        return self._others.get(form.meta_data_version, self._index)

    def index_at(self, path: ItemPath) -> MetaDataIndex:
        """The version that defines a place: that of its form where it is started."""
        form = self._casebook.forms.get(path.form_path) if path.form is not None else None
        return self._index if form is None else self.index_of(form)

    def _item(self, path: ItemPath) -> ItemData | None:
        data = self._casebook.items.get(path)
        self._reads.items.append((path, data))
        return data

    def _rows(self, parent: ItemPath, group_oid: str) -> list[ItemPath]:
        keys = {
            path.groups[len(parent.groups)]
            for source in (self._casebook.items, self._casebook.groups)
            for path in source
            if len(path.groups) > len(parent.groups)
            and path.form == parent.form
            and path.event == parent.event
            and path.groups[: len(parent.groups)] == parent.groups
            and path.groups[len(parent.groups)].oid == group_oid
        }
        rows = [ItemPath(parent.event, parent.form, (*parent.groups, step)) for step in keys]
        rows = sorted(
            (row for row in rows if not self._casebook.is_removed(row)),
            key=lambda row: _natural(row.groups[-1].key),
        )
        self._reads.seen[f"rows({parent},{group_oid})"] = [str(row) for row in rows]
        return rows


class GroupView:
    """The items of one place: a form's non-repeating groups taken together, or one row of a repeating group.

    Items go by name (or OID). ``number``, ``date`` and ``text`` answer ``None`` for blank, missing and unreadable
    alike; ``missing`` and ``is_unreadable`` tell them apart.
    """

    def __init__(self, casebook: CasebookView, places: dict[str, ItemPath], reads: Reads) -> None:
        self.casebook = casebook
        self._places = places
        self._reads = reads

    def at(self, item: str) -> ItemPath:
        """The path of an item here, as a finding's target.

        :raises KeyError: when the form has no such item here: the check is wrong, and its failure shows.
        """
        place = self._places.get(item) or self._places.get(item.partition(".")[2])
        if place is None:
            known = ", ".join(sorted(self._places))
            raise KeyError(f"no item '{item}' here; there are: {known}")
        return place

    def text(self, item: str) -> str | None:
        data = self.casebook._item(self.at(item))
        return None if data is None else data.value

    def number(self, item: str) -> Decimal | None:
        value = self.text(item)
        return None if value is None else Decimal(value)

    def date(self, item: str) -> PartialDate | None:
        """The date of a date, partial date or date-time item."""
        value = self.text(item)
        return None if value is None else PartialDate.parse(value)

    def codes(self, item: str) -> tuple[str, ...]:
        """The codes of a multiple-choice item."""
        return tuple(split_codes(self.text(item) or ""))

    def is_true(self, item: str) -> bool | None:
        """A boolean item, or a Y/N coded one."""
        value = self.text(item)
        return None if value is None else value in ("true", "Y")

    def missing(self, item: str) -> str:
        data = self.casebook._item(self.at(item))
        return "" if data is None else data.missing

    def is_unreadable(self, item: str) -> bool:
        data = self.casebook._item(self.at(item))
        return data is not None and data.reading == "unreadable"


class RowView(GroupView):
    """One row of a repeating item group."""

    def __init__(self, form: FormView, path: ItemPath, group: ItemGroupDef, reads: Reads) -> None:
        super().__init__(form.casebook, _places(form.index, group, path), reads)
        self.form = form
        self.path = path
        self.group = group

    @property
    def key(self) -> str:
        return self.path.groups[-1].key

    def rows(self, group: str) -> tuple[RowView, ...]:
        """Rows of a group nested in this one (group name or OID)."""
        definition, parent = _find_group(self.form.index, self.group.group_refs, group, self.path)
        return tuple(
            RowView(self.form, path, definition, self._reads)
            for path in self.casebook._rows(parent, definition.oid)
        )


class FormView(GroupView):
    """One started form: its items outside repeating groups, and its rows."""

    def __init__(self, casebook: CasebookView, data: FormData, definition: FormDef, reads: Reads) -> None:
        self.index = casebook.index_of(data)
        self.data = data
        self.definition = definition
        self.path = data.path
        places: dict[str, ItemPath] = {}
        for ref in definition.group_refs:
            group = self.index.groups[ref.item_group_oid]
            if not group.repeating:
                places |= _places(self.index, group, data.path.with_group(group.oid, "1"))
        super().__init__(casebook, places, reads)

    @property
    def event(self) -> Step:
        return self.path.event or Step("", "")

    @property
    def path_key(self) -> str:
        return self.path.form.key if self.path.form else ""

    @property
    def is_complete(self) -> bool:
        return self.data.status is EntryStatus.COMPLETE

    def rows(self, group: str) -> tuple[RowView, ...]:
        """Rows of a repeating group (group name or OID), in key order, struck rows absent."""
        definition, parent = _find_group(self.index, self.definition.group_refs, group, self.path)
        return tuple(
            RowView(self, path, definition, self._reads)
            for path in self.casebook._rows(parent, definition.oid)
        )


def _places(index: MetaDataIndex, group: ItemGroupDef, path: ItemPath) -> dict[str, ItemPath]:
    places: dict[str, ItemPath] = {}
    for ref in group.item_refs:
        item = index.items[ref.item_oid]
        places[item.oid] = places[item.name] = path.with_item(item.oid)
    for nested in group.group_refs:
        inner = index.groups[nested.item_group_oid]
        if not inner.repeating:
            places |= _places(index, inner, path.with_group(inner.oid, "1"))
    return places


def _find_group(
    index: MetaDataIndex, refs: tuple[ItemGroupRef, ...], name: str, parent: ItemPath
) -> tuple[ItemGroupDef, ItemPath]:
    """A group by name or OID and the place its rows stand in; non-repeating groups in between are stepped through."""

    def walk(level: tuple[ItemGroupRef, ...], place: ItemPath) -> Iterator[tuple[ItemGroupDef, ItemPath]]:
        for ref in level:
            group = index.groups[ref.item_group_oid]
            yield group, place
            if not group.repeating:
                yield from walk(group.group_refs, place.with_group(group.oid, "1"))

    for group, place in walk(refs, parent):
        if name in (group.oid, group.name):
            return group, place
    raise KeyError(f"no item group '{name}' here")


def _natural(key: str) -> tuple[int, int, str]:
    return (0, int(key), "") if key.isdigit() else (1, 0, key)
