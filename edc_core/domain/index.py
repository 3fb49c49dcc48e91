"""Lookups over a MetaDataVersion, built once per version: by OID, by path, by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from edc_core.domain.item_path import Step
from edc_core.domain.limits import Limits
from edc_core.domain.metadata import DataType
from edc_core.domain.term_search import TermSearch
from edc_core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import (
        CodeList,
        FormDef,
        ItemDef,
        ItemGroupDef,
        ItemGroupRef,
        ItemRef,
        MeasurementUnit,
        MetaDataVersion,
        StudyEventDef,
    )

    #: The groups below a form or row that lead to an item, and its OID.
    ItemPlace = tuple[tuple[Step, ...], str]


_DATE = (DataType.DATE, DataType.PARTIAL_DATE)
_TIME = (DataType.TIME, DataType.PARTIAL_TIME)


@dataclass(frozen=True, slots=True)
class PlacedItem:
    """An item where it stands in a form: its groups from the outermost, its ref and its definition."""

    groups: tuple[ItemGroupDef, ...]
    ref: ItemRef
    item: ItemDef
    group_oids: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "group_oids", tuple(group.oid for group in self.groups))


class MetaDataIndex:
    """A MetaDataVersion with its lookups. Immutable after construction, so safe to share between threads."""

    def __init__(self, version: MetaDataVersion) -> None:
        self.version = version

    @cached_property
    def made(self) -> dict[str, Any]:
        """What other parts made of this version, such as its compiled rules: it goes when the version does."""
        return {}

    def forget(self) -> None:
        """Give back the memory of the lookups and of ``made``; what is asked for again is made again."""
        self.__dict__ = {"version": self.version}

    @cached_property
    def events(self) -> dict[str, StudyEventDef]:
        return {d.oid: d for d in self.version.events}

    @cached_property
    def event_order(self) -> dict[str, int]:
        """Event OID to its place in the study."""
        return {d.oid: position for position, d in enumerate(self.version.events)}

    @cached_property
    def forms(self) -> dict[str, FormDef]:
        return {d.oid: d for d in self.version.forms}

    @cached_property
    def groups(self) -> dict[str, ItemGroupDef]:
        return {d.oid: d for d in self.version.item_groups}

    @cached_property
    def items(self) -> dict[str, ItemDef]:
        return {d.oid: d for d in self.version.items}

    @cached_property
    def limits(self) -> dict[str, Limits]:
        """Item OID to its declared limits."""
        return {d.oid: Limits(d) for d in self.version.items}

    @cached_property
    def code_lists(self) -> dict[str, CodeList]:
        return {d.oid: d for d in self.version.code_lists}

    def term_search(self, code_list_oid: str) -> TermSearch:
        """The search of a code list, made when somebody types into it first."""
        found = self._searches.get(code_list_oid)
        if found is None:
            found = self._searches[code_list_oid] = TermSearch(self.code_lists[code_list_oid])
        return found

    @cached_property
    def _searches(self) -> dict[str, TermSearch]:
        return {}

    @cached_property
    def units(self) -> dict[str, MeasurementUnit]:
        return {d.oid: d for d in self.version.measurement_units}

    @cached_property
    def decodes(self) -> dict[str, dict[str, str]]:
        """Code list OID to {code: decode in English or the first language}; an enumerated term shows itself."""
        return {
            d.oid: {i.coded_value: i.decode.in_language("en") if i.decode else i.coded_value for i in d.items}
            for d in self.version.code_lists
        }

    @cached_property
    def _placed(self) -> dict[str, dict[tuple[tuple[str, ...], str], PlacedItem]]:
        return {
            form.oid: {(p.group_oids, p.item.oid): p for p in self.placed_items(form.oid)}
            for form in self.version.forms
        }

    @cached_property
    def places_outside_rows(self) -> dict[str, dict[str, ItemPlace]]:
        """Form OID to the items that occur once in it, by name and by OID."""
        return {form.oid: self._places_once(form.group_refs) for form in self.version.forms}

    @cached_property
    def places_in_row(self) -> dict[str, dict[str, ItemPlace]]:
        """Item group OID to the items that occur once in an occurrence of it, by name and by OID."""
        return {group.oid: self._places(group, ()) for group in self.version.item_groups}

    def _places(self, group: ItemGroupDef, above: tuple[Step, ...]) -> dict[str, ItemPlace]:
        items = [self.items[ref.item_oid] for ref in group.item_refs]
        own = {word: (above, item.oid) for item in items for word in (item.oid, item.name)}
        return own | self._places_once(group.group_refs, above)

    def _places_once(
        self, refs: tuple[ItemGroupRef, ...], above: tuple[Step, ...] = ()
    ) -> dict[str, ItemPlace]:
        found: dict[str, ItemPlace] = {}
        for ref in refs:
            group = self.groups[ref.item_group_oid]
            if not group.repeating:
                found |= self._places(group, (*above, Step(group.oid)))
        return found

    @cached_property
    def days(self) -> dict[str, str]:
        """OID of a time item to that of the date item of the same moment: both stand in one group and are called the same
        in another system, as CDASH has a date and a time for one variable ``--DTC`` of SDTM.
        """
        found: dict[str, str] = {}
        for group in self.version.item_groups:
            items = [self.items[ref.item_oid] for ref in group.item_refs]
            dates = {alias: one.oid for one in items if one.data_type in _DATE for alias in one.aliases}
            found |= {
                one.oid: dates[alias]
                for one in items
                if one.data_type in _TIME
                for alias in one.aliases
                if alias in dates
            }
        return found

    @cached_property
    def file_forms(self) -> frozenset[str]:
        """OIDs of the forms that ask for a file."""
        return self._forms_with(lambda item: item.file)

    @cached_property
    def unit_forms(self) -> frozenset[str]:
        """OIDs of the forms with an item that may be given in several units."""
        return self._forms_with(lambda item: len(item.measurement_unit_oids) > 1)

    def _forms_with(self, has: Callable[[ItemDef], object]) -> frozenset[str]:
        forms = (form.oid for form in self.version.forms)
        return frozenset(oid for oid in forms if any(has(one.item) for one in self.placed_items(oid)))

    def placed_items(self, form_oid: str) -> tuple[PlacedItem, ...]:
        """Every item of a form in the order of the page; gone through once, for rules ask again and again."""
        found = self._in_order.get(form_oid)
        if found is None:
            found = self._in_order[form_oid] = tuple(self._walk(form_oid))
        return found

    @cached_property
    def _in_order(self) -> dict[str, tuple[PlacedItem, ...]]:
        return {}

    def _walk(self, form_oid: str) -> Iterator[PlacedItem]:
        def walk(group: ItemGroupDef, above: tuple[ItemGroupDef, ...]) -> Iterator[PlacedItem]:
            chain = (*above, group)
            for ref in group.item_refs:
                yield PlacedItem(chain, ref, self.items[ref.item_oid])
            for nested in group.group_refs:
                yield from walk(self.groups[nested.item_group_oid], chain)

        for ref in self.forms[form_oid].group_refs:
            yield from walk(self.groups[ref.item_group_oid], ())

    def place(self, path: ItemPath) -> PlacedItem:
        """The definition behind an item path.

        :raises NotFound: when the version has no such item there.
        """
        self.check(path, keys_as_found=True)
        if path.form is None or path.item is None:
            raise NotFound(f"'{path}' does not name an item.")
        placed = self._placed[path.form.oid].get((path.group_oids, path.item))
        if placed is None:
            raise NotFound(f"The study has no item '{path.item}' at '{path.parent}'.")
        return placed

    def check(self, path: ItemPath, *, keys_as_found: bool = False) -> None:
        """Refuse a path that this version does not define, or a repeat key other than 1 where nothing repeats.

        :param keys_as_found: take any repeat key, as an import does (real files number what does not repeat).
        :raises NotFound: naming the level that does not exist.
        """
        if path.event is None:
            return
        event = self.events.get(path.event.oid)
        if event is None:
            raise NotFound(f"The study has no event '{path.event.oid}'.")
        if not (event.repeating or keys_as_found) and path.event.key != "1":
            raise NotFound(
                f"Event '{event.oid}' does not repeat, so it has no occurrence '{path.event.key}'."
            )
        if path.form is None:
            return
        form = self.forms.get(path.form.oid)
        if form is None or all(ref.form_oid != path.form.oid for ref in event.form_refs):
            raise NotFound(f"Event '{event.oid}' has no form '{path.form.oid}'.")
        if not (form.repeating or keys_as_found) and path.form.key != "1":
            raise NotFound(f"Form '{form.oid}' does not repeat, so it has no occurrence '{path.form.key}'.")
        refs = form.group_refs
        for step in path.groups:
            if all(ref.item_group_oid != step.oid for ref in refs):
                raise NotFound(f"Form '{form.oid}' has no item group '{step.oid}' at '{path}'.")
            group = self.groups[step.oid]
            if not (group.repeating or keys_as_found) and step.key != "1":
                raise NotFound(f"Item group '{group.oid}' does not repeat, so it has no row '{step.key}'.")
            refs = group.group_refs
