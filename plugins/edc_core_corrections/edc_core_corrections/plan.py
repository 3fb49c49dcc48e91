"""What is taken from one subject to another: decided from both casebooks, without writing anything."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edc_core.api import MISSING_WORDS, EntryStatus, ItemInput, ItemPath, NotFound, Protection, Step, display

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.api import ItemData, MetaDataIndex, PlacedItem, SubjectAtHand

BEGUN = (EntryStatus.IN_PROGRESS, EntryStatus.COMPLETE)


@dataclass(frozen=True, slots=True)
class Line:
    """A value of the form. :param there: what the other subject has at its place. :param left: why it is not taken over."""

    question: str
    row: str
    value: str
    there: str = ""
    left: str = ""


@dataclass(frozen=True, slots=True)
class FormPlan:
    """A form that is taken over.

    :param target: its place at the other subject. :param obstacle: why it cannot be, in words; empty when it can.
    :param complete: it was, and is completed at the other subject too.
    """

    source: ItemPath
    target: ItemPath
    event: str
    title: str
    lines: tuple[Line, ...] = ()
    items: tuple[ItemInput, ...] = ()
    obstacle: str = ""
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """:param added: by event of the first subject, the occurrence that is added to the other one for it."""

    forms: tuple[FormPlan, ...]
    added: Mapping[Step, Step] = field(default_factory=dict)

    @property
    def is_possible(self) -> bool:
        return bool(self.forms) and not any(form.obstacle for form in self.forms)

    @property
    def digest(self) -> str:
        """Of everything that would be written: another one, and it is not what the person saw."""
        told = [
            (str(one.source), str(one.target), one.complete, [*map(str, one.items)]) for one in self.forms
        ]
        return hashlib.sha256(repr((told, sorted(self.added.items()))).encode()).hexdigest()


def begun_forms(one: SubjectAtHand) -> list[ItemPath]:
    """Forms that hold something and were not removed, as the study has its visits."""
    order = one.index.event_order
    found = [
        path
        for path, form in one.book.forms.items()
        if form.status in BEGUN and not one.book.is_removed(path)
    ]
    return sorted(
        found, key=lambda path: (order.get(_event(path).oid, len(order)), _event(path).rank, str(path))
    )


def title_of(one: SubjectAtHand, index: MetaDataIndex, path: ItemPath) -> tuple[str, str]:
    """Words for the visit and the form of a path."""
    event, form = index.events.get(_event(path).oid), index.forms.get(path.form.oid) if path.form else None
    visit = event.title.in_language(one.language) or event.name if event is not None else _event(path).oid
    key = f" {_event(path).key}" if event is None or event.repeating else ""
    name = form.title.in_language(one.language) or form.name if form is not None else str(path)
    return visit + key, name


def make_plan(
    one: SubjectAtHand, other: SubjectAtHand, paths: Iterable[ItemPath], index_of: Mapping[ItemPath, MetaDataIndex]
) -> Plan:  # fmt: skip
    """Everything that taking forms from one subject to the other would do.

    :param index_of: the definition that each form is read with at the first subject.
    """
    chosen = [path for path in paths if path in index_of]
    places, added = _places(other, dict.fromkeys(_event(path) for path in chosen))
    return Plan(
        tuple(
            _plan(one, other, path, ItemPath(places[_event(path)], path.form), index_of[path])
            for path in chosen
        ),
        added,
    )


def _event(path: ItemPath) -> Step:
    assert path.event is not None, "a form lies in a visit"
    return path.event


def _places(other: SubjectAtHand, events: Iterable[Step]) -> tuple[dict[Step, Step], dict[Step, Step]]:
    """Where each visit is at the other subject: the scheduled one, else a free occurrence, else one that is added."""
    places: dict[Step, Step] = {}
    added: dict[Step, Step] = {}
    for step in events:
        definition = other.index.events.get(step.oid)
        if definition is None or not definition.is_added:
            places[step] = step
            continue
        known = {
            p.event for p in (*other.book.events, *other.book.forms) if p.event and p.event.oid == step.oid
        }
        taken = {p.event for p in other.book.forms} | {
            p.event for p, e in other.book.events.items() if e.removed
        }
        taken |= {p.event for p, e in other.book.events.items() if e.not_done} | set(places.values())
        free = sorted(known - taken, key=lambda found: found.rank)
        if free:
            places[step] = free[0]
        elif known and not definition.repeating:
            places[step] = min(known)
        else:
            keys = [int(s.key) for s in (*known, *added.values()) if s.oid == step.oid and s.key.isdecimal()]
            places[step] = added[step] = Step(step.oid, str(max(keys, default=0) + 1))
    return places, added


def _plan(
    one: SubjectAtHand, other: SubjectAtHand, source: ItemPath, target: ItemPath, index: MetaDataIndex
) -> FormPlan:
    event, title = title_of(one, index, source)
    obstacle = _obstacle(one, other, source, target, index)
    if obstacle and _hides(one, source, index):
        return FormPlan(source, target, event, title, obstacle=obstacle)
    rows = _rows(one, source, index, target)
    given = sorted(
        (item for path, item in one.book.items.items() if path.parent in rows and not item.is_blank),
        key=lambda item: _place(index, item.path),
    )
    lines, items = [], []
    for item in given:
        path = rows[item.path.parent].with_item(item.path.item or "")
        placed = index.place(item.path)
        left = _left(other.index, path)
        there = other.book.items.get(path)
        lines.append(
            Line(
                placed.item.question.in_language(one.language) or placed.item.name,
                ".".join(step.key for step in item.path.groups if index.groups[step.oid].repeating),
                _words(item, placed, index, one.language),
                _words(there, placed, index, one.language) if there is not None else "",
                left,
            )
        )
        if not left:
            source_of = {"subject": one.book.subject.subject_key, "path": str(item.path)}
            items.append(ItemInput(path, item.shown, item.missing, item.unit, 0, {"moved_from": source_of}))
    if not (obstacle or items):
        obstacle = "It holds nothing that can be taken over. Remove it instead."
    form = one.book.forms.get(source)
    complete = form is not None and form.status is EntryStatus.COMPLETE
    return FormPlan(source, target, event, title, tuple(lines), tuple(items), obstacle, complete)


def _obstacle(
    one: SubjectAtHand, other: SubjectAtHand, source: ItemPath, target: ItemPath, index: MetaDataIndex
) -> str:
    form, there = one.book.forms.get(source), other.book.forms.get(target)
    if form is None or form.status not in BEGUN or one.book.is_removed(source):
        return "Nothing stands in this form."
    if _hides(one, source, index) or _hides(other, target, other.index):
        return "Some of its questions are hidden from you. Somebody who sees all of them has to do it."
    inside = [state for place, state in one.book.protections.items() if source.contains(place)]
    if any(state is not Protection.OPEN for state in (one.book.protection(source), *inside)):
        return "It, or a part of it, is frozen or locked."
    if other.book.protection(target) is not Protection.OPEN:
        return "Its place at the other subject is frozen or locked."
    try:
        other.index.check(target, keys_as_found=True)
    except NotFound:
        return "The version of the study at the other subject's site does not have this form."
    if other.book.is_removed(target) or other.book.is_not_done(target):
        return "The other subject's form or visit is removed or was marked as not done. Put that right first."
    if there is not None and there.status is not EntryStatus.NOT_STARTED:
        return "The other subject has data in this form already. Correct them there, value by value."
    return ""


def _hides(one: SubjectAtHand, form: ItemPath, index: MetaDataIndex) -> bool:
    """By the definition alone: whether something stands there is nobody's business who may not see it."""
    if form.form is None or form.form.oid not in index.forms:
        return False
    return any(placed.item.oid in one.hidden for placed in index.placed_items(form.form.oid))


