"""Addresses of the list of subjects and of one casebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from edc_core.domain import commands
from edc_core.domain.item_path import ItemPath, Step
from edc_core.errors import AlreadyExists, BadRequest, EdcError, EntryClosed, NotFound, ValueRefused
from edc_core.services import subject_list
from edc_core.services.reading import find_site, look_at, look_at_subject
from edc_core.web import htmx
from edc_core.web.context import actor, carry_out, read, study
from edc_core.web.moments import moments
from edc_core.web.showing import show
from edc_core.web.subjects import pages
from edc_core.web.subjects.requests import (
    AddEventRequest,
    AddSubjectRequest,
    EventRequest,
    ListRequest,
    ProtectRequest,
)

if TYPE_CHECKING:
    from typing import Any

    from flask.typing import ResponseReturnValue

    from edc_core.store.unit_of_work import Source

bp = Blueprint("subjects", __name__, url_prefix="/s/<study>")
SUBJECT = "/subjects/<key:subject_key>"


@bp.get("/", alias=True)  # an address cut short by hand
@bp.get("/subjects")
def matrix() -> Response:
    wanted = pages.wanted_of(ListRequest.read(request.args))
    with read() as source:
        return show("subjects/matrix.html", pages.matrix_page(source, wanted))


@bp.get("/subjects.csv")
def as_csv() -> Response:
    wanted = pages.wanted_of(ListRequest.read(request.args))
    with read() as source:
        file = subject_list.as_csv(look_at(source, actor(), study()), wanted, moments().now)
    answer = Response(str(file.content), mimetype=file.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    return answer


@bp.post("/subjects")
def add() -> ResponseReturnValue:
    given = AddSubjectRequest.read(request.form)
    draft = pages.Draft(given["subject_key"].strip(), given["site"])
    with read() as source:
        site = find_site(look_at(source, actor(), study()), given["site"])
    if site is None:
        raise NotFound("There is no such site in this study.")
    command = commands.AddSubject(
        study_id=study().study_id, op=given["op"], subject_key=draft.subject_key, site_id=site.site_id
    )
    try:
        added = carry_out(command)
    except (AlreadyExists, BadRequest, EntryClosed, ValueRefused) as error:
        return _refused(draft, error)
    return htmx.go_to(pages.subject_href(added["subject_key"]))


def _refused(draft: pages.Draft, error: EdcError) -> Response:
    """The list again with what was typed, the reason beside it, and the subject that is there already."""
    existing = ""
    with read() as source:
        if isinstance(error, AlreadyExists) and _is_visible(source, draft.subject_key):
            existing = pages.subject_href(draft.subject_key)
        draft = pages.Draft(draft.subject_key, draft.site, error.message, existing)
        status = {AlreadyExists: 409, EntryClosed: 423}.get(type(error), 422)
        return show(
            "subjects/matrix.html", pages.matrix_page(source, subject_list.Wanted(), draft), status=status
        )


def _is_visible(source: Source, subject_key: str) -> bool:
    try:
        look_at_subject(look_at(source, actor(), study()), subject_key)
    except NotFound:
        return False
    return True


@bp.get(SUBJECT)
def casebook(subject_key: str) -> Response:
    with read() as source:
        return show(
            "subjects/casebook.html", pages.casebook_page(source, subject_key, request.args.get("event", ""))
        )


@bp.get(f"{SUBJECT}/queries")
def subject_queries(subject_key: str) -> Response:
    with read() as source:
        return show("subjects/queries.html", pages.queries_page(source, subject_key))


@bp.post(f"{SUBJECT}/events")
def add_event(subject_key: str) -> ResponseReturnValue:
    given = AddEventRequest.read(request.form)
    key = _carry_out(commands.AddEvent, subject_key, given, event_oid=given["event"])["key"]
    return htmx.go_to(pages.event_href(subject_key, ItemPath(Step(given["event"], key))))


@bp.post(f"{SUBJECT}/events/<step:event>/not-done")
def event_not_done(subject_key: str, event: Step) -> ResponseReturnValue:
    given = EventRequest.read(request.form)
    mark = {"event": ItemPath(event), "not_done": not given["undo"], "reason": given["reason"]}
    _carry_out(commands.MarkEventNotDone, subject_key, given, **mark)
    return htmx.go_to(pages.event_href(subject_key, ItemPath(event)))


@bp.post(f"{SUBJECT}/events/<step:event>/removal")
def remove_event(subject_key: str, event: Step) -> ResponseReturnValue:
    given = EventRequest.read(request.form)
    said = {"event": ItemPath(event), "restore": given["undo"], "reason": given["reason"]}
    _carry_out(commands.RemoveEvent, subject_key, given, **said)
    return htmx.go_to(pages.event_href(subject_key, ItemPath(event)))


@bp.post(f"{SUBJECT}/protection")
def protect(subject_key: str) -> ResponseReturnValue:
    given = ProtectRequest.read(request.form)
    step = {"path": ItemPath(), "action": given["action"], "reason": given["reason"]}
    _carry_out(commands.Protect, subject_key, given, **step)
    return htmx.go_to(pages.subject_href(subject_key))


def _carry_out(
    kind: type[commands.SubjectCommand], subject_key: str, given: dict[str, Any], **said: Any
) -> dict[str, Any]:
    """Carry out a command on a subject; one of another site is not there, for a write as for a page."""
    return carry_out(kind(study_id=study().study_id, op=given["op"], subject_key=subject_key, **said))
