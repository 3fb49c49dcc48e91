"""What of the schedule a subject is expected to have, events and forms by condition, and when. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.visit_window import VisitTiming, awaited, took_place
from edc_core.expressions.following import settle
from edc_core.expressions.rule_book import known

if TYPE_CHECKING:
    from datetime import datetime

    from edc_core.expressions.frame import SubjectData
    from edc_core.expressions.rule_book import RuleBook, ScheduleReads
    from edc_core.expressions.timing import EventTiming


class Schedule:
    """The schedule of one subject, by the version in force at its site.

    :param data: everything that ``reads`` names; items hidden by a condition count as missing.
    :param reads: ``book.schedule_reads``, or ``book.outlook_reads`` for ``timing``.
    """

    def __init__(self, book: RuleBook, data: SubjectData, reads: ScheduleReads) -> None:
        self._book = book
        self._data = data
        self._known: dict[ItemPath, bool] = {}
        read = {form for form, _ in reads.nodes}
        forms = [path for path in data.forms if path.form is not None and path.form.oid in read]
        settle(book, data, forms, frozen=frozenset(forms))

    def expects(self, place: ItemPath) -> bool:
        """Whether an event occurrence, or a form in one, is expected: no exception but a certainly false one."""
        if place not in self._known:
            self._known[place] = self._expects(place)
        return self._known[place]

    def _expects(self, place: ItemPath) -> bool:
        assert place.event is not None
        event = place.event.oid
        if place.form is not None:
            if not self.expects(ItemPath(place.event)):
                return False
            exception = self._book.scheduled.get((event, place.form.oid))
        else:
            exception = self._book.scheduled.get((event, ""))
        return exception is None or known(self._data.answer(exception, place))

    def timing(
        self, event: Step, hidden: frozenset[str], now: datetime | None, *, awaits: bool
    ) -> VisitTiming:
        """When an occurrence of an event took place or is due, and how it stands to its window.

        :param hidden: OIDs of items that the reader may not see: what rests on one of them is not told.
        :param now: by the clock of the subject's site; without it nothing is said of what is to come.
        :param awaits: it is expected and nothing in it was begun, so that it can be due.
        """
        rule = self._book.timings.get(event.oid)
        if rule is None or (rule.form, rule.placed.item.oid) in _unseen(rule, hidden):
            return VisitTiming()
        on, taken = rule.date(self._data, event), rule.taken(self._data, event)
        window = None if _unseen(rule, hidden) else rule.due(self._data, event)
        if window is None:
            return VisitTiming(on)
        if taken is not None:
            return VisitTiming(on, taken, window, took_place(window, taken))
        standing = awaited(window, now) if awaits and now is not None else None
        return VisitTiming(None, None, window, standing)


def _unseen(rule: EventTiming, hidden: frozenset[str]) -> frozenset[tuple[str, str]]:
    return frozenset(node for node in rule.reads if node[1] in hidden)


def is_conditional(book: RuleBook, place: ItemPath) -> bool:
    """Whether a condition stands over a form, or over the event it is in."""
    assert place.event is not None
    event = place.event.oid
    form = place.form.oid if place.form is not None else ""
    return (event, "") in book.scheduled or (event, form) in book.scheduled
