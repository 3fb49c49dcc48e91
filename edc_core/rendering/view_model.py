"""What the form page's templates receive: the template contract, and how a casebook becomes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from edc_core.domain.item_path import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edc_core.domain.casebook import ItemData
    from edc_core.domain.index import PlacedItem
    from edc_core.domain.item_path import ItemPath

Level = Literal["info", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Note:
    """One message beside an item. ``query`` is the address of the thread behind it."""

    level: Level
    text: str
    query: str = ""
    answer: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A query about no single item: about the form (``place`` is empty then), a section, or a row of a table."""

    place: str
    note: Note


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign at the right edge of a row; the word is what it says aloud."""

    icon: str
    word: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of a form with what the data say about it.

    :param unit: OID of that which was given, else on which the choice of units stands. :param elsewhere: those not offered here.
    """

    placed: PlacedItem
    path: ItemPath
    path_text: str
    id: str
    url: str
    number: int
    question: str
    data: ItemData
    shown: str
    text: str = ""
    notes: tuple[Note, ...] = ()
    marks: tuple[Mark, ...] = ()
    changes: int = 0
    read_only: bool = False
    hidden: bool = False
    locked: bool = False
    derived: bool = False
    file_url: str = ""
    unit: str = ""
    elsewhere: frozenset[str] = frozenset()

    @property
    def version(self) -> int:
        return self.data.version

    @property
    def layout(self) -> Literal["it", "field", "cell"]:
        """A row of the page, of a grid, or a cell of the editor of a repeating group's row."""
        if self.placed.groups[-1].layout == "grid":
            return "cell"
        return "field" if any(group.repeating for group in self.placed.groups) else "it"

    @property
    def missing(self) -> str:
        return self.data.missing

    @property
    def unreadable(self) -> bool:
        return self.data.reading == "unreadable"

    @property
    def mods(self) -> str:
        """Classes after ``it``: what colours the left edge and the ground."""
        if self.locked:
            return " lockd"
        if self.unreadable:
            return " it--bad"
        return " it--query" if any(note.query for note in self.notes) else ""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of a repeating group: its cells in words, and its items when the editor is open."""

    key: str
    path: ItemPath
    id: str
    cells: tuple[str, ...]
    struck: bool = False
    reason: str = ""
    queries: int = 0
    parts: tuple[GroupPart, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupPart:
    """A section of a form: its items, or the table of its rows when it repeats, and the groups inside it.

    :param parent: what a new row is added below. :param least_rows: how many it is expected to have; ``most_rows`` likewise.
    :param is_grid: its items are rows of a table: value, unit and "not done" side by side.
    """

    oid: str
    id: str
    title: str
    parent: ItemPath
    repeating: bool = False
    items: tuple[ItemRow, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[LogRow, ...] = ()
    parts: tuple[GroupPart, ...] = ()
    can_edit: bool = False
    hidden: bool = False
    is_grid: bool = False
    least_rows: int = 0
    most_rows: int = 0

    @property
    def can_add(self) -> bool:
        return self.can_edit and not 0 < self.most_rows <= self.live_rows

    @property
    def group_oids(self) -> tuple[str, ...]:
        return (*self.parent.group_oids, self.oid)

    @property
    def step(self) -> Step:
        """The group as a step of an address."""
        return Step(self.oid)

    @property
    def live_rows(self) -> int:
        return sum(1 for row in self.rows if not row.struck)


@dataclass(frozen=True, slots=True)
class Issues:
    """Counts for the footer, each with the id of the first row it is about."""

    queries: int = 0
    notes: int = 0
    unreadable: int = 0
    first: str = ""


@dataclass(frozen=True, slots=True)
class FormPage:
    """Everything the form page shows.

    :param status: one of the words of ``entry_state.WORDS``; ``status_icon`` and ``status_kind`` draw it.
    :param reason_from_now: a change needs a reason.
    :param asked: queries about the form as a whole, its sections and rows.
    :param left_out: the form is not required for this subject.
    :param visit_not_done: the visit was marked as not done, so nothing in it is entered; ``visit_removed`` likewise.
    """

    path: ItemPath
    subject_key: str
    title: str
    event_title: str
    status: str
    status_icon: str
    status_kind: str
    protection: str
    meta_data_version: str
    parts: tuple[GroupPart, ...]
    answered: int
    total: int
    issues: Issues
    can_edit: bool
    can_complete: bool
    can_reopen: bool
    can_mark_not_done: bool
    can_clear_not_done: bool
    can_remove: bool
    can_restore: bool
    reason_from_now: bool
    asked: tuple[Asked, ...] = ()
    not_done_reason: str = ""
    newer_version: bool = False
    language: str = "en"
    left_out: bool = False
    visit_not_done: bool = False
    visit_removed: bool = False

    @property
    def is_complete(self) -> bool:
        return self.status == "Complete"


@dataclass(frozen=True, slots=True)
class Access:
    """What the person at the screen may do at the form's site, decided before anything is built.

    :param unseen: OIDs of items that must be absent (blinding, identifying data).
    """

    enter: bool = False
    reopen: bool = False
    answer: bool = False
    ask: bool = False
    strike: bool = False
    unseen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Addresses:
    """How a page names places; the web layer knows, rendering only asks."""

    item: Callable[[ItemPath], str]
    query: Callable[[str], str]
    file: Callable[[ItemPath], str]


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the services know about a form beyond its casebook.

    :param notes: messages of checks by item, in the order found.
    :param ranges: the reference range of a result: its limits and the flag, each a text that may be empty.
    :param hidden: items and groups whose condition does not hold.
    :param derived: items that a method computes.
    :param left_out: forms of the visit that are not required for this subject.
    :param zone: IANA zone of the site; its offset is shown beside dates with a time.
    :param country: of the site, ISO 3166 alpha-2; units of other countries are not offered there.
    :param elsewhere: OIDs of groups and item of what is never asked at the site: it takes no number.
    :param units: item OID to the unit that the site used last; asked for where an item waits for its value and unit.
    """

    notes: Mapping[ItemPath, tuple[Note, ...]] = field(default_factory=dict)
    ranges: Mapping[ItemPath, tuple[str, str, str]] = field(default_factory=dict)
    hidden: frozenset[ItemPath] = frozenset()
    left_out: frozenset[ItemPath] = frozenset()
    zone: str = ""
    country: str = ""
    elsewhere: Callable[[], frozenset[tuple[tuple[str, ...], str]]] = frozenset
    units: Callable[[], Mapping[str, str]] = dict
