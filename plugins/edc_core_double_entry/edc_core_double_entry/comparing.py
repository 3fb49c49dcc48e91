"""The two entries of a form side by side: which place belongs to which, what differs, what was decided. Pure.

Rows of a log belong together by their order: the second person does not learn which numbers the rows of the first have.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from edc_core.api import ItemData, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from edc_core.api import Casebook, FormNote, ItemGroupDef, ItemPath, MetaDataIndex, PlacedItem

VALUE = "double-entry.value"  #: topic of what was typed the second time
DECISION = "double-entry.decision"
TYPED = ("collected", "direct_source", "transcribed")  #: origins of what a person copies from paper


@dataclass(frozen=True, slots=True)
class Given:
    """A value of one of the entries. :param version: how often it was set; of the second, the position of its note."""

    raw: str = ""
    value: str | None = None
    missing: str = ""
    unit: str = ""
    parsed: str = "ok"
    version: int = 0

    @property
    def is_blank(self) -> bool:
        return self.value is None and not self.missing and self.parsed == "ok"

    def same(self, other: Given, units: tuple[str, ...]) -> bool:
        """Whether both say the same: canonical value, missing reason, unit; what could not be read as it was typed."""
        return self._said(units) == other._said(units)

    def is_change_of(self, before: Given) -> bool:
        """Whether a save of it would change what stands there."""
        exact = (self.value, self.missing, self.unit, self.parsed) != (
            before.value, before.missing, before.unit, before.parsed,
        )  # fmt: skip
        return exact or (self.parsed != "ok" and self.raw != before.raw)

    def _said(self, units: tuple[str, ...]) -> tuple[object, ...]:
        unit = (self.unit or next(iter(units), "")) if self.value is not None else ""
        return self.value, self.missing, unit, self.raw.strip() if self.parsed != "ok" else ""


@dataclass(frozen=True, slots=True)
class Field:
    """A place of the form in both entries. :param row: numbers of the rows it lies in, of the second entry.

    :param first: where it stands in the form; a row that the form does not have gets the next number.
    """

    placed: PlacedItem
    row: tuple[str, ...]
    first: ItemPath
    second: ItemPath


@dataclass(frozen=True, slots=True)
class Pair:
    """:param decision: content of the newest decision about the place, whether it still holds or not.

    :param holds: what it decided is what stands there now. :param changed: the form was changed here after the comparison.
    """

    field: Field
    first: Given
    second: Given
    decision: Mapping[str, Any]
    holds: bool
    changed: bool

    @property
    def differs(self) -> bool:
        return not self.first.same(self.second, self.field.placed.item.measurement_unit_oids)

    @property
    def is_open(self) -> bool:
        """Whether somebody has to decide."""
        return not self.holds and (self.differs or self.changed)


def is_typed(placed: PlacedItem) -> bool:
    """Whether an item is typed a second time: no file, nothing that is calculated or comes from elsewhere."""
    return placed.ref.method_oid is None and placed.item.file is None and placed.item.origin in TYPED


def of_first(item: ItemData | None) -> Given:
    """A value of the form."""
    if item is None:
        return Given()
    return Given(item.raw, item.value, item.missing, item.unit, item.reading, item.version)


def of_second(note: FormNote | None) -> Given:
    """What a note keeps of a value; blank where its words were taken out."""
    if note is None:
        return Given()
    said = note.content
    return Given(
        said.get("raw", ""), said.get("value"), said.get("missing", ""), said.get("unit", ""),
        said.get("parsed", "ok"), note.n,
    )  # fmt: skip


class Entry:
    """Where one of the two entries holds something. :param filled: places with a value. :param known: row places in use."""

    def __init__(self, filled: Iterable[ItemPath], known: Iterable[ItemPath] = ()) -> None:
        self._filled = {row for path in filled for row in path.ancestors() if row.groups}
        self._known = self._filled | {*known}

    def rows(self, parent: ItemPath, oid: str) -> list[Step]:
        """Rows of a group that hold something, in their order."""
        return _steps(self._filled, parent, oid)

    def next_key(self, parent: ItemPath, oid: str, more: int = 0) -> str:
        """The number after those in use."""
        numbers = [
            int(s.key) for s in _steps(self._known, parent, oid) if s.key.isascii() and s.key.isdecimal()
        ]
        return str(max(numbers, default=0) + 1 + more)


def _steps(rows: set[ItemPath], parent: ItemPath, oid: str) -> list[Step]:
    depth = len(parent.groups)
    found = {
        row.groups[depth]
        for row in rows
        if row.form_path == parent.form_path
        and len(row.groups) > depth
        and row.groups[:depth] == parent.groups
        and row.groups[depth].oid == oid
    }
    return sorted(found, key=lambda step: step.rank)


def first_of(book: Casebook, form: ItemPath) -> Entry:
    """The entry that stands in the form; struck rows are none of it, and their numbers stay theirs."""
    inside = [path for path in book.items if path.form_path == form]
    filled = [path for path in inside if not book.items[path].is_blank and not book.is_removed(path)]
    rows = [path for path in book.groups if path.form_path == form]
    return Entry(filled, [*rows, *(path.parent for path in inside)])


def fields_of(
    index: MetaDataIndex, form: ItemPath, first: Entry, second: Entry, *, more: int = 0
) -> Iterator[Field]:
    """Every place that is typed twice, in the order of the page.

    :param more: rows after the last one of the second entry, to be typed in.
    """
    assert form.form is not None, "the path of a form"

    def walk(group: ItemGroupDef, one: ItemPath, two: ItemPath, row: tuple[str, ...]) -> Iterator[Field]:
        if not group.repeating:
            yield from inside(group, one.with_group(group.oid, "1"), two.with_group(group.oid, "1"), row)
            return
        here, there = first.rows(one, group.oid), second.rows(two, group.oid)
        missing = [0, 0]
        pairs = list(zip_longest(here, there)) + [(None, None)] * more
        for number, (mine, yours) in enumerate(pairs, 1):
            keys = []
            for which, (step, entry, parent) in enumerate(((mine, first, one), (yours, second, two))):
                keys.append(step.key if step else entry.next_key(parent, group.oid, missing[which]))
                missing[which] += step is None
            yield from inside(
                group,
                one.with_group(group.oid, keys[0]),
                two.with_group(group.oid, keys[1]),
                (*row, str(number)),
            )

    def inside(group: ItemGroupDef, one: ItemPath, two: ItemPath, row: tuple[str, ...]) -> Iterator[Field]:
        for ref in group.item_refs:
            placed = index.place(two.with_item(ref.item_oid))
            if is_typed(placed):
                yield Field(placed, row, one.with_item(ref.item_oid), two.with_item(ref.item_oid))
        for nested in group.group_refs:
            yield from walk(index.groups[nested.item_group_oid], one, two, row)

    for ref in index.forms[form.form.oid].group_refs:
        yield from walk(index.groups[ref.item_group_oid], form, form, ())


def pairs_of(
    fields: Iterable[Field],
    book: Casebook,
    typed: Mapping[ItemPath, FormNote],
    decisions: Mapping[ItemPath, FormNote],
    *,
    set_at: Mapping[ItemPath, int],
    compared: int,
) -> list[Pair]:
    """Both values of each place.

    :param set_at: position in the chain of the last change of each value of the form. :param compared: of the comparison.
    """
    found = []
    for field in fields:
        first, second = of_first(book.items.get(field.first)), of_second(typed.get(field.second))
        decided = decisions.get(field.first)
        content = decided.content if decided else {}
        holds = bool(content) and (content["first"], content["second"]) == (first.version, second.version)
        found.append(Pair(field, first, second, content, holds, set_at.get(field.first, 0) > compared > 0))
    return found
