"""What a person has to do today, in every study of the installation: the home page's blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from edc_core.domain.permission import OWN_QUERIES_ONLY, Action, Place, Role
from edc_core.domain.query import GROUPS, QueryState
from edc_core.services.due_visits import VisitsDue, visits_due
from edc_core.services.query_list import days_between
from edc_core.services.reading import PlaceWords, StudyPicture, words_of
from edc_core.services.told_again import told_again
from edc_core.store import listing, listing_queries, readers, signature_list
from edc_core.store.listing import Scope
from edc_core.store.listing_queries import Waiting, WaitsForRole

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence
    from datetime import datetime

    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.permission import Actor
    from edc_core.store.listing_queries import QueryLine
    from edc_core.store.readers import StudyRow
    from edc_core.store.signature_list import WaitingSubject
    from edc_core.store.unit_of_work import Source

    Told = Callable[[Callable[..., Any], Sequence[Hashable]], Any]

SHOWN = 10
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StudyChoice:
    """A study the person has a role in. ``may_look_after``: its plugins and how they are."""

    study: StudyRow
    roles: tuple[Role, ...]
    may_view: bool
    may_look_after: bool


@dataclass(frozen=True, slots=True)
class QueryTask:
    study: StudyRow
    query_id: str
    subject_key: str
    where: PlaceWords
    text: str
    days: int
    state: QueryState


@dataclass(frozen=True, slots=True)
class FormTask:
    study: StudyRow
    subject_key: str
    path: ItemPath
    where: PlaceWords
    by: str
    days: int


@dataclass(frozen=True, slots=True)
class StepTask:
    """A step of somebody else that this person may confirm: to freeze, lock or open."""

    study: StudyRow
    subject_key: str
    site: str
    action: str
    asked_by: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class SignTask:
    """A subject with forms that are done and not signed, or with broken signatures."""

    study: StudyRow
    waiting: WaitingSubject
    site: str


@dataclass(frozen=True, slots=True)
class Block(Generic[T]):
    """A block of tasks: the first of them, and how many there are. ``mine`` says whether the role has this work."""

    tasks: tuple[T, ...] = ()
    total: int = 0
    mine: bool = False


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """:param studies: where the person has a role, by study OID and environment."""

    studies: tuple[StudyChoice, ...]
    visits: VisitsDue
    to_answer: Block[QueryTask]
    begun: Block[FormTask]
    to_close: Block[QueryTask]
    to_confirm: Block[StepTask]
    to_sign: Block[SignTask]

    @property
    def total(self) -> int:
        blocks = (self.visits, self.to_answer, self.begun, self.to_close, self.to_confirm, self.to_sign)
        return sum(block.total for block in blocks)


def work_queue(source: Source, actor: Actor, now: datetime) -> WorkQueue:
    """Everything that waits for a person: ten statements, two for each study and sixteen for one with windows, however
    much there is. Lists are told again until one of the studies has a further entry.
    """
    pictures = {
        study.study_id: StudyPicture(source, actor, study, readers.sites(source.connection, study.study_id))
        for study in readers.studies(source.connection)
        if actor.trusted or any(grant.study_id in ("", study.study_id) for grant in actor.grants)
    }
    live = [picture for picture in pictures.values() if picture.study.meta_data_version]
    states = listing.state_of(source.connection, pictures)
    answers = [WaitsForRole(scope) for scope in _scopes(live, Action.ANSWER_QUERY, QueryState.OPEN)]
    closes = [group for picture in live for group in _to_close(picture)]
    entries = _scopes(live, Action.ENTER_DATA)
    told = partial(_told, source, states)
    return WorkQueue(
        studies=tuple(_choice(picture) for picture in pictures.values()),
        visits=visits_due(live, states, now, limit=SHOWN),
        to_answer=_query_block(told, pictures, answers, now),
        begun=_form_block(told, pictures, entries, now),
        to_close=_query_block(told, pictures, closes, now),
        to_confirm=_to_confirm(source, live),
        to_sign=_sign_block(told, pictures, _scopes(live, Action.SIGN)),
    )


def _told(source: Source, states: dict[str, str], read: Callable[..., T], wanted: Sequence[Hashable]) -> T:
    """What a reader finds for a person, or what it found when every study stood as it does now."""
    name = read.__name__
    reckon = partial(read, source.connection, wanted, limit=SHOWN)
    return told_again({name: tuple(wanted)}, {name: states}, lambda _: {name: reckon()})[name]


def _sign_block(told: Told, pictures: dict[str, StudyPicture], scopes: list[Scope]) -> Block[SignTask]:
    if not scopes:
        return Block()
    found, total = told(signature_list.waiting, scopes)
    tasks = tuple(
        SignTask(pictures[one.study_id].study, one, pictures[one.study_id].all_sites[one.site_id].number)
        for one in found
    )
    return Block(tasks, total, mine=True)


def _choice(picture: StudyPicture) -> StudyChoice:
    roles = tuple(
        dict.fromkeys(g.role for g in picture.actor.grants if g.study_id in ("", picture.study.study_id))
    )
    return StudyChoice(picture.study, roles, bool(picture.sites), picture.may(Action.VIEW_PLUGINS))


def _scopes(pictures: Iterable[StudyPicture], action: Action, *states: QueryState) -> list[Scope]:
    found = []
    for picture in pictures:
        sites = picture.sites_for(action) & frozenset(picture.sites)
        record = picture.actor.may(action, Place.record(picture.study.study_id))
        if sites or record:
            hidden = picture.hidden_at(picture.sites if record else sites)
            seen = Scope(picture.study.study_id, sites, hidden, frozenset(states), record=record)
            found.append(replace(seen, covered=picture.covered))
    return found


def _to_close(picture: StudyPicture) -> list[WaitsForRole]:
    """A data manager closes every answered query and decides what is proposed; the other groups close those of their own.

    Each group answers what was forwarded to it.
    """
    scopes = _scopes([picture], Action.CLOSE_QUERY, QueryState.ANSWERED)
    groups = []
    for scope in scopes:
        every = frozenset(s for s in scope.sites if picture.actor.trusted or Role.DM in picture.roles(s))
        if every:
            record = scope.record and every == scope.sites
            states = scope.states | {QueryState.CANDIDATE}
            groups.append(WaitsForRole(replace(scope, sites=every, record=record, states=states)))
        for role in sorted(OWN_QUERIES_ONLY):
            own = frozenset(s for s in scope.sites - every if role in picture.roles(s))
            if own:
                groups.append(WaitsForRole(replace(scope, sites=own), role.value))
    for scope in _scopes([picture], Action.CREATE_QUERY, QueryState.OPEN):
        for role in GROUPS:
            own = frozenset(site for site in scope.sites if role in picture.roles(site))
            if own:
                groups.append(WaitsForRole(replace(scope, sites=own), recipient=role.value))
    return groups


def _query_block(
    told: Told, pictures: dict[str, StudyPicture], groups: list[WaitsForRole], now: datetime
) -> Block[QueryTask]:
    if not groups:
        return Block()
    found: Waiting = told(listing_queries.waiting_queries, groups)
    tasks = tuple(_query_task(pictures[line.study_id], line, text, now) for line, text in found.lines)
    return Block(tasks, found.total, mine=True)


def _query_task(picture: StudyPicture, line: QueryLine, text: str, now: datetime) -> QueryTask:
    return QueryTask(
        study=picture.study,
        query_id=line.query_id,
        subject_key=line.subject_key,
        where=words_of(picture.index, line.path, picture.language(line.site_id)),
        text=text,
        days=days_between(line.opened_at, now),
        state=line.state,
    )


def _form_block(
    told: Told, pictures: dict[str, StudyPicture], scopes: list[Scope], now: datetime
) -> Block[FormTask]:
    if not scopes:
        return Block()
    found, total = told(listing_queries.begun_forms, scopes)
    connection = next(iter(pictures.values())).source.connection
    names = listing_queries.full_names(connection, [form.actor for form in found])
    tasks = tuple(
        FormTask(
            (picture := pictures[form.study_id]).study, form.subject_key,
            form.path, words_of(picture.version(form.meta_data_version), form.path, picture.language(form.site_id)),
            names.get(form.actor, form.actor), days_between(form.at, now),
        )
        for form in found
    )  # fmt: skip
    return Block(tasks, total, mine=True)


def _to_confirm(source: Source, pictures: list[StudyPicture]) -> Block[StepTask]:
    tasks = sorted(_steps(source, pictures), key=lambda task: task.at)
    return Block(tuple(tasks[:SHOWN]), len(tasks), mine=bool(tasks))


def _steps(source: Source, pictures: list[StudyPicture]) -> list[StepTask]:
    by_id = {
        picture.study.study_id: picture
        for picture in pictures
        if picture.may(Action.APPROVE_UNLOCK) or picture.may(Action.APPROVE_STUDY_LOCK)
    }
    if not by_id:
        return []
    steps = [
        step
        for step in listing_queries.requested_steps(source.connection, by_id)
        if _may_confirm(by_id[step.study_id], step)
    ]
    names = listing_queries.full_names(source.connection, [step.requested_by for step in steps])
    return [
        StepTask(
            by_id[step.study_id].study, step.subject_key,
            by_id[step.study_id].all_sites[step.site_id].number if step.site_id else "",
            step.requested, names.get(step.requested_by, step.requested_by), step.reason, step.at,
        )
        for step in steps
    ]  # fmt: skip


def _may_confirm(picture: StudyPicture, step: listing_queries.RequestedStep) -> bool:
    approve = Action.APPROVE_UNLOCK if step.site_id else Action.APPROVE_STUDY_LOCK
    in_scope = not step.site_id or step.site_id in picture.sites
    return in_scope and step.requested_by != picture.actor.name and picture.may(approve, step.site_id)
