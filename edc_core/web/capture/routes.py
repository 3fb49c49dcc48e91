"""Addresses of entry: translate the request, let a service decide, render what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from edc_core.clock import iso
from edc_core.domain import commands, standard_value
from edc_core.domain.change import ItemInput
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.values import parse
from edc_core.errors import EditConflict, ValueRefused
from edc_core.ledger.append import Reason
from edc_core.services import capture, code_search, cuts
from edc_core.services.reading import item_seen
from edc_core.web import htmx
from edc_core.web.capture import pages
from edc_core.web.capture.late_checks import Late, at_work, checked_late
from edc_core.web.capture.requests import (
    CompleteRequest,
    ConvertedRequest,
    FormRequest,
    NotDoneRequest,
    RowRequest,
    SaveItemRequest,
)
from edc_core.web.context import carry_out, read, study, write
from edc_core.web.pictures import picture_after, study_picture, subject_picture

if TYPE_CHECKING:
    from typing import Any

    from flask.typing import ResponseReturnValue

bp = Blueprint("capture", __name__, url_prefix="/s/<study>")
SUBJECT = "/subjects/<key:subject_key>"


def _common(subject_key: str, path: ItemPath, given: dict[str, Any]) -> dict[str, Any]:
    """What every command on a form takes from its request."""
    return {
        "study_id": study().study_id,
        "subject_key": subject_key,
        "op": given["op"],
        "form": path.form_path,
        "reason": Reason(given["reason_code"], given["reason_text"]),
        "meta_data_version": given["version"],
    }


@bp.get(f"{SUBJECT}/<step:event>/<step:form>")
def form(subject_key: str, event: Step, form: Step) -> ResponseReturnValue:
    row, as_of, path = request.args.get("row"), request.args.get("as_of", ""), ItemPath(event, form)
    pending = not as_of and at_work(subject_key)
    with read() as source:
        picture = subject_picture(source, subject_key, as_of=cuts.instant(as_of) if as_of else "")
        if path in picture.covered:
            return htmx.go_to(pages.second_entry_url(picture, path, "first"))
        open_row = ItemPath.parse(row) if row else None
        return pages.form_page(picture, path, open_row=open_row, pending=pending)


@bp.post(f"{SUBJECT}/items/<place:path>")
def save_item(subject_key: str, path: ItemPath) -> ResponseReturnValue:
    given = SaveItemRequest.read(request.form)
    item = ItemInput(path, given["value"], given["missing"], given["unit"], given["base"])
    command = capture.SaveItems(items=(item,), cleared=given["cleared"], **_common(subject_key, path, given))
    try:
        with write() as uow:
            result = capture.save_items(uow, command)
            at = iso(uow.clock.now())
    except ValueRefused as refused:
        with write() as uow:
            capture.note_refusal(uow, command, refused)
        return pages.not_stored(path, refused.message, asks=bool(refused.details.get("asks")))
    except EditConflict:
        with read() as source:
            return pages.conflict(subject_picture(source, subject_key), path, given["value"])
    if result.after is not None:
        return pages.saved(picture_after(uow, result.after), path, op=command.op, at=at, checked=Late())
    checked = checked_late(subject_key, path.form_path)
    with read() as source:
        picture = subject_picture(source, subject_key, form=path.form_path)
        return pages.saved(picture, path, op=command.op, at=at, checked=checked)


@bp.get(f"{SUBJECT}/items/<place:path>/terms")
def terms(subject_key: str, path: ItemPath) -> ResponseReturnValue:
    with read() as source:
        found = code_search.search(
            study_picture(source),
            subject_key,
            path,
            request.args.get("version", ""),
            request.args.get("q", ""),
        )
    return {"terms": found}


@bp.get(f"{SUBJECT}/items/<place:path>/converted")
def converted(subject_key: str, path: ItemPath) -> ResponseReturnValue:
    given = ConvertedRequest.read(request.args)
    with read() as source:
        _, item = item_seen(study_picture(source), subject_key, path, given["version"])
    parsed = parse(item, None, given["value"])
    found = standard_value.converted(item, parsed.value or "", given["unit"], given["to"])
    return {"value": found or ""}


@bp.post(f"{SUBJECT}/forms/<place:path>/complete")
def complete(subject_key: str, path: ItemPath) -> ResponseReturnValue:
    given = CompleteRequest.read(request.form)
    carry_out(commands.CompleteForm(**_common(subject_key, path, given)))
    checked_late(subject_key, path.form_path)
    if given["go"] == "stay":
        return _form_again(subject_key, path)
    with read() as source:
        after = pages.next_form(pages.builder(subject_picture(source, subject_key), path))
        return htmx.go_to(pages.form_url(subject_key, after) if after else pages.casebook_url(subject_key))


def _form_again(subject_key: str, path: ItemPath, **more: Any) -> str:
    pending = at_work(subject_key)
    with read() as source:
        return pages.form_part(subject_picture(source, subject_key), path, pending=pending, **more)


@bp.post(f"{SUBJECT}/forms/<place:path>/reopen")
def reopen(subject_key: str, path: ItemPath) -> str:
    given = FormRequest.read(request.form)
    carry_out(commands.ReopenForm(**_common(subject_key, path, given)))
    return _form_again(subject_key, path)


@bp.post(f"{SUBJECT}/forms/<place:path>/removal")
def remove(subject_key: str, path: ItemPath) -> str:
    given = NotDoneRequest.read(request.form)
    carry_out(commands.RemoveForm(restore=given["undo"], **_common(subject_key, path, given)))
    checked_late(subject_key, path.form_path)
    return _form_again(subject_key, path)


@bp.post(f"{SUBJECT}/forms/<place:path>/not-done")
def not_done(subject_key: str, path: ItemPath) -> str:
    given = NotDoneRequest.read(request.form)
    carry_out(commands.MarkNotDone(not_done=not given["undo"], **_common(subject_key, path, given)))
    return _form_again(subject_key, path)


@bp.post(f"{SUBJECT}/rows/<place:path>/<step:group>")
def add_row(subject_key: str, path: ItemPath, group: Step) -> str:
    given = RowRequest.read(request.form)
    added = carry_out(commands.AddRow(parent=path, group_oid=group.oid, **_common(subject_key, path, given)))
    row = path.with_group(group.oid, added["key"])
    return _form_again(subject_key, path.form_path, open_row=row, focus="row")


@bp.post(f"{SUBJECT}/strike/<place:path>")
def strike_row(subject_key: str, path: ItemPath) -> str:
    given = RowRequest.read(request.form)
    carry_out(commands.StrikeRow(row=path, restore=given["restore"], **_common(subject_key, path, given)))
    return _form_again(subject_key, path.form_path, focus="w" + path.dom_id[1:])


@bp.get(f"{SUBJECT}/forms/<place:path>/messages")
def late_messages(subject_key: str, path: ItemPath) -> ResponseReturnValue:
    pending = at_work(subject_key)
    with read() as source:
        picture = subject_picture(source, subject_key)
        was = frozenset(filter(None, request.args.get("was", "").split(",")))
        return pages.messages(picture, path, pending=pending, was=was)
