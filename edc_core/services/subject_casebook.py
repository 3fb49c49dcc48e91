"""One subject's casebook: its visits with their forms, its logs, what protects it, what may be done here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from edc_core.domain.casebook import EventData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.metadata import EventType
from edc_core.domain.protection import ProtectAction, Protection, ProtectionRow, effective, strictest
from edc_core.domain.review_plan import ReviewGroup
from edc_core.domain.review_work import NO_COVERAGE, Coverage
from edc_core.domain.signature import SignatureState, state_at
from edc_core.domain.visit_window import VisitTiming
from edc_core.services.protection_steps import steps_for
from edc_core.services.reading import look_at_subject, words_of
from edc_core.services.review_coverage import form_coverage
from edc_core.services.scheduling import outlooks
from edc_core.services.subject_list import title_of, visits_of
from edc_core.services.visit_state import State, state_of, state_of_event
from edc_core.store import listing
from edc_core.store.listing_queries import full_names
from edc_core.store.signature_readers import signatures

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from edc_core.domain.casebook import Subject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import StudyEventDef
    from edc_core.domain.signature import Signature
    from edc_core.services.reading import StudyPicture
    from edc_core.store.listing import FormRow
    from edc_core.store.readers import SiteRow


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form of a visit, begun or not.

    :param total: how many items it asks for; 0 where rows repeat, so that no number would be true.
    :param by: full name, login or machine that wrote its status last.
    :param reason: why it was not done or removed.
    :param signature: by all signatures that cover it.
    :param verified: how many values are to be verified against the source, and how many are.
    """

    path: ItemPath
    title: str
    state: State
    queries: int = 0
    answered: int = 0
    total: int = 0
    rows: int = 0
    at: str = ""
    by: str = ""
    reason: str = ""
    signature: SignatureState = SignatureState.UNSIGNED
    verified: Coverage = NO_COVERAGE


@dataclass(frozen=True, slots=True)
class EventBlock:
    """An occurrence of an event with its forms.

    :param not_done: the visit was marked as not done, or ``removed``; ``reason`` says why.
    :param can_mark: nothing in it was begun, so that it can be marked, or the mark be taken back.
    :param can_remove: there is something to remove.
    :param timing: when it took place or is due.
    """

    path: ItemPath
    short: str
    title: str
    state: State
    queries: int
    forms: tuple[FormLine, ...]
    not_done: bool = False
    reason: str = ""
    can_mark: bool = False
    removed: bool = False
    can_remove: bool = False
    timing: VisitTiming = VisitTiming()
    signature: SignatureState = SignatureState.UNSIGNED


@dataclass(frozen=True, slots=True)
class Addable:
    oid: str
    title: str


@dataclass(frozen=True, slots=True)
class CasebookHead:
    """What stands above every page of a subject.

    :param own: protection set on the subject itself; ``protection`` is the one in force.
    :param actions: protection steps the person may take; ``confirm`` is one that waits for this person.
    :param covered: forms of which the person is shown nothing (see ``StudyPicture.covered``).
    """

    subject: Subject
    site: SiteRow
    protection: Protection
    own: ProtectionRow
    by: str
    asked_by: str
    actions: tuple[ProtectAction, ...]
    confirm: ProtectAction | None
    queries: int
    signature: SignatureState
    covered: frozenset[ItemPath]

    def is_covered(self, scope: ItemPath) -> bool:
        """Whether it holds a form that is kept from the person: then it is not read for a signature either."""
        return any(scope.contains(form) for form in self.covered)


@dataclass(frozen=True, slots=True)
class CasebookPicture:
    """What the casebook page shows.

    :param current: the visit to open: the one asked for, else the first with something to do.
    """

    head: CasebookHead
    events: tuple[EventBlock, ...]
    logs: tuple[FormLine, ...]
    addable: tuple[Addable, ...]
    current: ItemPath


def casebook_head(picture: StudyPicture, subject_key: str) -> CasebookHead:
    """Identity, protection, signature and open queries of a subject: five statements.

    :raises NotFound: no such subject in scope.
    """
    subject = look_at_subject(picture, subject_key)
    connection, study_id = picture.source.connection, picture.study.study_id
    placed = listing.protections(connection, study_id, [subject.subject_id])
    scope = picture.scope_at([subject.site_id])
    queries = sum(found[3] for found in listing.open_queries(connection, scope, [subject.subject_id]))
    names = full_names(connection, {name for p in placed for name in (p.row.actor, p.row.requested_by)})
    signed = signatures(connection, study_id, subject.subject_id)
    return _head(picture, subject, placed, names, queries, signed)


