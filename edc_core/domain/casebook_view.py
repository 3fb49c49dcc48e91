"""What a check is handed to look at: one subject's casebook, read-only, values by the names of their items."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from edc_core.domain.casebook_picture import Cell, Reads
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.partial_date import PartialDate
from edc_core.domain.values import split_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.domain.casebook import FormData, ItemData
    from edc_core.domain.casebook_picture import CasebookPicture
    from edc_core.domain.index import ItemPlace, MetaDataIndex
    from edc_core.domain.metadata import FormDef, ItemGroupDef, ItemGroupRef


class CasebookView:
    """One subject's data as a check may see it: struck rows and removed forms are absent."""

    def __init__(self, picture: CasebookPicture, reads: Reads | None = None) -> None:
        self._picture = picture
        self._reads = reads or Reads()

    @property
    def subject_key(self) -> str:
        return self._picture.casebook.subject.subject_key

    def forms(self, form: str, *, event: str = "") -> tuple[FormView, ...]:
        """Started forms of a kind (form name or OID), in the order of the study's events and then of repeat keys.

        :param event: OID of the event they belong to; empty takes any.
        """
        found = self._picture.forms(form, event)
        self._reads.lists.append(("forms", form, event, tuple([data.path for data in found])))
        return tuple([FormView(self, data) for data in found])

    def index_at(self, path: ItemPath) -> MetaDataIndex:
        """The version that defines a place: that of its form where it is started."""
        return self._picture.index_at(path)

    def form(self, form: str, *, event: str = "") -> FormView | None:
        """The first started form of a kind, or ``None``."""
        return next(iter(self.forms(form, event=event)), None)

    def at(self, path: ItemPath) -> FormView | None:
        """The form at a path, or ``None`` when it is not started or is removed."""
        casebook = self._picture.casebook
        data = casebook.forms.get(path)
        return None if data is None or casebook.is_removed(path) else FormView(self, data)


class GroupView:
    """The items of one place: a form's non-repeating groups taken together, or one row of a repeating group.

    Items go by name (or OID). ``number``, ``date`` and ``text`` answer ``None`` for blank, missing and unreadable
    alike; ``missing`` and ``is_unreadable`` tell them apart. A censored result (``<0.5``) is a text and no number.
    """

    def __init__(self, casebook: CasebookView, path: ItemPath, places: Mapping[str, ItemPlace]) -> None:
        self.casebook = casebook
        self.path = path
        self._places = places
        self._cells = casebook._picture.cells(path)
        self._reads = casebook._reads
        self._numbers: dict[str, Decimal | None] = {}

    def at(self, item: str) -> ItemPath:
        """The path of an item here, as a finding's target.

        :raises KeyError: when the form has no such item here: the check is wrong, and its failure shows.
        """
        return self._cell(item).path

    def text(self, item: str) -> str | None:
        data = self._read(item)
        return None if data is None else data.value

    def number(self, item: str) -> Decimal | None:
        numbers = self._numbers
        if item not in numbers:  # what was asked before in this call has been noted
            value = self.text(item)
            numbers[item] = None if value is None or value.startswith(("<", ">")) else Decimal(value)
        return numbers[item]

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
        data = self._read(item)
        return "" if data is None else data.missing

    def is_unreadable(self, item: str) -> bool:
        data = self._read(item)
        return data is not None and data.reading == "unreadable"

    def _read(self, item: str) -> ItemData | None:
        cell = self._cell(item)
        self._reads.cells.append(cell)
        return cell.data

    def _cell(self, item: str) -> Cell:
        cell = self._cells.get(item)
        if cell is not None:
            return cell
        place = self._places.get(item) or self._places.get(item.partition(".")[2])
        if place is None:
            known = ", ".join(sorted(self._places))
            raise KeyError(f"no item '{item}' here; there are: {known}")
        groups, oid = place
        path = ItemPath(self.path.event, self.path.form, (*self.path.groups, *groups), oid)
        cell = self._cells[item] = Cell(path, self.casebook._picture.casebook.items.get(path))
        return cell

    def _rows_of(self, form: FormView, refs: tuple[ItemGroupRef, ...], name: str) -> tuple[RowView, ...]:
        group, parent = _find_group(form.index, refs, name, self.path)
        found = self.casebook._picture.rows(parent, group.oid)
        self._reads.lists.append(("rows", parent, group.oid, found))
        return tuple([RowView(form, path, group) for path in found])


class RowView(GroupView):
    """One row of a repeating item group."""

    def __init__(self, form: FormView, path: ItemPath, group: ItemGroupDef) -> None:
        super().__init__(form.casebook, path, form.index.places_in_row[group.oid])
        self.form = form
        self.group = group

    @property
    def key(self) -> str:
        return self.path.groups[-1].key

    def rows(self, group: str) -> tuple[RowView, ...]:
        """Rows of a group nested in this one (group name or OID)."""
        return self._rows_of(self.form, self.group.group_refs, group)


class FormView(GroupView):
    """One started form: its items outside repeating groups, and its rows."""

    def __init__(self, casebook: CasebookView, data: FormData) -> None:
        assert data.path.form is not None
        oid = data.path.form.oid
        self.index: MetaDataIndex = casebook._picture.index_of(data)
        self.data = data
        self.definition: FormDef = self.index.forms[oid]
        super().__init__(casebook, data.path, self.index.places_outside_rows[oid])

    @property
    def event(self) -> Step:
        return self.path.event or Step("", "")

    @property
    def is_complete(self) -> bool:
        return self.data.status is EntryStatus.COMPLETE

    def rows(self, group: str) -> tuple[RowView, ...]:
        """Rows of a repeating group (group name or OID), in key order, struck rows absent."""
        return self._rows_of(self, self.definition.group_refs, group)


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
