"""The workbench: verbatims grouped by their words, the terms they may mean, and what a coder does with them."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    ApproveCodings,
    CodeTerms,
    EdcError,
    EditConflict,
    MenuEntry,
    NewCoding,
    NotFound,
    Page,
    Reason,
    Refused,
    ResetCodings,
    SeeOther,
)
from edc_core_coding import shelf
from edc_core_coding.declared import Declared, declared
from edc_core_coding.groups import SHOWN, TO_CODE, groups, state_of
from edc_core_coding.in_force import Readers, readers
from edc_core_coding.terms import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edc_core.api import Command, ItemPath, PageRequest, Times, Verbatim
    from edc_core_coding.groups import Group
    from edc_core_coding.matching import Suggestion

A_PAGE = 100  #: groups in the list
PLACES = 50  #: of a group that are listed
FOUND = 20  #: terms that a search shows
FILTERS = ("show", "item", "site", "words")


@dataclass(frozen=True, slots=True)
class WorkbenchPage:
    """:param counts: values by state. :param items: (OID, question). :param given: the filters as fields of an address.

    :param chosen: the group at hand; ``following`` the id of the next. :param terms: what it may mean, the most likely first.
    :param own_words: by code, terms in the ``language`` of the coder where the dictionary was loaded in it, too.
    :param searched: what the coder looked for instead. :param seen: the places of the group with their codings, as a digest.
    """

    study: str
    problems: tuple[str, ...]
    unread: bool  #: no version of the dictionary of what is chosen is in force
    declares: bool
    counts: Mapping[str, int]
    items: tuple[tuple[str, str], ...]
    sites: tuple[str, ...]
    given: Mapping[str, str]
    groups: tuple[Group, ...]
    total: int
    page: int
    pages: int
    chosen: Group | None
    following: str
    terms: tuple[Suggestion, ...]
    own_words: Mapping[str, str]
    language: str
    searched: str
    seen: str
    may_code: bool
    may_approve: bool
    may_ask: bool
    op: str
    times: Times
    message: str = ""


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a request is about. :param verbatims: those that the filters leave."""

    found: Declared
    every: tuple[Verbatim, ...]
    verbatims: tuple[Verbatim, ...]
    groups: list[Group]
    readers: Readers

    def group(self, group_id: str) -> Group:
        """:raises NotFound: nothing has these words any more, or stands so."""
        found = next((one for one in self.groups if one.id == group_id), None)
        if found is None:
            raise NotFound(
                "These words are not in this list any more: somebody coded or changed them meanwhile."
            )
        return found

    def after(self, group_id: str) -> str:
        """The group that is looked at when this one is done."""
        ids = [one.id for one in self.groups]
        at = ids.index(group_id) if group_id in ids else -1
        rest = ids[at + 1 :] + ids[: max(at, 0)]
        return rest[0] if rest else ""


def look(asked: PageRequest) -> WorkbenchPage:
    """The list, and one group of it."""
    return _page(asked)


def code(asked: PageRequest) -> SeeOther | Refused:
    """Code every value of a group by one term."""
    desk, key = _desk(asked), asked.text("term", longest=400, required=True)

    def commands() -> list[Command]:
        group = desk.group(asked.text("g", required=True))
        reader = desk.readers.by_name.get(group.dictionary)
        if reader is None:
            raise NotFound(desk.readers.missing[group.dictionary])
        term = reader.dictionary.about.term(reader.dictionary.by_key(key))
        by_subject: dict[str, list[NewCoding]] = {}
        for one in group.may_be_written:
            if one.may_code:
                coding = NewCoding(one.path, one.version, term, propose=group.approval)
                by_subject.setdefault(one.subject_key, []).append(coding)
        return [
            CodeTerms(
                study_id=asked.study.study_id,
                op=uuid.uuid4().hex,
                subject_key=subject,
                codings=tuple(codings),
            )
            for subject, codings in sorted(by_subject.items())
        ]

    return _done(asked, desk, commands, _show(asked))


def approve(asked: PageRequest) -> SeeOther | Refused:
    """Agree to what another person proposed for a group; with ``synonym``, for these words from now on."""
    desk, synonym = _desk(asked), bool(asked.text("synonym"))

    def commands() -> list[Command]:
        return [
            ApproveCodings(
                study_id=asked.study.study_id,
                op=uuid.uuid4().hex,
                subject_key=subject,
                seen=seen,
                synonym=synonym,
            )
            for subject, seen in _seen(asked, desk)
        ]

    return _done(asked, desk, commands, _show(asked))


def take_back(asked: PageRequest) -> SeeOther | Refused:
    """Take the codings of a group back, or send proposed ones back: they are to be coded again."""
    desk, why = _desk(asked), Reason(text=asked.text("reason", longest=2000))

    def commands() -> list[Command]:
        return [
            ResetCodings(
                study_id=asked.study.study_id, op=uuid.uuid4().hex, subject_key=subject,
                paths=tuple(path for path, _ in seen), reason=why,
            )
            for subject, seen in _seen(asked, desk)
        ]  # fmt: skip

    return _done(asked, desk, commands, _show(asked))


