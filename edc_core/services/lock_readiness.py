"""What is still open before a lock: one list with an owner for each thing, by which a study lock is refused (REQ-LCK-02).

Set by set, in as many statements for one subject as for a thousand. What a person may not see is not among it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.lock_blocker import (
    NOT_ASKED,
    OF_QUERY,
    OWNERS,
    LockBlocker,
    LockList,
    Looked,
    Obstacle,
    SiteAtLock,
    Waived,
    WhatIsOpen,
)
from edc_core.domain.metadata import EventType
from edc_core.domain.permission import Action, Place, Role
from edc_core.domain.protection import Protection, effective
from edc_core.domain.query import QuerySource, QueryState
from edc_core.domain.review import RIGHTS
from edc_core.domain.review_plan import ReviewGroup
from edc_core.domain.second_entry import SecondEntryState
from edc_core.domain.signature import SignatureState, state_at
from edc_core.errors import NotFound
from edc_core.services.reading import words_of
from edc_core.services.review_coverage import form_coverage
from edc_core.services.scheduling import outlooks
from edc_core.services.second_entries import second_entries
from edc_core.store import listing, listing_queries, people, signature_readers, waivers
from edc_core.store.row_places import path_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.domain.casebook import EventData
    from edc_core.domain.lock_blocker import Said
    from edc_core.domain.signature import Signature
    from edc_core.services.reading import PlaceWords, StudyPicture
    from edc_core.store.listing import SubjectRow

_DONE = (EntryStatus.COMPLETE, EntryStatus.NOT_DONE)
_REVIEWERS = {
    ReviewGroup.SDV: Role.CRA,
    ReviewGroup.DM: Role.DM,
    ReviewGroup.MEDICAL: Role.MED,
    ReviewGroup.SAFETY: Role.PVG,
    ReviewGroup.STATISTICS: Role.STA,
}
assert set(_REVIEWERS) == set(RIGHTS)


def what_is_open(
    picture: StudyPicture,
    *,
    site_id: str = "",
    subject_key: str = "",
    day: str = "",
    looked: Looked | None = None,
) -> WhatIsOpen:
    """Everything in the way of a lock, subject by subject, in the order in which it is worked off.

    :param site_id: only of this site; ``subject_key`` likewise. :param day: ISO date, for who holds a role then; empty
        names nobody who is not in the data themselves. :param looked: what lock checks of plugins said; nobody asked them without it.
    """
    wanted = listing.SubjectFilter(site_id=site_id, text=subject_key)
    rows = listing.subjects(picture.source.connection, picture.scope, wanted, limit=1_000_000)
    rows = [row for row in rows if not subject_key or row.subject_key == subject_key]
    facts = _Facts(picture, rows, day, looked or NOT_ASKED)
    found = [one for row in rows for one in facts.of(row)]
    if not site_id and not subject_key:
        found = [*facts.of_no_subject(), *found]
    return WhatIsOpen(tuple(found), len(rows))


def lock_list(
    picture: StudyPicture, looked: Looked, *, site_id: str = "", subject_key: str = "", day: str = ""
) -> LockList:
    """The list with the words and names a page needs, and what each site has at all.

    :raises NotFound: the site is not in the person's part of the study.
    """
    if site_id and site_id not in picture.sites:
        raise NotFound("There is no such site in your part of this study.")
    found = what_is_open(picture, site_id=site_id, subject_key=subject_key, day=day, looked=looked)
    language = picture.language()
    return LockList(
        found,
        tuple(_sites(picture)),
        {
            path: _named(words_of(picture.index, path, language))
            for path in {one.thing.path for one in found.blockers}
        },
        listing_queries.full_names(picture.source.connection, {one.login for one in found.blockers}),
    )


def _named(words: PlaceWords) -> str:
    return ", ".join(filter(None, (words.above, words.smallest if words.smallest != "the subject" else "")))


def _sites(picture: StudyPicture) -> Iterator[SiteAtLock]:
    connection, study_id = picture.source.connection, picture.study.study_id
    rows = listing.subjects(connection, picture.scope, listing.SubjectFilter(), limit=1_000_000)
    own: dict[str, dict[ItemPath, Protection]] = defaultdict(dict)
    above: dict[str, Protection] = {}
    for placed in listing.protections(connection, study_id):
        if placed.chain == STUDY_CHAIN:
            above[placed.site_id] = placed.row.state
        else:
            own[placed.chain][placed.path] = placed.row.state
    forms: dict[str, list[ItemPath]] = defaultdict(list)
    for row in waivers.begun_forms(connection, picture.scope):
        forms[row.subject_id].append(path_of(row.path))
    for site_id, site in picture.sites.items():
        mine = [row for row in rows if row.site_id == site_id]
        over = [above[scope] for scope in ("", site_id) if scope in above]
        states = Counter(
            effective(path, own[row.subject_id], over) for row in mine for path in forms[row.subject_id]
        )
        keys = tuple(row.subject_key for row in mine)
        frozen, locked = states[Protection.FROZEN], states[Protection.LOCKED]
        yield SiteAtLock(site_id, site.number, site.name, keys, states.total(), frozen, locked)


@dataclass
class _Facts:
    """What was read of all the subjects at once."""

    picture: StudyPicture
    rows: list[SubjectRow]
    day: str
    looked: Looked
    forms: dict[str, dict[ItemPath, tuple[EntryStatus, str, str]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    queries: dict[str, list[LockBlocker]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        connection, study_id = self.picture.source.connection, self.picture.study.study_id
        ids = [row.subject_id for row in self.rows]
        for row in waivers.begun_forms(connection, self.picture.scope):
            status = EntryStatus(row.status)
            self.forms[row.subject_id][path_of(row.path)] = (status, row.at, row.actor)
        self.events = listing.added_events(connection, study_id, ids)
        self.outlooks = outlooks(self.picture, self.rows, self.events)
        self.signed = signature_readers.signatures_of(connection, study_id, ids)
        self.unchecked = waivers.unchecked_subjects(connection, study_id)
        self.waived = waivers.waived(connection, study_id)
        self.uncalculated = defaultdict(list)
        for row in waivers.uncalculated(connection, self.picture.scope):
            self.uncalculated[row.subject_id].append(path_of(row.path))
        self.second = [
            one for one in second_entries(self.picture) if one.state is not SecondEntryState.AGREED
        ]
        self.asked = defaultdict(list)
        for row in waivers.unfinished_queries(connection, self.picture.scope):
            self.asked[row.subject_id].append(row)
        self.reviews = {
            group: {
                key: coverage.remaining
                for key, coverage in form_coverage(self.picture, group, ids).items()
                if coverage.remaining
            }
            for group in ReviewGroup
        }

    @cached_property
    def holders(self) -> dict[tuple[str, Role], list[str]]:
        """Logins by site and role. A role at all sites is one at each."""
        found: dict[tuple[str, Role], list[str]] = defaultdict(list)
        if not self.day:
            return found
        for held in people.roles_on(self.picture.source.connection, self.day):
            if held.study_id != self.picture.study.study_id:
                continue
            for site_id, site in self.picture.sites.items():
                reaches = (
                    held.scope == "all"
                    or (held.scope == "countries" and site.country in held.countries)
                    or (held.scope == "sites" and site_id in held.site_ids)
                )
                if reaches:
                    found[site_id, Role(held.role)].append(held.login)
        return found

    def of_no_subject(self) -> Iterator[LockBlocker]:
        """What plugins say of no subject: for who views data of every site, since nobody knows whose it is."""
        if not self.picture.actor.may(Action.VIEW_DATA, Place.every_site(self.picture.study.study_id)):
            return
        for thing, text, page in self.looked.of_no_subject:
            owner = OWNERS[thing.why]
            holders = {
                login for (_, role), logins in self.holders.items() if role is owner for login in logins
            }
            login = holders.pop() if len(holders) == 1 else ""
            yield LockBlocker("", "", "", thing, owner, login, text, page=page)

    def of(self, row: SubjectRow) -> Iterator[LockBlocker]:
        """What is open of one subject."""
        forms = self.forms.get(row.subject_id, {})
        for path in self._missing(row, forms):
            yield self._blocker(row, Waived(path, Obstacle.MISSING_FORM))
        for path, (status, at, actor) in sorted(forms.items(), key=lambda one: str(one[0])):
            if status is EntryStatus.IN_PROGRESS and not self._is_gone(row, path):
                yield self._blocker(row, Waived(path, Obstacle.IN_PROGRESS), login=actor, since=at)
        for one in self.second:
            if one.subject_id == row.subject_id:
                yield self._blocker(row, Waived(one.path, Obstacle.SECOND_ENTRY), since=one.since)
        if row.subject_id in self.unchecked and self._has_plugins(row):
            yield self._blocker(row, Waived(ItemPath(), Obstacle.CHECKS_DUE))
        for path in self.uncalculated[row.subject_id]:
            if not self._is_gone(row, path):
                yield self._blocker(row, Waived(path, Obstacle.NOT_CALCULATED))
        for query in self.asked[row.subject_id]:
            yield self._query(row, query)
        for group, remaining in self.reviews.items():
            why = Obstacle.UNVERIFIED if group is ReviewGroup.SDV else Obstacle.UNREVIEWED
            for (subject_id, path), count in sorted(remaining.items(), key=lambda one: str(one[0][1])):
                if subject_id == row.subject_id:
                    thing = Waived(path, why, group.value)
                    yield self._blocker(row, thing, owner=_REVIEWERS[group], count=count)
        yield from self._unsigned(row, forms)
        for thing, text, page in self._said(row):
            yield self._blocker(row, thing, text=text, page=page)

    def _said(self, row: SubjectRow) -> Iterator[Said]:
        """What lock checks of plugins say, as far as the person may see its place."""
        if self.looked.asked or self._has_plugins(row):
            seen = self.picture.scope
            yield from (
                one for one in self.looked.of(row.subject_key) if seen.shows(row.subject_id, one.thing.path)
            )

    def _query(self, row: SubjectRow, query: Any) -> LockBlocker:
        """A query that a person has asked is closed by who asked it, one that was forwarded answered by that group."""
        state = QueryState(query.state)
        thing = Waived(path_of(query.path), OF_QUERY[state], query.query_id)
        of_person = QuerySource(query.source) is not QuerySource.SYSTEM and query.author_role in set(Role)
        if state is QueryState.ANSWERED and of_person:
            own = {"owner": Role(query.author_role), "login": query.author}
            return self._blocker(row, thing, text=query.text, since=query.state_at, **own)
        owner = Role(query.recipient) if query.recipient else None
        return self._blocker(row, thing, owner=owner, text=query.text, since=query.state_at)

    def _has_plugins(self, row: SubjectRow) -> bool:
        version = self.picture.sites[row.site_id].meta_data_version
        return bool(version and self.picture.version(version).version.plugins)

    def _is_gone(self, row: SubjectRow, path: ItemPath) -> bool:
        event = self._event(row, path)
        return event is not None and (event.removed or event.not_done)

    def _is_begun(self, row: SubjectRow, form: ItemPath) -> bool:
        begun = self.forms.get(row.subject_id, {}).get(form)
        return begun is not None and begun[0] is not EntryStatus.NOT_STARTED

    def _event(self, row: SubjectRow, path: ItemPath) -> EventData | None:
        return self.events.get(row.subject_id, {}).get(ItemPath(path.event))

    def _missing(self, row: SubjectRow, forms: Mapping[ItemPath, object]) -> Iterator[ItemPath]:
        """Required forms that were not begun: of every visit of the schedule, and of those that were added."""
        site = self.picture.sites[row.site_id]
        if not site.meta_data_version:
            return
        version = self.picture.version(site.meta_data_version).version
        outlook = self.outlooks[row.subject_id]
        optional = {ref.study_event_oid for ref in version.event_refs if not ref.mandatory}
        there = {path.event for path in (*forms, *self.events.get(row.subject_id, {})) if path.event}
        for event in version.events:
            if event.study_level:
                continue
            steps = sorted({step for step in there if step.oid == event.oid}, key=lambda step: step.rank)
            if not event.is_added and event.oid not in optional:
                steps = steps or [Step(event.oid)]
            needed = event.type is EventType.COMMON or any(ref.mandatory for ref in event.form_refs)
            for step in steps:
                for ref in event.form_refs:
                    form = ItemPath(step, Step(ref.form_oid))
                    wanted = (ref.mandatory or not needed) and not self._is_begun(row, form)
                    if wanted and not self._is_gone(row, form) and outlook.expects(form):
                        yield form

    def _unsigned(
        self, row: SubjectRow, forms: Mapping[ItemPath, tuple[EntryStatus, str, str]]
    ) -> Iterator[LockBlocker]:
        """Broken signatures each; forms without one each, or the casebook where nothing in it is signed."""
        signatures: list[Signature] = self.signed.get(row.subject_id, [])
        done = [
            path for path, (status, *_) in forms.items() if status in _DONE and not self._is_gone(row, path)
        ]
        version = self.picture.sites[row.site_id].meta_data_version
        for asked in self.picture.version(version).version.milestones if version else ():
            given = [one for one in signatures if one.meaning == asked.oid]
            for place in asked.missing(
                done, [one.path for one in given if one.state is SignatureState.SIGNED]
            ):
                thing = Waived(place, Obstacle.UNSIGNED, asked.oid)
                yield self._blocker(row, thing, text=asked.title.in_language("en") or asked.oid)
        states = {path: state_at(path, signatures) for path in done}
        for one in signatures:
            covers = any(one.path.contains(p) and s is SignatureState.BROKEN for p, s in states.items())
            if one.state is SignatureState.BROKEN and covers:
                thing = Waived(one.path, Obstacle.BROKEN_SIGNATURE, str(one.n))
                yield self._blocker(row, thing, login=one.actor, since=one.since)
        if done and all(state is SignatureState.UNSIGNED for state in states.values()):
            yield self._blocker(row, Waived(ItemPath(), Obstacle.UNSIGNED))
            return
        for path in sorted(done, key=str):
            if states[path] in (SignatureState.UNSIGNED, SignatureState.WITHDRAWN):
                yield self._blocker(row, Waived(path, Obstacle.UNSIGNED))

    def _blocker(
        self,
        row: SubjectRow,
        thing: Waived,
        *,
        owner: Role | None = None,
        login: str = "",
        text: str = "",
        since: str = "",
        count: int = 1,
        page: str = "",
    ) -> LockBlocker:
        owner = owner or OWNERS[thing.why]
        holders = self.holders.get((row.site_id, owner), [])
        return LockBlocker(
            row.subject_id, row.subject_key, row.site_id, thing, owner,
            login or (holders[0] if len(holders) == 1 else ""), text, since, count,
            thing in self.waived.get(row.subject_id, ()), page,
        )  # fmt: skip