def _head(
    picture: StudyPicture,
    subject: Subject,
    placed: list[listing.PlacedProtection],
    names: dict[str, str],
    queries: int,
    signed: Iterable[Signature],
) -> CasebookHead:
    own = {p.path: p.row for p in placed if p.chain != "@study"}
    above = listing.above(placed, subject.site_id)
    row = own.get(ItemPath(), ProtectionRow())
    actions, confirm = steps_for(picture, row, site_id=subject.site_id)
    return CasebookHead(
        subject=subject,
        site=picture.sites[subject.site_id],
        protection=strictest((row.state, *above)),
        own=row,
        by=names.get(row.actor, row.actor),
        asked_by=names.get(row.requested_by, row.requested_by),
        actions=actions,
        confirm=confirm,
        queries=queries,
        signature=state_at(ItemPath(), signed),
        covered=frozenset(form for one, form in picture.covered if one == subject.subject_id),
    )


def casebook(
    picture: StudyPicture, subject_key: str, current: str = "", now: datetime | None = None
) -> CasebookPicture:
    """A subject's casebook: nine statements, however much it holds; at most four more where the
    schedule has conditions or dates, and one where there is a plan of verification.

    :param current: the visit to open, as event path text or OID.
    :param now: when it is looked at, for what is due.
    :raises NotFound: no such subject in scope.
    """
    subject = look_at_subject(picture, subject_key)
    facts = _Facts(picture, subject, now)
    index = picture.version(picture.sites[subject.site_id].meta_data_version)
    visits = visits_of(index.version, of_study=subject.is_record)
    logs = [
        event
        for event in index.version.events
        if event.type is EventType.COMMON and event.study_level is subject.is_record
    ]
    events = _in_order(
        index, [facts.block(index, event, step) for event in visits for step in facts.steps(event)]
    )
    return CasebookPicture(
        head=_head(picture, subject, facts.protections, facts.names, facts.queries.total(), facts.signed),
        events=tuple(events),
        logs=tuple(
            form
            for event in logs
            for step in facts.steps(event)
            for form in facts.block(index, event, step).forms
            if form.state is not State.NOT_REQUIRED
        ),
        addable=tuple(
            Addable(event.oid, title_of(event, facts.language))
            for event in visits
            if event.is_added and (event.repeating or not facts.steps(event))
        ),
        current=_current(events, current),
    )


def _in_order(index: MetaDataIndex, events: list[EventBlock]) -> list[EventBlock]:
    """Scheduled visits as the protocol has them, then the unscheduled ones by their dates, those without one last."""

    def rank(event: EventBlock) -> tuple[int, date]:
        assert event.path.event is not None
        if index.events[event.path.event.oid].type is not EventType.UNSCHEDULED:
            return 0, date.min
        return 1, event.timing.date.earliest if event.timing.date is not None else date.max

    return sorted(events, key=rank)


def _current(events: Iterable[EventBlock], asked: str) -> ItemPath:
    known = {str(event.path): event for event in events}
    if asked in known:
        return known[asked].path
    for event in known.values():
        if event.path.event is not None and event.path.event.oid == asked:
            return event.path
    for wanted in (State.IN_PROGRESS, State.NOT_STARTED):
        for event in known.values():
            if event.state is wanted:
                return event.path
    return next((event.path for event in known.values()), ItemPath())


