"""What lists that cross subjects are made of: forms begun and awaited, subjects, tables of values, notes.

Everything here is as one person may see it: it was left out, not hidden, before anybody counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.protection import Protection
from edc_core.domain.signature import SignatureState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import DataType


@dataclass(frozen=True, slots=True)
class ListedSubject:
    """:param site: its number. :param added_at: UTC ISO 8601."""

    subject_key: str
    site: str
    country: str
    status: str
    added_at: str


@dataclass(frozen=True, slots=True)
class MovedSubject:
    """A transfer from or to a site of the person.

    :param left: number of the site that the subject left, ``came_to`` of the one it came to; empty where the person does
        not see that site. :param day: from which the other site has it, ISO 8601.
    :param here: the subject is at a site of the person now; else the person's site keeps what stood before.
    """

    subject_key: str
    left: str
    came_to: str
    day: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedForm:
    """A form that was begun, or one that is expected and was not.

    :param site: its number. :param visit: title of the event, ``title`` that of the form.
    :param subject_id: what stays the same when the number of the subject is corrected; it is not shown.
    :param at: when its status was written, UTC ISO 8601; empty where it was not begun. :param actor: by whom.
    :param visit_begun: something in the same visit was begun. :param visit_date: as collected, right-truncated ISO 8601.
    :param standing: of the visit to its window (``overdue``, ``due``, ...), or empty.
    :param last_day: of the window, ISO 8601, or empty. :param to_verify: values that the plan of source verification
        asks for; ``verified`` of them are. Both are 0 for who neither verifies nor reviews.
    """

    subject_key: str
    site: str
    country: str
    path: ItemPath
    visit: str
    title: str
    status: EntryStatus
    subject_id: str = ""
    at: str = ""
    actor: str = ""
    visit_begun: bool = False
    visit_date: str = ""
    standing: str = ""
    last_day: str = ""
    protection: Protection = Protection.OPEN
    signature: SignatureState = SignatureState.UNSIGNED
    to_verify: int = 0
    verified: int = 0

    @property
    def is_missing(self) -> bool:
        """Expected and not begun, though its visit took place or should have."""
        late = self.visit_begun or self.standing == "overdue"
        return self.status is EntryStatus.NOT_STARTED and late


@dataclass(frozen=True, slots=True)
class VisitNotDone:
    """A visit of which somebody said that it did not take place. :param path: of the event. :param visit: its title."""

    subject_id: str
    subject_key: str
    site: str
    path: ItemPath
    visit: str
    reason: str


@dataclass(frozen=True, slots=True)
class ListingColumn:
    """An item as a column. :param sensitivity: of one that not everybody may see; else empty."""

    oid: str
    name: str
    label: str
    data_type: DataType
    sensitivity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingWanted:
    """Rows of a form, or of a repeating group of it.

    :param group: OID of a repeating group; empty for the items outside rows. :param columns: item OIDs; none for all.
    :param site: a number. :param filters: (item OID, words that the canonical value holds, whatever their case).
    :param sort: an item OID; empty for the subject's number. :param after: where the page before ended.
    """

    form: str
    group: str = ""
    columns: tuple[str, ...] = ()
    site: str = ""
    subject: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    descending: bool = False
    after: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class ListingRow:
    """:param path: of the form or the row. :param cells: as people read them, one for each column.

    :param subject_id: as in ``ListedForm``.
    """

    subject_key: str
    site: str
    path: ItemPath
    cells: tuple[str, ...]
    subject_id: str


@dataclass(frozen=True, slots=True)
class FoundListing:
    """:param offered: every column there is for this person. :param total: rows on all pages.
    :param after: for the next page; empty at the end.
    """

    offered: tuple[ListingColumn, ...]
    columns: tuple[ListingColumn, ...]
    rows: tuple[ListingRow, ...]
    total: int
    after: str


@dataclass(frozen=True, slots=True)
class ListingPart:
    """Something that can be listed: a form, or a repeating group of one (``group``)."""

    form: str
    group: str
    title: str


@dataclass(frozen=True, slots=True)
class StudyNote:
    """Something that a person wrote about the study as a whole: the newest of its topic, name and author.

    :param n: of its entry in the chain of the study. :param content: JSON values. :param is_own: of the person who reads.
    """

    n: int
    name: str
    shared: bool
    content: Mapping[str, Any]
    actor: str
    full_name: str
    role: str
    at: str
    is_own: bool
