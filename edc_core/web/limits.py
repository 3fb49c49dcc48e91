"""Holds back who asks too often: by address, login and session, before anything else is looked at."""

from __future__ import annotations

import mmap
import os
from typing import TYPE_CHECKING

from flask import current_app, request

from edc_core.domain.rate_limit import BYTES, Counts, limits_of
from edc_core.errors import TooOften
from edc_core.web.context import core

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

SIGN_IN = frozenset({"auth.sign_in", "auth.reauth", "account.ask", "account.set_by_link", "proving.begin"})
MAIL = frozenset({"account.ask", "people.add", "people.care"})
UPLOAD = "capture_files.upload"


def register(app: Flask, session_cookie: str) -> None:
    """Count what is written. Nobody waits for what is only read."""
    settings = app.extensions["edc_core"].core.settings
    limits, counts = limits_of(settings.limits), Counts(_table(settings.limits_file))

    def hold_back() -> None:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        now = int(core().clock.now().timestamp())
        for door, who in _doors(session_cookie):
            if door in limits and (wait := counts.wait(f"{door} {who}", limits[door], now)):
                current_app.logger.warning("held back: %s, for %s seconds", door, wait)
                time = f"{-(-wait // 60)} minutes" if wait > 60 else "a minute"
                said = f"Too much came at once. Wait {time} and try again; nothing was changed."
                raise TooOften(said, wait=wait)

    app.before_request(hold_back)


def _doors(session_cookie: str) -> Iterator[tuple[str, str]]:
    """What this request counts for, and on whose count."""
    session, login, asked = request.cookies.get(session_cookie, ""), "", request.endpoint
    if asked in SIGN_IN:  # no other body is read before it is known who sends it
        login = request.form.get("login", "").strip().casefold()
        yield "sign-in", request.remote_addr or ""
        if login:
            yield "account", login
    if asked in MAIL:
        yield "mail", login if asked == "account.ask" else session
    if asked == UPLOAD:
        yield "upload", session
    if session:
        yield "write", session


def _table(file: str) -> bytearray | mmap.mmap:
    """Zeros in memory, or the file that all workers of this machine count in."""
    if not file:
        return bytearray(BYTES)
    number = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.ftruncate(number, BYTES)
        return mmap.mmap(number, BYTES)
    finally:
        os.close(number)
