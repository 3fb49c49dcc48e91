"""The schedule in a definition: events, what dates them, when they are due, which epoch and arms they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from edc_core.domain.translated_text import Alias, TranslatedText


class EventType(StrEnum):
    SCHEDULED = "Scheduled"
    UNSCHEDULED = "Unscheduled"
    COMMON = "Common"


@dataclass(frozen=True, slots=True)
class FormRef:
    form_oid: str
    mandatory: bool = False
    order_number: int | None = None
    condition_oid: str | None = None


@dataclass(frozen=True, slots=True)
class EpochDef:
    """A part of the study that every subject goes through in order (ODM 2.0 Epoch): screening, treatment."""

    oid: str
    name: str
    title: TranslatedText = TranslatedText()


@dataclass(frozen=True, slots=True)
class ArmDef:
    """A planned path through the study (ODM 2.0 Arm). ``oid`` is the code that the study's ``arm`` answers."""

    oid: str
    name: str
    title: TranslatedText = TranslatedText()


@dataclass(frozen=True, slots=True)
class VisitWindow:
    """When an event is to take place, counted from another day (ODM 2.0 RelativeTimingConstraint).

    Spans of time are ISO 8601 durations of days, months, hours or minutes: ``P21D``, ``-P28D``, ``P6M``, ``PT4H``,
    ``PT15M``. With hours or minutes in one of them, the date and the anchor are date-times.

    :param anchor: OID of an event, for the item that dates it; else an expression that answers a date.
    :param target: from the anchor to the planned day; the anchor's own day is ``P0D``.
    :param before: how much earlier than planned it may be. :param after: how much later.
    """

    anchor: str
    target: str = "P0D"
    before: str = "P0D"
    after: str = "P0D"


@dataclass(frozen=True, slots=True)
class StudyEventRef:
    study_event_oid: str
    mandatory: bool = False
    order_number: int | None = None
    condition_oid: str | None = None


@dataclass(frozen=True, slots=True)
class StudyEventDef:
    """A visit, or another occasion on which forms are filled in.

    :param date: the item that dates it, ``FORM.ITEM`` by their names, in a form of the event.
    :param epoch: OID of its epoch. :param arms: OIDs of the arms that have it; empty for all.
    """

    oid: str
    name: str
    repeating: bool = False
    type: EventType = EventType.SCHEDULED
    form_refs: tuple[FormRef, ...] = ()
    title: TranslatedText = TranslatedText()
    description: TranslatedText = TranslatedText()
    category: str = ""
    aliases: tuple[Alias, ...] = ()
    date: str = ""
    window: VisitWindow | None = None
    epoch: str = ""
    arms: tuple[str, ...] = ()
    study_level: bool = False  #: of the study as a whole (a dose cohort), not of its subjects

    @property
    def is_added(self) -> bool:
        """Whether a subject has an occurrence only when somebody adds it: it repeats, or is unscheduled."""
        return self.repeating or self.type is EventType.UNSCHEDULED
