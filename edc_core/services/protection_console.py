"""What is open before a lock, what is frozen or locked already, and which step waits for a second person."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.permission import Action
from edc_core.domain.protection import TRANSITIONS, ProtectAction, Protection, strictest
from edc_core.domain.query import QueryState
from edc_core.services.history import HistoryPage, history
from edc_core.services.reading import find_site
from edc_core.store import listing, listing_queries
from edc_core.store.listing_queries import TrailFilter
from edc_core.store.protection_readers import ProtectionRow

if TYPE_CHECKING:
    from edc_core.services.reading import StudyPicture
    from edc_core.store.readers import SiteRow

PAGE = 100


@dataclass(frozen=True, slots=True)
class Blockers:
    """What is still open in a scope."""

    in_progress: int = 0
    open_queries: int = 0
    answered: int = 0

    @property
    def total(self) -> int:
        return self.in_progress + self.open_queries + self.answered

    def __add__(self, other: Blockers) -> Blockers:
        return Blockers(
            self.in_progress + other.in_progress,
            self.open_queries + other.open_queries,
            self.answered + other.answered,
        )


@dataclass(frozen=True, slots=True)
class ScopeLine:
    """The study, a site or a subject: what is open in it and how it is protected.

    :param own: set on this scope itself; ``effective`` counts what is set above it.
    :param actions: steps the person may take from here; a step that waits for confirmation is in ``confirm``.
    :param confirm: the step that waits and that this person may confirm.
    """

    name: str
    title: str
    subjects: int
    locked: int
    blockers: Blockers
    own: ProtectionRow
    by: str
    asked_by: str
    effective: Protection
    actions: tuple[ProtectAction, ...]
    confirm: ProtectAction | None


@dataclass(frozen=True, slots=True)
class Console:
    """The lock page: the study, its sites, and the subjects of the site that was opened."""

    study: ScopeLine
    sites: tuple[ScopeLine, ...]
    opened: SiteRow | None
    subjects: tuple[ScopeLine, ...]
    page: int
    pages: int
    journal: HistoryPage


def console(picture: StudyPicture, site_number: str = "", page: int = 1) -> Console:
    """Nine statements, however many subjects there are."""
    connection, scope = picture.source.connection, picture.scope
    every = listing.subjects(connection, scope, listing.SubjectFilter(), limit=1_000_000)
    facts = _Facts(picture)
    by_site: dict[str, list[listing.SubjectRow]] = defaultdict(list)
    for row in every:
        by_site[row.site_id].append(row)
    opened = find_site(picture, site_number)
    shown = by_site[opened.site_id] if opened else []
    pages = max(1, -(-len(shown) // PAGE))
    page = min(max(1, page), pages)
    return Console(
        study=facts.study(every),
        sites=tuple(facts.site(site, by_site[site_id]) for site_id, site in picture.sites.items()),
        opened=opened,
        subjects=tuple(facts.subject(row) for row in shown[(page - 1) * PAGE : page * PAGE]),
        page=page,
        pages=pages,
        journal=history(picture, STUDY_CHAIN, TrailFilter(kinds=("protect.",)), limit=20),
    )


class _Facts:
    """What is open and protected in the whole study, added up as each line needs it."""

    def __init__(self, picture: StudyPicture) -> None:
        connection, study_id = picture.source.connection, picture.study.study_id
        self.picture = picture
        self.in_progress = listing.forms_in_progress(connection, picture.scope)
        self.queries: dict[str, Counter[QueryState]] = defaultdict(Counter)
        for subject_id, _, state, number in listing.open_queries(connection, picture.scope):
            self.queries[subject_id][state] += number
        self.rows: dict[tuple[str, str], ProtectionRow] = {
            (placed.chain, placed.site_id): placed.row
            for placed in listing.protections(connection, study_id)
            if placed.path == ItemPath()
        }
        people = {name for row in self.rows.values() for name in (row.actor, row.requested_by) if name}
        self.names = listing_queries.full_names(connection, people)

    def row(self, chain: str, scope: str = "") -> ProtectionRow:
        return self.rows.get((chain, scope), ProtectionRow())

    def blockers(self, subject_id: str) -> Blockers:
        found = self.queries[subject_id]
        return Blockers(
            self.in_progress.get(subject_id, 0), found[QueryState.OPEN], found[QueryState.ANSWERED]
        )

    def effective(self, row: listing.SubjectRow) -> Protection:
        return strictest(
            (
                self.row(row.subject_id).state,
                self.row(STUDY_CHAIN, row.site_id).state,
                self.row(STUDY_CHAIN).state,
            )
        )

    def study(self, every: list[listing.SubjectRow]) -> ScopeLine:
        own = self.row(STUDY_CHAIN)
        return self._line("", "The whole study", every, own, own.state, site_id="", is_study=True)

    def site(self, site: SiteRow, rows: list[listing.SubjectRow]) -> ScopeLine:
        own = self.row(STUDY_CHAIN, site.site_id)
        above = strictest((own.state, self.row(STUDY_CHAIN).state))
        return self._line(site.number, site.name, rows, own, above, site_id=site.site_id)

    def subject(self, row: listing.SubjectRow) -> ScopeLine:
        own = self.row(row.subject_id)
        return self._line(row.subject_key, "", [row], own, self.effective(row), site_id=row.site_id)

    def _line(
        self,
        name: str,
        title: str,
        rows: list[listing.SubjectRow],
        own: ProtectionRow,
        effective: Protection,
        *,
        site_id: str,
        is_study: bool = False,
    ) -> ScopeLine:
        steps, confirm = steps_for(self.picture, own, site_id=site_id, is_study=is_study)
        return ScopeLine(
            name=name,
            title=title,
            subjects=len(rows),
            locked=sum(1 for row in rows if self.effective(row) is Protection.LOCKED),
            blockers=sum((self.blockers(row.subject_id) for row in rows), Blockers()),
            own=own,
            by=self.names.get(own.actor, own.actor),
            asked_by=self.names.get(own.requested_by, own.requested_by),
            effective=effective,
            actions=steps,
            confirm=confirm,
        )


def steps_for(
    picture: StudyPicture, own: ProtectionRow, *, site_id: str, is_study: bool = False
) -> tuple[tuple[ProtectAction, ...], ProtectAction | None]:
    """Steps a person may take from a protection, and the one that waits and that this person may confirm."""
    may_freeze = picture.may(Action.FREEZE, site_id)
    may_lock = picture.may(Action.LOCK_STUDY if is_study else Action.LOCK, site_id)
    allowed = {
        ProtectAction.FREEZE: may_freeze,
        ProtectAction.UNFREEZE: may_freeze,
        ProtectAction.LOCK: may_lock,
        ProtectAction.UNLOCK: may_lock,
    }
    waits = ProtectAction(own.requested) if own.requested else None
    steps = tuple(
        action
        for (state, action) in TRANSITIONS
        if state is own.state and allowed[action] and action is not waits
    )
    approve = Action.APPROVE_STUDY_LOCK if is_study else Action.APPROVE_UNLOCK
    may_confirm = own.requested_by != picture.actor.name and picture.may(approve, site_id)
    return steps, waits if may_confirm else None
