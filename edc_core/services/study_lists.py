"""Lists that cross subjects, as one person may see them: forms begun and awaited, subjects."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.permission import Action
from edc_core.domain.protection import effective, strictest
from edc_core.domain.review_plan import ReviewGroup
from edc_core.domain.review_work import NO_COVERAGE
from edc_core.domain.signature import state_at
from edc_core.domain.study_lists import ListedForm, ListedSubject, MovedSubject, VisitNotDone
from edc_core.domain.subject_move import last_kept
from edc_core.services.reading import words_of
from edc_core.services.review_coverage import form_coverage
from edc_core.services.scheduling import outlooks
from edc_core.store import listing, moves, readers, signature_readers, study_forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from edc_core.domain.casebook import EventData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import StudyEventDef
    from edc_core.domain.protection import Protection
    from edc_core.domain.review_work import Coverage
    from edc_core.domain.signature import Signature
    from edc_core.domain.subject_move import SubjectMove
    from edc_core.domain.visit_window import VisitTiming
    from edc_core.services.reading import StudyPicture
    from edc_core.services.scheduling import Outlook
    from edc_core.store.listing import FormRow

AT_ONCE = 500  #: subjects in one round of statements


def subjects(picture: StudyPicture) -> tuple[ListedSubject, ...]:
    """Every subject in scope, in the order in which they were added: one statement."""
    _require(picture)
    rows = study_forms.subjects(picture.source.connection, picture.scope)
    return tuple(
        ListedSubject(
            row.subject_key, picture.sites[row.site_id].number, picture.sites[row.site_id].country, row.status,
            row.added_at,
        )
        for row in rows
    )  # fmt: skip


def moved(picture: StudyPicture) -> tuple[MovedSubject, ...]:
    """Transfers from and to sites in scope, oldest first: two statements.

    Where a subject is at no site in scope now, only the last transfer that a site keeps it for.
    """
    _require(picture)
    connection, study_id = picture.source.connection, picture.study.study_id
    subjects = {one.subject_id: one for one in readers.all_subjects(connection, study_id)}
    of_subject: dict[str, list[SubjectMove]] = defaultdict(list)
    for move in moves.moves(connection, study_id):
        of_subject[move.subject_id].append(move)
    numbers = {site_id: site.number for site_id, site in picture.sites.items()}
    found = []
    for subject_id, all_moves in of_subject.items():
        here = subjects[subject_id].site_id in picture.sites
        kept = last_kept(all_moves, picture.sites)
        for move in all_moves if here else filter(None, (kept,)):
            left, came_to = (numbers.get(site_id, "") for site_id in (move.old, move.new))
            key = subjects[subject_id].subject_key
            found.append((move.at, MovedSubject(key, left, came_to, move.day, here)))
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))


def visits_not_done(picture: StudyPicture) -> tuple[VisitNotDone, ...]:
    """Visits of subjects in scope that were said not to have taken place, by subject: one statement."""
    _require(picture)
    found = []
    for row in study_forms.visits_not_done(picture.source.connection, picture.scope):
        site, path = picture.sites[row.site_id], ItemPath.parse(row.path)
        index = picture.version(site.meta_data_version)
        visit = words_of(index, path, picture.language(row.site_id)).event
        found.append(VisitNotDone(row.subject_id, row.subject_key, site.number, path, visit, row.reason))
    return tuple(found)


def forms(picture: StudyPicture, now: datetime) -> tuple[ListedForm, ...]:
    """Forms begun and forms expected of every subject in scope: ten statements for each ``AT_ONCE`` subjects."""
    _require(picture)
    found: list[ListedForm] = []
    offset, nothing = 0, listing.SubjectFilter()
    while rows := listing.subjects(
        picture.source.connection, picture.scope, nothing, limit=AT_ONCE, offset=offset
    ):
        found += _of_subjects(picture, rows, now)
        offset += AT_ONCE
        if len(rows) < AT_ONCE:
            break
    return tuple(found)


def _require(picture: StudyPicture) -> None:
    picture.actor.role_for(Action.VIEW_DATA, picture.place())


def _of_subjects(
    picture: StudyPicture, rows: list[listing.SubjectRow], now: datetime
) -> Iterator[ListedForm]:
    connection, study_id = picture.source.connection, picture.study.study_id
    ids = [row.subject_id for row in rows]
    begun = study_forms.form_rows(connection, study_id, ids)
    added = listing.added_events(connection, study_id, ids)
    placed = listing.protections(connection, study_id, ids)
    signed = signature_readers.signatures_of(connection, study_id, ids)
    coming = outlooks(picture, rows, added, now)
    verified: dict[str, dict[ItemPath, Coverage]] = defaultdict(dict)
    for (subject_id, path), coverage in _verified(picture, ids).items():
        verified[subject_id][path] = coverage
    own: dict[str, dict[ItemPath, Protection]] = defaultdict(dict)
    for one in placed:
        own[one.chain][one.path] = one.row.state
    for row in rows:
        above = strictest(listing.above(placed, row.site_id))
        yield from _Book(
            picture, row, begun.get(row.subject_id, {}), added.get(row.subject_id, {}), own[row.subject_id],
            above, signed.get(row.subject_id, []), coming[row.subject_id], verified[row.subject_id],
        ).forms()  # fmt: skip


def _verified(picture: StudyPicture, ids: list[str]) -> Mapping[tuple[str, ItemPath], Coverage]:
    knows = any(picture.may(action) for action in (Action.VERIFY_SOURCE, Action.REVIEW_DATA))
    return form_coverage(picture, ReviewGroup.SDV, ids) if knows else {}


class _Book:
    """One subject, with what the statements found of it."""

    def __init__(
        self,
        picture: StudyPicture,
        row: listing.SubjectRow,
        begun: Mapping[ItemPath, FormRow],
        added: Mapping[ItemPath, EventData],
        own: dict[ItemPath, Protection],
        above: Protection,
        signed: list[Signature],
        outlook: Outlook,
        verified: Mapping[ItemPath, Coverage],
    ) -> None:
        self.site = picture.sites[row.site_id]
        self.subject_id, self.subject_key = row.subject_id, row.subject_key
        self.begun, self.added = begun, added
        self.own, self.above, self.signed = own, above, signed
        self.outlook, self.verified = outlook, verified
        self.language = picture.language(row.site_id)
        version = self.site.meta_data_version
        self.index = picture.version(version) if version else None
        self.optional = {
            ref.study_event_oid
            for ref in (self.index.version.event_refs if self.index else ())
            if not ref.mandatory
        }

    def forms(self) -> Iterator[ListedForm]:
        """In the order of the schedule; forms that the version in force does not have come last."""
        if self.index is None:
            return
        removed = {path.event for path, one in self.added.items() if one.removed}
        left = {path for path in self.begun if path.event not in removed}
        for event in self.index.version.events:
            for step in () if event.study_level else self._occurrences(event):
                begun = {path for path in left if path.event == step}
                timing = self.outlook.timing(step, awaits=not begun)
                awaited = self._awaited(self.index, event, step, begun)
                for path in (*sorted(begun, key=str), *awaited):
                    yield self._form(self.index, path, timing, visit_begun=bool(begun))
                left -= begun
        for path in sorted(left, key=str):
            yield self._form(self.index, path, None, visit_begun=True)

    def _occurrences(self, event: StudyEventDef) -> list[Step]:
        """Those that take place: a visit that was removed or not done awaits nothing."""
        gone = {path.event for path, one in self.added.items() if one.removed or one.not_done}
        steps = {path.event for path in (*self.begun, *self.added) if path.event}
        found = {step for step in steps if step.oid == event.oid}
        if not event.is_added:
            found.add(Step(event.oid))
        return sorted(found - gone, key=lambda step: step.rank)

    def _awaited(
        self, index: MetaDataIndex, event: StudyEventDef, step: Step, begun: set[ItemPath]
    ) -> list[ItemPath]:
        if event.oid in self.optional and not begun:
            return []
        needed = any(ref.mandatory for ref in event.form_refs)
        has = {path.form.oid for path in begun if path.form}
        places = (
            ItemPath(step, Step(ref.form_oid))
            for ref in event.form_refs
            if ref.form_oid not in has and (ref.mandatory or not needed)
        )
        return [place for place in places if self.outlook.expects(place)]

    def _form(
        self, index: MetaDataIndex, path: ItemPath, timing: VisitTiming | None, *, visit_begun: bool
    ) -> ListedForm:
        row = self.begun.get(path)
        words = words_of(index, path, self.language)
        due = timing.due if timing else None
        coverage = self.verified.get(path, NO_COVERAGE)
        last = due.latest.high if due else None
        return ListedForm(
            subject_key=self.subject_key, site=self.site.number, country=self.site.country, path=path,
            visit=words.event, title=words.form, subject_id=self.subject_id,
            status=row.status if row else EntryStatus.NOT_STARTED, at=row.at if row else "",
            actor=row.actor if row else "", visit_begun=visit_begun,
            visit_date=str(timing.date) if timing and timing.date else "",
            standing=timing.standing.value if timing and timing.standing else "",
            last_day=last.isoformat()[:10] if last else "",
            protection=effective(path, self.own, (self.above,)), signature=state_at(path, self.signed),
            to_verify=coverage.planned, verified=coverage.done,
        )  # fmt: skip
