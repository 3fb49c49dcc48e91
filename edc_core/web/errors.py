"""One table: what a failure means to a browser. Messages are the errors' own; bugs give a reference number."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from flask import g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError, generate_csrf  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException

from edc_core import errors
from edc_core.services import sessions
from edc_core.web import htmx
from edc_core.web.context import write

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

log = logging.getLogger(__name__)

STATUS: dict[type[errors.EdcError], int] = {
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.Covered: 403,
    errors.NotFound: 404,
    errors.BadRequest: 400,
    errors.EditConflict: 409,
    errors.OperationReplayed: 409,
    errors.AlreadyExists: 409,
    errors.SecondPersonRequired: 409,
    errors.WrongState: 409,
    errors.VersionChanged: 412,
    errors.ReasonRequired: 422,
    errors.ValueRefused: 422,
    errors.InvalidDefinition: 422,
    errors.ImportRefused: 422,
    errors.ExportRefused: 422,
    errors.Protected: 423,
    errors.EntryClosed: 423,
    errors.NarrowsData: 422,
    errors.PluginError: 503,
    errors.Busy: 503,
    errors.TooOften: 429,
    errors.LedgerDamaged: 500,
    errors.UnsafeSettings: 500,
}
TITLES = {
    400: "This request could not be read",
    401: "Please sign in",
    403: "This is not part of your role",
    404: "There is nothing at this address",
    405: "This address does not take that kind of request",
    409: "Something has changed meanwhile",
    412: "The study has a newer version",
    413: "This is too large to send",
    422: "Something is missing",
    423: "This takes no change now",
    429: "Too many requests at once",
    500: "Something went wrong here",
    503: "The server is busy",
}

STALE = "This page was open for too long. Try again; if this comes again, reload the page first."
#: What stands above the message of a kind of failure, where its status says something else.
OF_KIND = {
    errors.Covered: "This form is kept from you for now",
    errors.WrongState: "This is not possible now",
    errors.AlreadyExists: "This is there already",
}


def register(app: Flask) -> None:
    """Answer every failure of a request."""
    app.register_error_handler(errors.EdcError, _edc)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def status_of(error: errors.EdcError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def answer(
    status: int, message: str, *, code: str = "", reference: str = "", title: str = "", csrf: str = ""
) -> ResponseReturnValue:
    """A notice in the page's ``#notice`` for htmx, a page otherwise. Nothing of the request is repeated in it."""
    title = title or TITLES.get(status, TITLES[500])
    context = {"title": title, "message": message, "reference": reference, "status": status}
    headers = {"Edc-Code": code, "Edc-Reference": reference, "Edc-Csrf": csrf}
    if htmx.wanted():
        response = make_response(htmx.block("error.html", "notice", **context), status, headers)
        return htmx.into(response, "#notice")
    return make_response(render_template("error.html", **context), status, headers)


def _edc(error: errors.EdcError) -> ResponseReturnValue:
    status = status_of(error)
    if status == 401 and request.method == "GET" and not htmx.wanted():
        return redirect(url_for("auth.login", next=request.full_path.rstrip("?")), 303)
    if status == 500:
        return _bug(error)
    if isinstance(error, errors.TooOften):
        return _too_often(error)
    if isinstance(error, errors.NotAllowed) and "actor" in g:
        _note_refusal(error)
    return answer(status, error.message, code=error.code, title=OF_KIND.get(type(error), ""))


def _too_often(error: errors.TooOften) -> ResponseReturnValue:
    """What was typed comes back with it: in the form it stands in, or with a button that sends it again."""
    from edc_core.web import auth, limits

    said: ResponseReturnValue
    if request.endpoint == "auth.sign_in":
        said = auth.sign_in_page(request.form, error.message)
    elif request.endpoint in ("auth.reauth", limits.UPLOAD):
        said = {"message": error.message}
    else:
        said = answer(429, error.message, code=error.code)
    response = make_response(said)
    response.status_code = 429
    response.headers["Retry-After"] = str(error.details["wait"])
    return response


def _note_refusal(error: errors.NotAllowed) -> None:
    study_id = g.study.study_id if "study" in g else ""
    action = str(error.details.get("action", ""))
    with write() as uow:
        sessions.note_refusal(uow, action, study_id, address=request.remote_addr or "")


def _csrf(error: CSRFError) -> ResponseReturnValue:
    from edc_core.web import auth

    if request.endpoint == "auth.sign_in":
        return auth.sign_in_once_more()
    if not auth.is_signed_in():
        return _edc(errors.NotSignedIn("Your session has ended. Sign in to go on; what you typed is kept."))
    return answer(403, STALE, code="csrf", title="Nothing was changed", csrf=generate_csrf())


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    response = make_response(answer(status, "Check the address, or go back and follow the link again."))
    response.headers.extend(header for header in error.get_headers() if header[0] == "Allow")
    return response


def note(what: str, error: Exception) -> str:
    """Log what went wrong under a reference that may be shown to anybody."""
    reference = secrets.token_hex(4).upper()
    log.error("reference %s%s: %s", reference, f", {what}" if what else "", errors.way_of(error))
    return reference


def _bug(error: Exception) -> ResponseReturnValue:
    reference = note("", error)
    return answer(
        500, "It has been noted. What you typed is kept on this page; please try again.", reference=reference
    )
