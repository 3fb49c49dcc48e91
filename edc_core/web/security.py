"""What every answer carries: a content policy without exceptions, no storing of clinical pages, CSRF tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from flask import Flask, Response
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
csrf = CSRFProtect()


class _Sessions(SecureCookieSessionInterface):
    """Makes what signs the cookie once: the key stays for as long as the process runs."""

    _made: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._made is None:
            self._made = super().get_signing_serializer(app)
        return self._made


def register(app: Flask) -> None:
    """Sign with the installation's key, ask for a token on every write, add the headers."""
    app.config.update(
        SECRET_KEY=app.extensions["edc_core"].core.settings.secret_key,
        SESSION_COOKIE_NAME="edc_csrf",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_production(app),
        WTF_CSRF_TIME_LIMIT=None,  # the session's own idle time is the limit
        WTF_CSRF_HEADERS=["X-CSRFToken"],
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=1_000_000,
    )
    app.session_interface = _Sessions()
    csrf.init_app(app)
    app.after_request(_headers)


def is_production(app: Flask) -> bool:
    return app.extensions["edc_core"].core.settings.mode == "production"  # type: ignore[no-any-return]


def _headers(response: Response) -> Response:
    present = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - iterating gives pairs
    response.headers.extend({name: value for name, value in HEADERS.items() if name.lower() not in present})
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("HX-Request")
    return response