def _rows(
    one: SubjectAtHand, form: ItemPath, index: MetaDataIndex, target: ItemPath
) -> dict[ItemPath, ItemPath]:
    """Rows of the form that were not struck, each with its place in a form that has none yet, counted anew from 1."""
    filled = {
        path.parent for path, item in one.book.items.items() if form.contains(path) and not item.is_blank
    }
    rows: dict[ItemPath, ItemPath] = {form: target}
    counted: dict[tuple[ItemPath, str], int] = {}
    for row in sorted(filled, key=lambda path: [(step.oid, step.rank) for step in path.groups]):
        if one.book.is_removed(row):
            continue
        for place in reversed(row.ancestors()):
            if not place.groups or place in rows:
                continue
            above, step = rows[place.parent], place.groups[-1]
            key = "1"
            if index.groups[step.oid].repeating:
                counted[above, step.oid] = number = counted.get((above, step.oid), 0) + 1
                key = str(number)
            rows[place] = above.with_group(step.oid, key)
    del rows[form]
    return rows


def _left(index: MetaDataIndex, path: ItemPath) -> str:
    """Why a value cannot be entered at its place at the other subject; nothing when it can."""
    try:
        placed = index.place(path)
    except NotFound:
        return "not asked there"
    if placed.ref.method_oid is not None:
        return "calculated there"
    return "a file: send it there again" if placed.item.file is not None else ""


def _place(index: MetaDataIndex, path: ItemPath) -> tuple[object, ...]:
    """Where an item stands on the page of its form, row by row."""
    assert path.form is not None, "an item lies in a form"
    order = [(placed.group_oids, placed.item.oid) for placed in index.placed_items(path.form.oid)]
    at = (path.group_oids, path.item or "")
    first = next(n for n, (groups, _) in enumerate(order) if groups[:1] == path.group_oids[:1])
    return first, [step.rank for step in path.groups], order.index(at)


def _words(item: ItemData, placed: PlacedItem, index: MetaDataIndex, language: str) -> str:
    """A value as people read it."""
    if item.missing:
        return MISSING_WORDS.get(item.missing, item.missing)
    if item.value is None:
        return item.raw
    unit = index.units.get(item.unit)
    symbol = unit.symbol.in_language(language) or unit.name if unit is not None else item.unit
    return f"{display(placed.item, index.decodes.get(placed.item.code_list_oid or ''), item.value)} {symbol}".strip()
