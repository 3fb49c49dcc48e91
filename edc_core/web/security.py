"""What every answer carries: a content policy without exceptions, no storing of clinical pages, CSRF tokens."""

from __future__ import annotations

from functools import lru_cache
from time import time
from typing import TYPE_CHECKING, Any

import flask
from flask import Flask, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]
from itsdangerous import BadSignature

from edc_core.web import assets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask.sessions import SecureCookieSession, SessionMixin

CSP = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self'; "
    "connect-src 'self'; "
    "form-action 'self'; "
    "base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
#: What is no file of ours is kept nowhere, whatever a view or a library says, and differs by who asks and for which part.
NOT_KEPT = {"Cache-Control": "no-store", "Vary": "HX-Request, Cookie"}
MOST_BYTES = 1_000_000  #: of a request, where a page takes no files
TOKEN_HEADER = "X-CSRFToken"  # noqa: S105 - the name of a header
KEPT_TOKENS = 4096


class Application(Flask):
    """Flask without what is no use here: views that are coroutines, and limits by configuration; and with our headers."""

    class request_class(flask.Request):  # noqa: N801 - as the library has it
        max_content_length = MOST_BYTES
        max_form_memory_size = 500_000
        max_form_parts = 1_000

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Add the headers as an answer goes out. A view may have set its own content policy; nothing else is left to it."""
        fixed = {} if environ["PATH_INFO"].startswith(assets.BELOW) else NOT_KEPT

        def start(status: str, given: list[tuple[str, str]], *failed: Any) -> Callable[[bytes], object]:
            own = [header for header in given if header[0] not in fixed]
            names = {name for name, _ in own}
            more = [header for header in HEADERS.items() if header[0] not in names]
            return start_response(status, [*own, *more, *fixed.items()], *failed)

        return super().wsgi_app(environ, start)


class _Tokens(CSRFProtect):  # type: ignore[misc]
    """Verifies the token of a page once for each session: every save of the page sends the same one again."""

    def __init__(self) -> None:
        super().__init__()
        self._verified: set[tuple[object, ...]] = set()

    def protect(self, apply_exemptions: bool = False) -> None:  # noqa: FBT001, FBT002 - as the library has it
        sent = (request.headers.get(TOKEN_HEADER, ""), session.get("csrf_token", ""), current_app.secret_key)
        if sent in self._verified:
            g.csrf_valid = True
            return
        super().protect(apply_exemptions=apply_exemptions)
        if g.get("csrf_valid", False) and self._get_csrf_token() == sent[0]:
            if len(self._verified) >= KEPT_TOKENS:
                self._verified.clear()
            self._verified.add(sent)


csrf = _Tokens()


class _Sessions(SecureCookieSessionInterface):
    """Verifies a cookie once a minute.

    The cookie holds nothing but the seed of the CSRF token; who is signed in is in the database.
    """

    def __init__(self) -> None:
        self._opened = lru_cache(maxsize=4096)(self._open)

    def open_session(self, app: Flask, request: flask.Request) -> SecureCookieSession | None:
        cookie = request.cookies.get(self.get_cookie_name(app))
        if not cookie:
            return self.session_class()
        return self.session_class(self._opened(app, cookie, int(time() // 60)))

    def save_session(self, app: Flask, session: SessionMixin, response: flask.Response) -> None:
        if session.modified:
            super().save_session(app, session, response)

    def _open(self, app: Flask, cookie: str, _minute: int) -> dict[str, Any]:
        serializer = self.get_signing_serializer(app)
        assert serializer is not None, "there is a key"
        seconds = int(app.permanent_session_lifetime.total_seconds())
        try:
            found: dict[str, Any] = serializer.loads(cookie, max_age=seconds)
        except BadSignature:
            return {}
        return found


def register(app: Flask) -> None:
    """Sign with the installation's key, and ask for a token on every write."""
    app.config.update(
        SECRET_KEY=app.extensions["edc_core"].core.settings.secret_key,
        SESSION_COOKIE_NAME="edc_csrf",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_production(app),
        WTF_CSRF_TIME_LIMIT=None,  # the session's own idle time is the limit
        WTF_CSRF_HEADERS=[TOKEN_HEADER],
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = _Sessions()
    csrf.init_app(app)


def is_production(app: Flask) -> bool:
    return app.extensions["edc_core"].core.settings.mode == "production"  # type: ignore[no-any-return]
