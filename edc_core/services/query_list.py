"""Queries as people work on them: the list with its facets, one thread with what may be done next, how many wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from edc_core.domain.permission import ROLE_WORDS, Role
from edc_core.domain.protection import ALLOWED as PROTECTION_ALLOWS
from edc_core.domain.protection import Protection, Touch, effective
from edc_core.domain.query import (
    RIGHTS,
    TRANSITIONS,
    UNFINISHED,
    QueryAction,
    QuerySource,
    QueryState,
    group_words,
)
from edc_core.domain.query_age import AGE_BANDS, age_band
from edc_core.errors import NotFound
from edc_core.services.reading import PlaceWords, words_of
from edc_core.store import listing, listing_queries, readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.domain.casebook import ItemData, Subject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.query import Query
    from edc_core.services.reading import StudyPicture
    from edc_core.store.listing_queries import QueryLine
    from edc_core.store.readers import SiteRow

PAGE = 50


@dataclass(frozen=True, slots=True)
class QueryRow:
    """A query in the list with its place in words."""

    line: QueryLine
    site: SiteRow
    where: PlaceWords
    text: str
    days: int
    who: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: how many of the queries that the other facets leave have it."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class QueryPage:
    rows: tuple[QueryRow, ...]
    facets: tuple[Facet, ...]
    found: int
    unfinished: int
    median_days: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class WantedQueries:
    """What the list is narrowed to: each facet by its chosen values, none for all of them."""

    state: frozenset[str] = frozenset()
    who: frozenset[str] = frozenset()
    age: frozenset[str] = frozenset()
    site: frozenset[str] = frozenset()
    form: frozenset[str] = frozenset()
    check: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    page: int = 1


def who_must_act(one: Query | QueryLine) -> str:
    """Who takes a query further; empty when nobody has to."""
    state, author_role = one.state, one.author_role
    if state is QueryState.OPEN:
        return group_words(one.recipient)
    if state is QueryState.CANDIDATE:
        return ROLE_WORDS[Role.DM]
    if state is QueryState.ANSWERED:
        asked_by_role = author_role in set(Role) and one.source is not QuerySource.SYSTEM
        return ROLE_WORDS[Role(author_role)] if asked_by_role else ROLE_WORDS[Role.DM]
    return ""


def days_between(earlier: str, now: datetime) -> int:
    return max(0, (now - datetime.fromisoformat(earlier)).days)


def query_page(picture: StudyPicture, wanted: WantedQueries, now: datetime) -> QueryPage:
    """A page of queries and what the facets count: four statements, however many queries there are."""
    every = listing_queries.query_lines(picture.source.connection, picture.scope)
    read = _readers_of(picture, now)
    values = {name: [read[name](line) for line in every] for name in _FACETS}
    chosen = {name: getattr(wanted, name) for name in _FACETS}
    if not (wanted.state or wanted.changed):
        chosen["state"] = frozenset(str(state) for state in UNFINISHED)
    misses = [
        [name for name in _FACETS if chosen[name] and values[name][i] not in chosen[name]]
        for i in range(len(every))
    ]
    found = [line for line, missed in zip(every, misses, strict=True) if not missed]
    facets = tuple(
        Facet(name, _choices(picture, name, values[name], misses, chosen[name])) for name in _FACETS
    )
    open_days = sorted(days_between(line.opened_at, now) for line in every if line.state in UNFINISHED)
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, wanted.page), pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    return QueryPage(
        rows=tuple(query_rows(picture, shown, now)),
        facets=facets,
        found=len(found),
        unfinished=len(open_days),
        median_days=open_days[len(open_days) // 2] if open_days else 0,
        page=page,
        pages=pages,
    )


_FACETS = ("who", "state", "age", "site", "form", "check", "changed")
CHANGED = "after it was closed"


def _readers_of(picture: StudyPicture, now: datetime) -> Mapping[str, Callable[[QueryLine], str]]:
    return {
        "state": lambda line: str(line.state),
        "who": who_must_act,
        "age": lambda line: age_band(days_between(line.opened_at, now)) if line.state in UNFINISHED else "",
        "site": lambda line: picture.all_sites[line.site_id].number,
        "form": lambda line: line.path.form.oid if line.path.form else "",
        "check": lambda line: line.check_oid,
        "changed": lambda line: CHANGED if line.modified_after_close else "",
    }


def _choices(
    picture: StudyPicture, name: str, values: list[str], misses: list[list[str]], chosen: Iterable[str]
) -> tuple[Choice, ...]:
    """A value counts what the other facets leave, so that a count says what choosing it would show."""
    chosen = frozenset(chosen)
    counts = Counter(
        value
        for value, missed in zip(values, misses, strict=True)
        if value and not [m for m in missed if m != name]
    )
    known = {value for value in values if value}
    order = _order(name, known, counts)
    return tuple(
        Choice(value, _label(picture, name, value), counts[value], value in chosen) for value in order
    )


def _order(name: str, known: set[str], counts: Counter[str]) -> list[str]:
    if name == "state":
        return [str(state) for state in QueryState if str(state) in known]
    if name == "age":
        return [words for words in AGE_BANDS if words in known]
    if name in ("form", "check"):
        return sorted(known, key=lambda value: (-counts[value], value))
    return sorted(known)


def _label(picture: StudyPicture, name: str, value: str) -> str:
    if name == "form" and value in picture.index.forms:
        form = picture.index.forms[value]
        return form.title.in_language(picture.language()) or form.name
    return value[:1].upper() + value[1:] if name in ("who", "age") else value


def query_rows(picture: StudyPicture, lines: Iterable[QueryLine], now: datetime) -> list[QueryRow]:
    """Queries with their words: one statement."""
    lines = list(lines)
    texts = listing_queries.texts(
        picture.source.connection, picture.study.study_id, [line.query_id for line in lines]
    )
    return [
        QueryRow(
            line=line,
            site=picture.all_sites[line.site_id],
            where=words_of(picture.index, line.path, picture.language(line.site_id)),
            text=texts.get(line.query_id, ""),
            days=days_between(line.opened_at, now),
            who=who_must_act(line),
        )
        for line in lines
    ]


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a thread: who, in which role, when, what, and the state it left the query in."""

    name: str
    role: str
    at: str
    text: str
    state: str
    is_system: bool
    is_mine: bool


