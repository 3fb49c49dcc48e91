"""How far the second entry of a form is: what the newest note at the form says, and whether values changed since."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.item_path import ItemPath

SECOND_ENTRY = "edc-core.second-entry"  #: topic of the notes at forms
SECOND_ENTRY_PAGES = "double-entry"  #: the plugin on whose pages it is done
FIRST_OPENED = "edc-core.first-entry-opened"  #: topic of the note of who had a first entry shown
COVERED = (
    "What stands in a form that is entered twice is kept from you, so that you can type it a second time. You can have "
    "it shown on the page of the second entry; then somebody else types it."
)


class SecondEntryState(StrEnum):
    """In the order of the work."""

    WAITING = "waiting"  #: the first entry is complete, nobody has begun the second
    BEGUN = "begun"
    DIFFERENT = "different"  #: compared, and somebody has to decide
    CHANGED = "changed"  #: agreed, and then the form was changed
    AGREED = "agreed"


STATE_WORDS = {
    SecondEntryState.WAITING: "to be entered a second time",
    SecondEntryState.BEGUN: "begun",
    SecondEntryState.DIFFERENT: "differences to decide",
    SecondEntryState.CHANGED: "form changed since it was agreed",
    SecondEntryState.AGREED: "agreed",
}


def state_of(said: Mapping[str, Any] | None, *, changed: bool) -> SecondEntryState:
    """:param said: content of the newest note at the form: ``compared`` and ``agreed``. :param changed: since then."""
    if said is None:
        return SecondEntryState.WAITING
    if not said.get("compared"):
        return SecondEntryState.BEGUN
    if not said.get("agreed"):
        return SecondEntryState.DIFFERENT
    return SecondEntryState.CHANGED if changed else SecondEntryState.AGREED


@dataclass(frozen=True, slots=True)
class SecondEntry:
    """A complete form that a second person enters.

    :param site: its number. :param visit: title of the event, ``title`` that of the form.
    :param since: when it came into this state, UTC ISO 8601. :param said: content of the newest note at the form.
    """

    subject_id: str
    subject_key: str
    site: str
    path: ItemPath
    visit: str
    title: str
    state: SecondEntryState
    since: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FormNote:
    """The newest note of a topic at a place (``AddFormNotes``).

    :param n: its position in the subject's chain. :param content: JSON values; empty where words were taken out.
    :param full_name: of the author. :param at: UTC ISO 8601.
    """

    subject_key: str
    path: ItemPath
    n: int
    content: Mapping[str, Any]
    actor: str
    full_name: str
    at: str


class ValueSet(NamedTuple):
    """That a value was set, and by whom: the position in the subject's chain, never the value."""

    path: ItemPath
    n: int
    actor: str
