"""The values of a form at a cut, each with its whole history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, overload

if TYPE_CHECKING:
    from edc_core.domain.coding import Coding
    from edc_core.domain.item_path import Step
    from edc_core.domain.review import ReviewMark

NOTHING: Mapping[str, str] = MappingProxyType({})


class AuditRecord(NamedTuple):
    """One write to an item (ODM AuditRecord and the value it wrote).

    :param transaction: ``Insert``, ``Update`` or ``Remove``.
    :param user: login of the actor, or the system actor's name.
    :param at: UTC, ISO 8601 with microseconds and ``Z``.
    :param source_id: chain position and operation: ``<n>/<op>``.
    :param source: the imported record kept verbatim (see ``ImportedItem.source``); empty for what was entered here.
    """

    transaction: str
    raw: str
    value: str | None
    missing: str
    unit: str
    reading: str
    user: str
    role: str
    site_number: str
    at: str
    reason: str
    source_id: str
    source: Mapping[str, object]


class ExportItem(NamedTuple):
    """The value of one item at the cut, with its whole history, oldest first.

    :param groups: item group occurrences from the outermost to the innermost.
    :param removed: it stands in a struck row.
    :param standard: ``value`` in the item's standard ``unit`` and the ``factor``; empty where there is none.
    :param site_time: of a local date and time the site's ``zone``, its ``offset`` and ``clock`` (see ``SiteTime``).
    :param reviews: the last mark of each group of reviewers on it.
    :param coding: of a verbatim, as it was at the cut: coded, or waiting for approval; ``None`` where it is to be coded.
    """

    groups: tuple[Step, ...]
    oid: str
    raw: str
    value: str | None
    missing: str
    unit: str
    reading: str
    removed: bool
    history: tuple[AuditRecord, ...]
    standard: Mapping[str, str] = NOTHING
    site_time: Mapping[str, str] = NOTHING
    reviews: tuple[ReviewMark, ...] = ()
    coding: Coding | None = None


#: The fields of an ``AuditRecord`` in their order, as a plain tuple: making that of a row takes half of the time.
ItemRecord = tuple[Any, ...]


class ItemNotes(NamedTuple):
    """What few items have: see ``ExportItem``."""

    standard: Mapping[str, str] = NOTHING
    site_time: Mapping[str, str] = NOTHING
    reviews: tuple[ReviewMark, ...] = ()
    coding: Coding | None = None


NO_NOTES = ItemNotes()


class ItemRun(NamedTuple):
    """Items of one row that follow each other.

    :param groups: see ``ExportItem``, likewise ``removed``.
    :param values: OID and history of each, which holds at least one record; the last is the value at the cut.
    :param notes: by OID, of those that have any.
    """

    groups: tuple[Step, ...]
    removed: bool
    values: Sequence[tuple[str, Sequence[ItemRecord]]]
    notes: Mapping[str, ItemNotes]


class Items(Sequence[ExportItem]):  # noqa: PLW1641 - without a hash, as the mappings in items are
    """Items of a form that are made when one is first asked for."""

    __slots__ = ("_made", "runs")

    def __init__(self, runs: Sequence[ItemRun]) -> None:
        self.runs = runs
        self._made: tuple[ExportItem, ...] | None = None

    @overload
    def __getitem__(self, at: int) -> ExportItem: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[ExportItem]: ...
    def __getitem__(self, at: int | slice) -> ExportItem | Sequence[ExportItem]:
        return self._items()[at]

    def __iter__(self) -> Iterator[ExportItem]:
        return iter(self._items())

    def __len__(self) -> int:
        return sum([len(run.values) for run in self.runs])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Items):
            return self.runs == other.runs
        return self._items() == other

    def _items(self) -> tuple[ExportItem, ...]:
        if self._made is None:
            self._made = tuple(
                ExportItem._make((
                    groups, oid, *history[-1][1:6], removed, tuple(map(AuditRecord._make, history)),
                    *(notes.get(oid, NO_NOTES) if notes else NO_NOTES),
                ))
                for groups, removed, values, notes in self.runs
                for oid, history in values
            )  # fmt: skip
        return self._made


def runs_of(items: Sequence[ExportItem]) -> Sequence[ItemRun]:
    """Items as runs: those of a ledger as they were read.

    :raises ValueError: the history of an item does not end with its value.
    """
    if isinstance(items, Items):
        return items.runs
    runs: list[ItemRun] = []
    values: list[tuple[str, Sequence[ItemRecord]]] = []
    notes: dict[str, ItemNotes] = {}
    for item in items:
        if not runs or (runs[-1].groups, runs[-1].removed) != (item.groups, item.removed):
            values, notes = [], {}
            runs.append(ItemRun(item.groups, item.removed, values, notes))
        if not item.history or item.history[-1][1:6] != item[2:7]:
            raise ValueError(f"The history of '{item.oid}' does not end with its value.")
        values.append((item.oid, item.history))
        if (note := ItemNotes(*item[9:])) != NO_NOTES:
            notes[item.oid] = note
    return runs