def _done(
    asked: PageRequest, desk: _Desk, commands: Callable[[], Sequence[Command]], show: str
) -> SeeOther | Refused:
    """Carry commands out, all of them or none, and go on to the next group."""
    try:
        given = commands()
        if not given:
            raise NotFound(
                "There is nothing here that you may write: the data are locked, or not at your sites."
            )
        asked.study.submit(*given)
    except EdcError as error:
        return Refused(_page(asked, message=error.message))
    following = desk.after(asked.text("g", required=True))
    query = {name: text for name in FILTERS if (text := asked.text(name))} | {"show": show}
    return SeeOther("", query | ({"g": following} if following else {}), "at-hand")


def _seen(asked: PageRequest, desk: _Desk) -> list[tuple[str, tuple[tuple[ItemPath, int], ...]]]:
    """Places of the group with the positions of their codings, by subject.

    :raises EditConflict: they are not what the person saw.
    """
    group = desk.group(asked.text("g", required=True))
    if _digest(group) != asked.text("seen", required=True):
        raise EditConflict("Somebody coded or changed these words meanwhile. Look at the page again.")
    found: dict[str, list[tuple[ItemPath, int]]] = {}
    for one in group.may_be_written:
        if one.coding is not None:
            found.setdefault(one.subject_key, []).append((one.path, one.coding.n))
    return [(subject, tuple(seen)) for subject, seen in sorted(found.items())]


def _digest(group: Group) -> str:
    """Of the places of a group and their codings, as a page shows them."""
    places = [
        (one.subject_key, str(one.path), one.coding.n if one.coding else 0) for one in group.may_be_written
    ]
    return hashlib.sha256(json.dumps(places).encode()).hexdigest()


def _desk(asked: PageRequest) -> _Desk:
    study = asked.study
    found = declared(study.session()[1].index)
    every = study.verbatims(found.items) if found.items else ()
    words, show = plain(asked.text("words", longest=200)), _show(asked)
    verbatims = tuple(
        one
        for one in every
        if asked.text("item", longest=200) in ("", one.path.item)
        and asked.text("site") in ("", one.site)
        and words in plain(one.value)
    )
    return _Desk(
        found,
        every,
        verbatims,
        groups(verbatims, found.items, show),
        readers(study, found, every, shelf.folder(study.settings)),
    )


def _show(asked: PageRequest) -> str:
    show = asked.text("show")
    return show if show in SHOWN else TO_CODE


def _page(asked: PageRequest, *, message: str = "") -> WorkbenchPage:
    desk, study, show = _desk(asked), asked.study, _show(asked)
    chosen, missing = _chosen(desk, asked.text("g")), tuple(desk.readers.missing.values())
    page, pages = asked.page_of(len(desk.groups), A_PAGE)
    if chosen is not None and not asked.text("page"):
        page = desk.groups.index(chosen) // A_PAGE + 1
    searched = asked.text("q", longest=200)
    terms = _terms(desk, chosen, searched) if chosen and show == TO_CODE else ()
    given = {name: asked.text(name, longest=200) for name in FILTERS} | {"show": show}
    return WorkbenchPage(
        study=study.name,
        problems=(*desk.found.problems, *missing),
        unread=chosen is not None and chosen.dictionary in desk.readers.missing,
        declares=bool(desk.found.items),
        counts={state: sum(state_of(one) == state for one in desk.verbatims) for state in SHOWN},
        items=tuple((item.oid, item.question) for item in desk.found.items.values()),
        sites=tuple(site.number for site in study.sites()),
        given=given,
        groups=tuple(desk.groups[(page - 1) * A_PAGE : page * A_PAGE]),
        total=len(desk.groups),
        page=page,
        pages=pages,
        chosen=chosen,
        following=desk.after(chosen.id) if chosen else "",
        terms=terms,
        own_words=_own_words(desk, chosen, terms, asked.language) if chosen else {},
        language=asked.language,
        searched=searched,
        seen=_digest(chosen) if chosen else "",
        may_code=study.may(Action.CODE_TERMS),
        may_approve=study.may(Action.APPROVE_CODING),
        may_ask=study.may(Action.CREATE_QUERY),
        op=asked.op,
        times=asked.times,
        message=message,
    )


def _chosen(desk: _Desk, group_id: str) -> Group | None:
    return next((one for one in desk.groups if one.id == group_id), None) or next(iter(desk.groups), None)


def _terms(desk: _Desk, group: Group, searched: str) -> tuple[Suggestion, ...]:
    reader = desk.readers.by_name.get(group.dictionary)
    if reader is None:
        return ()
    return reader.suggest(searched, FOUND) if searched else reader.suggest(group.text)


def _own_words(desk: _Desk, group: Group, terms: Sequence[Suggestion], language: str) -> dict[str, str]:
    reader = desk.readers.by_name.get(group.dictionary)
    if reader is None:
        return {}
    coded = group.places[0].coding
    codes = [one.term.code for one in terms] + ([coded.term.levels[0].code] if coded else [])
    return {code: words for code in codes if (words := reader.words(code, language))}


CODERS = (Action.CODE_TERMS, Action.APPROVE_CODING)
PAGES = (
    Page(path="", action=CODERS, handler=look, template="workbench.html", menu=MenuEntry("Coding", "k", action=Action.CODE_TERMS)),
    Page(path="code", action=Action.CODE_TERMS, handler=code, template="workbench.html", method="POST"),
    Page(path="approve", action=Action.APPROVE_CODING, handler=approve, template="workbench.html", method="POST"),
    Page(path="take-back", action=Action.CODE_TERMS, handler=take_back, template="workbench.html", method="POST"),
)  # fmt: skip
