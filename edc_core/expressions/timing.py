"""Dates of events and the windows they fall into, compiled from a version and read of one subject. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from edc_core.domain.finding import Found, Severity
from edc_core.domain.function import Kind
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.partial_date import PartialDate
from edc_core.domain.said import said
from edc_core.domain.visit_window import OUTSIDE, Days, due, is_timed, shown, taken_in_words, took_place
from edc_core.expressions.compiler import Expression, compile_expression
from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.functions import day_of
from edc_core.expressions.references import Home, Occurrence, Ref
from edc_core.expressions.values import Partly, kind_of, limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.function import Function
    from edc_core.domain.index import PlacedItem
    from edc_core.domain.metadata import StudyEventDef, TranslatedText, VisitWindow
    from edc_core.domain.visit_window import Due
    from edc_core.expressions.frame import SubjectData
    from edc_core.expressions.names import StudyNames

WINDOW = "EDC.WINDOW"  #: the date of a visit lies outside its window
_FORM_AND_ITEM = re.compile(r"[A-Za-z][A-Za-z0-9_]*\.[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_DATED = (Kind.DATE, Kind.DATETIME)


@dataclass(frozen=True, slots=True)
class EventTiming:
    """What dates an event and, where it has a window, from which day that is counted.

    :param form: OID of the form with the date; of a repeating one the first occurrence counts.
    """

    event: str
    form: str
    placed: PlacedItem
    ref: Ref
    window: VisitWindow | None = None
    anchor: Expression | None = None

    @property
    def reads(self) -> frozenset[tuple[str, str]]:
        """(form OID, item OID) of the date and of everything the window is counted from."""
        anchor = self.anchor.reads if self.anchor is not None else frozenset()
        return anchor | {(self.form, self.placed.item.oid)}

    def date(self, data: SubjectData, event: Step) -> PartialDate | None:
        """The date of an occurrence of the event."""
        return _as_date(data.value(self.ref, ItemPath(event)))

    def taken(self, data: SubjectData, event: Step) -> Days | None:
        """The date of an occurrence as the window counts it."""
        return self._counted(data.value(self.ref, ItemPath(event)), data.zone)

    def due(self, data: SubjectData, event: Step) -> Due | None:
        """When an occurrence of the event is due; ``None`` without a window, or where its anchor is not known."""
        if self.window is None or self.anchor is None:
            return None
        start = self._counted(data.answer(self.anchor, ItemPath(event), or_last=False), data.zone)
        return None if start is None else due(self.window, start, data.zone or "UTC")

    def _counted(self, value: Any, zone: str) -> Days | None:
        if self.window is not None and is_timed(self.window) and isinstance(value, (datetime, Partly)):
            try:
                first, last = (Days.at(limit, zone or "UTC") for limit in limits(value))
                return Days(first.low, last.high)
            except OverflowError:
                return None
        on = _as_date(value)
        return None if on is None else Days.of(on)

    def path(self, event: Step) -> ItemPath:
        """Where the date of an occurrence stands."""
        groups = tuple(Step(oid) for oid in self.placed.group_oids)
        return ItemPath(event, Step(self.form), groups, self.placed.item.oid)


def _as_date(value: Any) -> PartialDate | None:
    if isinstance(value, (datetime, Partly)):
        return day_of(value)
    return value if isinstance(value, PartialDate) else None


def compile_timing(
    event: StudyEventDef, names: StudyNames, functions: Mapping[str, Function]
) -> EventTiming | None:
    """What dates an event; ``None`` when nothing does.

    :raises TimingError: the date or the anchor of the window cannot be used.
    """
    if not event.date:
        if event.window is not None:
            raise TimingError(
                event.window.anchor, 1, "A window needs a date to judge. Say which: date: FORM.ITEM."
            )
        return None
    ref, placed = _date_item(event, names)
    if event.window is None:
        return EventTiming(event.oid, ref.form, placed, ref)
    text = _anchor(event, event.window.anchor, names)
    try:
        anchor = compile_expression(text, names, Home("", (), event.oid), functions=functions)
    except ExpressionError as error:
        raise TimingError(text, 1, error.message, error) from error
    if anchor.kind not in _DATED:
        raise TimingError(text, 1, f"A window is counted from a date; this is {anchor.kind}.")
    if is_timed(event.window):
        kinds = (kind_of(placed.item), anchor.kind)
        for position, (what, kind) in enumerate(zip((event.date, text), kinds, strict=True)):
            if kind is not Kind.DATETIME:
                message = f"A window of hours or minutes needs a date with its time; {what} is {kind}."
                raise TimingError(what, position, message)
    return EventTiming(event.oid, ref.form, placed, ref, event.window, anchor)


class TimingError(ValueError):
    """What dates an event, or what its window is counted from, cannot be used.

    :param position: 0 for the date, 1 for the window's anchor.
    """

    def __init__(self, text: str, position: int, message: str, cause: ExpressionError | None = None) -> None:
        super().__init__(message)
        self.text = text
        self.position = position
        self.error = cause or ExpressionError(message, 0, len(text))


def _date_item(event: StudyEventDef, names: StudyNames) -> tuple[Ref, PlacedItem]:
    if not _FORM_AND_ITEM.fullmatch(event.date):
        raise TimingError(event.date, 0, "The date of an event is one item of a form of it: write FORM.ITEM.")
    try:
        found = compile_expression(event.date, names, Home("", (), event.oid))
    except ExpressionError as error:
        raise TimingError(event.date, 0, error.message, error) from error
    ref = found.refs[0]
    if ref.occurrence is not Occurrence.NEAR or all(use.form_oid != ref.form for use in event.form_refs):
        raise TimingError(event.date, 0, f"The event {event.oid} has no form {event.date.partition('.')[0]}.")
    if found.kind not in _DATED:
        raise TimingError(
            event.date, 0, f"The date of an event is a date or a date-time; this is {found.kind}."
        )
    return ref, names.items(ref.form)[event.date.partition(".")[2]]


def _anchor(event: StudyEventDef, anchor: str, names: StudyNames) -> str:
    """The expression behind an anchor: an event's OID stands for the item that dates it."""
    other = names.index.events.get(anchor)
    if other is None:
        return anchor
    if other.oid == event.oid:
        raise TimingError(
            anchor, 1, "A window cannot be counted from the visit's own date. Name another event."
        )
    if not other.date:
        message = (
            f"Nothing says what dates the event {anchor}. Give it a date: FORM.ITEM, or write an expression."
        )
        raise TimingError(anchor, 1, message)
    return f"visit({other.oid!r}).{other.date}"


def window_finding(timing: EventTiming, data: SubjectData, form: ItemPath, fingerprint: str) -> Found | None:
    """What is to be said of the date that stands in a form: that it is certainly outside its window, or nothing."""
    event = form.event
    assert event is not None
    on, taken, window = timing.date(data, event), timing.taken(data, event), timing.due(data, event)
    if on is None or taken is None or window is None or took_place(window, taken) not in OUTSIDE:
        return None
    definition, span = data.index.events[timing.event], window.planned
    about, name = "outside window", definition.title or definition.name
    facts: dict[str, TranslatedText | str] = {"name": name, "window": window.told}
    if span.low == span.high:
        about, facts["planned"] = "outside window planned", shown(span.low)
    text = said(about, date=taken_in_words(on, taken), **facts)
    return Found(WINDOW, timing.path(event), text, Severity.QUERY, fingerprint)