class _Facts:
    """Everything read of one subject, looked up by path."""

    def __init__(self, picture: StudyPicture, subject: Subject, now: datetime | None) -> None:
        connection, study_id = picture.source.connection, picture.study.study_id
        self.hidden = picture.hidden_at([subject.site_id])
        self.subject_id = subject.subject_id
        self.picture = picture
        self.language = picture.language(subject.site_id)
        self.forms = listing.casebook_forms(connection, study_id, subject.subject_id)
        self.added = listing.added_events(connection, study_id, [subject.subject_id]).get(
            subject.subject_id, {}
        )
        added = {subject.subject_id: self.added}
        self.outlook = outlooks(picture, [subject], added, now)[subject.subject_id]
        self.answered = listing.answered_items(connection, study_id, subject.subject_id, self.hidden)
        self.rows = listing.live_rows(connection, study_id, subject.subject_id)
        self.protections = listing.protections(connection, study_id, [subject.subject_id])
        self.own = {p.path: p.row.state for p in self.protections if p.chain != "@study"}
        self.above = listing.above(self.protections, subject.site_id)
        self.signed = signatures(connection, study_id, subject.subject_id)
        self.queries: Counter[ItemPath] = Counter()
        scope = picture.scope_at([subject.site_id])
        for _, path, _, number in listing.open_queries(connection, scope, [subject.subject_id]):
            self.queries[path] += number
        self.verified = form_coverage(picture, ReviewGroup.SDV, [subject.subject_id])
        people = {form.actor for form in self.forms.values()} | {
            name for p in self.protections for name in (p.row.actor, p.row.requested_by)
        }
        self.names = full_names(connection, people)

    def protection(self, path: ItemPath) -> Protection:
        return effective(path, self.own, self.above)

    def steps(self, event: StudyEventDef) -> list[Step]:
        """Occurrences of an event, removed ones too: the one of the schedule; else those that were added or hold data."""
        found = {
            path.event
            for path in (*self.added, *self.forms, *self.queries)
            if path.event is not None and path.event.oid == event.oid
        }
        if not event.is_added:
            found.add(Step(event.oid))
        return sorted(found, key=lambda step: step.rank)

    def block(self, index: MetaDataIndex, event: StudyEventDef, step: Step) -> EventBlock:
        path = ItemPath(step)
        known = [ItemPath(step, Step(ref.form_oid)) for ref in event.form_refs]
        more = sorted((f for f in self.forms if f.event == step and f not in known), key=str)
        lines = tuple(self.line(index, form) for form in (*known, *more))
        statuses = Counter(form.status for form in self.forms.values() if form.path.event == step)
        words = words_of(index, path, self.language)
        queries = sum(line.queries for line in lines) + self.queries[path]
        mark = self.added.get(path) or EventData(path)
        state = state_of_event(
            self.outlook, step, event, statuses, self.protection(path),
            not_done=mark.not_done, removed=mark.removed,
        )  # fmt: skip
        begun = any(status in statuses for status in _BEGUN)
        return EventBlock(
            path, words.event_short, words.event, state, queries, lines, not_done=mark.not_done,
            reason=mark.reason if mark.not_done or mark.removed else "",
            can_mark=state in (State.NOT_STARTED, State.NOT_DONE) and not begun, removed=mark.removed,
            can_remove=(begun or path in self.added) and not (mark.removed or mark.not_done),
            timing=self.outlook.timing(step, awaits=state is State.NOT_STARTED),
            signature=state_at(path, self.signed),
        )  # fmt: skip

    def line(self, newest: MetaDataIndex, path: ItemPath) -> FormLine:
        row: FormRow | None = self.forms.get(path)
        index = self.picture.version(row.meta_data_version) if row else newest
        status = row.status if row else EntryStatus.NOT_STARTED
        event, left_out = self.added.get(path.parent), self.left_out(path)
        if event is not None and event.not_done and status is EntryStatus.NOT_STARTED and not left_out:
            status = EntryStatus.NOT_DONE
        if event is not None and event.removed:
            status = EntryStatus.REMOVED
        state = state_of(status, self.protection(path), left_out)
        return FormLine(
            path=path,
            title=words_of(index, path, self.language).form,
            state=state,
            queries=self.queries[path],
            answered=self.answered.get(path, 0),
            total=self._total(index, path),
            rows=self.rows.get(path, 0),
            at=row.at if row else "",
            by=self.names.get(row.actor, row.actor) if row else "",
            reason=row.reason if row and row.status in _WITH_REASON else "",
            signature=state_at(path, self.signed) if row else SignatureState.UNSIGNED,
            verified=self.verified.get((self.subject_id, path), NO_COVERAGE),
        )

    def left_out(self, path: ItemPath) -> State | None:
        """What is said of a form that is not expected; nothing of one that is."""
        if self.outlook.expects(path):
            return None
        return State.NOT_APPLICABLE if path in self.outlook.kept else State.NOT_REQUIRED

    def _total(self, index: MetaDataIndex, path: ItemPath) -> int:
        if path.form is None or path.form.oid not in index.forms:
            return 0
        placed = list(index.placed_items(path.form.oid))
        if any(group.repeating for item in placed for group in item.groups):
            return 0
        return sum(1 for item in placed if item.item.oid not in self.hidden)


_BEGUN = (EntryStatus.IN_PROGRESS, EntryStatus.COMPLETE, EntryStatus.REMOVED)
_WITH_REASON = (EntryStatus.NOT_DONE, EntryStatus.REMOVED)
