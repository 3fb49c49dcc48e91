"""A map held against a study: every name becomes an item at its place, or a problem with its remedy."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Problem, Step
from edc_core_transfer.problems import several_refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import ItemPath, MetaDataIndex, PlacedItem
    from edc_core_transfer.column_map import Agrees, ColumnMap, Reading, Value


@dataclass(frozen=True, slots=True)
class Target:
    """An item of a form. ``groups`` says of each group around it whether it repeats."""

    form: str
    placed: PlacedItem
    groups: tuple[tuple[str, bool], ...]

    def path(self, form: ItemPath, row: tuple[Step, ...] = ()) -> ItemPath:
        """The item in a form; in the row at hand as far as both stand in the same groups."""
        place = form
        for depth, (oid, _) in enumerate(self.groups):
            shared = depth < len(row) and row[depth].oid == oid and place.groups == row[:depth]
            place = place.with_group(oid, row[depth].key if shared else "1")
        return place.with_item(self.placed.item.oid)


@dataclass(frozen=True, slots=True)
class Targets:
    """Everything a map names, found.

    :param tests: text in the file to the item it fills.
    """

    reference: Target | None
    agrees: tuple[tuple[Agrees, Target], ...]
    values: tuple[tuple[Value, Target], ...]
    tests: Mapping[str, Target]


def find(column_map: ColumnMap, index: MetaDataIndex) -> Targets:
    """Find what a map names.

    :raises ImportRefused: TRF002, all of them.
    """
    return _Finder(column_map, index).find()


class _Finder:
    def __init__(self, column_map: ColumnMap, index: MetaDataIndex) -> None:
        self._map, self._index = column_map, index
        self._problems: list[str] = []

    def find(self) -> Targets:
        given = self._map
        reference = self._target(given.reference.item) if given.reference else None
        agrees = [(one, target) for one in given.agrees if (target := self._target(one.item))]
        values = [(one, target) for one in given.values if (target := self._target(one.item))]
        named = given.tests.items if given.tests else {}
        tests = {word: target for word, item in named.items() if (target := self._target(item))}
        for target in (*(t for _, t in agrees), *(t for _, t in values), *tests.values()):
            self._reachable(target, reference)
        for target in (*(t for _, t in values), *tests.values()):
            if target.placed.item.origin == "derived":
                self._problems.append(
                    f"'{target.placed.item.name}' is calculated here, so nothing can be stored in it."
                )
        for value, target in values:
            self._units(value.reading, target)
        for target in tests.values():
            assert given.tests is not None
            self._words_missing(given.tests.reading, target)
        self._visits()
        if self._problems:
            unique = dict.fromkeys(self._problems)
            raise several_refused([Problem(given.name, 0, "TRF002", text, fatal=True) for text in unique])
        return Targets(reference, tuple(agrees), tuple(values), tests)

    def _target(self, name: str) -> Target | None:
        form_name, _, item_name = name.rpartition(".")
        form_name = form_name or self._map.form
        forms = [f for f in self._index.version.forms if form_name in (f.oid, f.name)]
        if not forms:
            words = [f.name for f in self._index.version.forms]
            hint = (
                f" {_near(form_name, words)}" if form_name else " Name it under 'form', or write FORM.ITEM."
            )
            self._problems.append(f"The study has no form '{form_name}' for '{name}'.{hint}")
            return None
        placed = list(self._index.placed_items(forms[0].oid))
        found = [one for one in placed if item_name in (one.item.oid, one.item.name)]
        if len(found) != 1:
            near = _near(item_name, [one.item.name for one in placed])
            self._problems.append(f"Form '{forms[0].name}' has no item '{item_name}'. {near}".rstrip())
            return None
        groups = tuple((oid, self._index.groups[oid].repeating) for oid in found[0].group_oids)
        return Target(forms[0].oid, found[0], groups)

    def _reachable(self, target: Target, reference: Target | None) -> None:
        name = target.placed.item.name
        if reference is not None and target.form != reference.form:
            self._problems.append(
                f"'{name}' is not in the form of the reference id '{reference.placed.item.name}'."
            )
            return
        around = reference.groups if reference is not None else ()
        loose = [
            oid
            for depth, (oid, repeats) in enumerate(target.groups)
            if repeats and target.groups[: depth + 1] != around[: depth + 1]
        ]
        if loose:
            self._problems.append(
                f"'{name}' stands in rows; a reference id in the same row must say in which."
            )
        if reference is None and self._index.forms[target.form].repeating:
            self._problems.append(
                f"Form '{target.form}' repeats; a reference id must say which one is meant."
            )

    def _units(self, reading: Reading, target: Target) -> None:
        known = target.placed.item.measurement_unit_oids
        self._problems += [
            f"'{oid}' is no unit of '{target.placed.item.name}'. {_near(oid, list(known))}".rstrip()
            for oid in reading.units.values()
            if oid not in known
        ]
        self._words_missing(reading, target)

    def _words_missing(self, reading: Reading, target: Target) -> None:
        item = target.placed.item
        self._problems += [
            f"'{code}' is no missing reason of '{item.name}'. There are: {', '.join(item.missing_reasons) or 'none'}."
            for code in reading.missing.values()
            if code not in item.missing_reasons
        ]

    def _visits(self) -> None:
        events = list(self._index.events)
        for oid in self._map.visit.codes.values() if self._map.visit else ():
            if oid not in self._index.events:
                self._problems.append(f"The study has no visit '{oid}'. {_near(oid, events)}".rstrip())


def _near(word: str, words: list[str]) -> str:
    near = difflib.get_close_matches(word, words, n=1)
    return f"Did you mean '{near[0]}'?" if near else ""
