"""Exports: ask for one, watch it, take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, send_file, url_for

from edc_core.clock import iso
from edc_core.errors import ExportRefused
from edc_core.ids import new_id
from edc_core.services import export_jobs
from edc_core.services.export_list import ExportPicture, export_picture, find_export
from edc_core.services.exporting import RequestExport
from edc_core.services.reading import look_at
from edc_core.store import accounts
from edc_core.web import htmx
from edc_core.web.context import actor, core, read, study, write
from edc_core.web.exports.requests import ExportRequest
from edc_core.web.moments import Moments, moments
from edc_core.web.showing import show

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from edc_core.store.unit_of_work import Source

bp = Blueprint("exports", __name__, url_prefix="/s/<study>")


@dataclass(frozen=True, slots=True)
class ExportPage:
    """Formats on the left, what runs and what was made on the right.

    :param polls: something runs, so the page asks again in two seconds.
    """

    study: str
    found: ExportPicture
    chosen: str
    message: str
    polls: bool
    op: str
    times: Moments


def _page(source: Source, *, chosen: str = "", message: str = "") -> ExportPage:
    found = export_picture(look_at(source, actor(), study()), core().plugins)
    return ExportPage(str(study()), found, chosen, message, bool(found.running), new_id(), moments())


@bp.get("/exports")
def exports() -> Response:
    with read() as source:
        return show("exports/exports.html", _page(source), block="jobs")


@bp.post("/exports")
def ask() -> ResponseReturnValue:
    given = ExportRequest.read(request.form)
    command = RequestExport(
        study_id=study().study_id,
        op=given["op"],
        format=given["format"],
        snapshot=given["snapshot"],
        unlocked=given["unlocked"],
    )
    try:
        with write() as uow:
            export_jobs.ask(core(), uow, command)
    except ExportRefused as error:
        with read() as source:
            return show(
                "exports/exports.html",
                _page(source, chosen=given["format"], message=error.message),
                status=422,
            )
    return htmx.go_to(url_for("exports.exports", study=str(study())))


@bp.get("/exports/<job_id>")
def download(job_id: str) -> Response:
    with read() as source:
        job = find_export(look_at(source, actor(), study()), job_id, core().plugins)
    archive = export_jobs.archive_of(core(), job)
    with write() as uow:
        at, detail = iso(uow.clock.now()), f"export {job_id}"
        accounts.log_access(
            uow.connection, at, actor().name, "export downloaded", study_id=study().study_id, detail=detail
        )
    name = f"{study().oid}-{study().environment}-{job.request['format']}-{job.created_at[:10]}.zip"
    return send_file(archive.resolve(), mimetype="application/zip", as_attachment=True, download_name=name)
