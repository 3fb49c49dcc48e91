"""One subject's data as expressions read them: addresses made of references, canonical text made into values."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.lab_range import LabRanges
from edc_core.domain.standard_value import standard_value
from edc_core.expressions.answers import Answers
from edc_core.expressions.references import Aspect, Occurrence
from edc_core.expressions.values import PARTIAL_READERS, READERS, result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edc_core.domain.casebook import FormData, GroupData, ItemData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.expressions.compiler import Expression
    from edc_core.expressions.references import Ref, RowScope


@dataclass
class SubjectData:
    """What is known of a subject, or of the forms of it that matter.

    :param forms: started forms; ``items`` and ``groups`` those of them that were read.
    :param hidden: places of items that a condition hides: their values count as missing.
    :param entered_at: UTC time of the last entry of an item, where an expression asks for it.
    :param tick: UTC time of the last recorded ``clock.tick``.
    :param ranges: the study's reference ranges, where a derivation asks for them.
    :param answers: of functions of plugins, to conditions, derivations and the schedule; ``None`` calls them at once,
        where an author tries rules out.
    """

    index: MetaDataIndex
    forms: Mapping[ItemPath, FormData]
    items: Mapping[ItemPath, ItemData]
    groups: Mapping[ItemPath, GroupData]
    removed_events: frozenset[ItemPath] = frozenset()
    hidden: frozenset[ItemPath] = frozenset()
    site: str = ""
    country: str = ""
    zone: str = "UTC"
    entered_at: Mapping[ItemPath, datetime] = field(default_factory=dict)
    tick: datetime | None = None
    ranges: LabRanges = LabRanges()
    answers: Answers | None = field(default_factory=Answers)
    _rows: dict[ItemPath, dict[tuple[str, ...], list[ItemPath]]] | None = None
    _places: dict[tuple[ItemPath, tuple[str, ...]], list[ItemPath]] = field(default_factory=dict)

    def evaluate(self, expression: Expression, place: ItemPath) -> Any:
        """The answer of an expression for a form, or for a row of it.

        :param place: path of the form, or of the row at hand; of the event, for what stands in the schedule.
        :returns: a value of its kind; ``None`` when missing, ``UNDECIDED``, a ``Span`` (a ``Partly``) or ``Beyond``.
        """
        values = [self.value(ref, place) for ref in expression.refs]
        return expression.function(values, Frame(self, expression.scopes, place))

    def answer(self, expression: Expression, place: ItemPath, *, or_last: bool = True) -> Any:
        """As ``evaluate``, for what is asked, calculated or expected: a call of a plugin is looked up among ``answers``.

        :param or_last: see ``Answers.find``.
        """
        if self.answers is None or not expression.plugins:
            return self.evaluate(expression, place)
        return self.answers.find(expression, self, place, or_last=or_last)

    def local(self, moment: datetime) -> datetime:
        """An instant as the clock on the site's wall showed it."""
        return moment.astimezone(ZoneInfo(self.zone or "UTC")).replace(tzinfo=None)

    def value(self, ref: Ref, place: ItemPath) -> Any:
        path = target(self.index, ref, place)
        if ref.aspect is Aspect.ENTERED_AT:
            moment = self.entered_at.get(path)
            return None if moment is None else self.local(moment)
        data = None if path in self.hidden or self._is_removed(path) else self.items.get(path)
        if ref.aspect is Aspect.VALUE:
            return None if data is None or data.value is None else self._read(ref, data.value)
        if ref.aspect is Aspect.STATE:
            return _state(data)
        if data is None:
            return None
        if ref.aspect is Aspect.STANDARD:
            return self._standard(ref, data)
        return (data.missing if ref.aspect is Aspect.REASON else data.unit) or None

    def _standard(self, ref: Ref, data: ItemData) -> Any:
        """The number in the standard unit, as the ledger and every export hold it; missing without a factor."""
        item = self.index.items[ref.item]
        found = standard_value(item, data.value, data.unit)
        is_standard = len(item.measurement_unit_oids) == 1
        text = found.value if found else data.value if is_standard else None
        return None if text is None else self._read(ref, text)

    def _read(self, ref: Ref, text: str) -> Any:
        item = self.index.items[ref.item]
        if item.censored:
            return result(item, text)
        return (PARTIAL_READERS if ref.partial else READERS)[ref.kind](text)

    def row_places(self, scope: RowScope, place: ItemPath) -> list[ItemPath]:
        """The rows or forms that a scope goes through, in order; struck and removed ones are absent."""
        if scope.occurrence is Occurrence.SAME:
            forms = [place.form_path]
        elif scope.occurrence is Occurrence.NAMED:
            forms = [ItemPath(Step(scope.event, "1"), Step(scope.form, "1"))]
        else:
            forms = self._occurrences(scope.form)
            if scope.occurrence is Occurrence.BEFORE:
                here = self.order(place)
                forms = [form for form in forms if self.order(form) < here]
        if not scope.groups:
            return forms
        rows = [row for form in forms for row in self._rows_of(form).get(scope.groups, ())]
        if scope.occurrence is Occurrence.SAME:
            rows = [row for row in rows if _shares(row, place)]
        if scope.others:
            at_hand = place.groups[: len(scope.groups)]
            rows = [row for row in rows if row.groups != at_hand]
        return [row for row in rows if not self._is_removed(row)]

    def places(self, form: ItemPath, groups: tuple[str, ...]) -> list[ItemPath]:
        """Every place of a form where these groups stand: one for each row, struck ones left out."""
        known = self._places.get((form, groups))
        if known is None:
            known = self._places[form, groups] = self._places_of(form, groups)
        return known

    def _places_of(self, form: ItemPath, groups: tuple[str, ...]) -> list[ItemPath]:
        places = [form]
        for depth, oid in enumerate(groups):
            if not self.index.groups[oid].repeating:
                places = [place.with_group(oid, "1") for place in places]
                continue
            rows = self._rows_of(form).get(groups[: depth + 1], [])
            places = [
                row for place in places for row in rows if place.contains(row) and not self._is_removed(row)
            ]
        return places

    def read(self, expression: Expression, place: ItemPath) -> list[tuple[ItemPath, ItemData | None]]:
        """Everything that an expression reads, seen from a place."""
        paths = [target(self.index, ref, place) for ref in expression.refs]
        for scope in expression.scopes:
            paths += [
                target(self.index, ref, row) for row in self.row_places(scope, place) for ref in scope.refs
            ]
        return [
            (path, None if path in self.hidden else self.items.get(path)) for path in dict.fromkeys(paths)
        ]

    def inputs(self, expression: Expression, place: ItemPath) -> list[tuple[str, int]]:
        """Path and version of each value that is there and is read."""
        return [(str(path), item.version) for path, item in self.read(expression, place) if item is not None]

    def _occurrences(self, form_oid: str) -> list[ItemPath]:
        found = [
            path
            for path, data in self.forms.items()
            if path.form is not None
            and path.form.oid == form_oid
            and data.status is not EntryStatus.REMOVED
            and not self._is_removed(path)
        ]
        return sorted(found, key=self.order)

    def order(self, place: ItemPath) -> tuple[int, tuple[int, int, str], tuple[int, int, str]]:
        """What places are sorted by; an event as a whole comes before its forms."""
        order = self.index.event_order
        event = place.event or Step("", "")
        form = place.form.rank if place.form is not None else (-1, 0, "")
        return order.get(event.oid, len(order)), event.rank, form

    def _rows_of(self, form: ItemPath) -> dict[tuple[str, ...], list[ItemPath]]:
        if self._rows is None:
            self._rows = self._all_rows()
        return self._rows.get(form, {})

    def _all_rows(self) -> dict[ItemPath, dict[tuple[str, ...], list[ItemPath]]]:
        seen: set[ItemPath] = set()
        one_of_each = {(path.event, path.form, path.groups): path for path in (*self.groups, *self.items)}
        for path in one_of_each.values():
            row = path.parent if path.item is not None else path
            while row.groups and row not in seen:
                seen.add(row)
                row = row.parent
        found: dict[ItemPath, dict[tuple[str, ...], list[ItemPath]]] = defaultdict(lambda: defaultdict(list))
        for row in sorted(seen, key=lambda row: tuple(step.rank for step in row.groups)):
            found[row.form_path][row.group_oids].append(row)
        return found

    def _is_removed(self, path: ItemPath) -> bool:
        removed = self._removed
        return bool(removed) and any(place in removed for place in path.ancestors())

    @cached_property
    def _removed(self) -> frozenset[ItemPath]:
        """Struck rows, removed forms and removed events."""
        rows = (path for path, group in self.groups.items() if group.removed)
        forms = (path for path, form in self.forms.items() if form.status is EntryStatus.REMOVED)
        return self.removed_events | frozenset(rows) | frozenset(forms)


