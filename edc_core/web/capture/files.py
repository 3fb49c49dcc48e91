"""Files at items: they come in piece by piece, and go out as attachments; a page shows at most a picture drawn anew."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from flask import Blueprint, Response, make_response, request, send_file, url_for

from edc_core.clock import iso
from edc_core.domain.commands import AddFile
from edc_core.domain.file_value import MOST_MB, clean_name, refusal
from edc_core.domain.item_path import ItemPath
from edc_core.errors import BadRequest, EdcError, ValueRefused
from edc_core.services import adding_files, file_items
from edc_core.store import accounts
from edc_core.web.capture.previews import preview
from edc_core.web.capture.requests import FileAskedRequest, FileRequest, PartRequest
from edc_core.web.context import actor, core, read, study, write
from edc_core.web.errors import status_of
from edc_core.web.pictures import study_picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from edc_core.domain.file_value import FileRules
    from edc_core.store.files import FileParts, Taken

bp = Blueprint("capture_files", __name__, url_prefix="/s/<study>")
ADDRESS = "/subjects/<key:subject_key>/files/<place:path>"
PARTS = "/subjects/<key:subject_key>/parts/<place:path>"
BYTES = "application/octet-stream"


@bp.url_value_preprocessor
def _take_large(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let more than a page's form come in, where it is bytes that nothing reads before the view does."""
    del values
    if endpoint == "capture_files.upload" and request.mimetype == BYTES:
        request.max_content_length = (MOST_MB + 1) * 1_000_000


@bp.post(ADDRESS)
def upload(subject_key: str, path: ItemPath) -> ResponseReturnValue:
    """Take a file. The answer is the value that the item is then saved with, or one sentence why not."""
    return _said(_take, subject_key, path)


@bp.route(PARTS, methods=["GET", "PATCH", "DELETE"])
def parts(subject_key: str, path: ItemPath) -> ResponseReturnValue:
    """A file in parts: how much of it is here (GET, HEAD), one more part (PATCH), or nothing of it any more (DELETE).

    What the last part answers is what ``upload`` does.
    """
    answer = make_response(_said(_part, subject_key, path))
    if (offset := (answer.json or {}).get("offset")) is not None:
        answer.headers["Upload-Offset"] = str(offset)
    return answer


def _said(
    does: Callable[[str, ItemPath], dict[str, Any]], subject_key: str, path: ItemPath
) -> ResponseReturnValue:
    try:
        return does(subject_key, path)
    except EdcError as error:
        return {"message": error.message}, status_of(error)


def _part(subject_key: str, path: ItemPath) -> dict[str, Any]:
    given = (PartRequest if request.method == "PATCH" else FileRequest).read(request.args)
    rules = _rules(subject_key, path, given)
    sent = core().files.parts(study().study_id, actor().name, subject_key, str(path), given["op"])
    if request.method == "DELETE":
        sent.drop()
    elif request.method == "PATCH":
        if why := refusal(rules, clean_name(given["name"]), given["size"]):
            raise ValueRefused(why)
        sent.add(given["offset"], request.get_data(cache=False), given["sha256"])
        if sent.size >= given["size"]:
            return _whole(subject_key, path, given, rules, sent)
    return {"offset": sent.size}


def _whole(
    subject_key: str, path: ItemPath, given: dict[str, Any], rules: FileRules, sent: FileParts
) -> dict[str, str]:
    """Take a file whose last part has come. What cannot be taken is not kept, so that it can be sent anew."""
    try:
        with sent.open() as stream:
            return _note(subject_key, path, given, _kept(stream, given, rules, given["size"]))
    finally:
        sent.drop()


def _rules(subject_key: str, path: ItemPath, given: dict[str, Any]) -> FileRules:
    if request.method in ("POST", "PATCH") and request.mimetype != BYTES:
        raise BadRequest("A file is sent as its bytes alone.")
    with read() as source:
        return file_items.expected(study_picture(source), subject_key, path, given["version"])


def _take(subject_key: str, path: ItemPath) -> dict[str, str]:
    given = FileRequest.read(request.args)
    rules = _rules(subject_key, path, given)
    return _note(subject_key, path, given, _kept(request.stream, given, rules, request.content_length or 0))


def _kept(stream: IO[bytes], given: dict[str, Any], rules: FileRules, size: int) -> Taken:
    return core().files.take(stream, rules, clean_name(given["name"]), size)


def _note(subject_key: str, path: ItemPath, given: dict[str, Any], taken: Taken) -> dict[str, str]:
    """Note a file that is on the disk in the ledger; only then is it there for who sent it."""
    command = AddFile(
        study_id=study().study_id,
        op=given["op"],
        subject_key=subject_key,
        form=path.form_path,
        meta_data_version=given["version"],
        path=path,
        file=taken.file,
        file_type=taken.kind,
    )
    with write() as uow:
        adding_files.add_file(uow, command)
    url = url_for("capture_files.download", study=str(study()), subject_key=subject_key, path=path)
    return {
        "value": str(taken.file),
        "shown": taken.file.display(),
        "url": f"{url}?sha256={taken.file.sha256}",
    }


@bp.get(ADDRESS)
def download(subject_key: str, path: ItemPath) -> Response:
    """Hand a file out, the present one or an earlier one, or a picture of it; note who took it."""
    given = FileAskedRequest.read(request.args)
    with read() as source:
        file = file_items.find(study_picture(source), subject_key, path, given["sha256"])
    stream = core().files.open(file.sha256)
    if given["preview"] == "small":  # it is looked at with the form it stands in
        return _shown(stream, "small")
    with write() as uow:
        accounts.log_access(
            uow.connection,
            iso(uow.clock.now()),
            actor().name,
            "file downloaded",
            study_id=study().study_id,
            detail=f"{path} {file.sha256}",
            subject_key=subject_key,
        )
    if given["preview"]:
        return _shown(stream, given["preview"])
    response = send_file(stream, mimetype=BYTES, as_attachment=True, download_name=file.name, etag=False)
    response.content_length = file.size
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _shown(stream: IO[bytes], size: str) -> Response:
    with stream:
        response = Response(preview(stream, size), mimetype="image/png")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'"
    return response
