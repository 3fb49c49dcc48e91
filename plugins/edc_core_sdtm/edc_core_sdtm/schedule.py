"""The planned visits of a definition: numbers, names, planned days and epochs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from edc_core.api import EventType, MetaDataIndex, StudyEventDef

_DAYS = re.compile(r"(?P<sign>-)?P(?P<days>\d+)D")
_PREVIOUS = re.compile(r"previous\((?P<form>\w+)\s*,")
_VISIT = re.compile(r"""visit\(\s*(['"])(?P<oid>.+?)\1\s*\)""")


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """:param number: VISITNUM. :param name: VISIT. :param day: VISITDY, empty where no whole number of days leads to it."""

    event: StudyEventDef
    number: int
    name: str
    day: str


class Schedule:
    def __init__(self, index: MetaDataIndex) -> None:
        self._index = index
        self._names = {form.oid: form.name for form in index.version.forms}
        self.dates: Mapping[str, tuple[str, str]] = {
            event.oid: found for event in index.version.events if (found := self._dated_by(event)) is not None
        }

    @cached_property
    def planned(self) -> Mapping[str, PlannedVisit]:
        """Scheduled visits by event OID, numbered from 1 in the order of the study."""
        events = [
            event
            for event in self._index.version.events
            if event.type is EventType.SCHEDULED and not event.repeating and not event.study_level
        ]
        return {
            event.oid: PlannedVisit(
                event, n, event.title.in_language("en").upper() or event.oid, self._day(event)
            )
            for n, event in enumerate(events, 1)
        }

    def is_visit(self, event_oid: str) -> bool:
        """Whether an event is a visit: logs and events of the study as a whole are none."""
        event = self._index.events.get(event_oid)
        return event is not None and event.type is not EventType.COMMON and not event.study_level

    def epoch(self, event_oid: str) -> str:
        event = self._index.events.get(event_oid)
        return event.epoch if event else ""

    def _day(self, event: StudyEventDef) -> str:
        away = self._days_from_first(event, set())
        if away is None:
            return ""
        return str(away + 1 if away >= 0 else away)

    def _days_from_first(self, event: StudyEventDef, seen: set[str]) -> int | None:
        """Days from the day that everything is counted from: that of the visit without a window."""
        if event.oid in seen:
            return None
        window = event.window
        if window is None:
            return 0
        span = _DAYS.fullmatch(window.target)
        anchor = self._anchor(event, window.anchor)
        if span is None or anchor is None:
            return None
        before = self._days_from_first(anchor, {*seen, event.oid})
        return None if before is None else before + int(f"{span['sign'] or ''}{span['days']}")

    def _anchor(self, event: StudyEventDef, anchor: str) -> StudyEventDef | None:
        """The visit that a window is counted from: the last before that has the form, or the only one named."""
        asked = _PREVIOUS.match(anchor)
        if asked is None:
            named = {found["oid"] for found in _VISIT.finditer(anchor)} or {anchor}
            return self._index.events.get(named.pop()) if len(named) == 1 else None
        order = self._index.event_order
        before = [
            one
            for one in self._index.version.events
            if order[one.oid] < order[event.oid]
            and any(self._names[ref.form_oid] == asked["form"] for ref in one.form_refs)
        ]
        return before[-1] if before else None

    def _dated_by(self, event: StudyEventDef) -> tuple[str, str] | None:
        """OIDs of the form and the item that date a visit."""
        form_name, _, item_name = event.date.partition(".")
        for ref in event.form_refs:
            if self._names[ref.form_oid] != form_name:
                continue
            for placed in self._index.placed_items(ref.form_oid):
                if placed.item.name == item_name:
                    return ref.form_oid, placed.item.oid
        return None
