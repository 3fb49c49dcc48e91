"""What of the schedule a subject is expected to have: events and forms by condition. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.item_path import ItemPath
from edc_core.expressions.following import settle
from edc_core.expressions.rules import known

if TYPE_CHECKING:
    from edc_core.expressions.frame import SubjectData
    from edc_core.expressions.rules import RuleBook


class Schedule:
    """The schedule of one subject, by the version in force at its site.

    :param data: everything that ``book.schedule_reads`` names; items hidden by a condition count as missing.
    """

    def __init__(self, book: RuleBook, data: SubjectData) -> None:
        self._book = book
        self._data = data
        self._known: dict[ItemPath, bool] = {}
        read = {form for form, _ in book.schedule_reads.nodes}
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
        return exception is None or known(self._data.evaluate(exception, place))


def is_conditional(book: RuleBook, place: ItemPath) -> bool:
    """Whether a condition stands over a form, or over the event it is in."""
    assert place.event is not None
    event = place.event.oid
    form = place.form.oid if place.form is not None else ""
    return (event, "") in book.scheduled or (event, form) in book.scheduled
