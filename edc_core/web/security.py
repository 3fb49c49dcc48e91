"""What every answer carries: a content policy without exceptions, no storing of clinical pages, CSRF tokens."""

from __future__ import annotations

from functools import lru_cache
from time import time
from typing import TYPE_CHECKING, Any

from flask import current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]
from itsdangerous import BadSignature

from edc_core.web import assets

if TYPE_CHECKING:
    from flask import Flask, Request, Response
    from flask.sessions import SecureCookieSession
    from itsdangerous import URLSafeTimedSerializer

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
TOKEN_HEADER = "X-CSRFToken"  # noqa: S105 - the name of a header
KEPT_TOKENS = 4096


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
    """Makes what signs the cookie once, for the key stays for as long as the process runs, and verifies a cookie once a minute.

    The cookie holds nothing but the seed of the CSRF token; who is signed in is in the database.
    """

    def __init__(self) -> None:
        self._made: URLSafeTimedSerializer | None = None
        self._opened = lru_cache(maxsize=4096)(self._open)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._made is None:
            self._made = super().get_signing_serializer(app)
        return self._made

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        cookie = request.cookies.get(self.get_cookie_name(app))
        if not cookie:
            return self.session_class()
        seconds = int(app.permanent_session_lifetime.total_seconds())
        return self.session_class(
            self._opened(self.get_signing_serializer(app), cookie, seconds, int(time() // 60))
        )

    @staticmethod
    def _open(
        serializer: URLSafeTimedSerializer | None, cookie: str, seconds: int, _minute: int
    ) -> dict[str, Any]:
        assert serializer is not None, "there is a key"
        try:
            found: dict[str, Any] = serializer.loads(cookie, max_age=seconds)
        except BadSignature:
            return {}
        return found


def register(app: Flask) -> None:
    """Sign with the installation's key, ask for a token on every write, add the headers."""
    app.config.update(
        SECRET_KEY=app.extensions["edc_core"].core.settings.secret_key,
        SESSION_COOKIE_NAME="edc_csrf",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_production(app),
        WTF_CSRF_TIME_LIMIT=None,  # the session's own idle time is the limit
        WTF_CSRF_HEADERS=[TOKEN_HEADER],
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=1_000_000,
    )
    app.session_interface = _Sessions()
    csrf.init_app(app)
    app.after_request(_headers)


def is_production(app: Flask) -> bool:
    return app.extensions["edc_core"].core.settings.mode == "production"  # type: ignore[no-any-return]


def _headers(response: Response) -> Response:
    headers = response.headers
    present = {name.lower() for name, _ in headers}
    for name, value in HEADERS.items():
        if name.lower() not in present:
            headers.add(name, value)
    if request.endpoint not in assets.SERVED:
        headers["Cache-Control"] = "no-store"
        if "vary" in present:
            response.vary.add("HX-Request")
        else:
            headers.add("Vary", "HX-Request")
    return response
