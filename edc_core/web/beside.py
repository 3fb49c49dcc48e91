"""Pages of a plugin beside the real ones, on the loopback only: a preview shows the real pages in frames."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from edc_core.errors import EdcError
from edc_core.web.auth import COOKIE
from edc_core.web.errors import status_of
from edc_core.web.security import CSP, HEADERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication

    from flask.typing import ResponseReturnValue

    from edc_core.domain.playground import PlaygroundPage, PlaygroundPages

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
FRAMED = CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'; frame-src 'self'")


def with_pages(app: Flask, pages: PlaygroundPages) -> WSGIApplication:
    """The application with a plugin's pages below ``/<name>/``, which may show it in frames.

    Only requests that name this machine are answered: a page elsewhere cannot reach in by a name of its own.
    """
    beside = Flask("edc_core.web.beside", static_folder=None)
    for page in pages.pages:
        beside.add_url_rule(page.path, page.path, _view(page))
    beside.register_error_handler(EdcError, _refused)
    for one in (app, beside):
        one.before_request(_only_here)
    app.after_request(_may_be_framed)
    beside.after_request(_headers)
    return DispatcherMiddleware(app, {f"/{pages.name}": beside})


def _view(page: PlaygroundPage) -> Callable[[], ResponseReturnValue]:
    def view() -> ResponseReturnValue:
        answer = page.handler(request.args.to_dict())
        response = Response(answer.body, status=answer.status, mimetype=answer.media_type)
        if answer.location:
            response.status_code = 303
            response.headers["Location"] = answer.location
        if answer.session:
            response.set_cookie(COOKIE, answer.session, httponly=True, samesite="Lax", path="/")
        return response

    return view


def _only_here() -> ResponseReturnValue | None:
    host = urlsplit(f"//{request.host}").hostname
    return None if host in LOOPBACK else (f"{request.host} is not this machine.", 421)


def _refused(error: EdcError) -> ResponseReturnValue:
    return Response(error.message, status=status_of(error), mimetype="text/plain")


def _may_be_framed(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def _headers(response: Response) -> Response:
    response.headers.extend({**HEADERS, "Content-Security-Policy": FRAMED, "Cache-Control": "no-store"})
    return response