class Frame:
    """What a generated function asks for besides its values."""

    __slots__ = ("_data", "_known", "_place", "_scopes")

    def __init__(self, data: SubjectData, scopes: Sequence[RowScope], place: ItemPath) -> None:
        self._data = data
        self._scopes = scopes
        self._place = place
        self._known: dict[int, list[list[Any]]] = {}

    def rows(self, position: int) -> list[list[Any]]:
        """What the scope at a position reads of each of its rows."""
        if position not in self._known:
            scope = self._scopes[position]
            self._known[position] = [
                [self._data.value(ref, row) for ref in scope.refs]
                for row in self._data.row_places(scope, self._place)
            ]
        return self._known[position]

    @property
    def zone(self) -> str:
        return self._data.zone

    @property
    def site(self) -> str | None:
        return self._data.site or None

    @property
    def country(self) -> str | None:
        return self._data.country or None

    @property
    def event(self) -> str | None:
        return self._place.event.oid if self._place.event else None

    @property
    def epoch(self) -> str | None:
        event = self._data.index.events.get(self.event or "")
        return event.epoch or None if event is not None else None

    @property
    def ranges(self) -> LabRanges:
        return self._data.ranges

    @property
    def tick(self) -> datetime | None:
        tick = self._data.tick
        return None if tick is None else self._data.local(tick)


