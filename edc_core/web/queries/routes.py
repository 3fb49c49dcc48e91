"""Addresses of queries: the list, one thread, and the steps that carry it further."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, url_for

from edc_core.errors import BadRequest, EditConflict, Protected, ValueRefused, WrongState
from edc_core.services import query_list
from edc_core.services.query_list import WantedQueries
from edc_core.services.reading import look_at
from edc_core.web import htmx
from edc_core.web.context import actor, carry_out, core, read, study
from edc_core.web.queries import pages
from edc_core.web.queries.requests import QueryListRequest
from edc_core.web.query_requests import step_asked
from edc_core.web.showing import show

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from edc_core.errors import EdcError

bp = Blueprint("queries", __name__, url_prefix="/s/<study>")
_STATUS = {EditConflict: 409, WrongState: 409, Protected: 423, BadRequest: 422, ValueRefused: 422}


@bp.get("/queries")
def queries() -> Response:
    names = [*pages.FACET_WORDS]
    given = QueryListRequest.read(
        {name: request.args.getlist(name) for name in names} | {"page": request.args.get("page", "1")}
    )
    wanted = WantedQueries(**{n: frozenset(given[n]) for n in names}, page=given["page"])
    with read() as source:
        return show("queries/list.html", pages.list_page(source, wanted))


@bp.get("/queries/<query_id>")
def thread(query_id: str) -> Response:
    with read() as source:
        return show("queries/thread.html", pages.thread_page(source, query_id), block="thread_part")


@bp.post("/queries/<query_id>")
def act(query_id: str) -> ResponseReturnValue:
    with read() as source:
        found = query_list.thread(look_at(source, actor(), study()), query_id, core().clock.now())
    command = step_asked(found.subject.subject_key, query_id)
    try:
        carry_out(command)
    except (EditConflict, WrongState, Protected, BadRequest, ValueRefused) as error:
        return _again(query_id, error, command.text)
    if not htmx.wanted():
        return htmx.go_to(url_for("queries.thread", study=str(study()), query_id=query_id))
    return thread(query_id)


def _again(query_id: str, error: EdcError, text: str) -> Response:
    """The thread as it is now, with what was typed still in the box."""
    with read() as source:
        view = pages.thread_page(source, query_id, message=error.message, text=text)
        return show("queries/thread.html", view, block="thread_part", status=_STATUS[type(error)])
