"""One step for many queries: each in a transaction and with an entry of its own, what refuses is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    ActOnQuery,
    BadRequest,
    EdcError,
    MenuEntry,
    Page,
    QueryAction,
    QueryState,
    Refused,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import PageRequest, QueryFact, Times

SHOWN = 200
#: Steps for many, with the state they begin from.
STEPS: Mapping[QueryAction, tuple[str, QueryState]] = {
    QueryAction.CLOSE: ("Close queries", QueryState.ANSWERED),
    QueryAction.RELEASE: ("Ask the site", QueryState.CANDIDATE),
    QueryAction.DISCARD: ("Do not ask", QueryState.CANDIDATE),
    QueryAction.CANCEL: ("Cancel queries", QueryState.OPEN),
}


@dataclass(frozen=True, slots=True)
class ManyPage:
    """:param queries: those from which the step begins and that the filters leave; ``found`` of them in all.

    :param done: how many were taken further just now. :param refused: (query, why not). :param message: why none was tried.
    """

    study: str
    steps: tuple[tuple[QueryAction, str], ...]
    step: QueryAction
    label: str
    checks: tuple[str, ...]
    sites: tuple[str, ...]
    given: Mapping[str, str]
    queries: tuple[QueryFact, ...]
    found: int
    done: int
    refused: tuple[tuple[QueryFact, str], ...]
    message: str
    reason: str
    chosen: frozenset[str]
    op: str
    times: Times


def look(asked: PageRequest) -> ManyPage:
    return _page(asked)


def _page(
    asked: PageRequest, *, done: int = 0, refused: tuple[tuple[QueryFact, str], ...] = (), message: str = ""
) -> ManyPage:
    step = _step(asked)
    words, state = STEPS[step]
    given = {name: asked.text(name) for name in ("check", "site")}
    waiting = [query for query in asked.study.queries() if query.state is state]
    found = [
        query
        for query in waiting
        if given["check"] in ("", query.check_oid) and given["site"] in ("", query.site)
    ]
    return ManyPage(
        study=asked.study.name,
        steps=tuple((action, label) for action, (label, _) in STEPS.items()),
        step=step,
        label=words,
        checks=tuple(sorted({query.check_oid for query in waiting} - {""})),
        sites=tuple(sorted({query.site for query in waiting})),
        given=given,
        queries=tuple(found[:SHOWN]),
        found=len(found),
        done=done,
        refused=refused,
        message=message,
        reason=asked.text("reason", longest=2000) if message else "",
        chosen=frozenset(asked.texts("query")) if message else frozenset(),
        op=asked.op,
        times=asked.times,
    )


def _step(asked: PageRequest) -> QueryAction:
    """:raises BadRequest: no such step for many."""
    name = asked.text("step") or QueryAction.CLOSE.value
    if name not in {action.value for action in STEPS}:
        raise BadRequest("There is no such step for many queries.")
    return QueryAction(name)


def act(asked: PageRequest) -> ManyPage | Refused:
    """Take what was chosen one step further, with the same words in each thread."""
    step, op, reason = _step(asked), asked.text("op", required=True), asked.text("reason", longest=2000)
    wanted = frozenset(asked.texts("query"))
    chosen = [query for query in asked.study.queries() if query.query_id in wanted]
    if not chosen or len(chosen) > SHOWN:
        return Refused(_page(asked, message=f"Choose 1 to {SHOWN} queries."))
    if not reason:
        return Refused(_page(asked, message="Say why; the words go into the thread of each."))
    refused = []
    for query in chosen:
        command = ActOnQuery(
            study_id=asked.study.study_id, op=f"{op}:{query.query_id}", subject_key=query.subject_key,
            query_id=query.query_id, action=step, text=reason,
        )  # fmt: skip
        try:
            asked.study.submit(command)
        except EdcError as error:
            refused.append((query, error.message))
    return _page(asked, done=len(chosen) - len(refused), refused=tuple(refused))


PAGES = (
    Page(
        path="many",
        action=Action.CLOSE_QUERY,
        handler=look,
        template="many.html",
        menu=MenuEntry("One step for many", under="Queries"),
    ),
    Page(path="many", action=Action.CLOSE_QUERY, handler=act, template="many.html", method="POST"),
)