def _state(data: ItemData | None) -> str:
    if data is None or data.is_blank:
        return "blank"
    if data.missing:
        return "missing"
    return "unreadable" if data.reading == "unreadable" else "present"


def _shares(row: ItemPath, place: ItemPath) -> bool:
    """Whether a row stands in the rows at hand, as far as both stand in the same groups."""
    for step, here in zip(row.groups[:-1], place.groups, strict=False):
        if step.oid != here.oid:
            return True
        if step.key != here.key:
            return False
    return True


@lru_cache(maxsize=16384)
def target(index: MetaDataIndex, ref: Ref, place: ItemPath) -> ItemPath:
    """Where a reference points to, seen from a place: the same for every subject, so it is kept for the lists of them."""
    if ref.occurrence is Occurrence.SAME and ref.groups == place.group_oids:
        return place.with_item(ref.item)
    is_elsewhere = ref.occurrence in (Occurrence.NEAR, Occurrence.NAMED)
    form = _form_of(index, ref, place) if is_elsewhere else place.form_path
    around = place.groups if place.groups and form == place.form_path else ()
    groups: list[Step] = []
    for depth, oid in enumerate(ref.groups):
        is_shared = depth < len(around) and len(groups) == depth and around[depth].oid == oid
        groups.append(around[depth] if is_shared else Step(oid, "1"))
        if not is_shared:
            around = around[:depth]
    return ItemPath(form.event, form.form, tuple(groups)).with_item(ref.item)


def _form_of(index: MetaDataIndex, ref: Ref, place: ItemPath) -> ItemPath:
    if ref.occurrence is Occurrence.NAMED:
        return ItemPath(Step(ref.event, "1"), Step(ref.form, "1"))
    at_hand = index.events.get(place.event.oid) if place.event else None
    if not at_hand or all(form.form_oid != ref.form for form in at_hand.form_refs):
        for event in index.version.events:
            if any(form.form_oid == ref.form for form in event.form_refs):
                return ItemPath(Step(event.oid, "1"), Step(ref.form, "1"))
    return ItemPath(place.event, Step(ref.form, "1"))
