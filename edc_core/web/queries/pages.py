"""View models of the query pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import url_for

from edc_core.domain.manifest import signed_item
from edc_core.domain.query import QueryAction, group_words
from edc_core.domain.value_words import MISSING_WORDS
from edc_core.ids import new_id
from edc_core.services import query_list
from edc_core.services.query_list import WantedQueries
from edc_core.services.reading import look_at, note_shown
from edc_core.web import marks
from edc_core.web.context import actor, study
from edc_core.web.moments import Moments, moments
from edc_core.web.places import place_href

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edc_core.domain.query import QueryState
    from edc_core.services.query_list import QueryPage, QueryRow, ThreadPicture
    from edc_core.store.unit_of_work import Source
    from edc_core.web.marks import Sign

FACET_WORDS = {
    "who": "Who must act",
    "state": "State",
    "age": "Age",
    "site": "Site",
    "form": "Form",
    "check": "Check",
    "changed": "Data changed",
}
#: Facets longer than this are folded.
FOLDED = 8
#: What a button says; forwarding has a list of its own beside it.
BUTTONS = {
    QueryAction.RELEASE: "Ask the site",
    QueryAction.DISCARD: "Do not ask",
    QueryAction.ANSWER: "Send answer",
    QueryAction.CLOSE: "Close query",
    QueryAction.REQUERY: "Ask again",
    QueryAction.CANCEL: "Cancel query",
    QueryAction.REOPEN: "Reopen query",
}
#: Answers that most queries get; the person chooses one and may go on writing.
USUAL_ANSWERS = ("Value corrected.", "Value confirmed as in source.", "Not available in source.")


@dataclass(frozen=True, slots=True)
class QueryListPage:
    """The list of queries with its facets."""

    study: str
    found: QueryPage
    rows: tuple[QueryRow, ...]
    facet_words: Mapping[str, str]
    folded: int
    earlier: str
    later: str
    times: Moments
    signs: Mapping[QueryState, Sign]
    with_subject: bool


@dataclass(frozen=True, slots=True)
class Button:
    action: str
    words: str
    primary: bool


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """One query.

    :param value: what the item holds now, in words.
    :param message: why the last try to write was not taken; ``text`` is what was typed then.
    """

    study: str
    thread: ThreadPicture
    value: str
    item_href: str
    buttons: tuple[Button, ...]
    may_forward: bool
    group_words: Callable[[str], str]
    usual: tuple[str, ...]
    label: str
    op: str
    message: str
    text: str
    times: Moments
    sign: Sign


def list_href(wanted: WantedQueries) -> str:
    facets = {name: sorted(getattr(wanted, name)) for name in FACET_WORDS}
    page = {"page": wanted.page} if wanted.page > 1 else {}
    return url_for("queries.queries", study=str(study()), **facets, **page)  # type: ignore[arg-type]


def list_page(source: Source, wanted: WantedQueries) -> QueryListPage:
    times = moments()
    picture = look_at(source, actor(), study())
    found = query_list.query_page(picture, wanted, times.now)
    return QueryListPage(
        study=str(study()), found=found, rows=found.rows, facet_words=FACET_WORDS, folded=FOLDED,
        earlier=list_href(replace(wanted, page=found.page - 1)) if found.page > 1 else "",
        later=list_href(replace(wanted, page=found.page + 1)) if found.page < found.pages else "",
        times=times, signs=marks.QUERIES, with_subject=True,
    )  # fmt: skip


def thread_page(source: Source, query_id: str, *, message: str = "", text: str = "") -> ThreadPage:
    times = moments()
    picture = look_at(source, actor(), study())
    found = query_list.thread(picture, query_id, times.now)
    if found.item is not None and not found.item.is_blank:
        item = found.index.items.get(found.query.path.item or "")
        note_shown(picture, f"subject:{found.subject.subject_id} query {found.query.path}", [item])
    ordered = [action for action in BUTTONS if action in found.actions]
    answers = QueryAction.ANSWER in found.actions
    return ThreadPage(
        study=str(study()),
        thread=found,
        value=_value(found),
        item_href=place_href(found.index, found.subject.subject_key, found.query.path),
        buttons=tuple(
            Button(str(a), BUTTONS[a], a is ordered[0] and a is not QueryAction.CANCEL) for a in ordered
        ),
        may_forward=QueryAction.FORWARD in found.actions,
        group_words=group_words,
        usual=USUAL_ANSWERS if answers and not found.query.recipient else (),
        label="Your answer" if answers else "Your words",
        op=new_id(),
        message=message,
        text=text,
        times=times,
        sign=marks.QUERIES[found.query.state],
    )


def _value(found: ThreadPicture) -> str:
    """What the item holds now; blank when the query is about no item."""
    item = found.item
    if found.query.path.item is None:
        return ""
    if item is None or item.is_blank:
        return "blank"
    if item.missing:
        return f"no value: {MISSING_WORDS.get(item.missing, item.missing)}"
    return signed_item(found.index, item, found.language).shown
