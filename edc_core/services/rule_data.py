"""What rules read of a subject: its forms and values, the times that rules ask for, and ranges of laboratories."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edc_core.domain.casebook_wire import Surroundings
from edc_core.domain.item_path import ItemPath
from edc_core.domain.lab_range import LabRanges
from edc_core.domain.protection import Protection, effective
from edc_core.expressions.answers import Answers
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.rules import rules_of
from edc_core.store import lab_ranges as stored_ranges
from edc_core.store import rule_answers, times

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from edc_core.domain.casebook import Casebook, FormData, GroupData, ItemData, Subject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.query import Query
    from edc_core.domain.rule_answer import RuleAnswer
    from edc_core.expressions.rule_book import RuleBook
    from edc_core.store.readers import SiteRow
    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True, slots=True)
class Times:
    """What the rules of some forms may know of time.

    :param entered_at: UTC time of the last entry of items. :param tick: of the last ``clock.tick`` at the site.
    """

    entered_at: Mapping[ItemPath, datetime] = field(default_factory=dict)
    tick: datetime | None = None


@dataclass(slots=True)
class Around:
    """Everything the rules concerned read, as it is after the change."""

    forms: Mapping[ItemPath, FormData]
    items: Mapping[ItemPath, ItemData]
    groups: Mapping[ItemPath, GroupData]
    protections: Mapping[ItemPath, Protection]
    above: tuple[Protection, ...]
    removed_events: frozenset[ItemPath]
    queries: Mapping[str, Query]
    site: SiteRow
    times: Times = field(default_factory=Times)
    ranges: LabRanges = LabRanges()
    answers: Answers = field(default_factory=Answers)

    def data(self, index: MetaDataIndex) -> SubjectData:
        return SubjectData(
            index, self.forms, self.items, self.groups, self.removed_events,
            site=self.site.number, country=self.site.country, zone=self.site.zone,
            entered_at=self.times.entered_at, tick=self.times.tick,
            ranges=self.ranges, answers=self.answers,
        )  # fmt: skip

    def is_locked(self, form: ItemPath) -> bool:
        """Whether nothing is written there, queries included."""
        return effective(form, dict(self.protections), self.above) is Protection.LOCKED

    def closed(self) -> frozenset[ItemPath]:
        """Places that are frozen or locked: nothing is written there, nor to anything in them."""
        if any(state is not Protection.OPEN for state in self.above):
            return frozenset({ItemPath()})
        return frozenset(path for path, state in self.protections.items() if state is not Protection.OPEN)


def times_for(
    source: Source,
    subject: Subject,
    rules: RuleBook,
    site: SiteRow,
    judged: Collection[str],
    forms: Iterable[ItemPath],
) -> Times:
    """What is stored of the times that the rules of the judged forms ask about; nothing is read where none is asked."""
    asked = {oid for one in judged for oid in rules.asks_when.get(one, ())}
    stored = [path for path in forms if path.form is not None and path.form.oid in asked]
    ticks = not rules.ticking.isdisjoint(judged)
    return Times(
        times.entered_at(source.connection, subject, stored) if stored else {},
        times.last_tick(source.connection, subject.study_id, site.zone) if ticks else None,
    )


def answers_of(
    source: Source, subject: Subject, rules: Iterable[RuleBook], ahead: Iterable[RuleAnswer] = ()
) -> Answers:
    """What functions of plugins answered of a subject; nothing is read where no rule calls one.

    :param ahead: further answers, to what would be asked; they are not stored.
    """
    if not any(book.calls for book in rules):
        return Answers()
    subject_id = subject.subject_id
    found = rule_answers.answers(source.connection, subject.study_id, [subject_id])
    return Answers.of([*found.get(subject_id, ()), *ahead])


def around_casebook(
    source: Source, book: Casebook, site: SiteRow, rules: Iterable[RuleBook], ahead: Iterable[RuleAnswer] = ()
) -> Around:
    """A whole casebook as the rules of its forms' versions read it."""
    removed = frozenset(path for path, event in book.events.items() if event.removed)
    around = Around(
        book.forms, book.items, book.groups, book.protections, book.above, removed, book.queries, site
    )
    books = list(rules)
    judged = {path.form.oid for path in book.forms if path.form is not None}
    around.times = _together(times_for(source, book.subject, one, site, judged, book.forms) for one in books)
    around.answers = answers_of(source, book.subject, books, ahead)
    if any(one.ranged_forms & judged for one in books):
        around.ranges = stored_ranges.lab_ranges(source.connection, book.subject.study_id)
    return around


def surroundings_of(
    source: Source, book: Casebook, site: SiteRow, versions: Iterable[MetaDataIndex],
    ahead: Iterable[RuleAnswer] = (),
) -> Surroundings:  # fmt: skip
    """What checks that call functions of plugins know besides the data; times are read only for a version with some."""
    rules = [rules_of(index) for index in versions]
    calls = any(one.after_commit or one.calls for one in rules)
    entered = times.entered_at(source.connection, book.subject, book.forms) if calls else {}
    known = answers_of(source, book.subject, rules, ahead)
    return Surroundings(site.number, site.country, site.zone, entered, known.known, known.last)


def _together(found: Iterable[Times]) -> Times:
    """What several versions' rules may know of time; the tick of a site is the same for all."""
    several = list(found)
    entered_at = {path: at for one in several for path, at in one.entered_at.items()}
    return Times(entered_at, next((one.tick for one in several if one.tick), None))
