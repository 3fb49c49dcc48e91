"""The picture of one subject's data at one position of its chain: what pages show, checks read and exports write."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.protection import Protection, effective

if TYPE_CHECKING:
    from edc_core.domain.query import Query
    from edc_core.domain.review import ReviewMark
    from edc_core.domain.review_plan import ReviewGroup
    from edc_core.domain.values import Reading


@dataclass(frozen=True, slots=True)
class ItemData:
    """The current value of one item.

    :param raw: as typed; ``value`` is canonical text, ``None`` when blank, missing or unreadable.
    :param missing: reason code given instead of a value.
    :param version: counts the writes to this path from 1; the base version of the next save.
    :param standard: decimal text in ``standard_unit``, for a number given in one of several units.
    """

    path: ItemPath
    raw: str = ""
    value: str | None = None
    missing: str = ""
    unit: str = ""
    reading: Reading = "ok"
    version: int = 0
    standard: str | None = None
    standard_unit: str = ""

    @property
    def is_blank(self) -> bool:
        return self.value is None and not self.missing and self.reading == "ok"

    @property
    def shown(self) -> str:
        """What stands in the control: the canonical value, else what was typed."""
        return self.value if self.value is not None else self.raw


#: What a row of the projection holds of an item beside its path, in the order of the fields.
ITEM_FACTS = ("raw", "value", "missing", "unit", "reading", "version", "standard", "standard_unit")


@dataclass(frozen=True, slots=True)
class GroupData:
    """One row of a repeating item group; a struck row stays with its key and its values."""

    path: ItemPath
    removed: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FormData:
    """One form of one event occurrence.

    :param meta_data_version: the version it took at its first save and keeps until migrated.
    :param was_complete: it has been Complete once, so every later change needs a reason.
    """

    path: ItemPath
    meta_data_version: str
    status: EntryStatus = EntryStatus.NOT_STARTED
    was_complete: bool = False
    reason: str = ""
    n: int = 0


@dataclass(frozen=True, slots=True)
class EventData:
    """One occurrence of an event that was added (repeating and unscheduled events) or marked.

    :param not_done: it was said not to have taken place; ``reason`` says why.
    """

    path: ItemPath
    removed: bool = False
    not_done: bool = False
    reason: str = ""


RECORD_KEY = "@study"  #: in place of a subject key: the record that holds the forms of the study as a whole
RECORD = "record"  #: its status


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject as the ledger knows it now. ``subject_id`` is the chain; it is never shown.

    The forms of the study as a whole (a dose cohort, a decision of a review committee) stand in a record of the same
    kind, which is in no list of subjects and which only those see who may see every site.
    """

    study_id: str
    subject_id: str
    subject_key: str
    site_id: str
    status: str = "active"

    @property
    def is_record(self) -> bool:
        """Whether it is the record of the study, and no subject."""
        return self.status == RECORD

    @property
    def title(self) -> str:
        """What people read above its casebook."""
        return subject_title(self.subject_key)


def subject_title(subject_key: str) -> str:
    """What people read in place of a subject key."""
    return "Forms of the study" if subject_key == RECORD_KEY else subject_key


@dataclass(slots=True)
class Casebook:
    """Everything of one subject at chain position ``n``, keyed by path."""

    subject: Subject
    n: int = 0
    hash: str = ""
    events: dict[ItemPath, EventData] = field(default_factory=dict)
    forms: dict[ItemPath, FormData] = field(default_factory=dict)
    groups: dict[ItemPath, GroupData] = field(default_factory=dict)
    items: dict[ItemPath, ItemData] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    protections: dict[ItemPath, Protection] = field(default_factory=dict)
    marks: dict[tuple[ItemPath, ReviewGroup], ReviewMark] = field(default_factory=dict)
    above: tuple[Protection, ...] = ()  #: protections of its site and its study

    def protection(self, place: ItemPath) -> Protection:
        """The protection in force at a place."""
        return effective(place, self.protections, self.above)

    def is_not_done(self, path: ItemPath) -> bool:
        """Whether the visit that a place lies in was marked as not done."""
        event = self.events.get(ItemPath(path.event))
        return event is not None and event.not_done

    def is_removed(self, path: ItemPath) -> bool:
        """Whether the place lies in a struck row, a removed form or a removed event."""
        for place in path.ancestors():
            group, form, event = self.groups.get(place), self.forms.get(place), self.events.get(place)
            if (group and group.removed) or (event and event.removed):
                return True
            if form and form.status is EntryStatus.REMOVED:
                return True
        return False