@dataclass(frozen=True, slots=True)
class ThreadPicture:
    """A query with its thread.

    :param item: what the item holds now, where the query is about one that the person sees.
    :param actions: what the person may do next.
    """

    query: Query
    subject: Subject
    site: SiteRow
    where: PlaceWords
    language: str
    index: MetaDataIndex
    item: ItemData | None
    protection: Protection
    thread: tuple[Said, ...]
    actions: frozenset[QueryAction]
    days: int
    who: str


def thread(picture: StudyPicture, query_id: str, now: datetime) -> ThreadPicture:
    """One query: six statements.

    :raises NotFound: there is none in the person's scope.
    """
    connection, study_id = picture.source.connection, picture.study.study_id
    found = listing_queries.one_query(connection, study_id, query_id)
    missing = NotFound("There is no such query in this study.")
    if found is None:
        raise missing
    query, subject_id = found
    subject = readers.subject_by_id(connection, study_id, subject_id)
    if subject.site_id not in picture.sites:
        raise missing
    if not picture.scope_at([subject.site_id]).knows(query, subject_id):
        raise missing
    placed = listing.protections(connection, study_id, [subject_id])
    own = {p.path: p.row.state for p in placed if p.chain == subject_id}
    protection = effective(query.path, own, listing.above(placed, subject.site_id))
    items = readers.form_items(connection, subject, query.path.form_path) if query.path.item else {}
    index = picture.version(picture.sites[subject.site_id].meta_data_version)
    return ThreadPicture(
        query=query, subject=subject, site=picture.sites[subject.site_id],
        where=words_of(index, query.path, picture.language(subject.site_id)),
        language=picture.language(subject.site_id), index=index, item=items.get(query.path),
        protection=protection, thread=tuple(_said(picture, query)),
        actions=_actions(picture, query, subject, protection), days=days_between(query.opened_at, now),
        who=who_must_act(query),
    )  # fmt: skip


def _said(picture: StudyPicture, query: Query) -> Iterable[Said]:
    names = listing_queries.full_names(picture.source.connection, [m.actor for m in query.messages])
    for message in query.messages:
        known = message.role in set(Role)
        yield Said(
            name=names.get(message.actor, "") or _machine(message.actor),
            role=ROLE_WORDS[Role(message.role)] if known else "",
            at=message.at,
            text=message.text,
            state=message.state,
            is_system=message.actor not in names,
            is_mine=message.actor == picture.actor.name,
        )


def _machine(actor: str) -> str:
    if actor.startswith("plugin:"):
        return f"Plugin {actor.removeprefix('plugin:')}"
    return {"system": "Check"}.get(actor, actor)


def _actions(
    picture: StudyPicture, query: Query, subject: Subject, protection: Protection
) -> frozenset[QueryAction]:
    """What the person would not be refused (see services/queries.py, which decides again on the write)."""
    if Touch.QUERY not in PROTECTION_ALLOWS[protection]:
        return frozenset()
    roles = picture.actor.roles(picture.place_of(subject))
    return frozenset(
        action
        for state, action in TRANSITIONS
        if state is query.state
        and action in RIGHTS
        and picture.may_with(query.right_to(action), subject)
        and (picture.actor.trusted or not query.why_not(action, roles))
        and not (action is QueryAction.CANCEL and query.is_system)
    )
