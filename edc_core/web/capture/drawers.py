"""The drawer beside the form: an item's history, and the query at an item with its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for

from edc_core.domain.commands import OpenQuery
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.permission import Action
from edc_core.domain.query import QueryAction, group_words
from edc_core.ids import new_id
from edc_core.services import history, query_list
from edc_core.web import htmx
from edc_core.web.capture import pages
from edc_core.web.capture.requests import AskRequest
from edc_core.web.context import carry_out, core, read, study
from edc_core.web.moments import moments
from edc_core.web.pictures import study_picture, subject_picture
from edc_core.web.query_requests import step_asked

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from edc_core.rendering.view_model import ItemRow
    from edc_core.web.pictures import SubjectPicture

bp = Blueprint("capture_queries", __name__, url_prefix="/s/<study>")
SUBJECT = "/subjects/<key:subject_key>"
TEMPLATE = "capture/drawer.html"
MOST = 200  #: entries that the drawer shows of one item; the page of the subject has them all


@bp.get(f"{SUBJECT}/<step:event>/<step:form>/history")
def item_history(subject_key: str, event: Step, form: Step) -> str:
    path = ItemPath.parse(request.args.get("item", ""))
    with read() as source:
        picture = subject_picture(source, subject_key, past=True)
        row = pages.builder(picture, ItemPath(event, form)).row(path)
        site, before = picture.site.site_id, picture.kept.n if picture.kept is not None else 0
        found = history.item_history(
            picture.study, picture.subject.subject_id, path, site_id=site, limit=MOST, before=before
        )
    return htmx.page(
        TEMPLATE, "history", row=row, said=found.happenings, more=found.older,
        times=moments(picture.site.zone or "UTC"), file_url=row.file_url, subject_key=subject_key,
        then_url=lambda at: pages.form_url(subject_key, ItemPath(event, form), as_of=at),
    )  # fmt: skip


@bp.get(f"{SUBJECT}/queries/<query_id>")
def query(subject_key: str, query_id: str) -> str:
    with read() as source:
        return _thread(query_list.thread(study_picture(source), query_id, core().clock.now()))


@bp.post(f"{SUBJECT}/queries/<query_id>")
def act(subject_key: str, query_id: str) -> ResponseReturnValue:
    carry_out(step_asked(subject_key, query_id))
    with read() as source:
        thread = query_list.thread(study_picture(source), query_id, core().clock.now())
        changed = pages.changed_item(subject_picture(source, subject_key), thread.query.path)
        return htmx.fragment(_thread(thread), changed)


@bp.get(f"{SUBJECT}/<step:event>/<step:form>/queries/new")
def new_query(subject_key: str, event: Step, form: Step) -> str:
    path = ItemPath.parse(request.args.get("item", ""))
    with read() as source:
        picture = subject_picture(source, subject_key)
        picture.require(Action.CREATE_QUERY)
        row = pages.builder(picture, ItemPath(event, form)).row(path)
        offered = _offered(picture, row)
    url = url_for("capture_queries.ask", study=str(study()), subject_key=subject_key, path=path)
    return htmx.page(TEMPLATE, "ask", row=row, url=url, op=new_id(), offered=offered)


def _offered(picture: SubjectPicture, row: ItemRow) -> list[str]:
    """The study's words for queries, in the site's language, with question and value of the item."""
    version, form = picture.index_of(row.path.form_path).version, row.path.form
    language = version.language_at(picture.site.number)
    item = row.placed.item.question.in_language(language) or row.question
    texts = (
        one.text.in_language(language)
        for one in version.query_templates
        if form is not None and (not one.forms or form.oid in one.forms)
    )
    return [
        text.replace("{item}", item).replace("{value}", row.text)
        for text in texts
        if row.text or "{value}" not in text
    ]


@bp.post(f"{SUBJECT}/ask/<place:path>")
def ask(subject_key: str, path: ItemPath) -> ResponseReturnValue:
    given = AskRequest.read(request.form)
    command = OpenQuery(
        study_id=study().study_id, subject_key=subject_key, op=given["op"], path=path, text=given["text"],
        proposed=given["proposed"],
    )  # fmt: skip
    query_id = carry_out(command)["query_id"]
    with read() as source:
        thread = query_list.thread(study_picture(source), query_id, core().clock.now())
        return htmx.fragment(_thread(thread), pages.changed_item(subject_picture(source, subject_key), path))


def _thread(thread: query_list.ThreadPicture) -> str:
    place = thread.where
    url = url_for(
        "capture_queries.query",
        study=str(study()),
        subject_key=thread.subject.subject_key,
        query_id=thread.query.query_id,
    )
    return htmx.page(
        TEMPLATE, "thread", thread=thread, place=place, url=url, op=new_id(), may=QueryAction,
        times=moments(thread.site.zone or "UTC"), group_words=group_words,
    )  # fmt: skip
