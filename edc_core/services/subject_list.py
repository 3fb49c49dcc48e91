"""The list of subjects with the state of each visit: a page of it, and the whole of it for a file."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.casebook import EventData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.metadata import EventType
from edc_core.domain.page import Attachment
from edc_core.domain.permission import Action
from edc_core.domain.protection import Protection, effective, strictest
from edc_core.domain.review_plan import ReviewGroup
from edc_core.domain.review_work import NO_COVERAGE, Coverage
from edc_core.domain.signature import SignatureState, state_at
from edc_core.domain.visit_window import Standing, VisitTiming
from edc_core.services.reading import find_site
from edc_core.services.review_coverage import form_coverage
from edc_core.services.scheduling import outlooks
from edc_core.services.visit_state import WORDS, State, of_many, state_of_event
from edc_core.store import listing, signature_readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from edc_core.domain.metadata import MetaDataVersion, StudyEventDef
    from edc_core.domain.signature import Signature
    from edc_core.services.reading import StudyPicture
    from edc_core.services.scheduling import Outlook
    from edc_core.store.listing import SubjectCounts, SubjectRow
    from edc_core.store.readers import SiteRow

PAGE = 100


@dataclass(frozen=True, slots=True)
class Column:
    """An event as a column. One that is added shows all its occurrences in one cell.

    :param anchor: HTML id of the visit (the first, where there may be several) in the casebook.
    :param band: title of its epoch, else its category: the heading over neighbours that share it.
    """

    oid: str
    short: str
    title: str
    is_added: bool
    anchor: str
    band: str
    begins_band: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """:param times: occurrences of a repeating event.
    :param timing: when it took place or is due; of several occurrences, that of the one to look at first.
    :param verified: values to be verified against the source, for who verifies them.
    :param timings: of a repeating event those of its occurrences.
    """

    state: State
    queries: int = 0
    times: int = 1
    timing: VisitTiming = VisitTiming()
    signature: SignatureState = SignatureState.UNSIGNED
    verified: Coverage = NO_COVERAGE
    timings: tuple[VisitTiming, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    subject_key: str
    site: SiteRow
    status: str
    protection: Protection
    queries: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A page of the list.

    :param page: from 1. :param pages: at least 1.
    """

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    counts: SubjectCounts
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked the list for; the site by its number, as in the address."""

    site: str = ""
    text: str = ""
    status: str = ""
    queries: bool = False
    page: int = 1


def columns_of(version: MetaDataVersion, language: str) -> tuple[Column, ...]:
    """Events of the study in its order; neighbours of one epoch, or of one category, form a band."""
    columns = []
    epochs = {epoch.oid: epoch.title.in_language(language) or epoch.name for epoch in version.epochs}
    band: str | None = None
    for event in visits_of(version):
        own = epochs.get(event.epoch, event.category)
        columns.append(
            Column(
                event.oid,
                event.name or event.oid,
                title_of(event, language),
                event.is_added,
                ItemPath(Step(event.oid)).dom_id,
                own,
                own != band,
            )
        )
        band = own
    return tuple(columns)


def visits_of(version: MetaDataVersion, *, of_study: bool = False) -> list[StudyEventDef]:
    """Every event but those that hold logs (ODM type Common), which belong to no visit; unscheduled ones come last.

    :param of_study: those of the study as a whole instead of those of its subjects.
    """
    visits = [
        event
        for event in version.events
        if event.type is not EventType.COMMON and event.study_level is of_study
    ]
    return sorted(visits, key=lambda event: event.type is EventType.UNSCHEDULED)


def title_of(event: StudyEventDef, language: str) -> str:
    return event.title.in_language(language) or event.name or event.oid


def matrix(picture: StudyPicture, wanted: Wanted, now: datetime | None = None) -> Matrix:
    """A page of subjects with their visits: eight statements, however many subjects and visits there are; at most
    four more where the schedule has conditions or dates.

    :param now: when it is looked at, for what is due.
    """
    chosen = _filter(picture, wanted)
    counts = listing.count_subjects(picture.source.connection, picture.scope, chosen)
    pages = max(1, -(-counts.found // PAGE))
    page = min(max(1, wanted.page), pages)
    rows = listing.subjects(
        picture.source.connection, picture.scope, chosen, limit=PAGE, offset=(page - 1) * PAGE
    )
    columns = columns_of(picture.index.version, picture.language())
    return Matrix(columns, tuple(lines(picture, rows, now)), counts, page, pages)


def _filter(picture: StudyPicture, wanted: Wanted) -> listing.SubjectFilter:
    site = find_site(picture, wanted.site)
    known = "" if not wanted.site else site.site_id if site else "none"
    return listing.SubjectFilter(known, wanted.text.strip(), wanted.status, wanted.queries)


def lines(picture: StudyPicture, rows: Sequence[SubjectRow], now: datetime | None = None) -> Iterator[Line]:
    """What stands in the rows of these subjects: five statements, and at most four where the schedule has conditions
    or dates.
    """
    connection, study_id = picture.source.connection, picture.study.study_id
    ids = [row.subject_id for row in rows]
    forms: dict[str, dict[Step, Counter[EntryStatus]]] = defaultdict(lambda: defaultdict(Counter))
    for found in listing.event_forms(connection, study_id, ids):
        forms[found.subject_id][found.event][found.status] += found.forms
    queries: dict[str, Counter[Step | None]] = defaultdict(Counter)
    for subject_id, path, _, number in listing.open_queries(connection, picture.scope, ids):
        queries[subject_id][path.event] += number
    added = listing.added_events(connection, study_id, ids)
    protections = listing.protections(connection, study_id, ids)
    own: dict[str, dict[ItemPath, Protection]] = defaultdict(dict)
    for placed in protections:
        own[placed.chain][placed.path] = placed.row.state
    above = {site_id: strictest(listing.above(protections, site_id)) for site_id in picture.sites}
    signed = signature_readers.signatures_of(connection, study_id, ids)
    columns = columns_of(picture.index.version, picture.language())
    coming = outlooks(picture, rows, added, now)
    verified: dict[str, dict[str, Coverage]] = defaultdict(lambda: defaultdict(Coverage))
    for (subject_id, path), coverage in _verified(picture, ids).items():
        verified[subject_id][path.event.oid if path.event else ""] += coverage
    for row in rows:
        facts = _Facts(
            forms[row.subject_id],
            queries[row.subject_id],
            {path.event: event for path, event in added.get(row.subject_id, {}).items() if path.event},
            own[row.subject_id],
            above[row.site_id],
            coming[row.subject_id],
            signed.get(row.subject_id, []),
            verified[row.subject_id],
        )
        events = picture.version(picture.sites[row.site_id].meta_data_version).events
        yield Line(
            row.subject_key,
            picture.sites[row.site_id],
            row.status,
            effective(ItemPath(), facts.own, (facts.above,)),
            facts.queries.total(),
            tuple(facts.cell(events.get(column.oid), column) for column in columns),
        )


def _verified(picture: StudyPicture, ids: list[str]) -> dict[tuple[str, ItemPath], Coverage]:
    """One statement more for those who verify; nobody else pays for it."""
    if not any(picture.may(Action.VERIFY_SOURCE, site_id) for site_id in picture.sites):
        return {}
    return form_coverage(picture, ReviewGroup.SDV, ids)


@dataclass(frozen=True, slots=True)
class _Facts:
    forms: dict[Step, Counter[EntryStatus]]
    queries: Counter[Step | None]
    events: dict[Step, EventData]
    own: dict[ItemPath, Protection]
    above: Protection
    outlook: Outlook
    signed: list[Signature]
    verified: dict[str, Coverage]

    def cell(self, event: StudyEventDef | None, column: Column) -> Cell:
        """An event that the site's version does not have yet has nothing to show."""
        verified = self.verified[column.oid]
        if not column.is_added:
            step = Step(column.oid)
            if event is None and step not in self.forms:
                return Cell(State.NONE, times=0)
            state = self._state(step, event)
            return Cell(
                state,
                self.queries[step],
                timing=self._timing(step, state),
                signature=self._signature([step]),
                verified=verified,
            )
        steps = {
            step
            for step in (*self.forms, *self.events)
            if step.oid == column.oid and not self._mark(step).removed
        }
        if not steps:
            return Cell(State.NONE, times=0)
        found = {step: self._state(step, event) for step in steps}
        states = list(found.values())
        timings = [self._timing(step, state) for step, state in found.items()]
        queries = sum(number for step, number in self.queries.items() if step and step.oid == column.oid)
        signature = self._signature(steps)
        return Cell(
            of_many(states),
            queries,
            len(steps),
            first_to_look_at(timings),
            signature,
            verified,
            tuple(timings),
        )

    def _signature(self, steps: Iterable[Step]) -> SignatureState:
        """Of several occurrences the one that says least; of a visit that has not begun nothing is signed."""
        found = {
            state_at(ItemPath(step), self.signed) if self.forms.get(step) else SignatureState.UNSIGNED
            for step in steps
        }
        return next(state for state in _LEAST_SIGNED if state in found)

    def _timing(self, step: Step, state: State) -> VisitTiming:
        return self.outlook.timing(step, awaits=state is State.NOT_STARTED)

    def _state(self, step: Step, event: StudyEventDef | None) -> State:
        protection = effective(ItemPath(step), self.own, (self.above,))
        statuses = self.forms.get(step, Counter())
        return state_of_event(
            self.outlook, step, event, statuses, protection,
            not_done=self._mark(step).not_done, removed=self._mark(step).removed,
        )  # fmt: skip

    def _mark(self, step: Step) -> EventData:
        return self.events.get(step, EventData(ItemPath(step)))


_LEAST_SIGNED = (
    SignatureState.BROKEN,
    SignatureState.WITHDRAWN,
    SignatureState.UNSIGNED,
    SignatureState.SIGNED,
)
_TOLD = frozenset({Standing.OVERDUE, Standing.LATE, Standing.EARLY, Standing.DUE})
_URGENT = (Standing.OVERDUE, Standing.LATE, Standing.EARLY, Standing.DUE, Standing.UNCERTAIN)


def first_to_look_at(timings: Sequence[VisitTiming]) -> VisitTiming:
    """Of several occurrences the one that stands worst to its window; a date alone would not say whose it is."""
    if len(timings) == 1:
        return timings[0]
    for standing in _URGENT:
        for timing in timings:
            if timing.standing is standing:
                return timing
    return VisitTiming()


def as_csv(picture: StudyPicture, wanted: Wanted, now: datetime | None = None) -> Attachment:
    """What the list shows, all pages of it, as CSV; open queries stand behind a status."""
    columns = columns_of(picture.index.version, picture.language())
    header = ["Subject", "Site", "Status", "Open queries", *(column.short for column in columns)]
    return Attachment.table(f"{picture.study.oid}-subjects.csv", header, _rows(picture, wanted, now))


def _rows(picture: StudyPicture, wanted: Wanted, now: datetime | None) -> Iterator[list[str]]:
    connection, scope, chosen = picture.source.connection, picture.scope, _filter(picture, wanted)
    offset = 0
    while rows := listing.subjects(connection, scope, chosen, limit=PAGE, offset=offset):
        for line in lines(picture, rows, now):
            yield [
                line.subject_key,
                line.site.number,
                line.status,
                str(line.queries),
                *map(_in_file, line.cells),
            ]
        offset += PAGE


def _in_file(cell: Cell) -> str:
    """A status with its open queries and, where they say more, how the visit stands to its window and its signature."""
    words = WORDS[cell.state] + (f" ({cell.queries})" if cell.queries else "")
    standing = cell.timing.standing
    told = [words, standing.value] if standing is not None and standing in _TOLD else [words]
    return "; ".join(
        [*told, *([cell.signature.value] if cell.signature is not SignatureState.UNSIGNED else [])]
    )


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Where the person may add a subject, and what its number looks like."""

    sites: tuple[SiteRow, ...]
    hint: str


def enrolment(picture: StudyPicture) -> Enrolment:
    may = picture.sites_for(Action.ADD_SUBJECT)
    return Enrolment(
        tuple(site for site_id, site in picture.sites.items() if site_id in may and site.meta_data_version),
        picture.index.version.policy.subject_key_hint,
    )
